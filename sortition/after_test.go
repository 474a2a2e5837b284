package sortition

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

func drawnPanel(t *testing.T, p *Problem) []int {
	t.Helper()
	l, err := Solve(context.Background(), p, Leximin, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := l.List(10, "p")
	if err != nil {
		t.Fatal(err)
	}
	return list.Panels[0]
}

func TestReplacementKeepsThoseWhoStay(t *testing.T) {
	_, p := commune(t)
	p.Quotas = p.Quotas[:2]
	panel := drawnPanel(t, p)
	leaving, declined := panel[:2], []int{17}
	if slices.Contains(panel, 17) {
		declined = []int{16}
	}
	q, err := Replacement(p, panel, leaving, declined)
	if err != nil {
		t.Fatal(err)
	}
	next := drawnPanel(t, q)
	if err := checkPanel(q, next); err != nil {
		t.Error(err)
	}
	for _, i := range panel[2:] {
		if !slices.Contains(next, i) {
			t.Errorf("volunteer %d stayed and lost the seat", i+1)
		}
	}
	for _, i := range slices.Concat(leaving, declined) {
		if slices.Contains(next, i) {
			t.Errorf("volunteer %d left and sits again", i+1)
		}
	}
	if _, err := Replacement(p, panel, declined, nil); err == nil {
		t.Error("someone who does not sit can leave")
	}
}

func TestAlternatesAnswerTheLikelyGaps(t *testing.T) {
	_, p := commune(t)
	p.Quotas = p.Quotas[:2]
	panel := drawnPanel(t, p)
	rate := make([]float64, 18)
	for i := range 6 {
		rate[i] = 0.5 // only F drop out
	}
	alternates, err := Alternates(p, panel, rate, 2, "s")
	if err != nil || len(alternates) != 2 {
		t.Fatalf("%v %v", alternates, err)
	}
	for _, i := range alternates {
		if i >= 6 || slices.Contains(panel, i) {
			t.Errorf("volunteer %d stands ready where an F outside the panel is needed", i+1)
		}
	}
}

func TestSainteLague(t *testing.T) {
	// 53,000 / 24,000 / 23,000 votes, 7 seats: 3, 2, 2 (the usual textbook case).
	if got := SainteLague([]int{53000, 24000, 23000}, nil, 7); !slices.Equal(got, []int{3, 2, 2}) {
		t.Errorf("%v", got)
	}
	if got := SainteLague([]int{10, 10, 0}, []int{1, 5, 9}, 5); !slices.Equal(got, []int{1, 4, 0}) {
		t.Errorf("%v, want the full group passed over", got)
	}
	if got := SainteLague([]int{1, 1}, []int{1, 1}, 5); !slices.Equal(got, []int{1, 1}) {
		t.Errorf("%v, want no more than there is room", got)
	}
}

func TestSystematicGivesEachPlaceItsChance(t *testing.T) {
	count := make([]int, 10)
	const starts = 3000
	for s := range starts {
		places := Systematic(10, 3, (float64(s)+0.5)/starts)
		if len(slices.Compact(slices.Clone(places))) != 3 {
			t.Fatalf("%v repeats a place", places)
		}
		for _, i := range places {
			count[i]++
		}
	}
	for i, n := range count {
		if math.Abs(float64(n)/starts-0.3) > 0.001 {
			t.Errorf("place %d is chosen %d times in %d", i, n, starts)
		}
	}
}

func TestInvite(t *testing.T) {
	register := &Pool{Header: []string{"commune", "adresse"}}
	for i := range 300 {
		register.Rows = append(register.Rows, []string{[]string{"A", "B", "C"}[i/100], fmt.Sprint(i)})
	}
	secret := bytes.NewReader(slices.Repeat(secretBytes(), 100))
	letters, err := Invite(register, "commune", map[string]int{"A": 6000, "B": 3000, "C": 1000}, 50, "s", secret)
	if err != nil || len(letters) != 50 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	count, codes := map[string]int{}, map[string]bool{}
	for _, l := range letters {
		count[l.Stratum]++
		codes[l.Code] = true
		if again, ok := CleanCode(strings.ToLower(strings.ReplaceAll(l.Code, "-", " "))); !ok || again != l.Code {
			t.Errorf("code %s is not read back", l.Code)
		}
	}
	if count["A"] != 30 || count["B"] != 15 || count["C"] != 5 || len(codes) != 50 {
		t.Errorf("%v, %d codes", count, len(codes))
	}
	if _, err := Invite(register, "commune", map[string]int{"A": 1}, 5, "s", secret); err == nil {
		t.Error("a commune without population is accepted")
	}
}

func TestParsePopulation(t *testing.T) {
	got, err := ParsePopulation([]byte("commune;habitants\nA;6 000\nB;30\n"))
	if err != nil || got["A"] != 6000 || got["B"] != 30 {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"", "commune\nA\n", "c,n\nA,six\n", "c,n\nA,1\nA,2\n", "c,n\nA,-1\n"} {
		if _, err := ParsePopulation([]byte(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func secretBytes() []byte {
	var out []byte
	for i := range 40 {
		sum := sha256.Sum256([]byte{byte(i)})
		out = append(out, sum[:]...)
	}
	return out
}

func TestCodesCatchEveryWrongLetter(t *testing.T) {
	code, err := newCode(bytes.NewReader(secretBytes()))
	if err != nil {
		t.Fatal(err)
	}
	for i := range code {
		for _, c := range codeLetters {
			wrong := code[:i] + string(c) + code[i+1:]
			if _, ok := CleanCode(wrong); ok && wrong != code && code[i] != '-' {
				t.Errorf("%s is read as %s", wrong, code)
			}
		}
	}
	if _, err := newCode(bytes.NewReader(nil)); err == nil {
		t.Error("a code without randomness")
	}
}

func TestConstituencies(t *testing.T) {
	pool := &Pool{Header: []string{"circo", "sexe"}}
	for i := range 43 * 4 {
		pool.Rows = append(pool.Rows, []string{fmt.Sprintf("C%02d", i%43), []string{"F", "M", "M", "X"}[i/43]})
	}
	rule := Constituencies{Column: "circo", Seats: 1, ParityColumn: "sexe", Parity: [2]string{"F", "M"}}
	quotas, size, err := rule.Quotas(pool)
	if err != nil || size != 43 {
		t.Fatalf("%d %v", size, err)
	}
	p := &Problem{Pool: pool, Quotas: quotas, Size: size}
	panel := drawnPanel(t, p)
	seats, f := map[string]int{}, 0
	for _, i := range panel {
		seats[pool.Rows[i][0]]++
		if pool.Rows[i][1] == "F" {
			f++
		}
	}
	if len(seats) != 43 || f < 21 || f > 22 {
		t.Errorf("%d constituencies, %d F", len(seats), f)
	}
	local, national, err := rule.Compare(context.Background(), p)
	if err != nil || local.Places < 42.9999 || national.Places > 40 {
		t.Fatalf("constituencies with a seat: %v and %v, %v", local.Places, national.Places, err)
	}
	if low := national.Chance[0]; math.Abs(low-1.0/43) > 1e-6 { // 43 X share the one seat that parity leaves
		t.Errorf("national lottery: lowest chance %v", low)
	}
	rule.Parity[1] = "H"
	if _, _, err := rule.Quotas(pool); err == nil {
		t.Error("a value nobody has is accepted for parity")
	}
}

func TestQuotaPricesForetellTheGain(t *testing.T) {
	_, p := commune(t)
	l, err := Solve(context.Background(), p, Leximin, nil)
	if err != nil {
		t.Fatal(err)
	}
	prices := l.QuotaPrices()
	if len(prices) == 0 {
		t.Fatal("no quota costs anything, though M have half the chance of F")
	}
	total := 0.0
	for _, q := range prices {
		total += q.PerSeat
	}
	// one seat from F to M: the chance of M goes from 3/12 to 4/12
	if math.Abs(total-1.0/12) > 1e-6 {
		t.Errorf("%+v", prices)
	}
}
