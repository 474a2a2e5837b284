package db

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"
)

// Class is what the values of a column are, in both engines.
type Class string

const (
	Integer Class = "integer" // 64 bits; also every moment
	Text    Class = "text"
	Real    Class = "real" // 64 bits, finite
	Boolean Class = "boolean"
	Bytes   Class = "bytes"
)

// Column is a column of a table.
type Column struct {
	Name  string `json:"name"`
	Class Class  `json:"class"`
	key   bool
}

// Table is a table of the schema.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
}

// Same tells whether both have the same columns in the same order.
func (t Table) Same(o Table) bool {
	return t.Name == o.Name && slices.EqualFunc(t.Columns, o.Columns, func(a, b Column) bool { return a.Name == b.Name && a.Class == b.Class })
}

// versionTable is where goose notes which migrations were applied.
const versionTable = "goose_db_version"

// Tables lists the tables of the schema, by name, without the list of migrations.
func Tables(tx *Tx) ([]Table, error) {
	query := `SELECT t.name, c.name, c.type, c.pk > 0 FROM sqlite_master t JOIN pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND t.name <> $1 ORDER BY t.name, c.cid`
	if tx.Dialect == Postgres {
		query = `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
				EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> $1
			ORDER BY c.relname, a.attnum`
	}
	var list []Table
	err := tx.Each(query, []any{versionTable}, func(scan func(...any) error) error {
		var table, declared string
		var c Column
		if err := scan(&table, &c.Name, &declared, &c.key); err != nil {
			return err
		}
		var err error
		if c.Class, err = classOf(declared); err != nil {
			return fmt.Errorf("%s.%s: %w", table, c.Name, err)
		}
		if n := len(list); n == 0 || list[n-1].Name != table {
			list = append(list, Table{Name: table})
		}
		t := &list[len(list)-1]
		t.Columns = append(t.Columns, c)
		return nil
	})
	return list, err
}

func classOf(declared string) (Class, error) {
	switch strings.ToLower(declared) {
	case "bigint", "integer":
		return Integer, nil
	case "double precision":
		return Real, nil
	case "text":
		return Text, nil
	case "boolean":
		return Boolean, nil
	case "bytea", "blob":
		return Bytes, nil
	}
	return "", fmt.Errorf("the type %q has no portable form", declared)
}

// names lists the columns, quoted, that keep accepts, separated by commas.
func (t Table) names(keep func(Column) bool) string {
	var list []string
	for _, c := range t.Columns {
		if keep(c) {
			list = append(list, `"`+c.Name+`"`)
		}
	}
	return strings.Join(list, ", ")
}

func every(Column) bool { return true }

// Dump writes the rows of a table, one JSON array per line, the values in the order of
// t.Columns, bytes in base64; it returns how many there are. Rows stand in the order of their
// key, never in that in which they were written: it would tell who came when.
func Dump(tx *Tx, t Table, w io.Writer) (rows int64, err error) {
	order := t.names(func(c Column) bool { return c.key })
	if order == "" {
		order = t.names(every)
	}
	out := bufio.NewWriter(w)
	lines := json.NewEncoder(out)
	lines.SetEscapeHTML(false)
	row, dest := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		dest[i] = &row[i]
	}
	err = tx.Each("SELECT "+t.names(every)+` FROM "`+t.Name+`" ORDER BY `+order, nil, func(scan func(...any) error) error {
		if err := scan(dest...); err != nil {
			return err
		}
		for i, c := range t.Columns {
			if row[i], err = c.portable(row[i]); err != nil {
				return fmt.Errorf("%s.%s: %w", t.Name, c.Name, err)
			}
		}
		rows++
		return lines.Encode(row)
	})
	return rows, errors.Join(err, out.Flush())
}

// portable is a value as both engines have it.
func (c Column) portable(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		if c.Class == Boolean {
			return v != 0, nil
		}
		return v, nil
	case bool, float64:
		return v, nil
	case string:
		if !utf8.ValidString(v) {
			return nil, errors.New("a text is not UTF-8")
		}
		return v, nil
	case []byte:
		if c.Class == Text {
			return c.portable(string(v))
		}
		return base64.StdEncoding.EncodeToString(v), nil
	}
	return nil, fmt.Errorf("a value of type %T has no portable form", v)
}

