package draw

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/sortition"
)

// linkPause is how long one waits before a link is sent again to the same address.
const linkPause = 2 * time.Minute

// applyLimit slows down whoever fills the form by machine, per network.
var applyLimit = people.Limit{Free: 60, Forget: 20 * time.Second, First: 10 * time.Second, Max: 5 * time.Minute}

// Application is the form as filled.
type Application struct {
	Code                 string // of a letter, where people were invited by letter
	Name, Email, Address string
	Traits               map[string]string
	Consents             bool
	Language             string
}

// validate says what cannot be accepted. Fields of categories are "trait-N".
func (p Application) validate(d Draw) fault.Fields {
	f := fault.Fields{}
	if _, ok := sortition.CleanCode(p.Code); d.Mailing.Letters > 0 && !ok {
		f.Add("code", "draw.apply.code")
	}
	if p.Name == "" {
		f.Add("name", "draw.apply.name")
	}
	if len([]rune(p.Name)) > 200 {
		f.Add("name", "draw.too_long", "max", 200)
	}
	if _, err := mail.CheckAddress(p.Email); err != nil {
		f.Add("email", "draw.apply.email")
	}
	if d.OnePerAddress && p.Address == "" {
		f.Add("address", "draw.apply.address")
	}
	if len([]rune(p.Address)) > 500 {
		f.Add("address", "draw.too_long", "max", 500)
	}
	for i, c := range d.Categories {
		if !c.has(p.Traits[c.Name]) {
			f.Add(fmt.Sprintf("trait-%d", i), "draw.apply.trait", "category", c.Name)
		}
	}
	if !p.Consents {
		f.Add("consent", "draw.apply.consent")
	}
	return f
}

func (c Category) has(value string) bool {
	return slices.ContainsFunc(c.Values, func(v Value) bool { return v.Name == value })
}

// applyTo takes an application and sends the link that confirms it. It answers the same whether
// or not the address has applied before: who volunteers is nobody else's business. An
// application not yet confirmed takes what is typed last; a confirmed one is left as it is.
func (c *Component) applyTo(tx *db.Tx, d Draw, p Application, network string) error {
	rounds, err := roundsOf(tx, d.ID)
	if err != nil {
		return err
	}
	if !canApply(d, rounds, tx.Now) {
		return fault.New(fault.Conflict, "draw.apply.closed")
	}
	if err := p.validate(d).Err(); err != nil {
		return err
	}
	if err := people.MayTry(tx, applyLimit, "draw apply "+network); err != nil {
		return err
	}
	if err := people.CountTry(tx, applyLimit, "draw apply "+network); err != nil {
		return err
	}
	address, err := mail.CheckAddress(p.Email)
	if err != nil {
		return err
	}
	v, err := volunteerByEmail(tx, d.ID, strings.ToLower(address))
	switch {
	case errors.Is(err, db.ErrNotFound):
		taken, err := numbersTaken(tx, d.ID)
		if err != nil {
			return err
		}
		v = Volunteer{ID: tx.NewID(), Draw: d.ID, Number: newNumber(taken), Traits: p.Traits}
		v.Person = Person{Name: p.Name, Email: strings.ToLower(address), Address: p.Address, Language: p.Language, ConsentedAt: tx.Now, WroteAt: tx.Now}
		if err := insertVolunteer(tx, v); err != nil {
			return err
		}
		if d.Mailing.Letters > 0 {
			if err := useCode(tx, d, p.Code, v.ID); err != nil {
				return err
			}
		}
	case err != nil:
		return err
	case tx.Now.Sub(v.Person.WroteAt) < linkPause:
		return nil
	default:
		v.Person.WroteAt = tx.Now
		if !v.Confirmed {
			v.Person.Name, v.Person.Address, v.Person.Language, v.Person.ConsentedAt = p.Name, p.Address, p.Language, tx.Now
			v.Traits = p.Traits
			if err := setTraits(tx, v); err != nil {
				return err
			}
		}
		if err := updatePerson(tx, v); err != nil {
			return err
		}
	}
	return c.write(tx, v, "draw.mail.apply.subject", "draw.mail.apply.text", "title", d.Title)
}

// confirm makes an application count.
func confirm(tx *db.Tx, d Draw, rounds []Round, v Volunteer) error {
	if v.Confirmed {
		return nil
	}
	if !canApply(d, rounds, tx.Now) {
		return fault.New(fault.Conflict, "draw.apply.closed")
	}
	if _, err := tx.Exec("UPDATE draw_volunteer SET confirmed = $2 WHERE id = $1", v.ID, true); err != nil {
		return err
	}
	if err := touch(tx, d.ID); err != nil {
		return err
	}
	return record(tx, d, 0, Applied{Label(v.Number)})
}

// plainLine is what was typed on one line: no control characters, single spaces.
func plainLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
