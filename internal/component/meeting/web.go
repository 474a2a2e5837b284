package meeting

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// form is what was sent, and the act it was sent to.
type form struct {
	url.Values
	act string
}

func (f form) text(field string) string { return f.Get(field) }

// number is a field's number; 0, which nothing has, for what is none.
func (f form) number(field string) int64 {
	n, err := strconv.ParseInt(f.Get(field), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func readForm(r *http.Request) (form, error) {
	if err := r.ParseForm(); err != nil {
		return form{}, fault.New(fault.Invalid, "meeting.unreadable")
	}
	return form{r.PostForm, path.Base(r.URL.Path)}, nil
}

// The parts of each page.
func (c *Component) memberParts() []string {
	return c.partsOf(component.LiveMember, "head", "mine", "floor", "todo", "attendance", "agenda")
}

func (c *Component) chairParts() []string {
	return c.partsOf(component.LiveChair, "head", "alert", "lead", "items", "shares", "attendance")
}

// view reads what the parts show, for whoever may see them.
func (c *Component) view(r *http.Request, may func(space.Access) bool, names ...string) (v view, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, may(a)); err != nil {
			return err
		}
		v, err = c.load(r.Context(), tx, a, names...)
		return err
	})
	site.From(r.Context()).Zone = v.access.Space.Zone()
	return v, err
}

// refresh is how often the page without scripts is asked for anew, in seconds, unless one has stopped it.
const refresh = 20

func (c *Component) showLive(w http.ResponseWriter, r *http.Request) error {
	v, err := c.view(r, canFollow, c.memberParts()...)
	if err != nil {
		return err
	}
	if err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { return c.ReadsLive(tx, v.access) }); err != nil {
		return err
	}
	again := refresh
	if v.still = r.URL.Query().Get("still") != ""; v.still {
		again = 0
	}
	web.AllowMedia(w)
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "meeting.tab"), View: liveView(v), Again: again})
}

func (c *Component) showChair(w http.ResponseWriter, r *http.Request) error {
	v, err := c.view(r, canLead, c.chairParts()...)
	if err != nil {
		return err
	}
	return c.page(w, r, v, http.StatusOK, "meeting.chair.title", chairView(v))
}

func (c *Component) page(w http.ResponseWriter, r *http.Request, v view, status int, title string, view templ.Component) error {
	web.AllowMedia(w) // a film that the session shows may lie elsewhere
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), title), Status: status, View: view})
}

func (c *Component) showScreen(w http.ResponseWriter, r *http.Request) error {
	v, err := c.view(r, canFollow, c.partsOf(component.LiveScreen, "screen")...)
	if err != nil {
		return err
	}
	web.AllowMedia(w)
	return c.deps.Site.Fragment(w, r, screenView(v))
}

// showParts answers with the parts ?p=… of a page.
func (c *Component) showParts(w http.ResponseWriter, r *http.Request) error {
	names := r.URL.Query()["p"]
	may := func(a space.Access) bool {
		for _, n := range names {
			if p, known := c.parts()[n]; !known || !p.may(a) {
				return false
			}
		}
		return canFollow(a)
	}
	v, err := c.view(r, may, names...)
	if err != nil {
		return err
	}
	return c.deps.Site.Fragment(w, r, templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, n := range names {
			if err := livePart(v, n).Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	}))
}

// follow is the stream of what changes. Whoever is signed in and has it open is present.
func (c *Component) follow(w http.ResponseWriter, r *http.Request) error {
	var who Person
	var spaceID int64
	var topics []string
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		spaceID = a.Space.ID
		topics = []string{component.LiveTopic(spaceID)}
		if err := component.Ask(c.deps, func(t component.LiveTopics) error {
			more, err := t.LiveTopics(tx, a)
			topics = append(topics, more...)
			return err
		}); err != nil {
			return err
		}
		who, err = person(tx, a)
		return err
	})
	if err != nil {
		return err
	}
	gone := func() {}
	if who.Account != 0 {
		gone = c.here.enter(spaceID, who)
	}
	return c.deps.Live.Serve(w, r, gone, topics...)
}

// take is the handler of a participant's own act; the answer shows the part it is in.
func (c *Component) take(may func(space.Access) bool, at string, d decision) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.act(tx, a, may, d) })
		if err != nil {
			return err
		}
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/live#"+at)
	}
}

func (c *Component) raiseHand(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		return c.act(tx, a, canSpeak, raise(SpeechKind(f.text("kind")), f.text("text"), f.text("group")))
	})
	if err == nil {
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/live#mine")
	}
	return c.again(w, r, f, err, canFollow, c.memberParts(), "meeting.tab", liveView)
}

// lead is the handler of an act of those who lead.
func (c *Component) lead(may func(space.Access) bool, read func(form) decision) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		f, err := readForm(r)
		if err != nil {
			return err
		}
		err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.act(tx, a, may, read(f)) })
		if err == nil {
			return component.Done(w, r, "/a/"+r.PathValue("slug")+"/live/chair#"+anchors[f.act])
		}
		return c.again(w, r, f, err, canLead, c.chairParts(), "meeting.chair.title", chairView)
	}
}

// anchors are where the chair's page goes on after an act.
var anchors = map[string]string{"item": "items", "rules": "rules", "message": "message", "open": "head", "close": "head",
	"next": "lead", "give": "lead", "give-to": "lead", "end": "lead", "move": "lead", "drop": "lead"}

// again shows the page with what was refused of a form, and what was typed; other errors are
// the site's to show, and so are all of them to a script.
func (c *Component) again(w http.ResponseWriter, r *http.Request, f form, err error, may func(space.Access) bool, names []string, title string, show func(view) templ.Component) error {
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	v, err := c.view(r, may, names...)
	if err != nil {
		return err
	}
	v.form, v.errs = f, errs
	return c.page(w, r, v, http.StatusUnprocessableEntity, title, show(v))
}
