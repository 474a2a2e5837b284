package vote_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
)

// hall is an assembly of a collective with five members, its bureau and one motion.
type hall struct {
	*apptest.House
	vote    *vote.Component
	space   space.Space
	members []people.Member
	voters  []*apptest.Browser
	chair   people.Account
	access  space.Access // the chair's
	series  vote.Series
	motion  vote.Resolution
}

func open(t *testing.T, h *apptest.House, statutes string) *hall {
	t.Helper()
	x := &hall{House: h}
	h.T = t
	h.SetClock(noon)
	for _, c := range h.Components {
		if v, ok := c.(*vote.Component); ok {
			x.vote = v
		}
	}
	for i := range 5 {
		x.members = append(x.members, h.AddMember(people.Member{Number: fmt.Sprint(i + 1), FirstName: "Membre", LastName: string(rune('A' + i)), Shares: 1, PaidUp: true}))
		x.voters = append(x.voters, h.As(h.AccountOf(x.members[i]).ID))
	}
	h.Write(func(tx *db.Tx) (err error) {
		if x.chair, err = people.OpenAccount(tx, "Présidente", "chair@example.org", "fr"); err != nil {
			return err
		}
		x.space, err = space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Members, TimeZone: "Europe/Paris"})
		if err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, x.space, statutes); err != nil {
			return err
		}
		if err := space.GiveRole(tx, 0, x.space.ID, x.chair.ID, people.Chair); err != nil {
			return err
		}
		if _, _, err = electorate.DrawRoll(tx, 0, x.space, noon); err != nil {
			return err
		}
		x.access, err = space.AccessTo(tx, x.space, people.Viewer{Account: x.chair.ID})
		return err
	})
	var err error
	x.series, err = x.vote.PutSeries(ctx, x.access, vote.Series{Title: "Vote", Opens: noon.Add(time.Hour), Closes: noon.Add(3 * time.Hour), Names: true, Paper: true}, "")
	if err != nil {
		t.Fatal(err)
	}
	x.motion, err = x.vote.PutResolution(ctx, x.access, vote.Resolution{Series: x.series.ID, Title: "Comptes", Text: "L'assemblée approuve.", Form: vote.Motion, Rule: firstMotion(t, statutes)})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func firstMotion(t *testing.T, statutes string) string {
	rules, _ := statute.Parse([]byte(statutes))
	if len(rules.Motions) == 0 {
		t.Fatal("the statutes have no motion")
	}
	return rules.Motions[0].Key
}

const plainStatutes = `
kind = "collective"
[proxies]
allowed = true
max_number = 2
in_person_withdraws = true
[[motions]]
key = "ordinary"
name = "Décision ordinaire"
majority = "simple"
[[elections]]
key = "election"
name = "Élection"
tie = "lot"
[ballot]
results = "each"
paper = true
`

func (x *hall) path(r vote.Resolution) string { return fmt.Sprintf("/a/ag/vote/%d", r.ID) }

func (x *hall) at(d time.Duration) {
	x.T.Helper()
	x.SetClock(noon.Add(d))
	x.TickNow()
}

func (x *hall) result(r vote.Resolution) *vote.Result {
	x.T.Helper()
	b := x.As(x.chair.ID).Get(x.space.Path() + "/results.json")
	b.Want(x.T, 200)
	var list []vote.Result
	if err := json.Unmarshal([]byte(b.Body), &list); err != nil {
		x.T.Fatalf("%v: %s", err, b.Body)
	}
	for _, res := range list {
		if res.Resolution == r.ID {
			return &res
		}
	}
	return nil
}

func (x *hall) give(principal, holder int) {
	x.T.Helper()
	x.Write(func(tx *db.Tx) error {
		p, err := electorate.GiveProxy(tx, 0, x.space, electorate.Proxy{Principal: x.members[principal].ID, Holder: x.members[holder].ID}, 0)
		if err != nil {
			return err
		}
		return electorate.AnswerProxy(tx, 0, p, true)
	})
}

func member(m people.Member) string { return fmt.Sprint(m.ID) }

