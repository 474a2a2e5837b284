// Package i18n holds the program's words: French first, English beside it. Each folder
// that shows words carries locale/fr.json and locale/en.json, flat files of key to
// sentence. A sentence names its arguments in braces ("{count} membres"); a key with
// the endings ".one" and ".other" is chosen by its argument "n".
package i18n

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Lang is a language the program speaks.
type Lang string

const (
	French  Lang = "fr"
	English Lang = "en"
)

// Langs are the languages, the first being the default.
var Langs = []Lang{French, English}

// Bundle is every word of the program.
type Bundle struct {
	words map[Lang]map[string]string
}

// Load merges the locale files (fr.json, en.json at the root of each folder).
func Load(folders ...fs.FS) (*Bundle, error) {
	b := &Bundle{words: map[Lang]map[string]string{}}
	for _, lang := range Langs {
		b.words[lang] = map[string]string{}
		for _, folder := range folders {
			if err := b.add(lang, folder); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func (b *Bundle) add(lang Lang, folder fs.FS) error {
	text, err := fs.ReadFile(folder, string(lang)+".json")
	if err != nil {
		return err
	}
	var words map[string]string
	if err := json.Unmarshal(text, &words); err != nil {
		return fmt.Errorf("locale %s: %w", lang, err)
	}
	for key, w := range words {
		if _, twice := b.words[lang][key]; twice {
			return fmt.Errorf("locale %s: the key %q stands twice", lang, key)
		}
		if lang == French {
			w = Typography(w)
		}
		b.words[lang][key] = w
	}
	return nil
}

// Missing lists the keys that one language has and another has not, and those whose
// arguments differ, as "lang: key".
func (b *Bundle) Missing() []string {
	var out []string
	for _, lang := range Langs {
		for _, other := range Langs {
			for key, w := range b.words[other] {
				mine, ok := b.words[lang][key]
				if !ok {
					out = append(out, string(lang)+": "+key)
				} else if lang < other && arguments(mine) != arguments(w) {
					out = append(out, string(lang)+" and "+string(other)+" differ in arguments: "+key)
				}
			}
		}
	}
	sort.Strings(out)
	return out
}

// Keys lists all keys.
func (b *Bundle) Keys() []string {
	var out []string
	for key := range b.words[French] {
		out = append(out, key)
	}
	sort.Strings(out)
	return out
}

// Has tells whether the key, or its plural form, exists.
func (b *Bundle) Has(key string) bool {
	_, ok := b.words[French][key]
	_, plural := b.words[French][key+".other"]
	return ok || plural
}

var braces = regexp.MustCompile(`\{[a-z_]+\}`)

func arguments(w string) string {
	found := braces.FindAllString(w, -1)
	sort.Strings(found)
	return strings.Join(found, "")
}

// T is the sentence under key in lang; args are name, value pairs. An unknown key shows
// itself, so that a mistake is seen.
func (b *Bundle) T(lang Lang, key string, args ...any) string {
	w, ok := b.words[lang][key]
	if !ok {
		if w, ok = b.words[lang][key+plural(lang, args)]; !ok {
			return key
		}
	}
	if len(args) == 0 || !strings.Contains(w, "{") {
		return w
	}
	for i := 0; i+1 < len(args); i += 2 {
		name := fmt.Sprint(args[i])
		w = strings.ReplaceAll(w, "{"+name+"}", b.show(lang, args[i+1]))
	}
	return w
}

func plural(lang Lang, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "n" {
			n := fmt.Sprint(args[i+1])
			if n == "1" || n == "-1" || lang == French && n == "0" {
				return ".one"
			}
		}
	}
	return ".other"
}

// Term is an argument that is itself a key to translate.
type Term string

func (b *Bundle) show(lang Lang, v any) string {
	switch v := v.(type) {
	case Term:
		return b.T(lang, string(v))
	case int:
		return Number(lang, int64(v))
	case int64:
		return Number(lang, v)
	case time.Time:
		return DateTime(lang, v)
	case interface{ Text(lang string) string }: // a sentence of the science, in both languages
		return v.Text(string(lang))
	default:
		return fmt.Sprint(v)
	}
}

// Number writes n with its thousands set apart: 1 000 in French, 1,000 in English.
func Number(lang Lang, n int64) string {
	s := strconv.FormatInt(n, 10)
	sep := "\u202f"
	if lang == English {
		sep = ","
	}
	sign := ""
	if s[0] == '-' {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

var months = map[Lang][]string{
	French:  {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var days = map[Lang][]string{
	French:  {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
	English: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

// Date writes the day in t's own zone: "jeudi 11 juin 2026", "Thursday 11 June 2026".
func Date(lang Lang, t time.Time) string {
	day := strconv.Itoa(t.Day())
	if lang == French && t.Day() == 1 {
		day = "1er"
	}
	return fmt.Sprintf("%s %s %s %d", days[lang][t.Weekday()], day, months[lang][t.Month()-1], t.Year())
}

// Clock writes the time of day in t's own zone: "18 h 30", "6:30 pm".
func Clock(lang Lang, t time.Time) string {
	if lang == English {
		return t.Format("3:04 pm")
	}
	if t.Minute() == 0 {
		return fmt.Sprintf("%d\u00a0h", t.Hour())
	}
	return fmt.Sprintf("%d\u00a0h\u00a0%02d", t.Hour(), t.Minute())
}

// DateTime writes the day and the time of day in t's own zone.
func DateTime(lang Lang, t time.Time) string {
	if lang == English {
		return Date(lang, t) + " at " + Clock(lang, t)
	}
	return Date(lang, t) + " à " + Clock(lang, t)
}

var typography = strings.NewReplacer(
	" ;", "\u202f;", " !", "\u202f!", " ?", "\u202f?", " :", "\u00a0:", " %", "\u00a0%", " €", "\u00a0€",
	"« ", "«\u00a0", " »", "\u00a0»", "'", "’",
)

// Typography sets a French sentence's spaces and apostrophes as the printed page has them.
func Typography(s string) string { return typography.Replace(s) }

// Preferred is the first language of an Accept-Language header (RFC 9110, 12.5.4) that the
// program speaks; French when there is none.
func Preferred(header string) Lang {
	for item := range strings.SplitSeq(header, ",") {
		tag, _, _ := strings.Cut(item, ";")
		primary, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
		for _, lang := range Langs {
			if primary == string(lang) {
				return lang
			}
		}
	}
	return French
}
