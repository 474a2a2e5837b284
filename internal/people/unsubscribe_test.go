package people_test

import (
	"context"
	"io/fs"
	"testing"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
)

func TestMemberToken(t *testing.T) {
	secret := []byte("a secret of this house")
	token := people.MemberToken(secret, "unsubscribe", 42)
	if m, err := people.ReadMemberToken(secret, "unsubscribe", token); err != nil || m != 42 {
		t.Errorf("read back %d, %v", m, err)
	}
	other := people.MemberToken(secret, "unsubscribe", 43)
	for name, wrong := range map[string]struct{ secret, purpose, token string }{
		"another purpose":     {string(secret), "invitation", token},
		"another secret":      {"another", "unsubscribe", token},
		"another's member":    {string(secret), "unsubscribe", other[:11] + token[11:]},
		"nothing":             {string(secret), "unsubscribe", ""},
		"no token":            {string(secret), "unsubscribe", "../../etc"},
		"a token cut short":   {string(secret), "unsubscribe", token[:20]},
		"a token with a tail": {string(secret), "unsubscribe", token + "AAAA"},
	} {
		if m, err := people.ReadMemberToken([]byte(wrong.secret), wrong.purpose, wrong.token); err == nil {
			t.Errorf("%s is taken for %d", name, m)
		}
	}
}

func TestWantsNews(t *testing.T) {
	dbtest.Each(t, []fs.FS{journal.Migrations(), people.Migrations()}, func(t *testing.T, d *db.DB) {
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			m, err := people.SaveMember(tx, 0, people.Member{Number: "1", LastName: "Bernard", Kind: people.Person})
			if err != nil {
				return err
			}
			for i, wish := range []bool{true, false, false, true} {
				if err := people.SetWantsNews(tx, 0, m.ID, wish); err != nil {
					return err
				}
				if got, err := people.WantsNews(tx, m.ID); err != nil || got != wish {
					t.Errorf("wish %d: %v, %v", i, got, err)
				}
			}
			events, err := journal.Read(tx, journal.Filter{Subject: people.MemberSubject(m.ID)})
			if tx.Dialect == db.SQLite && (err != nil || len(events) != 3) { // the line of the register, and two changes of mind
				t.Errorf("%d events, %v", len(events), err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
