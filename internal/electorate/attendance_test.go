package electorate_test

import (
	"context"
	"io/fs"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// A college without electors is counted at zero: the judge asks for every college's line.
func TestAttendanceHasEveryCollege(t *testing.T) {
	folders := []fs.FS{journal.Migrations(), people.Migrations(), space.Migrations(), electorate.Migrations()}
	dbtest.Each(t, folders, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			sp, err := space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Members, TimeZone: "Europe/Paris"})
			if err != nil {
				return err
			}
			if _, err := electorate.SetStatutes(tx, 0, sp, string(statute.Template(statute.SCIC))); err != nil {
				return err
			}
			rules, err := electorate.Rules(tx, sp.ID)
			if err != nil {
				return err
			}
			_, err = people.SaveMember(tx, 0, people.Member{Number: "1", LastName: "A", College: rules.Colleges[1].Key, Shares: 1, PaidUp: true, AdmittedOn: "2020-01-01"})
			if err != nil {
				return err
			}
			if n, _, err := electorate.DrawRoll(tx, 0, sp, time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)); n != 1 || err != nil {
				t.Fatalf("%d electors, %v", n, err)
			}
			a, err := electorate.Attendance(tx, sp.ID)
			if err != nil {
				return err
			}
			if len(a.Colleges) != len(rules.Colleges) {
				t.Errorf("%d colleges counted, the statutes have %d", len(a.Colleges), len(rules.Colleges))
			}
			_, err = rules.JudgeQuorum(rules.Motions[0].Key, 1, a)
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
