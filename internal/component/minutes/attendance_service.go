package minutes

import (
	"context"
	"errors"
	"strings"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// lockSheet makes the closing of a sheet wait for arrivals under way and arrivals wait for the
// closing; on SQLite, where one writes at a time, there is nothing to wait for.
func lockSheet(tx *db.Tx, spaceID int64, closing bool) error {
	if tx.Dialect == db.SQLite {
		return nil
	}
	lock := "pg_advisory_xact_lock_shared"
	if closing {
		lock = "pg_advisory_xact_lock"
	}
	_, err := tx.Exec("SELECT "+lock+"($1)", spaceID)
	return err
}

// mustBeOpen refuses what would change a sheet that is closed.
func mustBeOpen(tx *db.Tx, spaceID int64) error {
	signed, err := findSigned(tx, spaceID)
	if err == nil && signed != nil {
		err = fault.New(fault.Conflict, "minutes.sheet.closed")
	}
	return err
}

// SignIn notes at the door that an elector is in the room. Where the statutes let whoever votes
// in person take their proxy back, coming in person does so.
func (c *Component) SignIn(ctx context.Context, a space.Access, member int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return signIn(tx, a, member) })
}

func signIn(tx *db.Tx, a space.Access, member int64) error {
	if err := must(a, canMark(a)); err != nil {
		return err
	}
	if err := lockSheet(tx, a.Space.ID, false); err != nil {
		return err
	}
	if err := mustBeOpen(tx, a.Space.ID); err != nil {
		return err
	}
	l, err := findLine(tx, a.Space.ID, member)
	if errors.Is(err, db.ErrNotFound) {
		return fault.New(fault.NotFound, "minutes.sheet.not_elector")
	}
	if err != nil || l.Mode == electorate.InRoom {
		return err
	}
	rules, err := electorate.Rules(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if rules.Proxies.InPerson {
		if err := electorate.VotedInPerson(tx, a.Viewer.Account, a.Space.ID, member); err != nil {
			return err
		}
	}
	if err := electorate.Attend(tx, a.Space.ID, member, electorate.InRoom); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), Arrived{member})
	return err
}

// UndoSignIn takes a mistaken arrival back. A proxy that it ended is not restored.
func (c *Component) UndoSignIn(ctx context.Context, a space.Access, member int64) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := must(a, canMark(a)); err != nil {
			return err
		}
		if err := lockSheet(tx, a.Space.ID, false); err != nil {
			return err
		}
		if err := mustBeOpen(tx, a.Space.ID); err != nil {
			return err
		}
		l, err := findLine(tx, a.Space.ID, member)
		if errors.Is(err, db.ErrNotFound) || err == nil && l.Mode != electorate.InRoom {
			return fault.New(fault.Conflict, "minutes.sheet.not_in_room")
		}
		if err != nil {
			return err
		}
		if err := electorate.Unattend(tx, a.Space.ID, member, electorate.InRoom); err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), ArrivalUndone{member})
		return err
	})
}

// SignSheet is the signature of the attendance sheet by a member of the bureau. The first closes
// the sheet; seen is the hash of what the signatory has read, and nothing else is signed. The last
// signature that the statutes ask for certifies it.
func (c *Component) SignSheet(ctx context.Context, a space.Access, lang i18n.Lang, seen string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.signSheet(tx, a, lang, seen) })
}

func (c *Component) signSheet(tx *db.Tx, a space.Access, lang i18n.Lang, seen string) error {
	if err := must(a, canSign(a)); err != nil {
		return err
	}
	if err := lockSheet(tx, a.Space.ID, true); err != nil {
		return err
	}
	s, err := c.scene(tx, a.Space, lang)
	if err != nil {
		return err
	}
	signed, err := findSigned(tx, a.Space.ID)
	if err != nil {
		return err
	}
	if signed == nil {
		if signed, err = closeSheet(tx, a, s, seen); err != nil {
			return err
		}
	} else if signed.Hash != seen {
		return fault.New(fault.Conflict, "minutes.sheet.changed")
	}
	switch {
	case !signed.Certified.IsZero():
		return fault.New(fault.Conflict, "minutes.sheet.certified")
	case hasSigned(signed.Signatures, a.Viewer.Account):
		return fault.New(fault.Conflict, "minutes.sheet.signed")
	}
	mine := Signature{a.Viewer.Account, a.Viewer.Name, bureauRole(a), tx.Now}
	if err := insertSignature(tx, "attendance_signature", a.Space.ID, mine); err != nil {
		return err
	}
	if _, err := journal.Append(tx, about(a.Space, a.Viewer.Account), SheetSigned{mine.Name, mine.Role, signed.Hash}); err != nil {
		return err
	}
	if !required(s.rules).met(append(signed.Signatures, mine)) {
		return nil
	}
	if err := certifySheet(tx, a.Space.ID); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), SheetCertified{signed.Hash})
	return err
}

// closeSheet keeps the sheet as it stands, if it is what was seen and no vote can change it any more.
func closeSheet(tx *db.Tx, a space.Access, s scene, seen string) (*Signed, error) {
	if err := s.maySign(); err != nil {
		return nil, err
	}
	sheet, err := s.sheet(tx, false)
	if err != nil {
		return nil, err
	}
	if _, hash, err := sheet.text(); err != nil || hash != seen {
		if err == nil {
			err = fault.New(fault.Conflict, "minutes.sheet.changed")
		}
		return nil, err
	}
	sheet.TakenAt = tx.Now
	text, hash, err := sheet.text()
	if err != nil {
		return nil, err
	}
	if err := insertSheet(tx, a.Space.ID, hash, text); err != nil {
		return nil, err
	}
	e := SheetClosed{Hash: hash}
	for _, c := range sheet.Attendance.Colleges {
		e.Present += c.PresentMembers
		e.Represented += c.RepresentedMembers
		e.Distance += c.DistanceMembers
	}
	_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), e)
	return &Signed{Closed: tx.Now, Hash: hash, Sheet: sheet}, err
}

// maySign refuses to close a sheet that a vote can still change.
func (s scene) maySign() error {
	if !s.vote.Closes.IsZero() && !s.vote.Closed {
		return fault.New(fault.Conflict, "minutes.sheet.vote_open", "closes", s.vote.Closes.In(s.space.Zone()))
	}
	return nil
}

// ReopenSheet opens a closed sheet again, with a reason, as long as it is not certified: its
// signatures are void.
func (c *Component) ReopenSheet(ctx context.Context, a space.Access, reason string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := must(a, canSign(a)); err != nil {
			return err
		}
		if err := lockSheet(tx, a.Space.ID, true); err != nil {
			return err
		}
		signed, err := findSigned(tx, a.Space.ID)
		switch {
		case err != nil:
			return err
		case signed == nil:
			return fault.New(fault.Conflict, "minutes.sheet.open")
		case !signed.Certified.IsZero():
			return fault.New(fault.Conflict, "minutes.sheet.certified")
		}
		if reason = strings.TrimSpace(reason); reason == "" {
			f := fault.Fields{}
			f.Add("reason", "minutes.sheet.reason")
			return f
		}
		if err := deleteSheet(tx, a.Space.ID); err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), SheetReopened{reason})
		return err
	})
}

// preview is the sheet as the first signatory would sign it, with the hash that says so.
func (s scene) preview(tx *db.Tx) (Sheet, string, error) {
	sheet, err := s.sheet(tx, false)
	if err != nil {
		return sheet, "", err
	}
	_, hash, err := sheet.text()
	return sheet, hash, err
}
