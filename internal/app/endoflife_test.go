package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// After the end of life no trace of a person is left, the legal file is, and the chain holds.
func TestEndOfLife(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { endOfLife(t, onSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { endOfLife(t, onPostgres(t)) })
}

func endOfLife(t *testing.T, i instance) {
	ctx := context.Background()
	a := i.open(t)
	ref, err := a.Blobs.Put(ctx, strings.NewReader("a scan of Zénobie's proxy"))
	if err != nil {
		t.Fatal(err)
	}
	err = a.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := people.SaveIdentity(tx, people.Identity{Name: "Les Deux Rives", Address: "Rennes", TimeZone: "Europe/Paris"}); err != nil {
			return err
		}
		m, err := people.SaveMember(tx, 0, people.Member{Number: "1", LastName: "Zénobie", Kind: people.Person, AdmittedOn: "2020-01-01", Email: "zenobie@example.org"})
		if err != nil {
			return err
		}
		account, err := people.OpenMemberAccount(tx, m)
		if err != nil {
			return err
		}
		_, err = people.OpenSession(tx, account.ID, people.ByLink, "Firefox")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	legal := filepath.Join("..", "..", "legalfile", "testdata", "assembly.zip")
	for _, not := range []string{filepath.Join(i.data, "secret"), tampered(t, legal)} {
		if _, err := app.PlanEnd(ctx, i.data, i.database, []string{not}); err == nil {
			t.Errorf("%s would be kept as a legal file", not)
		}
	}
	end, err := app.PlanEnd(ctx, i.data, i.database, []string{legal})
	if err != nil {
		t.Fatal(err)
	}
	if end.Organisation != "Les Deux Rives" || end.Files != 1 || end.Events == 0 || len(end.Tables) < 4 || len(end.Uncovered) != 0 {
		t.Errorf("the plan: %+v", end)
	}
	before := i.backup(t) // planning has destroyed nothing
	if !bytes.Contains(unzipped(t, before), []byte("Zénobie")) {
		t.Error("what is looked for below was never there")
	}
	report, err := app.EndLife(ctx, i.data, i.database, end)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Faults) != 0 || report.Events != end.Events+1 || report.Erased != end.Events || report.Waiting != 0 {
		t.Errorf("the journal: %+v", report)
	}
	after := unzipped(t, i.backup(t))
	for _, trace := range []string{"Zénobie", "zenobie", "Firefox", ref.Key, "member/", "Rennes"} {
		if bytes.Contains(after, []byte(trace)) {
			t.Errorf("%q is still there", trace)
		}
	}
	if i.database == "" {
		for _, suffix := range []string{"", "-wal"} {
			text, err := os.ReadFile(filepath.Join(i.data, "isegoria.db"+suffix))
			if err == nil && bytes.Contains(text, []byte("zenobie")) {
				t.Errorf("the database's file isegoria.db%s still holds a trace", suffix)
			}
		}
	}
	kept, err := os.ReadFile(filepath.Join(i.data, "kept", "assembly.zip"))
	if err != nil {
		t.Fatal(err)
	}
	if original, err := os.ReadFile(legal); err != nil || !bytes.Equal(kept, original) {
		t.Errorf("the legal file is not the one that was given: %v", err)
	}
	checkLastEvent(t, i, end)
}

// checkLastEvent reads that the journal ends with what was kept, and that the program still serves.
func checkLastEvent(t *testing.T, i instance, end app.End) {
	t.Helper()
	a := i.open(t)
	defer a.Close()
	err := a.Site.DB.Read(t.Context(), func(tx *db.Tx) error {
		events, err := journal.Read(tx, journal.Filter{Newest: true, Limit: 1})
		if err != nil {
			return err
		}
		var said app.Ended
		if err := json.Unmarshal(events[0].Payload, &said); err != nil {
			return err
		}
		if len(said.Files) != 1 || said.Files[0].SHA256 != end.Keep[0].SHA256 || said.Organisation != "Les Deux Rives" {
			t.Errorf("the last event says %s", events[0].Payload)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tampered is a copy of a ZIP without its last part.
func tampered(t *testing.T, path string) string {
	t.Helper()
	from, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, f := range from.File[:len(from.File)-1] {
		if err := to.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	copied := filepath.Join(t.TempDir(), "tampered.zip")
	if err := errors.Join(to.Close(), os.WriteFile(copied, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	return copied
}

// unzipped is the content of every part of a ZIP, with the names.
func unzipped(t *testing.T, file []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		all.WriteString(f.Name + "\n")
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := all.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return all.Bytes()
}
