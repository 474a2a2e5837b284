package tables

import (
	"iter"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

func milliseconds(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

func chunks[T any](list []T, n int) iter.Seq[[]T] { return slices.Chunk(list, max(n, 1)) }

const cardQuery = `SELECT c.id, c.table_id, t.number, COALESCE(c.author_id, 0), COALESCE(a.name, ''), COALESCE(c.origin_id, 0), COALESCE(f.number, 0),
		c.synthesis, c.position, c.revision, c.text, c.minutes, c.created_at
	FROM tables_card c JOIN tables_table t ON t.id = c.table_id LEFT JOIN account a ON a.id = c.author_id
	LEFT JOIN tables_card o ON o.id = c.origin_id LEFT JOIN tables_table f ON f.id = o.table_id WHERE `

func scanCard(scan func(...any) error) (k Card, err error) {
	return k, scan(&k.ID, &k.Table, &k.Number, &k.Author, &k.Name, &k.Origin, &k.From, &k.Synthesis, &k.Position, &k.Revision, &k.Text, &k.Minutes, &k.At)
}

// cardsAt lists the cards of a table: its synthesis, then the others in their order.
func cardsAt(tx *db.Tx, table int64) ([]Card, error) {
	return db.All(tx, cardQuery+"c.table_id = $1 ORDER BY c.synthesis DESC, c.position, c.id", []any{table}, scanCard)
}

// cardsOf lists the cards of a round, table by table.
func cardsOf(tx *db.Tx, round int64) ([]Card, error) {
	return db.All(tx, cardQuery+"c.round_id = $1 ORDER BY t.number, c.synthesis DESC, c.position, c.id", []any{round}, scanCard)
}

func findCard(tx *db.Tx, round, id int64) (k Card, err error) {
	list, err := db.All(tx, cardQuery+"c.round_id = $1 AND c.id = $2", []any{round, id}, scanCard)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "tables.card.gone")
	}
	if err != nil {
		return k, err
	}
	return list[0], nil
}

// insertCard puts a card behind the others of its table.
func insertCard(tx *db.Tx, round int64, k Card) error {
	_, err := tx.Exec(`INSERT INTO tables_card (id, round_id, table_id, author_id, origin_id, synthesis, position, revision, text, minutes, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, (SELECT COALESCE(MAX(position), 0) + 1 FROM tables_card WHERE table_id = $3), 1, $7, $8, $9)`,
		k.ID, round, k.Table, orNull(k.Author), orNull(k.Origin), k.Synthesis, k.Text, false, tx.Now)
	return err
}

// cardCounts are how many cards each table of a round has.
func cardCounts(tx *db.Tx, round int64) (map[int64]int, error) {
	out := map[int64]int{}
	err := tx.Each("SELECT table_id, count(*) FROM tables_card WHERE round_id = $1 GROUP BY table_id", []any{round}, func(scan func(...any) error) error {
		var id int64
		var n int
		err := scan(&id, &n)
		out[id] = n
		return err
	})
	return out, err
}

// openCalls lists the calls for help of a round that nobody has ended, the oldest first.
func openCalls(tx *db.Tx, round int64) ([]Call, error) {
	return db.All(tx, `SELECT c.id, c.table_id, t.number, c.account_id, COALESCE(a.name, ''), c.at, COALESCE(b.name, ''), COALESCE(c.answered_by, 0)
		FROM tables_call c JOIN tables_table t ON t.id = c.table_id LEFT JOIN account a ON a.id = c.account_id LEFT JOIN account b ON b.id = c.answered_by
		WHERE c.round_id = $1 AND c.ended_at IS NULL ORDER BY c.at, c.id`, []any{round}, func(scan func(...any) error) (k Call, err error) {
		return k, scan(&k.ID, &k.Table, &k.Number, &k.Account, &k.Name, &k.At, &k.Answered, &k.By)
	})
}

// callOf is the open call of a table among these.
func callOf(calls []Call, table int64) *Call {
	for i := range calls {
		if calls[i].Table == table {
			return &calls[i]
		}
	}
	return nil
}
