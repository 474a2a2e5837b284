package proxy

import (
	"context"
	"errors"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// EnterPaper enters a proxy that came on paper; it stands at once. Its scan is kept first: when the
// proxy is then refused, nothing refers to the scan.
func (c *Component) EnterPaper(ctx context.Context, a space.Access, in Paper) (p electorate.Proxy, err error) {
	if !canManage(a) {
		return p, site.Forbidden()
	}
	key, mime, err := c.keepScan(ctx, in.Scan)
	if err != nil {
		return p, err
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { p, err = c.enter(tx, a, in, key, mime); return err })
	return p, err
}

// keepScan keeps a scan that is a PDF or a picture; "" for none.
func (c *Component) keepScan(ctx context.Context, s *Scan) (key, mime string, err error) {
	if s == nil {
		return "", "", nil
	}
	f := fault.Fields{}
	kind, err := blob.Sniff(s.Name, s.Content, s.Size)
	if err == nil && !kind.Inline || fault.Is(err, "blob.type") {
		f.Add("scan", "proxy.scan.type", "name", s.Name)
		return "", "", f
	}
	if err == nil && s.Size > maxScan {
		f.Add("scan", "proxy.scan.size", "max", maxScan>>20)
		return "", "", f
	}
	if err != nil {
		return "", "", scanFault(err)
	}
	ref, err := c.deps.Blobs.Put(ctx, s.Content)
	return ref.Key, kind.MIME, scanFault(err)
}

// scanFault puts a refusal of the file beside its field.
func scanFault(err error) error {
	var e *fault.Error
	if errors.As(err, &e) {
		return fault.Fields{"scan": e}
	}
	return err
}

func (c *Component) enter(tx *db.Tx, a space.Access, in Paper, key, mime string) (electorate.Proxy, error) {
	p := electorate.Proxy{Principal: in.Principal, Holder: in.Holder, Paper: true, Scan: key}
	if err := in.validate(); err != nil {
		return p, err
	}
	if _, err := electorate.FindElector(tx, a.Space.ID, in.Principal); errors.Is(err, db.ErrNotFound) {
		return p, fault.Fields{"principal": fault.New(fault.Invalid, "proxy.principal.unknown")}
	} else if err != nil {
		return p, err
	}
	if _, err := c.openStage(tx, a.Space); err != nil {
		return p, err
	}
	chair, err := checkHolder(tx, a.Space.ID, in.Choice)
	if err != nil {
		return p, err
	}
	if p, err = electorate.GiveProxy(tx, a.Viewer.Account, a.Space, p, chair); err != nil {
		return p, err
	}
	if err := saveNote(tx, p.ID, paperNote{Mime: mime}); err != nil {
		return p, err
	}
	if key != "" {
		if _, err := journal.Append(tx, about(a, p), ScanKept{p.ID, key}); err != nil {
			return p, err
		}
	}
	if p, err = electorate.FindProxy(tx, p.Space, p.ID); err != nil {
		return p, err
	}
	if err := c.write(tx, a.Space, p.Holder, "held", p, ""); err != nil {
		return p, err
	}
	return p, c.write(tx, a.Space, p.Principal, "recorded", p, "")
}

func about(a space.Access, p electorate.Proxy) journal.About {
	return journal.About{Space: p.Space, Subject: subject(p), Actor: a.Viewer.Account}
}

// CancelPaper ends a paper proxy that was entered by mistake, and keeps why. It never was a proxy:
// the rule about the opening of the vote does not hold it back, but a vote cast with it does.
func (c *Component) CancelPaper(ctx context.Context, a space.Access, id int64, typed string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if !canManage(a) {
			return site.Forbidden()
		}
		p, err := find(tx, a, id, func(_ space.Access, p electorate.Proxy) bool { return p.Paper })
		if err != nil {
			return err
		}
		reason, err := checkReason(typed)
		if err != nil {
			return err
		}
		if _, err := c.openStage(tx, a.Space); err != nil {
			return err
		}
		used, err := c.used(tx, p.Space, p.Principal)
		if err != nil {
			return err
		}
		if err := electorate.WithdrawProxy(tx, a.Viewer.Account, p, false, used, electorate.ReasonCancelled); err != nil {
			return err
		}
		note, err := findNote(tx, p.ID)
		if err != nil {
			return err
		}
		note.Cancelled = reason
		if err := saveNote(tx, p.ID, note); err != nil {
			return err
		}
		if _, err := journal.Append(tx, about(a, p), PaperCancelled{p.ID, reason}); err != nil {
			return err
		}
		if err := c.write(tx, a.Space, p.Holder, "cancelled", p, reason); err != nil {
			return err
		}
		return c.write(tx, a.Space, p.Principal, "cancelled", p, reason)
	})
}

// paperForm is what the page that enters a paper proxy shows: whom one looks for, and whom one has
// found already.
type paperForm struct {
	access            space.Access
	names             names
	chair             string
	principal, holder *electorate.Elector
	blank             bool
	search            string
	found             []electorate.Candidate
	total             int
	standing          *electorate.Proxy // that the principal has given already
	errors            map[string]string
	mayBlank, tooLate bool
}

// loadPaper reads what the request has chosen so far.
func (c *Component) loadPaper(tx *db.Tx, a space.Access, principal int64, to Choice, search string) (f paperForm, err error) {
	f = paperForm{access: a, search: search, blank: to.Blank}
	if f.names, err = c.namesOf(tx, a.Space); err != nil {
		return f, err
	}
	s, err := c.stage(tx, a.Space)
	if err != nil {
		return f, err
	}
	f.tooLate, f.mayBlank = s.Over, f.names.rules.Proxies.Blank == statute.BlankChair
	if f.principal, err = findIfAny(tx, a.Space.ID, principal); err != nil {
		return f, err
	}
	if f.holder, err = findIfAny(tx, a.Space.ID, to.Holder); err != nil {
		return f, err
	}
	if f.mayBlank {
		if f.chair, err = chairName(tx, a.Space.ID); err != nil {
			return f, err
		}
	}
	if f.principal != nil {
		p, err := electorate.GivenBy(tx, a.Space.ID, principal)
		if err == nil {
			f.standing = &p
		} else if !errors.Is(err, db.ErrNotFound) {
			return f, err
		}
	}
	return f, f.look(tx)
}

// look finds whom the page asks for: by name or number.
func (f *paperForm) look(tx *db.Tx) (err error) {
	if f.search == "" || f.ready() {
		return nil
	}
	list, total, err := electorate.SearchElectors(tx, f.access.Space.ID, f.search, 0, maxFound)
	for _, e := range list {
		if f.principal == nil || e.Member != f.principal.Member {
			f.found = append(f.found, electorate.Candidate{Elector: e})
		}
	}
	f.total = total
	return err
}

// ready tells whether both persons are chosen.
func (f paperForm) ready() bool { return f.principal != nil && (f.holder != nil || f.blank) }

// findIfAny is the elector; nil for 0 and for somebody who is not on the roll.
func findIfAny(tx *db.Tx, spaceID, member int64) (*electorate.Elector, error) {
	e, err := electorate.FindElector(tx, spaceID, member)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	return &e, err
}

// chairName is who takes blank proxies, by name; "" for nobody.
func chairName(tx *db.Tx, spaceID int64) (string, error) {
	chair, err := electorate.Chair(tx, spaceID)
	if err != nil || chair == 0 {
		return "", err
	}
	e, err := findIfAny(tx, spaceID, chair)
	if e == nil {
		return "", err
	}
	return e.Name, err
}
