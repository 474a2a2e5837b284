// Package ui is the design system: typed, server-rendered templ components
// with no knowledge of assemblies and no words of their own.
//
// Texts are given by the caller, already translated and typeset. The few words
// the components need themselves ("skip to content", "previous page") are keys
// under "ui." whose texts lie in locale/; they are looked up with the function
// put into the context by WithWords, which Layout does for what it contains.
//
// Every component works without JavaScript, at 320 px, with a keyboard, and
// under a policy that forbids inline script and style. Its looks live in web/.
package ui

import (
	"context"
	"embed"
)

// Locale holds fr.json and en.json: flat objects, key to text, all keys under "ui.".
//
//go:embed locale/fr.json locale/en.json
var Locale embed.FS

// Translate gives the text of a key in the language of the page.
type Translate func(key string, args ...any) string

type wordsKey struct{}

// WithWords gives components rendered with the returned context their words.
// Layout calls it; only a fragment rendered outside a layout needs it.
func WithWords(ctx context.Context, t Translate) context.Context {
	return context.WithValue(ctx, wordsKey{}, t)
}

// word is the text of "ui."+name, or the key itself where no words were given,
// so that an omission shows on the page.
func word(ctx context.Context, name string) string {
	key := "ui." + name
	if t, ok := ctx.Value(wordsKey{}).(Translate); ok && t != nil {
		return t(key)
	}
	return key
}

// Link is a text that leads somewhere. An empty Href makes it plain text.
type Link struct {
	Text string
	Href string
}

// LanguageLink leads to the same page in another language. Text is in that language.
type LanguageLink struct {
	Lang string // BCP 47, for example "en"
	Text string
	Href string
}

// Viewer is the person signed in.
type Viewer struct {
	Name  string
	Links []Link // their own pages
	// SignOut is the address that a POST signs out at; empty hides the button.
	SignOut string
}

// Banner is a message that stands above every page (a trial run, a maintenance).
type Banner struct {
	Kind Kind
	Text string
	Link Link // optional
}

// Page is what Layout needs to know of a page.
type Page struct {
	Lang  string // BCP 47
	Title string // without the brand
	// Again is after how many seconds a browser without scripts asks for the page anew; 0: never.
	Again int
	Brand string // name of the organisation or of the space
	Home  string // where the brand leads; "/" when empty
	Path  string // path of the request: marks the current navigation item

	Nav      []Link
	Viewer   *Viewer // nil: nobody is signed in
	SignIn   Link    // shown when nobody is signed in; empty Text hides it
	Language LanguageLink
	Banner   *Banner
	Footer   []Link

	// Theme is "light", "dark" or "" (the system's preference); see ThemeOf.
	Theme string
	// Arrival is a page opened from elsewhere: it carries its style with it.
	Arrival bool
	// ThemeAction is the address ThemeHandler answers at; empty hides the choice.
	ThemeAction string

	T Translate
}

func (p Page) home() string {
	if p.Home == "" {
		return "/"
	}
	return p.Home
}

// Kind says what a message is about. Each kind has a colour and a shape.
type Kind string

const (
	Info    Kind = "info"
	Success Kind = "success"
	Warning Kind = "warning"
	Alarm   Kind = "alarm"
)
