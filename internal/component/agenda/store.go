package agenda

import (
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

const itemColumns = "id, space_id, title, text, speaker, minutes"

func scanItem(scan func(...any) error) (i Item, err error) {
	return i, scan(&i.ID, &i.Space, &i.Title, &i.Text, &i.Speaker, &i.Minutes)
}

const documentQuery = `SELECT d.id, d.space_id, COALESCE(d.item_id, 0), d.title, d.name, d.mime, d.size, d.file_key, d.added_by, COALESCE(a.name, ''), d.added_at
	FROM agenda_document d LEFT JOIN account a ON a.id = d.added_by`

func scanDocument(scan func(...any) error) (d Document, err error) {
	return d, scan(&d.ID, &d.Space, &d.Item, &d.Title, &d.Name, &d.MIME, &d.Size, &d.File, &d.AddedBy, &d.By, &d.AddedAt)
}

// load reads the agenda of a space with its documents.
func load(tx *db.Tx, a space.Access) (Agenda, error) {
	g := Agenda{Access: a}
	var err error
	if g.Items, err = items(tx, a.Space.ID); err != nil {
		return g, err
	}
	place := map[int64]int{}
	for n, i := range g.Items {
		place[i.ID] = n
	}
	documents, err := db.All(tx, documentQuery+" WHERE d.space_id = $1 ORDER BY d.id", []any{a.Space.ID}, scanDocument)
	for _, d := range documents {
		if n, ok := place[d.Item]; ok {
			g.Items[n].Documents = append(g.Items[n].Documents, d)
		} else {
			g.Documents = append(g.Documents, d)
		}
	}
	return g, err
}

func items(tx *db.Tx, spaceID int64) ([]Item, error) {
	return db.All(tx, "SELECT "+itemColumns+" FROM agenda_item WHERE space_id = $1 ORDER BY position, id", []any{spaceID}, scanItem)
}

func findItem(tx *db.Tx, spaceID, id int64) (Item, error) {
	list, err := db.All(tx, "SELECT "+itemColumns+" FROM agenda_item WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanItem)
	return only(list, err)
}

func findDocument(tx *db.Tx, spaceID, id int64) (Document, error) {
	list, err := db.All(tx, documentQuery+" WHERE d.space_id = $1 AND d.id = $2", []any{spaceID, id}, scanDocument)
	return only(list, err)
}

func only[T any](list []T, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	if len(list) == 0 {
		return none, db.ErrNotFound
	}
	return list[0], nil
}

func insertItem(tx *db.Tx, i Item) error {
	_, err := tx.Exec(`INSERT INTO agenda_item (id, space_id, position, title, text, speaker, minutes)
		VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM agenda_item WHERE space_id = $2), $3, $4, $5, $6)`,
		i.ID, i.Space, i.Title, i.Text, i.Speaker, i.Minutes)
	return err
}

func updateItem(tx *db.Tx, i Item) error {
	_, err := tx.Exec("UPDATE agenda_item SET title = $2, text = $3, speaker = $4, minutes = $5 WHERE id = $1",
		i.ID, i.Title, i.Text, i.Speaker, i.Minutes)
	return err
}

// deleteItem takes an item off; its documents become the space's.
func deleteItem(tx *db.Tx, id int64) error {
	if _, err := tx.Exec("UPDATE agenda_document SET item_id = NULL WHERE item_id = $1", id); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM agenda_item WHERE id = $1", id)
	return err
}

func setPosition(tx *db.Tx, id int64, position int) error {
	_, err := tx.Exec("UPDATE agenda_item SET position = $2 WHERE id = $1", id, position)
	return err
}

func insertDocument(tx *db.Tx, d Document) error {
	var item any
	if d.Item != 0 {
		item = d.Item
	}
	_, err := tx.Exec(`INSERT INTO agenda_document (id, space_id, item_id, title, name, mime, size, file_key, added_by, added_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		d.ID, d.Space, item, d.Title, d.Name, d.MIME, d.Size, d.File, d.AddedBy, d.AddedAt)
	return err
}

func deleteDocument(tx *db.Tx, id int64) error {
	_, err := tx.Exec("DELETE FROM agenda_document WHERE id = $1", id)
	return err
}
