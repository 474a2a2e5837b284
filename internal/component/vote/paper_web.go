package vote

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// paperView is what scrutineers see of a series' paper ballots.
type paperView struct {
	board
	series seriesView
	papers papers
	search string
	found  []electorate.Elector
	error  string
}

// paperPage reads the papers of a series for those who may note them.
func (c *Component) paperPage(r *http.Request) (paperView, error) {
	var v paperView
	if _, err := site.MustSignIn(r); err != nil {
		return v, err
	}
	id, err := pathID(r, "series")
	if err != nil {
		return v, err
	}
	if v.board, err = c.loadPage(r); err != nil {
		return v, err
	}
	if !canMarkPaper(v.access) {
		return v, site.Forbidden()
	}
	var ok bool
	if v.series, ok = v.findSeries(id); !ok || !v.series.Paper {
		return v, fault.New(fault.NotFound, "vote.unknown")
	}
	v.search = strings.TrimSpace(r.FormValue("q"))
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if v.papers, err = readPapers(tx, v.series.Series); err != nil || v.search == "" {
			return err
		}
		v.found, _, err = electorate.SearchElectors(tx, v.access.Space.ID, v.search, 0, 20)
		return err
	})
	return v, err
}

func (c *Component) showPaper(w http.ResponseWriter, r *http.Request) error {
	v, err := c.paperPage(r)
	if err != nil {
		return err
	}
	return c.renderPaper(w, r, v, http.StatusOK)
}

func (c *Component) renderPaper(w http.ResponseWriter, r *http.Request, v paperView, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "vote.paper.title"), Status: status, View: papersPage(v)})
}

func (c *Component) markPaper(w http.ResponseWriter, r *http.Request) error {
	return c.changePaper(w, r, c.MarkPaper)
}

func (c *Component) unmarkPaper(w http.ResponseWriter, r *http.Request) error {
	return c.changePaper(w, r, c.UnmarkPaper)
}

// changePaper notes or takes back that a member voted on paper; a refusal is shown on the page.
func (c *Component) changePaper(w http.ResponseWriter, r *http.Request, change func(ctx context.Context, a space.Access, series, member int64) error) error {
	v, err := c.paperPage(r)
	if err != nil {
		return err
	}
	member, err := strconv.ParseInt(r.FormValue("member"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "vote.form.unreadable")
	}
	err = change(r.Context(), v.access, v.series.ID, member)
	if code := fault.CodeOf(err); code == fault.Conflict || code == fault.Forbidden {
		v.error = site.Sentence(r, err)
		return c.renderPaper(w, r, v, http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, r.URL.Path[:strings.LastIndexByte(r.URL.Path, '/')])
}

// countView is one scrutineer's count of a resolution.
type countView struct {
	paperView
	resolution resolutionView
	colleges   []countCollege
	errors     map[string]string
}

type countCollege struct {
	key, name string
	voters    int
	votes     statute.Frac
	mine      map[string]string // figures as typed or kept, by choice
	all       []PaperCount      // shown once two are in
	problem   string            // key of what is amiss, "" when agreed
	expected  statute.Frac      // what the figures add up to

	// Under a rule of tally, where papers are entered one by one:
	entered Figures // so far
	done    bool
	typed   []string // a paper that was refused
	number  string   // how many of it
	error   string
}

// sum is what was entered so far, together.
func (c countCollege) sum() (all statute.Frac) {
	for _, votes := range c.entered {
		all = all.Add(votes)
	}
	return all
}

// plain tells whether every paper of the college weighs one vote.
func (c countCollege) plain() bool { return c.expected.Cmp(statute.Int(int64(c.voters))) == 0 }

func (c *Component) countPage(r *http.Request) (countView, error) {
	p, err := c.paperPage(r)
	v := countView{paperView: p}
	if err != nil {
		return v, err
	}
	if !canCountPaper(v.access) {
		return v, site.Forbidden()
	}
	id, err := pathID(r, "id")
	if err != nil {
		return v, err
	}
	var ok bool
	if _, v.resolution, ok = v.find(id); !ok || v.resolution.Series != v.series.ID {
		return v, fault.New(fault.NotFound, "vote.unknown")
	}
	for _, key := range sortedColleges(v.papers.votes) {
		col := countCollege{key: key, name: v.collegeName(key), votes: v.papers.votes[key], mine: map[string]string{}}
		for _, voter := range v.papers.voters {
			if voter.College == key {
				col.voters++
			}
		}
		counts := v.papers.of(v.resolution.Resolution, key)
		for _, pc := range counts {
			if pc.Scrutineer == v.access.Viewer.Account {
				for choice, f := range pc.Figures {
					col.mine[choice] = statute.FormatNumber(f, "en")
				}
			}
		}
		if len(counts) >= 2 {
			col.all = counts
		}
		_, col.problem = v.papers.check(v.resolution.Resolution, key)
		col.expected, col.number = v.papers.expected(v.resolution.Resolution, key), "1"
		col.entered = v.papers.mine(v.resolution.Resolution, key, v.access.Viewer.Account)
		col.done = v.papers.done(v.resolution.Resolution, key, v.access.Viewer.Account)
		v.colleges = append(v.colleges, col)
	}
	return v, nil
}

func (c *Component) showPaperCount(w http.ResponseWriter, r *http.Request) error {
	v, err := c.countPage(r)
	if err != nil {
		return err
	}
	return c.renderCount(w, r, v, http.StatusOK)
}

func (c *Component) renderCount(w http.ResponseWriter, r *http.Request, v countView, status int) error {
	view := paperCountPage(v)
	if v.resolution.Method.Set() {
		view = paperBallotsPage(v)
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "vote.paper.count"), Status: status, View: view})
}

// countPaper keeps a scrutineer's figures for one college.
func (c *Component) countPaper(w http.ResponseWriter, r *http.Request) error {
	v, err := c.countPage(r)
	if err != nil {
		return err
	}
	if v.resolution.Method.Set() {
		return fault.New(fault.NotFound, "vote.unknown")
	}
	college := r.FormValue("college")
	figures, wrong := Figures{}, fault.Fields{}
	keys := v.resolution.Choices()
	if v.resolution.Form != Motion {
		keys = append(keys, BallotsKey)
	}
	for i := range v.colleges {
		if v.colleges[i].key != college {
			continue
		}
		for _, key := range keys {
			text := strings.TrimSpace(strings.ReplaceAll(r.FormValue("n-"+key), ",", "."))
			v.colleges[i].mine[key] = text
			if text == "" {
				text = "0"
			}
			f, err := statute.ParseFrac(text)
			if err != nil {
				wrong.Add(key, "vote.paper.number", "value", text)
			}
			figures[key] = f
		}
	}
	if err = wrong.Err(); err == nil {
		err = c.CountPaper(r.Context(), v.access, v.resolution.ID, college, figures)
	}
	if v.errors = site.FieldErrors(r, err); v.errors != nil {
		return c.renderCount(w, r, v, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, r.URL.Path)
}
