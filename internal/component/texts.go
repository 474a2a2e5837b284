package component

import "isegoria.org/isegoria/internal/platform/db"

// ResolutionKeeper holds the resolutions of spaces: the vote component fulfils it.
type ResolutionKeeper interface {
	// ResolutionTexts lists the resolutions of a space in their order.
	ResolutionTexts(tx *db.Tx, spaceID int64) ([]ResolutionText, error)
}

// ResolutionText is what a resolution says, and said when it was first written.
type ResolutionText struct {
	ID     int64
	Number int
	Title  string
	Text   string
	First  string
}
