// Package space is where people meet: assemblies, processes and groups, with their steps,
// the roles people have in them, and who may see them.
package space

import (
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
)

//go:embed migrations
var migrations embed.FS

// Migrations is the schema of spaces.
func Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

//go:embed locale
var locale embed.FS

// Locale is this package's words.
func Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Kind is what is held in a space.
type Kind string

const (
	GeneralAssembly  Kind = "general-assembly"
	CitizensAssembly Kind = "citizens-assembly"
	Process          Kind = "process"
	Group            Kind = "group"
)

// Visibility says who may read a space's pages.
type Visibility string

const (
	Public       Visibility = "public"
	Members      Visibility = "members"
	Participants Visibility = "participants"
)

// Space is where people meet.
type Space struct {
	ID         int64
	Slug       string
	Kind       Kind
	Parent     int64
	Call       int // 1: first convocation; from 2 on, Parent is the assembly that lacked its quorum
	Title      string
	Kicker     string // what kind of assembly, as its own people say it
	Summary    string
	Place      string
	Visibility Visibility
	TimeZone   string
	CreatedAt  time.Time
	ArchivedAt time.Time
}

// Path is the address of the space's page.
func (s Space) Path() string { return "/a/" + s.Slug }

// Subject is how the journal names the space.
func (s Space) Subject() string { return fmt.Sprintf("space/%d", s.ID) }

// Zone is the time zone in which the space's dates are said.
func (s Space) Zone() *time.Location {
	if z, err := i18n.Zone(s.TimeZone); err == nil {
		return z
	}
	return time.UTC
}

// ZoneName is a time zone as one says it: "Paris" for Europe/Paris.
func ZoneName(zone string) string {
	return strings.ReplaceAll(zone[strings.LastIndex(zone, "/")+1:], "_", " ")
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Validate says what of the space cannot be accepted.
func (s Space) Validate() fault.Fields {
	f := fault.Fields{}
	if strings.TrimSpace(s.Title) == "" {
		f.Add("title", "space.title.missing")
	}
	if len([]rune(s.Title)) > 200 {
		f.Add("title", "space.title.long", "max", 200)
	}
	if !slugForm.MatchString(s.Slug) || len(s.Slug) > 60 {
		f.Add("slug", "space.slug.form")
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "" {
		f.Add("time_zone", "space.zone.unknown")
	}
	switch s.Visibility {
	case Public, Members, Participants:
	default:
		f.Add("visibility", "space.visibility.unknown")
	}
	return f
}

// Phase is a dated step. Its key says what happens in it (see the Phase keys); End is zero
// for a moment rather than a period.
type Phase struct {
	ID    int64
	Key   string
	Title string
	Start time.Time
	End   time.Time
}

// The steps of a general assembly. The program moves the dates of convocation, vote and
// results when those happen; the others are the organiser's.
const (
	PhaseVolunteers  = "volunteers"
	PhaseDraw        = "draw"
	PhaseOpinion     = "opinion"
	PhaseConvocation = "convocation"
	PhaseQuestions   = "questions"
	PhaseVote        = "vote"
	PhaseMeeting     = "meeting"
	PhaseResults     = "results"
	PhaseMinutes     = "minutes"
)

// State tells where a phase stands at now: -1 to come, 0 current, +1 done.
func (p Phase) State(now time.Time) int {
	switch {
	case p.Start.IsZero() || now.Before(p.Start):
		return -1
	case !p.End.IsZero() && now.Before(p.End):
		return 0
	default:
		return 1
	}
}

// Current is the phase that is going on at now: the last begun whose end is not past; nil
// between phases.
func Current(phases []Phase, now time.Time) *Phase {
	for i := len(phases) - 1; i >= 0; i-- {
		if phases[i].State(now) == 0 {
			return &phases[i]
		}
	}
	return nil
}

// ValidatePhases says what of the dates cannot be accepted. Fields are named
// "phase-N-start" and "phase-N-end", N from 0.
func ValidatePhases(phases []Phase) fault.Fields {
	f := fault.Fields{}
	for i, p := range phases {
		if strings.TrimSpace(p.Title) == "" {
			f.Add(fmt.Sprintf("phase-%d-title", i), "space.phase.title")
		}
		if !p.End.IsZero() && (p.Start.IsZero() || !p.End.After(p.Start)) {
			f.Add(fmt.Sprintf("phase-%d-end", i), "space.phase.order")
		}
	}
	return f
}

// Access is what a viewer may do in a space.
type Access struct {
	Space   Space
	Viewer  people.Viewer
	Roles   map[people.Role]bool
	Elector bool // on the electoral roll of the space
}

// Has tells whether the viewer has one of the roles. Administrators of the organisation
// have the role of administrator everywhere, and no other by that.
func (a Access) Has(roles ...people.Role) bool {
	for _, r := range roles {
		if a.Roles[r] || r == people.Administrator && a.Viewer.Admin {
			return true
		}
	}
	return false
}

// Organises tells whether the viewer prepares and runs the space: administrators, the
// chair and the officers of the bureau.
func (a Access) Organises() bool {
	return a.Has(people.Administrator, people.Chair, people.Officer)
}

// TakesPart tells whether the viewer speaks, asks and answers in the space: electors, members and
// those who have a part in it. Observers watch, and so do those who only may look.
func (a Access) TakesPart() bool {
	if !a.Viewer.SignedIn() {
		return false
	}
	return a.Elector || a.Viewer.Member != 0 || a.Leads() || a.Roles[people.Scrutineer] || a.Roles[people.Expert] ||
		a.Roles[people.Assistant] || a.Roles[people.Participant]
}

// Leads tells whether the viewer leads the space's sessions: the chair, the officers of the bureau
// and the facilitators. Administrators do not by that alone.
func (a Access) Leads() bool {
	return a.Roles[people.Chair] || a.Roles[people.Officer] || a.Roles[people.Facilitator]
}

// CanSee tells whether the viewer may read the space's pages.
func (a Access) CanSee() bool {
	switch a.Space.Visibility {
	case Public:
		return true
	case Members:
		return a.Viewer.Member != 0 || a.Viewer.Admin || len(a.Roles) > 0
	default:
		return a.Elector || a.Viewer.Admin || len(a.Roles) > 0
	}
}
