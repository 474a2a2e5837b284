package proxy

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

const perPage = 50

// allView is what officers see of all proxies.
type allView struct {
	names
	access   space.Access
	stage    stage
	counts   map[electorate.ProxyState]int
	filter   electorate.ProxyFilter
	list     []electorate.Proxy
	holdings []electorate.Holding
	total    int
	page     int
}

func (v allView) path() string { return v.access.Space.Path() + "/proxies" }

// manage enters the space for those who manage its proxies.
func (c *Component) manage(r *http.Request, fn func(tx *db.Tx, a space.Access) error) error {
	if _, err := site.MustSignIn(r); err != nil {
		return err
	}
	return c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if !canManage(a) {
			return site.Forbidden()
		}
		return fn(tx, a)
	})
}

func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

func (c *Component) showAll(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	v := allView{page: pageNumber(r), filter: electorate.ProxyFilter{State: electorate.ProxyState(q.Get("state")), Text: strings.TrimSpace(q.Get("q"))}}
	err := c.manage(r, func(tx *db.Tx, a space.Access) (err error) {
		if err = c.loadAll(tx, a, &v); err != nil {
			return err
		}
		v.list, v.total, err = electorate.SearchProxies(tx, a.Space.ID, v.filter, (v.page-1)*perPage, perPage)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "proxy.all.title"), View: allPage(v)})
}

func (c *Component) loadAll(tx *db.Tx, a space.Access, v *allView) (err error) {
	v.access = a
	if v.names, err = c.namesOf(tx, a.Space); err != nil {
		return err
	}
	if v.stage, err = c.stage(tx, a.Space); err != nil {
		return err
	}
	v.counts, err = electorate.CountProxies(tx, a.Space.ID)
	return err
}

func (c *Component) showHolders(w http.ResponseWriter, r *http.Request) error {
	v := allView{page: pageNumber(r)}
	err := c.manage(r, func(tx *db.Tx, a space.Access) (err error) {
		if err = c.loadAll(tx, a, &v); err != nil {
			return err
		}
		v.holdings, v.total, err = electorate.Holdings(tx, a.Space.ID, (v.page-1)*perPage, perPage)
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "proxy.holders.title"), View: holdersPage(v)})
}

// mark tells spreadsheets that the text is UTF-8.
const mark = "\ufeff"

// exportCSV writes the proxies as a French spreadsheet opens them at a click.
func (c *Component) exportCSV(w http.ResponseWriter, r *http.Request) error {
	var table bytes.Buffer
	var slug string
	err := c.manage(r, func(tx *db.Tx, a space.Access) error {
		slug = a.Space.Slug
		titles := make([]string, len(columns))
		for i, name := range columns {
			titles[i] = site.T(r.Context(), "proxy.csv."+name)
		}
		table.WriteString(mark)
		out := csv.NewWriter(&table)
		out.Comma, out.UseCRLF = ';', true
		return writeTable(tx, out, a.Space, titles, guard)
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+slug+`-proxies.csv"`)
	_, err = w.Write(table.Bytes())
	return err
}

// guard keeps a spreadsheet from taking a text for a formula.
func guard(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (c *Component) showPaper(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, err := c.paperPage(r, q.Get("principal"), q.Get("holder"), strings.TrimSpace(q.Get("q")))
	if err != nil {
		return err
	}
	return c.renderPaper(w, r, f, http.StatusOK)
}

func (c *Component) renderPaper(w http.ResponseWriter, r *http.Request, f paperForm, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: f.access, Title: site.T(r.Context(), "proxy.paper.title"), Status: status, View: paperPage(f)})
}

func (c *Component) paperPage(r *http.Request, principal, holder, search string) (f paperForm, err error) {
	err = c.manage(r, func(tx *db.Tx, a space.Access) error {
		id, _ := strconv.ParseInt(principal, 10, 64) // what is no number has chosen nobody
		to, choiceErr := readChoice(holder)
		if choiceErr != nil {
			to = Choice{}
		}
		f, err = c.loadPaper(tx, a, id, to, search)
		return err
	})
	return f, err
}

func (c *Component) enterPaper(w http.ResponseWriter, r *http.Request) error {
	// The role is checked before the file is read.
	if err := c.manage(r, func(*db.Tx, space.Access) error { return nil }); err != nil {
		return err
	}
	web.AllowBody(w, r, maxScan+64<<10) // the form around the file
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return err
		}
		return fault.New(fault.Invalid, "proxy.unreadable")
	}
	defer r.MultipartForm.RemoveAll() //nolint:errcheck // temporary files, which the system clears too
	f, err := c.paperPage(r, r.FormValue("principal"), r.FormValue("holder"), "")
	if err != nil {
		return err
	}
	p, err := c.takePaper(r, f)
	if status := shown(err); status != 0 {
		if f.errors = site.FieldErrors(r, err); f.errors == nil {
			f.errors = map[string]string{"holder": site.Sentence(r, err)}
		}
		return c.renderPaper(w, r, f, status)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, fmt.Sprintf("%s/proxies/%d?done=1", f.access.Space.Path(), p.ID))
}