// The story of one vote: refused before it opens, cast, changed, refused after it closes,
// results hidden until then.
func TestVoteFromOpeningToResult(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		x.voters[0].Post(x.path(x.motion), "choice", "for").Want(t, 409, "n'est pas encore ouvert")
		x.at(time.Hour)
		x.voters[0].Post(x.path(x.motion)).Want(t, 422, "Choisissez pour, contre ou abstention")
		x.voters[0].Post(x.path(x.motion), "choice", "maybe").Want(t, 422)
		for i, choice := range []string{"for", "for", "against"} {
			if a := x.voters[i].Post(x.path(x.motion), "choice", choice); a.Status != 303 {
				t.Fatalf("voter %d: %d %s", i, a.Status, a.Body)
			}
		}
		x.at(time.Hour + 10*time.Second) // turnout is counted every other second
		page := x.voters[0].Get("/a/ag/vote").Want(t, 200, "3 votes reçus sur 5", "reçu", "!Adoptée")
		if strings.Count(page.Body, "checked") < 1 {
			t.Error("the page forgot what was voted")
		}
		if a := x.voters[1].Post(x.path(x.motion), "choice", "against"); a.Status != 303 {
			t.Fatalf("changing: %d", a.Status)
		}
		if x.result(x.motion) != nil {
			t.Error("a result is shown while the vote is open")
		}
		x.at(3 * time.Hour)
		x.voters[3].Post(x.path(x.motion), "choice", "for").Want(t, 409, "clos depuis")
		res := x.result(x.motion)
		if res == nil || res.Decision.Outcome != statute.Rejected || res.Online != 3 {
			t.Fatalf("result: %+v", res)
		}
		x.voters[4].Get("/a/ag/results").Want(t, 200, "Rejetée", "Pourquoi", "Qui a voté quoi")
		x.voters[4].Get(fmt.Sprintf("/a/ag/results/%d/ballots", x.motion.ID)).Want(t, 200, "Membre A", "Membre C", "!Membre D")
		x.Visitor().Get("/a/ag/results").Want(t, 303)
		x.Visitor().Post(x.path(x.motion), "choice", "for").Want(t, 401)
	})
}

func TestHolderVotesForEachMandateOrAllAlike(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		x.give(1, 0)
		x.give(2, 0)
		x.at(time.Hour)
		x.voters[0].Get("/a/ag/vote").Want(t, 200, "Moi et mes 2 pouvoirs", "Membre B", "Membre C")
		if a := x.voters[0].Post(x.path(x.motion), "choice", "for", "for", "all"); a.Status != 303 {
			t.Fatalf("all alike: %d %s", a.Status, a.Body)
		}
		if a := x.voters[0].Post(x.path(x.motion), "choice", "against", "for", member(x.members[1])); a.Status != 303 {
			t.Fatalf("for one mandate: %d %s", a.Status, a.Body)
		}
		x.voters[0].Post(x.path(x.motion), "choice", "for", "for", member(x.members[3])).Want(t, 403, "pouvoir de cette personne")
		// The principal votes in person: the proxy is withdrawn and their vote replaces the holder's.
		if a := x.voters[2].Post(x.path(x.motion), "choice", "abstention"); a.Status != 303 {
			t.Fatalf("in person: %d %s", a.Status, a.Body)
		}
		x.voters[0].Post(x.path(x.motion), "choice", "for", "for", member(x.members[2])).Want(t, 403)
		x.at(3 * time.Hour)
		res := x.result(x.motion)
		if res == nil {
			t.Fatal("no result")
		}
		c := res.Count.Colleges[0]
		if c.For.Cmp(statute.Int(1)) != 0 || c.Against.Cmp(statute.Int(1)) != 0 || c.Abstention.Cmp(statute.Int(1)) != 0 || res.ByProxy != 1 || res.Online != 2 {
			t.Errorf("count %+v, %d by proxy, %d online", c, res.ByProxy, res.Online)
		}
	})
}

