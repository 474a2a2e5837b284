package draw

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"strings"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/sortition"
)

// onLast does an act on the last round.
func (c *Component) onLast(w http.ResponseWriter, r *http.Request, next string, act func(tx *db.Tx, v view, last Round) error) error {
	return c.act(w, r, next, func(tx *db.Tx, v view) error {
		if len(v.rounds) == 0 {
			return fault.New(fault.Conflict, "draw.not_ready")
		}
		return act(tx, v, v.last())
	})
}

func (c *Component) compute(w http.ResponseWriter, r *http.Request) error {
	return c.act(w, r, "/prepare", func(tx *db.Tx, v view) error { return startRound(tx, v.access, v.draw, v.rounds) })
}

func (c *Component) stop(w http.ResponseWriter, r *http.Request) error {
	return c.onLast(w, r, "/prepare", func(tx *db.Tx, v view, last Round) error { return stopRound(tx, v.access, v.draw, last) })
}

func (c *Component) restart(w http.ResponseWriter, r *http.Request) error {
	return c.onLast(w, r, "/prepare", func(tx *db.Tx, v view, last Round) error {
		f, err := filesOf(tx, last.ID)
		if err != nil {
			return err
		}
		return restartRound(tx, v.access, v.draw, last, f.quotas)
	})
}

func (c *Component) discard(w http.ResponseWriter, r *http.Request) error {
	return c.onLast(w, r, "/prepare", func(tx *db.Tx, v view, last Round) error { return discardRound(tx, v.access, v.draw, last) })
}

func (c *Component) relax(w http.ResponseWriter, r *http.Request) error {
	return c.onLast(w, r, "/prepare", func(tx *db.Tx, v view, last Round) error { return relaxRound(tx, v.access, v.draw, last) })
}

func (c *Component) replace(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, nil)
	if err != nil {
		return err
	}
	if err := c.Replace(r.Context(), v.access, v.draw, r.FormValue("among") == "reserve"); err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"/prepare")
}

func (c *Component) publish(w http.ResponseWriter, r *http.Request) error {
	v, err := c.change(r, func(tx *db.Tx, v view) error {
		m := Method{Sides: max(0, whole(r.FormValue("sides"))), Chain: r.FormValue("chain"), BeaconAt: moment(r, "beacon_at", v.access.Space)}
		return publishList(tx, v.access, v.draw, v.last(), m)
	})
	if errs := site.FieldErrors(r, err); errs != nil {
		p := newDesk(r)
		p.errs, p.sides, p.chain, p.beacon = errs, r.FormValue("sides"), r.FormValue("chain"), r.FormValue("beacon_at")
		return c.deskPage(w, r, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path())
}

// ceremony is the public page of a draw, with one of its rounds.
type ceremony struct {
	view
	round   Round
	throws  []Throw
	fair    []float64 // chances from the lowest
	usual   []float64
	panel   []string // drawn in the round
	fixed   []string // who sit in any case, in the first round
	seated  []string // as the panel stands
	reserve []string // alternates who can still be drawn, in their order
	pool    map[string]map[string]int
	typed   string
	relay   bool // the announced drand round can be fetched
}

func (c *Component) showCeremony(w http.ResponseWriter, r *http.Request) error {
	return c.ceremonyPage(w, r, "", nil)
}

func (c *Component) ceremonyPage(w http.ResponseWriter, r *http.Request, typed string, errs map[string]string) error {
	p := ceremony{typed: typed, relay: c.deps.Drand != ""}
	v, err := c.read(r, func(tx *db.Tx, v view) error { return p.load(tx, v, whole(r.URL.Query().Get("round"))) })
	if err != nil {
		return err
	}
	p.view, p.errs = v, errs
	return c.render(w, r, v, p.status(), v.draw.Title, ceremonyView(p))
}

// load reads what the page shows of a round: the one asked for, or the newest published.
func (p *ceremony) load(tx *db.Tx, v view, ordinal int) (err error) {
	p.view = v
	for _, r := range v.rounds {
		if r.Public() && (ordinal < 1 || r.Ordinal == ordinal) {
			p.round = r
		}
	}
	if p.pool, err = countTraits(tx, v.draw.ID); err != nil || p.round.ID == 0 {
		return err
	}
	if p.throws, err = throwsOf(tx, p.round.ID); err != nil {
		return err
	}
	if p.fair, p.usual, err = chancesOf(tx, p.round); err != nil {
		return err
	}
	if p.panel, err = labels(tx, "SELECT v.number FROM draw_chance c JOIN draw_volunteer v ON v.id = c.volunteer_id WHERE c.round_id = $1 AND c.drawn ORDER BY v.number", p.round.ID); err != nil {
		return err
	}
	if p.seated, err = labels(tx, "SELECT number FROM draw_volunteer WHERE draw_id = $1 AND seated ORDER BY number", v.draw.ID); err != nil {
		return err
	}
	if p.round.Ordinal == 1 {
		p.fixed = labelsOf(v.draw.fixedNumbers())
	}
	p.reserve, err = labels(tx, "SELECT number FROM draw_volunteer WHERE draw_id = $1 AND reserve IS NOT NULL AND NOT seated AND answer <> 'declined' ORDER BY reserve", v.draw.ID)
	return err
}

func labels(tx *db.Tx, query string, id int64) ([]string, error) {
	return db.All(tx, query, []any{id}, func(scan func(...any) error) (string, error) {
		var n int64
		err := scan(&n)
		return Label(n), err
	})
}

// showLive is the part of the page that follows the number while it is being drawn.
func (c *Component) showLive(w http.ResponseWriter, r *http.Request) error {
	var p ceremony
	v, err := c.read(r, func(tx *db.Tx, v view) error { return p.load(tx, v, whole(r.PathValue("round"))) })
	if err != nil {
		return err
	}
	if p.round.ID == 0 {
		return db.ErrNotFound
	}
	site.From(r.Context()).Zone = v.access.Space.Zone()
	return c.deps.Site.Fragment(w, r, numberPart(p))
}

func (c *Component) enterDie(w http.ResponseWriter, r *http.Request) error {
	return c.atCeremony(w, r, r.FormValue("shows"), func(tx *db.Tx, v view, last Round) error {
		return throwDie(tx, v.access, v.draw, last, whole(r.FormValue("shows")))
	})
}

func (c *Component) strikeDie(w http.ResponseWriter, r *http.Request) error {
	return c.atCeremony(w, r, "", func(tx *db.Tx, v view, last Round) error { return strikeDie(tx, v.access, v.draw, last) })
}

// atCeremony does an act on the last round and shows the ceremony, with what was refused.
func (c *Component) atCeremony(w http.ResponseWriter, r *http.Request, typed string, act func(tx *db.Tx, v view, last Round) error) error {
	v, err := c.change(r, func(tx *db.Tx, v view) error { return act(tx, v, v.last()) })
	if errs := site.FieldErrors(r, err); errs != nil {
		return c.ceremonyPage(w, r, typed, errs)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"#number")
}

func (c *Component) proclaim(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, nil)
	if err != nil {
		return err
	}
	if len(v.rounds) == 0 {
		return mustBePublished(Round{})
	}
	if err := c.Proclaim(r.Context(), v.access, v.draw, v.last().ID); err != nil {
		return err
	}
	return site.Redirect(w, r, v.path()+"#number")
}

