package proxy_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

func TestGiveAndAnswer(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules(usual))
		s.as("Ana").Get("/a/ag").Want(t, 200, "Vous ne pourrez pas voter ? Donnez pouvoir", "Donner pouvoir")
		s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "Nom de la personne", "art. 18", "Une personne porte au plus 1 pouvoir", "jusqu'à la clôture du vote", "!Donner mon pouvoir")
		s.as("Ana").Get("/a/ag/proxy?q=be").Want(t, 200, "Bob Berr", "Salarié·es", "0 pouvoir accepté, 1 au plus", "Donner mon pouvoir",
			"!Eva Eloy", "!example.org", "!Bernay") // an address or a town is no name
		s.give("Ana", "Bob").Want(t, 303)
		s.stands("Ana", electorate.ProxyOffered, "")
		s.as("Ana").Get("/a/ag/proxy?done=offered").Want(t, 200, "Votre pouvoir est proposé", "Bob Berr n'a pas encore répondu", "En attente de réponse", "Reprendre mon pouvoir")
		s.as("Ana").Get("/a/ag").Want(t, 200, "Bob Berr n'a pas encore accepté votre pouvoir", "!Donnez pouvoir")
		s.as("Bob").Get("/a/ag").Want(t, 200, "Ana Abad vous propose son pouvoir", "Répondre")
		s.as("Bob").Get("/a/ag/proxy").Want(t, 200, "On vous propose un pouvoir", "Accepter ce pouvoir")
		if a := s.answer("Bob", "Ana", "yes").Want(t, 303); a.Location != "/a/ag/proxy?done=accepted" {
			t.Errorf("leads to %q", a.Location)
		}
		s.stands("Ana", electorate.ProxyAccepted, "")
		s.as("Bob").Get("/a/ag/proxy").Want(t, 200, "Les pouvoirs que vous portez", "Ana Abad", "1 pouvoir accepté, 1 au plus", "Rendre ce pouvoir", "rendez d'abord")
		s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "Bob Berr votera pour vous", "jusqu'à l'ouverture du vote")
		s.answer("Bob", "Ana", "yes").Want(t, 409, "déjà reçu une réponse")
		s.answer("Bob", "Ana", "perhaps").Want(t, 422)

		// Mails: in each person's language, with the link.
		if got, text := s.mails("bob@example.org"); fmt.Sprint(got) != "[Ana Abad vous propose son pouvoir]" || !strings.Contains(text, s.URL+"/a/ag/proxy") || !strings.Contains(text, "Bonjour Bob Berr,") {
			t.Errorf("Bob was written %v: %s", got, text)
		}
		if got, _ := s.mails("ana@example.org"); fmt.Sprint(got) != "[Bob Berr accepts your proxy]" {
			t.Errorf("Ana was written %v", got)
		}
	})
}

func TestRefusalsSayTheArticle(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules(usual+"same_college = true\n"))
		s.as("Ana").Get("/a/ag/proxy?q=eloy").Want(t, 200, "Personne de ce nom", "une personne de votre collège : Salarié·es")
		s.give("Ana", "Eva").Want(t, 409, "doivent être du même collège", "statuts, art. 18")
		s.give("Ana", "Ana").Want(t, 409, "à soi-même")
		s.give("Ana", "").Want(t, 409, "doit nommer la personne")
		s.give("Ana", "Max").Want(t, 422, "n'est pas sur la liste électorale")
		s.as("Ana").Post("/a/ag/proxy", "q", "ber").Want(t, 422, "Choisissez à qui vous donnez pouvoir", `value="ber"`, "Bob Berr")
		s.as("Ana").Post("/a/ag/proxy", "holder", "x").Want(t, 422, "n'est pas sur la liste électorale")
		s.give("Ana", "Bob").Want(t, 303)
		s.answer("Bob", "Ana", "yes").Want(t, 303)
		s.give("Dana", "Bob").Want(t, 409, "ne peut pas détenir plus de 1 pouvoir", "art. 18")
		s.as("Dana").Get("/a/ag/proxy?q=cros").Want(t, 200, "Cleo Cros", "!n° 3")
		s.as("Dana").Get("/a/ag/proxy?q=berr").Want(t, 200, "Bob Berr", "disabled", "1 pouvoir accepté, 1 au plus")
		s.give("Bob", "Cleo").Want(t, 409, "ne se transmet pas")
		s.give("Dana", "Ana").Want(t, 409, "elle ne peut pas en recevoir")
		s.give("Ana", "Bob").Want(t, 409, "déjà donné à Bob Berr")
		s.as("Max").Get("/a/ag/proxy").Want(t, 200, "pas sur la liste électorale")
		s.give("Max", "Bob").Want(t, 403, "pas sur la liste électorale")
	})
}

