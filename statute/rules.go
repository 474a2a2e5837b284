// Package statute holds the rules of an assembly as data, and the judge that
// applies them: who is entitled and with how many votes, whether a proxy, a
// notice or a quorum is good, whether a motion is adopted, who is elected.
// Every answer carries its derivation, step by step, with each number, the rule
// applied and the article it comes from, in French and in English.
//
// Begin with [Template] or [Parse], look at [Rules.Check], then judge with
// [Rules.Judge] and [Rules.JudgeElection]. Counting is exact (see [Frac]).
package statute

// Rules are the statutes of one organisation, as [Parse] reads them: what is
// absent from the file has its documented default there. The methods of Rules
// expect rules in which [Rules.Check] finds no error.
type Rules struct {
	Kind        Kind        `toml:"kind" json:"kind"`
	Votes       VoteRule    `toml:"votes" json:"votes"`
	Counting    Counting    `toml:"counting" json:"counting"`
	Colleges    []College   `toml:"colleges" json:"colleges,omitempty"`
	Quorums     []Quorum    `toml:"quorums" json:"quorums,omitempty"`
	Motions     []Motion    `toml:"motions" json:"motions,omitempty"`
	Elections   []Election  `toml:"elections" json:"elections,omitempty"`
	Proxies     Proxies     `toml:"proxies" json:"proxies"`
	Notice      Notice      `toml:"notice" json:"notice"`
	Entitlement Entitlement `toml:"entitlement" json:"entitlement"`
	Ballot      Ballot      `toml:"ballot" json:"ballot"`
	Minutes     Minutes     `toml:"minutes" json:"minutes"`

	lines map[string]int // key path → line of the file, for findings
}

// Cite says where a rule comes from: Article of the organisation's own statutes
// ("art. 19"), Source in the law ("loi n° 47-1775, art. 19 octies").
type Cite struct {
	Article string `toml:"article" json:"article,omitempty"`
	Source  string `toml:"source" json:"source,omitempty"`
}

// Kind is the legal kind of the organisation.
type Kind string

// Kinds of organisation.
const (
	SCIC        Kind = "scic"
	SCOP        Kind = "scop"
	Association Kind = "association"
	Collective  Kind = "collective"
)

// VoteRule gives the votes of a member.
type VoteRule struct {
	Count    Basis `toml:"count" json:"count"`                   // default: one member, one vote
	MaxVotes *Frac `toml:"max_votes" json:"max_votes,omitempty"` // by shares: so many votes at most
	MaxShare *Frac `toml:"max_share" json:"max_share,omitempty"` // by shares: at most this fraction of all shares
	Cite
}

// Basis is what votes are counted from.
type Basis string

// Bases of votes.
const (
	ByMember Basis = "member"
	ByShares Basis = "shares"
)

// College is a class of members whose votes are counted together.
type College struct {
	Key      string    `toml:"key" json:"key"`
	Name     string    `toml:"name" json:"name"`
	Weight   *Frac     `toml:"weight" json:"weight,omitempty"`     // fraction of the whole; nil: no weight
	Votes    *VoteRule `toml:"votes" json:"votes,omitempty"`       // nil: as [votes]
	Advisory bool      `toml:"advisory" json:"advisory,omitempty"` // attends and speaks, has no vote
	Cite
}

// Counting says how colleges make one result.
type Counting struct {
	Colleges Combine   `toml:"colleges" json:"colleges"` // default pooled; weighted when colleges carry weights
	Empty    EmptyRule `toml:"empty" json:"empty"`       // a college without any entitled member; default redistribute
	Silent   EmptyRule `toml:"silent" json:"silent"`     // a college none of whose votes counts; default nothing
	Cite
}

// Combine is the way colleges are brought together.
type Combine string

// Ways of bringing colleges together.
const (
	Pooled   Combine = "pooled"   // all votes in one urn
	Weighted Combine = "weighted" // Σ weight × share of each college
	Each     Combine = "each"     // the majority is needed in every college
)

// EmptyRule is what becomes of a college from which no vote can be counted.
type EmptyRule string

// Rules for such a college.
const (
	Redistribute EmptyRule = "redistribute" // its weight goes to the others in proportion (each: it is not asked)
	Nothing      EmptyRule = "nothing"      // its weight stays and brings nothing (each: it has not agreed)
)

// Quorum is a condition of attendance, named so that decisions can share it.
type Quorum struct {
	Key      string   `toml:"key" json:"key"`
	Of       Unit     `toml:"of" json:"of"`             // default members
	Presence Presence `toml:"presence" json:"presence"` // default represented
	Distance bool     `toml:"distance" json:"distance"` // distance voters count as present
	Each     bool     `toml:"each" json:"each"`         // needed in every college, not overall
	Calls    []Frac   `toml:"calls" json:"calls"`       // first call, second call …; the last stays for the calls after
	Cite
}

// Unit is what a quorum counts.
type Unit string

// Units of a quorum.
const (
	OfMembers Unit = "members"
	OfVotes   Unit = "votes"
)

// Presence is who counts towards a quorum.
type Presence string

// Kinds of presence.
const (
	PresentOnly Presence = "present"
	Represented Presence = "represented" // present or represented
)