// Load writes the rows that [Dump] wrote into the same table; it returns how many.
func Load(tx *Tx, t Table, r io.Reader) (rows int64, err error) {
	lines := json.NewDecoder(r)
	lines.UseNumber()
	columns := len(t.Columns)
	args, most := []any{}, tx.BulkRows(mostBulkRows)*columns
	insert := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := tx.Exec(`INSERT INTO "`+t.Name+`" (`+t.names(every)+") VALUES "+Values(len(args)/columns, columns), args...)
		args = args[:0]
		return err
	}
	for {
		var row []any
		err := lines.Decode(&row)
		if errors.Is(err, io.EOF) {
			return rows, insert()
		}
		if err == nil && len(row) != columns {
			err = errors.New("a row has the wrong number of values")
		}
		if err != nil {
			return rows, fmt.Errorf("%s, row %d: %w", t.Name, rows+1, err)
		}
		for i, c := range t.Columns {
			v, err := c.native(row[i])
			if err != nil {
				return rows, fmt.Errorf("%s.%s, row %d: %w", t.Name, c.Name, rows+1, err)
			}
			args = append(args, v)
		}
		rows++
		if len(args) >= most {
			if err := insert(); err != nil {
				return rows, err
			}
		}
	}
}

// native is a value read from JSON as the column wants it.
func (c Column) native(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case json.Number:
		switch c.Class {
		case Integer:
			return v.Int64()
		case Real:
			return v.Float64()
		}
	case bool:
		if c.Class == Boolean {
			return v, nil
		}
	case string:
		switch c.Class {
		case Text:
			return v, nil
		case Bytes:
			return base64.StdEncoding.DecodeString(v)
		}
	}
	return nil, fmt.Errorf("%v is no %s", v, c.Class)
}

// WithoutReferences runs fn, which may write rows in any order: what they refer to is checked
// at the end.
func WithoutReferences(tx *Tx, fn func() error) error {
	if tx.Dialect == SQLite {
		if _, err := tx.Exec("PRAGMA defer_foreign_keys = ON"); err != nil { // until the commit
			return err
		}
		return fn()
	}
	type reference struct{ table, name, rule string }
	list, err := All(tx, `SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
		WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`, nil,
		func(scan func(...any) error) (r reference, err error) { return r, scan(&r.table, &r.name, &r.rule) })
	if err != nil {
		return err
	}
	for _, r := range list {
		if _, err := tx.Exec("ALTER TABLE " + r.table + " DROP CONSTRAINT " + r.name); err != nil {
			return err
		}
	}
	if err := fn(); err != nil {
		return err
	}
	for _, r := range list {
		if _, err := tx.Exec("ALTER TABLE " + r.table + " ADD CONSTRAINT " + r.name + " " + r.rule); err != nil {
			return err
		}
	}
	return nil
}

// Applied lists the numbers of the migrations that made the schema, in order.
func Applied(tx *Tx) ([]int64, error) {
	return All(tx, "SELECT version_id FROM "+versionTable+" WHERE version_id > 0 ORDER BY version_id", nil,
		func(scan func(...any) error) (n int64, err error) { return n, scan(&n) })
}

// MigrateLike brings an empty database to the schema that the given migrations made. It
// refuses when the program does not know them, or knows others between them.
func (d *DB) MigrateLike(ctx context.Context, applied []int64, folders ...fs.FS) error {
	p, err := d.migrations(folders)
	if err != nil {
		return err
	}
	if len(applied) > 0 {
		if _, err := p.UpTo(ctx, applied[len(applied)-1]); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	var made []int64
	if err := d.Read(ctx, func(tx *Tx) (err error) { made, err = Applied(tx); return err }); err != nil {
		return err
	}
	if !slices.Equal(made, applied) {
		return ErrSchema
	}
	return nil
}

// ErrSchema says that the program cannot make the schema asked for.
var ErrSchema = errors.New("the schema was made by another version of the program, which this one does not know")

// Compact gives the space of what was deleted back, so that no trace of it stays in the
// database's files. Nothing else may use the database meanwhile.
func (d *DB) Compact(ctx context.Context) error {
	statements := []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"}
	if d.Dialect == Postgres {
		statements = []string{"VACUUM FULL"}
	}
	for _, s := range statements {
		if _, err := d.admin.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("compact: %w", normalise(err))
		}
	}
	return nil
}

// Busy is how many transactions wait for the one writer on SQLite, and how many connections are
// at work on PostgreSQL.
func (d *DB) Busy() int { return d.engine.busy() }
