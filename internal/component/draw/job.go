package draw

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// startRound puts the first round in line: from now on volunteers, quotas and rules stay as
// they are.
func startRound(tx *db.Tx, a space.Access, d Draw, rounds []Round) error {
	if len(rounds) > 0 {
		return fault.New(fault.Conflict, "draw.started_already")
	}
	if d.ClosesAt.After(tx.Now) {
		return fault.New(fault.Conflict, "draw.still_open")
	}
	pool, err := loadRoster(tx, d)
	if err != nil {
		return err
	}
	if len(pool.volunteers) < d.Size {
		return fault.New(fault.Conflict, "draw.too_few", "n", len(pool.volunteers), "size", d.Size)
	}
	if len(d.Categories) == 0 {
		return fault.New(fault.Conflict, "draw.no_categories")
	}
	r := Round{ID: tx.NewID(), Draw: d.ID, Ordinal: 1, Objective: d.Objective, Panels: d.Panels, Options: options(d, pool.numbers)}
	f := files{pool: string(pool.csv), quotas: string(sortition.FormatQuotas(d.quotas())), seed: rand.Text()}
	if err := insertRound(tx, r, f); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, Started{d.Title, r.Ordinal})
}

// restartRound computes a round again: one that died, failed or was stopped, or whose quotas
// were changed.
func restartRound(tx *db.Tx, a space.Access, d Draw, r Round, quotas string) error {
	if r.State != Failed && r.State != Impossible && r.State != Ready && !r.Died(tx.Now) {
		return fault.New(fault.Conflict, "draw.busy")
	}
	if _, err := tx.Exec("DELETE FROM draw_chance WHERE round_id = $1", r.ID); err != nil {
		return err
	}
	if err := waitAgain(tx, r.ID, quotas); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, Started{d.Title, r.Ordinal})
}

// relaxRound makes the change that a round without a panel proposed, and computes again.
func relaxRound(tx *db.Tx, a space.Access, d Draw, r Round) error {
	if r.State != Impossible || len(r.Summary.Changes) == 0 {
		return fault.New(fault.Conflict, "draw.no_change")
	}
	d.accept(r.Summary.Changes)
	if err := setQuotas(tx, a, d); err != nil {
		return err
	}
	return restartRound(tx, a, d, r, string(sortition.FormatQuotas(d.quotas())))
}

// stopRound asks a computation to end with the best lottery so far.
func stopRound(tx *db.Tx, a space.Access, d Draw, r Round) error {
	n, err := tx.Exec("UPDATE draw_round SET stop = $2 WHERE id = $1 AND state = $3 AND stop = $4", r.ID, true, string(Computing), false)
	if err != nil || n == 0 {
		return err
	}
	return record(tx, d, a.Viewer.Account, Stopped{d.Title, r.Ordinal})
}

// discardRound throws the last round away before it is published.
func discardRound(tx *db.Tx, a space.Access, d Draw, r Round) error {
	if r.Public() || r.State == Computing && !r.Died(tx.Now) {
		return fault.New(fault.Conflict, "draw.busy")
	}
	if err := deleteRound(tx, r.ID); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, Discarded{d.Title, r.Ordinal})
}

// Tick forgets what is due and computes what waits.
func (c *Component) Tick(ctx context.Context) error {
	return errors.Join(c.forget(ctx), c.work(ctx))
}

// work begins to compute the oldest round that waits, unless this node computes already.
func (c *Component) work(ctx context.Context) error {
	waiting := false
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { waiting, err = anyWaiting(tx); return err })
	if err != nil || !waiting || !c.busy.TryLock() {
		return err
	}
	var r Round
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) { r, waiting, err = claim(tx); return err })
	if err != nil || !waiting {
		c.busy.Unlock()
		return err
	}
	go func() {
		defer c.busy.Unlock()
		if err := c.run(ctx, r); err != nil && ctx.Err() == nil {
			c.deps.Site.Log.ErrorContext(ctx, "the computation of a draw failed", "round", r.ID, "error", err)
		}
	}()
	return nil
}

