package draw

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/sortition"
)

// Draw is a draw by lot of a panel in a space.
type Draw struct {
	ID            int64
	Space         int64
	Title         string
	Size          int
	Objective     sortition.Objective
	Panels        int // numbered panels of the list
	OnePerAddress bool
	Categories    []Category
	Ties          []Tie
	Consent       string
	ClosesAt      time.Time // of the application form; zero: never opened
	EraseAt       time.Time
	ErasedAt      time.Time
	Revision      int64
	Checked       Check
	CreatedAt     time.Time

	Constituencies Constituencies // Category is empty where seats are not drawn by constituency
	Mailing        Mailing        // Letters is 0 where nobody was invited by letter
}

// Category is what the panel is balanced by.
type Category struct {
	Name   string  `json:"name"`
	Source string  `json:"source"` // of the population's shares
	Values []Value `json:"values"`
}

// Value is one value of a category: how many members of the panel have it. Share is the
// population's, in per cent; negative: not known.
type Value struct {
	Name  string  `json:"name"`
	Min   int     `json:"min"`
	Max   int     `json:"max"`
	Share float64 `json:"share"`
}

// Check is what a look at the quotas found.
type Check struct {
	Revision   int64              `json:"revision"` // of the draw when it was made; 0: never
	Volunteers int                `json:"volunteers"`
	Feasible   bool               `json:"feasible"`
	Unfinished bool               `json:"unfinished"` // time ran out
	Conflict   []Bound            `json:"conflict,omitempty"`
	Changes    []sortition.Change `json:"changes,omitempty"`
	Clashes    []Clash            `json:"clashes,omitempty"`
	Lowest     float64            `json:"lowest"` // what the lowest chance can reach
	Prices     []Price            `json:"prices,omitempty"`
	Impossible []int64            `json:"impossible,omitempty"` // numbers of volunteers no panel can contain
	Sides      []Side             `json:"sides,omitempty"`      // by constituency, and national
}

// Bound is a quota in a sentence.
type Bound struct {
	Category string `json:"category"`
	Value    string `json:"value"`
	Min      int    `json:"min"`
	Max      int    `json:"max"`
	InPool   int    `json:"in_pool"`
}

// Price is how much the lowest chance would rise if the bound moved by one seat.
type Price struct {
	Category string  `json:"category"`
	Value    string  `json:"value"`
	Maximum  bool    `json:"maximum"`
	PerSeat  float64 `json:"per_seat"`
}

// State is where a round stands.
type State string

const (
	Waiting    State = "waiting" // for a free place to compute
	Computing  State = "computing"
	Impossible State = "impossible" // no panel meets the quotas
	Failed     State = "failed"
	Ready      State = "ready" // the list is made, for organisers only
	Published  State = "published"
	Drawn      State = "drawn"
)

// silence is how long a computation says nothing before it is taken for dead.
const silence = 20 * time.Second

// Round is one lottery with its list and its number.
type Round struct {
	ID, Draw    int64
	Ordinal     int
	State       State
	Objective   sortition.Objective
	Panels      int
	Options     sortition.Options
	BeatAt      time.Time
	Gap         float64 // while computing
	Stop        bool    // asked for
	Failure     string  // key of a sentence
	Summary     Summary
	Method      Method
	PublishedAt time.Time
	Number      int
	DrawnAt     time.Time
	run         int64
}

// Seats is how many persons the round draws: the first all, the others the free seats.
func (r Round) Seats() int { return r.Options.Size - len(r.Options.Fixed) }

// lowest is the lowest chance the round leaves, or -1 where its objective measures something else.
func (r Round) lowest() float64 {
	switch r.Objective {
	case sortition.Leximin, sortition.Maximin, sortition.Plain:
		return r.Summary.Value
	}
	return -1
}

// diceNeeded is how many dice make one throw.
func diceNeeded(sides, panels int) int { return sortition.DiceNeeded(sides, panels) }

// Died tells whether the computation ended without a word.
func (r Round) Died(now time.Time) bool {
	return r.State == Computing && now.Sub(r.BeatAt) > silence
}

// Public tells whether everybody may see the round.
func (r Round) Public() bool { return r.State == Published || r.State == Drawn }

// Summary is what pages show of a report.
type Summary struct {
	Complete   bool                 `json:"complete"`
	Value      float64              `json:"value"`
	Bound      float64              `json:"bound"`
	Gap        float64              `json:"gap"`
	MaxShift   float64              `json:"max_shift"`
	Hash       string               `json:"hash"` // of the list of panels
	Pool       int                  `json:"pool"`
	Quotas     []sortition.QuotaMet `json:"quotas"`
	Impossible []int64              `json:"impossible,omitempty"`
	Prices     []Price              `json:"prices,omitempty"`
	Simulated  int                  `json:"simulated"` // panels drawn by the usual method for comparison
	Conflict   []Bound              `json:"conflict,omitempty"`
	Clashes    []Clash              `json:"clashes,omitempty"`
	Changes    []sortition.Change   `json:"changes,omitempty"`
	Sides      []Side               `json:"sides,omitempty"` // by constituency, and national
	Unique     int                  `json:"unique"`          // volunteers whose combination of categories is theirs alone
	Seconds    float64              `json:"seconds"`
}

