// Command later does what a test in a browser cannot wait for: it moves moments kept in the SQLite
// database of a house that runs, by one statement.
//
//	go run ./internal/app/apptest/later DATABASE STATEMENT
package main

import (
	"context"
	"fmt"
	"os"

	"isegoria.org/isegoria/internal/platform/db"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("usage: later DATABASE STATEMENT")
	}
	ctx := context.Background()
	d, err := db.Open(ctx, args[0])
	if err != nil {
		return err
	}
	err = d.Write(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(args[1])
		if err == nil && n == 0 {
			err = fmt.Errorf("no row changed: %s", args[1])
		}
		return err
	})
	if closed := d.Close(); err == nil {
		err = closed
	}
	return err
}
