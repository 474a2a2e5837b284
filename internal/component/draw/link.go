package draw

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// linkPage is where volunteers, imported ones too, ask for their personal link.
type linkPage struct {
	view
	email string
	sent  bool
}

// openLink reads the draw whose volunteers may ask for their link: one that concerns nobody yet is
// as if it were not.
func openLink(tx *db.Tx, r *http.Request) (v view, err error) {
	if v.draw, err = drawByID(tx, number(r.PathValue("id"))); err != nil {
		return v, err
	}
	if v.rounds, err = roundsOf(tx, v.draw.ID); err != nil {
		return v, err
	}
	if v.draw.ClosesAt.IsZero() && !anyPublic(v.rounds) {
		return v, db.ErrNotFound
	}
	v.access.Space, err = space.Find(tx, v.draw.Space)
	return v, err
}

// sendLink writes to the volunteer of an address. It answers the same whether or not there is one,
// and writes to nobody twice in a short while.
func (c *Component) sendLink(tx *db.Tx, d Draw, email, network string) error {
	address, err := mail.CheckAddress(email)
	if err != nil {
		return fault.Fields{"email": fault.New(fault.Invalid, "draw.apply.email")}
	}
	if err := people.MayTry(tx, applyLimit, "draw link "+network); err != nil {
		return err
	}
	if err := people.CountTry(tx, applyLimit, "draw link "+network); err != nil {
		return err
	}
	v, err := volunteerByEmail(tx, d.ID, strings.ToLower(address))
	if errors.Is(err, db.ErrNotFound) || err == nil && tx.Now.Sub(v.Person.WroteAt) < linkPause {
		return nil
	}
	if err != nil {
		return err
	}
	v.Person.WroteAt = tx.Now
	if err := updatePerson(tx, v); err != nil {
		return err
	}
	return c.write(tx, v, "draw.mail.link.subject", "draw.mail.link.text", "title", d.Title)
}

func (c *Component) showLink(w http.ResponseWriter, r *http.Request) error {
	p := linkPage{sent: r.URL.Query().Has("sent")}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) { p.view, err = openLink(tx, r); return err })
	if err != nil {
		return err
	}
	return c.linkPage(w, r, p)
}

func (c *Component) linkPage(w http.ResponseWriter, r *http.Request, p linkPage) error {
	return c.deps.Site.Render(w, r, p.status(), site.Page{Title: p.draw.Title, Zone: p.access.Space.Zone()}, linkView(p))
}

func (c *Component) askLink(w http.ResponseWriter, r *http.Request) error {
	p := linkPage{email: strings.TrimSpace(r.FormValue("email"))}
	err := c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		if p.view, err = openLink(tx, r); err != nil {
			return err
		}
		return c.sendLink(tx, p.draw, p.email, web.ClientNetwork(r, c.deps.Site.BehindProxy))
	})
	if p.errs = site.FieldErrors(r, err); p.errs != nil {
		return c.linkPage(w, r, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, linkPath(p.draw)+"?sent")
}

func linkPath(d Draw) string { return fmt.Sprintf("/apply/%d/link", d.ID) }