// Nobody votes twice, by any path; two scrutineers' counts must agree.
func TestPaperBallots(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		scrutineers := x.scrutineers()
		x.give(1, 0)
		x.at(time.Hour)
		x.voters[0].Post(x.path(x.motion), "choice", "for", "for", "all").Want(t, 303)
		paper := fmt.Sprintf("/a/ag/paper/%d", x.series.ID)
		x.voters[0].Get(paper).Want(t, 403)
		x.voters[0].Post(paper+"/mark", "member", member(x.members[3])).Want(t, 403)
		scrutineers[0].Get(paper+"?q=membre").Want(t, 200, "Membre D")
		scrutineers[0].Post(paper+"/mark", "member", member(x.members[0])).Want(t, 409, "a déjà voté en ligne")
		scrutineers[0].Post(paper+"/mark", "member", member(x.members[1])).Want(t, 303) // sets the holder's ballot aside
		scrutineers[0].Post(paper+"/mark", "member", member(x.members[3])).Want(t, 303)
		scrutineers[1].Post(paper+"/mark", "member", member(x.members[3])).Want(t, 409, "déjà notée")
		x.voters[3].Post(x.path(x.motion), "choice", "against").Want(t, 409, "bulletin papier")
		x.voters[0].Post(x.path(x.motion), "choice", "for", "for", member(x.members[1])).Want(t, 403)
		count := fmt.Sprintf("%s/count/%d", paper, x.motion.ID)
		x.As(x.chair.ID).Get(count).Want(t, 403)
		scrutineers[0].Post(count, "college", "", "n-for", "x").Want(t, 422, "n'est pas un nombre")
		scrutineers[0].Post(count, "college", "", "n-for", "1", "n-against", "1").Want(t, 303)
		scrutineers[1].Get(count).Want(t, 200, "!Les deux comptes")
		scrutineers[1].Post(count, "college", "", "n-for", "2").Want(t, 303)
		scrutineers[1].Get(count).Want(t, 200, "Les deux comptes", "comptes diffèrent")
		x.at(3 * time.Hour)
		if x.result(x.motion) != nil {
			t.Fatal("a result although the counts differ")
		}
		x.voters[0].Get("/a/ag/results").Want(t, 200, "attend l'accord")
		scrutineers[1].Post(count, "college", "", "n-for", "1", "n-against", "1").Want(t, 303)
		res := x.result(x.motion)
		if res == nil || res.Paper != 2 || res.Online != 1 || res.ByProxy != 0 || res.Count.Colleges[0].For.Cmp(statute.Int(2)) != 0 {
			t.Fatalf("result %+v", res)
		}
	})
}

// scrutineers are two, signed in.
func (x *hall) scrutineers() []*apptest.Browser {
	x.T.Helper()
	var accounts []int64
	x.Write(func(tx *db.Tx) error {
		for i := range 2 {
			a, err := people.OpenAccount(tx, fmt.Sprint("Scrutatrice ", i), fmt.Sprintf("s%d@example.org", i), "fr")
			if err != nil {
				return err
			}
			if err := space.GiveRole(tx, 0, x.space.ID, a.ID, people.Scrutineer); err != nil {
				return err
			}
			accounts = append(accounts, a.ID)
		}
		return nil
	})
	return []*apptest.Browser{x.As(accounts[0]), x.As(accounts[1])}
}

func TestElectionToSeats(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		e, err := x.vote.PutResolution(ctx, x.access, vote.Resolution{Series: x.series.ID, Title: "Conseil", Text: "Deux sièges.", Form: vote.Election, Rule: "election",
			Seats: 2, MaxChoices: 2, Options: []vote.Option{{Label: "Ada"}, {Label: "Bo"}, {Label: "Cléo"}}})
		if err != nil {
			t.Fatal(err)
		}
		x.at(time.Hour)
		a, b, c := e.Options[0].Key, e.Options[1].Key, e.Options[2].Key
		x.voters[0].Post(x.path(e), "choice", a, "choice", b, "choice", c).Want(t, 422, "2 au plus")
		x.voters[0].Post(x.path(e), "choice", a, "choice", "blank").Want(t, 422, "vote blanc")
		x.voters[0].Post(x.path(e), "choice", a, "choice", b).Want(t, 303)
		x.voters[1].Post(x.path(e), "choice", a).Want(t, 303)
		x.voters[2].Post(x.path(e), "choice", "blank").Want(t, 303)
		x.voters[3].Post(x.path(e), "choice", c).Want(t, 303)
		x.at(3 * time.Hour)
		x.voters[0].Get("/a/ag/results").Want(t, 200, "Égalité", "!départager")
		chair := x.As(x.chair.ID)
		chair.Post(fmt.Sprintf("/a/ag/results/%d/tie", e.ID), "seed", "").Want(t, 422, "Dites votre choix", "Départager")
		x.voters[0].Post(fmt.Sprintf("/a/ag/results/%d/tie", e.ID), "seed", "4").Want(t, 403)
		chair.Post(fmt.Sprintf("/a/ag/results/%d/tie", e.ID), "seed", "4-2-6").Want(t, 303)
		res := x.result(e)
		if res == nil || res.Decision.Outcome != statute.Elected || len(res.Decision.Elected) != 2 || res.Decision.Elected[0] != a {
			t.Fatalf("elected %+v", res)
		}
	})
}

