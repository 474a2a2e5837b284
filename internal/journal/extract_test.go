package journal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

type extracted struct {
	Name string `json:"name"`
}

func (extracted) EventKind() string { return "test.extracted" }

func TestExtract(t *testing.T) {
	dbtest.Each(t, []fs.FS{journal.Migrations()}, func(t *testing.T, d *db.DB) {
		write := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(context.Background(), fn); err != nil {
				t.Fatal(err)
			}
		}
		var last journal.Event
		write(func(tx *db.Tx) (err error) {
			for _, space := range []int64{1, 2, 1} {
				if last, err = journal.Append(tx, journal.About{Space: space, Subject: "a/1", Actor: 9}, extracted{"Inès <1>"}); err != nil {
					return err
				}
			}
			return nil
		})
		write(func(tx *db.Tx) error { _, err := journal.Chain(tx); return err })
		write(func(tx *db.Tx) error { return journal.Erase(tx, last.ID) })
		var events, chain bytes.Buffer
		err := d.Read(context.Background(), func(tx *db.Tx) error {
			if err := journal.ExportSpace(tx, &events, 1); err != nil {
				return err
			}
			return journal.ExportChain(tx, &chain)
		})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(chain.String(), "Inès") || strings.Count(chain.String(), "\n") != 3 {
			t.Errorf("chain: %s", chain.String())
		}
		var seqs []int64
		for line := range strings.Lines(events.String()) {
			var l struct {
				Seq           int64
				Payload, Salt *string
			}
			if err := json.Unmarshal([]byte(line), &l); err != nil {
				t.Fatal(err)
			}
			if seqs = append(seqs, l.Seq); l.Seq == 3 != (l.Payload == nil) || (l.Payload == nil) != (l.Salt == nil) {
				t.Errorf("line %s", line)
			}
		}
		if len(seqs) != 2 || seqs[0] != 1 || seqs[1] != 3 {
			t.Errorf("places %v", seqs)
		}
	})
}
