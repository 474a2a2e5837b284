package electorate_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

func TestProxyOfferedThenAccepted(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		p := s.give("Ana", "Bob")
		s.stands(p, electorate.ProxyOffered, "")
		s.mandates("Bob")
		s.mayGive("electorate.proxy.standing", electorate.Proxy{Principal: s.id["Ana"], Holder: s.id["Dana"]})
		s.answer("", p, true)
		s.stands(p, electorate.ProxyAccepted, "")
		s.mandates("Bob", "Ana")
		s.answer("electorate.proxy.answered", p, true)
		s.answer("electorate.proxy.answered", p, false)
		s.write(func(tx *db.Tx) error {
			got, err := electorate.GivenBy(tx, s.space.ID, s.id["Ana"])
			if got.PrincipalName != "Ana Abad" || got.HolderName != "Bob Berr" || got.Paper || got.Blank || !got.GivenAt.Equal(noon) || !got.AnsweredAt.Equal(noon) {
				t.Errorf("the proxy reads %+v", got)
			}
			return err
		})
	})
}

func TestProxyRefused(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		p := s.give("Ana", "Bob")
		s.answer("", p, false)
		s.stands(p, electorate.ProxyRefused, electorate.ReasonRefused)
		s.mandates("Bob")
		s.answer("electorate.proxy.answered", p, true)
		s.accepted("Ana", "Dana")
		s.mandates("Dana", "Ana")
	})
}

func TestProxyWritesTheJournal(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		p := s.give("Ana", "Bob")
		s.answer("", p, true)
		s.withdraw("", p, false, false)
		refused := s.give("Ana", "Bob")
		s.answer("", refused, false)
		var got []string
		s.write(func(tx *db.Tx) error {
			if _, err := journal.Chain(tx); err != nil {
				return err
			}
			for _, id := range []int64{p.ID, refused.ID} {
				events, err := journal.Read(tx, journal.Filter{Space: s.space.ID, Subject: fmt.Sprintf("proxy/%d", id)})
				if err != nil {
					return err
				}
				for _, e := range events {
					got = append(got, fmt.Sprintf("%s by %d", e.Kind, e.Actor))
				}
			}
			return nil
		})
		want := "[electorate.proxy_given by 1 electorate.proxy_answered by 2 electorate.proxy_ended by 1 electorate.proxy_given by 1 electorate.proxy_answered by 2]"
		if fmt.Sprint(got) != want {
			t.Errorf("the journal has %v", got)
		}
	})
}

func TestProxiesThatTheStatutesRefuse(t *testing.T) {
	proxy := func(s *scene, from, to string) electorate.Proxy {
		return electorate.Proxy{Principal: s.id[from], Holder: s.id[to]}
	}
	t.Run("none", func(t *testing.T) {
		each(t, statutes("allowed = false\n"), func(s *scene) { s.mayGive("not allowed", proxy(s, "Ana", "Bob")) })
	})
	t.Run("persons", func(t *testing.T) {
		each(t, statutes(usual+"same_college = true\n"), func(s *scene) {
			s.mayGive("to themselves", proxy(s, "Ana", "Ana"))
			s.mayGive("Whoever gives the proxy is not entitled", proxy(s, "Late", "Ana"))
			s.mayGive("Whoever receives the proxy must be entitled", proxy(s, "Ana", "Late"))
			s.mayGive("same college", proxy(s, "Ana", "Eva"))
			s.mayGive("must name the person", electorate.Proxy{Principal: s.id["Ana"]}, "Bob")
			s.mayGive("must name the person", electorate.Proxy{Principal: s.id["Ana"]})
		})
	})
	t.Run("another college where it may be", func(t *testing.T) {
		each(t, statutes(usual), func(s *scene) { s.accepted("Ana", "Eva"); s.mandates("Eva", "Ana") })
	})
	t.Run("number", func(t *testing.T) {
		each(t, statutes(usual), func(s *scene) {
			third := s.give("Dana", "Bob") // offers do not count: the answer is judged again
			s.accepted("Ana", "Bob")
			s.accepted("Cleo", "Bob")
			s.mayGive("may not hold more than 2 proxies", proxy(s, "Eva", "Bob"))
			s.answer("may not hold more than 2 proxies", third, true)
			s.stands(third, electorate.ProxyOffered, "")
			s.answer("", third, false)
		})
	})
	t.Run("votes", func(t *testing.T) {
		// A quarter of 16 votes is 4: Ana's 3 and Dana's 1, not one more.
		each(t, statutes("allowed = true\nmax_votes = \"1/4\"\n"), func(s *scene) {
			s.accepted("Ana", "Bob")
			s.accepted("Dana", "Bob")
			s.mayGive("would represent 5 votes", proxy(s, "Eva", "Bob"))
			s.mayGive("would represent 10 votes", proxy(s, "Cleo", "Eva"))
		})
	})
	t.Run("one always", func(t *testing.T) {
		each(t, statutes("allowed = true\nmax_votes = \"1/4\"\none_always = true\n"), func(s *scene) {
			s.accepted("Cleo", "Eva")
			s.mayGive("would represent 11 votes", proxy(s, "Bob", "Eva"))
		})
	})
}