func TestNoProxiesAllowed(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, strings.Replace(rules(usual), "allowed = true", "allowed = false", 1))
	s.as("Ana").Get("/a/ag").Want(t, 200, "!/a/ag/proxy")
	s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "On ne vote pas par pouvoir", "art. 18", "!Chercher")
	s.as("Ana").Get("/a/ag/proxy/form.pdf").Want(t, 409, "n'est pas admis")
	s.give("Ana", "Bob").Want(t, 409, "n'est pas admis")
	s.as("Otto").Get("/a/ag/proxies").Want(t, 200, "On ne vote pas par pouvoir", "!Enregistrer un pouvoir papier")
}

func TestReplaceWithdrawReturn(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules(usual))
		s.give("Ana", "Bob").Want(t, 303)
		s.answer("Bob", "Ana", "yes").Want(t, 303)
		first := s.of("Ana")
		s.give("Ana", "Ana").Want(t, 409) // refused: the first still stands
		s.stands("Ana", electorate.ProxyAccepted, "")
		s.give("Ana", "Dana").Want(t, 303)
		s.Read(func(tx *db.Tx) error {
			p, err := electorate.FindProxy(tx, s.space.ID, first.ID)
			if p.State != electorate.ProxyWithdrawn || p.EndReason != electorate.ReasonReplaced {
				t.Errorf("the first proxy is %s %q", p.State, p.EndReason)
			}
			return err
		})
		if got, _ := s.mails("bob@example.org"); fmt.Sprint(got) != "[Ana Abad vous propose son pouvoir Ana Abad a repris son pouvoir]" {
			t.Errorf("Bob was written %v", got)
		}
		s.answer("Dana", "Ana", "no").Want(t, 303)
		s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "Dana Dulac n'a pas accepté votre pouvoir", "Nom de la personne")
		s.stands("Ana", electorate.ProxyRefused, electorate.ReasonRefused)
		s.give("Ana", "Dana").Want(t, 303)
		s.as("Dana").Post(s.path("Ana", "return")).Want(t, 409, "attend votre réponse")
		s.answer("Dana", "Ana", "yes").Want(t, 303)
		s.as("Dana").Post(s.path("Ana", "return")).Want(t, 303)
		s.stands("Ana", electorate.ProxyWithdrawn, electorate.ReasonReturned)
		s.give("Ana", "Bob").Want(t, 303)
		s.as("Ana").Post(s.path("Ana", "withdraw")).Want(t, 303)
		s.stands("Ana", electorate.ProxyWithdrawn, electorate.ReasonWithdrawn)
		s.as("Ana").Post(s.path("Ana", "withdraw")).Want(t, 409, "n'est plus en cours")
		if got, _ := s.mails("ana@example.org"); fmt.Sprint(got) != "[Bob Berr accepts your proxy Dana Dulac does not accept your proxy Dana Dulac accepts your proxy Dana Dulac gives your proxy back]" {
			t.Errorf("Ana was written %v", got)
		}
	})
}

