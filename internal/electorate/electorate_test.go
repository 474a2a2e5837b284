package electorate_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

var folders = []fs.FS{journal.Migrations(), people.Migrations(), space.Migrations(), electorate.Migrations()}

var (
	noon     = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	assembly = time.Date(2026, 6, 20, 18, 0, 0, 0, time.UTC)
)

// statutes with two colleges, votes by shares, and the proxies that the test wants.
func statutes(proxies string) string {
	return `kind = "association"
[votes]
count = "shares"
max_votes = 10
[[colleges]]
key = "a"
name = "Salarié·es"
[[colleges]]
key = "b"
name = "Usager·es"
[counting]
colleges = "pooled"
[[quorums]]
key = "q"
of = "members"
presence = "represented"
distance = true
calls = ["1/2"]
[[motions]]
key = "m"
name = "Décision"
quorum = "q"
majority = "simple"
[proxies]
article = "art. 18"
` + proxies
}

const usual = "allowed = true\nmax_number = 2\nin_person_withdraws = true\n"

// scene is a space with its electors: Ana (3 votes), Bob (1), Cleo (10, of 25 shares), Dana (1) in
// college a, Eva (1) in college b.
type scene struct {
	t     *testing.T
	d     *db.DB
	space space.Space
	id    map[string]int64
	name  map[int64]string
	now   time.Time
}

func each(t *testing.T, rules string, test func(s *scene)) {
	dbtest.Each(t, folders, func(t *testing.T, d *db.DB) {
		s := &scene{t: t, d: d, id: map[string]int64{}, name: map[int64]string{}, now: noon}
		d.SetClock(func() time.Time { return s.now })
		s.write(func(tx *db.Tx) (err error) {
			s.space, err = space.Create(tx, 1, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Members, TimeZone: "Europe/Paris"})
			if err != nil {
				return err
			}
			if findings, err := electorate.SetStatutes(tx, 1, s.space, rules); err != nil {
				return fmt.Errorf("%w: %v", err, findings)
			}
			for i, m := range []people.Member{
				{FirstName: "Ana", LastName: "Abad", College: "a", Shares: 3},
				{FirstName: "Bob", LastName: "Berr", College: "a", Shares: 1},
				{FirstName: "Cleo", LastName: "Cros", College: "a", Shares: 25},
				{FirstName: "Dana", LastName: "Dulac", College: "a", Shares: 1},
				{FirstName: "Eva", LastName: "Eloy", College: "b", Shares: 1},
				{FirstName: "Late", LastName: "Comer", College: "a", Shares: 1, AdmittedOn: "2026-07-01"},
				{FirstName: "Long", LastName: "Gone", College: "a", Shares: 1, LeftOn: "2026-01-01"},
				{FirstName: "No", LastName: "College", Shares: 1},
			} {
				m.Number = fmt.Sprint(i + 1)
				if m.AdmittedOn == "" {
					m.AdmittedOn = "2020-01-01"
				}
				if m, err = people.SaveMember(tx, 0, m); err != nil {
					return err
				}
				s.id[m.FirstName], s.name[m.ID] = m.ID, m.FirstName
			}
			_, _, err = electorate.DrawRoll(tx, 1, s.space, assembly)
			return err
		})
		test(s)
	})
}

func (s *scene) write(fn func(tx *db.Tx) error) {
	s.t.Helper()
	if err := s.d.Write(context.Background(), fn); err != nil {
		s.t.Fatal(err)
	}
}

// try runs fn and checks that it is refused in a sentence that holds want; "" wants it to pass.
func (s *scene) try(want string, fn func(tx *db.Tx) error) {
	s.t.Helper()
	err := s.d.Write(context.Background(), fn)
	if got := said(err); want == "" && err != nil || want != "" && !strings.Contains(got, want) {
		s.t.Errorf("got %q, want %q", got, want)
	}
}

// said is the key of a refusal, or the statutes' sentence where they refuse.
func said(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	if f.Key == "electorate.because" {
		return f.Args[1].(interface{ Text(string) string }).Text("en")
	}
	return f.Key
}

// give offers a proxy; to "" it is blank, for the chair.
func (s *scene) give(from, to string, chair ...string) electorate.Proxy {
	s.t.Helper()
	return s.mayGive("", electorate.Proxy{Principal: s.id[from], Holder: s.id[to]}, chair...)
}

func (s *scene) mayGive(want string, p electorate.Proxy, chair ...string) (given electorate.Proxy) {
	s.t.Helper()
	var chairID int64
	if len(chair) > 0 {
		chairID = s.id[chair[0]]
	}
	s.try(want, func(tx *db.Tx) (err error) { given, err = electorate.GiveProxy(tx, 1, s.space, p, chairID); return err })
	return given
}

