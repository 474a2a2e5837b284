package sortition

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
)

// Constituencies states a draw of candidates where they applied: so many seats in each
// constituency, and parity over all of them at once.
type Constituencies struct {
	Column string // of the pool: where the candidate applied
	Seats  int    // per constituency
	// ParityColumn and Parity name the two values to keep even (for instance “sexe”
	// and F, M); any other value shares the seats that the bounds of these two leave.
	// Gap is the largest difference allowed, made odd or even as the number of seats
	// demands: 0 means as even as can be.
	ParityColumn string
	Parity       [2]string
	Gap          int
}

// Quotas turns the rule into quotas of one problem over the whole country, whose size
// is also returned. A constituency where nobody applied has no seat to draw.
func (c Constituencies) Quotas(pool *Pool) ([]Quota, int, error) {
	places, err := distinct(pool, c.Column)
	if err != nil {
		return nil, 0, err
	}
	if c.Seats < 1 {
		return nil, 0, inputErrorf(0, "a constituency has at least one seat")
	}
	size := c.Seats * len(places)
	var out []Quota
	for _, v := range places {
		out = append(out, Quota{Category: c.Column, Feature: v, Min: c.Seats, Max: c.Seats, MaxFlex: c.Seats})
	}
	parity, err := c.parity(pool, size)
	return append(out, parity...), size, err
}

func (c Constituencies) parity(pool *Pool, size int) ([]Quota, error) {
	if c.ParityColumn == "" {
		return nil, nil
	}
	values, err := distinct(pool, c.ParityColumn)
	if err != nil {
		return nil, err
	}
	var out []Quota
	for _, v := range c.Parity {
		if !slices.Contains(values, v) {
			return nil, inputErrorf(0, "no candidate has %s = “%s”", c.ParityColumn, v)
		}
	}
	for _, v := range values {
		q := Quota{Category: c.ParityColumn, Feature: v, Max: size, MaxFlex: size}
		if slices.Contains(c.Parity[:], v) {
			q.Min, q.Max = (size-c.Gap)/2, (size+c.Gap+1)/2
		}
		out = append(out, q)
	}
	return out, nil
}

// distinct lists the values of a column, sorted.
func distinct(pool *Pool, column string) ([]string, error) {
	at := pool.column(column)
	if at < 0 {
		return nil, inputErrorf(0, "the pool has no column “%s”", column)
	}
	var out []string
	for _, row := range pool.Rows {
		out = append(out, row[at])
	}
	return slices.Compact(slices.Sorted(slices.Values(out))), nil
}

// FormatQuotas writes quotas as the CSV that ParseQuotas reads.
func FormatQuotas(quotas []Quota) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	records := [][]string{{"category", "feature", "min", "max", "min_flex", "max_flex"}}
	for _, q := range quotas {
		top := strconv.Itoa(q.MaxFlex)
		if q.MaxFlex == NoLimit {
			top = ""
		}
		records = append(records, []string{q.Category, q.Feature, strconv.Itoa(q.Min), strconv.Itoa(q.Max), strconv.Itoa(q.MinFlex), top})
	}
	if err := w.WriteAll(records); err != nil {
		panic(fmt.Sprintf("sortition: a buffer refused CSV: %v", err)) // cannot happen
	}
	return b.Bytes()
}

// Side is one of two ways to draw the same candidates, for comparison.
type Side struct {
	Seats  int
	Chance []float64 // rising
	Places float64   // constituencies with a seat, on average over the panels
}

// Compare sets the draw by constituency, p, beside the national draw: the same seats and the
// same other rules, without regard to constituencies. Both are leximin.
func (c Constituencies) Compare(ctx context.Context, p *Problem) (local, national Side, err error) {
	whole := *p
	whole.Quotas = slices.DeleteFunc(slices.Clone(p.Quotas), func(q Quota) bool { return q.Category == c.Column })
	if local, err = c.side(ctx, p); err == nil {
		national, err = c.side(ctx, &whole)
	}
	return local, national, err
}

func (c Constituencies) side(ctx context.Context, p *Problem) (Side, error) {
	out := Side{Seats: p.Size}
	at := p.Pool.column(c.Column)
	if at < 0 {
		return out, inputErrorf(0, "the pool has no column “%s”", c.Column)
	}
	l, err := Solve(ctx, p, Leximin, nil)
	if err != nil {
		return out, err
	}
	list, err := l.List(1000, "comparison")
	if err != nil {
		return out, err
	}
	for _, panel := range list.Panels {
		seen := map[string]bool{}
		for _, i := range panel {
			seen[p.Pool.Rows[i][at]] = true
		}
		out.Places += float64(len(seen)) / float64(len(list.Panels))
	}
	out.Chance = slices.Sorted(slices.Values(l.Chance))
	return out, nil
}
