package proxy

import (
	"context"
	"errors"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// stage asks those who hold votes where the space stands.
func (c *Component) stage(tx *db.Tx, sp space.Space) (s stage, err error) {
	err = component.Ask(c.deps, func(v component.VoteState) (err error) { s.Period, err = v.Period(tx, sp.ID); return err })
	s.Over = s.Closed || !sp.ArchivedAt.IsZero()
	return s, err
}

// openStage is the stage, refused once nothing changes any more.
func (c *Component) openStage(tx *db.Tx, sp space.Space) (stage, error) {
	s, err := c.stage(tx, sp)
	if err == nil && s.Over {
		err = fault.New(fault.Conflict, "proxy.too_late")
	}
	return s, err
}

// used tells whether a holder has voted with the principal's proxy.
func (c *Component) used(tx *db.Tx, spaceID, principal int64) (used bool, err error) {
	err = component.Ask(c.deps, func(v component.VoteState) error {
		did, err := v.VotedFor(tx, spaceID, principal)
		used = used || did
		return err
	})
	return used, err
}

// Give gives the viewer's proxy. One that stands is withdrawn first, where the statutes still
// allow it: both happen or neither.
func (c *Component) Give(ctx context.Context, a space.Access, to Choice) (p electorate.Proxy, err error) {
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { p, err = c.give(tx, a, to); return err })
	return p, err
}

func (c *Component) give(tx *db.Tx, a space.Access, to Choice) (electorate.Proxy, error) {
	p := electorate.Proxy{Principal: a.Viewer.Member, Holder: to.Holder}
	if !canGive(a) {
		return p, fault.New(fault.Forbidden, "proxy.not_elector")
	}
	if err := to.validate(); err != nil {
		return p, err
	}
	s, err := c.openStage(tx, a.Space)
	if err != nil {
		return p, err
	}
	chair, err := checkHolder(tx, a.Space.ID, to)
	if err != nil {
		return p, err
	}
	old, err := electorate.GivenBy(tx, a.Space.ID, p.Principal)
	switch {
	case errors.Is(err, db.ErrNotFound):
	case err != nil:
		return p, err
	case old.Blank && to.Blank || !old.Blank && !to.Blank && old.Holder == to.Holder:
		return p, fault.New(fault.Conflict, "proxy.same", "holder", old.HolderName)
	default:
		if err := c.end(tx, a, s.Opened, old, electorate.ReasonReplaced); err != nil {
			return p, err
		}
	}
	if p, err = electorate.GiveProxy(tx, a.Viewer.Account, a.Space, p, chair); err != nil {
		return p, err
	}
	if p, err = electorate.FindProxy(tx, p.Space, p.ID); err != nil {
		return p, err
	}
	if p.Blank {
		return p, c.write(tx, a.Space, p.Holder, "held", p, "")
	}
	return p, c.write(tx, a.Space, p.Holder, "offered", p, "")
}

// checkHolder makes sure that the holder is on the roll, and finds who takes a blank proxy.
func checkHolder(tx *db.Tx, spaceID int64, to Choice) (chair int64, err error) {
	if to.Blank {
		return electorate.Chair(tx, spaceID)
	}
	_, err = electorate.FindElector(tx, spaceID, to.Holder)
	if errors.Is(err, db.ErrNotFound) {
		f := fault.Fields{}
		f.Add("holder", "proxy.holder.unknown")
		err = f
	}
	return 0, err
}

// end withdraws a proxy by the statutes' rule and tells its holder. opened: the rule about the
// opening of the vote applies.
func (c *Component) end(tx *db.Tx, a space.Access, opened bool, p electorate.Proxy, reason string) error {
	used, err := c.used(tx, p.Space, p.Principal)
	if err != nil {
		return err
	}
	if err := electorate.WithdrawProxy(tx, a.Viewer.Account, p, opened, used, reason); err != nil {
		return err
	}
	if reason == electorate.ReasonReturned {
		return c.write(tx, a.Space, p.Principal, "returned", p, "")
	}
	return c.write(tx, a.Space, p.Holder, "withdrawn", p, "")
}

