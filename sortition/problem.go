package sortition

import (
	"cmp"
	"fmt"
	"slices"
)

// Problem states a draw: who volunteers, how many are wanted, under which rules.
type Problem struct {
	Pool   *Pool
	Quotas []Quota
	Size   int

	// AddressColumns, when not empty, allows one person per address: two rows
	// whose AddressKey is equal live together. French normalises the address first.
	AddressColumns []string
	French         bool

	Together [][]int // groups of persons drawn all or none
	Apart    [][]int // groups of which at most one person is drawn
	Fixed    []int   // persons who sit in any case
	Excluded []int   // persons who cannot sit (declined, withdrawn)
}

// Validate reports the first fault of the problem as an *InputError.
func (p *Problem) Validate() error {
	if p.Pool == nil || len(p.Pool.Rows) == 0 {
		return inputErrorf(0, "the pool has no volunteer")
	}
	if p.Size < 1 || p.Size > len(p.Pool.Rows) {
		return inputErrorf(0, "%d persons cannot be drawn from %d volunteers", p.Size, len(p.Pool.Rows))
	}
	for _, c := range p.AddressColumns {
		if p.Pool.column(c) < 0 {
			return inputErrorf(0, "the pool has no column “%s” for the address", c)
		}
	}
	if err := p.validateNames(); err != nil {
		return err
	}
	for _, group := range slices.Concat(p.Together, p.Apart, [][]int{p.Fixed, p.Excluded}) {
		for _, i := range group {
			if i < 0 || i >= len(p.Pool.Rows) {
				return inputErrorf(0, "there is no volunteer number %d", i+1)
			}
		}
	}
	return p.validateQuotas()
}

// validateNames refuses two columns of a name that the problem uses.
func (p *Problem) validateNames() error {
	used := slices.Clone(p.AddressColumns)
	for _, q := range p.Quotas {
		used = append(used, q.Category)
	}
	seen := map[string]bool{}
	for _, h := range p.Pool.Header {
		if seen[h] && slices.Contains(used, h) {
			return inputErrorf(1, "two columns of the pool are named “%s”", h)
		}
		seen[h] = true
	}
	return nil
}

func (p *Problem) validateQuotas() error {
	known := map[string]map[string]bool{}
	for _, q := range p.Quotas {
		if q.Min > q.Max || q.MinFlex > q.Min || q.MaxFlex < q.Max || q.MinFlex < 0 {
			return inputErrorf(0, "%s: %s: the bounds %d–%d (flexible %d–%d) contradict each other", q.Category, q.Feature, q.Min, q.Max, q.MinFlex, q.MaxFlex)
		}
		if known[q.Category] == nil {
			if p.Pool.column(q.Category) < 0 {
				return inputErrorf(0, "the pool has no column “%s”, which the quotas name", q.Category)
			}
			known[q.Category] = map[string]bool{}
		}
		known[q.Category][q.Feature] = true
	}
	categories := make([]string, 0, len(known))
	for c := range known {
		categories = append(categories, c)
	}
	slices.Sort(categories)
	for i, row := range p.Pool.Rows {
		for _, c := range categories {
			v := row[p.Pool.column(c)]
			if v == "" && !known[c][v] {
				return inputErrorf(p.Pool.line(i), "the cell of %s is empty", c)
			}
			if !known[c][v] {
				return inputErrorf(p.Pool.line(i), "“%s” is not a value of %s in the quotas", v, c)
			}
		}
	}
	return nil
}

// model is the problem over counts per type: how many units of each type sit.
// A unit is a person, or persons who come together; units nobody can tell apart by
// the rules form a type, so no lottery over persons does better than one over
// counts that treats the units of a type alike (every objective here is concave and
// symmetric). Row 0 counts seats; then one row per quota; then rows of exclusions.
type model struct {
	size  int // rows of the pool
	seats int
	types []ptype
	cols  []column
	rows  []mrow
	// exclusions lists, for each row after the quotas, the groups of persons it sums:
	// of each group at most one person sits.
	exclusions [][][]int
}

// ptype is a set of interchangeable units.
type ptype struct {
	units [][]int // each unit is a list of persons
	// house[i] numbers, within the households of pattern, the one where unit i lives.
	house   []int
	pattern int  // -1: lives in no household shared by several units
	out     bool // excluded
	lo, cap int  // how many units may sit together, by the bounds of this type alone
}

