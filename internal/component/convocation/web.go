package convocation

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// board is what the organisers' pages show of a convocation.
type board struct {
	scene
	access space.Access
	conv   Convocation
	who    audience
	counts Counts
	due    Counts // letters in no file yet
	notice statute.NoticeDecision
	server bool // mails leave the house

	subject, intro string // as typed, or as they stand
	late           Late
	errors         map[string]string
}

func (b board) path(more string) string { return b.access.Space.Path() + "/convocation" + more }

// organise reads the convocation for those who manage it.
func (c *Component) organise(r *http.Request) (b board, err error) {
	if _, err := site.MustSignIn(r); err != nil {
		return b, err
	}
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		if !canManage(a) {
			return site.Forbidden()
		}
		b, err = c.loadBoard(tx, a)
		return err
	})
	b.subject, b.intro = c.text(b.conv, b.access.Space, site.From(r.Context()).Lang)
	return b, err
}

func (c *Component) loadBoard(tx *db.Tx, a space.Access) (b board, err error) {
	b = board{access: a, server: c.deps.MailServer}
	if b.scene, err = c.loadScene(tx, a.Space); err != nil {
		return b, err
	}
	if b.conv, err = find(tx, a.Space); err != nil {
		return b, err
	}
	if b.who, err = countAudience(tx, a.Space.ID, b.conv.Call); err != nil {
		return b, err
	}
	if b.counts, _, err = countFates(tx, a.Space.ID, b.conv.Call); err != nil {
		return b, err
	}
	if b.due, err = countDue(tx, a.Space.ID, b.conv.Call); err != nil {
		return b, err
	}
	sent, held := tx.Now, b.held
	if b.conv.State != Draft {
		sent, held = b.conv.StartedAt, b.conv.Held
	}
	if !held.IsZero() {
		b.notice = b.rules.CheckNotice(b.conv.Call, sent.In(a.Space.Zone()), held.In(a.Space.Zone()))
	}
	return b, nil
}

func (c *Component) page(w http.ResponseWriter, r *http.Request, b board, status int, title string, view templ.Component) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), title), Status: status, View: view})
}

func (c *Component) showConvocation(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	return c.page(w, r, b, http.StatusOK, "convocation.title", mainView(b))
}

func (c *Component) saveText(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	b.subject, b.intro = r.FormValue("subject"), r.FormValue("intro")
	err = c.SaveText(r.Context(), b.access, site.From(r.Context()).Lang, b.subject, b.intro)
	if b.errors = site.FieldErrors(r, err); b.errors != nil {
		return c.page(w, r, b, http.StatusUnprocessableEntity, "convocation.title", mainView(b))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, b.path("")+"?saved=1")
}

func (c *Component) showSend(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	if b.who.New == 0 || b.held.IsZero() {
		return site.Redirect(w, r, b.path(""))
	}
	b.notice = b.rules.CheckNotice(b.conv.Call, site.From(r.Context()).Now.In(b.space.Zone()), b.held.In(b.space.Zone()))
	return c.page(w, r, b, http.StatusOK, "convocation.send.title", sendView(b))
}

func (c *Component) send(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	b.late = Late{Confirmed: r.FormValue("confirm") != "", Reason: r.FormValue("reason")}
	err = c.Send(r.Context(), b.access, b.late)
	if b.errors = site.FieldErrors(r, err); b.errors != nil {
		b.notice = b.rules.CheckNotice(b.conv.Call, site.From(r.Context()).Now.In(b.space.Zone()), b.held.In(b.space.Zone()))
		return c.page(w, r, b, http.StatusUnprocessableEntity, "convocation.send.title", sendView(b))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, b.path(""))
}

func (c *Component) showProgress(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	return c.deps.Site.Fragment(w, r, progress(b))
}

// showPreview shows the mail as it would leave, to somebody with the viewer's name.
func (c *Component) showPreview(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	v, lang := site.Viewer(r.Context()), site.From(r.Context()).Lang
	var text string
	var page bytes.Buffer
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		d, err := c.read(tx, b.scene, b.conv, lang)
		if err != nil {
			return err
		}
		tpl, err := c.newTemplate(b.scene, lang, d, false)
		if err != nil {
			return err
		}
		text = c.message(tpl, reader{name: v.Name}).Text
		d.Title = "" // the page says it
		return doc.HTML(&page, d)
	})
	if err != nil {
		return err
	}
	return c.page(w, r, b, http.StatusOK, "convocation.preview.title", previewView(b, text, page.String()))
}

// readable is the convocation to read, which has left.
func (c *Component) readable(r *http.Request, organisersToo bool) (a space.Access, conv Convocation, d doc.Document, err error) {
	lang := site.From(r.Context()).Lang
	if l := i18n.Lang(r.FormValue("lang")); l == i18n.French || l == i18n.English {
		lang = l
	}
	err = c.deps.InSpace(r, func(tx *db.Tx, in space.Access) error {
		a = in
		if !canRead(a) {
			if _, err := site.MustSignIn(r); err != nil {
				return err
			}
			return site.Forbidden()
		}
		if conv, err = find(tx, a.Space); err != nil {
			return err
		}
		if conv.State == Draft && !(organisersToo && canManage(a)) {
			return fault.New(fault.NotFound, "convocation.not_sent")
		}
		s, err := c.loadScene(tx, a.Space)
		if err != nil {
			return err
		}
		d, err = c.read(tx, s, conv, lang)
		return err
	})
	return a, conv, d, err
}

func (c *Component) showText(w http.ResponseWriter, r *http.Request) error {
	a, conv, d, err := c.readable(r, false)
	if err != nil {
		return err
	}
	var page bytes.Buffer
	if err := doc.HTML(&page, d); err != nil {
		return err
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "convocation.text.title"), View: textView(a, conv, page.String())})
}

func (c *Component) downloadText(w http.ResponseWriter, r *http.Request) error {
	a, conv, d, err := c.readable(r, true)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := writePDF(&out, d); err != nil {
		return err
	}
	return file(w, "application/pdf", fmt.Sprintf("convocation-%s-%d.pdf", a.Space.Slug, conv.Call), out.Bytes())
}

// file answers with a file to keep.
func file(w http.ResponseWriter, kind, name string, content []byte) error {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, err := w.Write(content)
	return err
}

// pathID is the number that a part of the address must be.
func pathID(r *http.Request, name string) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue(name), 10, 64)
	if err != nil {
		return 0, db.ErrNotFound
	}
	return id, nil
}
