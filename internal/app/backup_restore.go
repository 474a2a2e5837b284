package app

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
)

// ErrBackup is wrapped by what is wrong with a file that should be a backup.
var ErrBackup = errors.New("the backup cannot be restored")

// ErrNotEmpty says that there is an instance where one should be restored.
var ErrNotEmpty = errors.New("there is already an instance here: restore into an empty data folder and an empty database")

// Restore fills an empty instance from a backup of size bytes, made on either engine, and
// brings it to this program's schema. Nothing is begun with a damaged backup.
func Restore(ctx context.Context, data, database string, r io.ReaderAt, size int64) (m Manifest, report journal.Report, err error) {
	z, m, err := readBackup(r, size)
	if err != nil {
		return m, report, err
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return m, report, fmt.Errorf("data folder: %w", err)
	}
	for _, name := range keyFiles {
		if _, err := os.Stat(filepath.Join(data, name)); err == nil {
			return m, report, ErrNotEmpty
		}
	}
	s, err := openStores(ctx, data, databasePath(data, database))
	if err != nil {
		return m, report, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.db.Read(ctx, mustBeEmpty); err != nil {
		return m, report, err
	}
	known := migrations(components(&component.Deps{}))
	if err := s.db.MigrateLike(ctx, m.Migrations, known...); err != nil {
		return m, report, fmt.Errorf("%w: %w", ErrBackup, err)
	}
	if err := s.restoreBlobs(ctx, z); err != nil {
		return m, report, err
	}
	if err := restoreKeys(data, z); err != nil {
		return m, report, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		err := db.WithoutReferences(tx, func() error { return loadTables(tx, z, m) })
		if err != nil {
			return err
		}
		return journal.ChainMoved(tx)
	})
	if err != nil {
		return m, report, errors.Join(err, removeKeys(data))
	}
	if err := s.db.Migrate(ctx, known...); err != nil {
		return m, report, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) (err error) { report, err = journal.Verify(tx); return err })
	return m, report, err
}

// readBackup opens the archive and compares every part with the manifest.
func readBackup(r io.ReaderAt, size int64) (*zip.Reader, Manifest, error) {
	var m Manifest
	bad := func(why string, args ...any) error {
		return fmt.Errorf("%w: %w", ErrBackup, fmt.Errorf(why, args...))
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, m, bad("it is not a backup, or it is damaged: %w", err)
	}
	text, err := fs.ReadFile(z, "manifest.json")
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		return nil, m, bad("its manifest cannot be read: %w", err)
	}
	if m.Format != backupFormat {
		return nil, m, bad("its format is %q, this program reads %q", m.Format, backupFormat)
	}
	for _, f := range z.File {
		if f.Name == "manifest.json" {
			continue
		}
		sum := &summing{w: io.Discard, hash: sha256.New()}
		content, err := f.Open()
		if err == nil {
			_, err = io.Copy(sum, content)
			err = errors.Join(err, content.Close())
		}
		if want, known := m.Parts[f.Name]; err != nil || !known || want != sum.part() {
			return nil, m, bad("%s is not what was saved", f.Name)
		}
	}
	if len(z.File)-1 != len(m.Parts) {
		return nil, m, bad("parts are missing")
	}
	return z, m, nil
}

func mustBeEmpty(tx *db.Tx) error {
	tables, err := db.Tables(tx)
	for _, t := range tables {
		var any bool
		if err := tx.Row(`SELECT EXISTS (SELECT 1 FROM "`+t.Name+`")`, nil, &any); err != nil {
			return err
		}
		if any {
			return ErrNotEmpty
		}
	}
	return err
}

func (s *stores) restoreBlobs(ctx context.Context, z *zip.Reader) error {
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "files/") {
			continue
		}
		content, err := fs.ReadFile(z, f.Name)
		if err != nil {
			return err
		}
		ref, err := s.blobs.Put(ctx, bytes.NewReader(content))
		if err == nil && "files/"+ref.Key != f.Name {
			err = errors.New("its content has another hash")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}

func restoreKeys(data string, z *zip.Reader) error {
	for _, name := range keyFiles {
		text, err := fs.ReadFile(z, "keys/"+name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(data, name), text, 0o600)
		}
		if err != nil {
			return errors.Join(err, removeKeys(data))
		}
	}
	return nil
}

func removeKeys(data string) (err error) {
	for _, name := range keyFiles {
		if e := os.Remove(filepath.Join(data, name)); !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// loadTables writes the rows of every table; the backup has those of the schema, and no other.
func loadTables(tx *db.Tx, z *zip.Reader, m Manifest) error {
	schema, err := db.Tables(tx)
	if err != nil {
		return err
	}
	if len(schema) != len(m.Tables) {
		return fmt.Errorf("%w: it has %d tables instead of %d", ErrBackup, len(m.Tables), len(schema))
	}
	for i, t := range schema {
		if !t.Same(m.Tables[i].Table) {
			return fmt.Errorf("%w: the table %s is not the one this program knows", ErrBackup, t.Name)
		}
		r, err := z.Open("tables/" + t.Name + ".jsonl")
		if err != nil {
			return err
		}
		rows, err := db.Load(tx, t, r)
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
		if rows != m.Tables[i].Rows {
			return fmt.Errorf("%w: %s has %d rows instead of %d", ErrBackup, t.Name, rows, m.Tables[i].Rows)
		}
	}
	return nil
}