// mrow bounds the activity of one rule.
type mrow struct {
	lo, hi int
	quota  int // index of the quota, or -1
}

func (t *ptype) persons() int { return len(t.units) * len(t.units[0]) }

// compile builds the model of a valid problem.
func compile(p *Problem) (*model, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	b := &builder{p: p, m: &model{size: len(p.Pool.Rows), seats: p.Size}}
	b.joinUnits()
	if err := b.groupUnits(); err != nil {
		return nil, err
	}
	b.describe()
	b.buildRows()
	b.buildTypes()
	return b.m, nil
}

type builder struct {
	p      *Problem
	m      *model
	units  [][]int
	unitOf []int
	fixed  []bool // per unit
	out    []bool // per unit

	groups  [][]int  // exclusions: units of which one may sit (a unit may repeat)
	persons [][]int  // the same exclusions as persons
	member  [][]int  // groups of each unit
	traits  []string // what the quotas see of each unit
	quotaAt map[[2]string]int
}

// joinUnits merges the persons who come together.
func (b *builder) joinUnits() {
	n := b.m.size
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	var find func(int) int
	find = func(i int) int {
		if root[i] != i {
			root[i] = find(root[i])
		}
		return root[i]
	}
	for _, g := range b.p.Together {
		for _, i := range g[min(1, len(g)):] {
			root[find(i)] = find(g[0])
		}
	}
	b.unitOf = make([]int, n)
	index := map[int]int{}
	for i := range n {
		r := find(i)
		u, ok := index[r]
		if !ok {
			u = len(b.units)
			index[r] = u
			b.units = append(b.units, nil)
		}
		b.unitOf[i] = u
		b.units[u] = append(b.units[u], i)
	}
	b.fixed = make([]bool, len(b.units))
	for _, i := range b.p.Fixed {
		b.fixed[b.unitOf[i]] = true
	}
	b.out = make([]bool, len(b.units))
	for _, i := range b.p.Excluded {
		b.out[b.unitOf[i]] = true
	}
}

// groupUnits lists the exclusions: addresses, then persons kept apart.
func (b *builder) groupUnits() error {
	groups := slices.Clone(b.p.Apart)
	if len(b.p.AddressColumns) > 0 {
		byKey := map[string][]int{}
		var order []string
		for i := range b.m.size {
			k, err := b.p.addressKey(i)
			if err != nil {
				return err
			}
			if byKey[k] == nil {
				order = append(order, k)
			}
			byKey[k] = append(byKey[k], i)
		}
		for _, k := range order {
			groups = append(groups, byKey[k])
		}
	}
	b.member = make([][]int, len(b.units))
	for _, g := range groups {
		persons := slices.Compact(slices.Sorted(slices.Values(g)))
		if len(persons) < 2 {
			continue
		}
		var units []int
		for _, i := range persons {
			units = append(units, b.unitOf[i])
		}
		for _, u := range slices.Compact(slices.Sorted(slices.Values(units))) {
			b.member[u] = append(b.member[u], len(b.groups))
		}
		b.groups = append(b.groups, units)
		b.persons = append(b.persons, persons)
	}
	return nil
}

// describe writes what the quotas see of each unit: the counts per quota.
func (b *builder) describe() {
	b.quotaAt = map[[2]string]int{}
	for i, q := range b.p.Quotas {
		b.quotaAt[[2]string{q.Category, q.Feature}] = i
	}
	b.traits = make([]string, len(b.units))
	for u := range b.units {
		c := b.column(u)
		b.traits[u] = fmt.Sprint(c.row, c.coef, b.out[u])
	}
}

// column counts the seats and quotas that a unit takes.
func (b *builder) column(u int) column {
	count := map[int]int{0: len(b.units[u])}
	seen := map[string]bool{}
	for _, q := range b.p.Quotas {
		if seen[q.Category] {
			continue
		}
		seen[q.Category] = true
		at := b.p.Pool.column(q.Category)
		for _, i := range b.units[u] {
			count[1+b.quotaAt[[2]string{q.Category, b.p.Pool.Rows[i][at]}]]++
		}
	}
	var c column
	for _, r := range slices.Sorted(mapKeys(count)) {
		c.row = append(c.row, int32(r))
		c.coef = append(c.coef, float64(count[r]))
	}
	return c
}

