package draw

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are the draws, among everybody's views once one concerns everybody.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	list, err := visible(tx, a)
	if err != nil {
		return nil, err
	}
	tab := component.Tab{Order: 50, Text: t("draw.tab"), Href: a.Space.Path() + "/draws"}
	for _, v := range list {
		if !v.draw.ClosesAt.IsZero() || anyPublic(v.rounds) {
			return []component.Tab{tab}, nil
		}
	}
	if !canPrepare(a) || len(list) == 0 && a.Space.Kind == space.GeneralAssembly {
		return nil, nil // an assembly of all its members draws nobody, until somebody prepares a draw
	}
	tab.Order = 86
	return []component.Tab{tab}, nil
}

// Now is applying while the form is open, watching while the number is awaited, and for
// organisers what comes next.
func (c *Component) Now(ctx context.Context, tx *db.Tx, a space.Access) ([]component.Now, error) {
	list, err := visible(tx, a)
	if err != nil {
		return nil, err
	}
	var out []component.Now
	for _, v := range list {
		add := func(urgency int, key, href string) {
			out = append(out, component.Now{Urgency: urgency, Title: site.T(ctx, "draw.now."+key, "title", v.draw.Title),
				Text:    site.T(ctx, "draw.now."+key+"_text", "size", v.draw.Size, "closes", v.draw.ClosesAt),
				Actions: []ui.ActionLink{{Text: site.T(ctx, "draw.now."+key+"_go"), Href: href, Icon: ui.IconArrow}}})
		}
		switch last := v.last(); {
		case last.State == Published:
			add(29, "watch", v.path())
		case canApply(v.draw, v.rounds, tx.Now):
			add(21, "apply", fmt.Sprintf("/apply/%d", v.draw.ID))
		case canPrepare(a) && last.State == Ready:
			add(25, "publish", v.path()+"/prepare")
		}
	}
	return out, nil
}

// writeRounds adds the files of a draw's public rounds: what verifies it.
func writeRounds(tx *db.Tx, folder string, d Draw, add component.AddFile) error {
	rounds, err := roundsOf(tx, d.ID)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		if !r.Public() {
			continue
		}
		f, err := filesOf(tx, r.ID)
		if err != nil {
			return err
		}
		at := fmt.Sprintf("%sdraw-%d/", folder, d.ID)
		for _, one := range []struct {
			name  string
			write func(io.Writer) error
		}{{"report.json", writeText(f.report)}, {"pool.csv", writeText(f.pool)}, {"categories.csv", writeText(f.quotas)},
			{"panels.csv", func(w io.Writer) error { return writePanels(w, f) }}} {
			if err := add(at+fileName(r, one.name), one.write); err != nil {
				return err
			}
		}
	}
	return nil
}

// Evidence is what verifies the space's draws.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	draws, err := drawsOf(tx, sp.ID)
	if err != nil {
		return err
	}
	for _, d := range draws {
		if err := writeRounds(tx, "draw/", d, add); err != nil {
			return err
		}
	}
	return nil
}

// Export is every draw with its quotas, the files that verify it, and its volunteers until
// they are erased.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	draws, err := allDraws(tx)
	if err != nil || len(draws) == 0 {
		return err
	}
	if err := add("draw/draws.json", func(w io.Writer) error { return indented(w, draws) }); err != nil {
		return err
	}
	for _, d := range draws {
		sp, err := space.Find(tx, d.Space)
		if err != nil {
			return err
		}
		if err := writeRounds(tx, sp.Slug+"/draw/", d, add); err != nil {
			return err
		}
		err = add(fmt.Sprintf("draw/draw-%d-volunteers.jsonl", d.ID), func(w io.Writer) error {
			line := json.NewEncoder(w)
			return tx.Each("SELECT "+volunteerColumns+volunteerTables+" WHERE v.draw_id = $1 ORDER BY v.number", []any{d.ID}, func(scan func(...any) error) error {
				v, err := scanVolunteer(scan)
				if err != nil {
					return err
				}
				return line.Encode(exported(v))
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// exported is a volunteer in open formats.
func exported(v Volunteer) map[string]any {
	return map[string]any{"number": Label(v.Number), "name": v.Person.Name, "email": v.Person.Email, "contact": v.Person.Contact, "address": v.Person.Address,
		"state": v.state(), "invited_at": stamp(v.InvitedAt), "answered_at": stamp(v.AnsweredAt), "consented_at": stamp(v.Person.ConsentedAt)}
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// ExportMember is what is held of a member who volunteered from the address of the register.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	list, err := memberVolunteers(tx, member)
	if err != nil || len(list) == 0 {
		return err
	}
	var b bytes.Buffer
	for _, v := range list {
		whole, err := findVolunteer(tx, v.ID)
		if err != nil {
			return err
		}
		one := exported(whole)
		one["categories"] = whole.Traits
		if err := json.NewEncoder(&b).Encode(one); err != nil {
			return err
		}
	}
	return add("draw/volunteer.jsonl", func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err })
}

// EraseMember forgets that a number was the member's.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	list, err := memberVolunteers(tx, member)
	if err != nil {
		return err
	}
	for _, v := range list {
		if _, err := tx.Exec("DELETE FROM draw_person WHERE volunteer_id = $1", v.ID); err != nil {
			return err
		}
	}
	return nil
}
