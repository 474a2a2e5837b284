package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/platform/db"
)

// A file goes once nothing refers to it any more, a day after it was brought; the others stay.
func TestSweep(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		ctx := context.Background()
		keep := func(content string) string {
			ref, err := h.Blobs.Put(ctx, strings.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			return ref.Key
		}
		column, json, removed := keep("a document"), keep("a picture in a text"), keep("a document taken away")
		h.Write(func(tx *db.Tx) error {
			_, err := tx.Exec("INSERT INTO setting (key, value) VALUES ('sweep.column', $1), ('sweep.json', $2)", column, `{"file":"`+json+`"}`)
			return err
		})
		there := func() (out string) {
			for name, key := range map[string]string{"column": column, "json": json, "removed": removed} {
				if f, err := h.Blobs.Get(ctx, key); err == nil {
					f.Close()
					out += name
				}
			}
			return out
		}
		for _, c := range []struct {
			after time.Duration
			want  int
		}{{0, len("columnjsonremoved")}, {25 * time.Hour, len("columnjson")}} {
			h.SetClock(time.Now().Add(c.after))
			if err := h.Retain(ctx); err != nil {
				t.Fatal(err)
			}
			if got := there(); len(got) != c.want {
				t.Errorf("after %v: %s", c.after, got)
			}
		}
	})
}
