package agenda_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// aPDF is a whole PDF with nothing on its page.
const aPDF = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

type scene struct {
	*apptest.House
	space                   space.Space
	chair, member, stranger *apptest.Browser
}

// open makes an assembly of members, its chair and a member; the stranger has an account and
// nothing else.
func open(t *testing.T, h *apptest.House, v space.Visibility) scene {
	t.Helper()
	s := scene{House: h, space: space.Space{Slug: "ag", Kind: space.GeneralAssembly, Title: "AG", Visibility: v, TimeZone: "Europe/Paris"}}
	var chair, stranger people.Account
	h.Write(func(tx *db.Tx) (err error) {
		if s.space, err = space.Create(tx, 0, s.space); err != nil {
			return err
		}
		if chair, err = people.OpenAccount(tx, "Camille Présidente", "chair@example.org", "fr"); err != nil {
			return err
		}
		if stranger, err = people.OpenAccount(tx, "Personne", "stranger@example.org", "fr"); err != nil {
			return err
		}
		return space.GiveRole(tx, 0, s.space.ID, chair.ID, people.Chair)
	})
	s.chair, s.stranger = h.As(chair.ID), h.As(stranger.ID)
	s.member = h.As(h.AccountOf(h.AddMember(people.Member{LastName: "Bernard"})).ID)
	return s
}

// upload sends a file as a browser does.
func (s scene) upload(b *apptest.Browser, name, content, title, item string) apptest.Answer {
	s.T.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("title", title)
	w.WriteField("item", item)
	if name != "" {
		f, err := w.CreateFormFile("file", name)
		if err != nil {
			s.T.Fatal(err)
		}
		io.WriteString(f, content)
	}
	w.Close()
	req, err := http.NewRequest(http.MethodPost, s.URL+"/a/ag/documents/new", &body)
	if err != nil {
		s.T.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.Do(req)
}

func find(t *testing.T, body, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("nothing like %s in %.2000s", pattern, body)
	}
	return m[1]
}

func TestAgenda(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h, space.Members)
		s.chair.Get("/a/ag/agenda").Want(t, 200, "Ajouter un point")
		s.member.Get("/a/ag/agenda").Want(t, 200, "Il paraîtra ici", "!Ajouter un point")
		for _, title := range []string{"Comptes", "Mandats", "Motion"} {
			s.chair.Post("/a/ag/agenda/new", "title", title, "speaker", "Inès", "minutes", "45", "text", "Un.\r\n\r\nDeux.").Want(t, 303)
		}
		s.chair.Post("/a/ag/agenda/new", "title", "", "minutes", "beaucoup", "text", "gardé").
			Want(t, 422, "Donnez un titre à ce point", "Donnez un nombre de minutes", "gardé", "beaucoup")
		page := s.member.Get("/a/ag/agenda").Want(t, 200, "Environ 2 h 15", "Inès, 45 min", "!Monter")
		if !inOrder(page.Body, "Comptes", "Mandats", "Motion") {
			t.Error("the items are not in the order in which they were added")
		}
		last := find(t, page.Body, `id="item-(\d+)"[^M]*<h2>[^M]*Motion`)
		s.chair.Post("/a/ag/agenda/"+last+"/move", "do", "up").Want(t, 303)
		s.chair.Post("/a/ag/agenda/"+last+"/move", "do", "up").Want(t, 303)
		s.chair.Post("/a/ag/agenda/"+last+"/move", "do", "up").Want(t, 303) // already first
		if page = s.member.Get("/a/ag/agenda"); !inOrder(page.Body, "Motion", "Comptes", "Mandats") {
			t.Error("the item did not move up")
		}
		s.chair.Get("/a/ag/agenda/"+last+"/edit").Want(t, 200, "Motion", "45")
		s.chair.Post("/a/ag/agenda/"+last+"/edit", "title", "Motion du cercle", "minutes", "").Want(t, 303)
		s.member.Get("/a/ag").Want(t, 200, "Motion du cercle")
		s.chair.Post("/a/ag/agenda/"+last+"/remove").Want(t, 303)
		s.member.Get("/a/ag/agenda").Want(t, 200, "!Motion du cercle")
		s.chair.Post("/a/ag/agenda/"+last+"/edit", "title", "x").Want(t, 404)
		h.TickNow() // what was written gets its place in the chain
		s.chair.Get("/a/ag/journal").Want(t, 200, "point ajouté : Comptes", "déplacé à la place 1", "point retiré : Motion du cercle")
	})
}