func TestWhileTheVoteIsOpen(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules(usual+"withdraw_until = \"used\"\n"))
		s.give("Ana", "Bob").Want(t, 303)
		s.answer("Bob", "Ana", "yes").Want(t, 303)
		s.now = opens.Add(time.Hour)
		s.as("Bob").Get("/a/ag/proxy").Want(t, 200, "Voter pour ces personnes", "Rendre ce pouvoir")
		// Bob votes for Ana, who is not there: her proxy is used.
		vote := fmt.Sprintf("/a/ag/vote/%d", s.question)
		s.as("Bob").Post(vote, "choice", "for", "for", fmt.Sprint(s.id["Ana"])).Want(t, 303)
		s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "a déjà servi à voter", "art. 18", "Voter soi-même retire le pouvoir", "!Reprendre")
		s.as("Ana").Post(s.path("Ana", "withdraw")).Want(t, 409, "a déjà servi à voter")
		s.give("Ana", "Dana").Want(t, 409, "a déjà servi à voter")
		s.as("Bob").Get("/a/ag/proxy").Want(t, 200, "Ce pouvoir a servi à voter", "!Rendre ce pouvoir")
		s.as("Bob").Post(s.path("Ana", "return")).Want(t, 409, "a déjà servi")
		// Who votes has no proxy left to give, and is not asked to.
		s.as("Dana").Post(vote, "choice", "for").Want(t, 303)
		s.as("Dana").Get("/a/ag/proxy").Want(t, 200, "prenez déjà part au vote", "!Chercher")
		s.as("Dana").Get("/a/ag").Want(t, 200, "!Donnez pouvoir")
		s.give("Dana", "Cleo").Want(t, 409, "prend déjà part au vote")
		// Ana votes herself: the proxy ends.
		s.as("Ana").Post(vote, "choice", "against").Want(t, 303)
		s.stands("Ana", electorate.ProxyWithdrawn, electorate.ReasonVoted)
		s.now = closes.Add(time.Minute)
		s.give("Cleo", "Bob").Want(t, 409, "Le vote est clos")
		s.as("Cleo").Get("/a/ag/proxy").Want(t, 200, "Le vote est clos", "!Chercher")
		s.as("Cleo").Get("/a/ag").Want(t, 200, "!Donnez pouvoir")
	})
}

func TestWithdrawalUntilTheVoteOpens(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual+"withdraw_until = \"opens\"\n"))
	s.give("Ana", "Bob").Want(t, 303)
	s.answer("Bob", "Ana", "yes").Want(t, 303)
	s.give("Cleo", "Dana").Want(t, 303)
	s.now = opens.Add(time.Hour)
	s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "Le vote est ouvert", "!Reprendre mon pouvoir", "!Donner pouvoir à une autre personne")
	s.as("Ana").Post(s.path("Ana", "withdraw")).Want(t, 409, "Le vote est ouvert : le pouvoir ne peut plus être retiré", "art. 18")
	s.give("Ana", "Dana").Want(t, 409, "Le vote est ouvert")
	s.as("Cleo").Get("/a/ag/proxy").Want(t, 200, "Tant que personne n'a accepté", "Reprendre mon pouvoir")
	s.give("Cleo", "Eva").Want(t, 303) // an offer binds nobody
	s.answer("Eva", "Cleo", "yes").Want(t, 303)
	s.as("Eva").Post(s.path("Cleo", "return")).Want(t, 303) // not against one's will
}

func TestBlankProxyToTheChair(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules("max_number = 1\nblank = \"chair\"\n"))
		s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "!À la présidence, sans nommer")
		s.give("Ana", "").Want(t, 409, "Personne ne préside encore")
		s.Write(func(tx *db.Tx) error {
			var account int64
			if err := tx.Row("SELECT id FROM account WHERE member_id = $1", []any{s.id["Bob"]}, &account); err != nil {
				return err
			}
			return space.GiveRole(tx, 1, s.space.ID, account, people.Chair)
		})
		s.as("Ana").Get("/a/ag/proxy").Want(t, 200, "À la présidence, sans nommer", "Bob Berr préside")
		if a := s.give("Ana", "").Want(t, 303); a.Location != "/a/ag/proxy?done=given" {
			t.Errorf("leads to %q", a.Location)
		}
		s.stands("Ana", electorate.ProxyAccepted, "")
		s.give("Ana", "").Want(t, 409, "déjà donné à Bob Berr")
		s.give("Dana", "").Want(t, 409, "ne peut pas détenir plus de 1 pouvoir")
		if got, _ := s.mails("bob@example.org"); fmt.Sprint(got) != "[Vous portez le pouvoir de Ana Abad]" {
			t.Errorf("Bob was written %v", got)
		}
	})
}