func (s *scene) answer(want string, p electorate.Proxy, accept bool) {
	s.t.Helper()
	s.try(want, func(tx *db.Tx) error { return electorate.AnswerProxy(tx, 2, p, accept) })
}

// accepted gives a proxy that its holder accepts.
func (s *scene) accepted(from, to string) electorate.Proxy {
	s.t.Helper()
	p := s.give(from, to)
	s.answer("", p, true)
	return p
}

func (s *scene) withdraw(want string, p electorate.Proxy, opened, used bool) {
	s.t.Helper()
	s.try(want, func(tx *db.Tx) error {
		return electorate.WithdrawProxy(tx, 1, p, opened, used, electorate.ReasonWithdrawn)
	})
}

// mandates checks for whom somebody votes, by name.
func (s *scene) mandates(holder string, want ...string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		list, err := electorate.Mandates(tx, s.space.ID, s.id[holder])
		var got []string
		for _, e := range list {
			got = append(got, s.name[e.Member])
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			s.t.Errorf("%s votes for %v, want %v", holder, got, want)
		}
		return err
	})
}

// stands checks how a proxy stands, and why it ended.
func (s *scene) stands(p electorate.Proxy, state electorate.ProxyState, reason string) {
	s.t.Helper()
	s.write(func(tx *db.Tx) error {
		got, err := electorate.FindProxy(tx, s.space.ID, p.ID)
		if got.State != state || got.EndReason != reason || got.EndedAt.IsZero() != (reason == "") {
			s.t.Errorf("the proxy stands as %s %q %v, want %s %q", got.State, got.EndReason, got.EndedAt, state, reason)
		}
		return err
	})
}

func TestRoll(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		s.write(func(tx *db.Tx) error {
			var got []string
			err := electorate.EachElector(tx, s.space.ID, func(e electorate.Elector) error {
				got = append(got, fmt.Sprintf("%s %s %s", s.name[e.Member], e.College, statute.FormatNumber(e.Votes, "en")))
				return nil
			})
			if want := "[Ana a 3 Bob a 1 Cleo a 10 Dana a 1 Eva b 1]"; fmt.Sprint(got) != want {
				t.Errorf("the roll is %v, want %v", got, want)
			}
			if err != nil {
				return err
			}
			if _, err := electorate.FindElector(tx, s.space.ID, s.id["Late"]); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("who is admitted too late is found: %v", err)
			}
			drawn, at, err := electorate.LastDraw(tx, s.space.ID)
			if drawn.Electors != 5 || drawn.Refused != 2 || drawn.At != "2026-06-20" || !at.Equal(noon) {
				t.Errorf("the draw says %+v at %v", drawn, at)
			}
			return err
		})
		s.give("Ana", "Bob")
		s.try("electorate.roll.used", func(tx *db.Tx) error { _, _, err := electorate.DrawRoll(tx, 1, s.space, assembly); return err })
	})
}

func TestRollIsFrozenByAttendance(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		s.write(func(tx *db.Tx) error {
			_, err := people.SaveMember(tx, 0, people.Member{Number: "9", FirstName: "Zoé", LastName: "Zola", College: "b", Shares: 2, AdmittedOn: "2020-01-01"})
			if err != nil {
				return err
			}
			n, _, err := electorate.DrawRoll(tx, 1, s.space, assembly)
			if n != 6 {
				t.Errorf("%d electors in the new roll, want 6", n)
			}
			if err != nil {
				return err
			}
			return electorate.Attend(tx, s.space.ID, s.id["Ana"], electorate.Online)
		})
		s.try("electorate.roll.used", func(tx *db.Tx) error { _, _, err := electorate.DrawRoll(tx, 1, s.space, assembly); return err })
	})
}

// The register may know colleges that the rules do not count by: the roll then has none, and follows
// the rules for as long as nobody has used it.
func TestRollFollowsTheRules(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		colleges := func() (got string) {
			s.write(func(tx *db.Tx) error {
				return electorate.EachElector(tx, s.space.ID, func(e electorate.Elector) error { got += e.College + "."; return nil })
			})
			return got
		}
		set := func(text string) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, err := electorate.SetStatutes(tx, 1, s.space, text); return err }
		}
		if got := colleges(); got != "a.a.a.a.b." {
			t.Fatalf("the roll has the colleges %s", got)
		}
		s.write(set(string(statute.Template(statute.Collective))))
		if got := colleges(); strings.Trim(got, ".") != "" || len(got) < 5 {
			t.Errorf("under rules without colleges the roll has %s", got)
		}
		s.write(func(tx *db.Tx) error {
			if err := electorate.Attend(tx, s.space.ID, s.id["Ana"], electorate.Online); err != nil {
				return err
			}
			list, err := electorate.Attendance(tx, s.space.ID)
			if err != nil {
				return err
			}
			rules, err := electorate.Rules(tx, s.space.ID)
			if err != nil {
				return err
			}
			_, err = rules.JudgeQuorum(rules.Motions[0].Key, 1, list)
			return err
		})
		s.try("electorate.statutes.colleges", set(statutes(usual)))
		s.write(set(strings.Replace(string(statute.Template(statute.Collective)), "max_number = 1", "max_number = 2", 1)))
	})
}