// Ballots cast at the very moment of the closing are either counted or refused, never
// acknowledged and lost.
func TestClosingLosesNoAcknowledgedBallot(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		x.at(time.Hour)
		var wg sync.WaitGroup
		var mu sync.Mutex
		acknowledged := map[int]bool{}
		for i := range 5 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 20 {
					if x.voters[i].Post(x.path(x.motion), "choice", "for").Status == 303 {
						mu.Lock()
						acknowledged[i] = true
						mu.Unlock()
					}
				}
			}()
		}
		x.SetClock(noon.Add(3 * time.Hour))
		if err := x.Tick(ctx); err != nil {
			t.Error(err)
		}
		wg.Wait()
		res := x.result(x.motion)
		if res == nil || res.Online != len(acknowledged) {
			t.Errorf("%d acknowledged, result %+v", len(acknowledged), res)
		}
	})
}

func TestPreparing(t *testing.T) {
	h := apptest.Start(t)
	x := open(t, h, plainStatutes)
	chair := x.As(x.chair.ID)
	x.voters[0].Get("/a/ag/prepare/vote").Want(t, 403)
	x.voters[0].Post("/a/ag/prepare/resolution", "title", "x").Want(t, 403)
	x.voters[0].Post("/a/ag/prepare/series", "title", "x").Want(t, 403)
	x.voters[0].Post(fmt.Sprintf("/a/ag/prepare/resolution/%d/remove", x.motion.ID)).Want(t, 403)
	x.voters[0].Post(fmt.Sprintf("/a/ag/prepare/resolution/%d/move", x.motion.ID)).Want(t, 403)
	series := fmt.Sprint(x.series.ID)
	chair.Get("/a/ag/prepare/vote").Want(t, 200, "Comptes", "Ajouter une résolution")
	chair.Post("/a/ag/prepare/resolution", "series", series, "title", "", "text", "Gardé", "rule", "motion:ordinary").Want(t, 422, "Donnez un titre", "Gardé")
	chair.Post("/a/ag/prepare/resolution", "series", series, "title", "Deux", "text", "t", "rule", "election:election", "options", "Ada\nAda", "seats", "9", "max_choices", "1").
		Want(t, 422, "écrit deux fois", "nombre de sièges")
	chair.Post("/a/ag/prepare/resolution", "series", series, "title", "Deux", "text", "t", "rule", "motion:ordinary").Want(t, 303)
	chair.Post("/a/ag/prepare/series", "id", series, "title", "Vote", "opens", "2026-06-02T10:00", "closes", "2026-06-01T10:00").Want(t, 422, "La clôture doit venir après l'ouverture")
	chair.Post("/a/ag/prepare/series", "id", series, "title", "Vote", "opens", "n'importe quoi").Want(t, 422, "n'est pas un jour")
	chair.Post(fmt.Sprintf("/a/ag/prepare/resolution/%d/move", x.motion.ID), "down", "1").Want(t, 303)
	chair.Get("/a/ag/prepare/vote").Want(t, 200, "Résolution 2")
	x.at(time.Hour)
	chair.Post(fmt.Sprintf("/a/ag/prepare/resolution/%d/remove", x.motion.ID)).Want(t, 409, "ne change plus")
	chair.Post("/a/ag/prepare/series", "id", series, "closes", "2026-06-01T16:30", "reason", "").Want(t, 422, "que retardée", "Dites pourquoi")
	chair.Post("/a/ag/prepare/series", "id", series, "closes", "2026-06-01T18:00", "reason", "Panne").Want(t, 303)
	x.at(3 * time.Hour)
	x.voters[0].Post(x.path(x.motion), "choice", "for").Want(t, 303)
}

