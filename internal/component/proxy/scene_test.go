package proxy_test

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
)

var (
	noon   = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	opens  = time.Date(2026, 6, 10, 9, 0, 0, 0, time.UTC)
	closes = time.Date(2026, 6, 20, 18, 0, 0, 0, time.UTC)
)

// rules of an association of two colleges; the test adds to the proxies.
func rules(proxies string) string {
	return `kind = "association"
[votes]
count = "member"
[[colleges]]
key = "a"
name = "Salarié·es"
[[colleges]]
key = "b"
name = "Usager·es"
[counting]
colleges = "pooled"
[[motions]]
key = "m"
name = "Décision"
majority = "simple"
[proxies]
allowed = true
in_person_withdraws = true
article = "art. 18"
` + proxies
}

const usual = "max_number = 1\n"

// scene is an assembly with its electors, by first name: Ana, Bob, Cleo and Dana of college a, Eva of
// college b. Otto is an officer, Ada administers, Sam is a scrutineer, Olga an observer, Max a
// member who is not on the roll, and Olaf an officer of another assembly.
type scene struct {
	*apptest.House
	t        *testing.T
	space    space.Space
	id       map[string]int64
	browser  map[string]*apptest.Browser
	now      time.Time
	series   int64
	question int64
}

func start(t *testing.T, h *apptest.House, text string) *scene {
	t.Helper()
	s := &scene{House: h, t: t, id: map[string]int64{}, browser: map[string]*apptest.Browser{"visitor": h.Visitor()}, now: noon}
	h.Site.DB.SetClock(func() time.Time { return s.now })
	for i, m := range []people.Member{
		{FirstName: "Ana", LastName: "Abad", College: "a", Email: "ana@example.org", Language: "en"}, {FirstName: "Bob", LastName: "Berr", College: "a", Email: "bob@example.org"},
		{FirstName: "Cleo", LastName: "Cros", College: "a"}, {FirstName: "Dana", LastName: "Dulac", College: "a", Email: "dana@example.org"},
		{FirstName: "Eva", LastName: "Eloy", College: "b", Email: "eva.bernard@example.org", City: "Bernay"},
		{FirstName: "Max", LastName: "Mat", AdmittedOn: "2026-09-01", College: "a"},
	} {
		m.Number = fmt.Sprint(i + 1)
		m = h.AddMember(m)
		s.id[m.FirstName], s.browser[m.FirstName] = m.ID, h.As(h.AccountOf(m).ID)
	}
	s.as("Ana").Get("/language/fr").Want(t, 303) // who reads mails in English
	s.browser["Ada"] = h.As(h.Administrator().ID)
	h.Write(func(tx *db.Tx) (err error) {
		add := func(slug string) (sp space.Space) {
			sp, err = space.Create(tx, 1, space.Space{Slug: slug, Kind: space.GeneralAssembly, Title: "AG 2026", Visibility: space.Members, TimeZone: "UTC"})
			if err != nil {
				t.Fatal(err)
			}
			if findings, err := electorate.SetStatutes(tx, 1, sp, text); err != nil {
				t.Fatal(err, findings)
			}
			return sp
		}
		s.space = add("ag")
		other := add("other")
		for name, at := range map[string]struct {
			space int64
			role  people.Role
		}{"Otto": {s.space.ID, people.Officer}, "Sam": {s.space.ID, people.Scrutineer}, "Olga": {s.space.ID, people.Observer}, "Olaf": {other.ID, people.Officer}} {
			a, err := people.OpenAccount(tx, name, strings.ToLower(name)+"@example.org", "fr")
			if err != nil {
				return err
			}
			if err := space.GiveRole(tx, 1, at.space, a.ID, at.role); err != nil {
				return err
			}
			s.id[name] = a.ID
		}
		_, _, err = electorate.DrawRoll(tx, 1, s.space, closes)
		return err
	})
	for _, name := range []string{"Otto", "Sam", "Olga", "Olaf"} {
		s.browser[name] = h.As(s.id[name])
	}
	s.announce()
	return s
}

// announce puts one resolution to the vote from opens to closes, as an officer does.
func (s *scene) announce() {
	s.t.Helper()
	const form = "2006-01-02T15:04"
	s.as("Otto").Post("/a/ag/prepare/series", "title", "Vote", "opens", opens.Format(form), "closes", closes.Format(form), "names", "on").Want(s.t, 303)
	s.Read(func(tx *db.Tx) error { return tx.Row("SELECT id FROM vote_series", nil, &s.series) })
	s.as("Otto").Post("/a/ag/prepare/resolution", "series", fmt.Sprint(s.series), "title", "Comptes", "text", "Oui ?", "rule", "motion:m").Want(s.t, 303)
	s.Read(func(tx *db.Tx) error { return tx.Row("SELECT id FROM vote_resolution", nil, &s.question) })
}

func (s *scene) as(name string) *apptest.Browser { return s.browser[name] }

// give offers a proxy on the site.
func (s *scene) give(from, to string) apptest.Answer {
	s.t.Helper()
	holder := "blank"
	if to != "" {
		holder = fmt.Sprint(s.id[to])
	}
	return s.as(from).Post("/a/ag/proxy", "holder", holder)
}

// of is the last proxy that somebody gave.
func (s *scene) of(name string) (p electorate.Proxy) {
	s.t.Helper()
	s.Read(func(tx *db.Tx) error {
		return electorate.EachProxy(tx, s.space.ID, func(q electorate.Proxy) error {
			if q.Principal == s.id[name] {
				p = q
			}
			return nil
		})
	})
	return p
}

// path is the address of an act on the last proxy that somebody gave.
func (s *scene) path(of, act string) string {
	return fmt.Sprintf("/a/ag/proxy/%d/%s", s.of(of).ID, act)
}

func (s *scene) answer(holder, of, yes string) apptest.Answer {
	s.t.Helper()
	return s.as(holder).Post(s.path(of, "answer"), "answer", yes)
}

// mails counts those to an address by subject.
func (s *scene) mails(to string) (subjects []string, texts string) {
	s.t.Helper()
	s.Read(func(tx *db.Tx) error {
		ids, err := db.All(tx, "SELECT id FROM mail WHERE to_address = $1 AND kind = 'proxy' ORDER BY id", []any{to}, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
		for _, id := range ids {
			m, err := mail.Get(tx, id)
			if err != nil {
				return err
			}
			subjects, texts = append(subjects, apptest.Plain(m.Subject)), texts+apptest.Plain(m.Text)
		}
		return err
	})
	return subjects, texts
}

func (s *scene) stands(of string, state electorate.ProxyState, reason string) {
	s.t.Helper()
	if p := s.of(of); p.State != state || p.EndReason != reason {
		s.t.Errorf("the proxy of %s is %s %q, want %s %q", of, p.State, p.EndReason, state, reason)
	}
}

// upload sends the paper form with a file.
func (s *scene) upload(as, principal, holder, file string, content []byte) apptest.Answer {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	fields := map[string]string{"principal": fmt.Sprint(s.id[principal]), "holder": holder}
	for k, v := range fields {
		if err := form.WriteField(k, v); err != nil {
			s.t.Fatal(err)
		}
	}
	if file != "" {
		part, err := form.CreateFormFile("scan", file)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := part.Write(content); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		s.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.URL+"/a/ag/proxies/new", &body)
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return s.as(as).Do(req)
}

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
