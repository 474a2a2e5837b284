package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/live"
	"isegoria.org/isegoria/internal/space"
)

// topic is where the browsers of a session hear of pages, drawings and the pointer: apart from the
// session's own, whose last messages these many small ones would push out.
func topic(spaceID int64) string { return fmt.Sprintf("stage/%d", spaceID) }

// LiveTopics adds what is shown to everybody's stream.
func (c *Component) LiveTopics(_ *db.Tx, a space.Access) ([]string, error) {
	return []string{topic(a.Space.ID)}, nil
}

// say sends a message to the session's browsers after the commit.
func (c *Component) say(tx *db.Tx, spaceID int64, event string, v any) error {
	data, err := json.Marshal(v)
	if err == nil {
		tx.AfterCommit(func() { c.deps.Live.Publish(topic(spaceID), live.Message{Event: event, Data: string(data)}) })
	}
	return err
}

// held is the stage, which nobody else changes meanwhile, for whoever leads.
func held(tx *db.Tx, a space.Access) (Now, error) {
	if err := component.Must(a, canLead(a)); err != nil {
		return Now{}, err
	}
	return hold(tx, a.Space.ID)
}

// change keeps what is shown, writes it down and tells the browsers.
func (c *Component) change(tx *db.Tx, a space.Access, n Now, e journal.Payload) error {
	if err := n.save(tx); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "stage")
	_, err := journal.Append(tx, about(a, a.Space.Subject()), e)
	return err
}

// show puts something before everybody: a deck at its first page, a resolution's text, nothing.
func (c *Component) show(tx *db.Tx, a space.Access, f form) error {
	n, err := held(tx, a)
	if err != nil {
		return err
	}
	what, id := Showing(f.text("what")), f.number("id")
	if what == n.Showing && id == n.Subject {
		return nil
	}
	n.Showing, n.Subject, n.Page = what, id, 0
	switch what {
	case Nothing:
		n.Subject = 0
		return c.change(tx, a, n, Hidden{})
	case ShowDeck:
		d, err := findDeck(tx, a.Space.ID, id)
		switch {
		case err != nil:
			return err
		case d.State == Failed:
			return fault.New(fault.Conflict, d.Failure, "max", maxPages)
		}
		n.Page = 1
		if err := markShown(tx, d.ID); err != nil {
			return err
		}
		return c.change(tx, a, n, Shown{what, d.Title, d.File})
	case Resolution:
		r, err := c.resolution(tx, a.Space.ID, id)
		if err != nil {
			return err
		}
		return c.change(tx, a, n, Shown{Showing: what, Title: r.Title})
	case ShowFilm:
		film, err := findFilm(tx, a.Space.ID, id)
		if err != nil {
			return err
		}
		n.Playing, n.Position, n.PlayedAt = false, 0, tx.Now
		if err := markFilm(tx, film.ID); err != nil {
			return err
		}
		return c.change(tx, a, n, Shown{what, film.Title, film.File})
	default:
		return fault.New(fault.Invalid, "stage.unreadable")
	}
}

// handOver gives the slides to somebody, by name; "" takes them back.
func (c *Component) handOver(tx *db.Tx, a space.Access, f form) error {
	n, err := held(tx, a)
	if err != nil {
		return err
	}
	to, err := c.named(tx, a.Space.ID, f.text("name"))
	switch {
	case err != nil:
		return err
	case to.Account == 0 && strings.TrimSpace(f.text("name")) != "":
		return fault.Fields{"name": fault.New(fault.Invalid, "stage.presenter.unknown")}
	}
	if n.Presenter == to.Account {
		return nil
	}
	n.Presenter = to.Account
	c.deps.LiveMoved(tx, a.Space.ID) // what they may send changes with it
	return c.change(tx, a, n, PresenterNamed{to.Account, to.Name})
}

// Presenter is the account to which those who lead gave the slides.
func (c *Component) Presenter(tx *db.Tx, spaceID int64) (int64, error) {
	n, err := load(tx, spaceID)
	return n.Presenter, err
}

// resolution is a resolution of the space with its texts.
func (c *Component) resolution(tx *db.Tx, spaceID, id int64) (component.ResolutionText, error) {
	list, err := c.resolutions(tx, spaceID)
	for _, r := range list {
		if r.ID == id {
			return r, err
		}
	}
	return component.ResolutionText{}, errors.Join(db.ErrNotFound, err)
}

func (c *Component) resolutions(tx *db.Tx, spaceID int64) (list []component.ResolutionText, err error) {
	err = component.Ask(c.deps, func(k component.ResolutionKeeper) error {
		more, err := k.ResolutionTexts(tx, spaceID)
		list = append(list, more...)
		return err
	})
	return list, err
}

// people are those who can be given something to do: whoever has a part in the space, and whoever
// has the session's page open; by account.
func (c *Component) people(tx *db.Tx, spaceID int64) (map[int64]string, error) {
	session, err := c.deps.LiveSession(tx, spaceID)
	if err != nil {
		return nil, err
	}
	all := map[int64]string{}
	for account, p := range session.Present {
		all[account] = p.Name
	}
	return all, tx.Each("SELECT a.id, a.name FROM role r JOIN account a ON a.id = r.account_id WHERE r.space_id = $1", []any{spaceID},
		func(scan func(...any) error) error {
			var account int64
			var name string
			err := scan(&account, &name)
			all[account] = name
			return err
		})
}

// named is the one of them who bears the name; nobody where two do, or none.
func (c *Component) named(tx *db.Tx, spaceID int64, name string) (component.LivePerson, error) {
	all, err := c.people(tx, spaceID)
	var who component.LivePerson
	found := 0
	for account, known := range all {
		if strings.EqualFold(known, strings.TrimSpace(name)) {
			who, found = component.LivePerson{Account: account, Name: known}, found+1
		}
	}
	if found != 1 {
		return component.LivePerson{}, err
	}
	return who, err
}

// presented is the deck before everybody, for whoever presents. A form of another deck, or of a
// page that the deck has not, comes from a page that is out of date.
func presented(tx *db.Tx, a space.Access, f form) (n Now, d Deck, page int, err error) {
	if n, err = hold(tx, a.Space.ID); err != nil {
		return n, d, 0, err
	}
	if err := component.Must(a, canPresent(a, n.Presenter)); err != nil {
		return n, d, 0, err
	}
	if n.Showing != ShowDeck || n.Subject != f.number("deck") {
		return n, d, 0, fault.New(fault.Conflict, "stage.not_shown")
	}
	if d, err = findDeck(tx, a.Space.ID, n.Subject); err != nil {
		return n, d, 0, err
	}
	page = int(f.number("page"))
	if d.State != Ready || page < 1 || page > d.Total {
		return n, d, 0, fault.New(fault.Conflict, "stage.no_page")
	}
	return n, d, page, nil
}

// turnPage shows everybody another page. The message carries it: nothing is asked for again.
func (c *Component) turnPage(tx *db.Tx, a space.Access, f form) error {
	n, d, page, err := presented(tx, a, f)
	if err != nil || page == n.Page {
		return err
	}
	n.Page = page
	if err := n.save(tx); err != nil {
		return err
	}
	e := PageTurned{d.ID, page}
	if err := c.say(tx, a.Space.ID, "stage-page", e); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, d.subject()), e)
	return err
}
