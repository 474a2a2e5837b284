package statute

import (
	"slices"
	"testing"
)

// FuzzParse: no text makes the parser, the checker or the judge panic.
func FuzzParse(f *testing.F) {
	for _, k := range TemplateKinds {
		f.Add(Template(k))
	}
	f.Add([]byte("[[colleges]]\nweight = \"1/0\"\n[[motions]]\nmajority = \"-1/3\""))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, findings := Parse(text)
		if HasError(findings) {
			return
		}
		whole := !HasError(r.Check())
		var count Count
		for _, c := range r.Colleges {
			count.Colleges = append(count.Colleges, urn(c.Key, 9, 3, 2, 1, 1, 0))
		}
		if len(r.Colleges) == 0 {
			count.Colleges = []CollegeCount{urn("", 9, 3, 2, 1, 1, 0)}
		}
		for _, m := range r.Motions {
			if d, err := r.Judge(m.Key, count); whole && (err != nil || d.Outcome == "") {
				t.Errorf("rules without error cannot judge %q: %v", m.Key, err)
			}
		}
		for _, e := range r.Elections {
			choice := ElectionCount{Seats: 1, Candidates: people("ada", "bob")}
			for _, c := range count.Colleges {
				choice.Colleges = append(choice.Colleges, boxes(c.College, 9, 3, 1, tallies("ada", 2, "bob", 2)))
			}
			if d, err := r.JudgeElection(e.Key, choice); whole && (err != nil || d.Outcome == "") {
				t.Errorf("rules without error cannot judge %q: %v", e.Key, err)
			}
		}
	})
}

// FuzzParseFrac: what is read is written and read again the same.
func FuzzParseFrac(f *testing.F) {
	for _, s := range []string{"1/3", "50 %", "12,5 %", "-0.25", "7", "1e9", "1/0", "0x1p-2", "1_000", "¼"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseFrac(s)
		if err != nil {
			return
		}
		again, err := ParseFrac(v.String())
		if err != nil || again.Cmp(v) != 0 {
			t.Errorf("%q: %s, then %s, %v", s, v, again, err)
		}
	})
}

// motionOf makes one of the possible motions from a number.
func motionOf(n uint16) (m Motion, how Combine, empty, silent EmptyRule) {
	take := func(k uint16) uint16 { v := n % k; n /= k; return v }
	m.Majority = []Majority{Simple, Absolute, "2/3", "3/4", "51 %", "5/7"}[take(6)]
	m.Of = []Base{OfCast, OfAttending, OfEntitled}[take(3)]
	how = []Combine{Pooled, Weighted, Each}[take(3)]
	m.Strict, m.Blank, m.Abstention = take(2) == 1, take(2) == 1, take(2) == 1
	m.Tie = []Tie{TieRejected, TieChair}[take(2)]
	rules := []EmptyRule{Redistribute, Nothing}
	return m, how, rules[take(2)], rules[take(2)]
}

// bump is the college with one more vote for, taken from the first kind of vote
// that has one or from a member who was absent; false when all are for already.
func bump(u CollegeCount) (CollegeCount, bool) {
	for _, from := range []*Frac{&u.Against, &u.Abstention, &u.Blank, &u.Null} {
		if from.Sign() > 0 {
			*from, u.For = from.Sub(Int(1)), u.For.Add(Int(1))
			return u, true
		}
	}
	if u.PresentMembers == u.EntitledMembers {
		return u, false
	}
	u.PresentMembers, u.Voters = u.PresentMembers+1, u.Voters+1
	u.PresentVotes, u.For = u.PresentVotes.Add(Int(1)), u.For.Add(Int(1))
	return u, true
}

