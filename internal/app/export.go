package app

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
)

// Export gives everything the organisation holds, as it stands in tx, in open formats (CSV,
// JSON, and the files people brought as they brought them), with a README that explains each
// file. Keys and tokens are not in it.
func (a *App) Export(tx *db.Tx, add component.AddFile) error {
	sums := map[string]string{} // of the files added, by name
	once := func(name string, write func(io.Writer) error) error {
		if _, twice := sums[name]; twice {
			return fmt.Errorf("export: two files are named %s", name)
		}
		return add(name, func(w io.Writer) error {
			s := &summing{w: w, hash: sha256.New()}
			err := write(s)
			sums[name] = s.part().SHA256
			return err
		})
	}
	parts := []func() error{
		func() error { return exportOrganisation(tx, once) },
		func() error { return exportSpaces(tx, once) },
		func() error { return exportMails(tx, once) },
		func() error {
			return component.Ask(a.deps, func(e component.Exporter) error { return e.Export(tx, once) })
		},
		func() error { return once("journal.jsonl", func(w io.Writer) error { return journal.Export(tx, w) }) },
		func() error { return a.exportFiles(tx, sums, once) },
	}
	for _, part := range parts {
		if err := part(); err != nil {
			return err
		}
	}
	names := make([]string, 0, len(sums))
	for name := range sums {
		names = append(names, name)
	}
	slices.Sort(names)
	return add("README.md", func(w io.Writer) error { return writeExportReadme(w, names) })
}

func exportOrganisation(tx *db.Tx, add component.AddFile) error {
	settings := map[string]json.RawMessage{}
	err := tx.Each("SELECT key, value FROM setting ORDER BY key", nil, func(scan func(...any) error) error {
		var key, value string
		err := scan(&key, &value)
		settings[key] = json.RawMessage(value)
		return err
	})
	if err != nil {
		return err
	}
	roles, err := exportRoles(tx, 0)
	if err != nil {
		return err
	}
	return add("organisation.json", indented(map[string]any{"settings": settings, "roles": roles}))
}

type exportedRole struct {
	Account int64       `json:"account,string"`
	Name    string      `json:"name"`
	Role    people.Role `json:"role"`
}

func exportRoles(tx *db.Tx, spaceID int64) ([]exportedRole, error) {
	holders, err := space.RoleHolders(tx, spaceID)
	list := make([]exportedRole, len(holders))
	for i, h := range holders {
		list[i] = exportedRole{h.Account, h.Name, h.Role}
	}
	return list, err
}

type exportedSpace struct {
	ID         int64            `json:"id,string"`
	Slug       string           `json:"slug"`
	Parent     int64            `json:"parent,string"` // 0: none
	Kind       space.Kind       `json:"kind"`
	Title      string           `json:"title"`
	Kicker     string           `json:"kicker"`
	Summary    string           `json:"summary"`
	Place      string           `json:"place"`
	Visibility space.Visibility `json:"visibility"`
	TimeZone   string           `json:"time_zone"`
	CreatedAt  time.Time        `json:"created_at"`
	ArchivedAt time.Time        `json:"archived_at,omitzero"`
	Phases     []exportedPhase  `json:"phases"`
	Roles      []exportedRole   `json:"roles"`
}

type exportedPhase struct {
	Key   string    `json:"key"`
	Title string    `json:"title"`
	Start time.Time `json:"start,omitzero"`
	End   time.Time `json:"end,omitzero"`
}

func exportSpaces(tx *db.Tx, add component.AddFile) error {
	ids, err := db.All(tx, "SELECT id FROM space ORDER BY id", nil, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := exportSpace(tx, id, add); err != nil {
			return err
		}
	}
	return nil
}

// exportSpace writes the space, its statutes as they are edited, and its electoral roll.
func exportSpace(tx *db.Tx, id int64, add component.AddFile) error {
	s, err := space.Find(tx, id)
	if err != nil {
		return err
	}
	out := exportedSpace{s.ID, s.Slug, s.Parent, s.Kind, s.Title, s.Kicker, s.Summary, s.Place, s.Visibility, s.TimeZone, s.CreatedAt, s.ArchivedAt, nil, nil}
	phases, err := space.Phases(tx, id)
	if err != nil {
		return err
	}
	for _, p := range phases {
		out.Phases = append(out.Phases, exportedPhase{p.Key, p.Title, p.Start, p.End})
	}
	if out.Roles, err = exportRoles(tx, id); err != nil {
		return err
	}
	if err := add(s.Slug+"/space.json", indented(out)); err != nil {
		return err
	}
	text, err := electorate.Text(tx, id)
	if err != nil {
		return err
	}
	if text != "" {
		if err := add(s.Slug+"/statutes.toml", func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			return err
		}
	}
	return add(s.Slug+"/roll.jsonl", func(w io.Writer) error {
		e := json.NewEncoder(w)
		return electorate.EachParticipant(tx, id, func(p electorate.Participant) error {
			return e.Encode(map[string]any{"number": p.Number, "name": p.Name, "domicile": p.Domicile, "college": p.College,
				"shares": p.Shares, "votes": p.Votes.String(), "took_part": p.Mode, "represented_by": p.Holder})
		})
	})
}

