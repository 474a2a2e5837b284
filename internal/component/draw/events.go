package draw

import "isegoria.org/isegoria/internal/component"

// The events of draws. None says who a volunteer is: at most their number.
type (
	// Created says what is to be drawn.
	Created struct {
		Title string `json:"title"`
		Size  int    `json:"size"`
	}
	// Changed says the rules from now on.
	Changed struct {
		Title     string `json:"title"`
		Size      int    `json:"size"`
		Objective string `json:"objective"`
	}
	// CategoriesSet says by what the panel is balanced.
	CategoriesSet struct {
		Title      string `json:"title"`
		Categories string `json:"categories"`
	}
	// ApplicationsOpened says until when one may apply, in milliseconds since 1970.
	ApplicationsOpened struct {
		Title  string `json:"title"`
		Closes int64  `json:"closes"`
	}
	// ApplicationsClosed is closing before the date.
	ApplicationsClosed struct {
		Title string `json:"title"`
	}
	// Applied is an application confirmed.
	Applied struct {
		Volunteer string `json:"volunteer"`
	}
	// Withdrawn is a volunteer who went before the list was made.
	Withdrawn struct {
		Volunteer string `json:"volunteer"`
	}
	// Imported is volunteers brought in a file.
	Imported struct {
		Title string `json:"title"`
		N     int    `json:"n"`
	}
	// QuotasSet says the bounds from now on.
	QuotasSet struct {
		Title  string `json:"title"`
		Quotas string `json:"quotas"`
	}
	// TiesSet says which volunteers are bound from now on, by their numbers.
	TiesSet struct {
		Title string `json:"title"`
		Ties  string `json:"ties"`
	}
	// Started is a computation begun; Round counts from 1.
	Started struct {
		Title string `json:"title"`
		Round int    `json:"round"`
	}
	// Computed is a list made. Complete is false when it was stopped before the optimum.
	Computed struct {
		Title    string `json:"title"`
		Round    int    `json:"round"`
		Complete bool   `json:"complete"`
		Hash     string `json:"hash"`
	}
	// Stopped is a computation somebody stopped.
	Stopped struct {
		Title string `json:"title"`
		Round int    `json:"round"`
	}
	// Discarded is a list thrown away before it was published.
	Discarded struct {
		Title string `json:"title"`
		Round int    `json:"round"`
	}
	// ListPublished says the fingerprint of the list before the number is drawn, and where the
	// number will come from.
	ListPublished struct {
		Title  string `json:"title"`
		Round  int    `json:"round"`
		Panels int    `json:"panels"`
		Hash   string `json:"hash"`
		Sides  int    `json:"sides"`
		Beacon uint64 `json:"beacon"`
		Chain  string `json:"chain,omitempty"` // of drand
	}
	// DieEntered is one die or ball; DieStruck one entered by mistake.
	DieEntered struct {
		Title string `json:"title"`
		Shows int    `json:"shows"`
	}
	// DieStruck takes the last die back.
	DieStruck struct {
		Title string `json:"title"`
		Shows int    `json:"shows"`
	}
	// BeaconEntered is the signature of the announced round.
	BeaconEntered struct {
		Title     string `json:"title"`
		Beacon    uint64 `json:"beacon"`
		Signature string `json:"signature"`
		Previous  string `json:"previous,omitempty"`
		Chain     string `json:"chain,omitempty"`
	}
	// NumberDrawn is the number and the volunteers it names.
	NumberDrawn struct {
		Title  string   `json:"title"`
		Round  int      `json:"round"`
		Number int      `json:"number"`
		Panel  []string `json:"panel"`
	}
	// AlternatesChosen says who stands ready, and for which drop-out rate in per cent.
	AlternatesChosen struct {
		Title      string `json:"title"`
		Dropout    int    `json:"dropout"`
		Alternates string `json:"alternates"` // their numbers, in their order
	}
	// LettersDrawn says how the letters that invite to volunteer were drawn, so that the choice
	// can be made again from the same register.
	LettersDrawn struct {
		Title    string `json:"title"`
		Letters  int    `json:"letters"`
		Seed     string `json:"seed"`
		Register string `json:"register"` // its SHA-256
	}
	// Invited is mails sent to those drawn.
	Invited struct {
		Title string `json:"title"`
		N     int    `json:"n"`
	}
	// Accepted and Refused are the answers of those drawn.
	Accepted struct {
		Volunteer string `json:"volunteer"`
	}
	// Refused is a seat declined or left.
	Refused struct {
		Volunteer string `json:"volunteer"`
	}
	// Erased says that the personal data of volunteers are gone.
	Erased struct {
		Title string `json:"title"`
		N     int    `json:"n"`
	}
)

