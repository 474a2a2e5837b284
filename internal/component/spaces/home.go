package spaces

import (
	"context"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

const (
	homeSpaces = 12 // shown on the start page
	listPage   = 24
)

type home struct {
	identity people.Identity
	viewer   people.Viewer
	now      []homeNow // the most pressing first
	spaces   []space.Listed
	total    int
}

// homeNow is one thing to do and the space in which it is done.
type homeNow struct {
	component.Now
	Space space.Space
}

func (c *Component) showHome(w http.ResponseWriter, r *http.Request) error {
	h := home{viewer: site.Viewer(r.Context())}
	if c.deps.Site.Demo && !h.viewer.SignedIn() {
		return site.Redirect(w, r, "/demo")
	}
	var err error
	if h.identity, err = c.deps.Site.Identity(r.Context()); err != nil {
		return err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if h.spaces, h.total, err = space.List(tx, h.viewer, "", 0, homeSpaces); err != nil || !h.viewer.SignedIn() {
			return err
		}
		h.now, err = c.nowAcross(r.Context(), tx, h.viewer, h.spaces)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "spaces.home.title")}, homeView(h))
}

// nowAcross is what the viewer can do now in those of the spaces that are not over.
func (c *Component) nowAcross(ctx context.Context, tx *db.Tx, v people.Viewer, spaces []space.Listed) ([]homeNow, error) {
	req := site.From(ctx)
	defer func(own *time.Location) { req.Zone = own }(req.Zone)
	var all []homeNow
	for _, s := range spaces {
		if s.Season == space.Closed {
			continue
		}
		a, err := space.AccessTo(tx, s.Space, v)
		if err != nil {
			return nil, err
		}
		req.Zone = s.Zone()
		list, err := c.allNow(ctx, tx, a)
		if err != nil {
			return nil, err
		}
		for _, n := range list {
			all = append(all, homeNow{n, s.Space})
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Urgency > all[j].Urgency })
	return all, nil
}

type list struct {
	viewer  people.Viewer
	season  space.Season
	spaces  []space.Listed
	total   int
	page    int
	perPage int
}

func (c *Component) showList(w http.ResponseWriter, r *http.Request) error {
	l := list{viewer: site.Viewer(r.Context()), page: pageNumber(r), perPage: listPage}
	switch s := space.Season(r.URL.Query().Get("season")); s {
	case space.Open, space.Coming, space.Closed:
		l.season = s
	}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		l.spaces, l.total, err = space.List(tx, l.viewer, l.season, (l.page-1)*l.perPage, l.perPage)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: site.T(r.Context(), "site.nav.assemblies")}, listView(l))
}

// cards shows spaces as cards that lead to them.
func cards(ctx context.Context, spaces []space.Listed) []ui.LinkCardProps {
	out := make([]ui.LinkCardProps, len(spaces))
	for i, s := range spaces {
		out[i] = ui.LinkCardProps{
			Title: i18n.Typography(s.Title), Href: s.Path(), Kicker: s.Kicker, Text: firstWords(i18n.Typography(s.Summary), 160),
			Tag: site.T(ctx, "spaces.season."+string(s.Season)), Now: s.Season == space.Open, Note: listedWhen(ctx, s),
		}
	}
	return out
}

// listedWhen says in a few words when a space is, in its own zone.
func listedWhen(ctx context.Context, s space.Listed) string {
	req := site.From(ctx)
	day := func(key string) string {
		t := s.Last
		if s.Season == space.Coming {
			t = s.First
		}
		return site.T(ctx, key, "day", i18n.Day(req.Lang, t.In(s.Zone()), req.Now))
	}
	switch {
	case s.First.IsZero():
		return site.T(ctx, "spaces.when.undated")
	case s.Season == space.Coming:
		return day("spaces.when.from")
	case s.Season == space.Open:
		return day("spaces.when.until_day")
	default:
		return day("spaces.when.ended")
	}
}

// firstWords cuts s after a whole word so that it has at most max characters.
func firstWords(s string, max int) string {
	r := []rune(s)
	if len(r) <= max {
		return s
	}
	cut := max
	for cut > 0 && r[cut] != ' ' {
		cut--
	}
	if cut == 0 {
		cut = max
	}
	return string(r[:cut]) + "…"
}

// pageNumber is the page asked for, from 1.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// pagination leads to the other pages of a list at the address of the request.
func pagination(ctx context.Context, path string, query url.Values, page, perPage, total int) ui.PaginationProps {
	from, to := (page-1)*perPage+1, min(page*perPage, total)
	return ui.PaginationProps{
		Page: page, Pages: (total + perPage - 1) / perPage,
		Summary: site.T(ctx, "spaces.pages", "from", min(from, total), "to", to, "total", total),
		Href: func(n int) string {
			q := url.Values{}
			for k, v := range query {
				if len(v) > 0 && v[0] != "" {
					q[k] = v
				}
			}
			q.Set("page", strconv.Itoa(n))
			return path + "?" + q.Encode()
		},
	}
}
