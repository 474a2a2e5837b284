package draw

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

const pageSize = 50

// people of a draw, for those who organise.
type volunteersPage struct {
	view
	filter Filter
	list   []Volunteer
	counts tally
	total  int
	page   int
}

func (p volunteersPage) href(page int) string {
	q := url.Values{}
	if p.filter.Search != "" {
		q.Set("q", p.filter.Search)
	}
	if p.filter.State != "" {
		q.Set("state", p.filter.State)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return p.path() + "/volunteers"
	}
	return p.path() + "/volunteers?" + q.Encode()
}

func (c *Component) showVolunteers(w http.ResponseWriter, r *http.Request) error {
	p := volunteersPage{filter: Filter{Search: r.FormValue("q"), State: r.FormValue("state")}, page: max(1, whole(r.FormValue("page")))}
	if _, ok := states[p.filter.State]; !ok {
		p.filter.State = ""
	}
	v, err := c.organise(r, func(tx *db.Tx, v view) (err error) {
		if p.counts, err = countVolunteers(tx, v.draw.ID); err != nil {
			return err
		}
		p.list, p.total, err = volunteersOf(tx, v.draw.ID, p.filter, pageSize, (p.page-1)*pageSize)
		return err
	})
	if err != nil {
		return err
	}
	p.view = v
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.volunteers"), volunteersView(p))
}