func TestNobodyElsesProxy(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual))
	s.give("Ana", "Bob").Want(t, 303)
	for _, who := range []string{"Cleo", "Eva", "Max", "Otto", "Sam", "Olga", "Ada"} {
		s.as(who).Get("/a/ag/proxy").Want(t, 200, "!Ana Abad", "!Bob Berr")
		for _, act := range []string{"withdraw", "return"} {
			s.as(who).Post(s.path("Ana", act)).Want(t, 404)
		}
		s.answer(who, "Ana", "yes").Want(t, 404)
	}
	s.as("Bob").Post(s.path("Ana", "withdraw")).Want(t, 404) // the holder refuses or gives back
	s.as("Ana").Post(s.path("Ana", "return")).Want(t, 404)
	s.answer("Ana", "Ana", "yes").Want(t, 404)
	for _, path := range []string{s.path("Ana", "withdraw"), s.path("Ana", "return"), s.path("Ana", "answer"), "/a/ag/proxy"} {
		s.as("visitor").Post(path, "answer", "yes").Want(t, 401)
		s.as("Olaf").Post(path, "answer", "yes").Want(t, 404)
	}
	// The proxy of one assembly is none of another's.
	id := s.of("Ana").ID
	s.as("Ana").Post(fmt.Sprintf("/a/other/proxy/%d/withdraw", id)).Want(t, 404)
	s.as("Olaf").Get(fmt.Sprintf("/a/other/proxies/%d", id)).Want(t, 404)
	s.as("Bob").Post("/a/ag/proxy/x/answer", "answer", "yes").Want(t, 404)
	s.stands("Ana", electorate.ProxyOffered, "")
}

func TestManagementIsForOfficers(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual))
	s.upload("Otto", "Ana", fmt.Sprint(s.id["Bob"]), "papier.png", picture(t)).Want(t, 303)
	one := fmt.Sprintf("/a/ag/proxies/%d", s.of("Ana").ID)
	gets := []string{"/a/ag/proxies", "/a/ag/proxies.csv", "/a/ag/proxies/holders", "/a/ag/proxies/new", one, one + "/scan"}
	for _, who := range []string{"Otto", "Ada"} {
		for _, path := range gets {
			s.as(who).Get(path).Want(t, 200)
		}
	}
	for who, status := range map[string]int{"Ana": 403, "Bob": 403, "Max": 403, "Sam": 403, "Olga": 403, "Olaf": 404} {
		for _, path := range gets {
			s.as(who).Get(path).Want(t, status, "!sur papier")
		}
		s.as(who).Post(one+"/cancel", "reason", "x").Want(t, status)
		s.upload(who, "Cleo", fmt.Sprint(s.id["Dana"]), "", nil).Want(t, status)
	}
	for _, path := range gets {
		if a := s.as("visitor").Get(path).Want(t, 303); !strings.HasPrefix(a.Location, "/sign-in") {
			t.Errorf("%s leads a visitor to %q", path, a.Location)
		}
	}
	s.as("visitor").Post(one+"/cancel", "reason", "x").Want(t, 401)
	s.upload("visitor", "Cleo", fmt.Sprint(s.id["Dana"]), "", nil).Want(t, 401)
	s.stands("Ana", electorate.ProxyAccepted, "")
	if p := s.of("Cleo"); p.ID != 0 {
		t.Errorf("a proxy was entered: %+v", p)
	}
}

