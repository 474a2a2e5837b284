package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"isegoria.org/isegoria/sortition"
)

// drawCmd draws a panel by lot, fairly, with a report that anyone can check.
type drawCmd struct {
	Pool       string `type:"path" placeholder:"CSV" help:"Volunteers: a header line, then one line per person."`
	Categories string `type:"path" placeholder:"CSV" help:"Quotas: category, feature, min, max and optionally min_flex, max_flex. With --constituency it is written."`
	Size       int    `placeholder:"N" help:"Seats of the panel. With --constituency, one per constituency."`
	Objective  string `enum:"leximin,maximin,nash,goldilocks,plain" default:"leximin" help:"What makes a lottery fair: ${enum}."`
	Panels     int    `default:"1000" placeholder:"M" help:"Numbered panels of the list from which one is drawn."`
	Out        string `type:"path" placeholder:"CSV" help:"Where to write the panel: its lines of the pool."`
	Report     string `type:"path" placeholder:"JSON" help:"Where to write the report."`

	AddressColumns []string `sep:"," placeholder:"COLUMN,…" help:"One person per address: the columns that make an address."`
	French         bool     `name:"french-addresses" help:"Normalise addresses as French postal addresses before comparing them."`
	Together       []string `sep:";" placeholder:"I,J;…" help:"Volunteers (counted from 1, below the header) drawn all or none."`
	Apart          []string `sep:";" placeholder:"I,J;…" help:"Volunteers of whom at most one is drawn."`
	Fixed          []int    `sep:"," placeholder:"I,…" help:"Volunteers who sit in any case."`
	Excluded       []int    `sep:"," placeholder:"I,…" help:"Volunteers who cannot sit."`

	Seed   string   `placeholder:"TEXT" help:"Phrase that decides the lots. It draws the number too when no public source does: for trials, since whoever chooses it chooses the panel."`
	Dice   []string `sep:"none" placeholder:"SIDES:3,1,…" help:"Dice thrown in public; ten-sided dice and lottery balls show 0 to 9."`
	Beacon string   `placeholder:"[CHAIN:]ROUND:SIGNATURE[:PREVIOUS]" help:"A drand round announced before it came, with its signature (hexadecimal), which is checked with the key of the chain: quicknet, or default, whose rounds come with the signature before."`
	Await  bool     `help:"Publish the list without drawing the number; --drawn adds it."`
	Drawn  string   `type:"path" placeholder:"JSON" help:"Add the number drawn in public to this report."`

	Constituency string `placeholder:"COLUMN" help:"One candidate per constituency, where they applied; quotas are made from the pool."`
	Parity       string `placeholder:"COLUMN=A,B" help:"With --constituency: two values of a column to keep even over the whole country."`

	After         string  `type:"path" placeholder:"JSON" help:"A draw made before: choose who replaces those who leave, under the same rules, or --alternates."`
	Leaving       []int   `sep:"," placeholder:"I,…" help:"With --after: members of the panel who leave."`
	Declined      []int   `sep:"," placeholder:"I,…" help:"With --after: other volunteers who cannot sit any more."`
	Among         []int   `sep:"," placeholder:"I,…" help:"With --after: only these volunteers may fill the free seats."`
	Alternates    int     `placeholder:"N" help:"With --after: choose this many alternates, who stand ready before anybody drops out."`
	Dropout       float64 `default:"0.1" help:"With --alternates: each member's probability to drop out."`
	DropoutColumn string  `placeholder:"COLUMN" help:"With --alternates: the column of the pool that gives each member's own probability."`

	Verify string `type:"path" placeholder:"JSON" help:"Recompute this report from the pool and the categories, and say yes or no."`
}

// Run draws, adds a number or verifies.
func (c *drawCmd) Run(ctx context.Context) error { return c.run(ctx, os.Stdout, os.Stderr) }

func (c *drawCmd) run(ctx context.Context, stdout, stderr io.Writer) error {
	if c.Pool == "" || (c.Categories == "" && c.Constituency == "") {
		return badInput{errors.New("--pool and --categories are needed")}
	}
	if c.Verify != "" {
		return c.verify(stdout)
	}
	contributions, err := c.contributions()
	if err == nil {
		err = c.writable()
	}
	if err != nil {
		return badInput{err}
	}
	if c.Drawn != "" {
		return c.addNumber(contributions, stdout)
	}
	if c.After != "" {
		return c.again(ctx, contributions, stdout, stderr)
	}
	files, p, err := c.problem()
	if err != nil {
		return c.explained(err)
	}
	if c.Constituency != "" {
		if err := c.compare(ctx, p, stdout); err != nil {
			return c.explained(err)
		}
	}
	return c.draw(ctx, files, p, contributions, stdout, stderr)
}

