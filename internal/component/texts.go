package component

import "isegoria.org/isegoria/internal/platform/db"

// DocumentKeeper holds the documents of spaces: the agenda component fulfils it.
type DocumentKeeper interface {
	// SpaceDocuments lists the documents at everybody's disposal in a space.
	SpaceDocuments(tx *db.Tx, spaceID int64) ([]SpaceDocument, error)
}

// SpaceDocument is a document whose file is in the store of files.
type SpaceDocument struct {
	ID    int64
	Title string
	Name  string // of the file
	MIME  string
	File  string // its key
	Size  int64
}

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
