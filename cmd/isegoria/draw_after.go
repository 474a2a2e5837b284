package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"isegoria.org/isegoria/sortition"
)

// again follows a draw made before: alternates, or who replaces those who leave.
func (c *drawCmd) again(ctx context.Context, contributions []sortition.Contribution, stdout, stderr io.Writer) error {
	files, r, p, err := c.before()
	if err != nil {
		return c.explained(err)
	}
	if c.Alternates > 0 {
		return c.explained(c.alternates(files, r, p, stdout))
	}
	panel := r.Panel
	q, err := sortition.Replacement(p, panel, fromZero(c.Leaving), fromZero(c.Declined))
	if err != nil {
		return c.explained(err)
	}
	if len(c.Among) > 0 {
		q.Only(fromZero(c.Among))
	}
	return c.draw(ctx, files, q, contributions, stdout, stderr)
}

// before reads the report of a draw whose number is known, with its problem.
func (c *drawCmd) before() (sortition.Files, *sortition.Report, *sortition.Problem, error) {
	files, err := c.files()
	if err != nil {
		return files, nil, nil, err
	}
	text, err := os.ReadFile(c.After)
	if err != nil {
		return files, nil, nil, err
	}
	var r sortition.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return files, nil, nil, badInput{fmt.Errorf("%s is not a report: %w", c.After, err)}
	}
	if r.Panel == nil {
		return files, nil, nil, badInput{fmt.Errorf("the number of %s has yet to be drawn", c.After)}
	}
	p, err := files.Problem(r.Options)
	if err == nil && !r.Of(files.Pool) {
		err = badInput{errors.New("the pool is not that of the report")}
	}
	return files, &r, p, err
}

// alternates chooses who stands ready, tells them and writes their lines of the pool.
func (c *drawCmd) alternates(files sortition.Files, r *sortition.Report, p *sortition.Problem, stdout io.Writer) error {
	rates, err := c.rates(p.Pool, r.Panel)
	if err != nil {
		return err
	}
	p.Excluded = slices.Concat(p.Excluded, fromZero(c.Declined))
	seed := c.Seed
	if seed == "" {
		seed = r.AlternatesSeed()
	}
	chosen, err := sortition.Alternates(p, r.Panel, rates, c.Alternates, seed)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "alternates, in their order: volunteers %s\n", fromOne(chosen))
	if c.Out == "" {
		return nil
	}
	lines, err := panelCSV(files.Pool, chosen)
	if err != nil {
		return err
	}
	return os.WriteFile(c.Out, lines, 0o600) // personal data
}

// rates are the members' probabilities to drop out.
func (c *drawCmd) rates(pool *sortition.Pool, panel []int) ([]float64, error) {
	out := make([]float64, len(pool.Rows))
	at := slices.Index(pool.Header, c.DropoutColumn)
	if c.DropoutColumn != "" && at < 0 {
		return nil, badInput{fmt.Errorf("the pool has no column “%s” for the drop-out rates", c.DropoutColumn)}
	}
	for _, i := range panel {
		out[i] = c.Dropout
		if at >= 0 {
			v, err := strconv.ParseFloat(pool.Rows[i][at], 64)
			if err != nil {
				return nil, badInput{fmt.Errorf("line %d: “%s” is not a drop-out rate", pool.Lines[i], pool.Rows[i][at])}
			}
			out[i] = v
		}
		if !(out[i] >= 0 && out[i] <= 1) {
			return nil, badInput{fmt.Errorf("a drop-out rate lies between 0 and 1, not %v", out[i])}
		}
	}
	return out, nil
}