// find is a proxy for somebody who may do that with it; for all others it is as if it were not.
func find(tx *db.Tx, a space.Access, id int64, may func(space.Access, electorate.Proxy) bool) (electorate.Proxy, error) {
	p, err := electorate.FindProxy(tx, a.Space.ID, id)
	if errors.Is(err, db.ErrNotFound) || err == nil && !may(a, p) {
		return p, fault.New(fault.NotFound, "proxy.unknown")
	}
	return p, err
}

// Withdraw takes the viewer's proxy back, where the statutes still allow it.
func (c *Component) Withdraw(ctx context.Context, a space.Access, id int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := find(tx, a, id, canWithdraw)
		if err != nil {
			return err
		}
		s, err := c.openStage(tx, a.Space)
		if err != nil {
			return err
		}
		return c.end(tx, a, s.Opened, p, electorate.ReasonWithdrawn)
	})
}

// Answer accepts or refuses a proxy offered to the viewer.
func (c *Component) Answer(ctx context.Context, a space.Access, id int64, accept bool) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := find(tx, a, id, canAnswer)
		if err != nil {
			return err
		}
		if _, err := c.openStage(tx, a.Space); err != nil {
			return err
		}
		if err := electorate.AnswerProxy(tx, a.Viewer.Account, p, accept); err != nil {
			return err
		}
		if accept {
			return c.write(tx, a.Space, p.Principal, "accepted", p, "")
		}
		return c.write(tx, a.Space, p.Principal, "refused", p, "")
	})
}

// Return gives back a proxy that the viewer has accepted and not voted with. That the vote has
// opened is no obstacle: nobody carries a proxy against their will.
func (c *Component) Return(ctx context.Context, a space.Access, id int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		p, err := find(tx, a, id, canAnswer)
		if err != nil {
			return err
		}
		if _, err := c.openStage(tx, a.Space); err != nil {
			return err
		}
		if p.State == electorate.ProxyOffered {
			return fault.New(fault.Conflict, "proxy.return.offered")
		}
		return c.end(tx, a, false, p, electorate.ReasonReturned)
	})
}

// read is what the viewer's page of proxies shows.
func (c *Component) read(tx *db.Tx, a space.Access) (v ownView, err error) {
	v = ownView{access: a}
	if v.names, err = c.namesOf(tx, a.Space); err != nil {
		return v, err
	}
	if v.stage, err = c.stage(tx, a.Space); err != nil || a.Viewer.Member == 0 {
		return v, err
	}
	if canGive(a) {
		if err := c.readGiven(tx, &v); err != nil {
			return v, err
		}
	}
	all, err := electorate.HeldBy(tx, a.Space.ID, a.Viewer.Member)
	for _, p := range all {
		h := holding{Proxy: p}
		if h.principal, err = electorate.FindElector(tx, a.Space.ID, p.Principal); err != nil {
			return v, err
		}
		if p.State == electorate.ProxyOffered {
			v.offers = append(v.offers, h)
			continue
		}
		if h.used, err = c.used(tx, a.Space.ID, p.Principal); err != nil {
			return v, err
		}
		v.held = append(v.held, h)
	}
	return v, err
}

// readGiven reads what the viewer gives, and to whom a blank proxy would go.
func (c *Component) readGiven(tx *db.Tx, v *ownView) (err error) {
	id, member := v.access.Space.ID, v.access.Viewer.Member
	if v.elector, err = electorate.FindElector(tx, id, member); err != nil {
		return err
	}
	if v.took, err = electorate.TookPart(tx, id, member); err != nil {
		return err
	}
	if v.rules.Proxies.Blank == statute.BlankChair {
		if v.chair, err = chairName(tx, id); err != nil {
			return err
		}
	}
	p, err := electorate.GivenBy(tx, id, member)
	if errors.Is(err, db.ErrNotFound) {
		return v.readRefusal(tx, id, member)
	}
	if err != nil {
		return err
	}
	used, err := c.used(tx, id, member)
	v.given = &p
	v.mayWithdraw, v.whyNot = mayWithdraw(v.rules, p, v.stage, used)
	return err
}

// readRefusal finds who refused the last proxy the member gave, if that is how it ended.
func (v *ownView) readRefusal(tx *db.Tx, spaceID, member int64) error {
	p, err := electorate.LastGivenBy(tx, spaceID, member)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err == nil && p.State == electorate.ProxyRefused {
		v.refusedBy = p.HolderName
	}
	return err
}
