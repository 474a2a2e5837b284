package voice

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// Step is one thing tried in the rehearsal room.
type Step string

const (
	StepMicrophone Step = "microphone" // one's voice reaches the browser
	StepHear       Step = "hear"       // one hears oneself
	StepCamera     Step = "camera"     // one sees oneself, or goes without a camera
	StepNetwork    Step = "network"    // the voice goes to the server and back
	StepHand       Step = "hand"       // one has asked for the floor
	StepVote       Step = "vote"       // one has answered a question
	// StepHelp is no step: it is passed by who asks to be called.
	StepHelp Step = "help"
)

// Steps lists the steps in their order.
var Steps = []Step{StepMicrophone, StepHear, StepCamera, StepNetwork, StepHand, StepVote}

// Try is the result of a step.
type Try struct {
	Step   Step
	Passed bool
	Note   string // what went wrong, as a word of ours, or the figures measured
	At     time.Time
}

// troubles are what can go wrong in a step, as its words name it.
var troubles = []string{"refused", "none", "not_heard", "no_line"}

// noted is what is kept of a step: a word of ours, or figures; nothing else that a browser sends.
func noted(text string) string {
	if slices.Contains(troubles, text) {
		return text
	}
	if f, ok := readFigures(text); ok {
		return f.String()
	}
	return ""
}

// figures are what a trial of the network measured.
type figures struct {
	Trip   int // to the server and back, in milliseconds
	Loss   int // of packets, in thousandths
	Jitter int // in milliseconds
}

func (f figures) String() string {
	return strconv.Itoa(f.Trip) + " " + strconv.Itoa(f.Loss) + " " + strconv.Itoa(f.Jitter)
}

func readFigures(text string) (f figures, ok bool) {
	parts := strings.Fields(text)
	if len(parts) != 3 {
		return f, false
	}
	for i, to := range []*int{&f.Trip, &f.Loss, &f.Jitter} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 || n > 60_000 {
			return figures{}, false
		}
		*to = n
	}
	return f, true
}

// verdict says a network in a word.
func (f figures) verdict() string {
	switch {
	case f.Loss > 50 || f.Trip > 600 || f.Jitter > 100:
		return "poor"
	case f.Loss > 10 || f.Trip > 250 || f.Jitter > 40:
		return "fair"
	default:
		return "good"
	}
}

func tries(tx *db.Tx, spaceID, account int64) (map[Step]Try, error) {
	list, err := db.All(tx, "SELECT step, passed, note, at FROM voice_rehearsal WHERE space_id = $1 AND account_id = $2", []any{spaceID, account},
		func(scan func(...any) error) (t Try, err error) { return t, scan(&t.Step, &t.Passed, &t.Note, &t.At) })
	out := map[Step]Try{}
	for _, t := range list {
		out[t.Step] = t
	}
	return out, err
}

func saveTry(tx *db.Tx, spaceID, account int64, t Try) error {
	_, err := tx.Exec(`INSERT INTO voice_rehearsal (space_id, account_id, step, passed, note, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (space_id, account_id, step) DO UPDATE SET passed = excluded.passed, note = excluded.note, at = excluded.at`,
		spaceID, account, string(t.Step), t.Passed, t.Note, tx.Now)
	return err
}

// whole tells whether every step is passed.
func whole(done map[Step]Try) bool {
	for _, s := range Steps {
		if !done[s].Passed {
			return false
		}
	}
	return true
}

// Readiness is how far somebody has come with the rehearsal.
type Readiness string

const (
	Nothing Readiness = "none"
	Trouble Readiness = "trouble" // a step went wrong, or they ask to be called
	Begun   Readiness = "begun"
	Ready   Readiness = "ready"
)

// Readinesses lists them as they are shown: who most needs a call first.
var Readinesses = []Readiness{Nothing, Trouble, Begun, Ready}

// rehearser is somebody who may take part, and what they have tried.
type rehearser struct {
	Account, Member int64
	Name            string
	Phone           string
	Help            bool
	Passed, Failed  int
	Last            time.Time
}

// readiness says how far they have come.
func (p rehearser) readiness() Readiness {
	switch {
	case p.Help || p.Failed > 0:
		return Trouble
	case p.Passed == len(Steps):
		return Ready
	case p.Passed > 0:
		return Begun
	default:
		return Nothing
	}
}

