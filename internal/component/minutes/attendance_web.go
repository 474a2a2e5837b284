package minutes

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

const linesPage = 25

// attendancePage is the attendance sheet as its readers see it on the site.
type attendancePage struct {
	scene
	access space.Access
	live   sheetWords // totals and quorums, without lines
	signed *Signed
	need   requirement
	bureau []space.RoleHolder

	query, mode string
	lines       []Line
	total, page int
	marked      *Line // who was just signed in at the door
	reasonError string
}

// noRoll tells whether there is nobody yet of whom the sheet could speak.
func (p attendancePage) noRoll() bool {
	return p.signed == nil && p.total == 0 && p.query == "" && p.mode == ""
}

func (c *Component) showAttendance(w http.ResponseWriter, r *http.Request) error {
	p := attendancePage{query: strings.TrimSpace(r.URL.Query().Get("q")), mode: r.URL.Query().Get("mode"), page: pageNumber(r)}
	if !knownMode(p.mode) {
		p.mode = ""
	}
	marked, _ := strconv.ParseInt(r.URL.Query().Get("marked"), 10, 64) // 0, nobody, when it is no number
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := must(a, canSeeAttendance(a)); err != nil {
			return err
		}
		if err := c.loadAttendance(r, tx, a, &p); err != nil {
			return err
		}
		return p.loadLines(tx, marked)
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "minutes.sheet.title"), View: attendanceView(p)})
}

// loadAttendance reads the state of the sheet and its figures.
func (c *Component) loadAttendance(r *http.Request, tx *db.Tx, a space.Access, p *attendancePage) (err error) {
	p.access = a
	if p.scene, err = c.scene(tx, a.Space, site.From(r.Context()).Lang); err != nil {
		return err
	}
	p.need = required(p.rules)
	if p.signed, err = findSigned(tx, a.Space.ID); err != nil {
		return err
	}
	if p.bureau, err = space.RoleHolders(tx, a.Space.ID, people.Chair, people.Officer); err != nil {
		return err
	}
	if p.signed != nil {
		p.live = c.words(p.signed.Sheet)
		return nil
	}
	sheet, err := p.figures(tx)
	p.live = c.words(sheet)
	return err
}

// loadLines reads the page of the list that was asked for, and who was just signed in.
func (p *attendancePage) loadLines(tx *db.Tx, marked int64) (err error) {
	offset := (p.page - 1) * linesPage
	if p.signed != nil {
		p.lines, p.total = p.signed.Sheet.search(p.query, p.mode, offset, linesPage)
		return nil
	}
	if p.lines, p.total, err = searchLines(tx, p.space.ID, p.query, p.mode, offset, linesPage); err != nil || marked == 0 {
		return err
	}
	l, err := findLine(tx, p.space.ID, marked)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if l.Mode == electorate.InRoom {
		p.marked = &l
	}
	return err
}

// search lists the lines of a closed sheet by name or number, as searchLines does for an open one.
func (s Sheet) search(words, mode string, offset, limit int) ([]Line, int) {
	words = people.Fold(words)
	var out []Line
	n := 0
	for _, l := range s.Lines {
		if mode != "" && modeKey(l.Mode) != mode || !strings.Contains(people.Fold(l.Number+" "+l.Name), words) {
			continue
		}
		if n >= offset && len(out) < limit {
			out = append(out, l)
		}
		n++
	}
	return out, n
}

func knownMode(key string) bool {
	for _, m := range Modes {
		if modeKey(m) == key {
			return true
		}
	}
	return false
}

// pageNumber is the page asked for, from 1.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

func formMember(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PostFormValue("member"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.NotFound, "minutes.sheet.not_elector")
	}
	return id, nil
}

// access is what the viewer may do in the space of the address.
func (c *Component) access(r *http.Request) (a space.Access, err error) {
	err = c.deps.InSpace(r, func(_ *db.Tx, entered space.Access) error { a = entered; return nil })
	return a, err
}

func (c *Component) signInAtDoor(w http.ResponseWriter, r *http.Request) error {
	a, err := c.access(r)
	if err != nil {
		return err
	}
	member, err := formMember(r)
	if err != nil {
		return err
	}
	if err := c.SignIn(r.Context(), a, member); err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/attendance?marked="+strconv.FormatInt(member, 10))
}