// serveFile hands out the files with which anybody verifies the draw.
func (c *Component) serveFile(w http.ResponseWriter, r *http.Request) error {
	var f files
	var round Round
	_, err := c.read(r, func(tx *db.Tx, v view) (err error) {
		for _, one := range v.rounds {
			if one.Ordinal == whole(r.PathValue("round")) && canReadRound(v.access, one) && one.Summary.Hash != "" {
				round = one
				f, err = filesOf(tx, one.ID)
				return err
			}
		}
		return db.ErrNotFound
	})
	if err != nil {
		return err
	}
	name, kind := r.PathValue("file"), "text/csv; charset=utf-8"
	var write func(io.Writer) error
	switch name {
	case "pool.csv":
		write = writeText(f.pool)
	case "categories.csv":
		write = writeText(f.quotas)
	case "report.json":
		kind, write = "application/json", writeText(f.report)
	case "panels.csv":
		write = func(out io.Writer) error { return writePanels(out, f) }
	default:
		return db.ErrNotFound
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, fileName(round, name)))
	return write(w)
}

// fileName keeps the files of several rounds apart.
func fileName(r Round, name string) string {
	if r.Ordinal == 1 {
		return name
	}
	base, ext, _ := strings.Cut(name, ".")
	return fmt.Sprintf("%s-%d.%s", base, r.Ordinal, ext)
}

func writeText(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// writePanels writes the numbered panels, one a line, by the volunteers' numbers.
func writePanels(w io.Writer, f files) error {
	pool, err := sortition.ParsePool([]byte(f.pool))
	if err != nil {
		return err
	}
	var report sortition.Report
	if err := fromJSON(f.report, &report); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write([]string{"panel", "volunteers"}); err != nil {
		return err
	}
	for n, panel := range report.List.Panels {
		var names []string
		for _, row := range panel {
			names = append(names, pool.Rows[row][0])
		}
		if err := out.Write([]string{fmt.Sprint(n), strings.Join(names, " ")}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func t(ctx context.Context, key string, args ...any) string { return site.T(ctx, key, args...) }
