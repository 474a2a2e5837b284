package register

import (
	"context"
	"errors"
	"net/http"
	"path"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component/register/sheet"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
)

// maxFile is how big a file may be, in bytes.
const maxFile = 64 << 20

func (c *Component) showImports(w http.ResponseWriter, r *http.Request) error {
	return c.importsPage(w, r, http.StatusOK, "")
}

func (c *Component) importsPage(w http.ResponseWriter, r *http.Request, status int, refused string) error {
	p := importsPage{Error: refused}
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) { p.Imports, err = people.RecentImports(tx, 20); return err })
	if err != nil {
		return err
	}
	return c.render(w, r, status, site.T(r.Context(), "register.import.title"), importsView(p))
}

func (c *Component) upload(w http.ResponseWriter, r *http.Request) error {
	web.AllowBody(w, r, maxFile+64<<10) // the form around the file
	id, err := c.receive(r)
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		err = fault.Fields{"file": fault.New(fault.Invalid, "register.file.too_big", "max", maxFile>>20)}
	}
	if refused := site.FieldErrors(r, err); refused != nil {
		return c.importsPage(w, r, http.StatusUnprocessableEntity, refused["file"])
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, importPath(people.Import{ID: id}))
}

// receive keeps the form's file as it comes in.
func (c *Component) receive(r *http.Request) (int64, error) {
	missing := fault.Fields{"file": fault.New(fault.Invalid, "register.file.missing")}
	parts, err := r.MultipartReader()
	if err != nil {
		return 0, missing // not the form of our page
	}
	for {
		part, err := parts.NextPart()
		var tooBig *http.MaxBytesError
		if errors.As(err, &tooBig) {
			return 0, err
		}
		if err != nil || part.FormName() == "file" && part.FileName() == "" {
			return 0, missing
		}
		if part.FormName() == "file" {
			return c.UploadImport(r.Context(), site.Viewer(r.Context()).Account, path.Base(strings.ReplaceAll(part.FileName(), `\`, "/")), part)
		}
	}
}

// theImport reads the import whose id is in the address.
func (c *Component) theImport(r *http.Request) (i people.Import, err error) {
	id, err := identifier(r)
	if err != nil {
		return i, err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) { i, err = people.FindImport(tx, id); return err })
	return i, err
}

func (c *Component) showImport(w http.ResponseWriter, r *http.Request) error {
	i, err := c.theImport(r)
	if err != nil {
		return err
	}
	return c.importPage(w, r, http.StatusOK, i, nil)
}

func (c *Component) importPage(w http.ResponseWriter, r *http.Request, status int, i people.Import, refused map[string]string) error {
	p, err := c.viewImport(r.Context(), i)
	if err != nil {
		return err
	}
	p.Errors = refused
	if r.URL.Query().Has("columns") && p.State == people.ImportChecked {
		p.State = people.ImportMapping
	}
	return c.render(w, r, status, site.T(r.Context(), "register.import.page", "file", i.FileName), importView(p))
}

// showProgress is the part of the page that refreshes itself.
func (c *Component) showProgress(w http.ResponseWriter, r *http.Request) error {
	i, err := c.theImport(r)
	if err != nil {
		return err
	}
	p, err := c.viewImport(r.Context(), i)
	if err != nil {
		return err
	}
	return c.deps.Site.Fragment(w, r, importBody(p))
}

// shownIssues is how many lines the page lists; the file to download has them all.
const shownIssues = 100

// previewRows is how many lines are shown as they will be read.
const previewRows = 10

// viewImport gathers what the page shows of an import.
func (c *Component) viewImport(ctx context.Context, i people.Import) (importPage, error) {
	p := importPage{Import: i, State: i.State, Done: i.Done, Total: i.Total, Working: i.Alive(c.deps.Site.DB.Clock())}
	if at, ok := c.jobs.Load(i.ID); ok {
		j := at.(*job)
		p.Working = p.Working || j.imp.Run == i.Run && (i.State == people.ImportChecking || i.State == people.ImportApplying)
		p.Done, p.Total, p.Writing = j.done.Load(), j.total.Load(), j.writing.Load()
	}
	if p.Working {
		return p, nil
	}
	switch i.State { // an attempt that died left things where it found them
	case people.ImportChecking:
		p.State, p.Died = people.ImportMapping, true
	case people.ImportApplying:
		p.State, p.Died = people.ImportChecked, true
	}
	var err error
	if p.Head, err = c.head(ctx, i); err != nil {
		return p, err
	}
	return p, c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if p.Identity, err = people.LoadIdentity(tx); err != nil {
			return err
		}
		if p.Refused, err = people.ImportIssues(tx, i.ID, true, 0, shownIssues); err != nil {
			return err
		}
		if p.Warnings, err = people.ImportIssues(tx, i.ID, false, 0, shownIssues); err != nil {
			return err
		}
		p.Preview, err = preview(tx, i, p.Head, p.Identity)
		return err
	})
}

// preview reads the first rows behind the titles as the import would.
func preview(tx *db.Tx, i people.Import, head []sheet.Row, id people.Identity) ([]previewRow, error) {
	rows := head[min(i.Options.HeaderRow, len(head)):]
	rows = rows[:min(previewRows, len(rows))]
	p := &pass{tx: tx, id: i.ID, plan: newPlan(i.Options, width(head, i.Options.HeaderRow), id.Colleges), lines: map[string]int{}}
	var numbers []string
	for _, row := range rows {
		numbers = append(numbers, p.plan.number(row.Cells))
	}
	known, err := people.MembersByNumber(tx, numbers)
	if err != nil {
		return nil, err
	}
	var out []previewRow
	for _, row := range rows {
		m, reasons := p.line(row, known)
		p.lines[m.Number] = row.Line
		out = append(out, previewRow{Line: row.Line, Member: m, Reasons: reasons})
	}
	id.Colleges = append(append([]people.CollegeName{}, id.Colleges...), p.plan.created...)
	for n := range out {
		out[n].identity = id
	}
	return out, nil
}

// setMapping changes how the file is read. Where the sheet itself is read otherwise than
// before, columns mean something else: they are guessed again and shown again.
func (c *Component) setMapping(w http.ResponseWriter, r *http.Request) error {
	i, err := c.theImport(r)
	if err != nil {
		return err
	}
	o := people.ImportOptions{Encoding: string(sheet.UTF8), Delimiter: sheet.DelimiterName(sheet.DelimiterNamed(r.PostFormValue("delimiter"))),
		Columns: map[people.Field]int{}, Colleges: i.Options.Colleges}
	if r.PostFormValue("encoding") == string(sheet.Windows1252) {
		o.Encoding = string(sheet.Windows1252)
	}
	if n, err := strconv.Atoi(r.PostFormValue("header_row")); err == nil && n >= 0 && n <= titleRows {
		o.HeaderRow = n
	}
	again := o.Encoding != i.Options.Encoding || o.Delimiter != i.Options.Delimiter || o.HeaderRow != i.Options.HeaderRow
	i.Options.Encoding, i.Options.Delimiter = o.Encoding, o.Delimiter
	head, err := c.head(r.Context(), i)
	if err != nil {
		return err
	}
	o.Titles = titleCells(head, o.HeaderRow)
	if again {
		o.Columns = guessColumns(o.Titles)
	} else {
		readColumns(r, o.Columns, width(head, o.HeaderRow))
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.SetImportOptions(tx, i.ID, o) })
	if err != nil {
		return err
	}
	if again || r.PostFormValue("act") == "refresh" {
		return site.Redirect(w, r, importPath(i))
	}
	if refused := site.FieldErrors(r, checkColumns(o.Columns).Err()); refused != nil {
		i.Options, i.State = o, people.ImportMapping
		return c.importPage(w, r, http.StatusUnprocessableEntity, i, refused)
	}
	if err := c.StartImport(r.Context(), i.ID, site.Viewer(r.Context()).Account, people.ImportChecking); err != nil {
		return err
	}
	return site.Redirect(w, r, importPath(i))
}

// readColumns reads the columns chosen for each field.
func readColumns(r *http.Request, columns map[people.Field]int, width int) {
	for _, f := range people.FileFields {
		if n, err := strconv.Atoi(r.PostFormValue(string(f))); err == nil && n >= 0 && n < width {
			columns[f] = n
		}
	}
}

// checkColumns refuses a choice in which a column serves twice, or without the number.
func checkColumns(columns map[people.Field]int) fault.Fields {
	refused, used := fault.Fields{}, map[int]people.Field{}
	if _, ok := columns[people.FieldNumber]; !ok {
		refused.Add(string(people.FieldNumber), "register.import.needs_number")
	}
	for _, f := range people.FileFields {
		n, ok := columns[f]
		if _, twice := used[n]; ok && twice {
			refused.Add(string(f), "register.import.column_twice", "column", columnLetter(n))
		} else if ok {
			used[n] = f
		}
	}
	return refused
}

// columnLetter names a column as spreadsheets do: A, B … Z, AA.
func columnLetter(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return columnLetter(n/26-1) + columnLetter(n%26)
}

// setColleges keeps what is to be done with unknown names of colleges, and checks again.
func (c *Component) setColleges(w http.ResponseWriter, r *http.Request) error {
	i, err := c.theImport(r)
	if err != nil {
		return err
	}
	o := i.Options
	o.Colleges = map[string]string{}
	for n, unknown := range i.Counts.Colleges {
		o.Colleges[people.Fold(unknown.Name)] = r.PostFormValue("college-" + itoa(n))
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.SetImportOptions(tx, i.ID, o) })
	if err != nil {
		return err
	}
	if err := c.StartImport(r.Context(), i.ID, site.Viewer(r.Context()).Account, people.ImportChecking); err != nil {
		return err
	}
	return site.Redirect(w, r, importPath(i))
}

func (c *Component) applyImport(w http.ResponseWriter, r *http.Request) error {
	i, err := c.theImport(r)
	if err != nil {
		return err
	}
	if err := c.StartImport(r.Context(), i.ID, site.Viewer(r.Context()).Account, people.ImportApplying); err != nil {
		return err
	}
	return site.Redirect(w, r, importPath(i))
}

func (c *Component) dropImport(w http.ResponseWriter, r *http.Request) error {
	id, err := identifier(r)
	if err != nil {
		return err
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.DropImport(tx, id) })
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/register/import")
}

func (c *Component) downloadRefused(w http.ResponseWriter, r *http.Request) error {
	i, err := c.theImport(r)
	if err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", site.T(r.Context(), "register.refused.file_name")+".csv")
	return c.writeRefused(r.Context(), w, words(r.Context()), i)
}