func TestBlankProxies(t *testing.T) {
	each(t, statutes(usual+"blank = \"chair\"\n"), func(s *scene) {
		s.mayGive("electorate.proxy.no_chair", electorate.Proxy{Principal: s.id["Ana"]})
		chair := func() (member int64) {
			s.write(func(tx *db.Tx) (err error) { member, err = electorate.Chair(tx, s.space.ID); return err })
			return member
		}
		if got := chair(); got != 0 {
			t.Errorf("the chair is %d before there is one", got)
		}
		// Of several who chair, the elector receives the proxies.
		for _, name := range []string{"Late", "Bob"} {
			s.write(func(tx *db.Tx) error {
				m, err := people.FindMember(tx, s.id[name])
				if err != nil {
					return err
				}
				a, err := people.OpenMemberAccount(tx, m)
				if err != nil {
					return err
				}
				return space.GiveRole(tx, 1, s.space.ID, a.ID, people.Chair)
			})
		}
		if got := chair(); got != s.id["Bob"] {
			t.Errorf("the chair is %q, want Bob", s.name[got])
		}
		p := s.give("Ana", "", "Bob")
		if !p.Blank || p.State != electorate.ProxyAccepted {
			t.Errorf("a blank proxy reads %+v", p)
		}
		s.give("Cleo", "", "Bob")
		s.mandates("Bob", "Ana", "Cleo")
		s.mayGive("may not hold more than 2", electorate.Proxy{Principal: s.id["Dana"]}, "Bob")
		s.mayGive("to themselves", electorate.Proxy{Principal: s.id["Bob"]}, "Bob")
	})
}

func TestPaperProxyStandsAtOnce(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		p := s.mayGive("", electorate.Proxy{Principal: s.id["Ana"], Holder: s.id["Bob"], Paper: true, Scan: "key"})
		s.stands(p, electorate.ProxyAccepted, "")
		s.mandates("Bob", "Ana")
		s.write(func(tx *db.Tx) error {
			got, err := electorate.FindProxy(tx, s.space.ID, p.ID)
			if !got.Paper || got.Scan != "key" {
				t.Errorf("the proxy reads %+v", got)
			}
			if _, err := electorate.FindProxy(tx, s.space.ID+1, p.ID); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("another space finds it: %v", err)
			}
			return err
		})
	})
}

