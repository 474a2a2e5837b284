package convocation

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// reminding is the page of the reminders.
type reminding struct {
	board
	now                   time.Time
	missing, reach, paper int
	set                   []Reminder
	done                  []Run
	number, unit          string
}

func (c *Component) loadReminders(r *http.Request) (p reminding, err error) {
	if p.board, err = c.organise(r); err != nil {
		return p, err
	}
	p.number, p.unit, p.now = "1", "days", site.From(r.Context()).Now
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		missing, err := c.missing(tx, p.space.ID)
		if err != nil {
			return err
		}
		p.missing = len(missing)
		if p.reach, p.paper, err = countMissing(tx, missing); err != nil {
			return err
		}
		if p.set, err = remindersOf(tx, p.space.ID); err != nil {
			return err
		}
		p.done, err = runs(tx, p.space.ID)
		return err
	})
	return p, err
}

func (c *Component) showReminders(w http.ResponseWriter, r *http.Request) error {
	p, err := c.loadReminders(r)
	if err != nil {
		return err
	}
	return c.page(w, r, p.board, http.StatusOK, "convocation.reminders.title", remindersView(p))
}

func (c *Component) remindNow(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	if _, err := c.Remind(r.Context(), b.access); err != nil {
		return err
	}
	return site.Redirect(w, r, b.path("/reminders"))
}

func (c *Component) scheduleReminder(w http.ResponseWriter, r *http.Request) error {
	p, err := c.loadReminders(r)
	if err != nil {
		return err
	}
	p.number, p.unit = r.FormValue("before"), r.FormValue("unit")
	err = c.ScheduleReminder(r.Context(), p.access, p.number, p.unit)
	if p.errors = site.FieldErrors(r, err); p.errors != nil {
		return c.page(w, r, p.board, http.StatusUnprocessableEntity, "convocation.reminders.title", remindersView(p))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, p.path("/reminders"))
}

func (c *Component) removeReminder(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := c.RemoveReminder(r.Context(), b.access, id); err != nil {
		return err
	}
	return site.Redirect(w, r, b.path("/reminders"))
}

// invited is whom a personal link of a mail names, and to which space it leads.
func (c *Component) invited(r *http.Request) (m people.Member, sp space.Space, err error) {
	member, err := people.ReadMemberToken(c.deps.Site.Secret, toInvite, r.PathValue("token"))
	if err != nil {
		return m, sp, err
	}
	id, err := pathID(r, "space")
	if err != nil {
		return m, sp, err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		if m, err = people.FindMember(tx, member); err == nil {
			sp, err = space.Find(tx, id)
		}
		return err
	})
	return m, sp, err
}

// showInvitation is where a mail's personal link leads. The link knows whose it is but does not
// sign in: a mail is forwarded too easily for that.
func (c *Component) showInvitation(w http.ResponseWriter, r *http.Request) error {
	m, sp, err := c.invited(r)
	if err != nil {
		return err
	}
	if site.Viewer(r.Context()).SignedIn() {
		return site.Redirect(w, r, sp.Path())
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "convocation.invitation.title"), Zone: sp.Zone()},
		invitationView(r.URL.Path, m, sp))
}

// linksOfInvitation slows down those who would fill a member's mailbox.
var linksOfInvitation = people.Limit{Free: 5, Forget: 10 * time.Minute, First: 30 * time.Second, Max: 10 * time.Minute}

func (c *Component) askLink(w http.ResponseWriter, r *http.Request) error {
	m, sp, err := c.invited(r)
	if err != nil {
		return err
	}
	if m.Email == "" {
		return fault.New(fault.Conflict, "convocation.invitation.no_address")
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		key := "invitation/" + people.MemberSubject(m.ID)
		if err := people.MayTry(tx, linksOfInvitation, key); err != nil {
			return err
		}
		if err := people.CountTry(tx, linksOfInvitation, key); err != nil {
			return err
		}
		return people.RequestLink(tx, m.Email, sp.Path())
	})
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/sign-in/sent?next="+url.QueryEscape(sp.Path()))
}

// masked shows enough of an address for its owner to know it: "i…d@coop.example".
func masked(email string) string {
	name, domain, _ := strings.Cut(email, "@")
	letters := []rune(name)
	if len(letters) > 2 {
		name = string(letters[0]) + "…" + string(letters[len(letters)-1])
	} else {
		name = "…"
	}
	return name + "@" + domain
}

func (c *Component) subscriber(r *http.Request) (m people.Member, wants bool, err error) {
	member, err := people.ReadMemberToken(c.deps.Site.Secret, toUnsubscribe, r.PathValue("token"))
	if err != nil {
		return m, false, err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		if m, err = people.FindMember(tx, member); err == nil {
			wants, err = people.WantsNews(tx, member)
		}
		return err
	})
	return m, wants, err
}

func (c *Component) showUnsubscribe(w http.ResponseWriter, r *http.Request) error {
	m, wants, err := c.subscriber(r)
	if err != nil {
		return err
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "convocation.unsubscribe.title")},
		unsubscribeView(r.URL.Path, m, wants))
}

// unsubscribe is the button of the page, and the one click of a mail reader (RFC 8058), which
// wants no page.
func (c *Component) unsubscribe(w http.ResponseWriter, r *http.Request) error {
	m, _, err := c.subscriber(r)
	if err != nil {
		return err
	}
	wants := r.FormValue("wants") == "yes"
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		return people.SetWantsNews(tx, site.Viewer(r.Context()).Account, m.ID, wants)
	})
	if err != nil {
		return err
	}
	if r.FormValue("List-Unsubscribe") == "One-Click" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err := w.Write([]byte("ok\n"))
		return err
	}
	return site.Redirect(w, r, r.URL.Path)
}
