package convocation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// MakeBatches puts the letters that are due into files of at most [MaxLetters]: those of members
// without an address and of refused mails, and with outbox those of mails that nobody has sent.
// Letters that cannot be set (no postal address) are left out: see [Component.unprintable].
func (c *Component) MakeBatches(ctx context.Context, a space.Access, outbox bool) error {
	call := a.Space.Call
	var bad map[int64]bool
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		list, err := c.unprintable(tx, a.Space.ID, call, outbox)
		bad = map[int64]bool{}
		for _, l := range list {
			bad[l.member.ID] = true
		}
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		conv, err := c.lock(tx, a)
		if err != nil {
			return err
		}
		if conv.State == Draft {
			return fault.New(fault.Conflict, "convocation.not_left")
		}
		due, err := dueLetters(tx, a.Space.ID, call, outbox)
		if err != nil {
			return err
		}
		var batch int64
		n := 0
		for _, m := range due {
			if bad[m.ID] {
				continue
			}
			if n%MaxLetters == 0 {
				if batch, err = insertBatch(tx, a, call); err != nil {
					return err
				}
			}
			n++
			if err := putInBatch(tx, a.Space.ID, call, m.ID, batch); err != nil {
				return err
			}
		}
		if n == 0 {
			return fault.New(fault.Conflict, "convocation.letters.none")
		}
		return nil
	})
}

// letterTo is a member's letter before it has a code.
type letterTo struct {
	member  people.Member
	address []string
}

// postal is the address as an envelope has it.
func postal(m people.Member) []string {
	lines := append([]string{m.Name()}, strings.Split(m.Address, "\n")...)
	return append(lines, joined(" ", m.Postcode, m.City), strings.ToUpper(m.Country))
}

// unprintable are the letters that are due and cannot be sent: their postal address is missing, or
// does not fit the window.
func (c *Component) unprintable(tx *db.Tx, spaceID int64, call int, outbox bool) ([]letterTo, error) {
	due, err := dueLetters(tx, spaceID, call, outbox)
	if err != nil {
		return nil, err
	}
	var out []letterTo
	var fit []doc.Letter
	var fitting []letterTo
	for _, m := range due {
		l := letterTo{m, postal(m)}
		if strings.TrimSpace(m.Postcode+m.City) == "" {
			out = append(out, l)
			continue
		}
		fit, fitting = append(fit, doc.Letter{Recipient: l.address}), append(fitting, l)
	}
	for _, i := range unsettable(fit) {
		out = append(out, fitting[i])
	}
	return out, nil
}

// unsettable are the letters, counted from 0, whose address cannot be set: [doc.Letters] names
// each, counted from 1. Characters that no font has are no obstacle.
func unsettable(letters []doc.Letter) (out []int) {
	all, ok := doc.Letters(io.Discard, letters, doc.LetterSet{}, doc.PDFOptions{}).(interface{ Unwrap() []error })
	if !ok {
		return nil
	}
	for _, err := range all.Unwrap() {
		var n int
		if _, scanErr := fmt.Sscanf(err.Error(), "letter %d:", &n); scanErr == nil {
			out = append(out, n-1)
		}
	}
	return out
}

// PrintBatch makes the file of a batch. Each letter has a new personal code, of which only the
// hash is kept: those of an earlier file stop working.
func (c *Component) PrintBatch(ctx context.Context, a space.Access, batch int64) ([]byte, error) {
	call := a.Space.Call
	codes := map[int64]string{}
	var members []people.Member
	var conv Convocation
	var s scene
	docs := map[i18n.Lang]doc.Document{}
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		if conv, err = c.lock(tx, a); err != nil {
			return err
		}
		if s, err = c.loadScene(tx, a.Space); err != nil {
			return err
		}
		if members, err = batchMembers(tx, a.Space.ID, call, batch); err != nil {
			return err
		}
		for _, lang := range i18n.Langs {
			if docs[lang], err = sentDocument(tx, a.Space.ID, call, lang); err != nil {
				return err
			}
		}
		expires := codeExpiry(conv.Held, s.vote, tx.Now)
		for _, m := range members {
			if err := people.RevokeCodes(tx, a.Viewer.Account, m.ID); err != nil {
				return err
			}
			if codes[m.ID], err = people.IssueCode(tx, c.deps.Site.Secret, m.ID, expires); err != nil {
				return err
			}
		}
		if err := countDownload(tx, batch); err != nil {
			return err
		}
		_, err = journal.Append(tx, about(a), LettersMade{call, batch, len(members)})
		return err
	})
	if err != nil {
		return nil, err
	}
	letters := make([]doc.Letter, len(members))
	for i, m := range members {
		letters[i] = c.letter(s, docs[i18n.Lang(m.Language)], m, codes[m.ID])
	}
	set := doc.LetterSet{Lang: docs[i18n.French].Lang, Title: docs[i18n.French].Title, Author: s.identity.Name,
		Date: c.deps.Site.DB.Clock(), Footer: docs[i18n.French].Footer, Duplex: true}
	var out bytes.Buffer
	err = doc.Letters(&out, letters, set, doc.PDFOptions{})
	var missing *doc.MissingCharacters
	if errors.As(err, &missing) { // shown as question marks; the letter says all the same
		c.deps.Site.Log.WarnContext(ctx, "letters: characters that no font has", "batch", batch, "count", missing.Count)
		err = nil
	}
	return out.Bytes(), err
}

