package voice

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// rehearsalView is the rehearsal room of one person.
type rehearsalView struct {
	path  string
	done  map[Step]Try
	up    bool
	helps bool // the viewer sees who has rehearsed
	words string
	error string // beside the mock question
}

func (c *Component) showRehearsal(w http.ResponseWriter, r *http.Request) error {
	return c.rehearsalPage(w, r, http.StatusOK, "")
}

func (c *Component) rehearsalPage(w http.ResponseWriter, r *http.Request, status int, sentence string) error {
	v := rehearsalView{up: c.deps.Rooms.Up(), words: c.scriptWords(r.Context(), "voice.try.", "voice.trouble.", "voice.figures."), error: sentence}
	var a space.Access
	err := c.deps.InSpace(r, func(tx *db.Tx, in space.Access) (err error) {
		a = in
		if err := component.Must(a, canRehearse(a)); err != nil {
			return err
		}
		v.path, v.helps = a.Space.Path()+"/rehearsal", canHelp(a)
		v.done, err = tries(tx, a.Space.ID, a.Viewer.Account)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "voice.rehearsal"), Status: status, View: rehearsalRoom(v)})
}

// recordStep keeps the result of a step, as its form or its script says it.
func (c *Component) recordStep(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "voice.unreadable")
	}
	t := Try{Step: Step(r.PostForm.Get("step")), Passed: r.PostForm.Get("passed") != "0", Note: noted(r.PostForm.Get("note"))}
	if t.Step != StepHelp && !slices.Contains(Steps, t.Step) {
		return fault.New(fault.NotFound, "voice.rehearsal.unknown")
	}
	if t.Step == StepVote && r.PostForm.Get("answer") == "" {
		return c.rehearsalPage(w, r, http.StatusUnprocessableEntity, site.T(r.Context(), "voice.rehearsal.vote.missing"))
	}
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.tried(tx, a, t) })
	if err != nil {
		return err
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/rehearsal#step-"+string(t.Step))
}

// tried keeps a result; the journal says once that somebody has passed every step.
func (c *Component) tried(tx *db.Tx, a space.Access, t Try) error {
	if err := component.Must(a, canRehearse(a)); err != nil {
		return err
	}
	done, err := tries(tx, a.Space.ID, a.Viewer.Account)
	if err != nil {
		return err
	}
	before := whole(done)
	if err := saveTry(tx, a.Space.ID, a.Viewer.Account, t); err != nil {
		return err
	}
	if done[t.Step] = t; before || !whole(done) {
		return nil
	}
	_, err = journal.Append(tx, journal.About{Space: a.Space.ID, Subject: a.Space.Subject(), Actor: a.Viewer.Account}, Rehearsed{a.Viewer.Name})
	return err
}

// mirror are the two ways into a room of one's own: what goes in by one comes back by the other.
type mirror struct {
	Speak string `json:"speak"`
	Hear  string `json:"hear"`
}

// mirrorFor is how long a token of the rehearsal opens its room.
const mirrorFor = 2 * time.Minute

// openMirror makes a room for one person, who hears themselves in it through the server.
func (c *Component) openMirror(w http.ResponseWriter, r *http.Request) error {
	err := c.deps.InSpace(r, func(_ *db.Tx, a space.Access) error { return component.Must(a, canRehearse(a)) })
	if err != nil {
		return err
	}
	if !c.deps.Rooms.Up() {
		return c.down()
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	name := "mirror-" + opaque()
	if err := c.deps.Rooms.Create(ctx, name, room.Options{Max: 2, Idle: mirrorFor}); err != nil {
		return c.refused(r, err)
	}
	speak, err := c.deps.Rooms.Token(room.Grant{Room: name, Identity: opaque(), Publish: []room.Source{room.Microphone}, For: mirrorFor})
	if err != nil {
		return c.refused(r, err)
	}
	hear, err := c.deps.Rooms.Token(room.Grant{Room: name, Identity: opaque(), For: mirrorFor})
	if err != nil {
		return c.refused(r, err)
	}
	c.closeLater(name)
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(mirror{speak, hear})
}

// closeLater ends a mirror when nobody can be in it any more.
func (c *Component) closeLater(name string) {
	c.deps.Live.Soon("voice/"+name, 2*mirrorFor, func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := c.deps.Rooms.Close(ctx, name); err != nil {
			c.deps.Site.Log.DebugContext(ctx, "a mirror was not closed", "error", err)
		}
	})
}

// peopleView is who has rehearsed.
type peopleView struct {
	path   string
	filter peopleFilter
	list   []rehearser
	tries  map[int64]map[Step]Try
	counts map[Readiness]int
	total  int
	page   int
}

const perPage = 50

func (v peopleView) pages() int { return max(1, (v.total+perPage-1)/perPage) }

// all is how many may take part.
func (v peopleView) all() (n int) {
	for _, k := range v.counts {
		n += k
	}
	return n
}

func (v peopleView) href(page int) string {
	q := []string{"page=" + strconv.Itoa(page)}
	if v.filter.State != "" {
		q = append(q, "state="+string(v.filter.State))
	}
	if v.filter.Text != "" {
		q = append(q, "q="+url.QueryEscape(v.filter.Text))
	}
	return v.path + "/people?" + strings.Join(q, "&")
}

func (c *Component) showPeople(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := peopleView{filter: peopleFilter{State: Readiness(q.Get("state")), Text: q.Get("q")}, page: 1}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n < 1_000_000 {
		v.page = n
	}
	var a space.Access
	err := c.deps.InSpace(r, func(tx *db.Tx, in space.Access) (err error) {
		a = in
		if err := component.Must(a, canHelp(a)); err != nil {
			return err
		}
		v.path = a.Space.Path() + "/rehearsal"
		if v.counts, err = countReadiness(tx, a.Space.ID); err != nil {
			return err
		}
		if v.list, v.total, err = rehearsers(tx, a.Space.ID, v.filter, (v.page-1)*perPage, perPage); err != nil {
			return err
		}
		v.tries, err = triesOf(tx, a.Space.ID, v.list)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "voice.people"), View: peoplePage(v)})
}
