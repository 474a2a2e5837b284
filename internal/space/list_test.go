package space_test

import (
	"context"
	"io/fs"
	"slices"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/space"
)

func TestList(t *testing.T) {
	folders := []fs.FS{journal.Migrations(), people.Migrations(), space.Migrations(), electorate.Migrations()}
	dbtest.Each(t, folders, func(t *testing.T, d *db.DB) {
		now := time.Date(2027, 6, 1, 12, 0, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		day := 24 * time.Hour
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			add := func(slug string, v space.Visibility, phases ...space.Phase) {
				s, err := space.Create(tx, 1, space.Space{Slug: slug, Kind: space.GeneralAssembly, Title: slug, Visibility: v, TimeZone: "Europe/Paris"})
				if err == nil {
					err = space.SetPhases(tx, 1, s, phases)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			step := func(from, to int) space.Phase {
				p := space.Phase{Title: "x", Start: now.Add(time.Duration(from) * day)}
				if to != 0 {
					p.End = now.Add(time.Duration(to) * day)
				}
				return p
			}
			add("closed-long", space.Public, step(-90, -80))
			add("closed-lately", space.Public, step(-9, -2), step(-1, 0))
			add("later", space.Public, step(30, 40))
			add("soon", space.Public, step(3, 9))
			add("undated", space.Public)
			add("unfinished", space.Public, step(-9, -2), space.Phase{Title: "to fix"})
			add("members-now", space.Members, step(-1, 1))
			add("hidden", space.Participants, step(-1, 1))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name   string
			viewer people.Viewer
			season space.Season
			offset int
			want   []string
			total  int
		}{
			{"a visitor sees what is public, in order", people.Viewer{}, "", 0, []string{"unfinished", "soon", "later", "undated", "closed-lately"}, 6},
			{"the second page", people.Viewer{}, "", 5, []string{"closed-long"}, 6},
			{"a member sees what is open", people.Viewer{Account: 970957887898610496, Member: 970957887898610497}, space.Open, 0, []string{"unfinished", "members-now"}, 2},
			{"an administrator sees all that is open", people.Viewer{Account: 6, Admin: true}, space.Open, 0, []string{"unfinished", "hidden", "members-now"}, 3},
			{"to come", people.Viewer{}, space.Coming, 0, []string{"soon", "later", "undated"}, 3},
			{"closed", people.Viewer{}, space.Closed, 0, []string{"closed-lately", "closed-long"}, 2},
		} {
			err := d.Read(context.Background(), func(tx *db.Tx) error {
				if _, err := space.Visible(tx, c.viewer, 5); err != nil {
					return err
				}
				list, total, err := space.List(tx, c.viewer, c.season, c.offset, 5)
				var got []string
				for _, l := range list {
					got = append(got, l.Slug)
					if c.season != "" && l.Season != c.season {
						t.Errorf("%s: %s is %s", c.name, l.Slug, l.Season)
					}
				}
				if !slices.Equal(got, c.want) || total != c.total {
					t.Errorf("%s: got %v of %d, want %v of %d", c.name, got, total, c.want, c.total)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}