// Motion is a named kind of decision for or against: "ordinary", "extraordinary" …
type Motion struct {
	Key        string   `toml:"key" json:"key"`
	Name       string   `toml:"name" json:"name"`
	NameEn     string   `toml:"name_en" json:"name_en,omitempty"`
	Quorum     string   `toml:"quorum" json:"quorum,omitempty"` // key of a quorum; "" none
	Majority   Majority `toml:"majority" json:"majority"`
	Strict     bool     `toml:"strict" json:"strict,omitempty"`         // more than the fraction, not just the fraction
	Of         Base     `toml:"of" json:"of"`                           // default cast
	Blank      bool     `toml:"blank" json:"blank,omitempty"`           // of votes cast: blank votes are in the denominator
	Abstention bool     `toml:"abstention" json:"abstention,omitempty"` // of votes cast: abstentions are in the denominator
	Colleges   Combine  `toml:"colleges" json:"colleges,omitempty"`     // default: as [counting]
	Tie        Tie      `toml:"tie" json:"tie"`                         // default rejected
	Cite
}

// Majority is "simple" (more for than against), "absolute" (more than half) or a
// fraction ("2/3", "60 %").
type Majority string

// Named majorities.
const (
	Simple   Majority = "simple"
	Absolute Majority = "absolute"
)

// Base is what a majority is a fraction of.
type Base string

// Bases of a majority.
const (
	OfCast      Base = "cast"      // votes cast
	OfAttending Base = "attending" // votes present, represented or given at a distance
	OfEntitled  Base = "entitled"  // all votes
)

// Tie is what happens when for and against balance.
type Tie string

// Rules for ties. The first two are for motions, the others for elections.
const (
	TieRejected Tie = "rejected"
	TieChair    Tie = "chair"
	TieOlder    Tie = "older"
	TieLot      Tie = "lot"
	TieNone     Tie = "none"
)

// Election is a named kind of choice: of persons to seats, or among options.
type Election struct {
	Key            string  `toml:"key" json:"key"`
	Name           string  `toml:"name" json:"name"`
	NameEn         string  `toml:"name_en" json:"name_en,omitempty"`
	Options        bool    `toml:"options" json:"options,omitempty"` // options, not persons
	Quorum         string  `toml:"quorum" json:"quorum,omitempty"`
	AbsoluteRounds int     `toml:"absolute_rounds" json:"absolute_rounds,omitempty"` // the first rounds, which need more than half of the votes cast
	Colleges       Combine `toml:"colleges" json:"colleges,omitempty"`               // pooled or weighted; default: as [counting]
	Tie            Tie     `toml:"tie" json:"tie"`                                   // older, lot or none (default)
	Cite
}

// Proxies are the rules of representation.
type Proxies struct {
	Allowed       bool   `toml:"allowed" json:"allowed"`
	MaxNumber     *int   `toml:"max_number" json:"max_number,omitempty"` // per holder; nil: no limit
	MaxVotes      *Frac  `toml:"max_votes" json:"max_votes,omitempty"`   // per holder, of all votes, own votes not counted
	OneAlways     bool   `toml:"one_always" json:"one_always,omitempty"` // max_votes never forbids a first proxy
	Holder        Holder `toml:"holder" json:"holder"`                   // default entitled
	SameCollege   bool   `toml:"same_college" json:"same_college,omitempty"`
	Blank         Blank  `toml:"blank" json:"blank"` // default refused
	Chain         bool   `toml:"chain" json:"chain,omitempty"`
	WithdrawUntil Until  `toml:"withdraw_until" json:"withdraw_until"` // default opens
	InPerson      bool   `toml:"in_person_withdraws" json:"in_person_withdraws"`
	Cite
}

// Holder is who may hold a proxy.
type Holder string

// Possible holders.
const (
	HolderEntitled Holder = "entitled" // a member entitled to vote
	HolderMember   Holder = "member"   // any member
	HolderAnyone   Holder = "anyone"
)

// Blank is what becomes of a proxy that names nobody.
type Blank string

// Rules for blank proxies.
const (
	BlankChair   Blank = "chair"
	BlankRefused Blank = "refused"
)

// Until is the moment up to which a proxy can be withdrawn.
type Until string

// Moments of withdrawal.
const (
	UntilOpens Until = "opens" // until the vote opens
	UntilUsed  Until = "used"  // until the holder has voted with it
)

// Notice is the time between convocation and assembly.
type Notice struct {
	Calls []int `toml:"calls" json:"calls,omitempty"` // days: first call, second call …; the last stays
	Clear bool  `toml:"clear" json:"clear,omitempty"` // clear days: neither the day of sending nor that of the assembly
	Cite
}

// Entitlement says which members may vote.
type Entitlement struct {
	RecordDays *int     `toml:"record_days" json:"record_days,omitempty"` // admitted at least so many days before; nil: at the latest that day
	PaidUp     bool     `toml:"paid_up" json:"paid_up,omitempty"`         // all shares paid
	Statuses   []string `toml:"statuses" json:"statuses,omitempty"`       // empty: any
	Cite
}

// Ballot is how votes are taken and shown.
type Ballot struct {
	Results    Results `toml:"results" json:"results"`       // default each
	Disclosure int     `toml:"disclosure" json:"disclosure"` // not open: colleges with fewer voters are not shown apart
	Paper      bool    `toml:"paper" json:"paper"`
	Cite
}

// Results says when a result may be seen.
type Results string

// Moments at which results appear.
const (
	ResultsEach   Results = "each"   // at the closing of each vote
	ResultsSeries Results = "series" // when the last vote of the series closes
)

// Minutes are the rules of the minutes.
type Minutes struct {
	Approvals int `toml:"approvals" json:"approvals"` // officers who must approve
	Cite
}
