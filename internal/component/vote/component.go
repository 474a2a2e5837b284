// Package vote is the open vote: resolutions put to the vote under the rules of the statutes,
// ballots by name or on paper, and results with their derivation.
package vote

import (
	"embed"
	"io/fs"
	"sync"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
)

var (
	_ component.Component    = (*Component)(nil)
	_ component.SpaceTabs    = (*Component)(nil)
	_ component.SpaceNow     = (*Component)(nil)
	_ component.SpaceBlocks  = (*Component)(nil)
	_ component.Contributor  = (*Component)(nil)
	_ component.Evidence     = (*Component)(nil)
	_ component.Exporter     = (*Component)(nil)
	_ component.Ticker       = (*Component)(nil)
	_ component.JournalKinds = (*Component)(nil)
	_ component.VoteState    = (*Component)(nil)
	_ component.LivePanels   = (*Component)(nil)
	_ component.Successor    = (*Component)(nil)
)

//go:embed migrations
var migrations embed.FS

//go:embed locale
var locale embed.FS

// Component is the open vote.
type Component struct {
	deps *component.Deps

	// Participation is counted at most every two seconds per series, however many look at it.
	mu      sync.Mutex
	counted map[int64]counted
	parsed  map[int64]parsedRules

	together together
}

type counted struct {
	p     Participation
	until time.Time
}

// New makes the component.
func New(deps *component.Deps) *Component {
	return &Component{deps: deps, counted: map[int64]counted{}, parsed: map[int64]parsedRules{}}
}

func (c *Component) Key() string { return "vote" }

func (c *Component) Migrations() fs.FS { f, _ := fs.Sub(migrations, "migrations"); return f }

func (c *Component) Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Routes of the voters, of those who prepare, and of the scrutineers.
func (c *Component) Routes(r *web.Router) {
	r.Handle("GET /a/{slug}/vote", c.showVote)
	r.Handle("POST /a/{slug}/vote/{id}", c.castVote)
	r.Handle("GET /a/{slug}/vote/receipts", c.showReceipts)
	r.Handle("GET /a/{slug}/vote/{id}/try", c.tryVote)
	r.Handle("POST /a/{slug}/vote/{id}/try", c.tryVote)
	r.Handle("GET /a/{slug}/results", c.showResults)
	r.Handle("GET /a/{slug}/results.csv", c.exportCSV)
	r.Handle("GET /a/{slug}/results.json", c.exportJSON)
	r.Handle("GET /a/{slug}/results/{id}/ballots", c.showBallots)
	r.Handle("GET /a/{slug}/results/{id}/anonymous", c.exportAnonymous)
	r.Handle("POST /a/{slug}/results/{id}/tie", c.breakTie)
	r.Handle("GET /methods", c.showMethods)
	r.Handle("GET /methods/try", c.tryMethods)

	r.Handle("POST /a/{slug}/vote/session/{series}/start", c.startInSession)
	r.Handle("POST /a/{slug}/vote/session/{series}/finish", c.finishInSession)

	r.Handle("GET /a/{slug}/prepare/vote", c.showPrepare)
	r.Handle("GET /a/{slug}/prepare/series/new", c.editSeries)
	r.Handle("GET /a/{slug}/prepare/series/{series}", c.editSeries)
	r.Handle("POST /a/{slug}/prepare/series", c.saveSeries)
	r.Handle("GET /a/{slug}/prepare/series/{series}/resolution", c.editResolution)
	r.Handle("GET /a/{slug}/prepare/resolution/{id}", c.editResolution)
	r.Handle("POST /a/{slug}/prepare/resolution", c.saveResolution)
	r.Handle("POST /a/{slug}/prepare/resolution/{id}/move", c.moveResolution)
	r.Handle("POST /a/{slug}/prepare/resolution/{id}/remove", c.removeResolution)

	r.Handle("GET /a/{slug}/paper/{series}", c.showPaper)
	r.Handle("POST /a/{slug}/paper/{series}/mark", c.markPaper)
	r.Handle("POST /a/{slug}/paper/{series}/unmark", c.unmarkPaper)
	r.Handle("GET /a/{slug}/paper/{series}/count/{id}", c.showPaperCount)
	r.Handle("POST /a/{slug}/paper/{series}/count/{id}", c.countPaper)
	r.Handle("POST /a/{slug}/paper/{series}/count/{id}/add", c.addPaper)
	r.Handle("POST /a/{slug}/paper/{series}/count/{id}/remove", c.removePaper)
	r.Handle("POST /a/{slug}/paper/{series}/count/{id}/done", c.finishPapers)
}

// participation is counted in tx, or is what was counted less than two seconds ago.
func (c *Component) participation(tx *db.Tx, s Series) (Participation, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.counted[s.ID]; ok && tx.Now.Before(known.until) {
		return known.p, nil
	}
	p, err := participation(tx, s)
	if err == nil {
		c.counted[s.ID] = counted{p, tx.Now.Add(2 * time.Second)}
	}
	return p, err
}

func (c *Component) forget(series int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.counted, series)
}
