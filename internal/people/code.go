package people

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// A personal code on paper is twelve letters and digits of Crockford's base 32 (no I, L, O
// or U): eleven drawn at random (55 bits) and one that checks them. The check makes the
// twelve, taken as the coefficients of a polynomial over GF(32), vanish at a primitive
// element α: a Reed-Solomon code of distance 2 whose weights are all different, so it finds
// every wrong character and every exchange of two.
const (
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLength   = 12
)

// timesAlpha multiplies by α in GF(32) = GF(2)[x]/(x⁵+x²+1), where α = x is primitive.
func timesAlpha(v byte) byte {
	v <<= 1
	if v >= 32 {
		v ^= 0b100101
	}
	return v
}

func codeCheck(values []byte) byte {
	var sum byte
	for _, v := range values {
		sum = timesAlpha(sum) ^ v
	}
	return timesAlpha(sum)
}

func newCode() string {
	var values [codeLength]byte
	rand.Read(values[:codeLength-1])
	for i := range values[:codeLength-1] {
		values[i] &= 31
	}
	values[codeLength-1] = codeCheck(values[:codeLength-1])
	code := make([]byte, codeLength)
	for i, v := range values {
		code[i] = codeAlphabet[v]
	}
	return string(code)
}

var codeReading = strings.NewReplacer("O", "0", "I", "1", "L", "1", " ", "", "\t", "", "\u00a0", "", "\u202f", "",
	"-", "", "\u2010", "", "\u2011", "", "\u2012", "", "\u2013", "", "\u2014", "", "\u2212", "", ".", "", "_", "")

// ParseCode reads a code as people type it: in any case, with spaces or dashes anywhere, O for
// 0, I or L for 1. A mistake in typing is told apart from a code that is not known here: it is a
// refusal that needs no look into the database, and no counting.
func ParseCode(typed string) (string, error) {
	code := codeReading.Replace(strings.ToUpper(typed))
	if code == "" {
		return "", fault.New(fault.Invalid, "people.code.missing")
	}
	var values []byte
	for _, r := range code {
		v := strings.IndexRune(codeAlphabet, r)
		if v < 0 {
			return "", fault.New(fault.Invalid, "people.code.letter", "letter", string(r))
		}
		values = append(values, byte(v))
	}
	if len(values) != codeLength {
		return "", fault.New(fault.Invalid, "people.code.length", "n", len(values), "length", codeLength)
	}
	if codeCheck(values[:codeLength-1]) != values[codeLength-1] {
		return "", fault.New(fault.Invalid, "people.code.typing")
	}
	return code, nil
}

// FormatCode writes a code in three groups of four, as a letter has it.
func FormatCode(code string) string {
	if len(code) != codeLength {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}

func hashCode(secret []byte, code string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("paper code\n" + code))
	return hex.EncodeToString(mac.Sum(nil))
}

// CodeIssued and CodesRevoked are the events of a member's codes on paper.
type CodeIssued struct{}

func (CodeIssued) EventKind() string { return "people.code_issued" }

// CodesRevoked is the event of a member's codes being of no use any more.
type CodesRevoked struct{}

func (CodesRevoked) EventKind() string { return "people.code_revoked" }

// IssueCode makes a personal code for the member, of use as often as needed until it expires, and
// returns it: only its keyed hash is kept, so it can be printed but not read again. Codes
// issued before stay of use; to replace them (a lost letter), call [RevokeCodes] first.
func IssueCode(tx *db.Tx, secret []byte, member int64, expires time.Time) (string, error) {
	code := newCode()
	_, err := tx.Exec("INSERT INTO paper_code (code_hash, member_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
		hashCode(secret, code), member, tx.Now, expires)
	if err != nil {
		return "", err
	}
	_, err = journal.Append(tx, journal.About{Subject: MemberSubject(member)}, CodeIssued{})
	return code, err
}

// RevokeCodes makes all codes of the member useless.
func RevokeCodes(tx *db.Tx, actor, member int64) error {
	n, err := tx.Exec("UPDATE paper_code SET revoked_at = $2 WHERE member_id = $1 AND revoked_at IS NULL AND expires_at > $2", member, tx.Now)
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Subject: MemberSubject(member), Actor: actor}, CodesRevoked{})
	return err
}

// MemberByCode finds whose code it is; code comes from [ParseCode]. It refuses codes that are
// unknown, revoked or expired.
func MemberByCode(tx *db.Tx, secret []byte, code string) (Member, error) {
	var expires, revoked time.Time
	list, err := db.All(tx, "SELECT expires_at, revoked_at, "+memberColumns+" FROM paper_code JOIN member ON id = member_id WHERE code_hash = $1",
		[]any{hashCode(secret, code)}, func(scan func(...any) error) (Member, error) {
			return scanMember(func(dest ...any) error { return scan(append([]any{&expires, &revoked}, dest...)...) })
		})
	if err != nil {
		return Member{}, err
	}
	if len(list) == 0 {
		return Member{}, fault.New(fault.Invalid, "people.code.unknown")
	}
	m := list[0]
	if !revoked.IsZero() {
		return Member{}, fault.New(fault.Invalid, "people.code.revoked")
	}
	if !expires.After(tx.Now) {
		return Member{}, fault.New(fault.Invalid, "people.code.expired")
	}
	if !m.ErasedAt.IsZero() {
		return Member{}, fault.New(fault.Invalid, "people.code.unknown")
	}
	return m, nil
}
