package people

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/fault"
)

var schema = []fs.FS{journal.Migrations(), Migrations()}

func register(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func TestFoldAndOrder(t *testing.T) {
	for text, want := range map[string]string{"DUPONT": "dupont", "Éva L’Œuf-Ñandú": "eva l'oeuf-nandu", "ŒUVRE": "oeuvre", "Straße": "straße"} {
		if got := Fold(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	numbers := []string{"10", "2", "M10", "M2", "M02b", "A-1", "", "2026-9", "2026-10"}
	slices.SortFunc(numbers, func(a, b string) int { return strings.Compare(sortNumber(a), sortNumber(b)) })
	if got := strings.Join(numbers, " "); got != " 2 10 2026-9 2026-10 A-1 M2 M02b M10" {
		t.Error(got)
	}
}

func TestSetReadsWhatPeopleWrite(t *testing.T) {
	for _, c := range []struct {
		field      Field
		text, want string // "!" and a key: refused
	}{
		{FieldShares, "1 000", "1000"}, {FieldShares, "1\u202f000,00", "1000"}, {FieldShares, "", "0"}, {FieldShares, "3,5", "!people.member.count"},
		{FieldShares, "-2", "-2"}, {FieldShares, "1,000", "!people.member.count"}, {FieldShares, "99999999999999999999", "!people.member.count"},
		{FieldPaidUp, "Oui", "yes"}, {FieldPaidUp, "FAUX", "no"}, {FieldPaidUp, "peut-être", "!people.member.answer"},
		{FieldAdmittedOn, "2/1/2020", "2020-01-02"}, {FieldAdmittedOn, " 2020-12-31 ", "2020-12-31"}, {FieldAdmittedOn, "31/02/2020", "!people.member.date"},
		{FieldLeftOn, "12/31/2020", "!people.member.date"}, {FieldLeftOn, "", ""},
		{FieldKind, "Personne morale", "organisation"}, {FieldKind, "", "person"}, {FieldKind, "robot", "!people.member.kind"},
		{FieldLanguage, "Français", "fr"}, {FieldLanguage, "breton", "!people.member.language"},
	} {
		var m Member
		e := m.Set(c.field, c.text)
		if key, refused := strings.CutPrefix(c.want, "!"); refused {
			if e == nil || e.Key != key {
				t.Errorf("%s %q: %v, want %s", c.field, c.text, e, key)
			}
		} else if got := m.Get(c.field); e != nil || got != c.want {
			t.Errorf("%s %q: %q %v, want %q", c.field, c.text, got, e, c.want)
		}
	}
}

func TestValidateRefusesWhatCannotBeRead(t *testing.T) {
	m := Member{Number: "1\x00", LastName: strings.Repeat("é", 501), Kind: Person, Language: "fr", Address: "a\nb", City: "To\ufffdrs"}
	f := m.Validate()
	if f["number"] == nil || f["last_name"] == nil || f["city"] == nil || f["address"] != nil {
		t.Errorf("%v", f)
	}
}

// A list is walked forwards and backwards without a gap, whatever it is ordered by.
func TestPagesOfTheRegister(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		names := []string{"Émile", "Dupont", "dupond", "Zola", "Abel"}
		var changes []MemberChanged
		for i := range 57 {
			m := Member{Number: fmt.Sprint(i + 1), Kind: Person, LastName: names[i%5], Language: "fr", College: []string{"a", "b", ""}[i%3]}
			if i%10 == 0 {
				m.LeftOn = "2025-06-30"
			}
			changes = append(changes, MemberChanged{New: true, Member: m})
		}
		register(t, d, func(tx *db.Tx) error { return SaveMembers(tx, 0, changes, func(int) {}) })
		day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		search := func(f MemberFilter, p Place) (page MemberPage) {
			register(t, d, func(tx *db.Tx) (err error) { page, err = SearchMembers(tx, f, day, p, 10); return err })
			return page
		}
		for _, f := range []MemberFilter{{}, {ByNumber: true}, {State: Present}, {College: "a"}, {Text: "DUPON"}} {
			var seen []string
			page := search(f, Place{})
			for {
				for _, m := range page.Members {
					seen = append(seen, m.SortName()+m.Number)
				}
				if !page.Later {
					break
				}
				last := page.Members
				page = search(f, Place{After: last[len(last)-1].ID})
				if back := search(f, Place{Before: page.Members[0].ID}); !slices.Equal(back.Members, last) || !back.Later {
					t.Fatalf("%+v: going back shows another page", f)
				}
			}
			if len(seen) != page.Total {
				t.Errorf("%+v: %d lines of %d", f, len(seen), page.Total)
			}
			slices.Sort(seen)
			if len(slices.Compact(seen)) != page.Total {
				t.Errorf("%+v: a line was shown twice", f)
			}
		}
		if page := search(MemberFilter{Text: " 7 "}, Place{}); page.Members[0].Number != "7" || page.Total < 2 {
			t.Errorf("looking for the number 7: %d lines, first %s", page.Total, page.Members[0].Number)
		}
		if first := search(MemberFilter{}, Place{}).Members[0].LastName; first != "Abel" {
			t.Errorf("first by name: %s", first)
		}
		for f, want := range map[MemberFilter]int{{State: Gone}: 6, {State: Present}: 51, {College: NoCollege}: 19, {Text: "emile 11"}: 1,
			{Text: "%"}: 0, {Text: "_"}: 0, {Text: `\`}: 0} {
			if got := search(f, Place{}).Total; got != want {
				t.Errorf("%+v: %d, want %d", f, got, want)
			}
		}
	})
}

func TestBulkWritingLeavesTheSameTraces(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		var one Member
		var account Account
		register(t, d, func(tx *db.Tx) (err error) {
			if one, err = SaveMember(tx, 7, Member{Number: "1", LastName: "Roux", Email: "a@example.org"}); err == nil {
				account, err = OpenMemberAccount(tx, one)
			}
			return err
		})
		d.SetClock(func() time.Time { return time.Now().Add(time.Minute) })
		changed := one
		changed.FirstName, changed.Email = "Inès", "b@example.org"
		register(t, d, func(tx *db.Tx) error {
			return SaveMembers(tx, 9, []MemberChanged{{Import: 5, Member: changed}, {New: true, Import: 5, Member: Member{Number: "2", LastName: "Zola", Kind: Person, Language: "fr"}}}, func(int) {})
		})
		register(t, d, func(tx *db.Tx) error { _, err := journal.Chain(tx); return err })
		register(t, d, func(tx *db.Tx) error {
			m, err := FindMember(tx, one.ID)
			if err != nil || m.Name() != "Inès Roux" || m.Email != "b@example.org" {
				t.Errorf("%+v %v", m, err)
			}
			if account, err = FindAccount(tx, account.ID); err != nil || account.Name != "Inès Roux" || account.Email != "b@example.org" {
				t.Errorf("%+v %v", account, err)
			}
			events, err := journal.Read(tx, journal.Filter{Kinds: []string{"people.member_changed"}})
			if len(events) != 3 || events[1].Actor != 9 || !strings.Contains(string(events[1].Payload), `"import":5`) || events[1].Subject != MemberSubject(one.ID) {
				t.Errorf("%+v", events)
			}
			report, verr := journal.Verify(tx)
			if verr != nil || len(report.Faults) > 0 {
				t.Errorf("%+v %v", report, verr)
			}
			return err
		})
	})
}

func TestAnAttemptIsAlone(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		now := time.Now()
		d.SetClock(func() time.Time { return now })
		var id, run int64
		register(t, d, func(tx *db.Tx) (err error) {
			if id, err = CreateImport(tx, 1, "x.csv"); err != nil {
				return err
			}
			if err := AddImportPiece(tx, id, 0, []byte{0, 255, 'a'}); err != nil {
				return err
			}
			return CompleteImport(tx, id, 3, "abc", ImportOptions{Delimiter: "comma"})
		})
		busy := func(fn func(tx *db.Tx) error) {
			t.Helper()
			if err := d.Write(context.Background(), fn); !fault.Is(err, "people.import.busy") {
				t.Errorf("got %v", err)
			}
		}
		busy(func(tx *db.Tx) error { _, err := BeginImport(tx, id, ImportApplying); return err })
		register(t, d, func(tx *db.Tx) (err error) { run, err = BeginImport(tx, id, ImportChecking); return err })
		busy(func(tx *db.Tx) error { _, err := BeginImport(tx, id, ImportChecking); return err })
		busy(func(tx *db.Tx) error { return SetImportOptions(tx, id, ImportOptions{}) })
		busy(func(tx *db.Tx) error { return EndImport(tx, id, run+1, ImportChecked, ImportCounts{}, "") })
		now = now.Add(ImportSilence + time.Second)
		old := run
		register(t, d, func(tx *db.Tx) (err error) { run, err = BeginImport(tx, id, ImportChecking); return err })
		busy(func(tx *db.Tx) error { return EndImport(tx, id, old, ImportChecked, ImportCounts{}, "") })
		register(t, d, func(tx *db.Tx) error { return EndImport(tx, id, run, ImportChecked, ImportCounts{Lines: 4}, "") })
		register(t, d, func(tx *db.Tx) error {
			i, err := FindImport(tx, id)
			if err != nil || i.State != ImportChecked || i.Counts.Lines != 4 || i.Options.Delimiter != "comma" {
				t.Errorf("%+v", i)
			}
			piece, err := ImportPiece(tx, id, 0)
			if string(piece) != "\x00\xffa" {
				t.Errorf("the file came back as %q", piece)
			}
			return err
		})
		now = now.Add(ImportRetention + time.Second)
		register(t, d, PurgeImports)
		register(t, d, func(tx *db.Tx) error {
			if _, err := FindImport(tx, id); err != db.ErrNotFound {
				t.Errorf("an old import is kept: %v", err)
			}
			return nil
		})
	})
}
