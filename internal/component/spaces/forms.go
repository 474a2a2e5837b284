package spaces

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sort"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// formErrors are the sentences of what was refused in a form, by field.
type formErrors map[string]string

// errorsOf turns a refusal into the sentences of its fields.
func errorsOf(r *http.Request, refused error) formErrors { return site.FieldErrors(r, refused) }

// summary lists the errors in the order of the given fields, then the others.
func (e formErrors) summary(order ...string) []ui.FieldError {
	var out []ui.FieldError
	var others []string
	for field := range e {
		if !slices.Contains(order, field) {
			others = append(others, field)
		}
	}
	sort.Strings(others)
	for _, field := range append(order, others...) {
		if text, ok := e[field]; ok {
			out = append(out, ui.FieldError{Field: field, Text: text})
		}
	}
	return out
}

func isFields(err error) bool {
	var f fault.Fields
	return errors.As(err, &f)
}

// enterToEdit finds the space for somebody who organises it.
func (c *Component) enterToEdit(r *http.Request) (a space.Access, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		return mustEdit(a)
	})
	return a, err
}

// zones are the time zones offered: where French is spoken and where our members live. An
// organisation in another one sees its own too.
var zones = []string{
	"Europe/Paris", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich", "Europe/London", "Europe/Madrid", "Europe/Berlin",
	"America/Guadeloupe", "America/Martinique", "America/Cayenne", "America/Miquelon", "America/Toronto", "America/New_York",
	"Indian/Reunion", "Indian/Mayotte", "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Wallis",
	"Africa/Dakar", "Africa/Abidjan", "Africa/Tunis", "Africa/Casablanca", "UTC",
}

func zoneOptions(current string) []ui.Option {
	list := zones
	if current != "" && !slices.Contains(zones, current) {
		list = append([]string{current}, zones...)
	}
	out := make([]ui.Option, len(list))
	for i, z := range list {
		out[i] = ui.Option{Value: z, Label: z}
	}
	return out
}

func visibilityOptions(ctx context.Context) []ui.Option {
	var out []ui.Option
	for _, v := range []space.Visibility{space.Public, space.Members, space.Participants} {
		out = append(out, ui.Option{Value: string(v), Label: site.T(ctx, "spaces.visibility."+string(v)), Hint: site.T(ctx, "spaces.visibility."+string(v)+".hint")})
	}
	return out
}
