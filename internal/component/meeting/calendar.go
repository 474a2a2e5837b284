package meeting

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// The calendar of meetings, as phones and other programs read it (RFC 5545): one meeting as a file,
// and all those a person may see at an address of their own, to which calendars subscribe.

// usual is how long a meeting is taken to last when its space does not say.
const usual = 2 * time.Hour

// entry is a meeting in a calendar.
type entry struct {
	space      space.Space
	start, end time.Time
}

// entryOf is the space's meeting; ok is false when it has no date.
func entryOf(tx *db.Tx, sp space.Space) (e entry, ok bool, err error) {
	phases, err := space.Phases(tx, sp.ID)
	if err != nil {
		return e, false, err
	}
	for _, p := range phases {
		if p.Key != space.PhaseMeeting || p.Start.IsZero() {
			continue
		}
		e = entry{sp, p.Start, p.End}
		if !e.end.After(e.start) {
			e.end = e.start.Add(usual)
		}
		return e, true, nil
	}
	return e, false, nil
}

// write writes the meetings as a calendar of that name. Each keeps its identity, so that a meeting
// that is moved moves in the calendars that have it.
func (c *Component) writeCalendar(w io.Writer, name string, now time.Time, list []entry) error {
	cal := ics.NewCalendarFor("Isegoria")
	cal.SetMethod(ics.MethodPublish)
	cal.SetName(name)
	cal.SetXWRCalName(name)
	cal.SetRefreshInterval("PT1H")
	cal.SetXPublishedTTL("PT1H")
	for _, e := range list {
		url := c.deps.Site.URL + e.space.Path() + "/live"
		event := cal.AddEvent(e.space.Slug + "@" + strings.TrimPrefix(strings.TrimPrefix(c.deps.Site.URL, "https://"), "http://"))
		event.SetDtStampTime(now)
		event.SetStartAt(e.start.UTC())
		event.SetEndAt(e.end.UTC())
		event.SetSummary(e.space.Title)
		if e.space.Place != "" {
			event.SetLocation(e.space.Place)
		}
		event.SetDescription(strings.TrimSpace(e.space.Summary + "\n" + url))
		event.SetURL(url)
	}
	return cal.SerializeTo(w)
}

func (c *Component) sendCalendar(w http.ResponseWriter, file, name string, list []entry) error {
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+file+`.ics"`)
	w.Header().Set("Cache-Control", "private, max-age=300")
	return c.writeCalendar(w, name, c.deps.Site.DB.Clock(), list)
}

// showFile is the space's meeting as a file.
func (c *Component) showFile(w http.ResponseWriter, r *http.Request) error {
	var e entry
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if err := component.Must(a, canFollow(a)); err != nil {
			return err
		}
		var ok bool
		if e, ok, err = entryOf(tx, a.Space); err == nil && !ok {
			err = fault.New(fault.NotFound, "meeting.calendar.undated")
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.sendCalendar(w, e.space.Slug, e.space.Title, []entry{e})
}

// showCalendar is the page where a person gets, or takes back, the address of their calendar.
func (c *Component) showCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	return c.renderCalendar(w, r, v, "")
}

func (c *Component) renderCalendar(w http.ResponseWriter, r *http.Request, v people.Viewer, address string) error {
	var since time.Time
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		err := tx.Row("SELECT created_at FROM meeting_calendar WHERE account_id = $1", []any{v.Account}, &since)
		if errors.Is(err, db.ErrNotFound) {
			err = nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "meeting.calendar.title")}, calendarView(since, address))
}

// makeCalendar gives the viewer a new address, shown once; the one before leads nowhere any more.
func (c *Component) makeCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	token, hash := people.NewToken()
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO meeting_calendar (account_id, token_hash, created_at) VALUES ($1, $2, $3)
			ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at`, v.Account, hash, tx.Now)
		return err
	})
	if err != nil {
		return err
	}
	return c.renderCalendar(w, r, v, c.deps.Site.URL+"/calendar/"+token)
}

func (c *Component) dropCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec("DELETE FROM meeting_calendar WHERE account_id = $1", v.Account)
		return err
	})
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/calendar")
}

// most is how many spaces a calendar holds.
const most = 500

// feed answers a calendar that subscribes: the address alone says whose it is.
func (c *Component) feed(w http.ResponseWriter, r *http.Request) error {
	list, err := c.meetingsOf(r.Context(), people.HashToken(r.PathValue("token")))
	if err != nil {
		return err
	}
	identity, err := c.deps.Site.Identity(r.Context())
	if err != nil {
		return err
	}
	return c.sendCalendar(w, "calendar", identity.Name, list)
}

func (c *Component) meetingsOf(ctx context.Context, hash string) (list []entry, err error) {
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		var account int64
		if err := tx.Row(`SELECT c.account_id FROM meeting_calendar c JOIN account a ON a.id = c.account_id
			WHERE c.token_hash = $1 AND a.closed_at IS NULL`, []any{hash}, &account); err != nil {
			return err
		}
		a, err := people.FindAccount(tx, account)
		if err != nil {
			return err
		}
		spaces, err := space.Visible(tx, people.Viewer{Account: a.ID, Member: a.Member, Name: a.Name}, most)
		if err != nil {
			return err
		}
		for _, sp := range spaces {
			e, ok, err := entryOf(tx, sp)
			if err != nil {
				return err
			}
			if ok {
				list = append(list, e)
			}
		}
		return nil
	})
	return list, err
}