func TestChains(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		each(t, statutes(usual), func(s *scene) {
			s.accepted("Ana", "Bob")
			s.mayGive("not passed on", electorate.Proxy{Principal: s.id["Bob"], Holder: s.id["Dana"]})
			s.mayGive("has given a proxy and cannot receive", electorate.Proxy{Principal: s.id["Dana"], Holder: s.id["Ana"]})
			// Two offers that would make a chain: whichever is accepted second is refused.
			first := s.give("Cleo", "Dana")
			second := s.give("Dana", "Eva")
			s.answer("", second, true)
			s.answer("has given a proxy and cannot receive", first, true)
		})
	})
	t.Run("allowed", func(t *testing.T) {
		each(t, statutes(usual+"chain = true\n"), func(s *scene) {
			s.accepted("Ana", "Bob")
			passed := s.accepted("Bob", "Cleo")
			s.mandates("Cleo", "Bob", "Ana")
			s.mandates("Bob") // passed on
			s.mayGive("may not hold more than 2", electorate.Proxy{Principal: s.id["Dana"], Holder: s.id["Cleo"]})
			s.mayGive("may not hold more than 2", electorate.Proxy{Principal: s.id["Dana"], Holder: s.id["Bob"]})
			s.withdraw("", passed, false, false)
			s.mandates("Bob", "Ana")
			s.mandates("Cleo")
			// Caps bind what is passed on as well: Eva would hold three.
			s.accepted("Dana", "Eva")
			s.mayGive("may not hold more than 2", electorate.Proxy{Principal: s.id["Bob"], Holder: s.id["Eva"]})
		})
	})
}

func TestNoCircle(t *testing.T) {
	each(t, statutes("allowed = true\nchain = true\n"), func(s *scene) {
		s.accepted("Ana", "Bob")
		s.mayGive("come back to the person", electorate.Proxy{Principal: s.id["Bob"], Holder: s.id["Ana"]})
		s.give("Bob", "Cleo") // an offer may become a proxy: it counts
		s.mayGive("come back to the person", electorate.Proxy{Principal: s.id["Cleo"], Holder: s.id["Ana"]})
	})
}

// Two who give each other their proxies at the same moment: one of them is refused.
func TestNoCircleAtTheSameMoment(t *testing.T) {
	each(t, statutes("allowed = true\nchain = true\n"), func(s *scene) {
		var wait sync.WaitGroup
		errs := make([]error, 2)
		for i, pair := range [][2]string{{"Ana", "Bob"}, {"Bob", "Ana"}} {
			wait.Go(func() {
				errs[i] = s.d.Write(context.Background(), func(tx *db.Tx) error {
					_, err := electorate.GiveProxy(tx, 1, s.space, electorate.Proxy{Principal: s.id[pair[0]], Holder: s.id[pair[1]], Paper: true}, 0)
					return err
				})
			})
		}
		wait.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Errorf("got %v and %v, want one refusal", errs[0], errs[1])
		}
	})
}

func TestCapHoldsAtTheSameMoment(t *testing.T) {
	each(t, statutes("allowed = true\nmax_number = 1\n"), func(s *scene) {
		var wait sync.WaitGroup
		errs := make([]error, 3)
		offers := []electorate.Proxy{s.give("Ana", "Bob"), s.give("Cleo", "Bob"), s.give("Dana", "Bob")}
		for i, p := range offers {
			wait.Go(func() {
				errs[i] = s.d.Write(context.Background(), func(tx *db.Tx) error { return electorate.AnswerProxy(tx, 1, p, true) })
			})
		}
		wait.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
			}
		}
		if ok != 1 {
			t.Errorf("%d accepted where the cap is 1: %v", ok, errs)
		}
	})
}

func TestWithdrawalByRule(t *testing.T) {
	t.Run("until the vote opens", func(t *testing.T) {
		each(t, statutes(usual+"withdraw_until = \"opens\"\n"), func(s *scene) {
			p := s.accepted("Ana", "Bob")
			s.withdraw("The vote is open", p, true, false)
			s.withdraw("", p, false, false)
			s.stands(p, electorate.ProxyWithdrawn, electorate.ReasonWithdrawn)
			s.withdraw("electorate.proxy.over", p, false, false)
			offer := s.give("Ana", "Bob")
			s.withdraw("", offer, true, false) // an offer binds nobody
			s.answer("electorate.proxy.over", offer, true)
		})
	})
	t.Run("until it is used", func(t *testing.T) {
		each(t, statutes(usual+"withdraw_until = \"used\"\n"), func(s *scene) {
			p := s.accepted("Ana", "Bob")
			s.withdraw("voted with", p, true, true)
			s.withdraw("", p, true, false)
			s.mandates("Bob")
		})
	})
}

