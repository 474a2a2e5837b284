package electorate

import (
	"errors"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/statute"
)

// lockProxies makes those who change the proxies of a space take turns, so that caps hold and
// no circle closes; on SQLite, where one writes at a time, they do already.
func lockProxies(tx *db.Tx, spaceID int64) error {
	if tx.Dialect == db.SQLite {
		return nil
	}
	_, err := tx.Exec("SELECT pg_advisory_xact_lock($1)", spaceID)
	return err
}

// HoldProxies keeps the principals' proxies from ending until this transaction does, so that a
// holder's ballot never comes behind the principal's own; on SQLite one writes at a time.
func HoldProxies(tx *db.Tx, spaceID int64, principals []int64) error {
	if tx.Dialect == db.SQLite {
		return nil
	}
	for _, principal := range principals {
		_, err := tx.Exec("SELECT id FROM proxy WHERE space_id = $1 AND principal_id = $2 AND state = 'accepted' FOR SHARE", spaceID, principal)
		if err != nil {
			return err
		}
	}
	return nil
}

// absent refuses a proxy of somebody who takes part themselves. On PostgreSQL it waits for who is
// voting at this moment: [Attend] holds the elector's line until their ballot is in.
func absent(tx *db.Tx, p Proxy) error {
	if tx.Dialect == db.Postgres {
		if _, err := tx.Exec("SELECT member_id FROM elector WHERE space_id = $1 AND member_id = $2 FOR UPDATE", p.Space, p.Principal); err != nil {
			return err
		}
	}
	took, err := TookPart(tx, p.Space, p.Principal)
	if err == nil && took {
		err = fault.New(fault.Conflict, "electorate.proxy.took_part")
	}
	return err
}

// judgeProxy asks the statutes about p, which does not yet count among those its holder holds.
func judgeProxy(tx *db.Tx, p Proxy) error {
	rules, err := Rules(tx, p.Space)
	if err != nil {
		return err
	}
	if p.Holder == 0 && rules.Proxies.Allowed && rules.Proxies.Blank == statute.BlankChair {
		return fault.New(fault.Conflict, "electorate.proxy.no_chair")
	}
	q := statute.ProxyRequest{Blank: p.Blank, SamePerson: p.Principal == p.Holder, HolderMember: true}
	principal, err := FindElector(tx, p.Space, p.Principal)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	q.PrincipalEntitled, q.PrincipalCollege, q.PrincipalVotes = err == nil, principal.College, principal.Votes
	holder, err := FindElector(tx, p.Space, p.Holder)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	q.HolderEntitled, q.HolderCollege = err == nil, holder.College
	end, err := followChain(tx, p, &q)
	if err != nil {
		return err
	}
	if err := countHeld(tx, p, end, &q); err != nil {
		return err
	}
	if rules.Proxies.MaxVotes != nil {
		if q.TotalVotes, err = totalVotes(tx, p.Space); err != nil {
			return err
		}
	}
	if ok, why := rules.JudgeProxy(q); !ok {
		return refusal(why)
	}
	return nil
}

// countHeld counts the mandates of end, who would vote in the end, and those that the principal
// would pass on to them: caps bind what one person votes with, however it reached them.
func countHeld(tx *db.Tx, p Proxy, end int64, q *statute.ProxyRequest) error {
	held, err := Mandates(tx, p.Space, end)
	if err != nil {
		return err
	}
	passed, err := Mandates(tx, p.Space, p.Principal)
	if err != nil {
		return err
	}
	q.PrincipalHolds = len(passed)
	q.HolderNumber = len(held) + len(passed)
	for _, e := range held {
		q.HolderVotes = q.HolderVotes.Add(e.Votes)
	}
	for _, e := range passed {
		q.PrincipalVotes = q.PrincipalVotes.Add(e.Votes)
	}
	return nil
}

// totalVotes adds up the votes of all electors.
func totalVotes(tx *db.Tx, spaceID int64) (total statute.Frac, err error) {
	err = tx.Each("SELECT votes, count(*) FROM elector WHERE space_id = $1 GROUP BY votes", []any{spaceID}, func(scan func(...any) error) error {
		var text string
		var n int64
		if err := scan(&text, &n); err != nil {
			return err
		}
		votes, err := statute.ParseFrac(text)
		total = total.Add(votes.Mul(statute.Int(n)))
		return err
	})
	return total, err
}

// followChain follows the holder's own proxies and finds who would vote in the end: the last
// of those whose proxies are accepted.
func followChain(tx *db.Tx, p Proxy, q *statute.ProxyRequest) (end int64, err error) {
	at, accepted := p.Holder, true
	end = at
	seen := map[int64]bool{}
	for !seen[at] {
		seen[at] = true
		next, err := GivenBy(tx, p.Space, at)
		if errors.Is(err, db.ErrNotFound) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		q.HolderHasGiven = true
		if next.Holder == p.Principal {
			q.Cycle = true
			return end, nil
		}
		if accepted = accepted && next.State == ProxyAccepted; accepted {
			end = next.Holder
		}
		at = next.Holder
	}
	q.Cycle = true
	return end, nil
}