// Method is where the number comes from, announced with the list: dice, a drand round, or both.
type Method struct {
	Sides     int       `json:"sides"`           // 0: no dice
	Chain     string    `json:"chain,omitempty"` // of drand; empty: the first one
	Beacon    uint64    `json:"beacon"`
	BeaconAt  time.Time `json:"beacon_at"`
	Signature string    `json:"signature"` // of the round, once it has come
	Previous  string    `json:"previous,omitempty"`
}

// Throw is a die or a ball entered.
type Throw struct {
	ID     int64
	Shows  int
	By     string
	At     time.Time
	Struck bool // entered by mistake, and said so
}

// Sides are the dice offered: ten also stands for lottery balls 0 to 9.
var Sides = []int{6, 10, 20}

// chain is the drand chain announced.
func (m Method) chain() sortition.Beacon {
	b, err := sortition.FindBeacon(m.Chain)
	if err != nil {
		panic(err) // refused when the list was published
	}
	return b
}

// contributions are the sources of the number as far as they have come; complete tells
// whether the number can be computed, number what it is then, and next how many dice are
// still to throw in the running throw.
func contributions(r Round, throws []Throw) (list []sortition.Contribution, number, next int, complete bool) {
	complete = true
	if r.Method.Sides > 0 {
		c := sortition.Contribution{Kind: "dice", Sides: r.Method.Sides}
		for _, t := range throws {
			if !t.Struck {
				c.Throws = append(c.Throws, t.Shows)
			}
		}
		list = append(list, c)
		if _, err := c.Number(r.Panels, r.Summary.Hash); err != nil { // the faces were checked: some are missing
			group := sortition.DiceNeeded(c.Sides, r.Panels)
			next = group - len(c.Throws)%group
			complete = false
		}
	}
	if r.Method.Beacon > 0 {
		list = append(list, sortition.Contribution{Kind: "beacon", Chain: r.Method.chain().Name, Round: r.Method.Beacon, Signature: r.Method.Signature, Previous: r.Method.Previous})
		complete = complete && r.Method.Signature != ""
	}
	if !complete {
		return list, 0, next, false
	}
	number, err := sortition.Combine(r.Panels, r.Summary.Hash, list)
	return list, number, 0, err == nil
}

// faces are what a die of so many sides may show.
func faces(sides int) (from, to int) {
	if sides == 10 {
		return 0, 9
	}
	return 1, sides
}

// validate says what of the draw cannot be accepted at now.
func (d Draw) validate(now time.Time) fault.Fields {
	f := fault.Fields{}
	if strings.TrimSpace(d.Title) == "" {
		f.Add("title", "draw.title.missing")
	}
	if len([]rune(d.Title)) > 200 {
		f.Add("title", "draw.too_long", "max", 200)
	}
	if d.Size < 1 || d.Size > 10_000 {
		f.Add("size", "draw.size.wrong")
	}
	if d.Panels < 10 || d.Panels > 10_000 {
		f.Add("panels", "draw.panels.wrong")
	}
	if !slices.Contains(sortition.Objectives(), d.Objective) {
		f.Add("objective", "draw.objective.wrong")
	}
	if d.ErasedAt.IsZero() && !d.EraseAt.After(now) {
		f.Add("erase_at", "draw.erase.past")
	}
	return f
}

// reserved are columns of the public file of volunteers.
const (
	numberColumn = "numero"
	houseColumn  = "foyer"
)

// validateCategories refuses what cannot be a category. Fields are "name-N" and "values-N".
func validateCategories(list []Category) fault.Fields {
	f := fault.Fields{}
	seen := map[string]bool{}
	for i, c := range list {
		name := fmt.Sprintf("name-%d", i)
		switch {
		case c.Name == "":
			f.Add(name, "draw.category.missing")
		case c.Name == numberColumn || c.Name == houseColumn:
			f.Add(name, "draw.category.reserved", "name", c.Name)
		case seen[c.Name]:
			f.Add(name, "draw.category.twice", "name", c.Name)
		case len([]rune(c.Name)) > 80:
			f.Add(name, "draw.too_long", "max", 80)
		}
		seen[c.Name] = true
		values := map[string]bool{}
		for _, v := range c.Values {
			if values[v.Name] {
				f.Add(fmt.Sprintf("values-%d", i), "draw.value.twice", "name", v.Name)
			}
			values[v.Name] = true
		}
		if len(c.Values) < 2 {
			f.Add(fmt.Sprintf("values-%d", i), "draw.value.few")
		}
		if len(c.Values) > maxValues {
			f.Add(fmt.Sprintf("values-%d", i), "draw.value.many", "max", maxValues)
		}
	}
	return f
}

