package people

import (
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

func TestCodeReading(t *testing.T) {
	code := "1010ABCDEFG"
	var values []byte
	for _, r := range code {
		values = append(values, byte(strings.IndexRune(codeAlphabet, r)))
	}
	code += string(codeAlphabet[codeCheck(values)])
	for _, typed := range []string{code, FormatCode(code), strings.ToLower(code), "  " + code[:4] + " " + code[4:8] + "\u202f" + code[8:],
		"IoLO" + code[4:], "lOiO–" + code[4:8] + "—" + code[8:], strings.Join(strings.Split(code, ""), ".")} {
		if got, err := ParseCode(typed); err != nil || got != code {
			t.Errorf("%q reads as %q, %v", typed, got, err)
		}
	}
	for typed, key := range map[string]string{
		"": "people.code.missing", " - ": "people.code.missing", code[:11]: "people.code.length", code + "0": "people.code.length",
		"U" + code[1:]: "people.code.letter", code[:11] + "é": "people.code.letter", code[:11] + "?": "people.code.letter",
	} {
		if _, err := ParseCode(typed); !fault.Is(err, key) {
			t.Errorf("%q: %v, want %s", typed, err, key)
		}
	}
}

func TestCodeFindsMistakes(t *testing.T) {
	for range 20 {
		code := newCode()
		if got, err := ParseCode(code); err != nil || got != code {
			t.Fatalf("a new code %q is refused: %v", code, err)
		}
		for i := range code {
			for _, r := range codeAlphabet {
				wrong := code[:i] + string(r) + code[i+1:]
				if _, err := ParseCode(wrong); wrong != code && !fault.Is(err, "people.code.typing") {
					t.Fatalf("%q typed for %q: %v", wrong, code, err)
				}
			}
			for j := range i {
				b := []byte(code)
				b[i], b[j] = b[j], b[i]
				if _, err := ParseCode(string(b)); string(b) != code && !fault.Is(err, "people.code.typing") {
					t.Fatalf("%q typed for %q: %v", b, code, err)
				}
			}
		}
	}
}

func TestCodes(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		secret, other := []byte("one secret"), []byte("another secret")
		var m Member
		var code string
		write(t, d, func(tx *db.Tx) (err error) {
			if m, err = SaveMember(tx, 0, Member{Number: "12", LastName: "Bernard", FirstName: "Inès"}); err != nil {
				return err
			}
			code, err = IssueCode(tx, secret, m.ID, now.Add(24*time.Hour))
			return err
		})
		find := func(secret []byte, code string) (found Member, err error) {
			write(t, d, func(tx *db.Tx) error { found, err = MemberByCode(tx, secret, code); return nil })
			return found, err
		}
		for range 2 { // as often as needed
			if found, err := find(secret, code); err != nil || found.ID != m.ID {
				t.Fatalf("the code finds %+v, %v", found, err)
			}
		}
		if _, err := find(other, code); !fault.Is(err, "people.code.unknown") {
			t.Errorf("without the secret: %v", err)
		}
		write(t, d, func(tx *db.Tx) error {
			var n int
			if err := tx.Row("SELECT count(*) FROM paper_code WHERE code_hash LIKE $1", []any{"%" + code + "%"}, &n); err != nil {
				return err
			}
			if n != 0 {
				t.Error("the code itself is kept")
			}
			return nil
		})
		var second string
		write(t, d, func(tx *db.Tx) (err error) {
			if err := RevokeCodes(tx, 0, m.ID); err != nil {
				return err
			}
			second, err = IssueCode(tx, secret, m.ID, now.Add(24*time.Hour))
			return err
		})
		if _, err := find(secret, code); !fault.Is(err, "people.code.revoked") {
			t.Errorf("the revoked code: %v", err)
		}
		if _, err := find(secret, second); err != nil {
			t.Errorf("the code that replaces it: %v", err)
		}
		now = now.Add(24 * time.Hour)
		if _, err := find(secret, second); !fault.Is(err, "people.code.expired") {
			t.Errorf("the expired code: %v", err)
		}
	})
}
