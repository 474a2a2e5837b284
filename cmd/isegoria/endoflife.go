package main

import (
	"context"
	"errors"
	"fmt"

	"isegoria.org/isegoria/internal/app"
)

// endOfLifeCmd destroys what an instance holds of people and keeps the legal files.
type endOfLifeCmd struct {
	instance
	Keep    []string `type:"existingfile" placeholder:"FILE.zip" help:"Legal file to keep, in the data folder; may be repeated."`
	Destroy string   `name:"yes-destroy" placeholder:"NAME" help:"Destroy, for good. NAME is the organisation's. Without it, only tell what would be destroyed."`
}

// Run tells what the end of life destroys and, asked by the organisation's name, does it.
func (c *endOfLifeCmd) Run(ctx context.Context) error {
	if _, err := app.DatabasePath(c.Data, c.Database); err != nil {
		return badInput{err}
	}
	end, err := app.PlanEnd(ctx, c.Data, c.Database, c.Keep)
	if err != nil {
		return badInput{err}
	}
	name := end.Organisation
	if name == "" {
		name = c.Data
	}
	printEnd(end, name)
	switch {
	case c.Destroy == "":
		fmt.Printf("\nNothing has been destroyed. Stop the site, then add: --yes-destroy %q\n", name)
		return nil
	case c.Destroy != name:
		return badInput{fmt.Errorf("nothing has been destroyed: the organisation is named %q, not %q", name, c.Destroy)}
	case len(end.Uncovered) > 0 && len(end.Keep) == 0:
		return badInput{errors.New("nothing has been destroyed: name the legal files of its assemblies with --keep")}
	}
	report, err := app.EndLife(ctx, c.Data, c.Database, end)
	if err != nil {
		return err
	}
	fmt.Println("\ndestroyed; destroy the backups too, and the copies of the database that its server keeps")
	return printJournal(report)
}

func printEnd(e app.End, name string) {
	fmt.Printf("%s: what the end of life destroys, in rows of each table\n", name)
	for _, t := range e.Tables {
		fmt.Printf("  %-28s %9d\n", t.Name, t.Rows)
	}
	fmt.Printf("  %-28s %9d files\n", "documents and scans", e.Files)
	fmt.Printf("  %-28s %9d events, whose chain stays\n", "what the journal says", e.Events)
	fmt.Printf("  %-28s\n", "the keys of the instance")
	fmt.Println("What stays: the chain of the journal, the organisation's name, and")
	for _, f := range e.Keep {
		fmt.Printf("  %s (%s; %d bytes, SHA-256 %s)\n", f.Name, f.Space, f.Size, f.SHA256)
	}
	if len(e.Keep) == 0 {
		fmt.Println("  no legal file")
	}
	for _, title := range e.Uncovered {
		fmt.Printf("No legal file is kept of: %s\n", title)
	}
}
