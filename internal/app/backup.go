package app

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// A backup is a ZIP with everything an instance keeps, in one form for both engines:
//
//	manifest.json      what is in it, with the hash of each part
//	tables/NAME.jsonl  the rows of a table, one JSON array per line
//	files/KEY          a file people brought, under the hash of its content
//	keys/NAME          a key of the data folder
const backupFormat = "isegoria-backup-1"

// Manifest describes a backup.
type Manifest struct {
	Format     string          `json:"format"`
	Program    string          `json:"program"` // the version that made it
	MadeAt     time.Time       `json:"made_at"`
	Engine     db.Dialect      `json:"engine"`
	Migrations []int64         `json:"migrations"` // that made the schema
	Tables     []TablePart     `json:"tables"`
	Parts      map[string]Part `json:"parts"`
}

// TablePart is a table of a backup.
type TablePart struct {
	db.Table
	Rows int64 `json:"rows"`
}

// Part is one entry of a backup: its size in bytes and its SHA-256.
type Part struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Rows is how many rows the backup holds.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Files is how many files people brought the backup holds.
func (m Manifest) Files() (n int) {
	for name := range m.Parts {
		if strings.HasPrefix(name, "files/") {
			n++
		}
	}
	return n
}

// Backup writes everything the instance keeps to w, as it stands at one moment, while the
// instance may be at work. program is the version that makes it.
func Backup(ctx context.Context, data, database, program string, w io.Writer) (m Manifest, err error) {
	s, err := openExisting(ctx, data, database)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	m = Manifest{Format: backupFormat, Program: program, MadeAt: s.db.Clock(), Engine: s.db.Dialect, Parts: map[string]Part{}}
	out := &archive{zip: zip.NewWriter(w), parts: m.Parts, at: m.MadeAt}
	// Files before the moment and those since: one deleted meanwhile is then there for the
	// rows that name it.
	if err := s.writeBlobs(ctx, out); err != nil {
		return m, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if m.Migrations, err = db.Applied(tx); err != nil {
			return err
		}
		m.Tables, err = writeTables(tx, out)
		return err
	})
	if err != nil {
		return m, err
	}
	if err := s.writeBlobs(ctx, out); err != nil {
		return m, err
	}
	for _, name := range keyFiles {
		text, err := os.ReadFile(filepath.Join(data, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return m, err
		}
		if err := out.add("keys/"+name, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			return m, err
		}
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	if err := out.add("manifest.json", func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return m, err
	}
	return m, out.zip.Close()
}

func writeTables(tx *db.Tx, out *archive) (parts []TablePart, err error) {
	tables, err := db.Tables(tx)
	if err != nil {
		return nil, err
	}
	for _, t := range tables {
		part := TablePart{Table: t}
		err := out.add("tables/"+t.Name+".jsonl", func(w io.Writer) (err error) { part.Rows, err = db.Dump(tx, t, w); return err })
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	return parts, nil
}

// writeBlobs writes the files that are not in the archive yet.
func (s *stores) writeBlobs(ctx context.Context, out *archive) error {
	for ref, err := range s.blobs.All(ctx) {
		if err != nil {
			return err
		}
		if _, done := out.parts["files/"+ref.Key]; done {
			continue
		}
		r, err := s.blobs.Get(ctx, ref.Key)
		if fault.CodeOf(err) == fault.NotFound {
			continue // deleted since it was listed
		}
		if err != nil {
			return err
		}
		err = out.add("files/"+ref.Key, func(w io.Writer) error { _, err := io.Copy(w, r); return err })
		if err = errors.Join(err, r.Close()); err != nil {
			return err
		}
	}
	return nil
}

// archive is a ZIP that notes the size and the hash of what is put into it.
type archive struct {
	zip   *zip.Writer
	parts map[string]Part
	at    time.Time
}

func (a *archive) add(name string, write func(io.Writer) error) error {
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.at})
	if err != nil {
		return err
	}
	sum := &summing{w: w, hash: sha256.New()}
	if err := write(sum); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a.parts[name] = sum.part()
	return nil
}

type summing struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (s *summing) Write(b []byte) (int, error) {
	n, err := s.w.Write(b)
	s.hash.Write(b[:n])
	s.size += int64(n)
	return n, err
}

func (s *summing) part() Part { return Part{s.size, hex.EncodeToString(s.hash.Sum(nil))} }
