package draw

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// Mailing is how the letters that invite people to volunteer were drawn.
type Mailing struct {
	Letters int            `json:"letters"`
	Column  string         `json:"column"` // of the register, among whose values they were shared
	Lines   int            `json:"lines"`  // of the register
	Strata  []MailingShare `json:"strata"`
	Message string         `json:"message"`
}

// MailingShare is what one value of the column got.
type MailingShare struct {
	Name       string `json:"name"`
	Population int    `json:"population"` // or lines of the register
	Letters    int    `json:"letters"`
}

// maxLetters is how many letters one draw may send.
const maxLetters = 50_000

// mailingForm is what the organisers say of a register.
type mailingForm struct {
	Stratum    string   // column
	Address    []string // columns of the address, in their order
	Population string   // lines "name;number", or nothing
	Letters    int
	Message    string
}

// drawLetters chooses whom to write to from the kept register, of which nothing else is kept.
func drawLetters(tx *db.Tx, a space.Access, d Draw, form mailingForm) error {
	register, content, err := registerOf(tx, d)
	if err != nil {
		return err
	}
	population, err := form.check(register)
	if err != nil {
		return err
	}
	seed := rand.Text()
	letters, err := sortition.Invite(register, form.Stratum, population, form.Letters, seed, rand.Reader)
	if err != nil {
		return fault.Fields{"population": fault.New(fault.Invalid, "draw.letters.population_missing")}
	}
	if _, err := tx.Exec("DELETE FROM draw_letter WHERE draw_id = $1", d.ID); err != nil {
		return err
	}
	d.Mailing = Mailing{Letters: len(letters), Column: form.Stratum, Lines: len(register.Rows), Message: form.Message}
	for _, l := range letters {
		var lines []string
		for _, column := range form.Address {
			if cell := plainLine(register.Rows[l.Row][slices.Index(register.Header, column)]); cell != "" {
				lines = append(lines, cell)
			}
		}
		_, err := tx.Exec("INSERT INTO draw_letter (draw_id, code, stratum, recipient) VALUES ($1, $2, $3, $4)", d.ID, l.Code, l.Stratum, strings.Join(lines, "\n"))
		if err != nil {
			return err
		}
		d.Mailing.count(l.Stratum)
	}
	d.Mailing.weigh(register, population)
	if _, err := tx.Exec("DELETE FROM draw_upload WHERE draw_id = $1", d.ID); err != nil {
		return err
	}
	if err := updateDraw(tx, d); err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(content))
	return record(tx, d, a.Viewer.Account, LettersDrawn{d.Title, len(letters), seed, hex.EncodeToString(sum[:])})
}

func (m *Mailing) count(stratum string) {
	for i := range m.Strata {
		if m.Strata[i].Name == stratum {
			m.Strata[i].Letters++
			return
		}
	}
	m.Strata = append(m.Strata, MailingShare{Name: stratum, Letters: 1})
}

// weigh notes what each stratum weighed, the unserved ones too.
func (m *Mailing) weigh(register *sortition.Pool, population map[string]int) {
	weight := population
	if weight == nil {
		weight = map[string]int{}
		at := slices.Index(register.Header, m.Column)
		for _, row := range register.Rows {
			weight[row[at]]++
		}
	}
	for name := range weight {
		if !slices.ContainsFunc(m.Strata, func(s MailingShare) bool { return s.Name == name }) {
			m.Strata = append(m.Strata, MailingShare{Name: name})
		}
	}
	for i := range m.Strata {
		m.Strata[i].Population = weight[m.Strata[i].Name]
	}
	slices.SortFunc(m.Strata, func(a, b MailingShare) int { return strings.Compare(a.Name, b.Name) })
}

// check says what of the form cannot be accepted.
func (f mailingForm) check(register *sortition.Pool) (map[string]int, error) {
	refused := fault.Fields{}
	if slices.Index(register.Header, f.Stratum) < 0 {
		refused.Add("stratum", "draw.letters.stratum_missing")
	}
	if len(f.Address) == 0 {
		refused.Add("address", "draw.letters.address_missing")
	}
	if most := min(maxLetters, len(register.Rows)); f.Letters < 1 || f.Letters > most {
		refused.Add("letters", "draw.letters.range", "max", most)
	}
	if strings.TrimSpace(f.Message) == "" {
		refused.Add("message", "draw.invite.missing")
	}
	var population map[string]int
	if strings.TrimSpace(f.Population) != "" {
		var err error
		if population, err = sortition.ParsePopulation([]byte("nom;population\n" + f.Population)); err != nil {
			refused.Add("population", "draw.letters.population_wrong")
		}
	}
	return population, refused.Err()
}

// registerOf reads the register that was sent.
func registerOf(tx *db.Tx, d Draw) (*sortition.Pool, string, error) {
	var content string
	if err := tx.Row("SELECT content FROM draw_upload WHERE draw_id = $1", []any{d.ID}, &content); err != nil {
		return nil, "", err
	}
	register, err := parse(content)
	return register, content, err
}