// exportVolunteers is the whole list, for letters and calls; the link is each person's own.
func (c *Component) exportVolunteers(w http.ResponseWriter, r *http.Request) error {
	var rows [][]string
	v, err := c.organise(r, func(tx *db.Tx, v view) error {
		list, _, err := volunteersOf(tx, v.draw.ID, Filter{State: stateOf(r.FormValue("state"))}, 1_000_000, 0)
		if err != nil {
			return err
		}
		for _, one := range list {
			p := one.Person
			rows = append(rows, []string{Label(one.Number), p.Name, p.Email, p.Contact, p.Address, string(one.state()), stamp(one.InvitedAt), stamp(one.AnsweredAt), c.link(one.ID)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="volunteers-%d.csv"`, v.draw.ID))
	out := csv.NewWriter(w)
	return out.WriteAll(append([][]string{{"number", "name", "email", "contact", "address", "state", "invited_at", "answered_at", "link"}}, safe(rows)...))
}

// safe keeps spreadsheets from reading what people typed as formulas.
func safe(rows [][]string) [][]string {
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
	}
	return rows
}

func stateOf(s string) string {
	if _, ok := states[s]; ok {
		return s
	}
	return ""
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// Standing is where a volunteer stands, for lists.
type Standing string

const (
	StandUnconfirmed Standing = "unconfirmed"
	StandVolunteer   Standing = "volunteer"
	StandReserve     Standing = "reserve"
	StandDrawn       Standing = "drawn"
	StandInvited     Standing = "invited"
	StandAccepted    Standing = "accepted"
	StandDeclined    Standing = "declined"
)

func (v Volunteer) state() Standing {
	switch {
	case !v.Confirmed:
		return StandUnconfirmed
	case v.Answer == No:
		return StandDeclined
	case v.Seated && v.Answer == Yes:
		return StandAccepted
	case v.Seated && !v.InvitedAt.IsZero():
		return StandInvited
	case v.Seated:
		return StandDrawn
	case v.Reserve > 0:
		return StandReserve
	default:
		return StandVolunteer
	}
}

// recordAnswer keeps what somebody drawn told the organisers by letter or telephone.
func (c *Component) recordAnswer(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "/volunteers?state=seated", func(tx *db.Tx, v view) error {
		one, err := findVolunteer(tx, number(r.PathValue("volunteer")))
		if err != nil {
			return err
		}
		if one.Draw != v.draw.ID {
			return db.ErrNotFound
		}
		return answer(tx, v.draw, one, Answer(r.FormValue("answer")), v.access.Viewer.Account)
	})
}

func (c *Component) invite(w http.ResponseWriter, r *http.Request) error {
	message := strings.TrimSpace(strings.ReplaceAll(r.FormValue("message"), "\r\n", "\n"))
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		_, err := c.inviteSeated(tx, v.access, v.draw, message, moment(r, "answer_by", v.access.Space))
		return err
	})
	if errs := site.FieldErrors(r, err); errs != nil {
		p := newDesk(r)
		p.errs, p.words, p.by = errs, message, r.FormValue("answer_by")
		return c.deskPage(w, r, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/volunteers?state=seated")
}

// applyPage is the public form.
type applyPage struct {
	view
	form Application
	open bool
	sent bool
}

// openForm reads the draw whose form is at the address: one never opened is as if it were not.
func openForm(tx *db.Tx, r *http.Request) (v view, err error) {
	if v.draw, err = drawByID(tx, number(r.PathValue("id"))); err != nil {
		return v, err
	}
	if v.draw.ClosesAt.IsZero() {
		return v, db.ErrNotFound
	}
	if v.access.Space, err = space.Find(tx, v.draw.Space); err != nil {
		return v, err
	}
	v.rounds, err = roundsOf(tx, v.draw.ID)
	return v, err
}

func (c *Component) showApply(w http.ResponseWriter, r *http.Request) error {
	p := applyPage{sent: r.URL.Query().Has("sent"), form: Application{Code: r.URL.Query().Get("code")}}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		p.view, err = openForm(tx, r)
		p.open = canApply(p.draw, p.rounds, tx.Now)
		return err
	})
	if err != nil {
		return err
	}
	return c.applyPage(w, r, p)
}

func (c *Component) applyPage(w http.ResponseWriter, r *http.Request, p applyPage) error {
	return c.deps.Site.Render(w, r, p.status(), site.Page{Title: p.draw.Title, Zone: p.access.Space.Zone()}, applyView(p))
}

func (c *Component) apply(w http.ResponseWriter, r *http.Request) error {
	p := applyPage{open: true}
	err := c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		if p.view, err = openForm(tx, r); err != nil {
			return err
		}
		p.form = Application{Code: r.FormValue("code"), Name: plainLine(r.FormValue("name")), Email: strings.TrimSpace(r.FormValue("email")), Address: plainLine(r.FormValue("address")),
			Traits: map[string]string{}, Consents: r.FormValue("consent") != "", Language: string(site.From(r.Context()).Lang)}
		for i, k := range p.draw.Categories {
			p.form.Traits[k.Name] = r.FormValue(fmt.Sprintf("trait-%d", i))
		}
		return c.applyTo(tx, p.draw, p.form, web.ClientNetwork(r, c.deps.Site.BehindProxy))
	})
	if p.errs = site.FieldErrors(r, err); p.errs != nil {
		return c.applyPage(w, r, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, fmt.Sprintf("/apply/%d?sent", p.draw.ID))
}

// ownPage is a volunteer's own page.
type ownPage struct {
	view
	volunteer Volunteer
	token     string
	chances   []ownChance
	now       time.Time
}

// ownChance is their chance in one round.
type ownChance struct {
	round         Round
	chance, usual float64
	equal         float64 // if all had the same
	drawn         bool
}

// own reads the volunteer whose link was followed.
func (c *Component) own(tx *db.Tx, r *http.Request) (p ownPage, err error) {
	p.token, p.now = r.PathValue("token"), tx.Now
	id, err := people.ReadMemberToken(c.deps.Site.Secret, purpose, p.token)
	if err != nil {
		return p, fault.New(fault.NotFound, "draw.own.broken")
	}
	if p.volunteer, err = findVolunteer(tx, id); errors.Is(err, db.ErrNotFound) {
		return p, fault.New(fault.NotFound, "draw.own.gone")
	}
	if err != nil {
		return p, err
	}
	if p.draw, err = drawByID(tx, p.volunteer.Draw); err != nil {
		return p, err
	}
	if p.access.Space, err = space.Find(tx, p.draw.Space); err != nil {
		return p, err
	}
	p.rounds, err = roundsOf(tx, p.draw.ID)
	return p, err
}

func (c *Component) showOwn(w http.ResponseWriter, r *http.Request) error {
	var p ownPage
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if p, err = c.own(tx, r); err != nil {
			return err
		}
		for _, round := range p.rounds {
			if !round.Public() {
				continue
			}
			one, all := ownChance{round: round}, 0
			err := tx.Row("SELECT chance, usual, drawn, (SELECT count(*) FROM draw_chance WHERE round_id = $1) FROM draw_chance WHERE round_id = $1 AND volunteer_id = $2",
				[]any{round.ID, p.volunteer.ID}, &one.chance, &one.usual, &one.drawn, &all)
			if errors.Is(err, db.ErrNotFound) {
				continue // sat already, or was out
			}
			if err != nil {
				return err
			}
			one.equal = float64(round.Seats()) / float64(all)
			p.chances = append(p.chances, one)
		}
		return nil
	})
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("X-Robots-Tag", "noindex")
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: p.draw.Title, Zone: p.access.Space.Zone()}, ownView(p))
}

// actOwn is what a volunteer does by their link.
func (c *Component) actOwn(w http.ResponseWriter, r *http.Request) error {
	gone := false
	var p ownPage
	err := c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) (err error) {
		if p, err = c.own(tx, r); err != nil {
			return err
		}
		switch r.PathValue("act") {
		case "confirm":
			return confirm(tx, p.draw, p.rounds, p.volunteer)
		case "accept":
			return answer(tx, p.draw, p.volunteer, Yes, 0)
		case "decline":
			return answer(tx, p.draw, p.volunteer, No, 0)
		case "withdraw":
			gone = canChange(p.rounds)
			return withdraw(tx, p.draw, p.rounds, p.volunteer)
		}
		return db.ErrNotFound
	})
	if err != nil {
		return err
	}
	if gone {
		return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: p.draw.Title, Zone: p.access.Space.Zone()}, goneView(p))
	}
	return site.Redirect(w, r, "/volunteer/"+p.token)
}
