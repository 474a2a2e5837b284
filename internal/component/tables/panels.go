package tables

import (
	"context"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// placeView is where the viewer belongs now.
type placeView struct {
	access space.Access
	round  Round
	table  Table  // theirs, or the one they visit; of number 0 for none
	to     string // the page they belong on
	sits   bool   // the round is at work
	away   bool
	visits bool
	auto   bool // the page takes them there by itself
}

// showPlace says where the viewer belongs, and takes them there.
func (c *Component) showPlace(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v := placeView{access: a, to: a.Space.Path() + "/live"}
	seat, r, err := c.seatNow(tx, a.Space.ID, a.Viewer.Account)
	if err != nil {
		return nil, err
	}
	v.round, v.sits, v.away, v.visits = r, r.Sits(tx.Now) && s.Open, seat.Away && seat.Visit == 0, seat.Visit != 0
	if id := seat.Visit + seat.Table; id != 0 {
		if v.visits {
			id = seat.Visit
		}
		if v.table, err = tableByID(tx, id); err != nil {
			return nil, err
		}
	}
	if v.sits && seat.at() != 0 {
		v.to, v.auto = v.table.path(a.Space), true
	}
	return placePart(v), nil
}

// showChoice is choosing a table.
func (c *Component) showChoice(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.roundView(tx, a, s)
	if err != nil || v.round.State != Draft || v.round.Mix != Choice {
		return nil, err
	}
	return choicePart(v), v.seated(tx)
}

func (c *Component) showSpot(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heldView(tx, a, s)
	if err != nil || v.round.Spotlight <= 0 || !v.round.Back(tx.Now) {
		return nil, err
	}
	if err := v.gathered(tx); err != nil {
		return nil, err
	}
	return spotPart(v), nil
}

// showHarvestPart is what the tables gave, for those who take part.
func (c *Component) showHarvestPart(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heldView(tx, a, s)
	if err != nil || !v.round.Back(tx.Now) {
		return nil, err
	}
	if err := v.gathered(tx); err != nil || len(v.cards) == 0 {
		return nil, err
	}
	return harvestPart(v), nil
}

func (c *Component) showScreen(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heldView(tx, a, s)
	if err != nil || v.round.ID == 0 || !s.Open {
		return nil, err
	}
	if err := v.gathered(tx); err != nil {
		return nil, err
	}
	return screenPart(v), nil
}

// showCalls are the calls for help, on the pages of those who lead.
func (c *Component) showCalls(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heldView(tx, a, s)
	if err != nil || !v.round.Sits(tx.Now) {
		return nil, err
	}
	if v.calls, err = openCalls(tx, v.round.ID); err != nil || len(v.calls) == 0 {
		return nil, err
	}
	return callsPart(v), nil
}

// showLead is the tables in short, on the chair's page.
func (c *Component) showLead(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.roundView(tx, a, s)
	if err != nil {
		return nil, err
	}
	if v.round.ID != 0 {
		if err := v.seated(tx); err != nil {
			return nil, err
		}
	}
	return leadPart(v), nil
}

// showGather is what the tables gave, with what those who lead do with it.
func (c *Component) showGather(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heldView(tx, a, s)
	if err != nil || !v.round.Back(tx.Now) {
		return nil, err
	}
	if err := v.gathered(tx); err != nil || len(v.cards) == 0 {
		return nil, err
	}
	return gatherPart(v), nil
}

func (c *Component) showConsolePart(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heldView(tx, a, s)
	if err != nil || v.round.ID == 0 {
		return nil, err
	}
	if err := v.work(tx); err != nil {
		return nil, err
	}
	return consolePart(v), nil
}
