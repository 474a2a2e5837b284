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
	AnsweredAt    time.Time // when it was accepted
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
	ReasonCancelled = "cancelled" // entered from paper by mistake
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

// because is a refusal by the statutes, told in the reader's language with its article.
type because struct{ statute.Step }

func (b because) Text(lang string) string { return b.Line(lang) }

func refusal(s statute.Step) error {
	return fault.New(fault.Conflict, "electorate.because", "why", because{s})
}

// GiveProxy offers a proxy from the principal to the holder, after the statutes have judged
// it; a proxy that stands must be withdrawn first. A paper proxy is accepted as it is entered. Holder 0 gives a
// blank proxy, which goes to chair (see [Chair]; 0 when nobody can take it).
func GiveProxy(tx *db.Tx, actor int64, sp space.Space, p Proxy, chair int64) (Proxy, error) {
	p.Space = sp.ID
	if p.Holder == 0 {
		p.Blank, p.Holder = true, chair
	}
	if err := lockProxies(tx, sp.ID); err != nil {
		return p, err
	}
	if old, err := GivenBy(tx, sp.ID, p.Principal); err == nil {
		return p, fault.New(fault.Conflict, "electorate.proxy.standing", "holder", old.HolderName)
	} else if !errors.Is(err, db.ErrNotFound) {
		return p, err
	}
	if err := absent(tx, p); err != nil {
		return p, err
	}
	if err := judgeProxy(tx, p); err != nil {
		return p, err
	}
	p.ID, p.GivenAt, p.State = tx.NewID(), tx.Now, ProxyOffered
	if p.Paper || p.Blank {
		p.State, p.AnsweredAt = ProxyAccepted, tx.Now
	}
	if err := insertProxy(tx, p); err != nil {
		return p, err
	}
	_, err := journal.Append(tx, p.about(actor), ProxyGiven{p.ID, p.Principal, p.Holder, p.Paper, p.Blank})
	return p, err
}

func insertProxy(tx *db.Tx, p Proxy) error {
	origin := "online"
	if p.Paper {
		origin = "paper"
	}
	_, err := tx.Exec(`INSERT INTO proxy (id, space_id, principal_id, holder_id, state, origin, blank, scan, given_at, answered_at, end_reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '')`,
		p.ID, p.Space, p.Principal, p.Holder, p.State, origin, p.Blank, p.Scan, p.GivenAt, p.AnsweredAt)
	return err
}

func (p Proxy) about(actor int64) journal.About {
	return journal.About{Space: p.Space, Subject: fmt.Sprintf("proxy/%d", p.ID), Actor: actor}
}

// AnswerProxy is the holder's answer to an offered proxy; the statutes judge again. p is read
// anew: what its caller saw may be over.
func AnswerProxy(tx *db.Tx, actor int64, p Proxy, accept bool) error {
	if err := lockProxies(tx, p.Space); err != nil {
		return err
	}
	p, err := FindProxy(tx, p.Space, p.ID)
	if err != nil {
		return err
	}
	switch p.State {
	case ProxyOffered:
	case ProxyWithdrawn:
		return fault.New(fault.Conflict, "electorate.proxy.over")
	default:
		return fault.New(fault.Conflict, "electorate.proxy.answered")
	}
	if !accept {
		if err := endProxyAs(tx, actor, p, ProxyRefused, ReasonRefused); err != nil {
			return err
		}
		_, err := journal.Append(tx, p.about(actor), ProxyAnswered{p.ID, false})
		return err
	}
	if err := absent(tx, p); err != nil {
		return err
	}
	if err := judgeProxy(tx, p); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE proxy SET state = 'accepted', answered_at = $2 WHERE id = $1", p.ID, tx.Now); err != nil {
		return err
	}
	_, err = journal.Append(tx, p.about(actor), ProxyAnswered{p.ID, true})
	return err
}

// WithdrawProxy ends a standing proxy where the statutes still allow it: opened, when the vote
// has opened; used, when the holder has voted with it. An offer that nobody has accepted binds
// nobody: it can be taken back at any time. p is read anew.
func WithdrawProxy(tx *db.Tx, actor int64, p Proxy, opened, used bool, reason string) error {
	if err := lockProxies(tx, p.Space); err != nil {
		return err
	}
	p, err := FindProxy(tx, p.Space, p.ID)
	if err != nil {
		return err
	}
	if p.State != ProxyOffered && p.State != ProxyAccepted {
		return fault.New(fault.Conflict, "electorate.proxy.over")
	}
	rules, err := Rules(tx, p.Space)
	if err != nil {
		return err
	}
	if ok, why := rules.JudgeWithdrawal(opened, used); !ok && p.State == ProxyAccepted {
		return refusal(why)
	}
	return endProxy(tx, actor, p, reason)
}

// VotedInPerson ends the proxy that the member has given, as voting oneself does where the
// statutes say so; where they do not, it refuses.
func VotedInPerson(tx *db.Tx, actor, spaceID, member int64) error {
	if err := lockProxies(tx, spaceID); err != nil {
		return err
	}
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
