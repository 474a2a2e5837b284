package tables

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// State is how far a round is.
type State string

// A round is prepared, then people sit, then they are back.
const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
)

// Mix is how people come to their tables.
type Mix string

const (
	Random   Mix = "random"
	Balanced Mix = "balanced" // each table as mixed as the whole
	Choice   Mix = "choice"   // people choose
	List     Mix = "list"     // each is put somewhere
)

// Mixes lists them, the usual first.
var Mixes = []Mix{Random, Balanced, Choice, List}

// Part is what somebody does at their table beside talking.
type Part string

const (
	Facilitator   Part = "facilitator"
	CoFacilitator Part = "co-facilitator"
)

// Round is the space's people split into tables, once. BackAt is when they are back: planned at the
// opening where the round has a length, or set by calling them.
type Round struct {
	ID, Space int64
	Number    int
	State     State
	Mix       Mix
	Seed      int64
	Apart     bool
	Late      bool
	Question  string
	Minutes   int
	Turn      int // seconds per speech; 0: no limit
	Message   string
	MessageAt time.Time
	Spotlight int64
	OpenedAt  time.Time
	BackAt    time.Time
	ClosedAt  time.Time
}

// Sits tells whether people are at their tables: the moment of their return counts, whether or not
// somebody has written it down yet.
func (r Round) Sits(now time.Time) bool {
	return r.State == Open && (r.BackAt.IsZero() || now.Before(r.BackAt))
}

// Left is what remains until the return, zero when no moment is set.
func (r Round) Left(now time.Time) time.Duration {
	if r.BackAt.IsZero() {
		return 0
	}
	return max(r.BackAt.Sub(now), 0)
}

// Back tells whether the tables have given what they had to give.
func (r Round) Back(now time.Time) bool { return !r.OpenedAt.IsZero() && !r.Sits(now) }

// calling is how long before the return everybody is told to finish.
const calling = 2 * time.Minute

// Called tells whether people are being called back.
func (r Round) Called(now time.Time) bool {
	return r.Sits(now) && !r.BackAt.IsZero() && r.Left(now) <= calling
}

// Table is one table of a round.
type Table struct {
	ID, Round int64
	Number    int
	Topic     string
	Question  string
	Seats     int // at most; 0: no limit
	Speaker   int64
	Since     time.Time
	Tour      bool
}

func (t Table) path(sp space.Space) string { return fmt.Sprintf("%s/tables/%d", sp.Path(), t.Number) }

// Seat is somebody of a round. Table is 0 for who waits, or leads and sits nowhere.
type Seat struct {
	Account int64
	Name    string
	Table   int64
	Visit   int64 // the table they visit
	Part    Part
	Away    bool
	Hand    time.Time
	Toured  bool
	Spoken  time.Duration
	College string
}

// at is the table the person is at now, 0 for the plenary.
func (s Seat) at() int64 {
	switch {
	case s.Visit != 0:
		return s.Visit
	case s.Away:
		return 0
	default:
		return s.Table
	}
}

// Card is a short text of a table.
type Card struct {
	ID        int64
	Table     int64
	Number    int // of its table
	Author    int64
	Name      string // of the author, "" when unknown
	Origin    int64  // the card it was passed on from, the first of all
	From      int    // the table where that was written
	Synthesis bool
	Position  int
	Revision  int
	Text      string
	Minutes   bool
	At        time.Time
}

// Call is a table's call for help.
type Call struct {
	ID       int64
	Table    int64
	Number   int
	Account  int64
	Name     string
	At       time.Time
	Answered string // the name of who comes, "" for nobody yet
	By       int64
}

// The longest texts people write, in characters, and other limits.
const (
	maxText     = 1500
	maxTopic    = 120
	maxQuestion = 500
	maxMessage  = 500
	maxTables   = 300
	maxMinutes  = 480
)

func tooLong(f fault.Fields, field, text string, limit int) {
	if utf8.RuneCountInString(text) > limit {
		f.Add(field, "tables.too_long", "max", limit)
	}
}

// clean is a text as it is kept.
func clean(text string) string {
	return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\x00", "").Replace(text))
}

// byTable sorts seats to their tables; those who have none are under 0.
func byTable(seats []Seat) map[int64][]Seat {
	out := map[int64][]Seat{}
	for _, s := range seats {
		out[s.Table] = append(out[s.Table], s)
	}
	return out
}

// guided tells whether somebody of these facilitates.
func guided(seats []Seat) bool {
	return slices.ContainsFunc(seats, func(s Seat) bool { return s.Part != "" && s.Visit == 0 })
}

// guests is how many of these take a place: who facilitates needs none.
func guests(seats []Seat) (n int) {
	for _, s := range seats {
		if s.Part == "" && s.Visit == 0 {
			n++
		}
	}
	return n
}

// smallest is the table for somebody who comes late: of those with room, one with the fewest people,
// and of these one where the fewest are of their college; 0 when all are full.
func smallest(list []Table, seats map[int64][]Seat, college string) (best int64) {
	var fewest [2]int
	for _, t := range list {
		here := seats[t.ID]
		if t.Seats > 0 && guests(here) >= t.Seats {
			continue
		}
		size := [2]int{len(here), 0}
		for _, s := range here {
			if s.College == college {
				size[1]++
			}
		}
		if best == 0 || slices.Compare(size[:], fewest[:]) < 0 {
			best, fewest = t.ID, size
		}
	}
	return best
}
