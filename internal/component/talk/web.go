package talk

import (
	"net/http"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// number reads an id; what is none is 0, which no row has.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// read gathers the page that the address asks for.
func (c *Component) read(r *http.Request) (b board, err error) {
	state := Open
	for _, s := range []State{Replied, Aside, Joined} {
		if r.URL.Query().Get("show") == string(s) {
			state = s
		}
	}
	page := int(max(1, min(number(r.URL.Query().Get("page")), 10_000)))
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if b, err = c.load(tx, a, s, state, page, perPage); err != nil || b.settings.ScreenQuestion == 0 {
			return err
		}
		q, err := findQuestion(tx, a.Space.ID, a.Viewer.Account, b.settings.ScreenQuestion)
		b.onScreen = &q
		return err
	})
	return b, err
}

func (c *Component) showQuestions(w http.ResponseWriter, r *http.Request) error {
	b, err := c.read(r)
	if err != nil {
		return err
	}
	return c.page(w, r, b, http.StatusOK)
}

func (c *Component) page(w http.ResponseWriter, r *http.Request, b board, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: b.access, Title: site.T(r.Context(), "talk.questions"), Status: status, View: pageView(b)})
}

// again shows the page with what was refused of a form, and what was typed; other errors are the
// site's to show, and so are all of them to a script.
func (c *Component) again(w http.ResponseWriter, r *http.Request, about int64, act string, err error) error {
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	b, err := c.read(r)
	if err != nil {
		return err
	}
	b.about, b.act, b.errs, b.typed = about, act, errs, map[string]string{}
	for field := range r.PostForm {
		b.typed[field] = r.PostForm.Get(field)
	}
	return c.page(w, r, b, http.StatusUnprocessableEntity)
}

func (c *Component) askQuestion(w http.ResponseWriter, r *http.Request) error {
	var q Question
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		q, err = c.ask(tx, a, number(r.FormValue("item")), r.FormValue("text"))
		return err
	})
	if err != nil {
		return c.again(w, r, 0, "ask", err)
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/questions#"+anchor(q))
}

// onQuestion is the handler of an act on one question.
func (c *Component) onQuestion(act string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := number(r.PathValue("id"))
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
			q, err := findQuestion(tx, a.Space.ID, a.Viewer.Account, id)
			if err != nil {
				return err
			}
			if act == "support" || act == "unsupport" {
				return c.support(tx, a, q, act == "support")
			}
			if err := component.Must(a, canLead(a)); err != nil {
				return err
			}
			switch act {
			case "answer":
				return c.answered(tx, a, q, r.FormValue("how") == "writing", r.FormValue("answer"))
			case "aside":
				return c.aside(tx, a, q, r.FormValue("reason"))
			case "merge":
				return c.merge(tx, a, q, number(r.FormValue("into")))
			case "reopen":
				return c.reopen(tx, a, q)
			case "floor":
				return c.giveFloor(tx, a, q)
			default:
				return c.screen(tx, a, q, act == "screen")
			}
		})
		if err != nil {
			return c.again(w, r, id, act, err)
		}
		return component.Done(w, r, "/a/"+r.PathValue("slug")+"/questions#"+anchor(Question{ID: id}))
	}
}

func (c *Component) saveQuestionSettings(w http.ResponseWriter, r *http.Request) error {
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		return c.set(tx, a, r.FormValue("closed") != "", r.FormValue("minutes") != "")
	})
	if err != nil {
		return err
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/questions")
}

// summary lists what was refused above the page; the first field of its form has its name and the
// question's number.
func (b board) summary() (out []ui.FieldError) {
	for _, field := range []string{"text", "item", "answer", "reason", "into"} {
		if text, ok := b.errs[field]; ok {
			out = append(out, ui.FieldError{Field: fieldID(field, b.about), Text: text})
		}
	}
	return out
}

// fieldID tells the fields of one question's forms from another's.
func fieldID(field string, question int64) string {
	return field + "-" + strconv.FormatInt(question, 10)
}