func exportMails(tx *db.Tx, add component.AddFile) error {
	return add("mails.jsonl", func(w io.Writer) error {
		e := json.NewEncoder(w)
		for before := int64(0); ; {
			list, err := mail.List(tx, mail.Filter{Before: before, Limit: 1000})
			if err != nil || len(list) == 0 {
				return err
			}
			for _, m := range list {
				line := map[string]any{"kind": m.Kind, "to": m.To.Address, "name": m.To.Name, "subject": m.Subject,
					"state": m.State, "queued_at": m.QueuedAt, "reply": m.Reply}
				if !m.DoneAt.IsZero() {
					line["done_at"] = m.DoneAt
				}
				if err := e.Encode(line); err != nil {
					return err
				}
				before = m.ID
			}
		}
	})
}

// exportFiles adds the files people brought that no component gave a name to.
func (a *App) exportFiles(tx *db.Tx, sums map[string]string, add component.AddFile) error {
	named := map[string]bool{}
	for _, sum := range sums {
		named[sum] = true
	}
	for ref, err := range a.Blobs.All(tx.Context()) {
		if err != nil {
			return err
		}
		if named[ref.Key] {
			continue
		}
		r, err := a.Blobs.Get(tx.Context(), ref.Key)
		if fault.CodeOf(err) == fault.NotFound {
			continue // deleted since it was listed
		}
		if err != nil {
			return err
		}
		err = add("files/"+ref.Key, func(w io.Writer) error { _, err := io.Copy(w, r); return err })
		r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func indented(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// exportNotes explains the files of an export: a pattern of names, then what they are, in
// French and in English, separated by tabs.
//
//go:embed export_files.tsv
var exportNotes string

// explained is what a pattern says of the files it names.
type explained struct {
	pattern, fr, en string
	names           []string
}

// explain gives each file to the first pattern that names it; those that none names are
// returned apart.
func explain(names []string) (list []explained, rest []string) {
	for line := range strings.Lines(exportNotes) {
		if cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(cells) == 3 {
			list = append(list, explained{pattern: cells[0], fr: cells[1], en: cells[2]})
		}
	}
next:
	for _, name := range names {
		for i := range list {
			if ok, _ := path.Match(list[i].pattern, name); ok {
				list[i].names = append(list[i].names, name)
				continue next
			}
		}
		rest = append(rest, name)
	}
	return list, rest
}

const readmeHead = `# Export

Tout ce que l’organisation conserve dans Isegoria, dans des formats ouverts : CSV (UTF-8), JSON
et JSON Lines (un objet par ligne), dates selon la norme RFC 3339, nombres de voix en fractions
exactes (« 3/1 »). Les clés et les codes d’accès n’y sont pas. Ce dossier contient des données
personnelles : il se garde comme le registre des membres.

Everything the organisation keeps in Isegoria, in open formats: CSV (UTF-8), JSON and JSON Lines
(one object a line), dates as RFC 3339 says, numbers of votes as exact fractions ("3/1"). Keys
and access codes are not in it. This folder holds personal data: keep it as you keep the
register of members.
`

func writeExportReadme(w io.Writer, names []string) error {
	var b bytes.Buffer
	b.WriteString(readmeHead)
	list, rest := explain(names)
	if len(rest) > 0 {
		list = append(list, explained{"…", "Autres fichiers, nommés par la partie du programme qui les tient.", "Other files, named by the part of the program that keeps them.", rest})
	}
	for _, e := range list {
		if len(e.names) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## `%s`\n\n%s\n\n%s\n\n", e.pattern, e.fr, e.en)
		for i, name := range e.names {
			if i == 20 {
				fmt.Fprintf(&b, "- … (%d)\n", len(e.names))
				break
			}
			fmt.Fprintf(&b, "- `%s`\n", name)
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}
