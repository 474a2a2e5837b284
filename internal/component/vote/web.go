package vote

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// pathID is the number in the address; what is no number leads nowhere.
func pathID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "vote.unknown")
	}
	return id, nil
}

// loadPage reads the board for a page of the space.
func (c *Component) loadPage(r *http.Request) (b board, err error) {
	identity, err := c.deps.Site.Identity(r.Context())
	if err != nil {
		return b, err
	}
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		b, err = c.loadBoard(tx, a)
		return err
	})
	b.identity = identity
	return b, err
}

func (c *Component) showVote(w http.ResponseWriter, r *http.Request) error {
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	b.saved, _ = strconv.ParseInt(r.URL.Query().Get("saved"), 10, 64)
	return c.renderVote(w, r, b, http.StatusOK)
}

func (c *Component) renderVote(w http.ResponseWriter, r *http.Request, b board, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.tab"), Status: status, View: votePage(b)})
}

// castVote takes one resolution's ballot: the viewer's own, and those of the mandates chosen.
func (c *Component) castVote(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "vote.form.unreadable")
	}
	values := ballotValues(r, "choice")
	var electors []int64
	for _, text := range r.PostForm["for"] {
		if text == "all" {
			if electors, err = c.everyone(r, v.Member); err != nil {
				return err
			}
			break
		}
		member, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.New(fault.Invalid, "vote.form.unreadable")
		}
		electors = append(electors, member)
	}
	receipts, err := c.CastBallots(r.Context(), r.PathValue("slug"), id, v, electors, values)
	if web.WantsJSON(r) {
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(receipts)
	}
	if code := fault.CodeOf(err); code == fault.Invalid || code == fault.Conflict {
		b, loadErr := c.loadPage(r)
		if loadErr != nil {
			return loadErr
		}
		b.wrong, b.reason, b.typed = id, site.Sentence(r, err), values
		return c.renderVote(w, r, b, map[fault.Code]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Conflict: http.StatusConflict}[code])
	}
	if err != nil {
		return err
	}
	text := strconv.FormatInt(id, 10)
	return site.Redirect(w, r, "/a/"+r.PathValue("slug")+"/vote?saved="+text+"#r"+text)
}

// ballotValues are what a ballot's form says: the ticks under name, and "key=number" of each field
// "o-key" of an option.
func ballotValues(r *http.Request, name string) []string {
	values := slices.Clone(r.Form[name])
	for _, field := range slices.Sorted(maps.Keys(r.Form)) {
		if key, ok := strings.CutPrefix(field, "o-"); ok {
			values = append(values, key+"="+r.Form.Get(field))
		}
	}
	return values
}

// everyone is the viewer and all those whose proxies they hold.
func (c *Component) everyone(r *http.Request, member int64) (ids []int64, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		b := board{access: a}
		if err := b.loadElector(tx); err != nil {
			return err
		}
		ids = b.electorIDs()
		if b.proxyTo != "" { // their own vote is their holder's to cast
			ids = ids[1:]
		}
		return nil
	})
	if err == nil && len(ids) == 0 {
		ids = []int64{member}
	}
	return ids, err
}

func (c *Component) showReceipts(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.MustSignIn(r); err != nil {
		return err
	}
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.receipts.title"), View: receiptsPage(b)})
}

func (c *Component) showResults(w http.ResponseWriter, r *http.Request) error {
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.results.tab"), View: resultsPage(b)})
}

func (c *Component) showBallots(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	s, rv, ok := b.find(id)
	if !ok || rv.result == nil {
		return fault.New(fault.NotFound, "vote.unknown")
	}
	if !canSeeBallots(b.access, s.Series, s.visible) {
		if !b.access.Viewer.SignedIn() {
			return fault.New(fault.Unauthenticated, "site.error.sign_in")
		}
		return site.Forbidden()
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	list, err := c.namedBallots(r, rv.Resolution, max(page, 1))
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.ballots.title", "number", rv.Number),
		View: ballotsPage(b, rv, list)})
}

// ballotList is one page of an open vote's ballots, by name.
type ballotList struct {
	lines []ballotLine
	page  int
	total int
}

type ballotLine struct {
	name, college string
	votes         string
	ballot        Ballot
}

const ballotsPerPage = 100

func (c *Component) namedBallots(r *http.Request, res Resolution, page int) (ballotList, error) {
	out := ballotList{page: page}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		if err := tx.Row("SELECT count(*) FROM vote_ballot WHERE resolution_id = $1", []any{res.ID}, &out.total); err != nil {
			return err
		}
		return tx.Each(`SELECT e.name, e.college, e.votes, b.choice, b.by_proxy, b.receipt
			FROM vote_ballot b JOIN elector e ON e.space_id = $2 AND e.member_id = b.member_id
			WHERE b.resolution_id = $1 ORDER BY e.sort_name, e.member_id LIMIT $3 OFFSET $4`,
			[]any{res.ID, res.Space, ballotsPerPage, (page - 1) * ballotsPerPage}, func(scan func(...any) error) error {
				var l ballotLine
				err := scan(&l.name, &l.college, &l.votes, &l.ballot.Choice, &l.ballot.ByProxy, &l.ballot.Receipt)
				out.lines = append(out.lines, l)
				return err
			})
	})
	return out, err
}

// find looks a resolution up on the board.
func (b board) find(id int64) (seriesView, resolutionView, bool) {
	for _, s := range b.series {
		for _, r := range s.resolutions {
			if r.ID == id {
				return s, r, true
			}
		}
	}
	return seriesView{}, resolutionView{}, false
}

func (c *Component) breakTie(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	var a space.Access
	if err := c.deps.InSpace(r, func(_ *db.Tx, in space.Access) error { a = in; return nil }); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "vote.form.unreadable")
	}
	err = c.BreakTie(r.Context(), a, id, ballotValues(r, "casting"), r.FormValue("seed"))
	if fault.CodeOf(err) == fault.Invalid {
		b, unread := c.loadPage(r)
		if unread != nil {
			return unread
		}
		b.wrong, b.reason, b.typed = id, site.Sentence(r, err), append(ballotValues(r, "casting"), r.FormValue("seed"))
		return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.results.tab"), Status: http.StatusUnprocessableEntity, View: resultsPage(b)})
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/results#r"+strconv.FormatInt(id, 10))
}
