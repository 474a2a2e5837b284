package minutes

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// change runs fn on the minutes of the space, held for writing, when the viewer may; minutes that
// are approved are refused, and so is a space without any.
func (c *Component) change(ctx context.Context, a space.Access, may bool, fn func(tx *db.Tx, m *Minutes) error) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := must(a, may); err != nil {
			return err
		}
		m, err := lockMinutes(tx, a.Space.ID)
		switch {
		case err != nil:
			return err
		case m == nil:
			return fault.New(fault.NotFound, "minutes.none")
		case m.State == ApprovedState:
			return fault.New(fault.Conflict, "minutes.approved_already")
		}
		return fn(tx, m)
	})
}

// DraftMinutes writes the minutes from the journal: the first time in the language given, then again in
// the same, keeping what people have typed.
func (c *Component) DraftMinutes(ctx context.Context, a space.Access, lang i18n.Lang) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := must(a, canWrite(a)); err != nil {
			return err
		}
		m, err := lockMinutes(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if m == nil {
			if err := insertMinutes(tx, a.Space.ID); err != nil {
				return err
			}
			s, err := c.scene(tx, a.Space, lang)
			if err != nil {
				return err
			}
			content, err := c.draft(tx, s)
			if err != nil {
				return err
			}
			return c.keep(tx, a, &Minutes{State: DraftState}, content, VersionKept{How: "drafted"})
		}
		if m.State == ApprovedState {
			return fault.New(fault.Conflict, "minutes.approved_already")
		}
		return c.draftAgain(tx, a, m)
	})
}

func (c *Component) draftAgain(tx *db.Tx, a space.Access, m *Minutes) error {
	old, err := findVersion(tx, a.Space.ID, m.Version)
	if err != nil {
		return err
	}
	s, err := c.scene(tx, a.Space, i18n.Lang(old.Content.Lang))
	if err != nil {
		return err
	}
	fresh, err := c.draft(tx, s)
	if err != nil {
		return err
	}
	draft, _ := old.Content.drafted(Debates)
	fresh = fresh.WithTexts(old.Content.Texts()).withDraft(Debates, draft)
	if sameContent(fresh, old.Content) {
		return nil
	}
	return c.keep(tx, a, m, fresh, VersionKept{How: "drafted"})
}

func sameContent(a, b Content) bool {
	x, _, errX := a.text()
	y, _, errY := b.text()
	return errX == nil && errY == nil && x == y
}

// keep makes the content the next version; what was before the bureau is so no longer.
func (c *Component) keep(tx *db.Tx, a space.Access, m *Minutes, content Content, e VersionKept) error {
	if err := content.Validate().Err(); err != nil {
		return err
	}
	if m.State == SubmittedState {
		if err := withdraw(tx, a, m); err != nil {
			return err
		}
	}
	text, hash, err := content.text()
	if err != nil {
		return err
	}
	e.Version, e.Hash = m.Version+1, hash
	if err := addVersion(tx, a, e.Version, e.How, text); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), e)
	return err
}

// Stale is the refusal of a text typed on a version that somebody has replaced meanwhile.
type Stale struct{ Current Version }

func (s *Stale) Error() string {
	return "minutes: typed on a version that is no longer the current one"
}

// SaveTexts keeps the typed texts, by section, as the next version. base is the version they were typed
// on: when there is a newer one nothing is kept and the error is a [*Stale]. Texts that change nothing
// make no version.
func (c *Component) SaveTexts(ctx context.Context, a space.Access, base int64, texts map[string]string) error {
	return c.change(ctx, a, canWrite(a), func(tx *db.Tx, m *Minutes) error {
		current, err := findVersion(tx, a.Space.ID, m.Version)
		if err != nil {
			return err
		}
		content := current.Content.WithTexts(texts)
		if reflect.DeepEqual(content.Texts(), current.Content.Texts()) {
			return nil
		}
		if m.Version != base {
			return &Stale{current}
		}
		return c.keep(tx, a, m, content, VersionKept{How: "edited"})
	})
}

// AddDebates puts a summary of the debates into what was typed of them, to be edited; written tells
// whether it has the speeches that the chair read out. It takes the place of the summary that was put
// there before, as long as nobody has edited that one; then it goes behind it, if again says so.
func (c *Component) AddDebates(ctx context.Context, a space.Access, written, again bool) error {
	return c.change(ctx, a, canWrite(a), func(tx *db.Tx, m *Minutes) error {
		current, err := findVersion(tx, a.Space.ID, m.Version)
		if err != nil {
			return err
		}
		var drafts []string
		err = component.Ask(c.deps, func(k component.DebateKeeper) error {
			more, err := k.Debates(tx, a.Space, i18n.Lang(current.Content.Lang), written)
			drafts = append(drafts, more)
			return err
		})
		if err != nil {
			return err
		}
		draft, text := tidy(strings.Join(drafts, "\n\n")), current.Content.Texts()[Debates]
		former, untouched := current.Content.drafted(Debates)
		switch {
		case draft == "" || draft == former && untouched:
			return fault.New(fault.Conflict, "minutes.debates.none")
		case untouched:
			text = strings.Replace(text, former, draft, 1)
		case former != "" && text != "" && !again:
			return fault.New(fault.Conflict, "minutes.debates.edited")
		default:
			text += "\n\n" + draft
		}
		content := current.Content.WithTexts(map[string]string{Debates: text}).withDraft(Debates, draft)
		return c.keep(tx, a, m, content, VersionKept{How: "edited"})
	})
}

