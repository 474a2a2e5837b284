package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	dir, err := os.MkdirTemp("", "dev")
	check(err)
	a, err := app.New(context.Background(), app.Config{Data: dir, URL: "http://127.0.0.1:8971"}, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	check(err)
	tokens := map[string]string{}
	check(a.Site.DB.Write(context.Background(), func(tx *db.Tx) error {
		check(people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", LegalForm: "Société coopérative d’intérêt collectif", TimeZone: "Europe/Paris", Email: "bonjour@deuxrives.example",
			Colleges: []people.CollegeName{{Key: "salaries", Name: "Salarié·es"}, {Key: "usagers", Name: "Usager·es"}, {Key: "partenaires", Name: "Partenaires"}}}))
		adm, err := people.OpenAccount(tx, "Camille Rivière", "camille@example.org", "fr")
		check(err)
		check(space.GiveRole(tx, 0, 0, adm.ID, people.Administrator))
		tokens["admin"], _ = people.OpenSession(tx, adm.ID, people.ByLink, "dev")
		var first people.Member
		for i := range 130 {
			m, err := people.SaveMember(tx, 0, people.Member{Number: fmt.Sprintf("M%03d", i), LastName: []string{"Bernard", "Nguyen", "Diallo", "Lefèvre", "Œstrich"}[i%5], FirstName: []string{"Inès", "Marc", "Awa", "Zoé"}[i%4],
				Email: fmt.Sprintf("m%d@example.org", i), College: []string{"usagers", "usagers", "salaries", "partenaires", "usagers", ""}[i%6], Shares: int64(i % 7), AdmittedOn: "2020-01-01", City: "Nantes"})
			check(err)
			if i == 0 {
				first = m
			}
		}
		acc, err := people.OpenMemberAccount(tx, first)
		check(err)
		tokens["member"], _ = people.OpenSession(tx, acc.ID, people.ByLink, "dev")
		now := tx.Now
		for i, s := range []space.Space{
			{Slug: "ag-2026", Title: "L’année où l’on a appris à se passer de voiture seul·e", Kicker: "Assemblée générale ordinaire · société coopérative d’intérêt collectif", Summary: "Comptes 2026, mandats, et une motion du cercle Communauté. Les votes sont ouverts ; on se retrouve en direct jeudi à 18 h.", Place: "Salle des fêtes, 3 rue du Pont, Nantes, et en ligne", Visibility: space.Public},
			{Slug: "ag-2027", Title: "Assemblée générale 2027", Kicker: "Assemblée générale ordinaire", Visibility: space.Members},
			{Slug: "ag-2025", Title: "Assemblée générale 2025", Kicker: "Assemblée générale ordinaire", Summary: "Les comptes 2024 et la nouvelle plate-forme.", Visibility: space.Public},
		} {
			s.Kind, s.TimeZone = space.GeneralAssembly, "Europe/Paris"
			s, err := space.Create(tx, adm.ID, s)
			check(err)
			tpl, _ := space.FindTemplate("ordinary")
			meet := now.AddDate(0, 0, []int{2, 200, -300}[i]).In(s.Zone()).Truncate(time.Hour)
			names := map[string]string{"convocation": "Convocation", "questions": "Questions", "vote": "Vote", "meeting": "Assemblée connectée", "results": "Résultats", "minutes": "Procès-verbal"}
			check(space.SetPhases(tx, adm.ID, s, tpl.Phases(meet, 15, now.AddDate(-2, 0, 0), func(k string) string { return names[k] })))
			_, err = electorate.SetStatutes(tx, adm.ID, s, string(statute.Template(statute.SCIC)))
			check(err)
			if i == 0 {
				_, _, err = electorate.DrawRoll(tx, adm.ID, s, meet)
				check(err)
				check(space.GiveRole(tx, adm.ID, s.ID, adm.ID, people.Chair))
			}
		}
		return nil
	}))
	l, err := net.Listen("tcp", "127.0.0.1:8971")
	check(err)
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if t := r.URL.Query().Get("as"); t != "" {
			r.AddCookie(&http.Cookie{Name: "isegoria", Value: tokens[t]})
		}
		if t := r.URL.Query().Get("dark"); t != "" {
			r.AddCookie(&http.Cookie{Name: "theme", Value: "dark"})
		}
		a.Handler.ServeHTTP(w, r)
	})
	fmt.Println("ready")
	check(http.Serve(l, nil))
}