func TestPaperProxies(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules(usual))
		officer := s.as("Otto")
		officer.Get("/a/ag/proxies").Want(t, 200, "Aucun pouvoir pour l'instant", "Enregistrer un pouvoir papier")
		officer.Get("/a/ag/proxies/new?q=abad").Want(t, 200, "Qui donne pouvoir ?", "Ana Abad")
		ana, bob := fmt.Sprint(s.id["Ana"]), fmt.Sprint(s.id["Bob"])
		officer.Get("/a/ag/proxies/new?principal="+ana+"&q=be").Want(t, 200, "À qui ?", "Bob Berr", "holder="+bob)
		officer.Get("/a/ag/proxies/new?principal="+ana+"&holder="+bob).Want(t, 200, "Papier numérisé", "Enregistrer ce pouvoir", "Ana Abad", "Bob Berr")

		s.upload("Otto", "Ana", bob, "papier.docx", picture(t)).Want(t, 422, "n'est pas un PDF, un PNG ou un JPEG lisible", "Ana Abad")
		s.upload("Otto", "Ana", bob, "papier.txt", []byte("signé")).Want(t, 422, "n'est pas un PDF")
		s.upload("Otto", "Ana", bob, "papier.pdf", picture(t)).Want(t, 422, "n'est pas un PDF")
		s.upload("Otto", "Max", bob, "", nil).Want(t, 422, "liste électorale")
		s.upload("Otto", "Ana", "blank", "", nil).Want(t, 409, "doit nommer la personne")
		if p := s.of("Ana"); p.ID != 0 {
			t.Fatalf("a refused proxy is kept: %+v", p)
		}
		a := s.upload("Otto", "Ana", bob, "papier.png", picture(t)).Want(t, 303)
		officer.Get(a.Location).Want(t, 200, "Le pouvoir est enregistré", "Ana Abad", "n° 1", "sur papier", "Voir le papier numérisé", "Annuler ce pouvoir")
		s.stands("Ana", electorate.ProxyAccepted, "")
		scan := officer.Get(strings.TrimSuffix(a.Location, "?done=1")+"/scan").Want(t, 200)
		if scan.Header.Get("Content-Type") != "image/png" || scan.Body != string(picture(t)) || !strings.Contains(scan.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the scan is served as %v", scan.Header)
		}
		s.upload("Otto", "Ana", fmt.Sprint(s.id["Dana"]), "", nil).Want(t, 409, "déjà été donné à Bob Berr")
		s.upload("Otto", "Cleo", bob, "", nil).Want(t, 409, "ne peut pas détenir plus de 1 pouvoir")
		for to, want := range map[string]string{"bob@example.org": "[Vous portez le pouvoir de Ana Abad]", "ana@example.org": "[Your proxy is entered]"} {
			if got, _ := s.mails(to); fmt.Sprint(got) != want {
				t.Errorf("%s was written %v", to, got)
			}
		}

		officer.Get("/a/ag/proxies?q=berr&state=accepted").Want(t, 200, "Ana Abad", "1 à 1 sur 1")
		officer.Get("/a/ag/proxies?q=cros").Want(t, 200, "Aucun pouvoir ne correspond", "!Ana Abad")
		officer.Get("/a/ag/proxies/holders").Want(t, 200, "Bob Berr", "Salarié·es", "Une personne porte au plus 1 pouvoir")
		table := officer.Get("/a/ag/proxies.csv").Want(t, 200)
		read := csv.NewReader(strings.NewReader(strings.TrimPrefix(table.Body, "\ufeff")))
		read.Comma = ';'
		rows, err := read.ReadAll()
		if err != nil || len(rows) != 2 || rows[0][2] != "Qui donne" || rows[1][1] != "1" || rows[1][2] != "Ana Abad" || rows[1][6] != "Bob Berr" || rows[1][4] != "1" || rows[1][8] != "paper" {
			t.Errorf("the table reads %v, %v", rows, err)
		}

		one := strings.TrimSuffix(a.Location, "?done=1")
		officer.Post(one+"/cancel", "reason", " ").Want(t, 422, "Dites pourquoi")
		officer.Post(one+"/cancel", "reason", "Mauvaise personne").Want(t, 303)
		officer.Get(one).Want(t, 200, "Mauvaise personne", "(annulé)", "!Annuler ce pouvoir")
		s.stands("Ana", electorate.ProxyWithdrawn, electorate.ReasonCancelled)
		officer.Post(one+"/cancel", "reason", "Encore").Want(t, 409, "n'est plus en cours")
		if _, text := s.mails("ana@example.org"); !strings.Contains(text, "Reason: Mauvaise personne") {
			t.Errorf("Ana was not told why: %s", text)
		}
		// Given on the site, it is not the officers' to cancel.
		s.give("Ana", "Bob").Want(t, 303)
		officer.Post(fmt.Sprintf("/a/ag/proxies/%d/cancel", s.of("Ana").ID), "reason", "x").Want(t, 404)
		s.stands("Ana", electorate.ProxyOffered, "")
	})
}

