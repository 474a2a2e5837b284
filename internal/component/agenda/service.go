package agenda

import (
	"context"
	"errors"
	"fmt"
	"io"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

func mustEdit(a space.Access) error {
	switch {
	case canEdit(a):
		return nil
	case !a.Viewer.SignedIn():
		return fault.New(fault.Unauthenticated, "site.error.sign_in")
	default:
		return site.Forbidden()
	}
}

func about(a space.Access, subject string, id int64) journal.About {
	return journal.About{Space: a.Space.ID, Subject: fmt.Sprintf("%s/%d", subject, id), Actor: a.Viewer.Account}
}

func addItem(tx *db.Tx, a space.Access, i Item) (Item, error) {
	if err := mustEdit(a); err != nil {
		return i, err
	}
	if err := i.validate().Err(); err != nil {
		return i, err
	}
	i.ID, i.Space = tx.NewID(), a.Space.ID
	if err := insertItem(tx, i); err != nil {
		return i, err
	}
	_, err := journal.Append(tx, about(a, "agenda-item", i.ID), ItemAdded{i.Title})
	return i, err
}

func changeItem(tx *db.Tx, a space.Access, id int64, i Item) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	old, err := findItem(tx, a.Space.ID, id)
	if err != nil {
		return err
	}
	if err := i.validate().Err(); err != nil {
		return err
	}
	i.ID, i.Space = old.ID, old.Space
	if err := updateItem(tx, i); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, "agenda-item", i.ID), ItemChanged{i.Title, i.Text, i.Speaker, i.Minutes})
	return err
}

// moveItem moves an item by one place, up (-1) or down (+1); at the end of the list nothing moves.
func moveItem(tx *db.Tx, a space.Access, id int64, by int) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	list, err := items(tx, a.Space.ID)
	if err != nil {
		return err
	}
	for at, i := range list {
		to := at + by
		if i.ID != id || to < 0 || to >= len(list) {
			continue
		}
		list[at], list[to] = list[to], list[at]
		for n, other := range list {
			if err := setPosition(tx, other.ID, n+1); err != nil {
				return err
			}
		}
		_, err := journal.Append(tx, about(a, "agenda-item", id), ItemMoved{i.Title, to + 1})
		return err
	}
	return nil
}

func removeItem(tx *db.Tx, a space.Access, id int64) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	i, err := findItem(tx, a.Space.ID, id)
	if err != nil {
		return err
	}
	if err := deleteItem(tx, id); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, "agenda-item", id), ItemRemoved{i.Title})
	return err
}

// Upload is a file as it is brought.
type Upload struct {
	Name    string
	Size    int64
	Content interface {
		io.ReadSeeker
		io.ReaderAt
	}
}

// AddDocument keeps the file, then writes that the document is at everybody's disposal. What
// cannot be accepted of the file is returned as the field "file".
func (c *Component) AddDocument(ctx context.Context, a space.Access, d Document, u Upload) (Document, error) {
	if err := mustEdit(a); err != nil {
		return d, err
	}
	kind, err := blob.Sniff(u.Name, u.Content, u.Size)
	if err != nil {
		return d, refusedFile(err)
	}
	ref, err := c.deps.Blobs.Put(ctx, u.Content)
	if err != nil {
		return d, refusedFile(err)
	}
	d.Name, d.MIME, d.Size, d.File = u.Name, kind.MIME, ref.Size, ref.Key
	if d.Title == "" {
		d.Title = u.Name
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { d, err = addDocument(tx, a, d); return err })
	return d, err
}

// refusedFile puts a refusal of the file beside its field.
func refusedFile(err error) error {
	var e *fault.Error
	if errors.As(err, &e) && e.Code == fault.Invalid {
		return fault.Fields{"file": e}
	}
	return err
}

func addDocument(tx *db.Tx, a space.Access, d Document) (Document, error) {
	f := fault.Fields{}
	long(f, "title", d.Title, 200)
	if err := f.Err(); err != nil {
		return d, err
	}
	if d.Item != 0 {
		if _, err := findItem(tx, a.Space.ID, d.Item); err != nil {
			return d, err
		}
	}
	d.ID, d.Space, d.AddedBy, d.AddedAt = tx.NewID(), a.Space.ID, a.Viewer.Account, tx.Now
	if err := insertDocument(tx, d); err != nil {
		return d, err
	}
	_, err := journal.Append(tx, about(a, "document", d.ID), DocumentAdded{d.Title, d.Name, d.File})
	return d, err
}

// removeDocument takes a document away. Its file stays in the store until it is swept, where other
// documents may refer to the same content; nobody can reach it there.
func removeDocument(tx *db.Tx, a space.Access, id int64) error {
	if err := mustEdit(a); err != nil {
		return err
	}
	d, err := findDocument(tx, a.Space.ID, id)
	if err != nil {
		return err
	}
	if err := deleteDocument(tx, id); err != nil {
		return err
	}
	_, err = journal.Append(tx, about(a, "document", id), DocumentRemoved{d.Title, d.Name, d.File})
	return err
}

// Succeed takes the agenda and the documents over: the files are kept once.
func (c *Component) Succeed(tx *db.Tx, actor int64, first, next space.Space) error {
	g, err := load(tx, space.Access{Space: first})
	if err != nil {
		return err
	}
	where := func(subject string, id int64) journal.About {
		return journal.About{Space: next.ID, Subject: fmt.Sprintf("%s/%d", subject, id), Actor: actor}
	}
	put := func(list []Document, item int64) error {
		for _, d := range list {
			d.ID, d.Space, d.Item, d.AddedAt = tx.NewID(), next.ID, item, tx.Now
			if err := insertDocument(tx, d); err != nil {
				return err
			}
			if _, err := journal.Append(tx, where("document", d.ID), DocumentAdded{d.Title, d.Name, d.File}); err != nil {
				return err
			}
		}
		return nil
	}
	for _, i := range g.Items {
		i.ID, i.Space = tx.NewID(), next.ID
		if err := insertItem(tx, i); err != nil {
			return err
		}
		if _, err := journal.Append(tx, where("agenda-item", i.ID), ItemAdded{i.Title}); err != nil {
			return err
		}
		if err := put(i.Documents, i.ID); err != nil {
			return err
		}
	}
	return put(g.Documents, 0)
}

// copyFile writes a kept file into an archive.
func (c *Component) copyFile(tx *db.Tx, d Document, name string, add component.AddFile) error {
	return add(name, func(w io.Writer) error {
		content, err := c.deps.Blobs.Get(tx.Context(), d.File)
		if err != nil {
			return fmt.Errorf("document %q: %w", d.Name, err)
		}
		defer content.Close()
		_, err = io.Copy(w, content)
		return err
	})
}
