package draw

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// publishList publishes the list of a round and says where its number will come from.
func publishList(tx *db.Tx, a space.Access, d Draw, r Round, m Method) error {
	if r.State != Ready {
		return fault.New(fault.Conflict, "draw.not_ready")
	}
	f := fault.Fields{}
	if m.Sides != 0 && !slices.Contains(Sides, m.Sides) || m.Sides == 0 && m.BeaconAt.IsZero() {
		f.Add("sides", "draw.method.none")
	}
	if _, err := sortition.FindBeacon(m.Chain); err != nil {
		f.Add("chain", "draw.method.chain_wrong")
	} else if !m.BeaconAt.IsZero() {
		if m.BeaconAt.Before(tx.Now.Add(time.Minute)) || m.BeaconAt.After(tx.Now.AddDate(1, 0, 0)) {
			f.Add("beacon_at", "draw.method.beacon_past")
		} else {
			m.Beacon, m.BeaconAt = m.chain().RoundAt(m.BeaconAt)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE draw_round SET state = $2, method = $3, published_at = $4 WHERE id = $1", r.ID, string(Published), toJSON(m), tx.Now)
	if err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, ListPublished{d.Title, r.Ordinal, r.Panels, r.Summary.Hash, m.Sides, m.Beacon, m.Chain})
}

// mustBePublished refuses what can only be done between publication and the number.
func mustBePublished(r Round) error {
	if r.State != Published {
		return fault.New(fault.Conflict, "draw.not_published")
	}
	return nil
}

// throwDie enters one die or ball, while one is missing.
func throwDie(tx *db.Tx, a space.Access, d Draw, r Round, shows int) error {
	if err := mustBePublished(r); err != nil {
		return err
	}
	throws, err := throwsOf(tx, r.ID)
	if err != nil {
		return err
	}
	if _, _, next, _ := contributions(r, throws); next == 0 {
		return fault.New(fault.Conflict, "draw.die.enough")
	}
	if from, to := faces(r.Method.Sides); shows < from || shows > to {
		return fault.Fields{"shows": fault.New(fault.Invalid, "draw.die.wrong", "from", from, "to", to)}
	}
	_, err = tx.Exec("INSERT INTO draw_throw (id, round_id, shows, actor_id, at, struck) VALUES ($1, $2, $3, $4, $5, $6)",
		tx.NewID(), r.ID, shows, a.Viewer.Account, tx.Now, false)
	if err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, DieEntered{d.Title, shows})
}

// strikeDie takes back the last die, entered by mistake: it stays readable, struck through.
func strikeDie(tx *db.Tx, a space.Access, d Draw, r Round) error {
	if err := mustBePublished(r); err != nil {
		return err
	}
	throws, err := throwsOf(tx, r.ID)
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(throws) {
		if t.Struck {
			continue
		}
		if _, err := tx.Exec("UPDATE draw_throw SET struck = $2 WHERE id = $1", t.ID, true); err != nil {
			return err
		}
		return record(tx, d, a.Viewer.Account, DieStruck{d.Title, t.Shows})
	}
	return nil
}

// Proclaim draws the number of a published list from what was thrown: the panel is drawn.
func (c *Component) Proclaim(ctx context.Context, a space.Access, d Draw, roundID int64) error {
	var f files
	var r Round
	var throws []Throw
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r, err = findRound(tx, roundID); err != nil {
			return err
		}
		if err := mustBePublished(r); err != nil {
			return err
		}
		if throws, err = throwsOf(tx, r.ID); err != nil {
			return err
		}
		f, err = filesOf(tx, r.ID)
		return err
	})
	if err != nil {
		return err
	}
	sources, number, _, complete := contributions(r, throws)
	if !complete {
		return fault.New(fault.Conflict, "draw.die.missing")
	}
	var report sortition.Report
	if err := json.Unmarshal([]byte(f.report), &report); err != nil {
		return fmt.Errorf("report of round %d: %w", r.ID, err)
	}
	in := sortition.Files{Pool: []byte(f.pool), Quotas: []byte(f.quotas)}
	if err := report.Draw(in, sources); err != nil {
		return err
	}
	text, err := reportText(&report)
	if err != nil {
		return err
	}
	if report.Number != number {
		return errors.New("the number shown is not the report's")
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		now, err := throwsOf(tx, r.ID)
		if err != nil {
			return err
		}
		if !slices.Equal(now, throws) {
			return fault.New(fault.Conflict, "draw.die.changed")
		}
		r.Summary.Quotas = report.Quotas
		return seat(tx, a, d, r, &report, string(text))
	})
}

// seat writes the panel that the number names.
func seat(tx *db.Tx, a space.Access, d Draw, r Round, report *sortition.Report, text string) error {
	n, err := tx.Exec("UPDATE draw_round SET state = $2, report = $3, summary = $4, number = $5, drawn_at = $6 WHERE id = $1 AND state = $7",
		r.ID, string(Drawn), text, toJSON(r.Summary), report.Number, tx.Now, string(Published))
	if err != nil {
		return err
	}
	if n == 0 {
		return mustBePublished(Round{State: Drawn})
	}
	var labels []string
	if r.Ordinal == 1 {
		var err error
		if labels, err = seatFixed(tx, d); err != nil {
			return err
		}
	}
	for _, row := range report.Panel {
		if slices.Contains(r.Options.Fixed, row) {
			continue // sits already
		}
		var id, number int64
		err := tx.Row(`UPDATE draw_chance SET drawn = $3 WHERE round_id = $1 AND place = $2 RETURNING volunteer_id`, []any{r.ID, row, true}, &id)
		if err != nil {
			return err
		}
		err = tx.Row("UPDATE draw_volunteer SET seated = (answer <> 'declined') WHERE id = $1 RETURNING number", []any{id}, &number)
		if err != nil {
			return err
		}
		labels = append(labels, Label(number))
	}
	return record(tx, d, a.Viewer.Account, NumberDrawn{d.Title, r.Ordinal, report.Number, labels})
}

// seatFixed gives their seats to those who sit in any case; nobody asks them again.
func seatFixed(tx *db.Tx, d Draw) ([]string, error) {
	for _, number := range d.fixedNumbers() {
		_, err := tx.Exec("UPDATE draw_volunteer SET seated = $3, answer = $4, answered_at = $5 WHERE draw_id = $1 AND number = $2 AND answer <> 'declined'",
			d.ID, number, true, string(Yes), tx.Now)
		if err != nil {
			return nil, err
		}
	}
	return labelsOf(d.fixedNumbers()), nil
}
