package talk

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
)

// Reactions lists how one reacts to what is said.
var Reactions = []string{"agree", "applause", "slower", "form", "laugh"}

const (
	// reactionSpan is how long a reaction is counted.
	reactionSpan = 30 * time.Second
	// reactionPause is how long somebody waits between two.
	reactionPause = 2 * time.Second
)

// reactions is what this node has heard and not yet written: a moment's worth. Who reacted is known
// here only, so that nobody fills the room, and is forgotten at once.
type reactions struct {
	mu      sync.Mutex
	pending map[int64]map[string]int64 // by space and kind
	last    map[[2]int64]time.Time     // by space and account
	lively  map[int64]time.Time        // when a space was last told a count that is not nothing
}

// add counts a reaction, unless the account has just made one.
func (r *reactions) add(spaceID, account int64, kind string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		r.pending, r.last, r.lively = map[int64]map[string]int64{}, map[[2]int64]time.Time{}, map[int64]time.Time{}
	}
	who := [2]int64{spaceID, account}
	if now.Sub(r.last[who]) < reactionPause {
		return false
	}
	if len(r.last) > 10_000 {
		clear(r.last)
	}
	r.last[who] = now
	if r.pending[spaceID] == nil {
		r.pending[spaceID] = map[string]int64{}
	}
	r.pending[spaceID][kind]++
	return true
}

// take hands over what is pending in a space.
func (r *reactions) take(spaceID int64) map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.pending[spaceID]
	delete(r.pending, spaceID)
	return out
}

// told notes whether a space was told a count that is not nothing.
func (r *reactions) told(spaceID int64, some bool, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if some {
		r.lively[spaceID] = now
	} else {
		delete(r.lively, spaceID)
	}
}

// due lists the spaces whose counts fade.
func (r *reactions) due() (list []int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id := range r.lively {
		list = append(list, id)
	}
	return list
}

// react counts a reaction. Nothing is stored by name.
func (c *Component) react(w http.ResponseWriter, r *http.Request) error {
	kind := r.FormValue("kind")
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := component.Must(a, canWrite(a)); err != nil {
			return err
		}
		if !slices.Contains(Reactions, kind) {
			return fault.New(fault.Invalid, "talk.reaction.unknown")
		}
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if !s.Open {
			return fault.New(fault.Conflict, "talk.chat.not_open")
		}
		if _, muted, err := mutedFor(tx, a.Space.ID, a.Viewer.Account); err != nil || muted {
			return err
		}
		if !c.heard.add(a.Space.ID, a.Viewer.Account, kind, tx.Now) {
			return fault.New(fault.TooMany, "talk.reaction.soon")
		}
		c.deps.Live.Soon(fmt.Sprintf("talk-reactions/%d", a.Space.ID), countPace, func() { c.tellReactions(context.Background(), a.Space.ID) })
		return nil
	})
	if err != nil {
		return err
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/live#talk-reactions")
}

// tellReactions writes what was heard and tells the open pages the counts: at most four times a second.
func (c *Component) tellReactions(ctx context.Context, spaceID int64) {
	pending := c.heard.take(spaceID)
	var counts map[string]int64
	var now time.Time
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) {
		now = tx.Now
		for kind, n := range pending {
			if err := addReactions(tx, spaceID, kind, n); err != nil {
				return err
			}
		}
		counts, err = countReactions(tx, spaceID)
		return err
	})
	if err != nil {
		c.deps.Site.Log.ErrorContext(ctx, "counting reactions failed", "error", err)
		return
	}
	some := false
	for _, kind := range Reactions {
		some = some || counts[kind] > 0
		c.deps.Live.Count(component.LiveTopic(spaceID), "talk-r-"+kind, counts[kind])
	}
	c.heard.told(spaceID, some, now)
}

// Tick lets counts of reactions fade as time passes.
func (c *Component) Tick(ctx context.Context) error {
	for _, id := range c.heard.due() {
		c.tellReactions(ctx, id)
	}
	return nil
}

// addReactions counts some in the second that is now, and forgets those of long ago.
func addReactions(tx *db.Tx, spaceID int64, kind string, n int64) error {
	if _, err := tx.Exec("DELETE FROM talk_reaction WHERE space_id = $1 AND at < $2", spaceID, tx.Now.Add(-10*reactionSpan).UnixMilli()); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO talk_reaction (space_id, kind, at, n) VALUES ($1, $2, $3, $4)
		ON CONFLICT (space_id, kind, at) DO UPDATE SET n = talk_reaction.n + $4`, spaceID, kind, tx.Now.Truncate(time.Second).UnixMilli(), n)
	return err
}

// countReactions counts those of the last moments.
func countReactions(tx *db.Tx, spaceID int64) (map[string]int64, error) {
	counts := map[string]int64{}
	return counts, tx.Each("SELECT kind, CAST(SUM(n) AS BIGINT) FROM talk_reaction WHERE space_id = $1 AND at > $2 GROUP BY kind",
		[]any{spaceID, tx.Now.Add(-reactionSpan).UnixMilli()}, func(scan func(...any) error) error {
			var kind string
			var n int64
			err := scan(&kind, &n)
			counts[kind] = n
			return err
		})
}

// reacting is how people react now.
type reacting struct {
	access space.Access
	counts map[string]int64
	press  bool // the viewer may
}

// showReactions draws them; press lets who may react.
func (c *Component) showReactions(press bool) func(context.Context, *db.Tx, space.Access, component.LiveSession) (templ.Component, error) {
	return func(_ context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
		if !s.Open {
			return nil, nil
		}
		counts, err := countReactions(tx, a.Space.ID)
		return reactionsView(reacting{a, counts, press && canWrite(a)}), err
	}
}
