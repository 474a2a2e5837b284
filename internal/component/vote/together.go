package vote

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// mostTogether bounds how many ballots one transaction takes.
const mostTogether = 256

// together takes the plain ballots that arrive at the same moment into one transaction: thousands of
// people vote in the minute in which a vote opens. A ballot is plain when it is the elector's own and
// nothing stands in its way. Any other is cast alone, by [castBallots], which says what is wrong.
type together struct {
	mu      sync.Mutex
	waiting []*plainBallot
	running int // transactions under way
}

// atOnce is how many transactions are under way at most: SQLite has one writer; on PostgreSQL the
// next groups are read and judged while the first waits for its disk.
func atOnce(d db.Dialect) int {
	if d == db.SQLite {
		return 1
	}
	return 4
}

type plainBallot struct {
	slug       string
	resolution int64
	viewer     people.Viewer
	values     []string

	receipt Receipt
	cast    bool // and on disk
	done    chan struct{}
}

// castTogether casts a ballot with those that come at the same moment; it returns false when
// the ballot has to be cast alone.
func (c *Component) castTogether(b *plainBallot) bool {
	t := &c.together
	b.done = make(chan struct{})
	t.mu.Lock()
	t.waiting = append(t.waiting, b)
	if t.running < atOnce(c.deps.Site.DB.Dialect) {
		t.running++
		go c.castWaiting()
	}
	t.mu.Unlock()
	<-b.done
	return b.cast
}

// castWaiting casts what waits, group after group, until nothing does.
func (c *Component) castWaiting() {
	t := &c.together
	for {
		t.mu.Lock()
		group := t.waiting[:min(len(t.waiting), mostTogether)]
		t.waiting = slices.Clone(t.waiting[len(group):])
		if len(group) == 0 {
			t.running--
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		c.castGroup(group)
		for _, b := range group {
			close(b.done)
		}
	}
}

// castGroup marks those that were cast. Whatever fails fails for the group as a whole: each of its
// ballots is then cast alone, and what is wrong with one harms no other.
func (c *Component) castGroup(group []*plainBallot) {
	var cast []*plainBallot
	defer func() {
		if p := recover(); p != nil {
			c.deps.Site.Log.Error("ballots could not be cast together", "ballots", len(group), "panic", p)
		}
	}()
	err := c.deps.Site.DB.Write(context.Background(), func(tx *db.Tx) (err error) {
		cast, err = castPlain(tx, group)
		return err
	})
	if err != nil {
		c.deps.Site.Log.Warn("ballots could not be cast together", "ballots", len(group), "error", err)
		return
	}
	for _, b := range cast {
		b.cast = true
	}
}

// castPlain stores those of the ballots that are plain, and returns them. Transactions that lock
// the same rows never wait in a ring: they take them by resolution, then by member.
func castPlain(tx *db.Tx, group []*plainBallot) (cast []*plainBallot, err error) {
	group = slices.Clone(group)
	slices.SortStableFunc(group, func(a, b *plainBallot) int {
		return cmp.Or(cmp.Compare(a.resolution, b.resolution), cmp.Compare(a.slug, b.slug), cmp.Compare(a.viewer.Member, b.viewer.Member))
	})
	for len(group) > 0 {
		first := group[0]
		n := 1
		for n < len(group) && group[n].resolution == first.resolution && group[n].slug == first.slug {
			n++
		}
		r, s, _, err := findForBallot(tx, first.slug, first.resolution, 0)
		if err == nil && s.State(tx.Now, false) == Open {
			var done []*plainBallot
			done, err = castOn(tx, r, s, group[:n])
			cast = append(cast, done...)
		}
		if err != nil && fault.CodeOf(err) == 0 {
			return nil, err
		}
		group = group[n:]
	}
	return cast, nil
}

var errInTheWay = errors.New("something has come in the way of a ballot")

// castOn stores ballots on one resolution.
func castOn(tx *db.Tx, r Resolution, s Series, group []*plainBallot) ([]*plainBallot, error) {
	standings, err := openStandings(tx, s, membersOf(group))
	if err != nil {
		return nil, err
	}
	var cast []*plainBallot
	var choices []string
	var arriving []int64
	for _, b := range group {
		st, elector := standings[b.viewer.Member]
		choice, err := r.ReadChoice(b.values)
		twice := len(cast) > 0 && cast[len(cast)-1].viewer.Member == b.viewer.Member
		if err != nil || !elector || st.paper || st.proxy || twice {
			continue
		}
		cast, choices = append(cast, b), append(choices, choice)
		if !st.online {
			arriving = append(arriving, b.viewer.Member)
		}
	}
	if len(arriving) > 0 { // before the look that counts, so that no proxy is given between it and the ballot
		if err := electorate.AttendAll(tx, s.Space, arriving, electorate.Online); err != nil {
			return nil, err
		}
		if standings, err = openStandings(tx, s, membersOf(cast)); err != nil {
			return nil, err
		}
	}
	entries := make([]journal.Entry, len(cast))
	for i, b := range cast {
		st, elector := standings[b.viewer.Member]
		if !elector || st.paper || st.proxy {
			return nil, errInTheWay
		}
		entries[i] = journal.Entry{About: aboutResolution(r, b.viewer.Account),
			Payload: BallotCast{Resolution: r.ID, Member: b.viewer.Member, Choice: choices[i], Votes: st.votes}}
	}
	if err := journal.AppendAll(tx, entries); err != nil {
		return nil, err
	}
	ballots := make([]Ballot, len(cast))
	for i, b := range cast {
		b.receipt = Receipt{r.ID, b.viewer.Member, receiptCode(entries[i].Digest), tx.Now}
		ballots[i] = Ballot{Resolution: r.ID, Member: b.viewer.Member, Choice: choices[i], CastBy: b.viewer.Account, CastAt: tx.Now, Receipt: b.receipt.Code}
	}
	return cast, saveBallots(tx, ballots)
}

func membersOf(group []*plainBallot) []int64 {
	ids := make([]int64, len(group))
	for i, b := range group {
		ids[i] = b.viewer.Member
	}
	return ids
}
