package minutes

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/statute"
)

// Line is one elector on the attendance sheet. Code de commerce, art. R. 225-95, asks for the
// surname, first name and domicile of each member present (or taken as present at a distance),
// represented, voting by post, and of each proxy holder, with the shares and the votes of each,
// and for a holder those of the principals.
type Line struct {
	Member   int64           `json:"member"`
	Number   string          `json:"number"`
	Name     string          `json:"name"`
	Domicile string          `json:"domicile"`
	College  string          `json:"college"`
	Shares   int64           `json:"shares"`
	Votes    statute.Frac    `json:"votes"`
	Mode     electorate.Mode `json:"mode"`
	Holder   string          `json:"holder,omitempty"` // who stands for them, where represented
	// What the principals they stand for bring, where they hold proxies that count.
	Mandates      int          `json:"mandates,omitempty"`
	MandateShares int64        `json:"mandate_shares,omitempty"`
	MandateVotes  statute.Frac `json:"mandate_votes"`
	// Given is the holder of a proxy that stands, even where the elector takes part themselves.
	Given string `json:"-"`
}

// Total is the elector's own votes and those they carry for others; none for somebody
// represented, whose votes are with their holder.
func (l Line) Total() statute.Frac {
	if l.Mode == electorate.Represented {
		return l.MandateVotes
	}
	return l.Votes.Add(l.MandateVotes)
}

// Present tells whether the line stands on the certified sheet: who takes part, and who
// represents somebody.
func (l Line) Present() bool { return l.Mode != electorate.Absent || l.Mandates > 0 }

// Modes lists the ways of taking part in the order the sheet tells them.
var Modes = []electorate.Mode{electorate.InRoom, electorate.Online, electorate.OnPaper, electorate.Represented, electorate.Absent}

// modeKey is the last part of a mode's words and the value of its filter.
func modeKey(m electorate.Mode) string {
	if m == electorate.Absent {
		return "absent"
	}
	return string(m)
}

// Sheet is an attendance sheet as it is signed: its JSON is what the hash is taken of, and what
// every rendering is made from.
type Sheet struct {
	Organisation people.Identity    `json:"organisation"`
	Title        string             `json:"title"`
	Place        string             `json:"place"`
	Held         string             `json:"held"` // when, in words
	Zone         string             `json:"time_zone"`
	Lang         string             `json:"lang"`
	TakenAt      time.Time          `json:"taken_at"`
	Call         int                `json:"call"`
	Colleges     map[string]string  `json:"colleges"` // names by key
	Attendance   statute.Attendance `json:"attendance"`
	Quorums      []Quorum           `json:"quorums"`
	Lines        []Line             `json:"lines"`
}

// Quorum is one condition of attendance, for the kinds of decision that ask for it.
type Quorum struct {
	Names    []string               `json:"names"` // in the sheet's language
	Decision statute.QuorumDecision `json:"decision"`
}

// quorums judges every quorum of the rules on the attendance, at that call.
func quorums(rules statute.Rules, call int, a statute.Attendance, lang string) ([]Quorum, error) {
	var out []Quorum
	for _, q := range rules.Quorums {
		kind := ""
		line := Quorum{}
		use := func(key, quorum, fr, en string) {
			if quorum != q.Key {
				return
			}
			kind = key
			if lang == "en" && en != "" {
				fr = en
			}
			line.Names = append(line.Names, fr)
		}
		for _, m := range rules.Motions {
			use(m.Key, m.Quorum, m.Name, m.NameEn)
		}
		for _, e := range rules.Elections {
			use(e.Key, e.Quorum, e.Name, e.NameEn)
		}
		if kind == "" {
			continue
		}
		var err error
		if line.Decision, err = rules.JudgeQuorum(kind, call, a); err != nil {
			return nil, err
		}
		out = append(out, line)
	}
	return out, nil
}

// text is the sheet's JSON and its SHA-256.
func (s Sheet) text() (text, hash string, err error) {
	b, err := json.Marshal(s)
	return string(b), digest(string(b)), err
}

func digest(text string) string {
	h := sha256.Sum256([]byte(text))
	return hex.EncodeToString(h[:])
}

// Signature is the signature of the sheet, or the approval of the minutes, by a member of
// the bureau.
type Signature struct {
	Account int64       `json:"account"`
	Name    string      `json:"name"`
	Role    people.Role `json:"role"`
	At      time.Time   `json:"at"`
}

// Signed is what became of a closed sheet.
type Signed struct {
	Closed, Certified time.Time // zero: not yet
	Hash              string
	Sheet             Sheet
	Signatures        []Signature
}

// requirement is what the statutes ask before a sheet is certified or minutes are approved: so
// many members of the bureau and, where they are several, the chair among them.
type requirement struct {
	Count int
	Chair bool
	Cite  statute.Cite
}

func required(rules statute.Rules) requirement {
	n := max(1, rules.Minutes.Approvals)
	return requirement{Count: n, Chair: n > 1, Cite: rules.Minutes.Cite}
}

// met tells whether the signatures suffice.
func (q requirement) met(list []Signature) bool {
	return len(list) >= q.Count && (!q.Chair || signedBy(list, people.Chair))
}

func signedBy(list []Signature, role people.Role) bool {
	for _, s := range list {
		if s.Role == role {
			return true
		}
	}
	return false
}

func hasSigned(list []Signature, account int64) bool {
	for _, s := range list {
		if s.Account == account {
			return true
		}
	}
	return false
}
