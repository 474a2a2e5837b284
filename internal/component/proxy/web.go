package proxy

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// ownView is what somebody's page of proxies shows.
type ownView struct {
	names
	access      space.Access
	stage       stage
	elector     electorate.Elector // zero: not on the roll
	took        bool               // takes part in person
	chair       string             // who would take a blank proxy; "" when none can be given
	given       *electorate.Proxy
	refusedBy   string // who refused the last proxy the viewer gave
	mayWithdraw bool
	whyNot      statute.Step
	offers      []holding
	held        []holding

	search string
	found  []electorate.Candidate
	more   bool // there are others
	typed  string
	wrong  string // why the proxy could not be given
	notice string // what has just been refused elsewhere on the page
	done   string
}

// holding is a proxy offered to the viewer, or held.
type holding struct {
	electorate.Proxy
	principal electorate.Elector
	used      bool
}

func (v ownView) path() string { return v.access.Space.Path() + "/proxy" }

// maxFound is how many people a search shows, and minLetters what it asks for: the page helps to find
// somebody one knows, and is no list of the members.
const (
	maxFound   = 20
	minLetters = 2
)

// searches slows down who would read the whole roll by searching for everything.
var searches = people.Limit{Free: 60, Forget: time.Minute, First: 10 * time.Second, Max: 10 * time.Minute}

// done are the acts whose result the page says.
var done = map[string]bool{"offered": true, "given": true, "accepted": true, "refused": true, "withdrawn": true, "returned": true}

func (c *Component) showOwn(w http.ResponseWriter, r *http.Request) error {
	v, err := c.ownPage(r)
	if err == nil {
		err = c.findHolders(r, &v)
	}
	if err != nil {
		return err
	}
	if d := r.URL.Query().Get("done"); done[d] {
		v.done = d
	}
	return c.renderOwn(w, r, v, http.StatusOK)
}

func (c *Component) renderOwn(w http.ResponseWriter, r *http.Request, v ownView, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "proxy.title"), Status: status, View: ownPage(v)})
}

// ownPage reads the viewer's page.
func (c *Component) ownPage(r *http.Request) (v ownView, err error) {
	if _, err := site.MustSignIn(r); err != nil {
		return v, err
	}
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error { v, err = c.read(tx, a); return err })
	v.search = strings.TrimSpace(r.FormValue("q"))
	return v, err
}

// tooShort tells whether a search would show too much of the roll.
func tooShort(search string) bool { return utf8.RuneCountInString(search) < minLetters }

// findHolders finds by name whom the viewer could give their proxy to.
func (c *Component) findHolders(r *http.Request, v *ownView) error {
	if !canGive(v.access) || tooShort(v.search) {
		return nil
	}
	college := ""
	if v.rules.Proxies.SameCollege {
		college = v.elector.College
	}
	return c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		key := "proxy-search/" + strconv.FormatInt(v.access.Viewer.Account, 10)
		if err := people.MayTry(tx, searches, key); err != nil {
			return err
		}
		if err := people.CountTry(tx, searches, key); err != nil {
			return err
		}
		list, err := electorate.SearchByName(tx, v.access.Space.ID, v.search, college, maxFound+2)
		v.found = nil
		for _, f := range list {
			if f.Member != v.elector.Member {
				v.found = append(v.found, f)
			}
		}
		if v.more = len(v.found) > maxFound; v.more {
			v.found = v.found[:maxFound]
		}
		return err
	})
}

func (c *Component) giveOwn(w http.ResponseWriter, r *http.Request) error {
	v, err := c.ownPage(r)
	if err != nil {
		return err
	}
	v.typed = r.FormValue("holder")
	to, err := readChoice(v.typed)
	var p electorate.Proxy
	if err == nil {
		p, err = c.Give(r.Context(), v.access, to)
	}
	if status := shown(err); status != 0 {
		v.wrong = site.Sentence(r, err)
		if err := c.findHolders(r, &v); err != nil {
			return err
		}
		return c.renderOwn(w, r, v, status)
	}
	if err != nil {
		return err
	}
	if p.State == electorate.ProxyAccepted {
		return site.Redirect(w, r, v.path()+"?done=given")
	}
	return site.Redirect(w, r, v.path()+"?done=offered")
}

// readChoice reads "blank" or the number of a member; "" chooses nobody.
func readChoice(value string) (Choice, error) {
	switch value {
	case "":
		return Choice{}, nil
	case "blank":
		return Choice{Blank: true}, nil
	}
	id, err := strconv.ParseInt(value, 10, 64)
	if err != nil || id <= 0 {
		return Choice{}, fault.Fields{"holder": fault.New(fault.Invalid, "proxy.holder.unknown")}
	}
	return Choice{Holder: id}, nil
}

// shown is the status with which a refusal is shown on the page where one acted; 0 when it is none.
func shown(err error) int {
	switch fault.CodeOf(err) {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Conflict:
		return http.StatusConflict
	default:
		return 0
	}
}

func (c *Component) withdrawOwn(w http.ResponseWriter, r *http.Request) error {
	return c.change(w, r, "withdrawn", func(a space.Access, id int64) error { return c.Withdraw(r.Context(), a, id) })
}

func (c *Component) returnOwn(w http.ResponseWriter, r *http.Request) error {
	return c.change(w, r, "returned", func(a space.Access, id int64) error { return c.Return(r.Context(), a, id) })
}

func (c *Component) answerOwn(w http.ResponseWriter, r *http.Request) error {
	accept, said := r.FormValue("answer") == "yes", "refused"
	if accept {
		said = "accepted"
	}
	return c.change(w, r, said, func(a space.Access, id int64) error {
		if !accept && r.FormValue("answer") != "no" {
			return fault.New(fault.Invalid, "proxy.unreadable")
		}
		return c.Answer(r.Context(), a, id, accept)
	})
}

// change does something with the proxy of the address; a refusal is shown on the page.
func (c *Component) change(w http.ResponseWriter, r *http.Request, said string, do func(a space.Access, id int64) error) error {
	v, err := c.ownPage(r)
	if err != nil {
		return err
	}
	id, err := pathID(r)
	if err == nil {
		err = do(v.access, id)
	}
	if status := shown(err); status != 0 {
		v.notice = site.Sentence(r, err)
		return c.renderOwn(w, r, v, status)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"?done="+said)
}

func pathID(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "proxy.unknown")
	}
	return id, nil
}

// since is when the viewer began to hold the proxy.
func (h holding) since() time.Time {
	if h.AnsweredAt.IsZero() {
		return h.GivenAt
	}
	return h.AnsweredAt
}
