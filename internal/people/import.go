package people

import (
	"time"

	"isegoria.org/isegoria/internal/platform/fault"
)

// ImportState is how far an import of the register has come: the columns are being matched,
// the file is being checked, it is checked, it is being applied, it is applied. An import that
// fails goes back to where it can be started again.
type ImportState string

const (
	ImportMapping  ImportState = "mapping"
	ImportChecking ImportState = "checking"
	ImportChecked  ImportState = "checked"
	ImportApplying ImportState = "applying"
	ImportApplied  ImportState = "applied"
)

// ImportOptions is how the file is read. Columns says in which column, from 0, each field
// lies. Colleges says what is done with a name of college that the organisation does not have,
// by its folded name: the key of a college, [NewCollege], or "" to refuse its lines.
type ImportOptions struct {
	Encoding  string            `json:"encoding"`
	Delimiter string            `json:"delimiter"`
	HeaderRow int               `json:"header_row"` // which of the rows that are not empty, from 1; 0: none
	Titles    []string          `json:"titles"`     // the cells of that row
	Columns   map[Field]int     `json:"columns"`
	Colleges  map[string]string `json:"colleges,omitempty"`
}

// NewCollege is the choice of creating the college.
const NewCollege = "+"

// UnknownCollege is a name of college found in a file, which the organisation does not have.
type UnknownCollege struct {
	Name  string `json:"name"`
	Lines int    `json:"lines"`
}

// ImportCounts is what a check found, or what an import did.
type ImportCounts struct {
	Lines     int              `json:"lines"`
	Added     int              `json:"added"`
	Changed   int              `json:"changed"`
	Unchanged int              `json:"unchanged"`
	Refused   int              `json:"refused"`
	Warnings  int              `json:"warnings"`
	Colleges  []UnknownCollege `json:"colleges,omitempty"`
}

// Import is one import of the register from a file. Failure is the key of a sentence that
// says why the last attempt did not succeed.
type Import struct {
	ID         int64
	Actor      int64
	FileName   string
	Size       int64
	SHA256     string
	State      ImportState
	Options    ImportOptions
	Counts     ImportCounts
	Failure    string
	Run        int64
	BeatAt     time.Time
	Done       int64
	Total      int64
	CreatedAt  time.Time
	FinishedAt time.Time
}

// ImportSilence is how long an attempt may be silent before it counts as dead.
const ImportSilence = 10 * time.Second

// Alive tells whether an attempt is working on the import.
func (i Import) Alive(now time.Time) bool {
	return (i.State == ImportChecking || i.State == ImportApplying) && now.Sub(i.BeatAt) < ImportSilence
}

// Reason is one sentence about a line of a file, as kept: the key and its arguments.
type Reason struct {
	Key  string `json:"key"`
	Args []any  `json:"args,omitempty"`
}

// ReasonOf keeps a refusal.
func ReasonOf(e *fault.Error) Reason { return Reason{e.Key, e.Args} }

// ImportIssue is a line of the file that was refused, or accepted with a warning. Line
// counts from 1 as a text editor does; Cells are what the file has there.
type ImportIssue struct {
	Line    int
	Refused bool
	Number  string
	Reasons []Reason
	Cells   []string
}

// RegisterImported is the event of an import having been applied: the lines of the file
// whose fingerprint is given.
type RegisterImported struct {
	Import    int64    `json:"import"`
	SHA256    string   `json:"sha256"`
	Lines     int      `json:"lines"`
	Added     int      `json:"added"`
	Changed   int      `json:"changed"`
	Unchanged int      `json:"unchanged"`
	Refused   int      `json:"refused"`
	Colleges  []string `json:"colleges,omitempty"` // those it created
}

func (RegisterImported) EventKind() string { return "people.register_imported" }
