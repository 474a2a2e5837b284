package sortition

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"
)

func communeReport(t *testing.T) (Files, []byte) {
	t.Helper()
	f, p := commune(t)
	p.Apart = [][]int{{0, 1}}
	p.Together = [][]int{{2, 3}}
	l, err := Solve(context.Background(), p, Leximin, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := l.List(20, "s")
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReport(f, p, l, list, "s", []Contribution{{Kind: "dice", Sides: 20, Throws: []int{7}}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return f, text
}

func accepted(f []Finding) bool { return f[len(f)-1].Err == nil }

func TestVerifyAcceptsTheTruth(t *testing.T) {
	f, text := communeReport(t)
	findings := Verify(text, f)
	if !accepted(findings) || len(findings) != 7 {
		t.Fatalf("%v", findings)
	}
	f.Pool = append(slices.Clone(f.Pool), '\n')
	if accepted(Verify(text, f)) {
		t.Error("another pool is accepted")
	}
}

func TestVerifyRefusesAnyChangedDigit(t *testing.T) {
	f, text := communeReport(t)
	for i, c := range text {
		if c < '0' || c > '9' {
			continue
		}
		changed := slices.Clone(text)
		changed[i] = '0' + (c-'0'+1)%10
		if accepted(Verify(changed, f)) {
			t.Fatalf("a digit changed at %d is accepted: …%s…", i, changed[max(0, i-40):i+10])
		}
	}
}

// Someone who changes the report may recompute its digest: the claims themselves must
// then give the change away.
func TestVerifyRefusesFalseClaims(t *testing.T) {
	f, text := communeReport(t)
	for name, lie := range map[string]func(*Report){
		"value":           func(r *Report) { r.Value += 1e-9 },
		"bound":           func(r *Report) { r.Bound += 1e-9 },
		"gap":             func(r *Report) { r.Gaps[0] += 1e-12 },
		"chance":          func(r *Report) { r.Chances[4] += 1e-12 },
		"weight":          func(r *Report) { r.Distribution[0].Weight++ },
		"shifted weight":  func(r *Report) { r.Distribution[0].Weight -= 1000; r.Distribution[1].Weight += 1000 },
		"count":           func(r *Report) { r.Distribution[0].Counts[0].Count++ },
		"number":          func(r *Report) { r.Number = 5; r.Panel = r.List.Panels[5] },
		"panel":           func(r *Report) { r.Panel = r.List.Panels[(r.Number+1)%20] },
		"list":            func(r *Report) { r.List.Panels[3] = r.List.Panels[4]; r.List.Hash = HashPanels(r.List.Panels) },
		"hidden quota":    func(r *Report) { r.Quotas[0].InPanel++ },
		"prices":          func(r *Report) { r.Proof.Stages[0].Prices[1] += PriceScale / 10 },
		"false exclusion": func(r *Report) { r.Proof.Exclusions[0][0] = []int{0, 7} },
		"mixed types":     func(r *Report) { u := r.Proof.Types; u[0][0], u[1][0] = u[1][0], u[0][0] },
		"impossible":      func(r *Report) { r.Impossible = []int{3} },
		"other options":   func(r *Report) { r.Options.Fixed = []int{9} },
		"objective":       func(r *Report) { r.Objective = Nash },
		"throw":           func(r *Report) { r.Contributions[0].Throws[0]++ },
	} {
		var r Report
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		lie(&r)
		var err error
		if r.Digest, err = r.digest(); err != nil {
			t.Fatal(err)
		}
		changed, _ := json.Marshal(&r)
		if bytes.Equal(changed, text) {
			t.Errorf("%s: nothing changed", name)
		}
		if accepted(Verify(changed, f)) {
			t.Errorf("%s: a false claim is accepted", name)
		}
	}
}

// A cut's tree is part of the proof: damage to it, or a bolder inequality, must show.
func TestVerifyRefusesFalseTrees(t *testing.T) {
	p := &Problem{Size: 2, Pool: &Pool{Header: []string{"a", "b"}, Rows: [][]string{{"0", "0"}, {"1", "1"}, {"0", "1"}, {"2", "0"}}}}
	for _, q := range []struct {
		c, f string
		n    int
	}{{"a", "0", 1}, {"a", "1", 1}, {"a", "2", 0}, {"b", "0", 1}, {"b", "1", 1}} {
		p.Quotas = append(p.Quotas, Quota{Category: q.c, Feature: q.f, Min: q.n, Max: q.n, MaxFlex: NoLimit})
	}
	l, err := Solve(context.Background(), p, Leximin, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(l.Impossible, []int{2, 3}) {
		t.Fatalf("impossible: %v, want rows 2 and 3", l.Impossible)
	}
	k := l.Proof.Impossible
	if _, err := newAudit(p, &l.Proof, l.Support); err != nil || k == nil {
		t.Fatalf("%v %v", k, err)
	}
	for name, lie := range map[string]func(){
		"bolder": func() { k.Coef[0] = 1 },
		"cut":    func() { k.Tree = k.Tree[:len(k.Tree)-1] },
		"loose":  func() { k.Tree = append(k.Tree, k.Tree[0]) },
		"prices": func() { clear(k.Tree[len(k.Tree)-1].Prices) },
	} {
		kept := *k
		kept.Coef, kept.Tree = slices.Clone(k.Coef), slices.Clone(k.Tree)
		last := slices.Clone(k.Tree[len(k.Tree)-1].Prices)
		lie()
		if _, err := newAudit(p, &l.Proof, l.Support); err == nil {
			t.Errorf("%s: a false proof is accepted", name)
		}
		*k = kept
		k.Tree[len(k.Tree)-1].Prices = last
	}
}
