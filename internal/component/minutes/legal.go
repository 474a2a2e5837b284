package minutes

import (
	"context"
	_ "embed"
	"io"
	"runtime/debug"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile"
	"isegoria.org/isegoria/statute"
)

// readme explains the legal file to whoever opens it.
//
//go:embed readme.txt
var readme string

// WriteLegalFile writes the legal file of the space to w, as it goes, signed with the installation's
// key. That it was taken is in the journal before the first byte leaves.
func (c *Component) WriteLegalFile(ctx context.Context, a space.Access, w io.Writer) error {
	if err := must(a, canTakeLegalFile(a)); err != nil {
		return err
	}
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		_, err := journal.Append(tx, about(a.Space, a.Viewer.Account), LegalFileTaken{})
		return err
	})
	if err != nil {
		return err
	}
	if err := chainAll(ctx, c.deps.Site.DB); err != nil {
		return err
	}
	return c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error { return c.writeLegalFile(tx, a.Space, w) })
}

// chainAll gives every stored event its place, so that the file's extract is whole.
func chainAll(ctx context.Context, d *db.DB) error {
	for {
		n := 0
		err := d.Write(ctx, func(tx *db.Tx) (err error) { n, err = journal.Chain(tx); return err })
		if err != nil || n == 0 {
			return err
		}
	}
}

func (c *Component) writeLegalFile(tx *db.Tx, sp space.Space, w io.Writer) error {
	identity, err := people.LoadIdentity(tx)
	if err != nil {
		return err
	}
	statutes, err := electorate.Text(tx, sp.ID)
	if err != nil {
		return err
	}
	if statutes == "" {
		statutes = string(statute.Template(statute.Collective)) // as electorate.Rules has it
	}
	out := legalfile.NewWriter(w, tx.Now)
	err = addAll(out.Add, []file{
		{"LISEZMOI-README.txt", func(w io.Writer) error { _, err := io.WriteString(w, readme); return err }},
		{legalfile.StatutesName, func(w io.Writer) error { _, err := io.WriteString(w, statutes); return err }},
		{legalfile.RollName, func(w io.Writer) error { return writeRoll(tx, w, sp.ID) }},
	})
	if err != nil {
		return err
	}
	err = component.Ask(c.deps, func(e component.Evidence) error { return e.Evidence(tx, sp, out.Add) })
	if err != nil {
		return err
	}
	err = addAll(out.Add, []file{
		{legalfile.EventsName, func(w io.Writer) error { return journal.ExportSpace(tx, w, sp.ID) }},
		{legalfile.ChainName, func(w io.Writer) error { return journal.ExportChain(tx, w) }},
	})
	if err != nil {
		return err
	}
	m := legalfile.Manifest{Program: "isegoria " + programVersion(), Organisation: identity.Name, Space: legalfile.Space{ID: sp.ID, Slug: sp.Slug, Title: sp.Title}}
	if m.Journal.Seq, m.Journal.Hash, err = journal.Head(tx); err != nil {
		return err
	}
	return out.Close(m, c.deps.Site.Signing)
}

// programVersion is what the build says of itself.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}
