package site

import (
	"embed"
	"io/fs"
)

//go:embed locale
var locale embed.FS

// Locale is this package's words.
func Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }
