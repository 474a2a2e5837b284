package draw

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/sortition"
)

// lettersPage is whom to invite to volunteer: a register, then how, then the letters.
type lettersPage struct {
	view
	register *sortition.Pool // sent and not yet drawn from
	form     mailingForm
	letters  string // as typed
	answered map[string]int
}

// loadLetters reads the page; a register that was sent is shown until letters are drawn from it.
func (p *lettersPage) load(tx *db.Tx, v view) (err error) {
	if err := mayChange(tx, v); err != nil && v.draw.Mailing.Letters == 0 {
		return err
	}
	p.view = v
	p.answered, err = answers(tx, v.draw.ID)
	return err
}

func (c *Component) showLetters(w http.ResponseWriter, r *http.Request) error {
	var p lettersPage
	v, err := c.organise(r, p.load)
	if err != nil {
		return err
	}
	return c.render(w, r, v, http.StatusOK, site.T(r.Context(), "draw.letters"), lettersView(p))
}

func (c *Component) sendRegister(w http.ResponseWriter, r *http.Request) error {
	var p lettersPage
	v, err := c.organise(r, func(tx *db.Tx, v view) error { // before a byte of the file is taken
		if err := mayChange(tx, v); err != nil {
			return err
		}
		return p.load(tx, v)
	})
	if err != nil {
		return err
	}
	web.AllowBody(w, r, maxFile+64<<10)
	content, err := readFile(r)
	if err == nil {
		_, err = c.change(r, func(tx *db.Tx, v view) error { return keepUpload(tx, v.draw, content) })
	}
	if p.errs = site.FieldErrors(r, err); p.errs != nil {
		return c.render(w, r, v, p.status(), site.T(r.Context(), "draw.letters"), lettersView(p))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/letters/choose")
}

func (c *Component) showLettersChoice(w http.ResponseWriter, r *http.Request) error {
	p := lettersPage{form: mailingForm{Message: site.T(r.Context(), "draw.letters.default")}}
	return c.lettersChoice(w, r, p)
}

func (c *Component) lettersChoice(w http.ResponseWriter, r *http.Request, p lettersPage) error {
	errs := p.errs
	v, err := c.organise(r, func(tx *db.Tx, v view) (err error) {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		p.register, _, err = registerOf(tx, v.draw)
		return err
	})
	if err != nil {
		return err
	}
	p.view = v
	if p.errs = errs; errs == nil {
		p.guess()
	}
	return c.render(w, r, v, p.status(), site.T(r.Context(), "draw.letters"), lettersChoiceView(p))
}

// guess fills the form from the usual headers.
func (p *lettersPage) guess() {
	for _, h := range p.register.Header {
		low := strings.ToLower(h)
		if p.form.Stratum == "" && slices.ContainsFunc([]string{"commune", "ville", "town", "city", "quartier", "canton"}, func(w string) bool { return strings.Contains(low, w) }) {
			p.form.Stratum = h
		}
		if u := guess(p.draw, h); u == UseAddress || u == UseName {
			p.form.Address = append(p.form.Address, h)
		}
	}
}

func (c *Component) drawTheLetters(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fault.New(fault.Invalid, "draw.form.unreadable")
	}
	p := lettersPage{letters: r.FormValue("letters"), form: mailingForm{Stratum: r.FormValue("stratum"), Address: r.Form["address"], Letters: whole(r.FormValue("letters")),
		Population: strings.ReplaceAll(r.FormValue("population"), "\r\n", "\n"), Message: strings.TrimSpace(strings.ReplaceAll(r.FormValue("message"), "\r\n", "\n"))}}
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		if err := mayChange(tx, v); err != nil {
			return err
		}
		register, _, err := registerOf(tx, v.draw)
		if err != nil {
			return err
		}
		p.form.Address = slices.DeleteFunc(p.form.Address, func(h string) bool { return !slices.Contains(register.Header, h) })
		return drawLetters(tx, v.access, v.draw, p.form)
	})
	if p.errs = site.FieldErrors(r, err); p.errs != nil {
		return c.lettersChoice(w, r, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/letters")
}

// serveLetters hands out the letters as a table or ready to print.
func (c *Component) serveLetters(w http.ResponseWriter, r *http.Request) error {
	var list []letter
	var identity people.Identity
	v, err := c.organise(r, func(tx *db.Tx, v view) (err error) {
		if list, err = lettersOf(tx, v.draw.ID); err != nil {
			return err
		}
		if len(list) == 0 {
			return db.ErrNotFound
		}
		identity, err = people.LoadIdentity(tx)
		return err
	})
	if err != nil {
		return err
	}
	name, kind, write := fmt.Sprintf("letters-%d.csv", v.draw.ID), "text/csv; charset=utf-8", func(out io.Writer) error { return c.writeLetters(out, v.draw, list) }
	switch r.PathValue("file") {
	case "letters.csv":
	case "letters.pdf":
		text, err := c.lettersPDF(r.Context(), v.access, v.draw, identity, list)
		if err != nil {
			return err
		}
		name, kind, write = fmt.Sprintf("letters-%d.pdf", v.draw.ID), "application/pdf", func(out io.Writer) error { _, err := out.Write(text); return err }
	default:
		return db.ErrNotFound
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	return write(w)
}