func (c *Component) takePaper(r *http.Request, f paperForm) (electorate.Proxy, error) {
	in := Paper{Choice: Choice{Blank: f.blank}}
	if f.principal != nil {
		in.Principal = f.principal.Member
	}
	if f.holder != nil {
		in.Holder = f.holder.Member
	}
	file, head, err := r.FormFile("scan")
	switch {
	case errors.Is(err, http.ErrMissingFile):
	case err != nil:
		return electorate.Proxy{}, fault.New(fault.Invalid, "proxy.unreadable")
	default:
		defer file.Close()
		in.Scan = &Scan{Name: head.Filename, Size: head.Size, Content: file}
	}
	return c.EnterPaper(r.Context(), f.access, in)
}

// oneView is a proxy as officers read it.
type oneView struct {
	names
	access      space.Access
	proxy       electorate.Proxy
	note        paperNote
	principal   electorate.Elector
	holder      *electorate.Elector
	used, over  bool
	reason      string
	errors      map[string]string
	justEntered bool
}

func (v oneView) path() string {
	return fmt.Sprintf("%s/proxies/%d", v.access.Space.Path(), v.proxy.ID)
}

// mayCancel tells whether the proxy came on paper and could still be cancelled.
func (v oneView) mayCancel() bool {
	return v.proxy.Paper && v.proxy.State == electorate.ProxyAccepted && !v.used && !v.over
}

func (c *Component) onePage(r *http.Request) (v oneView, err error) {
	id, err := pathID(r)
	if err != nil {
		return v, err
	}
	err = c.manage(r, func(tx *db.Tx, a space.Access) (err error) {
		v.access = a
		if v.proxy, err = find(tx, a, id, func(space.Access, electorate.Proxy) bool { return true }); err != nil {
			return err
		}
		if v.names, err = c.namesOf(tx, a.Space); err != nil {
			return err
		}
		if v.note, err = findNote(tx, id); err != nil {
			return err
		}
		if v.principal, err = electorate.FindElector(tx, a.Space.ID, v.proxy.Principal); err != nil {
			return err
		}
		if v.holder, err = findIfAny(tx, a.Space.ID, v.proxy.Holder); err != nil {
			return err
		}
		if v.used, err = c.used(tx, a.Space.ID, v.proxy.Principal); err != nil {
			return err
		}
		s, err := c.stage(tx, a.Space)
		v.over = s.Over
		return err
	})
	return v, err
}

func (c *Component) showOne(w http.ResponseWriter, r *http.Request) error {
	v, err := c.onePage(r)
	if err != nil {
		return err
	}
	v.justEntered = r.URL.Query().Has("done")
	return c.renderOne(w, r, v, http.StatusOK)
}

func (c *Component) renderOne(w http.ResponseWriter, r *http.Request, v oneView, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "proxy.one.title"), Status: status, View: onePage(v)})
}

func (c *Component) showScan(w http.ResponseWriter, r *http.Request) error {
	v, err := c.onePage(r)
	if err != nil {
		return err
	}
	if v.proxy.Scan == "" {
		return fault.New(fault.NotFound, "proxy.scan.none")
	}
	name := record{ID: v.proxy.ID, Scan: v.proxy.Scan, ScanMime: v.note.Mime}.scanFile()
	return c.deps.Blobs.Serve(w, r, blob.File{Key: v.proxy.Scan, Name: name, MIME: v.note.Mime})
}

func (c *Component) cancelPaper(w http.ResponseWriter, r *http.Request) error {
	v, err := c.onePage(r)
	if err != nil {
		return err
	}
	v.reason = r.FormValue("reason")
	err = c.CancelPaper(r.Context(), v.access, v.proxy.ID, v.reason)
	if status := shown(err); status != 0 {
		if v.errors = site.FieldErrors(r, err); v.errors == nil {
			v.errors = map[string]string{"reason": site.Sentence(r, err)}
		}
		return c.renderOne(w, r, v, status)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path())
}

// href is the address of a page of the list.
func (v allView) href(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	if v.filter.Text != "" {
		q.Set("q", v.filter.Text)
	}
	if v.filter.State != "" {
		q.Set("state", string(v.filter.State))
	}
	return v.path() + "?" + q.Encode()
}