func TestRulebookFollowsTheStatutes(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		var book electorate.Rulebook
		limit := func() (n int) {
			s.write(func(tx *db.Tx) error {
				rules, err := book.Rules(tx, s.space.ID)
				if rules.Proxies.MaxNumber != nil {
					n = *rules.Proxies.MaxNumber
				}
				return err
			})
			return n
		}
		if n := limit(); n != 2 {
			t.Errorf("the cap is %d, want 2", n)
		}
		s.now = s.now.Add(time.Minute)
		s.write(func(tx *db.Tx) error {
			_, err := electorate.SetStatutes(tx, 1, s.space, statutes("allowed = true\nmax_number = 5\n"))
			return err
		})
		if n := limit(); n != 5 {
			t.Errorf("the cap is %d after the change, want 5", n)
		}
	})
}

func TestStatutesThatContradictThemselvesAreRefused(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		var fields fault.Fields
		err := s.d.Write(context.Background(), func(tx *db.Tx) error {
			_, err := electorate.SetStatutes(tx, 1, s.space, "kind = \"nothing\"\n")
			return err
		})
		if !errors.As(err, &fields) {
			t.Errorf("got %v, want a refusal of the text", err)
		}
		s.write(func(tx *db.Tx) error {
			text, err := electorate.Text(tx, s.space.ID)
			if text != statutes(usual) {
				t.Error("the statutes in force changed")
			}
			return err
		})
	})
}

func TestAttendance(t *testing.T) {
	each(t, statutes(usual), func(s *scene) {
		attend := func(name string, modes ...electorate.Mode) {
			s.write(func(tx *db.Tx) error {
				for _, m := range append(modes, modes...) { // a second time changes nothing
					if err := electorate.Attend(tx, s.space.ID, s.id[name], m); err != nil {
						return err
					}
				}
				return nil
			})
		}
		attend("Ana", electorate.Online, electorate.InRoom) // the room comes first
		attend("Bob", electorate.Online, electorate.OnPaper)
		s.accepted("Cleo", "Ana")
		s.give("Dana", "Ana") // only offered: nobody represents Dana
		check := func(want string) {
			t.Helper()
			var got []string
			s.write(func(tx *db.Tx) error {
				return electorate.EachParticipant(tx, s.space.ID, func(p electorate.Participant) error {
					got = append(got, fmt.Sprintf("%s:%s:%s", s.name[p.Member], p.Mode, p.Holder))
					return nil
				})
			})
			if strings.Join(got, " ") != want {
				t.Errorf("got %v, want %s", got, want)
			}
		}
		check("Ana:room: Bob:paper: Cleo:represented:Ana Abad Dana:: Eva::")
		s.write(func(tx *db.Tx) error {
			a, err := electorate.Attendance(tx, s.space.ID)
			want := statute.Attendance{Colleges: []statute.CollegeAttendance{
				{College: "a", EntitledMembers: 4, PresentMembers: 1, RepresentedMembers: 1, DistanceMembers: 1,
					EntitledVotes: statute.Int(15), PresentVotes: statute.Int(3), RepresentedVotes: statute.Int(10), DistanceVotes: statute.Int(1)},
				{College: "b", EntitledMembers: 1, EntitledVotes: statute.Int(1)},
			}}
			if fmt.Sprintf("%v", a) != fmt.Sprintf("%v", want) {
				t.Errorf("attendance is %v, want %v", a, want)
			}
			return err
		})
		// Cleo comes: she is present and no longer represented.
		attend("Cleo", electorate.InRoom)
		check("Ana:room: Bob:paper: Cleo:room: Dana:: Eva::")
		s.write(func(tx *db.Tx) error {
			if err := electorate.Unattend(tx, s.space.ID, s.id["Ana"], electorate.InRoom); err != nil {
				return err
			}
			return electorate.Unattend(tx, s.space.ID, s.id["Cleo"], electorate.InRoom)
		})
		check("Ana:online: Bob:paper: Cleo:represented:Ana Abad Dana:: Eva::")
	})
}
