package vote

import (
	"context"
	"errors"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// Receipt is what a voter keeps of a ballot: its code stands in the journal.
type Receipt struct {
	Resolution int64     `json:"resolution"`
	Member     int64     `json:"member"`
	Code       string    `json:"receipt"`
	At         time.Time `json:"at"`
}

// CastBallots casts the viewer's ballot on a resolution for each of the electors: the viewer
// themselves, and those whose proxy they hold. All are cast or none; when it returns, they are on
// disk.
func (c *Component) CastBallots(ctx context.Context, spaceSlug string, resolution int64, v people.Viewer, electors []int64, values []string) (receipts []Receipt, err error) {
	if own := len(electors) == 0 || len(electors) == 1 && electors[0] == v.Member; own && v.Member != 0 {
		b := &plainBallot{slug: spaceSlug, resolution: resolution, viewer: v, values: values}
		if c.castTogether(b) {
			return []Receipt{b.receipt}, nil
		}
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) {
		receipts, err = castBallots(tx, resolution, spaceSlug, v, electors, values)
		return err
	})
	return receipts, err
}

func castBallots(tx *db.Tx, resolution int64, slug string, v people.Viewer, electors []int64, values []string) ([]Receipt, error) {
	if v.Member == 0 {
		return nil, fault.New(fault.Forbidden, "vote.not_elector")
	}
	r, s, own, err := findForBallot(tx, slug, resolution, v.Member)
	if err != nil {
		return nil, err
	}
	switch s.State(tx.Now, false) {
	case Draft, Announced, Waiting:
		return nil, fault.New(fault.Conflict, "vote.not_open")
	case Open:
	default:
		return nil, fault.New(fault.Conflict, "vote.closed", "at", s.Closes)
	}
	if !s.Closed.IsZero() {
		return nil, fault.New(fault.Conflict, "vote.closed", "at", s.Closed)
	}
	choice, err := r.ReadChoice(values)
	if err != nil {
		return nil, err
	}
	if len(electors) == 0 {
		electors = []int64{v.Member}
	}
	mandates, err := mandatesFor(tx, s.Space, v.Member, electors)
	if err != nil {
		return nil, err
	}
	var out []Receipt
	for _, member := range electors {
		if member != v.Member && !mandates[member] {
			return nil, fault.New(fault.Forbidden, "vote.no_proxy")
		}
		receipt, err := castBallot(tx, r, s, v, own, member, choice)
		if err != nil {
			return nil, err
		}
		out = append(out, receipt)
	}
	return out, nil
}

// mandatesFor reads whom the holder votes for, when a ballot is not only their own.
func mandatesFor(tx *db.Tx, spaceID, holder int64, electors []int64) (map[int64]bool, error) {
	if len(electors) == 1 && electors[0] == holder {
		return nil, nil
	}
	if err := electorate.HoldProxies(tx, spaceID, electors); err != nil {
		return nil, err
	}
	list, err := electorate.Mandates(tx, spaceID, holder)
	out := map[int64]bool{}
	for _, e := range list {
		out[e.Member] = true
	}
	return out, err
}

// castBallot stores one ballot. own is the viewer's standing.
func castBallot(tx *db.Tx, r Resolution, s Series, v people.Viewer, own standing, member int64, choice string) (Receipt, error) {
	byProxy, st := member != v.Member, own
	if !byProxy && !own.online { // before the look that counts, so that no proxy is given between it and the ballot
		err := electorate.Attend(tx, s.Space, member, electorate.Online)
		if errors.Is(err, db.ErrForeignKey) {
			return Receipt{}, fault.New(fault.Forbidden, "vote.not_elector")
		}
		if err != nil {
			return Receipt{}, err
		}
	}
	if byProxy || !own.online {
		var err error
		if st, err = findStanding(tx, s, member); err != nil {
			return Receipt{}, err
		}
	}
	switch {
	case st.paper:
		return Receipt{}, fault.New(fault.Conflict, "vote.voted_on_paper")
	case !byProxy && st.proxy:
		if err := electorate.VotedInPerson(tx, v.Account, s.Space, member); err != nil {
			return Receipt{}, err
		}
	}
	event, err := journal.Append(tx, aboutResolution(r, v.Account),
		BallotCast{Resolution: r.ID, Member: member, Choice: choice, Votes: st.votes, ByProxy: byProxy})
	if err != nil {
		return Receipt{}, err
	}
	b := Ballot{Resolution: r.ID, Member: member, Choice: choice, CastBy: v.Account, ByProxy: byProxy, CastAt: tx.Now, Receipt: receiptCode(event.Digest)}
	if err := saveBallot(tx, s, b); err != nil {
		return Receipt{}, err
	}
	return Receipt{r.ID, member, b.Receipt, tx.Now}, nil
}

// receiptCode is what a receipt keeps of the digest under which its ballot stands in the journal.
func receiptCode(digest string) string { return digest[:16] }

// findForBallot reads a resolution with its series and the elector's standing in one go, and makes
// the closing wait as [lockSeries] does: a ballot is the one act that ten thousand people do at once.
func findForBallot(tx *db.Tx, slug string, id, member int64) (r Resolution, s Series, own standing, err error) {
	lock := "0"
	if tx.Dialect == db.Postgres {
		lock = "pg_advisory_xact_lock_shared(s.id) IS NULL"
	}
	var method, settings string
	var locked any
	err = tx.Row(`SELECT r.id, r.series_id, r.space_id, r.number, r.form, r.max_choices, r.method, r.settings, s.id, s.space_id, s.opens_at, s.closes_at, s.closed_at, COALESCE(e.votes, ''), COALESCE(e.college, ''),`+standingFacts+", "+lock+`
		FROM vote_resolution r JOIN vote_series s ON s.id = r.series_id JOIN space sp ON sp.id = r.space_id
		LEFT JOIN elector e ON e.space_id = r.space_id AND e.member_id = $3
		WHERE r.id = $1 AND sp.slug = $2`, []any{id, slug, member},
		&r.ID, &r.Series, &r.Space, &r.Number, &r.Form, &r.MaxChoices, &method, &settings, &s.ID, &s.Space, &s.Opens, &s.Closes, &s.Closed,
		&own.votes, &own.college, &own.paper, &own.proxy, &own.online, &locked)
	if err == db.ErrNotFound {
		return r, s, own, fault.New(fault.NotFound, "vote.unknown")
	}
	if err == nil {
		r.Method, err = readMethod(method, settings)
	}
	if err == nil && r.Form != Motion {
		list := []Resolution{r}
		err = withOptions(tx, list, "resolution_id = $1", r.ID)
		r = list[0]
	}
	return r, s, own, err
}
