package app_test

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/app/demo"
	"isegoria.org/isegoria/internal/platform/db"
)

// The demonstration's export holds what the house knows, explains each file, and no secret.
func TestExportOfTheDemonstration(t *testing.T) {
	if testing.Short() {
		t.Skip("invents a cooperative")
	}
	h := apptest.Start(t)
	if err := demo.Seed(t.Context(), h.App); err != nil {
		t.Fatal(err)
	}
	lost := "a file that nothing names any more"
	if _, err := h.Blobs.Put(t.Context(), strings.NewReader(lost)); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	h.Read(func(tx *db.Tx) error {
		return h.Export(tx, func(name string, write func(io.Writer) error) error {
			var b bytes.Buffer
			err := write(&b)
			files[name] = b.String()
			return err
		})
	})
	for name, wants := range map[string]string{
		"README.md":         "journal.jsonl",
		"organisation.json": "Les Deux Rives",
		"members.csv":       "Rennes",
		"accounts.jsonl":    "camille.rey@exemple.org",
		"ag/space.json":     `"kind": "general-assembly"`,
		"ag/statutes.toml":  "[colleges",
		"ag/roll.jsonl":     `"took_part":"online"`,
		"journal.jsonl":     `"kind":"vote.`,
	} {
		if !strings.Contains(files[name], wants) {
			t.Errorf("%s does not say %q", name, wants)
		}
	}
	if n := strings.Count(files["ag/roll.jsonl"], "\n"); n < 900 {
		t.Errorf("%d electors", n)
	}
	if !slices.Contains(slices.Collect(maps.Values(files)), lost) {
		t.Error("a file is not in the export")
	}
	names := slices.Collect(maps.Keys(files))
	if rest := app.Unexplained(names); len(rest) > 0 {
		t.Errorf("export_files.tsv explains none of %v", rest)
	}
	for name, text := range files {
		for _, secret := range []string{"token_hash", "code_hash", string(h.Site.Secret)} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds a secret", name)
			}
		}
	}
}
