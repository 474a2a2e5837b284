package vote_test

import (
	"sync"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// Of ballots that arrive at the same moment, each has the fate it would have alone: what stands in the
// way of one harms no other, and each receipt is in the journal.
func TestBallotsAtOnce(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		x := open(t, h, plainStatutes)
		second, err := x.vote.PutResolution(ctx, x.access, vote.Resolution{Series: x.series.ID, Title: "Budget", Text: "L'assemblée approuve.", Form: vote.Motion, Rule: x.motion.Rule})
		if err != nil {
			t.Fatal(err)
		}
		stranger := h.AddMember(people.Member{Number: "99", FirstName: "Trop", LastName: "Tard", Shares: 1, PaidUp: true}) // after the roll was drawn
		x.give(3, 4)
		x.at(time.Hour)
		if err := x.vote.MarkPaper(ctx, x.access, x.series.ID, x.members[2].ID); err != nil {
			t.Fatal(err)
		}
		viewers := []people.Viewer{{Account: 1}}
		for _, m := range append(x.members, stranger) {
			viewers = append(viewers, people.Viewer{Account: h.AccountOf(m).ID, Member: m.ID})
		}
		nobody, a, b, paper, principal, holder, late := viewers[0], viewers[1], viewers[2], viewers[3], viewers[4], viewers[5], viewers[6]

		var wg sync.WaitGroup
		var mu sync.Mutex
		codes := map[string]bool{}
		cast := func(v people.Viewer, slug string, r vote.Resolution, choice, want string) {
			wg.Go(func() {
				receipts, err := x.vote.CastBallots(ctx, slug, r.ID, v, nil, []string{choice})
				if want != "" && !fault.Is(err, want) || want == "" && err != nil {
					t.Errorf("member %d, %s: %v, want %q", v.Member, choice, err, want)
				}
				mu.Lock()
				defer mu.Unlock()
				for _, r := range receipts {
					codes[r.Code] = true
				}
			})
		}
		for range 10 {
			cast(a, "ag", x.motion, "for", "")
			cast(b, "ag", x.motion, "against", "")
			cast(a, "ag", second, "abstention", "")
			cast(holder, "ag", second, "for", "")
			cast(nobody, "ag", x.motion, "for", "vote.not_elector")
			cast(late, "ag", x.motion, "for", "vote.not_elector")
			cast(paper, "ag", x.motion, "for", "vote.voted_on_paper")
			cast(b, "ag", second, "perhaps", "vote.choice.missing")
			cast(b, "elsewhere", second, "for", "vote.unknown")
		}
		cast(principal, "ag", x.motion, "for", "") // withdraws the proxy
		wg.Wait()
		x.TickNow()

		x.Read(func(tx *db.Tx) error {
			var ballots, online int
			if err := tx.Row("SELECT count(*) FROM vote_ballot", nil, &ballots); err != nil || ballots != 5 {
				t.Errorf("%d ballots, want 5: %v", ballots, err)
			}
			err := tx.Row("SELECT count(*) FROM attendance WHERE space_id = $1 AND mode = $2", []any{x.space.ID, electorate.Online}, &online)
			if err != nil || online != 4 {
				t.Errorf("%d take part on the site, want 4: %v", online, err)
			}
			events, err := journal.Read(tx, journal.Filter{Kinds: []string{"vote.ballot_cast"}, Limit: 100})
			if err != nil || len(events) != 41 || len(codes) != 41 {
				t.Errorf("%d ballots in the journal and %d receipts, want 41: %v", len(events), len(codes), err)
			}
			for _, e := range events {
				if !codes[e.Digest[:16]] {
					t.Errorf("no receipt for %s", e.Payload)
				}
			}
			return err
		})
	})
}
