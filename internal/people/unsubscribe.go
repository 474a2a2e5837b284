package people

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// Unsubscribed and Resubscribed are the events of a member's wish about reminders and news.
type Unsubscribed struct{}

func (Unsubscribed) EventKind() string { return "people.unsubscribed" }

// Resubscribed is the event of a member who wants reminders and news again.
type Resubscribed struct{}

func (Resubscribed) EventKind() string { return "people.resubscribed" }

// MemberToken names a member in a link for one purpose, which nobody else can make: the
// member's number and an HMAC of both, cut to 128 bits. It proves that a link came from here, not
// who follows it.
func MemberToken(secret []byte, purpose string, member int64) string {
	id := binary.BigEndian.AppendUint64(nil, uint64(member))
	return base64.RawURLEncoding.EncodeToString(append(id, memberMAC(secret, purpose, id)...))
}

// ReadMemberToken is whom a token made for the purpose names; it refuses any other.
func ReadMemberToken(secret []byte, purpose, token string) (member int64, err error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != 24 || !hmac.Equal(b[8:], memberMAC(secret, purpose, b[:8])) {
		return 0, fault.New(fault.NotFound, "site.error.not_found")
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

func memberMAC(secret []byte, purpose string, id []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("member link\n" + purpose + "\n"))
	mac.Write(id)
	return mac.Sum(nil)[:16]
}

// WantsNews tells whether the member gets reminders and news; what the law asks to send is sent
// whatever they say here.
func WantsNews(tx *db.Tx, member int64) (wants bool, err error) {
	err = tx.Row("SELECT NOT EXISTS (SELECT 1 FROM unsubscribed WHERE member_id = $1)", []any{member}, &wants)
	return wants, err
}

// SetWantsNews keeps the member's wish; saying it twice changes nothing.
func SetWantsNews(tx *db.Tx, actor, member int64, wants bool) error {
	var n int64
	var err error
	var event journal.Payload = Resubscribed{}
	if wants {
		n, err = tx.Exec("DELETE FROM unsubscribed WHERE member_id = $1", member)
	} else {
		event = Unsubscribed{}
		n, err = tx.Exec("INSERT INTO unsubscribed (member_id, at) VALUES ($1, $2) ON CONFLICT DO NOTHING", member, tx.Now)
	}
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Subject: MemberSubject(member), Actor: actor}, event)
	return err
}
