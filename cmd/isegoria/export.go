package main

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
)

// exportCmd writes everything in open formats.
type exportCmd struct {
	instance
	Out string `required:"" type:"path" placeholder:"DIR|FILE.zip" help:"Folder or ZIP to write; there must be none of that name."`
}

// Run exports; the site may be serving meanwhile, with the same version of the program.
func (c *exportCmd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	n := 0
	if strings.HasSuffix(c.Out, ".zip") {
		err = writeNew(c.Out, func(f io.Writer) error {
			z := zip.NewWriter(f)
			err := exportTo(ctx, a, func(name string, write func(io.Writer) error) error {
				n++
				w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.Site.DB.Clock()})
				if err != nil {
					return err
				}
				return write(w)
			})
			return errors.Join(err, z.Close())
		})
	} else if err = os.Mkdir(c.Out, 0o700); err != nil {
		return badInput{err}
	} else {
		err = exportTo(ctx, a, func(name string, write func(io.Writer) error) error { n++; return writeBelow(c.Out, name, write) })
	}
	if err == nil {
		fmt.Printf("%s: %d files; README.md says what each is\n", c.Out, n)
	}
	return err
}

// open opens an instance that exists, without serving it.
func (i instance) open(ctx context.Context) (*app.App, error) {
	if _, err := app.DatabasePath(i.Data, i.Database); err != nil {
		return nil, badInput{err}
	}
	return app.New(ctx, app.Config{Data: i.Data, Database: i.Database, URL: "http://localhost"}, newLog("warn"))
}

func exportTo(ctx context.Context, a *app.App, add component.AddFile) error {
	return a.Site.DB.Read(ctx, func(tx *db.Tx) error { return a.Export(tx, add) })
}

// writeBelow writes a file of the export, whose name may have folders, into dir.
func writeBelow(dir, name string, write func(io.Writer) error) error {
	if !filepath.IsLocal(name) {
		return fmt.Errorf("export: %s is no name of a file below the folder", name)
	}
	path := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