// peopleQuery is everybody who may take part: the electors, and those who have a role in the space.
// $1 is the space, $2 how many steps there are. Its column rank puts those first who need a call.
const peopleQuery = `WITH crowd AS (
		SELECT e.member_id AS member, a.id AS account, e.name AS name, e.sort_name AS sort FROM elector e LEFT JOIN account a ON a.member_id = e.member_id
			WHERE e.space_id = $1
		UNION
		SELECT a.member_id, a.id, a.name, LOWER(a.name) FROM account a WHERE a.closed_at IS NULL
			AND EXISTS (SELECT 1 FROM role r WHERE r.account_id = a.id AND r.space_id = $1 AND r.role NOT IN ('observer', 'administrator'))
			AND NOT EXISTS (SELECT 1 FROM elector e WHERE e.space_id = $1 AND e.member_id = a.member_id)
	), tried AS (
		SELECT c.member, c.account, c.name, c.sort, COALESCE(m.phone, '') AS phone,
			COALESCE(SUM(CASE WHEN t.step = 'help' AND t.passed THEN 1 ELSE 0 END), 0) AS help,
			COALESCE(SUM(CASE WHEN t.step <> 'help' AND t.passed THEN 1 ELSE 0 END), 0) AS passed,
			COALESCE(SUM(CASE WHEN t.step <> 'help' AND NOT t.passed THEN 1 ELSE 0 END), 0) AS failed, MAX(t.at) AS last
		FROM crowd c LEFT JOIN member m ON m.id = c.member
			LEFT JOIN voice_rehearsal t ON t.space_id = $1 AND t.account_id = c.account
		GROUP BY c.member, c.account, c.name, c.sort, m.phone
	), ranked AS (
		SELECT tried.*, CASE WHEN help > 0 OR failed > 0 THEN 'trouble' WHEN passed = CAST($2 AS BIGINT) THEN 'ready' WHEN passed > 0 THEN 'begun' ELSE 'none' END AS state FROM tried
	) `

// peopleFilter narrows the list of those who may take part; zero fields do not narrow.
type peopleFilter struct {
	State Readiness
	Text  string // words of the name
}

// rehearsers lists a page of those who may take part: who has no result first, then who had trouble.
func rehearsers(tx *db.Tx, spaceID int64, f peopleFilter, offset, limit int) (list []rehearser, total int, err error) {
	args := []any{spaceID, len(Steps), string(f.State)}
	where := "WHERE ($3 = '' OR state = $3)"
	for _, word := range strings.Fields(people.Fold(f.Text)) {
		args = append(args, "%"+likeEscape.Replace(word)+"%")
		where += " AND sort LIKE $" + strconv.Itoa(len(args)) + ` ESCAPE '\'`
	}
	if err := tx.Row(peopleQuery+"SELECT count(*) FROM ranked "+where, args, &total); err != nil {
		return nil, 0, err
	}
	args = append(args, limit, offset)
	list, err = db.All(tx, peopleQuery+`SELECT COALESCE(account, 0), COALESCE(member, 0), name, phone, help, passed, failed, last FROM ranked `+where+`
		ORDER BY CASE state WHEN 'none' THEN 0 WHEN 'trouble' THEN 1 WHEN 'begun' THEN 2 ELSE 3 END, sort, account
		LIMIT $`+strconv.Itoa(len(args)-1)+" OFFSET $"+strconv.Itoa(len(args)), args,
		func(scan func(...any) error) (p rehearser, err error) {
			var help int
			err = scan(&p.Account, &p.Member, &p.Name, &p.Phone, &help, &p.Passed, &p.Failed, &p.Last)
			p.Help = help > 0
			return p, err
		})
	return list, total, err
}

var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// countReadiness is how many of those who may take part have come how far.
func countReadiness(tx *db.Tx, spaceID int64) (map[Readiness]int, error) {
	out := map[Readiness]int{}
	err := tx.Each(peopleQuery+"SELECT state, count(*) FROM ranked GROUP BY state", []any{spaceID, len(Steps)}, func(scan func(...any) error) error {
		var state Readiness
		var n int
		err := scan(&state, &n)
		out[state] = n
		return err
	})
	return out, err
}

// triesOf are the results of several people, by account.
func triesOf(tx *db.Tx, spaceID int64, list []rehearser) (map[int64]map[Step]Try, error) {
	out := map[int64]map[Step]Try{}
	var errs []error
	for _, p := range list {
		if p.Passed+p.Failed == 0 && !p.Help {
			continue
		}
		done, err := tries(tx, spaceID, p.Account)
		out[p.Account] = done
		errs = append(errs, err)
	}
	return out, errors.Join(errs...)
}
