package electorate

import (
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// ProxyState is where a proxy stands. Offered and accepted proxies stand; the others are over.
type ProxyState string

const (
	ProxyOffered   ProxyState = "offered"
	ProxyAccepted  ProxyState = "accepted"
	ProxyRefused   ProxyState = "refused"
	ProxyWithdrawn ProxyState = "withdrawn"
)

// Proxy is the right given by the principal to the holder to vote for them. Holder is 0 for
// a blank proxy that nobody has taken up.
type Proxy struct {
	ID            int64
	Space         int64
	Principal     int64
	PrincipalName string
	Holder        int64
	HolderName    string
	State         ProxyState
	Paper         bool
	Blank         bool
	Scan          string // key of the scanned paper, "" for none
	GivenAt       time.Time
	EndedAt       time.Time
	EndReason     string // ReasonWithdrawn, ReasonVoted …
}

// Why a proxy ended.
const (
	ReasonWithdrawn = "withdrawn" // the principal took it back
	ReasonVoted     = "voted"     // the principal voted in person
	ReasonRefused   = "refused"   // the holder refused it
	ReasonReplaced  = "replaced"  // the principal gave another
	ReasonReturned  = "returned"  // the holder gave it back
)

// ProxyGiven is the event of a proxy offered, or entered from paper.
type ProxyGiven struct {
	Proxy     int64 `json:"proxy"`
	Principal int64 `json:"principal"`
	Holder    int64 `json:"holder"`
	Paper     bool  `json:"paper"`
	Blank     bool  `json:"blank"`
}

func (ProxyGiven) EventKind() string { return "electorate.proxy_given" }

// ProxyAnswered is the event of the holder's answer.
type ProxyAnswered struct {
	Proxy    int64 `json:"proxy"`
	Accepted bool  `json:"accepted"`
}

func (ProxyAnswered) EventKind() string { return "electorate.proxy_answered" }

// ProxyEnded is the event of a proxy's end.
type ProxyEnded struct {
	Proxy  int64  `json:"proxy"`
	Reason string `json:"reason"`
}

func (ProxyEnded) EventKind() string { return "electorate.proxy_ended" }

const proxyQuery = `SELECT p.id, p.space_id, p.principal_id, COALESCE(pe.name, ''), COALESCE(p.holder_id, 0), COALESCE(he.name, ''),
		p.state, p.origin = 'paper', p.blank, p.scan, p.given_at, p.ended_at, p.end_reason
	FROM proxy p
	LEFT JOIN elector pe ON pe.space_id = p.space_id AND pe.member_id = p.principal_id
	LEFT JOIN elector he ON he.space_id = p.space_id AND he.member_id = p.holder_id`

func scanProxy(scan func(...any) error) (p Proxy, err error) {
	return p, scan(&p.ID, &p.Space, &p.Principal, &p.PrincipalName, &p.Holder, &p.HolderName,
		&p.State, &p.Paper, &p.Blank, &p.Scan, &p.GivenAt, &p.EndedAt, &p.EndReason)
}

// FindProxy finds a proxy of the space.
func FindProxy(tx *db.Tx, spaceID, id int64) (Proxy, error) {
	return oneProxy(tx, " WHERE p.space_id = $1 AND p.id = $2", spaceID, id)
}

// GivenBy is the proxy the member has given and that stands; [db.ErrNotFound] for none.
func GivenBy(tx *db.Tx, spaceID, principal int64) (Proxy, error) {
	return oneProxy(tx, " WHERE p.space_id = $1 AND p.principal_id = $2 AND p.state IN ('offered', 'accepted')", spaceID, principal)
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

// because is a refusal by the statutes, told in the reader's language with its article.
type because struct{ statute.Step }

func (b because) Text(lang string) string { return b.Line(lang) }

func refusal(s statute.Step) error {
	return fault.New(fault.Conflict, "electorate.because", "why", because{s})
}

// GiveProxy offers a proxy from the principal to the holder, after the statutes have judged
// it; a proxy that stands must be withdrawn first. A paper proxy is accepted as it is entered. Holder 0 gives a
// blank proxy, which goes to chair.
func GiveProxy(tx *db.Tx, actor int64, sp space.Space, p Proxy, chair int64) (Proxy, error) {
	p.Space = sp.ID
	if p.Holder == 0 {
		p.Blank, p.Holder = true, chair
	}
	if old, err := GivenBy(tx, sp.ID, p.Principal); err == nil {
		return p, fault.New(fault.Conflict, "electorate.proxy.standing", "holder", old.HolderName)
	} else if !errors.Is(err, db.ErrNotFound) {
		return p, err
	}
	if took, err := tookPart(tx, sp.ID, p.Principal); err != nil {
		return p, err
	} else if took {
		return p, fault.New(fault.Conflict, "electorate.proxy.took_part")
	}
	if err := judgeProxy(tx, p); err != nil {
		return p, err
	}
	if p.Holder == 0 {
		return p, fault.New(fault.Conflict, "electorate.proxy.no_chair")
	}
	p.ID, p.GivenAt, p.State = tx.NewID(), tx.Now, ProxyOffered
	origin := "online"
	var answered any
	if p.Paper || p.Blank {
		p.State, answered = ProxyAccepted, tx.Now
	}
	if p.Paper {
		origin = "paper"
	}
	_, err := tx.Exec(`INSERT INTO proxy (id, space_id, principal_id, holder_id, state, origin, blank, scan, given_at, answered_at, end_reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')`,
		p.ID, p.Space, p.Principal, p.Holder, p.State, origin, p.Blank, p.Scan, p.GivenAt, answered)
	if err != nil {
		return p, err
	}
	_, err = journal.Append(tx, p.about(actor), ProxyGiven{p.ID, p.Principal, p.Holder, p.Paper, p.Blank})
	return p, err
}

func (p Proxy) about(actor int64) journal.About {
	return journal.About{Space: p.Space, Subject: fmt.Sprintf("proxy/%d", p.ID), Actor: actor}
}

// AnswerProxy is the holder's answer to an offered proxy; the caps are judged again.
func AnswerProxy(tx *db.Tx, actor int64, p Proxy, accept bool) error {
	if p.State != ProxyOffered {
		return fault.New(fault.Conflict, "electorate.proxy.answered")
	}
	if !accept {
		if err := endProxyAs(tx, actor, p, ProxyRefused, ReasonRefused); err != nil {
			return err
		}
		_, err := journal.Append(tx, p.about(actor), ProxyAnswered{p.ID, false})
		return err
	}
	if err := judgeProxy(tx, p); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE proxy SET state = 'accepted', answered_at = $2 WHERE id = $1", p.ID, tx.Now); err != nil {
		return err
	}
	_, err := journal.Append(tx, p.about(actor), ProxyAnswered{p.ID, true})
	return err
}

// WithdrawProxy ends a standing proxy where the statutes still allow it: opened, when the vote
// has opened; used, when the holder has voted with it.
func WithdrawProxy(tx *db.Tx, actor int64, p Proxy, opened, used bool, reason string) error {
	if p.State != ProxyOffered && p.State != ProxyAccepted {
		return fault.New(fault.Conflict, "electorate.proxy.over")
	}
	rules, err := Rules(tx, p.Space)
	if err != nil {
		return err
	}
	if ok, why := rules.JudgeWithdrawal(opened, used); !ok {
		return refusal(why)
	}
	return endProxy(tx, actor, p, reason)
}

// VotedInPerson ends the proxy that the member has given, as voting oneself does where the
// statutes say so; where they do not, it refuses.
func VotedInPerson(tx *db.Tx, actor, spaceID, member int64) error {
	p, err := GivenBy(tx, spaceID, member)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	rules, err := Rules(tx, spaceID)
	if err != nil {
		return err
	}
	if !rules.Proxies.InPerson && p.State == ProxyAccepted {
		return fault.New(fault.Conflict, "electorate.proxy.given", "holder", p.HolderName)
	}
	return endProxy(tx, actor, p, ReasonVoted)
}

func endProxy(tx *db.Tx, actor int64, p Proxy, reason string) error {
	return endProxyAs(tx, actor, p, ProxyWithdrawn, reason)
}

func endProxyAs(tx *db.Tx, actor int64, p Proxy, state ProxyState, reason string) error {
	_, err := tx.Exec("UPDATE proxy SET state = $2, ended_at = $3, end_reason = $4 WHERE id = $1", p.ID, state, tx.Now, reason)
	if err != nil {
		return err
	}
	if state == ProxyRefused {
		return nil
	}
	_, err = journal.Append(tx, p.about(actor), ProxyEnded{p.ID, reason})
	return err
}

// judgeProxy asks the statutes about p, which does not yet count among those its holder holds.
func judgeProxy(tx *db.Tx, p Proxy) error {
	rules, err := Rules(tx, p.Space)
	if err != nil {
		return err
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
	if q.HolderNumber, q.HolderVotes, err = heldVotes(tx, p.Space, p.Holder); err != nil {
		return err
	}
	if q.PrincipalHolds, _, err = heldVotes(tx, p.Space, p.Principal); err != nil {
		return err
	}
	if err := followChain(tx, p, &q); err != nil {
		return err
	}
	if rules.Proxies.MaxVotes != nil {
		if err := EachElector(tx, p.Space, func(e Elector) error { q.TotalVotes = q.TotalVotes.Add(e.Votes); return nil }); err != nil {
			return err
		}
	}
	if ok, why := rules.JudgeProxy(q); !ok {
		return refusal(why)
	}
	return nil
}

func heldVotes(tx *db.Tx, spaceID, holder int64) (n int, votes statute.Frac, err error) {
	err = tx.Each(`SELECT e.votes FROM proxy p JOIN elector e ON e.space_id = p.space_id AND e.member_id = p.principal_id
		WHERE p.space_id = $1 AND p.holder_id = $2 AND p.state = 'accepted'`, []any{spaceID, holder}, func(scan func(...any) error) error {
		var text string
		if err := scan(&text); err != nil {
			return err
		}
		v, err := statute.ParseFrac(text)
		n, votes = n+1, votes.Add(v)
		return err
	})
	return n, votes, err
}

// followChain follows the holder's own proxies to their end.
func followChain(tx *db.Tx, p Proxy, q *statute.ProxyRequest) error {
	at := p.Holder
	for range 1000 {
		next, err := GivenBy(tx, p.Space, at)
		if errors.Is(err, db.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		q.HolderHasGiven = true
		if next.Holder == p.Principal {
			q.Cycle = true
			return nil
		}
		at = next.Holder
	}
	q.Cycle = true
	return nil
}

func tookPart(tx *db.Tx, spaceID, member int64) (bool, error) {
	var n int
	err := tx.Row("SELECT count(*) FROM attendance WHERE space_id = $1 AND member_id = $2", []any{spaceID, member}, &n)
	return n > 0, err
}

// Mandates lists the electors for whom the holder votes: the principals of the proxies they
// have accepted and, where the statutes allow chains, those whom these represent in turn. It
// does not matter whether the holder is connected.
func Mandates(tx *db.Tx, spaceID, holder int64) ([]Elector, error) {
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
