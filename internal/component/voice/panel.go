package voice

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// LivePanels are the room itself, and for those who lead how it is held and who was heard.
func (c *Component) LivePanels() []component.LivePanel {
	return []component.LivePanel{
		{Name: "voice", Pages: []component.LivePage{component.LiveMember, component.LiveChair}, Place: component.LiveStage, Order: 20,
			On: "state floor " + changedRoom + " tables-round", Every: 30, May: canSee, Show: c.showStage},
		{Name: "voice-hall", Pages: []component.LivePage{component.LiveScreen}, Place: component.LiveStage, Order: 5,
			On: "state floor " + changedRoom, Every: 30, May: canLead, Show: c.showHall},
		{Name: "voice-lead", Pages: []component.LivePage{component.LiveChair}, Place: component.LivePrepare, Order: 10,
			On: "state " + changedRoom + " " + changedPeople, Every: 10, May: canLead, Show: c.showLead},
		{Name: "voice-heard", Pages: []component.LivePage{component.LiveChair}, Place: component.LiveFollow, Order: 30,
			On: "state", Every: 15, May: canLead, Show: c.showHeard},
	}
}

// face is somebody on the stage: ID is their identity, "" for who has never entered.
type face struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Written bool   `json:"written,omitempty"` // the chair reads what they wrote
}

// stage is what a browser needs to know of a room that the server of rooms does not tell it.
type stage struct {
	Place   string `json:"place"`
	Up      bool   `json:"up"`
	Off     bool   `json:"off,omitempty"` // there is no voice here, ever
	Enter   bool   `json:"enter"`         // the viewer may enter
	Listen  bool   `json:"listen"`        // the sound can be had without entering
	Banned  bool   `json:"banned"`        // until they are readmitted
	Away    bool   `json:"away"`          // they are at a table: the voice is there
	Lead    bool   `json:"lead"`
	Part    bool   `json:"part"`           // they may be given a microphone
	Hall    bool   `json:"hall,omitempty"` // the screen of a hall
	Gallery bool   `json:"gallery"`        // everybody is shown
	Cameras bool   `json:"cameras"`
	Locked  bool   `json:"locked"`
	Me      string `json:"me"`
	Chairs  []face `json:"chairs"` // those who lead, the chair first
	Speaker *face  `json:"speaker"`
	Next    *face  `json:"next"`
}

// showStage is the plenary's room.
func (c *Component) showStage(ctx context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	st, err := c.stage(tx, a, plenary, s)
	if err != nil {
		return nil, err
	}
	return roomView(c.room(ctx, a, st)), nil
}

// showHall is the plenary's room on the screen of a hall, for who leads and may connect it.
func (c *Component) showHall(ctx context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	st, err := c.stage(tx, a, plenary, s)
	if err != nil {
		return nil, err
	}
	known, err := halls(tx, a.Space.ID)
	st.Me, st.Hall, st.Away, st.Gallery = "", true, false, false
	for _, h := range known {
		if h.Account == a.Viewer.Account {
			st.Me = h.Identity
		}
	}
	return roomView(c.room(ctx, a, st)), err
}

// stage reads what is on the stage of a place.
func (c *Component) stage(tx *db.Tx, a space.Access, place int64, s component.LiveSession) (st stage, err error) {
	set, err := settings(tx, a.Space.ID)
	if err != nil {
		return st, err
	}
	st = stage{Place: strconv.FormatInt(place, 10), Up: c.deps.Rooms.Up(), Enter: canListen(a), Lead: canLead(a), Part: a.TakesPart(),
		Listen: canListen(a) && c.deps.Rooms.Up() && c.deps.Rooms.Hears() && place == plenary, Gallery: place != plenary || set.Mode == OpenMics, Cameras: set.Cameras || place != plenary, Locked: !set.Locked.IsZero() && place == plenary}
	_, st.Off = c.deps.Rooms.(room.Off)
	if a.Viewer.SignedIn() {
		me, err := findPerson(tx, a.Space.ID, a.Viewer.Account)
		if err != nil {
			return st, err
		}
		st.Me, st.Banned = me.Identity, !me.Banned.IsZero()
	}
	if place != plenary {
		return st, nil
	}
	if a.Viewer.SignedIn() {
		table, err := c.tableOf(tx, a.Space.ID, a.Viewer.Account)
		if err != nil {
			return st, err
		}
		st.Away = table != 0
	}
	lead, err := leadersKnown(tx, a.Space.ID)
	if err != nil {
		return st, err
	}
	for _, p := range lead {
		st.Chairs = append(st.Chairs, face{ID: p.Identity, Name: p.Name})
	}
	if s.Speaker != nil {
		if st.Speaker, err = faceOf(tx, a.Space.ID, *s.Speaker); err != nil {
			return st, err
		}
	}
	if len(s.Queue) > 0 {
		st.Next, err = faceOf(tx, a.Space.ID, s.Queue[0])
	}
	return st, err
}