func TestPaperProxyThatWasUsedStays(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual))
	s.upload("Otto", "Ana", fmt.Sprint(s.id["Bob"]), "", nil).Want(t, 303)
	s.upload("Otto", "Cleo", fmt.Sprint(s.id["Dana"]), "", nil).Want(t, 303)
	one, two := fmt.Sprintf("/a/ag/proxies/%d", s.of("Ana").ID), fmt.Sprintf("/a/ag/proxies/%d", s.of("Cleo").ID)
	s.now = opens.Add(time.Hour)
	s.as("Bob").Post(fmt.Sprintf("/a/ag/vote/%d", s.question), "choice", "for", "for", fmt.Sprint(s.id["Ana"])).Want(t, 303)
	s.as("Otto").Get(one).Want(t, 200, "Ce pouvoir a servi à voter", "!Annuler ce pouvoir")
	s.as("Otto").Post(one+"/cancel", "reason", "x").Want(t, 409, "a déjà servi à voter")
	s.as("Otto").Post(two+"/cancel", "reason", "Entré deux fois").Want(t, 303) // open, and not used
	s.now = closes.Add(time.Hour)
	s.as("Otto").Get("/a/ag/proxies/new").Want(t, 200, "Le vote est clos", "!Chercher")
	s.upload("Otto", "Eva", fmt.Sprint(s.id["Dana"]), "", nil).Want(t, 409, "Le vote est clos")
}

func TestSearchIsNoList(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual))
	for i := range 30 {
		h.AddMember(people.Member{Number: fmt.Sprint(100 + i), FirstName: fmt.Sprintf("Nom%02d", i), LastName: "Martin", College: "a"})
	}
	s.Write(func(tx *db.Tx) error { _, _, err := electorate.DrawRoll(tx, 1, s.space, closes); return err })
	a := s.as("Ana").Get("/a/ag/proxy?q=martin").Want(t, 200, "seules les 20 premières", "Nom19 Martin", "!Nom20 Martin")
	if n := strings.Count(a.Body, `name="holder"`); n != 20 {
		t.Errorf("%d people are shown, want 20", n)
	}
	s.as("Ana").Get("/a/ag/proxy?q=m").Want(t, 200, "!Martin", "!Personne de ce nom", "Tapez au moins 2 lettres")
	s.as("Max").Get("/a/ag/proxy?q=martin").Want(t, 200, "!Martin") // has nothing to give
	blocked := 0
	for i := range 80 {
		if s.as("Bob").Get(fmt.Sprintf("/a/ag/proxy?q=a%c", 'a'+i%26)).Status == http.StatusTooManyRequests {
			blocked++
		}
	}
	if blocked == 0 {
		t.Error("80 searches at once are not slowed down")
	}
	s.as("Bob").Post("/a/ag/proxy", "q", "aba", "holder", fmt.Sprint(s.id["Ana"])).Want(t, 303) // giving is not
}

