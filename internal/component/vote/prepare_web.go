package vote

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/legalfile/rule"
)

// organise reads the board for those who prepare the space, and refuses the others.
func (c *Component) organise(r *http.Request) (board, error) {
	if _, err := site.MustSignIn(r); err != nil {
		return board{}, err
	}
	b, err := c.loadPage(r)
	if err == nil && !canPrepare(b.access) {
		err = site.Forbidden()
	}
	return b, err
}

func (c *Component) showPrepare(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.prepare.title"), View: preparePage(b)})
}

// seriesForm is a series as it is typed.
type seriesForm struct {
	ID            int64
	Title         string
	Opens, Closes string
	Names, Paper  bool
	InSession     bool
	Item          int64
	Reason        string
	items         []component.AgendaItem
	open          bool // the vote is open: only its closing may be put off
	errors        map[string]string
}

const dateTimeLocal = "2006-01-02T15:04"

func formOf(s Series, zone *time.Location, now time.Time) seriesForm {
	f := seriesForm{ID: s.ID, Title: s.Title, Names: s.Names, Paper: s.Paper, InSession: s.InSession, Item: s.Item, open: s.State(now, false) == Open}
	if !s.Opens.IsZero() {
		f.Opens = s.Opens.In(zone).Format(dateTimeLocal)
	}
	if !s.Closes.IsZero() {
		f.Closes = s.Closes.In(zone).Format(dateTimeLocal)
	}
	return f
}

func (c *Component) editSeries(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	f := seriesForm{Title: site.T(r.Context(), "vote.series.first"), Names: true}
	if r.PathValue("series") != "" {
		id, err := pathID(r, "series")
		if err != nil {
			return err
		}
		s, ok := b.findSeries(id)
		if !ok {
			return fault.New(fault.NotFound, "vote.unknown")
		}
		f = formOf(s.Series, b.access.Space.Zone(), b.now)
	}
	return c.renderSeries(w, r, b, f, http.StatusOK)
}

func (b board) findSeries(id int64) (seriesView, bool) {
	for _, s := range b.series {
		if s.ID == id {
			return s, true
		}
	}
	return seriesView{}, false
}

func (c *Component) renderSeries(w http.ResponseWriter, r *http.Request, b board, f seriesForm, status int) error {
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		return component.Ask(c.deps, func(k component.AgendaKeeper) error {
			items, err := k.AgendaItems(tx, b.access.Space.ID)
			f.items = append(f.items, items...)
			return err
		})
	})
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.series.edit"), Status: status, View: seriesPage(b, f)})
}

func (c *Component) saveSeries(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	f := seriesForm{Title: r.FormValue("title"), Opens: r.FormValue("opens"), Closes: r.FormValue("closes"),
		Names: r.FormValue("names") != "", Paper: r.FormValue("paper") != "", InSession: r.FormValue("in_session") != "", Reason: r.FormValue("reason")}
	f.ID, _ = strconv.ParseInt(r.FormValue("id"), 10, 64)
	f.Item, _ = strconv.ParseInt(r.FormValue("item"), 10, 64)
	s := Series{ID: f.ID, Title: strings.TrimSpace(f.Title), Names: f.Names, Paper: f.Paper, InSession: f.InSession, Item: f.Item}
	if old, ok := b.findSeries(f.ID); ok && old.state == Open {
		f.open, s.Opens, f.Opens = true, old.Opens, formOf(old.Series, b.access.Space.Zone(), b.now).Opens
	}
	wrong := fault.Fields{}
	s.Opens = readTime(wrong, "opens", f.Opens, b.access.Space.Zone())
	s.Closes = readTime(wrong, "closes", f.Closes, b.access.Space.Zone())
	err = wrong.Err()
	if err == nil {
		_, err = c.PutSeries(r.Context(), b.access, s, f.Reason)
	}
	if f.errors = site.FieldErrors(r, err); f.errors != nil {
		return c.renderSeries(w, r, b, f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, b.access.Space.Path()+"/prepare/vote")
}

func readTime(wrong fault.Fields, field, text string, zone *time.Location) time.Time {
	if text == "" {
		return time.Time{}
	}
	for _, layout := range []string{dateTimeLocal, "2006-01-02T15:04:05", "2006-01-02 15:04", "02/01/2006 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t.UTC()
		}
	}
	wrong.Add(field, "vote.series.moment", "value", text)
	return time.Time{}
}

// resolutionForm is a resolution as it is typed; its options as optionLines writes them.
type resolutionForm struct {
	Resolution
	options string
	seats   string
	most    string
	// Settings of the counting rule, as typed; the grades one per line, the best first.
	grades, max, perOption, parity string
	// What is asked of the options, and which of them changes nothing, by key.
	asked    []askedOption
	fallback string
	errors   map[string]string
}

func resolutionFormOf(r Resolution) resolutionForm {
	f := resolutionForm{Resolution: r, seats: strconv.Itoa(max(r.Seats, 1)), most: strconv.Itoa(max(r.MaxChoices, 1))}
	f.options = optionLines(r.Options)
	f.showSettings()
	return f
}

// showSettings writes the settings of the counting rule as they are typed.
func (f *resolutionForm) showSettings() {
	best := slices.Clone(f.Method.Grades)
	slices.Reverse(best)
	f.grades = strings.Join(best, "\n")
	f.max, f.perOption, f.parity = shown(f.Method.Max), shown(f.Method.PerOption), shown(f.Method.Parity)
	f.showConditions()
}

func shown(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (c *Component) editResolution(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	var res Resolution
	if r.PathValue("id") != "" {
		id, err := pathID(r, "id")
		if err != nil {
			return err
		}
		_, rv, ok := b.find(id)
		if !ok {
			return fault.New(fault.NotFound, "vote.unknown")
		}
		res = rv.Resolution
	} else {
		id, err := pathID(r, "series")
		if err != nil {
			return err
		}
		res = Resolution{Series: id, Form: Motion}
		if len(b.rules.Motions) > 0 {
			res.Rule = b.rules.Motions[0].Key
		}
	}
	return c.renderResolution(w, r, b, resolutionFormOf(res), http.StatusOK)
}

func (c *Component) renderResolution(w http.ResponseWriter, r *http.Request, b board, f resolutionForm, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.resolution.edit"), Status: status, View: resolutionPage(b, f)})
}

func (c *Component) saveResolution(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	f, wrong := readResolution(r)
	switch picked := r.FormValue("picked"); {
	case r.FormValue("choose") != "":
		return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.method.choose"), View: choosePage(b, f, typedFields(r))})
	case picked != "":
		f.pick(picked, lang(r.Context()))
		return c.renderResolution(w, r, b, f, http.StatusOK)
	case r.FormValue("refresh") != "":
		f.errors = site.FieldErrors(r, wrong.Err())
		return c.renderResolution(w, r, b, f, http.StatusOK)
	}
	if f.errors = site.FieldErrors(r, wrong.Err()); f.errors != nil {
		return c.renderResolution(w, r, b, f, http.StatusUnprocessableEntity)
	}
	_, err = c.PutResolution(r.Context(), b.access, f.Resolution)
	if f.errors = site.FieldErrors(r, err); f.errors != nil {
		return c.renderResolution(w, r, b, f, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, b.access.Space.Path()+"/prepare/vote")
}

// typedFields are the fields of the form, to be carried through the page where one chooses a rule.
func typedFields(r *http.Request) [][2]string {
	var out [][2]string
	names := []string{"id", "series", "title", "text", "origin", "rule", "options", "seats", "max_choices", "fallback"}
	for i := 0; r.FormValue(fmt.Sprintf("asked-%d", i)) != ""; i++ {
		names = append(names, fmt.Sprintf("asked-%d", i), fmt.Sprintf("quorum-%d", i), fmt.Sprintf("ratio-%d", i))
	}
	for _, name := range names {
		out = append(out, [2]string{name, r.FormValue(name)})
	}
	return out
}

// pick sets the counting rule with the settings it begins with.
func (f *resolutionForm) pick(name, lang string) {
	asked := f.Method.Conditions
	f.Method = rule.Rule{}
	if m, ok := rule.Find(name); ok {
		f.Method = rule.Rule{Name: m.Name, Conditions: asked}
		if m.Family == rule.Grade {
			f.Method.Grades = rule.DefaultGrades(lang)
		}
		f.Method = f.Method.Clean()
	}
	f.showSettings()
}

// readMethodForm reads the counting rule and its settings.
func (f *resolutionForm) readMethodForm(r *http.Request) fault.Fields {
	wrong := fault.Fields{}
	f.grades, f.max, f.perOption, f.parity = r.FormValue("grades"), r.FormValue("max"), r.FormValue("per_option"), r.FormValue("parity")
	f.Method = rule.Rule{Name: r.FormValue("method"), TieBreak: r.FormValue("tie_break"), Alternate: r.FormValue("alternate") != ""}
	for line := range strings.SplitSeq(f.grades, "\n") {
		if word := strings.TrimSpace(line); word != "" {
			f.Method.Grades = append(f.Method.Grades, word)
		}
	}
	slices.Reverse(f.Method.Grades)
	for _, n := range []struct {
		field, text string
		to          *int
	}{{"max", f.max, &f.Method.Max}, {"per_option", f.perOption, &f.Method.PerOption}, {"parity", f.parity, &f.Method.Parity}} {
		if strings.TrimSpace(n.text) == "" {
			continue
		}
		var err error
		if *n.to, err = strconv.Atoi(strings.TrimSpace(n.text)); err != nil {
			wrong.Add(n.field, "vote.method.not_number", "value", n.text)
		}
	}
	return wrong
}

func readResolution(r *http.Request) (resolutionForm, fault.Fields) {
	f := resolutionForm{options: r.FormValue("options"), seats: r.FormValue("seats"), most: r.FormValue("max_choices")}
	f.ID, _ = strconv.ParseInt(r.FormValue("id"), 10, 64)
	f.Series, _ = strconv.ParseInt(r.FormValue("series"), 10, 64)
	f.Title, f.Origin = strings.TrimSpace(r.FormValue("title")), strings.TrimSpace(r.FormValue("origin"))
	f.Text = strings.TrimSpace(strings.ReplaceAll(r.FormValue("text"), "\r\n", "\n"))
	// One list offers motions and elections: "motion:ordinary", "choice:…", "election:…".
	form, rule, _ := strings.Cut(r.FormValue("rule"), ":")
	f.Form, f.Rule = Form(form), rule
	f.Seats, _ = strconv.Atoi(f.seats)
	f.MaxChoices, _ = strconv.Atoi(f.most)
	f.Options = optionKeys(readOptions(f.options))
	wrong := f.readMethodForm(r)
	for field, e := range f.readConditions(r) {
		wrong[field] = e
	}
	return f, wrong
}

func (c *Component) moveResolution(w http.ResponseWriter, r *http.Request) error {
	return c.changeResolution(w, r, func(a space.Access, id int64) error {
		by := 1
		if r.FormValue("up") != "" {
			by = -1
		}
		return c.MoveResolution(r.Context(), a, id, by)
	})
}

func (c *Component) removeResolution(w http.ResponseWriter, r *http.Request) error {
	return c.changeResolution(w, r, func(a space.Access, id int64) error { return c.RemoveResolution(r.Context(), a, id) })
}

func (c *Component) changeResolution(w http.ResponseWriter, r *http.Request, change func(a space.Access, id int64) error) error {
	if _, err := site.MustSignIn(r); err != nil {
		return err
	}
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	var a space.Access
	if err := c.deps.InSpace(r, func(_ *db.Tx, in space.Access) error { a = in; return nil }); err != nil {
		return err
	}
	if err := change(a, id); err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/prepare/vote")
}
