package convocation

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
)

const pageSize = 50

// proofs is a page of the list of proofs.
type proofs struct {
	board
	search search
	list   []Recipient
	total  int
	number int // of the page, from 1
}

func (c *Component) showProofs(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	p := proofs{board: b, search: search{Text: r.FormValue("q"), Fate: Fate(r.FormValue("state"))}}
	p.number, _ = strconv.Atoi(r.FormValue("page"))
	p.number = max(p.number, 1)
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		p.list, p.total, err = recipients(tx, b.space.ID, b.conv.Call, p.search, (p.number-1)*pageSize, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	return c.page(w, r, b, http.StatusOK, "convocation.proofs.title", proofsView(p))
}

func (c *Component) downloadProofs(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error { return writeProofs(tx, &out, b.space, b.conv.Call) })
	if err != nil {
		return err
	}
	return file(w, "text/csv; charset=utf-8", fmt.Sprintf("convocation-%s-%d-proofs.csv", b.space.Slug, b.conv.Call), out.Bytes())
}

func (c *Component) sendAgain(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	member, err := pathID(r, "member")
	if err != nil {
		return err
	}
	if err := c.SendAgain(r.Context(), b.access, member); err != nil {
		return err
	}
	return site.Redirect(w, r, b.path("/proofs")+"?state="+string(Queued))
}

// letters is the page of the letters to print.
type letters struct {
	board
	batches []Batch
	bad     []letterTo
	today   string
	typed   map[int64]string
}

func (c *Component) loadLetters(r *http.Request) (l letters, err error) {
	if l.board, err = c.organise(r); err != nil {
		return l, err
	}
	l.today = site.From(r.Context()).Now.In(l.space.Zone()).Format(time.DateOnly)
	l.typed = map[int64]string{}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if l.batches, err = batches(tx, l.space.ID, l.conv.Call); err != nil {
			return err
		}
		l.bad, err = c.unprintable(tx, l.space.ID, l.conv.Call, false)
		return err
	})
	return l, err
}

func (c *Component) showLetters(w http.ResponseWriter, r *http.Request) error {
	l, err := c.loadLetters(r)
	if err != nil {
		return err
	}
	return c.page(w, r, l.board, http.StatusOK, "convocation.letters.title", lettersView(l))
}

func (c *Component) makeBatches(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	if err := c.MakeBatches(r.Context(), b.access, r.FormValue("outbox") != ""); err != nil {
		return err
	}
	return site.Redirect(w, r, b.path("/letters"))
}

func (c *Component) downloadLetters(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	batch, err := pathID(r, "batch")
	if err != nil {
		return err
	}
	content, err := c.PrintBatch(r.Context(), b.access, batch)
	if err != nil {
		return err
	}
	return file(w, "application/pdf", fmt.Sprintf("letters-%s-%d-%d.pdf", b.space.Slug, b.conv.Call, batch), content)
}

func (c *Component) markPosted(w http.ResponseWriter, r *http.Request) error {
	l, err := c.loadLetters(r)
	if err != nil {
		return err
	}
	batch, err := pathID(r, "batch")
	if err != nil {
		return err
	}
	field := fmt.Sprintf("day-%d", batch)
	l.typed[batch] = r.FormValue(field)
	err = c.MarkPosted(r.Context(), l.access, batch, l.typed[batch])
	if l.errors = site.FieldErrors(r, err); l.errors != nil {
		return c.page(w, r, l.board, http.StatusUnprocessableEntity, "convocation.letters.title", lettersView(l))
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, l.path("/letters"))
}

// downloadMissing lists those who have not voted and have no address, to write or to telephone.
func (c *Component) downloadMissing(w http.ResponseWriter, r *http.Request) error {
	b, err := c.organise(r)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	out := csv.NewWriter(&buf)
	if err := out.Write([]string{"number", "name", "address", "postcode", "city", "country", "phone"}); err != nil {
		return err
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		return c.missingOnPaper(tx, b.access, func(m people.Member, e electorate.Elector) error {
			return out.Write([]string{e.Number, m.Name(), m.Address, m.Postcode, m.City, m.Country, m.Phone})
		})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return file(w, "text/csv; charset=utf-8", "not-voted-"+b.space.Slug+".csv", buf.Bytes())
}
