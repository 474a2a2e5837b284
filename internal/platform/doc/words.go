package doc

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words are the few texts the package writes by itself.
type words struct {
	page      func(n, total int) string
	colon     string
	threshold string
	qr        string
	sign      string
}

var french = words{
	page:      func(n, total int) string { return fmt.Sprintf("page %d sur %d", n, total) },
	colon:     "\u00a0: ",
	threshold: "seuil",
	qr:        "Code QR",
	sign:      "Signature",
}

var english = words{
	page:      func(n, total int) string { return fmt.Sprintf("page %d of %d", n, total) },
	colon:     ": ",
	threshold: "threshold",
	qr:        "QR code",
	sign:      "Signature",
}

// wordsFor gives the words of a language; those it does not have are English.
func wordsFor(lang string) words {
	primary, _, _ := strings.Cut(strings.ToLower(lang), "-")
	if primary == "fr" {
		return french
	}
	return english
}

// clean makes any bytes into text that every renderer can carry: valid UTF-8,
// composed (NFC), with no control character but the newline.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == '\uFFFE' || r == '\uFFFF':
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// oneLine is clean text on a single line.
func oneLine(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// webLink gives the address to follow, or "" when its scheme is not one that
// is safe to follow. Relative addresses only mean something inside a page.
func webLink(link string, relative bool) string {
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "mailto":
		return u.String()
	case "":
		if relative && u.Host == "" {
			return u.String()
		}
	}
	return ""
}
