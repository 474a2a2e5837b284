package people

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

const importColumns = `id, actor_id, file_name, size, sha256, state, options, counts, failure, run, beat_at, done, total, created_at, finished_at`

func scanImport(scan func(...any) error) (i Import, err error) {
	var options, counts string
	err = scan(&i.ID, &i.Actor, &i.FileName, &i.Size, &i.SHA256, &i.State, &options, &counts, &i.Failure, &i.Run, &i.BeatAt,
		&i.Done, &i.Total, &i.CreatedAt, &i.FinishedAt)
	return i, errors.Join(err, fromJSON(options, &i.Options), fromJSON(counts, &i.Counts))
}

func fromJSON(text string, v any) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), v)
}

func toJSON(v any) (string, error) {
	text, err := json.Marshal(v)
	return string(text), err
}

// CreateImport makes an import whose file is still to come, piece by piece.
func CreateImport(tx *db.Tx, actor int64, fileName string) (int64, error) {
	id := tx.NewID()
	_, err := tx.Exec(`INSERT INTO register_import (id, actor_id, file_name, size, sha256, state, options, counts, failure, run, done, total, created_at)
		VALUES ($1, $2, $3, 0, '', 'mapping', '', '', '', 0, 0, 0, $4)`, id, actor, fileName, tx.Now)
	return id, err
}

// AddImportPiece keeps the next piece of the file; positions count from 0.
func AddImportPiece(tx *db.Tx, id int64, position int, data []byte) error {
	_, err := tx.Exec("INSERT INTO register_import_piece (import_id, position, data) VALUES ($1, $2, $3)", id, position, data)
	return err
}

// ImportPiece is a piece of the file; [db.ErrNotFound] behind the last.
func ImportPiece(tx *db.Tx, id int64, position int) (data []byte, err error) {
	err = tx.Row("SELECT data FROM register_import_piece WHERE import_id = $1 AND position = $2", []any{id, position}, &data)
	return data, err
}

// CompleteImport says that the whole file is kept, and how it is to be read.
func CompleteImport(tx *db.Tx, id, size int64, sha256 string, o ImportOptions) error {
	if _, err := tx.Exec("UPDATE register_import SET size = $2, sha256 = $3 WHERE id = $1", id, size, sha256); err != nil {
		return err
	}
	return SetImportOptions(tx, id, o)
}

// SetImportOptions changes how the file is read; what an earlier check found is forgotten.
// It is refused while an attempt is working and once the import is applied.
func SetImportOptions(tx *db.Tx, id int64, o ImportOptions) error {
	options, err := toJSON(o)
	if err != nil {
		return err
	}
	n, err := tx.Exec(`UPDATE register_import SET options = $2, state = 'mapping', counts = '', failure = ''
		WHERE id = $1 AND (state IN ('mapping', 'checked') OR state <> 'applied' AND beat_at < $3)`, id, options, tx.Now.Add(-ImportSilence))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.import.busy")
	}
	if err == nil {
		err = dropIssues(tx, id)
	}
	return err
}

// FindImport finds an import whose file is whole.
func FindImport(tx *db.Tx, id int64) (Import, error) {
	list, err := db.All(tx, "SELECT "+importColumns+" FROM register_import WHERE id = $1 AND sha256 <> ''", []any{id}, scanImport)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Import{}, err
	}
	return list[0], nil
}

// RecentImports lists the last imports, newest first.
func RecentImports(tx *db.Tx, limit int) ([]Import, error) {
	return db.All(tx, "SELECT "+importColumns+" FROM register_import WHERE sha256 <> '' ORDER BY id DESC LIMIT $1", []any{limit}, scanImport)
}

// BeginImport starts an attempt to check or to apply and returns its number. It is refused
// unless the import is where that can be done and no other attempt is alive.
func BeginImport(tx *db.Tx, id int64, to ImportState) (run int64, err error) {
	from := ImportMapping
	if to == ImportApplying {
		from = ImportChecked
	}
	run = tx.NewID()
	n, err := tx.Exec(`UPDATE register_import SET state = $2, run = $3, beat_at = $4, done = 0, total = 0, failure = ''
		WHERE id = $1 AND (state = $5 OR state = $2 AND beat_at < $6)`, id, string(to), run, tx.Now, string(from), tx.Now.Add(-ImportSilence))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.import.busy")
	}
	return run, err
}

