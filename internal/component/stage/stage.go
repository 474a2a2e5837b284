package stage

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/pages"
	"isegoria.org/isegoria/internal/space"
)

// Showing is the kind of thing that a session shows.
type Showing string

const (
	Nothing    Showing = ""
	ShowDeck   Showing = "deck"
	ShowFilm   Showing = "film"
	Resolution Showing = "resolution"
)

// Now is what a session shows at one moment.
type Now struct {
	Space     int64
	Showing   Showing
	Subject   int64 // of the deck, the film or the resolution
	Page      int   // of the deck, from 1
	Presenter int64 // the account to which those who lead gave the slides; 0 for nobody
	ClockText string
	ClockEnds time.Time // zero: no clock

	// Of the film: where it was at PlayedAt, and whether it has run since.
	Playing  bool
	Position time.Duration
	PlayedAt time.Time
}

// DeckState is where the making of a deck's pictures stands.
type DeckState string

const (
	Waiting   DeckState = "waiting"
	Rendering DeckState = "rendering"
	Ready     DeckState = "ready"
	Failed    DeckState = "failed"
)

// Deck is a PDF shown page by page.
type Deck struct {
	ID      int64     `json:"id,string"`
	Space   int64     `json:"space,string"`
	Title   string    `json:"title"`
	Name    string    `json:"name"` // of the file
	File    string    `json:"sha256"`
	Size    int64     `json:"size"` // bytes
	State   DeckState `json:"-"`
	Failure string    `json:"-"` // the key of the sentence that says it
	Done    int       `json:"-"` // pages made of Total
	Total   int       `json:"pages"`
	AddedBy int64     `json:"-"`
	AddedAt time.Time `json:"added_at"`
	ShownAt time.Time `json:"shown_at,omitzero"`

	attempts int
	run      int64
}

// Shown tells whether people have seen it.
func (d Deck) Shown() bool { return !d.ShownAt.IsZero() }

func (d Deck) subject() string { return fmt.Sprintf("deck/%d", d.ID) }

// path is where the deck's pages are found.
func (d Deck) path(s space.Space) string { return fmt.Sprintf("%s/stage/deck/%d", s.Path(), d.ID) }

// Page is a page of a deck.
type Page struct {
	Deck          int64
	Number        int
	Width, Height int
	Large, Small  Picture
	Text          string
	Strokes       []Stroke
}

// Picture is a picture in the store of files.
type Picture struct{ Key, MIME string }

// headline is the page's first line of text, for its name.
func (p Page) headline() string {
	line, _, _ := strings.Cut(p.Text, "\n")
	if r := []rune(strings.TrimSpace(line)); len(r) > 120 {
		return string(r[:119]) + "…"
	}
	return strings.TrimSpace(line)
}

// Stroke is a line drawn over a page.
type Stroke struct {
	ID     int64  `json:"id,string"`
	Points string `json:"points"`
}

const (
	maxTitle     = 200
	maxPages     = pages.MaxPages
	maxPoints    = 500
	maxStrokes   = 300 // on a page
	maxClock     = 4 * time.Hour
	maxClockText = 120
)

// readPoints reads "x,y x,y …", thousandths of the page's sides, and writes it in its one form.
func readPoints(text string) (string, error) {
	list := strings.Fields(text)
	if len(list) < 2 || len(list) > maxPoints {
		return "", fault.New(fault.Invalid, "stage.unreadable")
	}
	out := make([]string, len(list))
	for i, point := range list {
		x, y, err := readPoint(point)
		if err != nil {
			return "", err
		}
		out[i] = fmt.Sprintf("%d,%d", x, y)
	}
	return strings.Join(slices.Compact(out), " "), nil
}

func readPoint(text string) (x, y int, err error) {
	a, b, _ := strings.Cut(text, ",")
	x, errX := strconv.Atoi(a)
	y, errY := strconv.Atoi(b)
	if errX != nil || errY != nil || min(x, y) < 0 || max(x, y) > 1000 {
		return 0, 0, fault.New(fault.Invalid, "stage.unreadable")
	}
	return x, y, nil
}

// scaled are the points of a stroke in the pixels of its page.
func (p Page) scaled(s Stroke) string {
	var out []string
	for point := range strings.FieldsSeq(s.Points) {
		x, y, err := readPoint(point)
		if err != nil {
			continue // readPoints has let it in: it never is
		}
		out = append(out, fmt.Sprintf("%d,%d", x*p.Width/1000, y*p.Height/1000))
	}
	return strings.Join(out, " ")
}
