package electorate

import (
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Succeed gives next, the assembly on second call of first, its statutes, an electoral roll drawn
// up for the day, and the accepted proxies: a proxy holds for the assemblies that follow with the
// same agenda (code de commerce, art. R. 225-79), until it is withdrawn. Those that the statutes
// no longer allow, or whose people have left the roll, are left behind.
func Succeed(tx *db.Tx, actor int64, first, next space.Space, assembly time.Time) error {
	text, err := Text(tx, first.ID)
	if err != nil {
		return err
	}
	if text != "" {
		if _, err := SetStatutes(tx, actor, next, text); err != nil {
			return err
		}
	}
	if _, _, err := DrawRoll(tx, actor, next, assembly); err != nil {
		return err
	}
	list, err := db.All(tx, `SELECT p.principal_id, p.holder_id, p.origin = 'paper', p.blank, p.given_at, p.answered_at FROM proxy p
		JOIN elector e ON e.space_id = $2 AND e.member_id = p.principal_id
		WHERE p.space_id = $1 AND p.state = 'accepted' ORDER BY p.answered_at, p.id`, []any{first.ID, next.ID},
		func(scan func(...any) error) (p Proxy, err error) {
			return p, scan(&p.Principal, &p.Holder, &p.Paper, &p.Blank, &p.GivenAt, &p.AnsweredAt)
		})
	if err != nil {
		return err
	}
	for _, p := range list {
		p.ID, p.Space, p.State = tx.NewID(), next.ID, ProxyAccepted
		if err := judgeProxy(tx, p); fault.CodeOf(err) == fault.Conflict {
			continue
		} else if err != nil {
			return err
		}
		if err := insertProxy(tx, p); err != nil {
			return err
		}
		if _, err := journal.Append(tx, p.about(actor), ProxyGiven{p.ID, p.Principal, p.Holder, p.Paper, p.Blank}); err != nil {
			return err
		}
	}
	return nil
}
