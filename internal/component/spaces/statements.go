package spaces

import (
	"net/http"
	"runtime/debug"
	"strings"

	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
)

// statements are the pages of plain text at the root of the site; their words lie under
// "spaces.page.NAME".
var statements = []string{"accessibility", "source", "verify", "privacy"}

func (c *Component) showStatement(name string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		i, err := c.deps.Site.Identity(r.Context())
		if err != nil {
			return err
		}
		contact := i.Email
		if contact == "" {
			contact = site.T(r.Context(), "spaces.page.no_contact")
		}
		key := "spaces.page." + name
		title := site.T(r.Context(), key+".title")
		text := site.T(r.Context(), key+".text", "organisation", organisationName(i), "contact", contact, "version", version())
		return c.deps.Site.Render(w, r, http.StatusOK, site.Page{Title: title}, statementView(title, passages(text)))
	}
}

// version is that of the program as it was built.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "?"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(len(s.Value), 12)]
		}
	}
	return info.Main.Version
}

// passage is a heading, a paragraph, a list or a command of a statement.
type passage struct {
	Heading, Text, Command string
	Items                  []string
}

// passages reads a statement: parts are apart by an empty line; "# " begins a heading, "- " an item,
// "$ " a command to type.
func passages(text string) []passage {
	var out []passage
	for part := range strings.SplitSeq(text, "\n\n") {
		switch {
		case strings.HasPrefix(part, "# "):
			out = append(out, passage{Heading: part[2:]})
		case strings.HasPrefix(part, "$ "):
			out = append(out, passage{Command: part[2:]})
		case strings.HasPrefix(part, "- "):
			out = append(out, passage{Items: strings.Split(part[2:], "\n- ")})
		default:
			out = append(out, passage{Text: part})
		}
	}
	return out
}