func (b *builder) buildRows() {
	b.m.rows = append(b.m.rows, mrow{b.p.Size, b.p.Size, -1})
	for i, q := range b.p.Quotas {
		b.m.rows = append(b.m.rows, mrow{q.Min, max(q.Min, min(q.Max, b.p.Size)), i})
	}
}

// simple tells whether an exclusion is a household alike others may exist of: no
// unit of it is fixed, in another exclusion, or in it twice.
func (b *builder) simple(g int) bool {
	units := slices.Sorted(slices.Values(b.groups[g]))
	for i, u := range units {
		if b.fixed[u] || len(b.member[u]) > 1 || (i > 0 && units[i-1] == u) {
			return false
		}
	}
	return true
}

// buildTypes gathers the units into types. Households with the same composition
// are interchangeable too: one row then bounds them together (each gives at most
// one unit, so the counts are attainable exactly when their sum is at most the
// number of households). Other exclusions keep their units apart, one row each.
func (b *builder) buildTypes() {
	kind := make([]string, len(b.units)) // equal kinds make a type
	patternOf := make([]int, len(b.units))
	houseOf := make([]int, len(b.units))
	for u := range b.units {
		kind[u], patternOf[u] = b.traits[u], -1
		if b.fixed[u] || len(b.member[u]) > 0 {
			kind[u] = fmt.Sprintf("%s unit %d", b.traits[u], u)
		}
	}
	patterns := map[string]int{}
	for g, units := range b.groups {
		if !b.simple(g) {
			continue
		}
		var traits []string
		for _, u := range units {
			traits = append(traits, b.traits[u])
		}
		slices.Sort(traits)
		key := fmt.Sprint(traits)
		r, ok := patterns[key]
		if !ok {
			r = len(b.m.rows)
			patterns[key] = r
			b.m.rows = append(b.m.rows, mrow{0, 0, -1})
			b.m.exclusions = append(b.m.exclusions, nil)
		}
		for _, u := range units {
			kind[u] = fmt.Sprintf("%s house %d", b.traits[u], r)
			patternOf[u], houseOf[u] = r, b.m.rows[r].hi
		}
		b.m.rows[r].hi++
		e := &b.m.exclusions[r-1-len(b.p.Quotas)]
		*e = append(*e, b.persons[g])
	}
	rowOf := map[int]int{}
	for g := range b.groups {
		if !b.simple(g) {
			rowOf[g] = len(b.m.rows)
			b.m.rows = append(b.m.rows, mrow{0, 1, -1})
			b.m.exclusions = append(b.m.exclusions, [][]int{b.persons[g]})
		}
	}
	index := map[string]int{}
	for u, k := range kind {
		t, ok := index[k]
		if !ok {
			t = len(b.m.types)
			index[k] = t
			b.m.types = append(b.m.types, ptype{pattern: patternOf[u], out: b.out[u]})
			b.m.cols = append(b.m.cols, b.exclusions(b.column(u), u, patternOf[u], rowOf))
		}
		pt := &b.m.types[t]
		pt.units = append(pt.units, b.units[u])
		pt.house = append(pt.house, houseOf[u])
		if b.fixed[u] {
			pt.lo = 1
		}
	}
	b.m.recap()
}

// exclusions adds to a unit's column the rows that keep it from others.
func (b *builder) exclusions(c column, u, pattern int, rowOf map[int]int) column {
	if pattern >= 0 {
		c.row, c.coef = append(c.row, int32(pattern)), append(c.coef, 1)
		return c
	}
	for _, g := range b.member[u] {
		n := 0
		for _, v := range b.groups[g] {
			if v == u {
				n++
			}
		}
		c.row, c.coef = append(c.row, int32(rowOf[g])), append(c.coef, float64(n))
	}
	return c
}

// recap bounds each type by its units and by each of its rows.
func (m *model) recap() {
	for t := range m.types {
		pt := &m.types[t]
		pt.cap = len(pt.units)
		if pt.out {
			pt.cap = 0
		}
		for i, r := range m.cols[t].row {
			pt.cap = min(pt.cap, m.rows[r].hi/int(m.cols[t].coef[i]))
		}
	}
}

func mapKeys[K cmp.Ordered, V any](m map[K]V) func(func(K) bool) {
	return func(yield func(K) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
