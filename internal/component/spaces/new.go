package spaces

import (
	"context"
	"net/http"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// defaultStatutes is the setting that holds the text new assemblies start from.
const defaultStatutes = "statutes.default"

// ownStatutes stands for the organisation's default statutes where a form offers a choice of rules.
const ownStatutes = "own"

// newSpace is what the form for a new assembly asks, as typed.
type newSpace struct {
	Template, Title, Slug, Summary, Place, Start, Zone, Visibility, Statutes string
	// HasOwn: the organisation has default statutes.
	HasOwn bool
}

func (c *Component) showNew(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.MustAdminister(r); err != nil {
		return err
	}
	f := newSpace{Template: space.Templates[0].Key, Visibility: string(space.Members)}
	if err := c.fillNew(r.Context(), &f); err != nil {
		return err
	}
	f.Statutes = string(statute.TemplateKinds[0])
	if f.HasOwn {
		f.Statutes = ownStatutes
	}
	return c.renderNew(w, r, http.StatusOK, f, nil)
}

// fillNew completes the form with what the organisation has.
func (c *Component) fillNew(ctx context.Context, f *newSpace) error {
	return c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		identity, err := people.LoadIdentity(tx)
		if err != nil {
			return err
		}
		if f.Zone == "" {
			f.Zone = identity.TimeZone
		}
		text := ""
		err = people.LoadSetting(tx, defaultStatutes, &text)
		f.HasOwn = text != ""
		return err
	})
}

func (c *Component) renderNew(w http.ResponseWriter, r *http.Request, status int, f newSpace, refused error) error {
	errs := errorsOf(r, refused)
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), "spaces.new.title")}, newView(f, errs))
}

func (c *Component) createSpace(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustAdminister(r)
	if err != nil {
		return err
	}
	f := newSpace{
		Template: r.FormValue("template"), Title: strings.TrimSpace(r.FormValue("title")), Slug: strings.TrimSpace(r.FormValue("slug")),
		Summary: strings.TrimSpace(r.FormValue("summary")), Place: strings.TrimSpace(r.FormValue("place")), Start: r.FormValue("start"),
		Zone: r.FormValue("time_zone"), Visibility: r.FormValue("visibility"), Statutes: r.FormValue("statutes"),
	}
	words := func(key string) string { return site.T(r.Context(), key) }
	s, err := c.CreateSpace(r.Context(), v.Account, f, words)
	if isFields(err) {
		if err := c.fillNew(r.Context(), &f); err != nil {
			return err
		}
		return c.renderNew(w, r, http.StatusUnprocessableEntity, f, err)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, s.Path())
}

// CreateSpace makes a space from a template, with its steps and its statutes; words names them in
// the language of whoever makes it. What was typed and cannot be accepted is returned as [fault.Fields].
func (c *Component) CreateSpace(ctx context.Context, actor int64, f newSpace, words func(key string) string) (s space.Space, err error) {
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) {
		s, err = createSpace(tx, actor, f, words)
		return err
	})
	return s, err
}

func createSpace(tx *db.Tx, actor int64, f newSpace, words func(key string) string) (space.Space, error) {
	if f.Slug == "" {
		f.Slug = proposeSlug(f.Title)
	}
	s := space.Space{Slug: f.Slug, Title: f.Title, Summary: f.Summary, Place: f.Place, Visibility: space.Visibility(f.Visibility), TimeZone: f.Zone}
	refused := s.Validate()
	checkFacts(s, refused)
	template, ok := space.FindTemplate(f.Template)
	if !ok {
		refused.Add("template", "spaces.new.template_missing")
	}
	start, err := parseLocal(f.Start, s.Zone())
	switch {
	case err != nil:
		refused.Add("start", "spaces.date.unreadable")
	case !start.After(tx.Now.Add(time.Hour)):
		refused.Add("start", "spaces.new.past")
	}
	text, err := startingStatutes(tx, f.Statutes)
	if err != nil {
		return s, err
	}
	if text == "" {
		refused.Add("statutes", "spaces.new.statutes_missing")
	}
	if err := refused.Err(); err != nil {
		return s, err
	}
	s.Kind, s.Kicker = template.Kind, words("spaces.template."+template.Key+".kicker")
	if s, err = space.Create(tx, actor, s); err != nil {
		return s, err
	}
	rules, _ := statute.Parse([]byte(text))
	phases := template.Phases(start, noticeDays(rules, 1), tx.Now, func(key string) string { return words("spaces.phase." + key) })
	if err := space.SetPhases(tx, actor, s, phases); err != nil {
		return s, err
	}
	_, err = electorate.SetStatutes(tx, actor, s, text)
	return s, err
}

// startingStatutes is the text that the choice names; "" for an unknown choice.
func startingStatutes(tx *db.Tx, choice string) (text string, err error) {
	if choice == ownStatutes {
		return text, people.LoadSetting(tx, defaultStatutes, &text)
	}
	return string(statute.Template(statute.Kind(choice))), nil
}

// noticeDays is how many days before the assembly the convocation of that call must have left.
func noticeDays(r statute.Rules, call int) int {
	days := 0
	if n := len(r.Notice.Calls); n > 0 {
		days = r.Notice.Calls[min(call, n)-1]
	}
	if r.Notice.Clear {
		days++
	}
	return days
}

// proposeSlug makes an address of a title: "Assemblée générale 2027" gives "assemblee-generale-2027".
func proposeSlug(title string) string {
	var b strings.Builder
	for _, r := range people.Fold(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 60 {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}

// localForm is how a datetime-local field writes a moment.
const localForm = "2006-01-02T15:04"

// parseLocal reads a datetime-local field in the zone; browsers may add seconds.
func parseLocal(s string, zone *time.Location) (time.Time, error) {
	t, err := time.ParseInLocation(localForm, s, zone)
	if err != nil {
		t, err = time.ParseInLocation("2006-01-02T15:04:05", s, zone)
	}
	return t, err
}
