package stage_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// scene is an assembly of members with its chair, a facilitator, an elector and an observer.
type scene struct {
	*apptest.House
	space                                 space.Space
	chair, guide, ana, observer, stranger *apptest.Browser
	token                                 string        // of Ana's session
	member                                people.Member // Ana
}

func open(t *testing.T, h *apptest.House) scene {
	t.Helper()
	s := scene{House: h}
	accounts := map[people.Role]int64{}
	ana := h.AddMember(people.Member{FirstName: "Ana", LastName: "Rive", Number: "1", PaidUp: true, Shares: 1})
	s.member = ana
	h.Write(func(tx *db.Tx) (err error) {
		if s.space, err = space.Create(tx, 0, space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: space.Members, TimeZone: "Europe/Paris"}); err != nil {
			return err
		}
		if _, err := electorate.SetStatutes(tx, 0, s.space, string(statute.Template(statute.Association))); err != nil {
			return err
		}
		if _, _, err := electorate.DrawRoll(tx, 0, s.space, tx.Now); err != nil {
			return err
		}
		for _, role := range []people.Role{people.Chair, people.Facilitator, people.Observer, "stranger"} {
			a, err := people.OpenAccount(tx, "Compte "+string(role), string(role)+"@example.org", "fr")
			if err != nil {
				return err
			}
			accounts[role] = a.ID
			if role != "stranger" {
				err = space.GiveRole(tx, 0, s.space.ID, a.ID, role)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	account := h.AccountOf(ana)
	h.Write(func(tx *db.Tx) (err error) {
		s.token, err = people.OpenSession(tx, account.ID, people.ByLink, "test")
		return err
	})
	s.chair, s.guide, s.observer, s.stranger = h.As(accounts[people.Chair]), h.As(accounts[people.Facilitator]), h.As(accounts[people.Observer]), h.As(accounts["stranger"])
	s.ana = h.As(account.ID)
	return s
}

// upload sends a file to an address as a browser does.
func (s scene) upload(b *apptest.Browser, path, name string, content []byte, fields ...string) apptest.Answer {
	s.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i < len(fields); i += 2 {
		w.WriteField(fields[i], fields[i+1])
	}
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			s.T.Fatal(err)
		}
		f.Write(content)
	}
	w.Close()
	req, err := http.NewRequest(http.MethodPost, s.URL+path, &body)
	if err != nil {
		s.T.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.Do(req)
}

func pdf(t *testing.T, titles ...string) []byte {
	t.Helper()
	var blocks doc.Blocks
	for i, title := range titles {
		if i > 0 {
			blocks = append(blocks, doc.PageBreak{})
		}
		blocks = append(blocks, doc.Heading{Level: 1, Text: doc.Plain(title)})
	}
	var b bytes.Buffer
	if err := doc.PDF(&b, doc.Document{Blocks: blocks}, doc.PDFOptions{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func find(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("nothing like %s in %.3000s", pattern, body)
	}
	return m[1]
}

// made lets the program make the pictures of what waits.
func (s scene) made(t *testing.T) {
	t.Helper()
	for range 300 {
		s.TickNow()
		if body := s.chair.Get("/a/ag/stage/prepare").Body; !strings.Contains(body, "se préparent") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("the pictures are not made")
}

// deck brings slides and gives their id, their pictures made.
func (s scene) deck(t *testing.T, title string, pages ...string) string {
	t.Helper()
	s.upload(s.chair, "/a/ag/stage/decks", "comptes.pdf", pdf(t, pages...), "title", title).Want(t, 303)
	s.made(t)
	return find(t, s.chair.Get("/a/ag/stage/prepare").Body, `/a/ag/stage/deck/(\d+)/file">`+title)
}

// follow opens the stream of Ana's page; a function waits for a message of an event.
func (s scene) follow(t *testing.T) func(event string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/a/ag/live/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.AddCookie(&http.Cookie{Name: "isegoria", Value: s.token})
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != 200 {
		t.Fatal(err, res)
	}
	lines := bufio.NewScanner(res.Body)
	return func(event string) string {
		t.Helper()
		for lines.Scan() {
			if lines.Text() != "event: "+event {
				continue
			}
			lines.Scan()
			return strings.TrimPrefix(lines.Text(), "data: ")
		}
		t.Fatalf("the stream ended without %s", event)
		return ""
	}
}

// files are what fn adds to an archive.
func files(t *testing.T, fn func(component.AddFile) error) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fn(func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		out[name] = b.String()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// part is the component itself.
func (s scene) part() component.Component {
	for _, c := range s.Components {
		if c.Key() == "stage" {
			return c
		}
	}
	s.T.Fatal("no component")
	return nil
}

// motion writes a resolution, then changes its text, and gives its id.
func (s scene) motion(t *testing.T, title, first, then string) string {
	t.Helper()
	var id int64
	for _, c := range s.Components {
		v, ok := c.(*vote.Component)
		if !ok {
			continue
		}
		ctx := context.Background()
		a := space.Access{Space: s.space, Viewer: people.Viewer{Account: 1}, Roles: map[people.Role]bool{people.Chair: true}}
		series, err := v.PutSeries(ctx, a, vote.Series{Title: "Vote"}, "")
		if err != nil {
			t.Fatal(err)
		}
		r := vote.Resolution{Series: series.ID, Title: title, Text: first, Form: vote.Motion, Rule: statutesMotion(t)}
		if r, err = v.PutResolution(ctx, a, r); err != nil {
			t.Fatal(err)
		}
		s.TickNow()
		r.Text = then
		if r, err = v.PutResolution(ctx, a, r); err != nil {
			t.Fatal(err)
		}
		id = r.ID
	}
	s.TickNow()
	return strconv.FormatInt(id, 10)
}

// statutesMotion is the key of a rule that the statutes have for motions.
func statutesMotion(t *testing.T) string {
	t.Helper()
	rules, findings := statute.Parse(statute.Template(statute.Association))
	if len(rules.Motions) == 0 {
		t.Fatal(findings)
	}
	return rules.Motions[0].Key
}

// minutes is what the component tells the minutes.
func (s scene) minutes(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	s.Read(func(tx *db.Tx) error {
		parts, err := s.part().(component.Contributor).Contribute(tx, s.space, component.Minutes, i18n.French)
		if err != nil {
			return err
		}
		for _, p := range parts {
			if err := doc.Text(&b, doc.Document{Blocks: p.Blocks}); err != nil {
				return err
			}
		}
		return nil
	})
	return apptest.Plain(b.String())
}
