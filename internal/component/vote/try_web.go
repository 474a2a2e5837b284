package vote

import (
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
)

// tryVote shows a ballot of the resolution's rule on a question about nothing, and reads it back to
// whoever tries: nothing is kept.
func (c *Component) tryVote(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r, "id")
	if err != nil {
		return err
	}
	b, err := c.loadPage(r)
	if err != nil {
		return err
	}
	_, rv, ok := b.find(id)
	if !ok || !rv.Method.Set() {
		return fault.New(fault.NotFound, "vote.unknown")
	}
	example := exampleOf(r, rv.Resolution)
	p := ballotProps{ID: "try", Name: "choice", Rule: example.Method, Options: example.Options, Legend: example.Title}
	said, status := "", http.StatusOK
	if r.Method == http.MethodPost {
		if err := r.ParseForm(); err != nil {
			return fault.New(fault.Invalid, "vote.form.unreadable")
		}
		p.Typed = ballotValues(r, "choice")
		text, err := example.ReadChoice(p.Typed)
		if err != nil {
			p.Error, status = site.Sentence(r, err), http.StatusUnprocessableEntity
		} else {
			said = methodText(words(r), example, text)
		}
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "vote.try.title"), Status: status,
		View: tryPage(b, rv, p, said)})
}

func words(r *http.Request) func(key string, args ...any) string {
	return func(key string, args ...any) string { return site.T(r.Context(), key, args...) }
}

// exampleOf is a question about nothing, under the rule of the resolution.
func exampleOf(r *http.Request, res Resolution) Resolution {
	t := words(r)
	out := Resolution{Form: res.Form, Method: res.Method, Title: t("vote.try.question"), Seats: 1}
	if res.Method.Method().Proposal() {
		out.Title = t("vote.try.proposal")
		return out
	}
	for label := range strings.SplitSeq(t("vote.try.options"), "|") {
		out.Options = append(out.Options, Option{Label: label})
	}
	out.Options = optionKeys(out.Options)
	return out
}