// codeExpiry leaves a month after the assembly and the vote to read the results with one's code.
func codeExpiry(held time.Time, vote component.Period, now time.Time) time.Time {
	last := now
	for _, t := range []time.Time{held, vote.Closes} {
		if t.After(last) {
			last = t
		}
	}
	return last.AddDate(0, 1, 0)
}

// letter is the convocation on paper.
func (c *Component) letter(s scene, d doc.Document, m people.Member, code string) doc.Letter {
	lang := i18n.Lang(d.Lang)
	t := c.words(lang)
	url := c.deps.Site.URL
	blocks := doc.Blocks{doc.Paragraph{Text: doc.Plain(t("convocation.mail.greeting", "name", m.Name()))}}
	blocks = append(blocks, d.Blocks...)
	blocks = append(blocks, doc.Code{Label: t("convocation.letter.code"), Value: people.FormatCode(code), QR: url + "/code/" + code,
		Note: t("convocation.letter.note", "address", strings.TrimPrefix(strings.TrimPrefix(url, "https://"), "http://")+"/sign-in")})
	return doc.Letter{
		Sender:    append([]string{s.identity.Name}, strings.Split(s.identity.Address, "\n")...),
		Recipient: postal(m),
		Dateline:  t("convocation.letter.date", "date", i18n.Date(lang, c.deps.Site.DB.Clock().In(s.space.Zone()))),
		Subject:   d.Title, Blocks: blocks,
	}
}

// MarkPosted keeps that the letters of a batch were posted on the day, and who says so.
func (c *Component) MarkPosted(ctx context.Context, a space.Access, batch int64, typed string) error {
	call := a.Space.Call
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		conv, err := c.lock(tx, a)
		if err != nil {
			return err
		}
		b, err := findBatch(tx, a.Space.ID, call, batch)
		if err != nil {
			return err
		}
		field := fmt.Sprintf("day-%d", batch)
		f := fault.Fields{}
		day, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(typed), a.Space.Zone())
		first, _ := time.ParseInLocation(time.DateOnly, conv.StartedAt.In(a.Space.Zone()).Format(time.DateOnly), a.Space.Zone())
		switch {
		case err != nil:
			f.Add(field, "convocation.posted.day")
		case day.After(tx.Now):
			f.Add(field, "convocation.posted.future")
		case day.Before(first):
			f.Add(field, "convocation.posted.early", "date", conv.StartedAt.In(a.Space.Zone()))
		case !b.PostedOn.IsZero():
			return fault.New(fault.Conflict, "convocation.posted.twice")
		case b.Downloads == 0:
			return fault.New(fault.Conflict, "convocation.posted.unprinted")
		}
		if err := f.Err(); err != nil {
			return err
		}
		members, err := batchMembers(tx, a.Space.ID, call, batch)
		if err != nil {
			return err
		}
		if err := setPosted(tx, a, batch, day); err != nil {
			return err
		}
		e := LettersPrinted{Call: call, Batch: batch, Letters: len(members), Day: day.Format(time.DateOnly)}
		for _, m := range members {
			e.Members = append(e.Members, m.ID)
		}
		_, err = journal.Append(tx, about(a), e)
		return err
	})
}

// missingOnPaper calls fn for each elector who has not voted and whom no mail reaches.
func (c *Component) missingOnPaper(tx *db.Tx, a space.Access, fn func(people.Member, electorate.Elector) error) error {
	if !canManage(a) {
		return site.Forbidden()
	}
	missing, err := c.missing(tx, a.Space.ID)
	if err != nil {
		return err
	}
	for _, id := range missing {
		m, err := people.FindMember(tx, id)
		if err != nil {
			return err
		}
		if m.Email != "" {
			continue
		}
		e, err := electorate.FindElector(tx, a.Space.ID, id)
		if err != nil {
			return err
		}
		if err := fn(m, e); err != nil {
			return err
		}
	}
	return nil
}
