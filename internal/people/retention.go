package people

import (
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// SignInEvents are the kinds of events that trace when somebody came: useful against misuse,
// and for that only as long as the operator keeps them.
var SignInEvents = []string{SignedIn{}.EventKind(), SignedOut{}.EventKind(), LinkSent{}.EventKind()}

// ForgetCodes removes the paper codes that had expired before the moment: until then, a code is
// told to be expired, and afterwards unknown.
func ForgetCodes(tx *db.Tx, before time.Time) error {
	_, err := tx.Exec("DELETE FROM paper_code WHERE expires_at < $1", before)
	return err
}
