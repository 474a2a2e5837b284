package electorate

import (
	"encoding/json"
	"errors"
	"time"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// Refused is a member of the register who may not vote, and the rule that says so.
type Refused struct {
	Member people.Member
	Why    statute.Step
}

// EachRefused calls fn for every member of the register, by number, who would not be on a roll
// drawn up now for that day.
func EachRefused(tx *db.Tx, rules statute.Rules, assembly time.Time, fn func(Refused) error) error {
	return people.EachMember(tx, func(m people.Member) error {
		if gone(m, assembly) {
			return nil
		}
		if ok, why := rules.Entitled(facts(m), assembly); !ok {
			return fn(Refused{m, why})
		}
		return nil
	})
}

// gone tells whether the member is no longer in the register on that day.
func gone(m people.Member, assembly time.Time) bool {
	return !m.ErasedAt.IsZero() || m.LeftOn != "" && m.LeftOn <= assembly.Format(time.DateOnly)
}

// WhyNot judges one member: whether they may vote on that day by the rules, and why.
func WhyNot(rules statute.Rules, m people.Member, assembly time.Time) (bool, statute.Step) {
	return rules.Entitled(facts(m), assembly)
}

// LastDraw is the event of the roll in force and its moment; the zero time before any roll was drawn up.
func LastDraw(tx *db.Tx, spaceID int64) (RollDrawn, time.Time, error) {
	var at time.Time
	var payload string
	err := tx.Row(`SELECT at, payload FROM journal WHERE space_id = $1 AND kind = $2 AND payload IS NOT NULL ORDER BY id DESC LIMIT 1`,
		[]any{spaceID, RollDrawn{}.EventKind()}, &at, &payload)
	if errors.Is(err, db.ErrNotFound) {
		return RollDrawn{}, at, nil
	}
	if err != nil {
		return RollDrawn{}, at, err
	}
	var e RollDrawn
	err = json.Unmarshal([]byte(payload), &e)
	return e, at, err
}

// RollFollowed tells how many stand on the roll where the last change of the statutes drew it up again;
// 0 where it did not.
func RollFollowed(tx *db.Tx, spaceID int64) (int, error) {
	drawn, at, err := LastDraw(tx, spaceID)
	if err != nil {
		return 0, err
	}
	var n int
	err = tx.Row("SELECT count(*) FROM statutes WHERE space_id = $1 AND changed_at = $2", []any{spaceID, at}, &n)
	return n * drawn.Electors, err
}

// RollUsed tells whether somebody has voted or given a proxy on the roll: it can no longer be drawn up anew.
func RollUsed(tx *db.Tx, spaceID int64) (bool, error) {
	var used int
	err := tx.Row(`SELECT (SELECT count(*) FROM attendance WHERE space_id = $1) + (SELECT count(*) FROM proxy WHERE space_id = $1)`,
		[]any{spaceID}, &used)
	return used > 0, err
}
