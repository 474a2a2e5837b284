package spaces

import (
	"context"
	"net/http"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
)

// maxColleges is more than any statutes have.
const maxColleges = 20

func (c *Component) showSettings(w http.ResponseWriter, r *http.Request) error {
	if _, err := site.MustAdminister(r); err != nil {
		return err
	}
	var i people.Identity
	err := c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) { i, err = people.LoadIdentity(tx); return err })
	if err != nil {
		return err
	}
	return c.renderSettings(w, r, http.StatusOK, i, nil)
}

func (c *Component) renderSettings(w http.ResponseWriter, r *http.Request, status int, i people.Identity, errs formErrors) error {
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), "spaces.settings.title")},
		settingsView(i, errs, r.URL.Query().Has("saved")))
}

// saveSettings keeps who the organisation is, or adds or removes a row of colleges and shows the
// form again.
func (c *Component) saveSettings(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustAdminister(r)
	if err != nil {
		return err
	}
	i := typedIdentity(r)
	switch verb, at, _ := strings.Cut(r.FormValue("do"), "-"); verb {
	case "add":
		if len(i.Colleges) < maxColleges {
			i.Colleges = append(i.Colleges, people.CollegeName{})
		}
		return c.renderSettings(w, r, http.StatusOK, i, nil)
	case "remove":
		if n, err := strconv.Atoi(at); err == nil && n >= 0 && n < len(i.Colleges) {
			i.Colleges = slices.Delete(i.Colleges, n, n+1)
		}
		return c.renderSettings(w, r, http.StatusOK, i, nil)
	}
	err = c.SaveIdentity(r.Context(), v.Account, i)
	if isFields(err) {
		return c.renderSettings(w, r, http.StatusUnprocessableEntity, i, errorsOf(r, err))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/settings?saved=1")
}

// SaveIdentity keeps who the organisation is; the next page says so.
func (c *Component) SaveIdentity(ctx context.Context, actor int64, i people.Identity) error {
	if err := validateIdentity(i).Err(); err != nil {
		return err
	}
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if err := people.SaveIdentity(tx, i); err != nil {
			return err
		}
		_, err := journal.Append(tx, journal.About{Actor: actor}, IdentityChanged{i.Name})
		return err
	})
	c.deps.Site.ForgetIdentity()
	return err
}

func typedIdentity(r *http.Request) people.Identity {
	field := func(name string) string { return strings.TrimSpace(r.FormValue(name)) }
	i := people.Identity{
		Name: field("name"), LegalForm: field("legal_form"), Address: strings.ReplaceAll(field("address"), "\r\n", "\n"),
		Email: strings.ToLower(field("email")), Registry: field("registry"), TimeZone: field("time_zone"),
	}
	for n := range maxColleges {
		name := "college-" + strconv.Itoa(n)
		if _, ok := r.Form[name+"-key"]; !ok {
			break
		}
		i.Colleges = append(i.Colleges, people.CollegeName{Key: field(name + "-key"), Name: field(name + "-name")})
	}
	return i
}

var collegeKey = regexp.MustCompile(`^[a-z0-9]+([_-][a-z0-9]+)*$`)

// validateIdentity says what of the identity cannot be accepted. Fields of colleges are named
// "college-N-key" and "college-N-name", N from 0.
func validateIdentity(i people.Identity) fault.Fields {
	f := fault.Fields{}
	if i.Name == "" {
		f.Add("name", "spaces.settings.name_missing")
	}
	for field, v := range map[string]string{"name": i.Name, "legal_form": i.LegalForm, "registry": i.Registry} {
		if len([]rune(v)) > 200 {
			f.Add(field, "spaces.too_long", "max", 200)
		}
	}
	if len([]rune(i.Address)) > 500 {
		f.Add("address", "spaces.too_long", "max", 500)
	}
	if i.Email != "" {
		if a, err := mail.ParseAddress(i.Email); err != nil || a.Address != i.Email {
			f.Add("email", "spaces.settings.email")
		}
	}
	if _, err := time.LoadLocation(i.TimeZone); err != nil || i.TimeZone == "" {
		f.Add("time_zone", "space.zone.unknown")
	}
	seen := map[string]bool{}
	for n, c := range i.Colleges {
		name := "college-" + strconv.Itoa(n)
		switch {
		case !collegeKey.MatchString(c.Key) || len(c.Key) > 40:
			f.Add(name+"-key", "spaces.settings.college_key")
		case seen[c.Key]:
			f.Add(name+"-key", "spaces.settings.college_twice")
		}
		seen[c.Key] = true
		if c.Name == "" || len([]rune(c.Name)) > 100 {
			f.Add(name+"-name", "spaces.settings.college_name")
		}
	}
	return f
}
