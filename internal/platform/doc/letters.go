package doc

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Letter is one letter on paper, folded in three for a DL window envelope.
type Letter struct {
	// Sender is the sender's name and address, a line each.
	Sender []string
	// Recipient is the postal address, at most 6 lines once set (NF Z 10-011).
	Recipient []string
	// Dateline is the place and date, as written: "Lyon, le 22 novembre 2026".
	Dateline string
	// Subject is the letter's first heading.
	Subject string
	Blocks  Blocks
}

// LetterSet is what the letters of one file have in common.
type LetterSet struct {
	Lang, Title, Subject, Author string
	Date                         time.Time
	// Footer is one line at the foot of every page.
	Footer string
	// Duplex completes each letter to an even number of pages, so that each
	// starts on a new sheet when both sides are printed.
	Duplex bool
}

// The places of a letter. The address stands 110 mm from the left and 50 mm
// from the top of the sheet (NF Z 11-001), in 80 mm by 29 mm. A DL envelope is
// 220 mm by 110 mm, its window 100 mm wide, 20 mm from the right and bottom
// edges: the address shows whole in a window 45 mm high however the folded
// sheet (210 mm by 99 mm) lies, and in one 35 mm high when it stands on its edge.
const (
	addressX   = 110 * mm
	addressY   = 50 * mm
	addressW   = 80 * mm
	addressMax = 6
	senderX    = left
	senderY    = 18 * mm
	senderW    = 60 * mm // clear of the window
	datelineY  = 92 * mm
	letterTop  = 106 * mm
)

var addressType = typo{size: 10.5, lead: 13.5, colour: ink}

// Letters writes one file with one letter after the other, each starting on a
// new page and with its own page numbers and bookmark. Letters that cannot be
// set (a postal address that is empty or too long, a block that cannot be
// shown) are named, counted from 1, and then nothing is written. Missing
// characters are reported as by [PDF].
func Letters(w io.Writer, letters []Letter, set LetterSet, opts PDFOptions) error {
	s, words := newShaper(opts.Typeface), wordsFor(set.Lang)
	p := newPainter(s.base())
	var errs []error
	for i, l := range letters {
		f := newFlow(s, words, p.root.child("Art"))
		if err := f.letter(l); err != nil {
			errs = append(errs, fmt.Errorf("letter %d: %w", i+1, err))
		}
		if errs != nil {
			continue // find the others that cannot be set
		}
		for n, pg := range f.pages {
			f.margins(pg, "", set.Footer, n+1)
			p.page(pg)
		}
		if set.Duplex && len(f.pages)%2 == 1 {
			p.page(&page{})
		}
	}
	if errs != nil {
		return errors.Join(errs...)
	}
	if len(letters) == 0 {
		p.page(&page{})
	}
	d := Document{Lang: set.Lang, Title: set.Title, Subject: set.Subject, Author: set.Author, Date: set.Date}
	if err := p.finish(w, d); err != nil {
		return err
	}
	return s.err()
}

func (f *flow) letter(l Letter) error {
	if err := l.Blocks.check(); err != nil {
		return err
	}
	f.y = senderY
	if len(l.Sender) > 0 {
		f.shortText(l.Sender[0], bodyType.strong().in(night), senderX, senderW, f.root.child("P"))
		f.shortText(address(l.Sender[1:]), smallType, senderX, senderW, f.root.child("P"))
	}
	f.y = addressY
	f.shortText(address(l.Recipient), addressType, addressX, addressW, f.root.child("P"))
	switch n := int((f.y-addressY)/addressType.lead + .5); {
	case n == 0:
		return fmt.Errorf("the postal address is empty")
	case n > addressMax:
		return fmt.Errorf("the postal address takes %d lines, the window has room for %d", n, addressMax)
	}
	f.y = datelineY
	f.shortText(l.Dateline, bodyType, addressX, addressW, f.root.child("P"))
	for _, fold := range []float64{99 * mm, 198 * mm} {
		f.fill(nil, hair, rect(box{5 * mm, fold, 4 * mm, .5}))
	}
	f.y, f.fresh = letterTop, true
	f.put(item{mark: basic(l.Recipient[0]), y: 0})
	if l.Subject != "" {
		lines := f.shaper.balance(Plain(oneLine(l.Subject)), letterHead, f.width())
		f.text(lines, letterHead, f.left, f.width(), AlignStart, f.root.child("H1"))
		f.y += 6
	}
	return f.blocks(l.Blocks)
}

// address is its lines as one text.
func address(lines []string) string {
	var out []string
	for _, l := range lines {
		if l = oneLine(l); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

var letterHead = typo{size: 14, lead: 18, title: true, colour: night}