// FuzzJudge: one more vote for never undoes an adoption, the order of colleges is
// irrelevant, and whole-number arithmetic written apart finds the same verdict.
func FuzzJudge(f *testing.F) {
	f.Add(uint16(0), []byte{9, 6, 3, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add(uint16(20), []byte{0, 6, 3, 0, 0, 0, 5, 0, 0, 4, 0, 0, 1, 200, 100, 0, 7, 0})
	f.Add(uint16(77), []byte{3, 2, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, n uint16, b []byte) {
		if len(b) < 18 {
			return
		}
		m, how, empty, silent := motionOf(n)
		r := three(m, how, empty, silent)
		for i, w := range []Frac{Ratio(1, 2), Ratio(3, 10), Ratio(1, 5)} {
			r.Colleges[i].Weight = &w
		}
		count := Count{Call: 1, Chair: "for"}
		for i, key := range []string{"a", "b", "c"} {
			v := b[6*i : 6*i+6]
			u := urn(key, 0, int64(v[1]), int64(v[2]), int64(v[3]), int64(v[4]), int64(v[5]))
			u.EntitledMembers = u.PresentMembers + int(v[0])
			u.EntitledVotes = Int(int64(u.EntitledMembers))
			count.Colleges = append(count.Colleges, u)
		}
		d, err := r.Judge("m", count)
		if err != nil {
			t.Fatal(err)
		}
		turned := count
		turned.Colleges = []CollegeCount{count.Colleges[2], count.Colleges[0], count.Colleges[1]}
		if e, err := r.Judge("m", turned); err != nil || e.Text("en") != d.Text("en") {
			t.Errorf("order matters: %v\n%s\n%s", err, d.Text("en"), e.Text("en"))
		}
		if want, ok := oracle(r.Motions[0], count.Colleges); ok && (d.Outcome == Adopted) != want {
			t.Errorf("whole numbers say %v:\n%s", want, d.Text("en"))
		}
		if d.Outcome != Adopted {
			return
		}
		for i := range count.Colleges {
			more := count
			more.Colleges = slices.Clone(count.Colleges)
			u, ok := bump(more.Colleges[i])
			if !ok {
				continue
			}
			more.Colleges[i] = u
			if e, err := r.Judge("m", more); err != nil || e.Outcome != Adopted {
				t.Errorf("one more vote for undoes the adoption: %v\n%s\n%s", err, d.Text("en"), e.Text("en"))
			}
		}
	})
}

// oracle judges a fraction of the votes with whole numbers only, where the rules
// on empty colleges and ties play no part; false where it does not apply.
func oracle(m Motion, us []CollegeCount) (adopted, applies bool) {
	limits := map[Majority][2]int64{"2/3": {2, 3}, "3/4": {3, 4}, "51 %": {51, 100}, "5/7": {5, 7}}
	limit, known := limits[m.Majority]
	if !known {
		return false, false
	}
	whole := func(f Frac) int64 { return f.rat().Num().Int64() }
	reaches := func(pour, base int64) bool {
		if m.Strict {
			return pour*limit[1] > base*limit[0]
		}
		return pour*limit[1] >= base*limit[0]
	}
	var pour, base [3]int64
	for i, u := range us {
		pour[i] = whole(u.For)
		switch m.Of {
		case OfAttending:
			base[i] = whole(u.PresentVotes)
		case OfEntitled:
			base[i] = whole(u.EntitledVotes)
		default:
			base[i] = whole(u.For) + whole(u.Against)
			if m.Abstention {
				base[i] += whole(u.Abstention)
			}
			if m.Blank {
				base[i] += whole(u.Blank)
			}
		}
		if base[i] == 0 {
			return false, false
		}
	}
	switch m.Colleges {
	case Pooled:
		return reaches(pour[0]+pour[1]+pour[2], base[0]+base[1]+base[2]), true
	case Each:
		return reaches(pour[0], base[0]) && reaches(pour[1], base[1]) && reaches(pour[2], base[2]), true
	}
	return reaches(5*pour[0]*base[1]*base[2]+3*pour[1]*base[0]*base[2]+2*pour[2]*base[0]*base[1], 10*base[0]*base[1]*base[2]), true
}