func inOrder(body string, words ...string) bool {
	main := body[strings.Index(body, "<main"):]
	for _, w := range words {
		i := strings.Index(main, w)
		if i < 0 {
			return false
		}
		main = main[i:]
	}
	return true
}

func TestDocuments(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := open(t, h, space.Members)
		s.chair.Post("/a/ag/agenda/new", "title", "Comptes").Want(t, 303)
		item := find(t, s.chair.Get("/a/ag/agenda").Body, `id="item-(\d+)"`)
		s.upload(s.chair, "rapport.pdf", aPDF, "Rapport de gestion", item).Want(t, 303)
		s.upload(s.chair, "rapport.pdf", "<html>", "", "0").Want(t, 422, "n'est pas accepté")
		s.upload(s.chair, "page.html", "<html>", "", "0").Want(t, 422, "n'est pas accepté")
		s.upload(s.chair, "", "", "Sans fichier", "0").Want(t, 422, "Choisissez un fichier", "Sans fichier")
		s.upload(s.chair, "rapport.pdf", aPDF, "", "12345").Want(t, 404)

		page := s.member.Get("/a/ag/agenda").Want(t, 200, "Rapport de gestion", "PDF, 1 ko", "!ajouté par")
		s.chair.Get("/a/ag/agenda").Want(t, 200, "ajouté par Camille Présidente")
		path := find(t, page.Body, `href="(/a/ag/documents/\d+)"`)
		got := s.member.Get(path).Want(t, 200)
		if got.Body != aPDF || got.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("served %v: %.60q", got.Header, got.Body)
		}
		s.stranger.Get(path).Want(t, 404)
		h.Visitor().Get(path).Want(t, 303)
		s.member.Get("/a/ag/documents/77").Want(t, 404)

		// A document outlives the item it was for.
		s.chair.Post("/a/ag/agenda/"+item+"/remove").Want(t, 303)
		s.member.Get("/a/ag/agenda").Want(t, 200, "Rapport de gestion")
		s.chair.Post(path+"/remove").Want(t, 303)
		s.member.Get(path).Want(t, 404)
	})
}