// run computes a round to its end. When the program itself ends, the round is left as it is:
// after a while it shows as interrupted and can be started again.
func (c *Component) run(ctx context.Context, r Round) error {
	begun := time.Now()
	asked, ask := context.WithCancel(ctx)
	defer ask()
	var gap atomic.Uint64
	gap.Store(math.Float64bits(1))
	over := make(chan struct{})
	go c.beat(asked, r, &gap, ask, over)
	defer close(over)
	result, err := func() (out outcome, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return c.solve(asked, r, func(p sortition.Progress) { gap.Store(math.Float64bits(p.Gap)) })
	}()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		result = outcome{state: Failed, failure: "draw.failed"}
		if asked.Err() != nil {
			result.failure, err = "draw.stopped_empty", nil
		}
	}
	result.summary.Seconds = time.Since(begun).Seconds()
	return errors.Join(err, c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.keep(tx, r, result) }))
}

// beat says every second that the computation is alive, and ends it when it was asked to.
func (c *Component) beat(ctx context.Context, r Round, gap *atomic.Uint64, ask func(), over <-chan struct{}) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-over:
			return
		case <-every.C:
		}
		stop := false
		err := c.deps.Site.DB.Write(context.WithoutCancel(ctx), func(tx *db.Tx) (err error) {
			stop, err = beat(tx, r, math.Float64frombits(gap.Load()))
			return err
		})
		if errors.Is(err, db.ErrNotFound) || stop { // another attempt has taken over, or somebody asked
			ask()
		} else if err != nil {
			c.deps.Site.Log.WarnContext(ctx, "a draw could not say it is alive", "round", r.ID, "error", err)
		}
	}
}

// outcome is what a computation comes to.
type outcome struct {
	state   State
	failure string
	report  *sortition.Report
	text    []byte
	usual   []float64
	numbers []int64 // of the pool's lines
	summary Summary
}

func (c *Component) solve(ctx context.Context, r Round, progress func(sortition.Progress)) (out outcome, err error) {
	var f files
	var d Draw
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if d, err = drawByID(tx, r.Draw); err != nil {
			return err
		}
		f, err = filesOf(tx, r.ID)
		return err
	})
	if err != nil {
		return out, err
	}
	in := sortition.Files{Pool: []byte(f.pool), Quotas: []byte(f.quotas)}
	p, err := in.Problem(r.Options)
	if err != nil {
		return out, err
	}
	l, err := sortition.Solve(ctx, p, r.Objective, progress)
	var none *sortition.InfeasibleError
	if errors.As(err, &none) {
		out.state, out.summary = Impossible, Summary{Conflict: conflict(p, none.Explanation), Changes: none.Changes}
		out.summary.Clashes, err = clashes(p, numbersIn(p.Pool))
		return out, err
	}
	if err != nil {
		return out, err
	}
	list, err := l.List(r.Panels, f.seed)
	if err != nil {
		return out, err
	}
	out.state = Ready
	if out.report, err = sortition.NewReport(in, p, l, list, f.seed, nil); err != nil {
		return out, err
	}
	if out.text, err = reportText(out.report); err != nil {
		return out, err
	}
	out.numbers = numbersIn(p.Pool)
	out.summary = summarise(p, l, out.report, out.numbers)
	if r.Ordinal == 1 && d.byConstituency() {
		if out.summary.Sides, err = d.Constituencies.sides(ctx, p); err != nil {
			return out, err
		}
	}
	if r.Ordinal == 1 && r.Objective != sortition.Plain {
		out.usual, out.summary.Simulated, err = usual(ctx, p, f.seed)
	}
	return out, err
}

// reportText is a report as the command writes it.
func reportText(r *sortition.Report) ([]byte, error) {
	text, err := json.Marshal(r)
	return append(text, '\n'), err
}

// numbersIn reads the volunteers' numbers back from the pool's first column.
func numbersIn(p *sortition.Pool) []int64 {
	var out []int64
	for _, row := range p.Rows {
		n, err := strconv.ParseInt(strings.TrimPrefix(row[0], "V-"), 10, 64)
		if err != nil {
			panic(fmt.Sprintf("a pool of ours names a volunteer %q", row[0]))
		}
		out = append(out, n)
	}
	return out
}

