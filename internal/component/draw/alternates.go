package draw

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// maxAlternates bounds the form.
const maxAlternates = 500

// chooseAlternates names n volunteers who stand ready, for members each of whom drops out with
// probability percent. The lots among equals come from the list and the number drawn, so that
// anybody can choose again.
func (c *Component) chooseAlternates(tx *db.Tx, a space.Access, d Draw, rounds []Round, n, percent int) error {
	f := fault.Fields{}
	if n < 1 || n > maxAlternates {
		f.Add("alternates", "draw.alternates.range", "max", maxAlternates)
	}
	if percent < 1 || percent > 90 {
		f.Add("dropout", "draw.alternates.dropout_range")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if len(rounds) == 0 || rounds[len(rounds)-1].State != Drawn || !d.ErasedAt.IsZero() {
		return fault.New(fault.Conflict, "draw.alternates.early")
	}
	last := rounds[len(rounds)-1]
	chosen, numbers, err := alternates(tx, d, rounds[0], last, n, percent)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE draw_volunteer SET reserve = NULL WHERE draw_id = $1", d.ID); err != nil {
		return err
	}
	var labels []string
	for i, row := range chosen {
		var id int64
		err := tx.Row("UPDATE draw_volunteer SET reserve = $3 WHERE draw_id = $1 AND number = $2 RETURNING id", []any{d.ID, numbers[row], i + 1}, &id)
		if err != nil {
			return err
		}
		v, err := findVolunteer(tx, id)
		if err != nil {
			return err
		}
		if err := c.write(tx, v, "draw.mail.alternate.subject", "draw.mail.alternate.text", "title", d.Title, "rank", i+1); err != nil {
			return err
		}
		labels = append(labels, Label(v.Number))
	}
	return record(tx, d, a.Viewer.Account, AlternatesChosen{d.Title, percent, strings.Join(labels, " ")})
}

// alternates are rows of the pool, whose volunteers' numbers are returned too.
func alternates(tx *db.Tx, d Draw, first, last Round, n, percent int) (chosen []int, numbers []int64, err error) {
	f, err := filesOf(tx, last.ID)
	if err != nil {
		return nil, nil, err
	}
	p, err := sortition.Files{Pool: []byte(f.pool), Quotas: []byte(f.quotas)}.Problem(first.Options)
	if err != nil {
		return nil, nil, err
	}
	var report sortition.Report
	if err := json.Unmarshal([]byte(f.report), &report); err != nil {
		return nil, nil, err
	}
	numbers = numbersIn(p.Pool)
	now, err := standingRows(tx, d, numbers)
	if err != nil {
		return nil, nil, err
	}
	p.Excluded = slices.Concat(now.left, now.declined)
	rates := make([]float64, len(numbers))
	for _, row := range now.seated {
		rates[row] = float64(percent) / 100
	}
	chosen, err = sortition.Alternates(p, now.seated, rates, n, report.AlternatesSeed())
	return chosen, numbers, err
}

// standing are rows of the pool by where their volunteers stand.
type standingNow struct {
	seated   []int
	left     []int // drawn once, declined since
	declined []int // withdrew without having been drawn
	reserve  []int
}

// standingRows reads where everybody stands.
func standingRows(tx *db.Tx, d Draw, numbers []int64) (s standingNow, err error) {
	at := map[int64]int{}
	for i, n := range numbers {
		at[n] = i
	}
	return s, tx.Each(`SELECT v.number, v.seated, v.answer = 'declined', v.reserve IS NOT NULL, EXISTS (SELECT 1 FROM draw_chance c JOIN draw_round r ON r.id = c.round_id
			WHERE r.draw_id = v.draw_id AND c.volunteer_id = v.id AND c.drawn)
		FROM draw_volunteer v WHERE v.draw_id = $1 AND v.confirmed AND (v.seated OR v.answer = 'declined' OR v.reserve IS NOT NULL) ORDER BY v.number`, []any{d.ID},
		func(scan func(...any) error) error {
			var number int64
			var seated, declined, reserve, drawn bool
			if err := scan(&number, &seated, &declined, &reserve, &drawn); err != nil {
				return err
			}
			row, ok := at[number]
			switch {
			case !ok:
			case seated:
				s.seated = append(s.seated, row)
			case declined && drawn:
				s.left = append(s.left, row)
			case declined:
				s.declined = append(s.declined, row)
			case reserve:
				s.reserve = append(s.reserve, row)
			}
			return nil
		})
}

func (c *Component) nameAlternates(w http.ResponseWriter, r *http.Request) error {
	n, percent := whole(r.FormValue("alternates")), whole(r.FormValue("dropout"))
	v, err := c.change(r, func(tx *db.Tx, v view) error { return c.chooseAlternates(tx, v.access, v.draw, v.rounds, n, percent) })
	if errs := site.FieldErrors(r, err); errs != nil {
		p := newDesk(r)
		p.errs, p.alternates, p.dropout = errs, r.FormValue("alternates"), r.FormValue("dropout")
		return c.deskPage(w, r, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/volunteers?state=reserve")
}

// tenth is a tenth of the seats, at least one: what the form proposes.
func tenth(size int) string { return strconv.Itoa(max(1, (size+5)/10)) }
