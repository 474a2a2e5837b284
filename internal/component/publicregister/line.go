package publicregister

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// line is an event as one reader may read it.
type line struct {
	journal.Event
	Text   string
	Family string
	Space  *space.Space // nil when it concerns none, or one that the reader may not see
	// Actor and Subject are names, for organisers only.
	Actor, Subject string
}

// family is what an event belongs to: the part of its kind before the dot.
func family(kind string) string {
	f, _, _ := strings.Cut(kind, ".")
	return f
}

// kinds are all the kinds that components declare, by name.
func (c *Component) kinds() map[string]component.Kind {
	out := map[string]component.Kind{}
	for _, comp := range c.deps.All() {
		if k, ok := comp.(component.JournalKinds); ok {
			for _, kind := range k.Kinds() {
				out[kind.Name] = kind
			}
		}
	}
	return out
}

// families lists the families of the kinds, sorted.
func families(kinds map[string]component.Kind) []string {
	seen := map[string]bool{}
	var out []string
	for name := range kinds {
		if f := family(name); !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	sort.Strings(out)
	return out
}

// ofFamily lists the kinds of a family, sorted.
func ofFamily(kinds map[string]component.Kind, f string) []string {
	var out []string
	for name := range kinds {
		if family(name) == f {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out
}

// reader turns events into lines for one viewer, looking each space and name up once.
type reader struct {
	tx     *db.Tx
	words  *i18n.Bundle
	lang   i18n.Lang
	viewer people.Viewer
	kinds  map[string]component.Kind
	spaces map[int64]space.Access
	names  map[string]string
}

func (c *Component) reader(ctx context.Context, tx *db.Tx) *reader {
	req := site.From(ctx)
	return &reader{tx, c.deps.Site.Words, req.Lang, req.Viewer, c.kinds(), map[int64]space.Access{}, map[string]string{}}
}

func (r *reader) line(e journal.Event) (line, error) {
	l := line{Event: e, Family: family(e.Kind)}
	near := reachOrganisation(r.viewer)
	if e.Space != 0 {
		a, err := r.access(e.Space)
		if err != nil {
			return l, err
		}
		near = reachIn(a)
		if near != outside {
			l.Space = &a.Space
		}
	}
	l.Text = r.sentence(e, near)
	if near != organiser {
		return l, nil
	}
	var err error
	if e.Actor != 0 {
		if l.Actor, err = r.name(people.AccountSubject(e.Actor)); err != nil {
			return l, err
		}
	}
	l.Subject, err = r.name(e.Subject)
	return l, err
}

func (r *reader) access(id int64) (space.Access, error) {
	if a, ok := r.spaces[id]; ok {
		return a, nil
	}
	s, err := space.Find(r.tx, id)
	if err != nil {
		return space.Access{}, err
	}
	a, err := space.AccessTo(r.tx, s, r.viewer)
	r.spaces[id] = a
	return a, err
}

// name is that of the account or member which a subject is; "" for other subjects, and for those who
// are no longer there.
func (r *reader) name(subject string) (string, error) {
	if name, ok := r.names[subject]; ok {
		return name, nil
	}
	what, number, _ := strings.Cut(subject, "/")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return "", nil // a subject without a number is nobody
	}
	name := ""
	switch what {
	case "account":
		var a people.Account
		a, err = people.FindAccount(r.tx, id)
		name = a.Name
	case "member":
		var m people.Member
		m, err = people.FindMember(r.tx, id)
		name = m.Name()
	}
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return "", err
	}
	r.names[subject] = name
	return name, nil
}

// sentence tells the event with what the reader may read of it; where the sentence needs more,
// the one under ".sealed" says only that it happened.
func (r *reader) sentence(e journal.Event, near reach) string {
	key := "event." + e.Kind
	k, known := r.kinds[e.Kind]
	if known && mayRead(k, near) && !e.Erased() && r.words.Has(key) {
		if text := r.words.T(r.lang, key, r.arguments(k, near, e.Payload)...); !strings.ContainsAny(text, "{}") {
			return text
		}
	}
	if r.words.Has(key + ".sealed") {
		return r.words.T(r.lang, key+".sealed")
	}
	return r.words.T(r.lang, "publicregister.neutral", "family", familyName(r.words, r.lang, family(e.Kind)))
}

// arguments are the fields of the payload that the reader may read, as the sentence takes
// them; a value that has a word under "event.value.FIELD.VALUE" is said by it.
func (r *reader) arguments(k component.Kind, near reach, payload json.RawMessage) []any {
	var fields map[string]any
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil {
		return nil // not an object: it has no fields to say
	}
	var args []any
	for field, v := range fields {
		if !mayReadField(k, near, field) {
			continue
		}
		switch v := v.(type) {
		case string:
			args = append(args, field, r.value(field, strings.NewReplacer("{", "(", "}", ")").Replace(v)))
		case bool:
			args = append(args, field, r.value(field, fmt.Sprint(v)))
		case json.Number:
			if n, err := v.Int64(); err == nil {
				args = append(args, field, n)
			} else {
				args = append(args, field, v.String())
			}
		}
	}
	return args
}

// exact is how events write a number of votes, which may be a fraction.
var exact = regexp.MustCompile(`^-?[0-9]+/[0-9]+$`)

func (r *reader) value(field, v string) any {
	if key := "event.value." + field + "." + v; r.words.Has(key) {
		return i18n.Term(key)
	}
	if exact.MatchString(v) {
		if f, err := statute.ParseFrac(v); err == nil {
			return statute.FormatNumber(f, string(r.lang))
		}
	}
	return v
}

func familyName(words *i18n.Bundle, lang i18n.Lang, f string) string {
	if key := "publicregister.family." + f; words.Has(key) {
		return words.T(lang, key)
	}
	return f
}