// writable tells, before a long search, whether its result can be written.
func (c *drawCmd) writable() error {
	for _, path := range []string{c.Out, c.Report} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return fmt.Errorf("%s is a folder, not a file to write to", path)
		}
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return fmt.Errorf("%s cannot be written: %w", path, err)
		}
	}
	return nil
}

// explained marks the errors that the input explains.
func (c *drawCmd) explained(err error) error {
	var input *sortition.InputError
	var none *sortition.InfeasibleError
	var file *fs.PathError
	if errors.As(err, &input) || errors.As(err, &none) || errors.As(err, &file) {
		return badInput{err}
	}
	return err
}

// problem reads the files under the options.
func (c *drawCmd) problem() (sortition.Files, *sortition.Problem, error) {
	files, err := c.files()
	if err != nil {
		return files, nil, err
	}
	options := sortition.Options{Size: c.Size, AddressColumns: c.AddressColumns, French: c.French, Fixed: fromZero(c.Fixed), Excluded: fromZero(c.Excluded)}
	for _, group := range []struct {
		text []string
		into *[][]int
	}{{c.Together, &options.Together}, {c.Apart, &options.Apart}} {
		if *group.into, err = groups(group.text); err != nil {
			return files, nil, badInput{err}
		}
	}
	p, err := files.Problem(options)
	if err != nil {
		return files, nil, err
	}
	if err := c.sized(p); err != nil {
		return files, p, err
	}
	clashes, err := p.Clashes()
	if err == nil && len(clashes) > 0 {
		err = badInput{errors.New(clashes[0].Text(p))}
	}
	return files, p, err
}

// sized checks or fills the size.
func (c *drawCmd) sized(p *sortition.Problem) error {
	if p.Size == 0 && c.Constituency != "" {
		for _, q := range p.Quotas {
			if q.Category == c.Constituency {
				p.Size += q.Min
			}
		}
	}
	if p.Size < 1 {
		return badInput{errors.New("--size, the number of seats, is needed")}
	}
	return nil
}

// files reads the pool, and the categories or what replaces them.
func (c *drawCmd) files() (sortition.Files, error) {
	var f sortition.Files
	var err error
	if f.Pool, err = os.ReadFile(c.Pool); err != nil {
		return f, err
	}
	if c.Constituency == "" || c.Verify != "" || c.Drawn != "" || c.After != "" {
		f.Quotas, err = os.ReadFile(c.Categories)
		return f, err
	}
	pool, err := sortition.ParsePool(f.Pool)
	if err != nil {
		return f, fmt.Errorf("%s: %w", c.Pool, err)
	}
	rule, err := c.rule()
	if err != nil {
		return f, err
	}
	quotas, _, err := rule.Quotas(pool)
	if err != nil {
		return f, err
	}
	f.Quotas = sortition.FormatQuotas(quotas)
	if c.Categories == "" {
		return f, nil
	}
	return f, os.WriteFile(c.Categories, f.Quotas, 0o644)
}

func (c *drawCmd) rule() (sortition.Constituencies, error) {
	rule := sortition.Constituencies{Column: c.Constituency, Seats: 1}
	if c.Parity == "" {
		return rule, nil
	}
	column, values, _ := strings.Cut(c.Parity, "=")
	a, b, ok := strings.Cut(values, ",")
	if !ok {
		return rule, badInput{fmt.Errorf("--parity wants COLUMN=A,B, not %q", c.Parity)}
	}
	rule.ParityColumn, rule.Parity = column, [2]string{a, b}
	return rule, nil
}

// compare shows the draw by constituency and the national draw side by side.
func (c *drawCmd) compare(ctx context.Context, p *sortition.Problem, stdout io.Writer) error {
	rule, err := c.rule()
	if err != nil {
		return err
	}
	local, national, err := rule.Compare(ctx, p)
	if err != nil {
		return err
	}
	for _, side := range []struct {
		name string
		sortition.Side
	}{{"by constituency", local}, {"national", national}} {
		fmt.Fprintf(stdout, "%-16s %d seats, chances from %.6f to %.6f, %.1f constituencies with a seat on average\n",
			side.name, side.Seats, side.Chance[0], side.Chance[len(side.Chance)-1], side.Places)
	}
	return nil
}