func TestConvocationSaysHowToGive(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual))
	for lang, want := range map[i18n.Lang]string{i18n.French: "Une personne porte au plus 1 pouvoir.", i18n.English: "One person holds at most 1 proxy."} {
		s.Read(func(tx *db.Tx) error {
			var parts []component.Part
			for _, c := range h.Components {
				if c.Key() == "proxy" {
					more, err := c.(component.Contributor).Contribute(tx, s.space, component.Convocation, lang)
					if err != nil {
						return err
					}
					none, err := c.(component.Contributor).Contribute(tx, s.space, component.Minutes, lang)
					if err != nil || len(none) > 0 {
						t.Errorf("the minutes have %v, %v", none, err)
					}
					parts = more
				}
			}
			if len(parts) != 1 || parts[0].Order != 50 {
				t.Fatalf("parts: %+v", parts)
			}
			said := fmt.Sprint(parts[0].Blocks)
			for _, w := range []string{want, s.URL + "/a/ag/proxy", "art. 18", "form.pdf"} {
				if !strings.Contains(apptest.Plain(said), apptest.Plain(w)) {
					t.Errorf("the part does not say %q: %s", w, said)
				}
			}
			return nil
		})
	}
}

func TestEvidenceAndPersonalData(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := start(t, h, rules(usual))
		s.upload("Otto", "Ana", fmt.Sprint(s.id["Bob"]), "papier.png", picture(t)).Want(t, 303)
		s.give("Cleo", "Dana").Want(t, 303)
		files := map[string]string{}
		add := func(name string, write func(io.Writer) error) error {
			var b bytes.Buffer
			err := write(&b)
			files[name] = b.String()
			return err
		}
		s.Read(func(tx *db.Tx) error {
			for _, c := range h.Components {
				if c.Key() != "proxy" {
					continue
				}
				if err := c.(component.Evidence).Evidence(tx, s.space, add); err != nil {
					return err
				}
				if err := c.(component.Exporter).Export(tx, add); err != nil {
					return err
				}
				if err := c.(component.PersonalData).ExportMember(tx, s.id["Ana"], add); err != nil {
					return err
				}
			}
			return nil
		})
		scan := fmt.Sprintf("proxies/scan-%d.png", s.of("Ana").ID)
		for name, want := range map[string]string{"proxies/proxies.csv": "Cleo Cros", "ag/proxies/proxies.csv": "Ana Abad", scan: string(picture(t)), "ag/" + scan: string(picture(t)), "proxies.json": "Bob Berr"} {
			if !strings.Contains(files[name], want) {
				t.Errorf("%s reads %q", name, files[name])
			}
		}
		if strings.Contains(files["proxies.json"], "Cleo") {
			t.Errorf("somebody else's proxies are exported: %s", files["proxies.json"])
		}
		if len(files) != 5 {
			t.Errorf("%d files, want 5", len(files))
		}
	})
}

func TestPaperForm(t *testing.T) {
	h := apptest.Start(t)
	s := start(t, h, rules(usual))
	filled, empty := s.as("Ana").Get("/a/ag/proxy/form.pdf").Want(t, 200), s.as("Olga").Get("/a/ag/proxy/form.pdf").Want(t, 200)
	for _, a := range []apptest.Answer{filled, empty} {
		if a.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(a.Body, "%PDF-") {
			t.Errorf("got %v", a.Header)
		}
	}
	if filled.Body == empty.Body {
		t.Error("the form is not filled for who is signed in")
	}
	s.as("visitor").Get("/a/ag/proxy/form.pdf").Want(t, 303)
	if a := s.as("visitor").Get("/a/ag/proxy"); a.Status != 303 || a.Location != "/sign-in?next="+url.QueryEscape("/a/ag/proxy") {
		t.Errorf("a visitor is led to %q", a.Location)
	}
}

func TestEveryWordExistsInBothLanguages(t *testing.T) {
	h := apptest.Start(t)
	for _, m := range h.Site.Words.Missing() {
		if strings.Contains(m, "proxy") {
			t.Error(m)
		}
	}
}
