// Package component is the contract between the house and its components. A component is
// one folder and one line in app/components.go. It fulfils [Component] and those of the
// optional interfaces below that it has something to say to; it never imports another
// component: what one needs of another goes through an interface declared here, or through
// the journal.
package component

import (
	"context"
	"io"
	"io/fs"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/space"
)

// Component is a capability placed in the house.
type Component interface {
	Key() string
	// Migrations are SQL files named "202611221200_key_what.sql"; nil for none.
	Migrations() fs.FS
	// Locale holds fr.json and en.json at its root.
	Locale() fs.FS
	Routes(*web.Router)
}

// SpaceTabs adds views to a space's pages.
type SpaceTabs interface {
	Tabs(tx *db.Tx, a space.Access, t Translate) ([]Tab, error)
}

// Tab is one view of a space. Order places it among those of other components; those from
// [BureauTabs] on are for the people who run the space and stand in a row of their own.
type Tab struct {
	Order int
	Text  string
	Href  string
}

// BureauTabs is the order from which tabs are the bureau's.
const BureauTabs = 80

// Translate gives a sentence in the reader's language.
type Translate func(key string, args ...any) string

// SpaceNow says what the viewer can do now in a space; the most pressing is shown first.
type SpaceNow interface {
	Now(ctx context.Context, tx *db.Tx, a space.Access) ([]Now, error)
}

// Now is one thing the viewer can do. Urgency: 30 for an act that is open and not done (a
// vote), 20 for one that helps (give a proxy), 10 for something to read, and for organisers 25 for
// the next step of their preparation.
type Now struct {
	Urgency int
	Title   string
	Text    string
	Actions []ui.ActionLink
	Facts   []ui.Fact
	// InLive: a panel of the live session's page has it already.
	InLive bool
}

// SpaceBlocks adds a part to a space's first page.
type SpaceBlocks interface {
	Blocks(ctx context.Context, tx *db.Tx, a space.Access) ([]Block, error)
}

// Block is one part of a space's first page, with its own heading. Hero blocks stand beside
// the title (a picture of participation).
type Block struct {
	Order int
	Hero  bool
	View  templ.Component
}

// Successor takes over into next, the assembly on second call of first, what it holds of it.
type Successor interface {
	Succeed(tx *db.Tx, actor int64, first, next space.Space) error
}

// Document is a document of a space to which components add their parts.
type Document string

const (
	Convocation Document = "convocation"
	Minutes     Document = "minutes"
)

// Contributor adds its part to a document of a space: the agenda, the draft resolutions, the
// results. Parts are put in their order.
type Contributor interface {
	Contribute(tx *db.Tx, sp space.Space, d Document, lang i18n.Lang) ([]Part, error)
}

// Part is a part of a document. Orders used: 10 date and place, 20 agenda, 30 documents, 40
// resolutions, 50 proxies, 60 how to vote, 70 incidents.
type Part struct {
	Order  int
	Blocks []doc.Block
}

// Evidence puts a component's files into the legal file of a space, or into an export.
type Evidence interface {
	Evidence(tx *db.Tx, sp space.Space, add AddFile) error
}

// AddFile adds one file; write is called once, at once.
type AddFile func(name string, write func(io.Writer) error) error

// Exporter writes what a component holds for the whole organisation in open formats.
type Exporter interface {
	Export(tx *db.Tx, add AddFile) error
}

// PersonalData says and erases what a component holds of a member.
type PersonalData interface {
	// ExportMember adds the files that hold the member's data.
	ExportMember(tx *db.Tx, member int64, add AddFile) error
	// EraseMember destroys the personal data that no law keeps.
	EraseMember(tx *db.Tx, member int64) error
}

// Ticker does what time brings: a vote that opens and closes, a reminder. Tick is called
// every second; it is called on every node, so it acts in transactions that look before they leap.
type Ticker interface {
	Tick(ctx context.Context) error
}

// JournalKinds tells what kinds of events a component writes, and who may read them.
type JournalKinds interface {
	Kinds() []Kind
}

// Kind is a kind of event. The sentence that tells it is the word under "event."+Name,
// whose arguments are the fields of its payload; "PublicFields" are those that the public may
// read (all others may hold personal data).
type Kind struct {
	Name         string
	Audience     Audience
	PublicFields []string
}

// Audience is who may read what an event says. Everybody may read that it happened, and when.
type Audience int

const (
	// Sealed: shown by the component's own pages only, at the moment its rules set.
	Sealed        Audience = iota
	ForOrganisers          // administrators, chair, officers, scrutineers of the space
	ForMembers             // those who may see the space, signed in
	ForPublic              // whoever may see the space
)

// VoteState is what others need to know of a space's votes: the vote component fulfils it.
type VoteState interface {
	// Period is from the first opening to the last closing announced in the space.
	Period(tx *db.Tx, spaceID int64) (Period, error)
	// VotedFor tells whether a holder has cast a ballot for the principal.
	VotedFor(tx *db.Tx, spaceID, principal int64) (bool, error)
	// Missing tells which electors of the space have not taken part in what is open.
	Missing(tx *db.Tx, spaceID int64) (members []int64, err error)
}

// Period is when votes are open. Opened: one has opened; Closed: the last is closed, and there
// was one.
type Period struct {
	Opens, Closes  time.Time
	Opened, Closed bool
}