func (Created) EventKind() string            { return "draw.created" }
func (Changed) EventKind() string            { return "draw.changed" }
func (CategoriesSet) EventKind() string      { return "draw.categories_set" }
func (ApplicationsOpened) EventKind() string { return "draw.applications_opened" }
func (ApplicationsClosed) EventKind() string { return "draw.applications_closed" }
func (Applied) EventKind() string            { return "draw.applied" }
func (Withdrawn) EventKind() string          { return "draw.withdrawn" }
func (Imported) EventKind() string           { return "draw.imported" }
func (QuotasSet) EventKind() string          { return "draw.quotas_set" }
func (TiesSet) EventKind() string            { return "draw.ties_set" }
func (Started) EventKind() string            { return "draw.started" }
func (Computed) EventKind() string           { return "draw.computed" }
func (Stopped) EventKind() string            { return "draw.stopped" }
func (Discarded) EventKind() string          { return "draw.discarded" }
func (ListPublished) EventKind() string      { return "draw.list_published" }
func (DieEntered) EventKind() string         { return "draw.die_entered" }
func (DieStruck) EventKind() string          { return "draw.die_struck" }
func (BeaconEntered) EventKind() string      { return "draw.beacon_entered" }
func (NumberDrawn) EventKind() string        { return "draw.number_drawn" }
func (AlternatesChosen) EventKind() string   { return "draw.alternates_chosen" }
func (LettersDrawn) EventKind() string       { return "draw.letters_drawn" }
func (Invited) EventKind() string            { return "draw.invited" }
func (Accepted) EventKind() string           { return "draw.accepted" }
func (Refused) EventKind() string            { return "draw.refused" }
func (Erased) EventKind() string             { return "draw.erased" }

// Kinds are the events of draws: what happens in public is public, the rest is for organisers.
func (c *Component) Kinds() []component.Kind {
	return []component.Kind{
		{Name: Created{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Changed{}.EventKind(), Audience: component.ForOrganisers},
		{Name: CategoriesSet{}.EventKind(), Audience: component.ForOrganisers},
		{Name: ApplicationsOpened{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "closes"}},
		{Name: ApplicationsClosed{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title"}},
		{Name: Applied{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Withdrawn{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Imported{}.EventKind(), Audience: component.ForOrganisers},
		{Name: QuotasSet{}.EventKind(), Audience: component.ForOrganisers},
		{Name: TiesSet{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Started{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Computed{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Stopped{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Discarded{}.EventKind(), Audience: component.ForOrganisers},
		{Name: ListPublished{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "round", "panels", "hash", "sides", "beacon", "chain"}},
		{Name: DieEntered{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "shows"}},
		{Name: DieStruck{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "shows"}},
		{Name: BeaconEntered{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "beacon", "signature", "previous", "chain"}},
		{Name: NumberDrawn{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "round", "number", "panel"}},
		{Name: AlternatesChosen{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "dropout", "alternates"}},
		{Name: LettersDrawn{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "letters", "seed", "register"}},
		{Name: Invited{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Accepted{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Refused{}.EventKind(), Audience: component.ForOrganisers},
		{Name: Erased{}.EventKind(), Audience: component.ForPublic, PublicFields: []string{"title", "n"}},
	}
}