// letter is one letter as it is sent.
type letter struct {
	code, stratum, recipient string
	answered                 bool
}

func lettersOf(tx *db.Tx, drawID int64) ([]letter, error) {
	return db.All(tx, "SELECT code, stratum, recipient, volunteer_id IS NOT NULL FROM draw_letter WHERE draw_id = $1 ORDER BY stratum, recipient, code", []any{drawID},
		func(scan func(...any) error) (l letter, err error) {
			return l, scan(&l.code, &l.stratum, &l.recipient, &l.answered)
		})
}

// answers counts, by stratum, the letters that were answered.
func answers(tx *db.Tx, drawID int64) (map[string]int, error) {
	out := map[string]int{}
	return out, tx.Each("SELECT stratum, count(*) FROM draw_letter WHERE draw_id = $1 AND volunteer_id IS NOT NULL GROUP BY stratum", []any{drawID},
		func(scan func(...any) error) error {
			var name string
			var n int
			err := scan(&name, &n)
			out[name] = n
			return err
		})
}

// useCode ties a letter's code to whoever answers with it. A code may be used again as long as
// the application made with it is not confirmed: that one then goes.
func useCode(tx *db.Tx, d Draw, code string, volunteer int64) error {
	refused := fault.Fields{"code": fault.New(fault.Invalid, "draw.apply.code")}
	clean, ok := sortition.CleanCode(code)
	if !ok {
		return refused
	}
	var holder int64
	var confirmed bool
	err := tx.Row(`SELECT COALESCE(l.volunteer_id, 0), COALESCE(v.confirmed, $3) FROM draw_letter l LEFT JOIN draw_volunteer v ON v.id = l.volunteer_id
		WHERE l.draw_id = $1 AND l.code = $2`, []any{d.ID, clean, false}, &holder, &confirmed)
	switch {
	case errors.Is(err, db.ErrNotFound):
		return refused
	case err != nil:
		return err
	case holder == volunteer:
		return nil
	case confirmed:
		return fault.Fields{"code": fault.New(fault.Invalid, "draw.apply.code_used")}
	case holder != 0:
		if err := deleteVolunteer(tx, holder); err != nil {
			return err
		}
	}
	_, err = tx.Exec("UPDATE draw_letter SET volunteer_id = $3 WHERE draw_id = $1 AND code = $2", d.ID, clean, volunteer)
	return err
}

// writeLetters writes the chosen addresses with their codes, for a printer or another program.
func (c *Component) writeLetters(w io.Writer, d Draw, list []letter) error {
	out := csv.NewWriter(w)
	records := [][]string{{"code", "link", d.Mailing.Column, "address"}}
	for _, l := range list {
		records = append(records, []string{l.code, c.applyLink(d), l.stratum, strings.ReplaceAll(l.recipient, "\n", ", ")})
	}
	return out.WriteAll(safe(records))
}

func (c *Component) applyLink(d Draw) string {
	return c.deps.Site.URL + "/apply/" + strconv.FormatInt(d.ID, 10)
}

// lettersPDF sets the letters, ready to be folded into window envelopes.
func (c *Component) lettersPDF(ctx context.Context, a space.Access, d Draw, identity people.Identity, list []letter) ([]byte, error) {
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(i18n.French, key, args...) }
	now := c.deps.Site.DB.Clock().In(a.Space.Zone())
	var letters []doc.Letter
	for _, l := range list {
		var blocks doc.Blocks
		for paragraph := range strings.SplitSeq(d.Mailing.Message, "\n\n") {
			if paragraph = plainLine(paragraph); paragraph != "" {
				blocks = append(blocks, doc.Paragraph{Text: doc.Plain(paragraph)})
			}
		}
		blocks = append(blocks, doc.Code{Label: t("draw.letters.code"), Value: l.code, QR: c.applyLink(d) + "?code=" + l.code, Note: t("draw.letters.code_note",
			"address", strings.TrimPrefix(strings.TrimPrefix(c.applyLink(d), "https://"), "http://"), "closes", d.ClosesAt.In(a.Space.Zone()))})
		letters = append(letters, doc.Letter{Sender: append([]string{identity.Name}, strings.Split(identity.Address, "\n")...), Recipient: strings.Split(l.recipient, "\n"),
			Dateline: t("draw.letters.date", "date", i18n.Date(i18n.French, now)), Subject: d.Title, Blocks: blocks})
	}
	var out bytes.Buffer
	err := doc.Letters(&out, letters, doc.LetterSet{Lang: string(i18n.French), Title: d.Title, Author: identity.Name, Date: now, Duplex: true}, doc.PDFOptions{})
	var missing *doc.MissingCharacters
	if errors.As(err, &missing) { // shown as question marks; the letter says all the same
		c.deps.Site.Log.WarnContext(ctx, "letters: characters that no font has", "draw", d.ID, "count", missing.Count)
		err = nil
	}
	return out.Bytes(), err
}