// What a ballot says must not be readable through the journal while the vote is open.
func TestReceiptStandsInTheJournal(t *testing.T) {
	h := apptest.Start(t)
	x := open(t, h, plainStatutes)
	x.at(time.Hour)
	receipts, err := x.vote.CastBallots(ctx, "ag", x.motion.ID, people.Viewer{Account: h.AccountOf(x.members[0]).ID, Member: x.members[0].ID}, nil, []string{"for"})
	if err != nil {
		t.Fatal(err)
	}
	x.Read(func(tx *db.Tx) error {
		events, err := journal.Read(tx, journal.Filter{Kinds: []string{"vote.ballot_cast"}})
		if err != nil || len(events) != 1 || !strings.HasPrefix(events[0].Digest, receipts[0].Code) {
			t.Errorf("%v %v", events, err)
		}
		return nil
	})
}

func TestSecondCall(t *testing.T) {
	h := apptest.Start(t)
	x := open(t, h, strings.Replace(plainStatutes, `majority = "simple"`, "majority = \"simple\"\nquorum = \"half\"", 1)+`
[[quorums]]
key = "half"
distance = true
calls = ["50 %", "0"]
`)
	h.Write(func(tx *db.Tx) error {
		p, err := electorate.GiveProxy(tx, 0, x.space, electorate.Proxy{Principal: x.members[1].ID, Holder: x.members[0].ID}, 0)
		if err != nil {
			return err
		}
		return electorate.AnswerProxy(tx, 0, p, true)
	})
	x.at(time.Hour)
	x.voters[0].Post(x.path(x.motion), "choice", "for").Want(t, 303)
	h.As(x.chair.ID).Get("/a/ag/second").Want(t, 409, "pas encore clos")
	x.at(3 * time.Hour)
	if res := x.result(x.motion); res == nil || res.Decision.Outcome != statute.NoQuorum {
		t.Fatalf("result %+v", res)
	}
	chair, form := h.As(x.chair.ID), []string{"start", "2026-06-16T18:00", "place", "En ligne"}
	chair.Get("/a/ag/prepare/vote").Want(t, 200, "Convoquer une seconde fois")
	chair.Get("/a/ag").Want(t, 200, `href="/a/ag/second"`)
	x.voters[0].Get("/a/ag").Want(t, 200, "!/a/ag/second")
	chair.Get("/a/ag/second").Want(t, 200, "Préparer cette assemblée")
	x.voters[0].Get("/a/ag/second").Want(t, 403)
	x.voters[0].Post("/a/ag/second", form...).Want(t, 403)
	chair.Post("/a/ag/second", "start", "2026-05-01T18:00").Want(t, 422, "Choisissez un moment à venir")
	chair.Post("/a/ag/second", form...).Want(t, 303)
	chair.Post("/a/ag/second", form...).Want(t, 303) // twice is once
	chair.Get("/a/ag").Want(t, 200, `href="/a/ag-2"`, "!/a/ag/second")
	chair.Get("/a/ag-2").Want(t, 200, "Convocation n° 2", `href="/a/ag"`)

	// It is an assembly of its own: nobody has taken part yet, the proxy still stands, and the
	// resolution is adopted with a quorum that the second call does not ask for.
	h.Read(func(tx *db.Tx) error {
		list, _, err := space.List(tx, people.Viewer{Admin: true}, "", 0, 9)
		if err != nil || len(list) != 2 {
			t.Fatalf("%d spaces, %v", len(list), err)
		}
		next, err := space.NextCall(tx, x.space)
		if err != nil {
			return err
		}
		x.space = next
		att, err := electorate.Attendance(tx, next.ID)
		if err != nil || att.Colleges[0].EntitledMembers != 5 || att.Colleges[0].DistanceMembers != 0 || att.Colleges[0].RepresentedMembers != 1 {
			t.Errorf("attendance %+v, %v", att, err)
		}
		return tx.Row("SELECT r.id FROM vote_resolution r JOIN vote_series s ON s.id = r.series_id WHERE r.space_id = $1 AND s.call = 2", []any{next.ID}, &x.motion.ID)
	})
	x.SetClock(time.Date(2026, 6, 16, 16, 30, 0, 0, time.UTC))
	x.TickNow()
	x.voters[0].Post(fmt.Sprintf("/a/ag-2/vote/%d", x.motion.ID), "choice", "for").Want(t, 303)
	x.SetClock(time.Date(2026, 6, 16, 19, 0, 0, 0, time.UTC))
	x.TickNow()
	if res := x.result(x.motion); res == nil || res.Decision.Outcome != statute.Adopted {
		t.Errorf("on second call: %+v", res)
	}
	chair.Post("/a/ag-2/second", "start", "2026-07-16T18:00").Want(t, 409, "Aucune résolution")
}
