package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"isegoria.org/isegoria/internal/app"
)

// instance names what a command that keeps or restores works on.
type instance struct {
	Data     string `default:"./data" type:"path" env:"ISEGORIA_DATA" placeholder:"DIR" help:"Folder of everything that is kept."`
	Database string `env:"ISEGORIA_DATABASE" placeholder:"URL" help:"PostgreSQL address; without it, the SQLite file in the data folder."`
}

// backupCmd writes one file with everything an instance keeps.
type backupCmd struct {
	instance
	Out        string   `required:"" type:"path" placeholder:"FILE" help:"File to write; there must be none of that name."`
	Recipients []string `name:"recipient" placeholder:"age1…" help:"Encrypt for this public key (age); may be repeated. Without it, the file says everything to whoever reads it."`
}

// Run backs up; the site may be serving meanwhile.
func (c *backupCmd) Run(ctx context.Context) error {
	if _, err := app.DatabasePath(c.Data, c.Database); err != nil {
		return badInput{err}
	}
	var keys []age.Recipient
	if len(c.Recipients) > 0 {
		var err error
		if keys, err = age.ParseRecipients(strings.NewReader(strings.Join(c.Recipients, "\n"))); err != nil {
			return badInput{fmt.Errorf("--recipient: %w", err)}
		}
	}
	var m app.Manifest
	err := writeNew(c.Out, func(f io.Writer) (err error) {
		if len(keys) == 0 {
			m, err = app.Backup(ctx, c.Data, c.Database, programVersion(), f)
			return err
		}
		sealed, err := age.Encrypt(f, keys...)
		if err != nil {
			return err
		}
		m, err = app.Backup(ctx, c.Data, c.Database, programVersion(), sealed)
		return errors.Join(err, sealed.Close())
	})
	if err != nil {
		return err
	}
	fmt.Printf("%s: %d tables, %d rows, %d files\n", c.Out, len(m.Tables), m.Rows(), m.Files())
	if len(keys) == 0 {
		fmt.Println("It is not encrypted and holds personal data and keys: keep it as you keep the register, or name a --recipient.")
	}
	return nil
}

// writeNew writes a file that only its owner may read: whole, or not at all.
func writeNew(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return badInput{fmt.Errorf("%s exists already", path)}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return badInput{err}
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// restoreCmd fills an empty instance from a backup.
type restoreCmd struct {
	instance
	In       string `required:"" type:"existingfile" placeholder:"FILE" help:"Backup to restore, made with SQLite or with PostgreSQL."`
	Identity string `type:"existingfile" placeholder:"FILE" help:"File of the private key (age) of an encrypted backup."`
}

// Run restores and verifies the journal.
func (c *restoreCmd) Run(ctx context.Context) error {
	f, err := os.Open(c.In)
	if err != nil {
		return badInput{err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	r, size, err := unseal(f, info.Size(), c.Identity)
	if err != nil {
		return badInput{err}
	}
	m, report, err := app.Restore(ctx, c.Data, c.Database, r, size)
	if errors.Is(err, app.ErrBackup) || errors.Is(err, app.ErrNotEmpty) {
		return badInput{err}
	}
	if err != nil {
		return err
	}
	fmt.Printf("restored the backup of %s: %d tables, %d rows, %d files\n", m.MadeAt.Format("2006-01-02 15:04 MST"), len(m.Tables), m.Rows(), m.Files())
	return printJournal(report)
}

// unseal opens an encrypted backup with the identity, and leaves another as it is.
func unseal(f *os.File, size int64, identity string) (io.ReaderAt, int64, error) {
	const sealed = "age-encryption.org/"
	head := make([]byte, len(sealed))
	if _, err := f.ReadAt(head, 0); err != nil || !bytes.Equal(head, []byte(sealed)) {
		return f, size, nil
	}
	if identity == "" {
		return nil, 0, errors.New("the backup is encrypted: name the file of the private key with --identity")
	}
	file, err := os.Open(identity)
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	keys, err := age.ParseIdentities(file)
	if err != nil {
		return nil, 0, fmt.Errorf("--identity: %w", err)
	}
	r, n, err := age.DecryptReaderAt(f, size, keys...)
	if err != nil {
		return nil, 0, fmt.Errorf("the backup cannot be decrypted: %w", err)
	}
	return r, n, nil
}
