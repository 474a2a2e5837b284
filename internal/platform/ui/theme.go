package ui

import (
	"net/http"
	"strings"
)

const themeCookie = "theme"

// ThemeOf reads the reader's choice of appearance for Page.Theme:
// "light", "dark", or "" to follow the device.
func ThemeOf(r *http.Request) string {
	c, err := r.Cookie(themeCookie)
	if err != nil || !knownTheme(c.Value) {
		return ""
	}
	return c.Value
}

func knownTheme(s string) bool { return s == "light" || s == "dark" }

// ThemeHandler answers the form Layout shows at Page.ThemeAction: a POST with
// "theme" (light, dark, or anything else to follow the device) and "back", the
// path to return to. It keeps the choice for a year in a cookie.
func ThemeHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &http.Cookie{Name: themeCookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode}
		if theme := r.PostFormValue("theme"); knownTheme(theme) {
			c.Value, c.MaxAge = theme, 365*24*3600
		}
		http.SetCookie(w, c)
		http.Redirect(w, r, localPath(r.PostFormValue("back")), http.StatusSeeOther)
	})
}

// localPath keeps only a path of this site: anything a browser could read as
// another host ("//host", "/\host", "https:") becomes "/".
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return s
}