func faceOf(tx *db.Tx, spaceID int64, p component.LivePerson) (*face, error) {
	if inHall(&p) {
		list, err := halls(tx, spaceID)
		return &face{ID: append(list, hall{})[0].Identity, Name: p.Name}, err
	}
	known, err := findPerson(tx, spaceID, p.Account)
	return &face{ID: known.Identity, Name: p.Name, Written: p.Written}, err
}

// roomProps is what the island of a room is made of.
type roomProps struct {
	stage stage
	path  string // of the component's addresses
	words string // JSON: what the island says
	sound string // of the plenary, without entering
	data  string // JSON: the stage
}

func (c *Component) room(ctx context.Context, a space.Access, st stage) roomProps {
	return roomProps{sound: soundOf(a), stage: st, path: a.Space.Path() + "/voice", words: c.scriptWords(ctx, "voice.js."), data: toJSON(st)}
}

// scriptWords are the words under the prefixes in the viewer's language, for a script, which knows
// them without their prefix.
func (c *Component) scriptWords(ctx context.Context, prefixes ...string) string {
	words := map[string]string{}
	for _, prefix := range prefixes {
		for _, k := range c.keys(prefix) {
			words[strings.TrimPrefix(k, prefix)] = site.T(ctx, k)
		}
	}
	return toJSON(words)
}

// keys are those of the words under a prefix.
func (c *Component) keys(prefix string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, known := c.words[prefix]
	if !known {
		list = slices.DeleteFunc(c.deps.Site.Words.Keys(), func(k string) bool { return !strings.HasPrefix(k, prefix) })
		c.words[prefix] = list
	}
	return list
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own structs of plain values
	}
	return string(text)
}

// VoiceAtTable is the room of a table, for who is at it or leads.
func (c *Component) VoiceAtTable(ctx context.Context, tx *db.Tx, a space.Access, table int64) (templ.Component, error) {
	st, err := c.stage(tx, a, table, component.LiveSession{Space: a.Space.ID})
	if err != nil {
		return nil, err
	}
	return roomView(c.room(ctx, a, st)), nil
}

// inside is somebody in the room.
type inside struct {
	person
	Microphone, Camera, Screen bool // what is heard and seen of them
}

// leadView is how the room is held, for those who lead.
type leadView struct {
	path     string
	settings Settings
	up       bool
	why      string   // it is not
	people   []inside // those who send something first
	total    int
	asked    string // a name looked for
	banned   []person
	errs     map[string]string
	mode     string // as typed
}

// shown is how many people are listed at once.
const shown = 30

// lead reads how the room is held; those whose name holds the words of the text, or everybody.
func (c *Component) lead(ctx context.Context, tx *db.Tx, a space.Access, text string) (v leadView, err error) {
	v = leadView{path: a.Space.Path() + "/voice", up: c.deps.Rooms.Up(), why: c.downText(), asked: text}
	if v.settings, err = settings(tx, a.Space.ID); err != nil {
		return v, err
	}
	v.mode = string(v.settings.Mode)
	if v.banned, err = bannedPersons(tx, a.Space.ID); err != nil {
		return v, err
	}
	known, err := roomsOf(tx, a.Space.ID)
	if err != nil || len(known) == 0 || known[0].Place != plenary {
		return v, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	in, err := c.deps.Rooms.Participants(ctx, known[0].Name)
	if err != nil { // it went away this moment: the list is empty, and the page says so
		v.up = false
		return v, nil
	}
	v.total = len(in)
	v.people, err = listInside(tx, a.Space.ID, in, text)
	return v, err
}

func listInside(tx *db.Tx, spaceID int64, in []room.Participant, text string) (out []inside, err error) {
	by := map[string]room.Participant{}
	var identities []string
	for _, p := range in {
		by[p.Identity] = p
		identities = append(identities, p.Identity)
	}
	list, err := persons(tx, spaceID, identities)
	for _, p := range list {
		if at := by[p.Identity]; found(p.Name, text) {
			out = append(out, inside{p, sends(at, room.Microphone), sends(at, room.Camera), sends(at, room.Screen)})
		}
	}
	slices.SortFunc(out, func(a, b inside) int {
		if a.sending() != b.sending() {
			if a.sending() {
				return -1
			}
			return 1
		}
		return strings.Compare(people.Fold(a.Name), people.Fold(b.Name))
	})
	return out, err
}

func (i inside) sending() bool { return i.Microphone || i.Camera || i.Screen }

// found tells whether the name holds every word of the text.
func found(name, text string) bool {
	name = people.Fold(name)
	for _, word := range strings.Fields(people.Fold(text)) {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

func (c *Component) showLead(ctx context.Context, tx *db.Tx, a space.Access, _ component.LiveSession) (templ.Component, error) {
	v, err := c.lead(ctx, tx, a, "")
	return leadPanel(v), err
}
