package stage

import (
	"context"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Upload is a file as it is brought.
type Upload struct {
	Name    string
	Size    int64
	Content interface {
		io.ReadSeeker
		io.ReaderAt
	}
}

// AddDeck keeps a PDF as slides; their pictures are made soon after, in the background. What
// cannot be accepted is returned as the field "file" or "title".
func (c *Component) AddDeck(ctx context.Context, a space.Access, title string, u Upload) (d Deck, err error) {
	if err := component.Must(a, canLead(a)); err != nil {
		return d, err
	}
	if title == "" {
		title = strings.TrimSuffix(u.Name, path.Ext(u.Name))
	}
	if utf8.RuneCountInString(title) > maxTitle {
		return d, fault.Fields{"title": fault.New(fault.Invalid, "stage.too_long", "max", maxTitle)}
	}
	kind, err := blob.Sniff(u.Name, u.Content, u.Size)
	if err == nil && kind.Ext != ".pdf" || fault.CodeOf(err) == fault.Invalid {
		return d, fault.Fields{"file": fault.New(fault.Invalid, "stage.deck.type")}
	}
	if err != nil {
		return d, err
	}
	ref, err := c.deps.Blobs.Put(ctx, u.Content)
	if err != nil {
		return d, refusedAs("file", err)
	}
	d = Deck{Title: title, Name: u.Name, File: ref.Key, Size: ref.Size}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { d, err = c.addDeck(tx, a, d); return err })
	return d, err
}

func (c *Component) addDeck(tx *db.Tx, a space.Access, d Deck) (Deck, error) {
	d.ID, d.Space, d.State, d.AddedBy, d.AddedAt = tx.NewID(), a.Space.ID, Waiting, a.Viewer.Account, tx.Now
	if err := insertDeck(tx, d); err != nil {
		return d, err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "stage-list")
	_, err := journal.Append(tx, about(a, d.subject()), DeckAdded{d.Title, d.Name, d.File})
	return d, err
}

// fromDocument takes a PDF that is among the space's documents as slides.
func (c *Component) fromDocument(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	list, err := c.documents(tx, a.Space.ID)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.ID == f.number("document") {
			_, err := c.addDeck(tx, a, Deck{Title: d.Title, Name: d.Name, File: d.File, Size: d.Size})
			return err
		}
	}
	return fault.Fields{"document": fault.New(fault.Invalid, "stage.deck.document_missing")}
}

// documents are the PDFs among the space's documents.
func (c *Component) documents(tx *db.Tx, spaceID int64) (list []component.SpaceDocument, err error) {
	err = component.Ask(c.deps, func(k component.DocumentKeeper) error {
		all, err := k.SpaceDocuments(tx, spaceID)
		for _, d := range all {
			if d.MIME == "application/pdf" {
				list = append(list, d)
			}
		}
		return err
	})
	return list, err
}

// removeDeck takes slides away that nobody was shown: what was shown is part of the record.
func (c *Component) removeDeck(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canLead(a)); err != nil {
		return err
	}
	d, err := findDeck(tx, a.Space.ID, f.id("deck"))
	switch {
	case err != nil:
		return err
	case d.Shown():
		return fault.New(fault.Conflict, "stage.deck.was_shown")
	}
	if err := deleteDeck(tx, d.ID); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, "stage-list")
	_, err = journal.Append(tx, about(a, d.subject()), DeckRemoved{d.Title})
	return err
}
