package app

import (
	"context"
	"regexp"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// sweepAfter is how old a file must be before it is swept: what is brought just now is in the store
// before anything refers to it.
const sweepAfter = 24 * time.Hour

// sweep destroys the files that nothing refers to any more: a document taken away, the scan of a
// person's proxy that was erased. A file is referred to by its key, wherever a text of the database
// holds it; what the journal remembers of it does not keep it.
func (a *App) sweep(ctx context.Context) error {
	left := map[string]bool{}
	for ref, err := range a.Blobs.All(ctx) {
		if err != nil {
			return err
		}
		if a.Site.DB.Clock().Sub(ref.Brought) > sweepAfter {
			left[ref.Key] = true
		}
	}
	if len(left) == 0 {
		return nil
	}
	if err := a.Site.DB.Read(ctx, func(tx *db.Tx) error { return dropReferred(tx, left) }); err != nil {
		return err
	}
	for key := range left {
		if err := a.Blobs.Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

var fileKey = regexp.MustCompile(`[0-9a-f]{64}`)

// dropReferred takes out of keys those that stand in a text of the database.
func dropReferred(tx *db.Tx, keys map[string]bool) error {
	tables, err := db.Tables(tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		for _, c := range t.Columns {
			if t.Name == "journal" || c.Class != db.Text {
				continue
			}
			err := tx.Each(`SELECT "`+c.Name+`" FROM "`+t.Name+`" WHERE length("`+c.Name+`") >= 64`, nil, func(scan func(...any) error) error {
				var text string
				err := scan(&text)
				for _, key := range fileKey.FindAllString(text, -1) {
					delete(keys, key)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