func (c *Component) undoSignIn(w http.ResponseWriter, r *http.Request) error {
	a, err := c.access(r)
	if err != nil {
		return err
	}
	member, err := formMember(r)
	if err != nil {
		return err
	}
	if err := c.UndoSignIn(r.Context(), a, member); err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/attendance?q="+url.QueryEscape(r.PostFormValue("q")))
}

// wholeSheet is the closed sheet, or the open one with every elector.
func (c *Component) wholeSheet(r *http.Request) (a space.Access, s sheetWords, signed *Signed, bureau []space.RoleHolder, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		if err := must(a, canSeeAttendance(a)); err != nil {
			return err
		}
		if signed, err = findSigned(tx, a.Space.ID); err != nil {
			return err
		}
		if signed != nil {
			s = c.words(signed.Sheet)
			return nil
		}
		sc, err := c.scene(tx, a.Space, site.From(r.Context()).Lang)
		if err != nil {
			return err
		}
		sheet, err := sc.sheet(tx, true)
		if err != nil {
			return err
		}
		sheet.TakenAt = tx.Now
		s = c.words(sheet)
		bureau, err = space.RoleHolders(tx, a.Space.ID, people.Chair, people.Officer)
		return err
	})
	return a, s, signed, bureau, err
}

func (c *Component) downloadSheetPDF(w http.ResponseWriter, r *http.Request) error {
	a, s, signed, bureau, err := c.wholeSheet(r)
	if err != nil {
		return err
	}
	return download(w, "application/pdf", a.Space.Slug+"-attendance.pdf", func(w io.Writer) error { return writePDF(w, s.document(signed, bureau)) })
}

func (c *Component) downloadSheetCSV(w http.ResponseWriter, r *http.Request) error {
	a, s, _, _, err := c.wholeSheet(r)
	if err != nil {
		return err
	}
	return download(w, "text/csv; charset=utf-8", a.Space.Slug+"-attendance.csv", func(w io.Writer) error { return writeSheetCSV(w, s.Lines) })
}

// download answers with a file; where it cannot even begin, the answer is an error page and no file.
func download(w http.ResponseWriter, kind, name string, write func(io.Writer) error) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	err := write(w)
	if err != nil {
		w.Header().Del("Content-Disposition")
	}
	return err
}

// signPage is what a member of the bureau reads before signing.
type signPage struct {
	attendancePage
	hash string
	all  sheetWords
}

func (c *Component) showSign(w http.ResponseWriter, r *http.Request) error {
	var p signPage
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := must(a, canSign(a)); err != nil {
			return err
		}
		if err := c.loadAttendance(r, tx, a, &p.attendancePage); err != nil {
			return err
		}
		if p.signed != nil {
			p.all, p.hash = p.live, p.signed.Hash
			return nil
		}
		if err := p.maySign(); err != nil {
			return err
		}
		sheet, hash, err := p.preview(tx)
		p.all, p.hash = c.words(sheet), hash
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Title: site.T(r.Context(), "minutes.sign.title"), View: signView(p)})
}

func (c *Component) signSheetPage(w http.ResponseWriter, r *http.Request) error {
	a, err := c.access(r)
	if err != nil {
		return err
	}
	if err := c.SignSheet(r.Context(), a, site.From(r.Context()).Lang, r.PostFormValue("hash")); err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/attendance")
}

func (c *Component) reopenSheet(w http.ResponseWriter, r *http.Request) error {
	a, err := c.access(r)
	if err != nil {
		return err
	}
	err = c.ReopenSheet(r.Context(), a, r.PostFormValue("reason"))
	wrong := site.FieldErrors(r, err)
	if err != nil && wrong == nil {
		return err
	}
	if wrong == nil {
		return site.Redirect(w, r, a.Space.Path()+"/attendance")
	}
	p := attendancePage{page: 1, reasonError: wrong["reason"]}
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if err := c.loadAttendance(r, tx, a, &p); err != nil {
			return err
		}
		return p.loadLines(tx, 0)
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: p.access, Status: http.StatusUnprocessableEntity,
		Title: site.T(r.Context(), "minutes.sheet.title"), View: attendanceView(p)})
}