// Every route, for each role that must not pass.
func TestRefusals(t *testing.T) {
	h := apptest.Start(t)
	s := open(t, h, space.Members)
	s.chair.Post("/a/ag/agenda/new", "title", "Comptes").Want(t, 303)
	item := find(t, s.chair.Get("/a/ag/agenda").Body, `id="item-(\d+)"`)
	s.upload(s.chair, "rapport.pdf", aPDF, "", "0").Want(t, 303)
	document := find(t, s.chair.Get("/a/ag/agenda").Body, `href="(/a/ag/documents/\d+)"`)
	for _, path := range []string{"/a/ag/agenda/new", "/a/ag/agenda/" + item + "/edit", "/a/ag/documents/new"} {
		s.member.Get(path).Want(t, 403)
		s.stranger.Get(path).Want(t, 404)
		h.Visitor().Get(path).Want(t, 303)
	}
	for _, path := range []string{"/a/ag/agenda/new", "/a/ag/agenda/" + item + "/edit", "/a/ag/agenda/" + item + "/move", "/a/ag/agenda/" + item + "/remove", document + "/remove"} {
		s.member.Post(path, "title", "Volé", "do", "down").Want(t, 403)
		s.stranger.Post(path, "title", "Volé", "do", "down").Want(t, 404)
		h.Visitor().Post(path, "title", "Volé", "do", "down").Want(t, 401)
	}
	s.upload(s.chair, "long.pdf", aPDF+strings.Repeat("x", 52<<20), "", "0").Want(t, 422, "Le fichier dépasse 50 Mo.", "Ajouter un document", `name="title"`)
	s.upload(s.member, "rapport.pdf", aPDF, "Volé", "0").Want(t, 403)
	s.upload(h.Visitor(), "rapport.pdf", aPDF, "Volé", "0").Want(t, 401)
	s.stranger.Get("/a/ag/agenda").Want(t, 404)
	h.Visitor().Get("/a/ag/agenda").Want(t, 303)
	s.member.Get("/a/ag/agenda").Want(t, 200, "Comptes", "!Volé")
	for _, role := range []people.Role{people.Scrutineer, people.Facilitator, people.Expert, people.Assistant, people.Participant, people.Observer} {
		var a people.Account
		h.Write(func(tx *db.Tx) (err error) {
			if a, err = people.OpenAccount(tx, string(role), string(role)+"@example.org", "fr"); err != nil {
				return err
			}
			return space.GiveRole(tx, 0, s.space.ID, a.ID, role)
		})
		h.As(a.ID).Post("/a/ag/agenda/new", "title", "Volé").Want(t, 403)
	}
}

func TestContributionAndEvidence(t *testing.T) {
	h := apptest.Start(t)
	s := open(t, h, space.Public)
	s.chair.Post("/a/ag/agenda/new", "title", "Comptes 2026", "speaker", "Inès", "minutes", "20", "text", "Les chiffres.").Want(t, 303)
	s.upload(s.chair, "rapport.pdf", aPDF, "Rapport de gestion", "0").Want(t, 303)
	files := map[string]string{}
	add := func(name string, write func(io.Writer) error) error {
		var b bytes.Buffer
		err := write(&b)
		files[name] = b.String()
		return err
	}
	for _, c := range h.Components {
		if c.Key() != "agenda" {
			continue
		}
		h.Read(func(tx *db.Tx) error {
			parts, err := c.(component.Contributor).Contribute(tx, s.space, component.Convocation, i18n.French)
			if err != nil {
				return err
			}
			text := apptest.Plain(fmt.Sprint(parts))
			for _, want := range []string{"Ordre du jour", "Comptes 2026", "(Inès, 20 min)", "Les chiffres.", "Rapport de gestion", "(PDF, 1 ko)"} {
				if !strings.Contains(text, want) {
					t.Errorf("the convocation does not say %q: %s", want, text)
				}
			}
			if !strings.Contains(fmt.Sprintf("%#v", parts), `Link:"`+h.Site.URL+"/a/ag/documents/") {
				t.Errorf("no address leads to the document: %#v", parts)
			}
			if len(parts) != 2 || parts[0].Order != 20 || parts[1].Order != 30 {
				t.Errorf("parts %v", parts)
			}
			if err := c.(component.Evidence).Evidence(tx, s.space, add); err != nil {
				return err
			}
			return c.(component.Exporter).Export(tx, add)
		})
	}
	if files["documents/01-rapport-de-gestion.pdf"] != aPDF {
		t.Errorf("the legal file has %v", files)
	}
	var list struct {
		Items     []struct{ Title string }
		Documents []struct{ Title, SHA256 string }
	}
	if err := json.Unmarshal([]byte(files["agenda.json"]), &list); err != nil || len(list.Items) != 1 || len(list.Documents) != 1 || len(list.Documents[0].SHA256) != 64 {
		t.Errorf("%v: %s", err, files["agenda.json"])
	}
	if strings.Contains(files["agenda/agenda.json"], "Camille") {
		t.Error("the export of agendas says who added a document")
	}
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("agenda.") }