// draw solves, lists, draws and writes.
func (c *drawCmd) draw(ctx context.Context, files sortition.Files, p *sortition.Problem, contributions []sortition.Contribution, stdout, stderr io.Writer) error {
	seed := c.Seed
	if seed == "" {
		seed = rand.Text()
	} else if len(contributions) == 0 && !c.Await {
		contributions = []sortition.Contribution{{Kind: "seed", Seed: seed}}
	}
	start := time.Now()
	show, end := progressLine(stderr)
	l, err := sortition.Solve(ctx, p, sortition.Objective(c.Objective), show)
	end()
	if err != nil {
		return c.explained(err)
	}
	list, err := l.List(c.Panels, seed)
	if err != nil {
		return c.explained(err)
	}
	r, err := sortition.NewReport(files, p, l, list, seed, contributions)
	if err != nil {
		return c.explained(err)
	}
	if !l.Complete {
		fmt.Fprintln(stderr, "Stopped before the end: this is the best lottery found so far, with the gap stated.")
	}
	fmt.Fprintf(stdout, "%s: %.9g, bound %.9g, largest gap of the proof %.3g (%.1f s)\n", r.Objective, r.Value, r.Bound, r.Gap(), time.Since(start).Seconds())
	if n := len(r.Impossible); n > 0 {
		fmt.Fprintf(stdout, "no panel can contain %d of the volunteers: numbers %s\n", n, fromOne(r.Impossible))
	}
	return c.finish(r, files, stdout)
}

// finish tells the draw and writes the files.
func (c *drawCmd) finish(r *sortition.Report, files sortition.Files, stdout io.Writer) error {
	fmt.Fprintf(stdout, "%d numbered panels, each chance within %.6f of the lottery's, SHA-256 %s\n", len(r.List.Panels), r.List.MaxShift, r.List.Hash)
	if r.List.MaxShift >= sortition.SmallShift {
		fmt.Fprintf(stdout, "that is not below %d in 1,000: a longer list comes closer (--panels %d)\n", int(1000*sortition.SmallShift), 5*len(r.List.Panels))
	}
	if r.Panel == nil {
		fmt.Fprintln(stdout, "the number has yet to be drawn in public: --drawn adds it")
	} else {
		fmt.Fprintf(stdout, "number drawn: %d; panel: volunteers %s\n", r.Number, fromOne(r.Panel))
		for _, q := range r.Quotas {
			if !q.Met() {
				fmt.Fprintf(stdout, "not met: %s %s has %d for %d–%d\n", q.Category, q.Feature, q.InPanel, q.Min, q.Max)
			}
		}
	}
	if c.Report != "" {
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Report, append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	if c.Out == "" || r.Panel == nil {
		return nil
	}
	text, err := panelCSV(files.Pool, r.Panel)
	if err != nil {
		return err
	}
	return os.WriteFile(c.Out, text, 0o600) // personal data
}

// panelCSV is the pool's header and the lines of the panel.
func panelCSV(pool []byte, panel []int) ([]byte, error) {
	p, err := sortition.ParsePool(pool)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	records := [][]string{p.Header}
	for _, i := range panel {
		records = append(records, p.Rows[i])
	}
	err = w.WriteAll(records)
	return b.Bytes(), err
}

// addNumber completes a report that awaited its number.
func (c *drawCmd) addNumber(contributions []sortition.Contribution, stdout io.Writer) error {
	files, err := c.files()
	if err != nil {
		return c.explained(err)
	}
	text, err := os.ReadFile(c.Drawn)
	if err != nil {
		return c.explained(err)
	}
	var r sortition.Report
	if err := json.Unmarshal(text, &r); err != nil {
		return badInput{fmt.Errorf("%s is not a report: %w", c.Drawn, err)}
	}
	if err := r.Draw(files, contributions); err != nil {
		return c.explained(err)
	}
	if c.Report == "" {
		c.Report = c.Drawn
	}
	return c.finish(&r, files, stdout)
}

// verify recomputes a report and fails when it is not true.
func (c *drawCmd) verify(stdout io.Writer) error {
	files, err := c.files()
	if err != nil {
		return c.explained(err)
	}
	text, err := os.ReadFile(c.Verify)
	if err != nil {
		return c.explained(err)
	}
	for _, f := range sortition.Verify(text, files) {
		if f.Err != nil {
			fmt.Fprintf(stdout, "no   %s\n", f.Check)
			return fmt.Errorf("the report is refused: %w", f.Err)
		}
		fmt.Fprintf(stdout, "yes  %s\n", f.Check)
	}
	return nil
}

// progressLine rewrites one line of a terminal at most ten times a second, which end clears;
// elsewhere it writes a line every ten seconds.
func progressLine(w io.Writer) (show func(sortition.Progress), end func()) {
	before, after, every := "", "\n", 10*time.Second
	end = func() {}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			before, after, every = "\r\033[K", "", 100*time.Millisecond
			end = func() { fmt.Fprint(w, before) }
		}
	}
	last := time.Now()
	return func(p sortition.Progress) {
		if time.Since(last) < every {
			return
		}
		last = time.Now()
		fmt.Fprintf(w, "%s%d panels known, %d inequalities, chances within %.2g of the optimum%s", before, p.Panels, p.Cuts, p.Gap, after)
	}, end
}
