// Package people holds the register of members and the accounts of those who sign in.
//
// A member is a line of the register, with or without an e-mail address. An account is a
// person who can sign in; a member has at most one. Begin with [Member], [Viewer] and
// [SignIn].
package people

import (
	"embed"
	"io/fs"
	"strings"
	"time"
)

//go:embed migrations
var migrations embed.FS

// Migrations is the schema of the register and of accounts.
func Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

//go:embed locale
var locale embed.FS

// Locale is this package's words.
func Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Kind says whether a member is a person or an organisation.
type Kind string

const (
	Person       Kind = "person"
	Organisation Kind = "organisation"
)

// Member is a line of the register. Dates are "2006-01-02" or empty.
type Member struct {
	ID         int64  `json:"-"`
	Number     string `json:"number"`
	Kind       Kind   `json:"kind"`
	LastName   string `json:"last_name"` // of an organisation: its name
	FirstName  string `json:"first_name"`
	Email      string `json:"email"`
	Address    string `json:"address"` // lines separated by "\n"
	Postcode   string `json:"postcode"`
	City       string `json:"city"`
	Country    string `json:"country"`
	Phone      string `json:"phone"`
	College    string `json:"college"` // key of a college of the statutes
	Shares     int64  `json:"shares"`
	PaidUp     bool   `json:"paid_up"`
	AdmittedOn string `json:"admitted_on"`
	LeftOn     string `json:"left_on"`
	Language   string `json:"language"`

	UpdatedAt time.Time `json:"-"`
	ErasedAt  time.Time `json:"-"`
}

// Name is the member's name as it is said: "Inès Bernard", "Atelier du Pont".
func (m Member) Name() string { return strings.TrimSpace(m.FirstName + " " + m.LastName) }

// SortName is the member's name as a list has it: "Bernard Inès".
func (m Member) SortName() string { return strings.TrimSpace(m.LastName + " " + m.FirstName) }

// Domicile is the address on one line, as an attendance sheet has it.
func (m Member) Domicile() string {
	parts := strings.Split(m.Address, "\n")
	parts = append(parts, strings.TrimSpace(m.Postcode+" "+m.City), m.Country)
	var out []string
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// Role is what an account may do in a space, or in the whole organisation.
type Role string

const (
	Administrator Role = "administrator"
	Officer       Role = "officer" // of the bureau
	Chair         Role = "chair"
	Scrutineer    Role = "scrutineer"
	Facilitator   Role = "facilitator"
	Expert        Role = "expert"
	Assistant     Role = "assistant"
	Participant   Role = "participant"
	Observer      Role = "observer"
)

// Roles lists every role, most trusted first.
var Roles = []Role{Administrator, Chair, Officer, Scrutineer, Facilitator, Expert, Assistant, Participant, Observer}

// Viewer is who looks at a page. The zero Viewer is somebody who has not signed in.
type Viewer struct {
	Account  int64
	Member   int64 // 0: not a member
	Name     string
	Email    string
	Language string
	College  string
	Admin    bool // administrator of the whole organisation
	Session  string
}

// SignedIn tells whether the viewer has signed in.
func (v Viewer) SignedIn() bool { return v.Account != 0 }
