package agenda

import (
	"path"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Item is one point of an agenda.
type Item struct {
	ID      int64  `json:"id,string"`
	Space   int64  `json:"space,string"`
	Title   string `json:"title"`
	Text    string `json:"text"`
	Speaker string `json:"speaker"`
	Minutes int    `json:"minutes"` // 0: not said

	Documents []Document `json:"-"`
}

// Document is a file put at everybody's disposal. Item is 0 for one of the whole space.
type Document struct {
	ID      int64     `json:"id,string"`
	Space   int64     `json:"space,string"`
	Item    int64     `json:"item,string"`
	Title   string    `json:"title"`
	Name    string    `json:"name"` // of the file, with its extension
	MIME    string    `json:"mime"`
	Size    int64     `json:"size"` // bytes
	File    string    `json:"sha256"`
	AddedBy int64     `json:"-"`
	By      string    `json:"-"` // who added it, for organisers
	AddedAt time.Time `json:"added_at"`
}

// Format is the kind of file in a word: "PDF", "ODT".
func (d Document) Format() string { return strings.ToUpper(strings.TrimPrefix(path.Ext(d.Name), ".")) }

// Agenda is what a page shows: the items in order, with their documents, and those of the space.
type Agenda struct {
	Access    space.Access
	Items     []Item
	Documents []Document
}

func (g Agenda) empty() bool { return len(g.Items) == 0 && len(g.Documents) == 0 }

// minutes is how long all of it takes; 0 when nothing says it.
func (g Agenda) minutes() int {
	n := 0
	for _, i := range g.Items {
		n += i.Minutes
	}
	return n
}

// all lists every document: those of the space, then those of each item in order.
func (g Agenda) all() []Document {
	out := append([]Document(nil), g.Documents...)
	for _, i := range g.Items {
		out = append(out, i.Documents...)
	}
	return out
}

// validate says what of an item cannot be accepted.
func (i Item) validate() fault.Fields {
	f := fault.Fields{}
	if i.Title == "" {
		f.Add("title", "agenda.item.title_missing")
	}
	long(f, "title", i.Title, 200)
	long(f, "speaker", i.Speaker, 200)
	long(f, "text", i.Text, 20_000)
	if i.Minutes < 0 || i.Minutes > 24*60 {
		f.Add("minutes", "agenda.item.minutes_wrong")
	}
	return f
}

func long(f fault.Fields, field, v string, limit int) {
	if len([]rune(v)) > limit {
		f.Add(field, "agenda.too_long", "max", limit)
	}
}

// parseMinutes reads a duration as typed: nothing for 0, -1 for what is no number.
func parseMinutes(s string) int {
	if s = strings.TrimSpace(s); s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// canEdit: who writes the agenda and adds documents.
func canEdit(a space.Access) bool { return a.Organises() }

// canSeeWho: who reads by whom a document was added.
func canSeeWho(a space.Access) bool { return a.Organises() || a.Has(people.Scrutineer) }

// The events of agendas.
type (
	// ItemAdded is the event of a new item.
	ItemAdded struct {
		Title string `json:"title"`
	}
	// ItemChanged is the event of an item as it stands from now on.
	ItemChanged struct {
		Title   string `json:"title"`
		Text    string `json:"text"`
		Speaker string `json:"speaker"`
		Minutes int    `json:"minutes"`
	}
	// ItemMoved is the event of an item's new place, from 1.
	ItemMoved struct {
		Title    string `json:"title"`
		Position int    `json:"position"`
	}
	// ItemRemoved is the event of an item taken off.
	ItemRemoved struct {
		Title string `json:"title"`
	}
	// DocumentAdded is the event of a document put at everybody's disposal.
	DocumentAdded struct {
		Title  string `json:"title"`
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	}
	// DocumentRemoved is the event of a document taken away.
	DocumentRemoved struct {
		Title  string `json:"title"`
		Name   string `json:"name"`
		SHA256 string `json:"sha256"`
	}
)

func (ItemAdded) EventKind() string       { return "agenda.item_added" }
func (ItemChanged) EventKind() string     { return "agenda.item_changed" }
func (ItemMoved) EventKind() string       { return "agenda.item_moved" }
func (ItemRemoved) EventKind() string     { return "agenda.item_removed" }
func (DocumentAdded) EventKind() string   { return "agenda.document_added" }
func (DocumentRemoved) EventKind() string { return "agenda.document_removed" }
