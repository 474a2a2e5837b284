package db

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

// Migrate brings the schema up to date with the migrations of all the given folders,
// merged and ordered by their number. A file is "202611221200_name.sql" for both
// engines, or "….sqlite.sql" and "….postgres.sql" where they must differ.
func (d *DB) Migrate(ctx context.Context, folders ...fs.FS) error {
	p, err := d.migrations(folders)
	if err != nil {
		return err
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func (d *DB) migrations(folders []fs.FS) (*goose.Provider, error) {
	merged, err := d.merge(folders)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	dialect := goose.DialectSQLite3
	if d.Dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, d.admin, merged)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

func (d *DB) merge(folders []fs.FS) (fs.FS, error) {
	other := "." + string(Postgres) + ".sql"
	if d.Dialect == Postgres {
		other = "." + string(SQLite) + ".sql"
	}
	merged := fstest.MapFS{}
	for _, folder := range folders {
		names, err := fs.Glob(folder, "*.sql")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, other) {
				continue
			}
			if _, twice := merged[name]; twice {
				return nil, fmt.Errorf("two migrations are named %s", name)
			}
			text, err := fs.ReadFile(folder, name)
			if err != nil {
				return nil, err
			}
			merged[name] = &fstest.MapFile{Data: text, Mode: 0o444}
		}
	}
	return merged, nil
}