// maxValues bounds the values of a category: with more, it is no category but a name.
const maxValues = 120

// validateQuotas refuses bounds that say nothing. Fields are "min-I-J", "max-I-J", "share-I-J"
// and "source-I".
func (d Draw) validateQuotas() fault.Fields {
	f := fault.Fields{}
	for i, c := range d.Categories {
		sum, known := 0.0, false
		for j, v := range c.Values {
			if v.Min < 0 || v.Min > d.Size {
				f.Add(fmt.Sprintf("min-%d-%d", i, j), "draw.quota.range", "category", c.Name, "value", v.Name, "size", d.Size)
			}
			if v.Max < v.Min || v.Max > d.Size {
				f.Add(fmt.Sprintf("max-%d-%d", i, j), "draw.quota.order", "category", c.Name, "value", v.Name, "size", d.Size)
			}
			if v.Share > 100 {
				f.Add(fmt.Sprintf("share-%d-%d", i, j), "draw.share.wrong", "category", c.Name, "value", v.Name)
			}
			if v.Share >= 0 {
				known = true
				sum += v.Share
			}
		}
		if known && c.Source == "" {
			f.Add(fmt.Sprintf("source-%d", i), "draw.share.source", "category", c.Name)
		}
		if known && sum > 101 {
			f.Add(fmt.Sprintf("share-%d-0", i), "draw.share.sum", "category", c.Name, "sum", int(math.Round(sum)))
		}
	}
	return f
}

// propose gives the categories that the published table knows their shares in a territory.
func (d *Draw) propose(territory string) {
	for i := range d.Categories {
		c := &d.Categories[i]
		shares, source, ok := suggest(*c, territory)
		if !ok {
			continue
		}
		c.Source = source
		for j, s := range shares {
			c.Values[j].Share = max(-1, math.Round(s*10)/10)
		}
	}
}

// fill sets the bounds of every category whose shares are known: the whole numbers around
// the share of the seats, opened by margin seats on both sides. A value without share beside
// others that make the whole keeps its bounds.
func (d *Draw) fill(margin int) {
	for i := range d.Categories {
		c := &d.Categories[i]
		sum, unknown := 0.0, false
		for _, v := range c.Values {
			sum += max(0, v.Share)
			unknown = unknown || v.Share < 0
		}
		if unknown && sum < 99 {
			continue
		}
		for j, v := range c.Values {
			if v.Share < 0 {
				continue
			}
			seats := float64(d.Size) * c.Values[j].Share / max(sum, 1e-9)
			c.Values[j].Min = max(0, int(math.Floor(seats+1e-9))-margin)
			c.Values[j].Max = min(d.Size, int(math.Ceil(seats-1e-9))+margin)
		}
	}
}

// accept moves the bounds that a check proposed to move.
func (d *Draw) accept(changes []sortition.Change) {
	for _, ch := range changes {
		for i, c := range d.Categories {
			for j, v := range c.Values {
				if c.Name != ch.Category || v.Name != ch.Feature {
					continue
				}
				if ch.Maximum {
					d.Categories[i].Values[j].Max = ch.To
				} else {
					d.Categories[i].Values[j].Min = ch.To
				}
			}
		}
	}
}

// quotas are the bounds as the science has them.
func (d Draw) quotas() []sortition.Quota {
	var out []sortition.Quota
	for _, c := range d.Categories {
		for _, v := range c.Values {
			out = append(out, sortition.Quota{Category: c.Name, Feature: v.Name, Min: v.Min, Max: v.Max, MaxFlex: sortition.NoLimit})
		}
	}
	return out
}

// refuted tells whether the last check holds and found that no panel can be made.
func (d Draw) refuted() bool {
	k := d.Checked
	return k.Revision == d.Revision && !k.Feasible && !k.Unfinished && k.Volunteers >= d.Size && len(d.Categories) > 0
}

// knowsPopulation tells whether some value has its share of the population beside it.
func (d Draw) knowsPopulation() bool {
	return slices.ContainsFunc(d.Categories, func(c Category) bool {
		return slices.ContainsFunc(c.Values, func(v Value) bool { return v.Share >= 0 })
	})
}

// Label is how a volunteer is named in public.
func Label(number int64) string { return fmt.Sprintf("V-%04d", number) }
