package vote

import (
	"context"
	"slices"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// Under a rule of tally a scrutineer enters the papers one by one. Figures then are the votes of
// all the papers that say the same, under their text: nothing is left of the order of entry.

// checkPapers refuses figures of papers that say what no ballot of the rule can say.
func (r Resolution) checkPapers(f Figures) fault.Fields {
	out := fault.Fields{}
	for text, votes := range f {
		if _, err := r.Method.Parse(r.Options, text); err != nil && text != Null {
			out.Add(text, "vote.choice.unknown")
		} else if votes.Sign() <= 0 {
			out.Add(text, "vote.paper.negative")
		}
	}
	return out
}

// readPaper is the text of one paper.
func (r Resolution) readPaper(values []string) (string, error) {
	if slices.Contains(values, Null) {
		return Null, nil
	}
	return r.ReadChoice(values)
}

// AddPaper enters a paper, or several that say the same, into the scrutineer's own count of a
// college; votes are what they weigh together.
func (c *Component) AddPaper(ctx context.Context, a space.Access, id int64, college string, values []string, votes statute.Frac) error {
	return c.changeCount(ctx, a, id, college, func(r Resolution, f Figures) error {
		text, err := r.readPaper(values)
		if err != nil {
			return err
		}
		if votes.Sign() <= 0 {
			return fault.New(fault.Invalid, "vote.paper.positive")
		}
		f[text] = f[text].Add(votes)
		return nil
	})
}

// RemovePaper takes what was entered under a text out of the scrutineer's own count.
func (c *Component) RemovePaper(ctx context.Context, a space.Access, id int64, college, text string) error {
	return c.changeCount(ctx, a, id, college, func(_ Resolution, f Figures) error {
		delete(f, text)
		return nil
	})
}

// changeCount changes the scrutineer's own count, which is no longer finished then.
func (c *Component) changeCount(ctx context.Context, a space.Access, id int64, college string, change func(r Resolution, f Figures) error) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		r, f, err := ownCount(tx, a, id, college)
		if err != nil {
			return err
		}
		if err := change(r, f); err != nil {
			return err
		}
		return savePaperCount(tx, PaperCount{Resolution: r.ID, College: college, Scrutineer: a.Viewer.Account, Figures: f})
	})
}

// FinishPapers says that the scrutineer has entered every paper of a college.
func (c *Component) FinishPapers(ctx context.Context, a space.Access, id int64, college string) error {
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		_, f, err := ownCount(tx, a, id, college)
		if err != nil {
			return err
		}
		return countPaper(tx, a, id, college, f)
	})
}

// ownCount is what the scrutineer has entered so far for a college.
func ownCount(tx *db.Tx, a space.Access, id int64, college string) (Resolution, Figures, error) {
	if !canCountPaper(a) {
		return Resolution{}, nil, site.Forbidden()
	}
	r, err := findResolution(tx, a.Space.ID, id)
	if err != nil {
		return r, nil, err
	}
	s, err := paperSeries(tx, a, r.Series)
	if err != nil {
		return r, nil, err
	}
	p, err := readPapers(tx, s)
	if err != nil {
		return r, nil, err
	}
	if _, ok := p.votes[college]; !ok || !r.Method.Set() {
		return r, nil, fault.New(fault.NotFound, "vote.unknown")
	}
	return r, p.mine(r, college, a.Viewer.Account), nil
}

// mine are the figures of a scrutineer, finished or not.
func (p papers) mine(r Resolution, college string, scrutineer int64) Figures {
	for _, c := range slices.Concat(p.begun, p.counts) {
		if c.Resolution == r.ID && c.College == college && c.Scrutineer == scrutineer {
			return c.Figures
		}
	}
	return Figures{}
}

// done tells whether the scrutineer has finished.
func (p papers) done(r Resolution, college string, scrutineer int64) bool {
	return slices.ContainsFunc(p.of(r, college), func(c PaperCount) bool { return c.Scrutineer == scrutineer })
}
