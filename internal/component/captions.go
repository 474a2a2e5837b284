package component

import (
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// Tongue is a language in which what is said can be written, under its own name.
type Tongue struct{ Code, Name string }

// Tongues are those one can choose.
var Tongues = []Tongue{{"fr", "Français"}, {"en", "English"}, {"ar", "العربية"}, {"br", "Brezhoneg"}, {"de", "Deutsch"}, {"es", "Español"},
	{"it", "Italiano"}, {"nl", "Nederlands"}, {"pt", "Português"}, {"uk", "Українська"}}

// TongueName is a language's own name; "" for one that cannot be chosen.
func TongueName(code string) string {
	for _, t := range Tongues {
		if t.Code == code {
			return t.Name
		}
	}
	return ""
}

// CaptionKeeper keeps what is said, line by line: the stage component fulfils it.
type CaptionKeeper interface {
	// KeepCaption adds a line that a machine has written, and shows it to everybody.
	KeepCaption(tx *db.Tx, spaceID int64, line MachineCaption) error
}

// MachineCaption is what a machine has written of what somebody said, beginning at that moment.
type MachineCaption struct {
	Lang, Text string
	Speaker    LivePerson
	At         time.Time
}