func TestReplacingAProxy(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		first := s.accepted("Ana", "Bob")
		s.write(func(tx *db.Tx) error {
			if err := electorate.WithdrawProxy(tx, 1, first, false, false, electorate.ReasonReplaced); err != nil {
				return err
			}
			_, err := electorate.GiveProxy(tx, 1, s.space, electorate.Proxy{Principal: s.id["Ana"], Holder: s.id["Dana"]}, 0)
			return err
		})
		s.stands(first, electorate.ProxyWithdrawn, electorate.ReasonReplaced)
		s.write(func(tx *db.Tx) error {
			now, err := electorate.GivenBy(tx, s.space.ID, s.id["Ana"])
			if now.Holder != s.id["Dana"] {
				t.Errorf("the proxy that stands goes to %s", now.HolderName)
			}
			n := 0
			if err == nil {
				err = electorate.EachProxy(tx, s.space.ID, func(electorate.Proxy) error { n++; return nil })
			}
			if n != 2 {
				t.Errorf("%d proxies are remembered, want 2", n)
			}
			return err
		})
	})
}

func TestVotingInPerson(t *testing.T) {
	vote := func(s *scene, want, name string) {
		s.t.Helper()
		s.try(want, func(tx *db.Tx) error { return electorate.VotedInPerson(tx, 1, s.space.ID, s.id[name]) })
	}
	t.Run("withdraws", func(t *testing.T) {
		each(t, statutes(usual), func(s *scene) {
			p := s.accepted("Ana", "Bob")
			vote(s, "", "Ana")
			s.stands(p, electorate.ProxyWithdrawn, electorate.ReasonVoted)
			s.mandates("Bob")
			vote(s, "", "Dana") // who gave none
		})
	})
	t.Run("is refused", func(t *testing.T) {
		each(t, statutes("allowed = true\nin_person_withdraws = false\n"), func(s *scene) {
			p := s.give("Ana", "Bob")
			s.answer("", p, true)
			vote(s, "electorate.proxy.given", "Ana")
			s.stands(p, electorate.ProxyAccepted, "")
			offer := s.give("Dana", "Bob")
			vote(s, "", "Dana") // an offer binds nobody
			s.stands(offer, electorate.ProxyWithdrawn, electorate.ReasonVoted)
		})
	})
}

func TestWhoTakesPartGivesNoProxy(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		offer := s.give("Dana", "Bob")
		s.write(func(tx *db.Tx) error {
			for _, name := range []string{"Ana", "Dana"} {
				if err := electorate.Attend(tx, s.space.ID, s.id[name], electorate.Online); err != nil {
					return err
				}
			}
			return nil
		})
		s.mayGive("electorate.proxy.took_part", electorate.Proxy{Principal: s.id["Ana"], Holder: s.id["Bob"]})
		s.answer("electorate.proxy.took_part", offer, true)
		s.answer("", offer, false)
	})
}

func TestHeldBy(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		s.accepted("Ana", "Bob")
		s.give("Cleo", "Bob")
		over := s.give("Dana", "Bob")
		s.answer("", over, false)
		s.write(func(tx *db.Tx) error {
			list, err := electorate.HeldBy(tx, s.space.ID, s.id["Bob"])
			if len(list) != 2 || list[0].PrincipalName != "Ana Abad" || list[1].State != electorate.ProxyOffered {
				t.Errorf("Bob holds %+v", list)
			}
			return err
		})
	})
}
