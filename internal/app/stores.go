package app

import (
	"context"
	"errors"
	"path/filepath"

	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
)

// keyFiles are the keys of a data folder. Each is there once it is needed.
var keyFiles = []string{"secret", "signing-key"}

// stores are an instance at rest: what it keeps, without its pages.
type stores struct {
	db    *db.DB
	blobs *blob.Store
	data  string
}

// openStores opens the files in the data folder and the database that dsn names.
func openStores(ctx context.Context, data, dsn string) (*stores, error) {
	blobs, err := blob.Open(ctx, filepath.Join(data, "files"), maxFile)
	if err != nil {
		return nil, err
	}
	d, err := db.Open(ctx, dsn)
	if err != nil {
		return nil, errors.Join(err, blobs.Close())
	}
	return &stores{d, blobs, data}, nil
}

// openExisting opens an instance that exists; its schema stays as it is.
func openExisting(ctx context.Context, data, database string) (*stores, error) {
	dsn, err := DatabasePath(data, database)
	if err != nil {
		return nil, err
	}
	return openStores(ctx, data, dsn)
}

func (s *stores) close() error { return errors.Join(s.db.Close(), s.blobs.Close()) }

// databasePath is the address of the database that a configuration names.
func databasePath(data, database string) string {
	if database != "" {
		return database
	}
	return filepath.Join(data, "isegoria.db")
}
