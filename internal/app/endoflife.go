package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/legalfile"
)

// Ended is the event of an organisation having destroyed what it held here. Its files are those
// that were kept, by their hash: whoever has one can show that it is the one that was kept.
type Ended struct {
	Organisation string     `json:"organisation"`
	Files        []KeptFile `json:"files"`
}

func (Ended) EventKind() string { return "app.ended" }

// KeptFile is a legal file that outlives the instance. Key is the fingerprint of the key that
// signed it.
type KeptFile struct {
	Name  string `json:"name"`
	Space string `json:"space"`
	Key   string `json:"key"`
	Part
	slug, path string
}

// End is what an end of life destroys, and what stays.
type End struct {
	Organisation string   // "" when it never said its name
	Uncovered    []string // spaces of which no legal file is kept, by title
	Events       int64    // of the journal: what they say goes, their chain stays
	Tables       []TablePart
	Files        int // that people brought
	Keep         []KeptFile
}

// keptFolder is where the legal files stay, in the data folder.
const keptFolder = "kept"

// PlanEnd tells what [EndLife] would do; it changes nothing. keep are the legal files to keep.
func PlanEnd(ctx context.Context, data, database string, keep []string) (e End, err error) {
	s, err := openExisting(ctx, data, database)
	if err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, path := range keep {
		f, err := readKept(path)
		if err != nil {
			return e, err
		}
		if slices.ContainsFunc(e.Keep, func(o KeptFile) bool { return o.Name == f.Name }) {
			return e, fmt.Errorf("two files to keep are named %s", f.Name)
		}
		e.Keep = append(e.Keep, f)
	}
	for _, err := range s.blobs.All(ctx) {
		if err != nil {
			return e, err
		}
		e.Files++
	}
	return e, s.db.Read(ctx, e.count)
}

// count reads what stands in the tables.
func (e *End) count(tx *db.Tx) error {
	id, err := people.LoadIdentity(tx)
	if err != nil {
		return err
	}
	e.Organisation = id.Name
	tables, err := db.Tables(tx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		part := TablePart{Table: t}
		if err := tx.Row(`SELECT count(*) FROM "`+t.Name+`"`, nil, &part.Rows); err != nil {
			return err
		}
		switch {
		case t.Name == "journal":
			e.Events = part.Rows
		case part.Rows > 0:
			e.Tables = append(e.Tables, part)
		}
	}
	return tx.Each("SELECT slug, title FROM space ORDER BY id", nil, func(scan func(...any) error) error {
		var slug, title string
		err := scan(&slug, &title)
		if !slices.ContainsFunc(e.Keep, func(f KeptFile) bool { return f.slug == slug }) {
			e.Uncovered = append(e.Uncovered, title)
		}
		return err
	})
}

// readKept measures and verifies a legal file to keep.
func readKept(path string) (f KeptFile, err error) {
	file, err := os.Open(path)
	if err != nil {
		return f, err
	}
	defer file.Close()
	sum := &summing{w: io.Discard, hash: sha256.New()}
	size, err := io.Copy(sum, file)
	if err != nil {
		return f, err
	}
	report, err := legalfile.Verify(file, size)
	if err == nil && !report.OK() {
		err = errors.New(report.Faults[0].Text("en"))
	}
	if err != nil {
		return f, fmt.Errorf("%s is not a legal file that verifies: %w", path, err)
	}
	return KeptFile{filepath.Base(path), report.Manifest.Space.Title, report.Fingerprint, sum.part(), report.Manifest.Space.Slug, path}, nil
}

// EndLife destroys the register, the accounts, the mails, the ballots, the documents, what
// the journal says and the keys: everything but the chain of the journal, the name of the
// organisation and the legal files to keep, which it copies into the data folder. Nothing else
// may use the instance meanwhile. Done again, it finishes what was interrupted.
func EndLife(ctx context.Context, data, database string, e End) (report journal.Report, err error) {
	s, err := openExisting(ctx, data, database)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, f := range e.Keep {
		if err := f.copyTo(filepath.Join(data, keptFolder)); err != nil {
			return report, err
		}
	}
	if err := s.db.Write(ctx, func(tx *db.Tx) error { return destroy(tx, e) }); err != nil {
		return report, err
	}
	for ref, err := range s.blobs.All(ctx) {
		if err == nil {
			err = s.blobs.Delete(ctx, ref.Key)
		}
		if err != nil {
			return report, err
		}
	}
	if err := removeKeys(data); err != nil {
		return report, err
	}
	if err := chain(ctx, s.db); err != nil {
		return report, err
	}
	if err := s.db.Compact(ctx); err != nil {
		return report, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) { report, err = journal.Verify(tx); return err })
	return report, err
}

// destroy empties every table but the journal, which forgets what it said.
func destroy(tx *db.Tx, e End) error {
	tables, err := db.Tables(tx)
	if err != nil {
		return err
	}
	err = db.WithoutReferences(tx, func() error {
		for _, t := range tables {
			if t.Name == "journal" {
				continue
			}
			if _, err := tx.Exec(`DELETE FROM "` + t.Name + `"`); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := journal.EraseWhole(tx); err != nil {
		return err
	}
	if err := people.SaveIdentity(tx, people.Identity{Name: e.Organisation}); err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{}, Ended{e.Organisation, e.Keep})
	return err
}

// copyTo copies the file into the folder, on disk when it returns; what the copy holds is
// what was measured.
func (f KeptFile) copyTo(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	in, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(folder, ".copy-*") // mode 0600
	if err != nil {
		return err
	}
	sum := &summing{w: out, hash: sha256.New()}
	_, err = io.Copy(sum, in)
	if err == nil && sum.part() != f.Part {
		err = fmt.Errorf("%s changed while it was read", f.path)
	}
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err == nil {
		err = os.Rename(out.Name(), filepath.Join(folder, f.Name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	return nil
}