// RestoreVersion makes an earlier version the current one again, as a new version.
func (c *Component) RestoreVersion(ctx context.Context, a space.Access, number int64) error {
	return c.change(ctx, a, canWrite(a), func(tx *db.Tx, m *Minutes) error {
		v, err := findVersion(tx, a.Space.ID, number)
		if err != nil || number == m.Version {
			return err
		}
		return c.keep(tx, a, m, v.Content, VersionKept{How: "restored", From: number})
	})
}

// ShowDraft shows the draft to members, or no longer.
func (c *Component) ShowDraft(ctx context.Context, a space.Access, shown bool) error {
	return c.change(ctx, a, canWrite(a), func(tx *db.Tx, m *Minutes) error {
		if m.Published == shown {
			return nil
		}
		if err := setPublished(tx, a.Space.ID, shown); err != nil {
			return err
		}
		_, err := journal.Append(tx, about(a.Space, a.Viewer.Account), DraftShown{shown})
		return err
	})
}

// Submit puts the version before the bureau. What is left to complete is refused by name.
func (c *Component) Submit(ctx context.Context, a space.Access, version int64) error {
	return c.change(ctx, a, canWrite(a), func(tx *db.Tx, m *Minutes) error {
		if m.State == SubmittedState {
			return fault.New(fault.Conflict, "minutes.submitted_already")
		}
		v, err := findVersion(tx, a.Space.ID, m.Version)
		if err != nil {
			return err
		}
		if m.Version != version {
			return fault.New(fault.Conflict, "minutes.newer", "author", v.Author)
		}
		mark := c.deps.Site.Words.T(i18n.Lang(v.Content.Lang), "minutes.mark")
		if left := v.Content.unfinished(mark); len(left) > 0 {
			return fault.New(fault.Conflict, "minutes.unfinished", "sections", strings.Join(left, ", "))
		}
		if err := setState(tx, a.Space.ID, SubmittedState); err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), Submitted{m.Version})
		return err
	})
}

// Withdraw takes the version back from the bureau.
func (c *Component) Withdraw(ctx context.Context, a space.Access) error {
	return c.change(ctx, a, canWrite(a), func(tx *db.Tx, m *Minutes) error {
		if m.State != SubmittedState {
			return fault.New(fault.Conflict, "minutes.not_submitted")
		}
		return withdraw(tx, a, m)
	})
}

func withdraw(tx *db.Tx, a space.Access, m *Minutes) error {
	if err := setState(tx, a.Space.ID, DraftState); err != nil {
		return err
	}
	_, err := journal.Append(tx, about(a.Space, a.Viewer.Account), Withdrawn{m.Version})
	return err
}

// Approve is the approval of the version by a member of the bureau. The last that the statutes ask for
// freezes the minutes.
func (c *Component) Approve(ctx context.Context, a space.Access, version int64) error {
	return c.change(ctx, a, canSign(a), func(tx *db.Tx, m *Minutes) error {
		switch {
		case m.State != SubmittedState:
			return fault.New(fault.Conflict, "minutes.not_submitted")
		case m.Version != version:
			return fault.New(fault.Conflict, "minutes.changed")
		case hasSigned(m.Approvals, a.Viewer.Account):
			return fault.New(fault.Conflict, "minutes.approved_by_you")
		}
		mine := Signature{a.Viewer.Account, a.Viewer.Name, bureauRole(a), tx.Now}
		if err := insertSignature(tx, "minutes_approval", a.Space.ID, mine); err != nil {
			return err
		}
		if _, err := journal.Append(tx, about(a.Space, a.Viewer.Account), ApprovalGiven{m.Version, mine.Name, mine.Role}); err != nil {
			return err
		}
		m.Approvals = append(m.Approvals, mine)
		return c.freezeWhenApproved(tx, a, m)
	})
}

func (c *Component) freezeWhenApproved(tx *db.Tx, a space.Access, m *Minutes) error {
	v, err := findVersion(tx, a.Space.ID, m.Version)
	if err != nil {
		return err
	}
	s, err := c.scene(tx, a.Space, i18n.Lang(v.Content.Lang))
	if err != nil {
		return err
	}
	if !required(s.rules).met(m.Approvals) {
		return nil
	}
	d := withApprovals(v.Content.document(s), m.Approvals, s.t, a.Space.Zone())
	d.Date = tx.Now
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	hash := digest(string(text))
	if err := freeze(tx, a.Space.ID, string(text), hash); err != nil {
		return err
	}
	if err := space.MovePhase(tx, a.Space.ID, space.PhaseMinutes, space.Phase{Start: tx.Now}); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), Approved{m.Version, hash})
	return err
}

// Rectify adds a note to approved minutes, which stay as they are.
func (c *Component) Rectify(ctx context.Context, a space.Access, text string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := must(a, canSign(a)); err != nil {
			return err
		}
		m, err := lockMinutes(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if m == nil || m.State != ApprovedState {
			return fault.New(fault.Conflict, "minutes.rectify.early")
		}
		f := fault.Fields{}
		if text = tidy(text); text == "" {
			f.Add("text", "minutes.rectify.empty")
		}
		if utf8.RuneCountInString(text) > longestText {
			f.Add("text", "minutes.text.long", "max", longestText)
		}
		if err := f.Err(); err != nil {
			return err
		}
		list, err := listRectifications(tx, a.Space.ID)
		if err != nil {
			return err
		}
		n := int64(len(list) + 1)
		if err := insertRectification(tx, a, n, text); err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a.Space, a.Viewer.Account), Rectified{n, text})
		return err
	})
}
