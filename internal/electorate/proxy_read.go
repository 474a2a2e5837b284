package electorate

import (
	"errors"

	"isegoria.org/isegoria/internal/platform/db"
)

const proxyQuery = `SELECT p.id, p.space_id, p.principal_id, COALESCE(pe.name, ''), COALESCE(p.holder_id, 0),
		COALESCE(he.name, (SELECT TRIM(m.first_name || ' ' || m.last_name) FROM member m WHERE m.id = p.holder_id), ''),
		p.state, p.origin = 'paper', p.blank, p.scan, p.given_at, p.answered_at, p.ended_at, p.end_reason` + proxySource

const proxySource = `
	FROM proxy p
	LEFT JOIN elector pe ON pe.space_id = p.space_id AND pe.member_id = p.principal_id
	LEFT JOIN elector he ON he.space_id = p.space_id AND he.member_id = p.holder_id`

func scanProxy(scan func(...any) error) (p Proxy, err error) {
	return p, scan(&p.ID, &p.Space, &p.Principal, &p.PrincipalName, &p.Holder, &p.HolderName,
		&p.State, &p.Paper, &p.Blank, &p.Scan, &p.GivenAt, &p.AnsweredAt, &p.EndedAt, &p.EndReason)
}

// FindProxy finds a proxy of the space.
func FindProxy(tx *db.Tx, spaceID, id int64) (Proxy, error) {
	return oneProxy(tx, " WHERE p.space_id = $1 AND p.id = $2", spaceID, id)
}

// GivenBy is the proxy the member has given and that stands; [db.ErrNotFound] for none.
func GivenBy(tx *db.Tx, spaceID, principal int64) (Proxy, error) {
	return oneProxy(tx, " WHERE p.space_id = $1 AND p.principal_id = $2 AND p.state IN ('offered', 'accepted')", spaceID, principal)
}

// LastGivenBy is the last proxy the member has given, however it ended; [db.ErrNotFound] for none.
func LastGivenBy(tx *db.Tx, spaceID, principal int64) (Proxy, error) {
	return oneProxy(tx, " WHERE p.space_id = $1 AND p.principal_id = $2 ORDER BY p.id DESC LIMIT 1", spaceID, principal)
}

func oneProxy(tx *db.Tx, where string, args ...any) (Proxy, error) {
	list, err := db.All(tx, proxyQuery+where, args, scanProxy)
	if err != nil {
		return Proxy{}, err
	}
	if len(list) == 0 {
		return Proxy{}, db.ErrNotFound
	}
	return list[0], nil
}

// HeldBy lists the proxies offered to the member or accepted by them, oldest first.
func HeldBy(tx *db.Tx, spaceID, holder int64) ([]Proxy, error) {
	return db.All(tx, proxyQuery+" WHERE p.space_id = $1 AND p.holder_id = $2 AND p.state IN ('offered', 'accepted') ORDER BY p.id",
		[]any{spaceID, holder}, scanProxy)
}

// EachProxy calls fn for every proxy ever given in the space, in the order they were given.
func EachProxy(tx *db.Tx, spaceID int64, fn func(Proxy) error) error {
	return tx.Each(proxyQuery+" WHERE p.space_id = $1 ORDER BY p.id", []any{spaceID}, func(scan func(...any) error) error {
		p, err := scanProxy(scan)
		if err != nil {
			return err
		}
		return fn(p)
	})
}

// Chair is the member who receives blank proxies: who chairs the space and is a member, an
// elector before anybody else; 0 when there is nobody.
func Chair(tx *db.Tx, spaceID int64) (member int64, err error) {
	err = tx.Row(`SELECT a.member_id FROM role r JOIN account a ON a.id = r.account_id
		LEFT JOIN elector e ON e.space_id = r.space_id AND e.member_id = a.member_id
		WHERE r.space_id = $1 AND r.role = 'chair' AND a.member_id IS NOT NULL
		ORDER BY e.member_id IS NULL, a.id LIMIT 1`, []any{spaceID}, &member)
	if errors.Is(err, db.ErrNotFound) {
		return 0, nil
	}
	return member, err
}

// TookPart tells whether the elector takes part themselves, in any way.
func TookPart(tx *db.Tx, spaceID, member int64) (bool, error) {
	var n int
	err := tx.Row("SELECT count(*) FROM attendance WHERE space_id = $1 AND member_id = $2", []any{spaceID, member}, &n)
	return n > 0, err
}

// Mandates lists the electors for whom the holder votes: the principals of the proxies they
// have accepted and, where the statutes allow chains, those whom these represent in turn. A
// holder who is represented by somebody else has passed theirs on and votes for nobody. It does
// not matter whether the holder is connected.
func Mandates(tx *db.Tx, spaceID, holder int64) ([]Elector, error) {
	if p, err := GivenBy(tx, spaceID, holder); err == nil && p.State == ProxyAccepted {
		return nil, nil
	} else if err != nil && !errors.Is(err, db.ErrNotFound) {
		return nil, err
	}
	return mandates(tx, spaceID, holder, map[int64]bool{holder: true})
}

func mandates(tx *db.Tx, spaceID, holder int64, seen map[int64]bool) ([]Elector, error) {
	direct, err := db.All(tx, "SELECT e.member_id, e.number, e.name, e.sort_name, e.domicile, e.college, e.shares, e.votes"+
		" FROM proxy p JOIN elector e ON e.space_id = p.space_id AND e.member_id = p.principal_id"+
		" WHERE p.space_id = $1 AND p.holder_id = $2 AND p.state = 'accepted' ORDER BY e.sort_name, e.member_id", []any{spaceID, holder}, scanElector)
	if err != nil {
		return nil, err
	}
	var out []Elector
	for _, e := range direct {
		if seen[e.Member] {
			continue
		}
		seen[e.Member] = true
		further, err := mandates(tx, spaceID, e.Member, seen)
		if err != nil {
			return nil, err
		}
		out = append(append(out, e), further...)
	}
	return out, nil
}
