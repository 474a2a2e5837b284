package sortition

import (
	"fmt"
	"slices"
	"strings"
)

// Clash is a contradiction between the rules about single persons, before any search.
type Clash struct {
	Kind    ClashKind
	Persons []int
	Quota   int // index of the quota, for ClashQuota
	Count   int // fixed members counted, for ClashQuota and ClashSeats
}

// ClashKind is what contradicts what.
type ClashKind string

const (
	ClashApart    ClashKind = "apart"    // must come together, and must not
	ClashHome     ClashKind = "home"     // must come together, and live at one address of which one person may sit
	ClashExcluded ClashKind = "excluded" // sits in any case, and cannot sit
	ClashSeats    ClashKind = "seats"    // more fixed members than seats
	ClashQuota    ClashKind = "quota"    // more fixed members than a quota allows
)

// Clashes lists the contradictions of a valid problem. Fixed members sit together: what
// keeps two of them apart is one too. A group that is only too large for a quota is none:
// no panel contains it, which the lottery tells.
func (p *Problem) Clashes() ([]Clash, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	b := &builder{p: p, m: &model{size: len(p.Pool.Rows), seats: p.Size}}
	b.joinUnits()
	var out []Clash
	apart := func(kind ClashKind, group []int) {
		first := map[int]int{} // of those who sit together, by unit; all fixed members are one
		for _, i := range slices.Compact(slices.Sorted(slices.Values(group))) {
			u := b.unitOf[i]
			if b.fixed[u] {
				u = -1
			}
			if j, ok := first[u]; ok {
				out = append(out, Clash{Kind: kind, Persons: []int{j, i}})
				continue
			}
			first[u] = i
		}
	}
	for _, g := range p.Apart {
		apart(ClashApart, g)
	}
	homes, err := p.homes()
	if err != nil {
		return nil, err
	}
	for _, g := range homes {
		apart(ClashHome, g)
	}
	return append(out, b.fixedClashes()...), nil
}

// homes are the persons of each address shared, in the order of the pool.
func (p *Problem) homes() ([][]int, error) {
	if len(p.AddressColumns) == 0 {
		return nil, nil
	}
	at := map[string]int{}
	var out [][]int
	for i := range p.Pool.Rows {
		key, err := p.addressKey(i)
		if err != nil {
			return nil, err
		}
		if _, ok := at[key]; !ok {
			at[key] = len(out)
			out = append(out, nil)
		}
		out[at[key]] = append(out[at[key]], i)
	}
	return out, nil
}

// fixedClashes compares the fixed members, with those who come with them, to the rest.
func (b *builder) fixedClashes() (out []Clash) {
	var sit []int
	for u, persons := range b.units {
		if !b.fixed[u] {
			continue
		}
		sit = append(sit, persons...)
		if b.out[u] {
			out = append(out, Clash{Kind: ClashExcluded, Persons: persons})
		}
	}
	slices.Sort(sit)
	if len(sit) > b.p.Size {
		out = append(out, Clash{Kind: ClashSeats, Persons: sit, Count: len(sit)})
	}
	for k, q := range b.p.Quotas {
		at := b.p.Pool.column(q.Category)
		having := slices.DeleteFunc(slices.Clone(sit), func(i int) bool { return b.p.Pool.Rows[i][at] != q.Feature })
		if len(having) > q.Max {
			out = append(out, Clash{Kind: ClashQuota, Persons: having, Quota: k, Count: len(having)})
		}
	}
	return out
}

// Text says the contradiction, volunteers being counted from 1.
func (c Clash) Text(p *Problem) string {
	var who []string
	for _, i := range c.Persons {
		who = append(who, fmt.Sprint(i+1))
	}
	names := strings.Join(who, ", ")
	switch c.Kind {
	case ClashApart:
		return fmt.Sprintf("volunteers %s sit together or not at all, and must not sit together", names)
	case ClashHome:
		return fmt.Sprintf("volunteers %s sit together or not at all, and share an address of which one person may sit", names)
	case ClashExcluded:
		return fmt.Sprintf("volunteers %s are fixed members, or come with one, and somebody of them cannot sit", names)
	case ClashSeats:
		return fmt.Sprintf("%d fixed members for %d seats", c.Count, p.Size)
	}
	q := p.Quotas[c.Quota]
	return fmt.Sprintf("%s %s: %d fixed members for at most %d", q.Category, q.Feature, c.Count, q.Max)
}
