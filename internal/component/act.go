package component

import (
	"net/http"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// Must turns a policy's no into a refusal; somebody not signed in is asked to sign in.
func Must(a space.Access, may bool) error {
	switch {
	case may:
		return nil
	case !a.Viewer.SignedIn():
		return fault.New(fault.Unauthenticated, "site.error.sign_in")
	default:
		return site.Forbidden()
	}
}

// Done answers an act: nothing for a script, or else the page to look at next.
func Done(w http.ResponseWriter, r *http.Request, to string) error {
	if web.WantsJSON(r) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return site.Redirect(w, r, to)
}