// BeatImport says that the attempt is alive and how far it has come.
func BeatImport(tx *db.Tx, id, run, done, total int64) error {
	_, err := tx.Exec("UPDATE register_import SET beat_at = $3, done = $4, total = $5 WHERE id = $1 AND run = $2", id, run, tx.Now, done, total)
	return err
}

// EndImport records what the attempt came to, unless another has taken over. An applied
// import no longer needs its file.
func EndImport(tx *db.Tx, id, run int64, to ImportState, counts ImportCounts, failure string) error {
	text, err := toJSON(counts)
	if err != nil {
		return err
	}
	var finished time.Time
	if to == ImportApplied {
		finished = tx.Now
	}
	n, err := tx.Exec(`UPDATE register_import SET state = $3, counts = $4, failure = $5, beat_at = NULL, finished_at = $6
		WHERE id = $1 AND run = $2 AND state IN ('checking', 'applying')`, id, run, string(to), text, failure, finished)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "people.import.busy")
	}
	if err == nil && to == ImportApplied {
		err = dropPieces(tx, id)
	}
	return err
}

func dropPieces(tx *db.Tx, id int64) error {
	_, err := tx.Exec("DELETE FROM register_import_piece WHERE import_id = $1", id)
	return err
}

func dropIssues(tx *db.Tx, id int64) error {
	_, err := tx.Exec("DELETE FROM register_import_issue WHERE import_id = $1", id)
	return err
}

// DropImport gives an import up, or forgets one that is over: its file and its list of lines
// go. What an applied import did stays. It is refused while an attempt is alive.
func DropImport(tx *db.Tx, id int64) error {
	i, err := FindImport(tx, id)
	if err != nil {
		return err
	}
	if i.Alive(tx.Now) {
		return fault.New(fault.Conflict, "people.import.busy")
	}
	return dropImport(tx, id)
}

func dropImport(tx *db.Tx, id int64) error {
	if err := errors.Join(dropIssues(tx, id), dropPieces(tx, id)); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM register_import WHERE id = $1", id)
	return err
}

// ImportRetention is how long files and lists of lines are kept: they hold personal data.
const ImportRetention = 30 * 24 * time.Hour

// PurgeImports forgets the imports that are older than that.
func PurgeImports(tx *db.Tx) error {
	old, err := db.All(tx, "SELECT id FROM register_import WHERE created_at < $1", []any{tx.Now.Add(-ImportRetention)},
		func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	for _, id := range old {
		err = errors.Join(err, dropImport(tx, id))
	}
	return err
}

// AddImportIssues keeps lines that were refused or deserve a look.
func AddImportIssues(tx *db.Tx, id int64, issues []ImportIssue) error {
	for len(issues) > 0 {
		n := tx.BulkRows(len(issues))
		args := make([]any, 0, 6*n)
		for _, i := range issues[:n] {
			reasons, err := toJSON(i.Reasons)
			if err != nil {
				return err
			}
			cells, err := toJSON(i.Cells)
			if err != nil {
				return err
			}
			args = append(args, id, i.Line, i.Refused, i.Number, reasons, cells)
		}
		_, err := tx.Exec("INSERT INTO register_import_issue (import_id, line, refused, number, reasons, cells) VALUES "+db.Values(n, 6), args...)
		if err != nil {
			return fmt.Errorf("keep the lines of an import: %w", err)
		}
		issues = issues[n:]
	}
	return nil
}

// ClearImportIssues forgets the lines an earlier attempt kept.
func ClearImportIssues(tx *db.Tx, id int64) error { return dropIssues(tx, id) }

// ImportIssues lists up to limit lines behind the given one, in the order of the file.
func ImportIssues(tx *db.Tx, id int64, refused bool, after, limit int) ([]ImportIssue, error) {
	return db.All(tx, `SELECT line, refused, number, reasons, cells FROM register_import_issue
		WHERE import_id = $1 AND refused = $2 AND line > $3 ORDER BY line LIMIT $4`, []any{id, refused, after, limit},
		func(scan func(...any) error) (i ImportIssue, err error) {
			var reasons, cells string
			err = scan(&i.Line, &i.Refused, &i.Number, &reasons, &cells)
			return i, errors.Join(err, fromJSON(reasons, &i.Reasons), fromJSON(cells, &i.Cells))
		})
}

// AbandonImport forgets an import whose file did not come whole.
func AbandonImport(tx *db.Tx, id int64) error { return dropImport(tx, id) }