func summarise(p *sortition.Problem, l *sortition.Lottery, r *sortition.Report, numbers []int64) Summary {
	s := Summary{Complete: r.Complete, Value: r.Value, Bound: r.Bound, Gap: r.Gap(), MaxShift: r.List.MaxShift, Hash: r.List.Hash,
		Pool: len(p.Pool.Rows), Quotas: r.Quotas, Prices: prices(p, l)}
	for _, i := range r.Impossible {
		if !slices.Contains(r.Options.Excluded, i) {
			s.Impossible = append(s.Impossible, numbers[i])
		}
	}
	width := len(p.Pool.Header)
	if len(p.AddressColumns) > 0 {
		width--
	}
	rows := make([][]string, len(p.Pool.Rows))
	for i, row := range p.Pool.Rows {
		rows[i] = row[:width]
	}
	s.Unique = unique(rows)
	return s
}

// usualPanels is how many panels are drawn by the usual method for comparison, and
// usualTime how long that may take.
const (
	usualPanels = 500
	usualTime   = 3 * time.Second
)

// usual estimates everyone's chance by the usual method, a few panels at a time.
func usual(ctx context.Context, p *sortition.Problem, seed string) ([]float64, int, error) {
	const batch = 10
	sum, panels := make([]float64, len(p.Pool.Rows)), 0
	for until := time.Now().Add(usualTime); panels < usualPanels && time.Now().Before(until) && ctx.Err() == nil; {
		share, n, err := sortition.Greedy(p, batch, fmt.Sprintf("%s %d", seed, panels))
		if err != nil || n == 0 {
			return nil, 0, err
		}
		for i, s := range share {
			sum[i] += s * float64(n)
		}
		panels += n
	}
	if panels == 0 {
		return nil, 0, nil
	}
	for i := range sum {
		sum[i] /= float64(panels)
	}
	return sum, panels, nil
}

// keep writes what a computation came to, unless another has taken over.
func (c *Component) keep(tx *db.Tx, r Round, o outcome) error {
	ours, err := endRun(tx, r, o.state, o.failure, string(o.text), o.summary)
	if err != nil || !ours {
		return err
	}
	if o.state != Ready {
		return nil
	}
	ids := map[int64]int64{}
	err = tx.Each("SELECT number, id FROM draw_volunteer WHERE draw_id = $1", []any{r.Draw}, func(scan func(...any) error) error {
		var number, id int64
		err := scan(&number, &id)
		ids[number] = id
		return err
	})
	if err != nil {
		return err
	}
	settled := slices.Concat(r.Options.Fixed, r.Options.Excluded)
	var rows []chanceRow
	for i, number := range o.numbers {
		if !slices.Contains(settled, i) {
			row := chanceRow{volunteer: ids[number], place: i, chance: o.report.Chances[i], usual: -1}
			if o.usual != nil {
				row.usual = o.usual[i]
			}
			rows = append(rows, row)
		}
	}
	if err := insertChances(tx, r.ID, rows); err != nil {
		return err
	}
	d, err := drawByID(tx, r.Draw)
	if err != nil {
		return err
	}
	return record(tx, d, 0, Computed{d.Title, r.Ordinal, o.report.Complete, o.report.List.Hash})
}

// forget erases the personal data whose date has come, and files left half imported for a day.
func (c *Component) forget(ctx context.Context) error {
	var due []Draw
	stale := false
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if due, err = dueErasures(tx, tx.Now); err != nil {
			return err
		}
		return tx.Row("SELECT EXISTS (SELECT 1 FROM draw_upload WHERE at < $1)", []any{tx.Now.Add(-24 * time.Hour)}, &stale)
	})
	if err != nil || len(due) == 0 && !stale {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("DELETE FROM draw_upload WHERE at < $1", tx.Now.Add(-24*time.Hour)); err != nil {
			return err
		}
		for _, d := range due {
			if err := erase(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// erase forgets who the volunteers of a draw are; numbers and categories stay, so that the
// draw can still be verified.
func erase(tx *db.Tx, d Draw) error {
	won, err := tx.Exec("UPDATE draw SET erased_at = $2 WHERE id = $1 AND erased_at IS NULL", d.ID, tx.Now)
	if err != nil || won == 0 {
		return err // another node did it
	}
	n, err := deletePeople(tx, d.ID)
	if err != nil {
		return err
	}
	if _, err := mail.Delete(tx, mail.Filter{Kind: "draw", RefPrefix: mailRef(d.ID)}); err != nil {
		return err
	}
	return record(tx, d, 0, Erased{d.Title, int(n)})
}
