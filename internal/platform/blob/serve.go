package blob

import (
	"net/http"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// File is a kept file as it is handed to somebody.
type File struct {
	Key  string // as [Store.Put] gave it
	Name string // what the person sees and saves it as
	MIME string // as [Sniff] said
	// Lasting says that the file's address never names another content: the browser shows its
	// copy without asking.
	Lasting bool
}

// ContentPolicy lets a served file do nothing at all: no script, no style, no frame around
// it, an origin of its own.
const ContentPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox"

// Serve answers with a kept file, whole or in ranges. Only PDF, PNG, JPEG, films and sounds are shown
// in the browser; everything else is saved, under its name. The browser may keep a copy for
// its user alone, and asks each time whether it may still show it. The caller has checked
// that this person may read the file. Refusal: blob.unknown.
func (s *Store) Serve(w http.ResponseWriter, r *http.Request, f File) error {
	content, err := s.Get(r.Context(), f.Key)
	if err != nil {
		return err
	}
	defer content.Close()
	mime, how := typeToServe(f.MIME)
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", disposition(how, f.Name))
	h.Set("Content-Security-Policy", ContentPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-cache")
	if f.Lasting {
		h.Set("Cache-Control", "private, max-age=86400, immutable")
	}
	h.Set("ETag", `"`+f.Key+`"`)
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

// typeToServe lets pass only the types of the list, so that nothing else is ever declared.
func typeToServe(mime string) (declared, how string) {
	base, _, _ := strings.Cut(mime, ";")
	for _, list := range []map[string]kind{kinds, films, sounds} {
		for _, k := range list {
			if k.MIME == base {
				if k.Inline {
					return mime, "inline"
				}
				return mime, "attachment"
			}
		}
	}
	return "application/octet-stream", "attachment"
}

// disposition writes the header of RFC 6266: the name in UTF-8 (RFC 8187), and for old
// programs an approximation in ASCII.
func disposition(how, name string) string {
	name = safeName(name)
	var ascii, full strings.Builder
	for _, r := range name {
		if r < 0x80 && !strings.ContainsRune(`"\%`, r) {
			ascii.WriteRune(r)
		} else {
			ascii.WriteByte('_')
		}
	}
	for _, b := range []byte(name) {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0 {
			full.WriteByte(b)
		} else {
			const digits = "0123456789ABCDEF"
			full.Write([]byte{'%', digits[b>>4], digits[b&15]})
		}
	}
	return how + `; filename="` + ascii.String() + `"; filename*=UTF-8''` + full.String()
}

// safeName is a name without folders, and without the invisible characters that could show
// it as something else than it is.
func safeName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, ". ")
	ext := path.Ext(name)
	for stem := strings.TrimSuffix(name, ext); len(name) > 200 && stem != ""; name = stem + ext {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	if name == "" || name == "/" {
		return "document"
	}
	return name
}
