package voice

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// heardView is whose voice was heard.
type heardView struct {
	path    string
	plenary []share
	tables  []share
	present int // on the page of the session now
	silent  int // of those: not heard yet

	categories []component.SpeechCategory // of the plenary
	chart      templ.Component            // of those
}

// heard reads whose voice was heard; none is who the session says is present.
func (c *Component) heard(ctx context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (v heardView, err error) {
	v.path = a.Space.Path() + "/voice"
	if v.plenary, err = shares(tx, a.Space.ID, false); err != nil {
		return v, err
	}
	if v.tables, err = shares(tx, a.Space.ID, true); err != nil {
		return v, err
	}
	name, err := collegeNames(tx, a.Space.ID)
	if err != nil {
		return v, err
	}
	spoke := map[int64]bool{}
	for i, h := range v.plenary {
		spoke[h.Account] = true
		v.plenary[i].College = name(h.College)
	}
	v.present = len(s.Present)
	for account := range s.Present {
		if !spoke[account] {
			v.silent++
		}
	}
	return v, nil
}

// byCategory adds what each category of people had of the time.
func (c *Component) byCategory(ctx context.Context, tx *db.Tx, spaceID int64, v *heardView) error {
	times := map[int64]time.Duration{}
	for _, h := range v.plenary {
		times[h.Account] = h.Heard
	}
	t := func(key string, args ...any) string { return site.T(ctx, key, args...) }
	return component.Ask(c.deps, func(k component.SpeechKeeper) (err error) {
		v.categories, err = k.SpeechByCategory(tx, spaceID, times, t)
		v.chart = k.SpeechChart(v.categories)
		return err
	})
}

// VoiceTimes is how long each account was heard in plenary.
func (c *Component) VoiceTimes(tx *db.Tx, spaceID int64) (map[int64]time.Duration, error) {
	list, err := shares(tx, spaceID, false)
	times := map[int64]time.Duration{}
	for _, s := range list {
		times[s.Account] = s.Heard
	}
	return times, err
}

// collegeNames names a college as the statutes, or else the register, do.
func collegeNames(tx *db.Tx, spaceID int64) (func(key string) string, error) {
	rules, err := electorate.Rules(tx, spaceID)
	if err != nil {
		return nil, err
	}
	identity, err := people.LoadIdentity(tx)
	return func(key string) string {
		if key == "" {
			return ""
		}
		if c, ok := rules.College(key); ok {
			return c.Name
		}
		return identity.CollegeName(key)
	}, err
}

func (c *Component) showHeard(ctx context.Context, tx *db.Tx, a space.Access, s component.LiveSession) (templ.Component, error) {
	v, err := c.heard(ctx, tx, a, s)
	return heardPanel(v), err
}

// heardBars draws shares, with what each is of all that was heard.
func heardBars(ctx context.Context, list []share, most int) (out []ui.Bar) {
	var total time.Duration
	for _, s := range list {
		total += s.Heard
	}
	for _, s := range list[:min(len(list), most)] {
		percent := 0
		if total > 0 {
			percent = int((s.Heard*100 + total/2) / total)
		}
		out = append(out, ui.Bar{Label: s.Name, Value: s.Heard.Seconds(), Text: site.T(ctx, "voice.heard.line", "time", clock(s.Heard), "percent", percent)})
	}
	return out
}

// clock writes a duration as a clock does: 1:05.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// heardOf is the page's view, for those who lead.
func (c *Component) heardOf(r *http.Request) (a space.Access, v heardView, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, in space.Access) error {
		if err := component.Must(in, canLead(in)); err != nil {
			return err
		}
		session, err := c.deps.LiveSession(tx, in.Space.ID)
		if err != nil {
			return err
		}
		a = in
		if v, err = c.heard(r.Context(), tx, in, session); err != nil || len(v.plenary) == 0 {
			return err
		}
		return c.byCategory(r.Context(), tx, in.Space.ID, &v)
	})
	return a, v, err
}

func (c *Component) showHeardPage(w http.ResponseWriter, r *http.Request) error {
	a, v, err := c.heardOf(r)
	if err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "voice.heard"), View: heardPage(v)})
}

// downloadHeard is the report, for a spreadsheet.
func (c *Component) downloadHeard(w http.ResponseWriter, r *http.Request) error {
	a, v, err := c.heardOf(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="voice-`+a.Space.Slug+`.csv"`)
	out := csv.NewWriter(w)
	t := func(key string) string { return site.T(r.Context(), key) }
	rows := [][]string{{t("voice.csv.where"), t("voice.csv.name"), t("voice.csv.college"), t("voice.csv.seconds")}}
	for _, s := range v.plenary {
		rows = append(rows, []string{t("voice.csv.plenary"), safeCell(s.Name), safeCell(s.College), strconv.FormatInt(s.Seconds, 10)})
	}
	for _, s := range v.tables {
		rows = append(rows, []string{t("voice.csv.tables"), safeCell(s.Name), safeCell(s.College), strconv.FormatInt(s.Seconds, 10)})
	}
	if err := out.WriteAll(rows); err != nil || len(v.categories) == 0 {
		return err
	}
	rows = [][]string{nil, {t("voice.csv.category"), t("voice.csv.value"), t("voice.csv.people"), t("voice.csv.spoke"), t("voice.csv.seconds")}}
	for _, category := range v.categories {
		for _, s := range category.Shares {
			rows = append(rows, []string{safeCell(category.Name), safeCell(s.Name), strconv.Itoa(s.People), strconv.Itoa(s.Spoke), strconv.Itoa(int(s.Took.Round(time.Second).Seconds()))})
		}
	}
	return out.WriteAll(rows)
}

// safeCell keeps a spreadsheet from taking a name for a formula.
func safeCell(s string) string {
	if strings.ContainsAny(s[:min(1, len(s))], "=+-@\t\r") {
		return "'" + s
	}
	return s
}

// spokenFile is what the legal file and the export say of a space's voices.
type spokenFile struct {
	Space   string  `json:"space"`
	Plenary []share `json:"plenary"`
	Tables  []share `json:"tables"`
}

// Evidence is how long each voice was heard.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	return writeSpoken(tx, sp, "voice/heard.json", add)
}

func writeSpoken(tx *db.Tx, sp space.Space, name string, add component.AddFile) (err error) {
	f := spokenFile{Space: sp.Slug}
	if f.Plenary, err = shares(tx, sp.ID, false); err != nil {
		return err
	}
	if f.Tables, err = shares(tx, sp.ID, true); err != nil || len(f.Plenary)+len(f.Tables) == 0 {
		return err
	}
	return add(name, writeJSON(f))
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}
