package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"strings"

	"isegoria.org/isegoria/tally"
	"isegoria.org/isegoria/tally/format"
)

// tallyCmd counts a ballot file.
type tallyCmd struct {
	File string `arg:"" help:"Ballot file; - reads standard input."`

	Method   string `required:"" placeholder:"RULE" help:"Counting rule: plurality, two-round, approval, score, borda, majority-judgment, majority-judgment-score, schulze, schulze-margins, ranked-pairs, ranked-pairs-margins, minimax, minimax-margins, copeland, irv, stv-scotland, stv-meek, hare, dhondt, sainte-lague."`
	Format   string `placeholder:"FORMAT" help:"File format: blt, cef, debian, csv or abif. Without it, the file's extension says."`
	Seats    int    `placeholder:"N" help:"Seats to fill; the file's own number by default, or 1."`
	Explicit bool   `help:"Ignore the candidates a ballot leaves out, instead of counting them as last."`
	JSON     bool   `name:"json" help:"Print the result as JSON."`

	Grades []string `sep:"," placeholder:"WORST,…,BEST" help:"Words of the grades of a CSV file, worst first."`

	TieBreak string   `enum:"none,older,chair,lot" default:"none" help:"Declared way of breaking ties: ${enum}."`
	Order    []string `sep:";" placeholder:"A;B;…" help:"For older and chair: the candidates, the preferred first."`
	Seed     string   `placeholder:"TEXT" help:"For lot: the published seed of the draw."`

	Default  string   `placeholder:"OPTION" help:"With a rule of duels (schulze, ranked-pairs, minimax, copeland): the option that changes nothing, over which the others need a majority. A Debian sheet names its own, for schulze."`
	Quorum   []string `sep:"none" placeholder:"VOTES" help:"With a default option: votes that must rank an option above it. OPTION=VOTES says it of one option."`
	Majority []string `sep:"none" placeholder:"OPTION=N" help:"With a default option: an option that needs N times more votes above it than below."`
}

// Run counts and prints to standard output.
func (c *tallyCmd) Run() error { return c.run(os.Stdin, os.Stdout, os.Stderr) }

func (c *tallyCmd) run(stdin io.Reader, stdout, stderr io.Writer) error {
	method, ok := tally.MethodByName(c.Method)
	if !ok {
		return badInput{fmt.Errorf("no counting rule called %q; the help lists them", c.Method)}
	}
	election, err := c.read(method, stdin, stderr)
	if err != nil {
		return err
	}
	result, err := c.count(election)
	if err != nil {
		return badInput{err}
	}
	if c.JSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(result)
	}
	_, err = stdout.Write(resultText(election.Title, result))
	return err
}

// read opens and parses the file.
func (c *tallyCmd) read(method tally.Method, stdin io.Reader, stderr io.Writer) (*format.Election, error) {
	o := format.Options{Explicit: c.Explicit, Scale: c.Grades}
	switch {
	case method.Approvals:
		o.Want = format.Approvals
	case method.Graded:
		o.Want = format.Grades
	}
	in, size := stdin, int64(0)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return nil, badInput{err}
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		in = f
	}
	kind := c.Format
	if kind == "" {
		var err error
		if kind, err = formatOf(c.File); err != nil {
			return nil, badInput{err}
		}
	}
	election, err := format.Read(kind, &progress{in: in, size: size, out: stderr}, o)
	var where *format.SyntaxError
	switch {
	case errors.As(err, &where):
		return nil, badInput{fmt.Errorf("%s: %w", c.File, err)}
	case err != nil:
		return nil, badInput{fmt.Errorf("%s cannot be read: %w", c.File, err)}
	}
	return election, nil
}

func formatOf(file string) (string, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".blt":
		return format.BLT, nil
	case ".cvotes", ".cef":
		return format.CEF, nil
	case ".csv", ".tsv":
		return format.CSV, nil
	case ".abif":
		return format.ABIF, nil
	}
	if strings.HasSuffix(file, "tally.txt") {
		return format.Debian, nil
	}
	return "", fmt.Errorf("the name of %s does not say its format: add --format blt, cef, debian, csv or abif", file)
}

func (c *tallyCmd) count(e *format.Election) (*tally.Result, error) {
	o := tally.Options{Seats: c.Seats}
	switch {
	case c.Seats < 0:
		return nil, errors.New("the number of seats is at least 1")
	case c.Seats == 0:
		o.Seats = max(e.Seats, 1)
	}
	if c.TieBreak != "none" {
		o.TieBreak = tally.TieBreak{Rule: c.TieBreak, Order: c.Order, Seed: c.Seed}
	}
	conditions, err := c.conditions(e)
	if err != nil {
		return nil, err
	}
	return tally.Count(c.Method, tally.Ballots{Rankings: e.Rankings, Grades: e.Grades, Conditions: conditions}, o)
}

// conditions joins those of the file and those of the command line.
func (c *tallyCmd) conditions(e *format.Election) (*tally.Conditions, error) {
	asked := c.Default != "" || len(c.Quorum) > 0 || len(c.Majority) > 0
	if method, _ := tally.MethodByName(c.Method); asked && !method.Duels {
		return nil, fmt.Errorf("a default option, a quorum and majorities go with the rules that compare options in duels, not with %s", c.Method)
	}
	if !asked {
		if c.Method == "schulze" { // what the sheets of Debian are counted by
			return e.Conditions, nil
		}
		return nil, nil
	}
	conditions := tally.Conditions{Majority: map[string]*big.Rat{}}
	if e.Conditions != nil {
		conditions = *e.Conditions
	}
	if c.Default != "" {
		conditions.Default = c.Default
	}
	if conditions.Default == "" {
		return nil, errors.New("name the option that changes nothing with --default")
	}
	conditions.Quorums = map[string]*big.Rat{}
	for _, q := range c.Quorum {
		at := strings.LastIndex(q, "=")
		votes, ok := new(big.Rat).SetString(q[at+1:])
		switch {
		case !ok || votes.Sign() < 0:
			return nil, fmt.Errorf("the quorum %q is not a number of votes, nor written OPTION=VOTES", q)
		case at < 0:
			conditions.Quorum = votes
		default:
			conditions.Quorums[q[:at]] = votes
		}
	}
	for _, m := range c.Majority {
		at := strings.LastIndex(m, "=")
		if at < 0 {
			return nil, fmt.Errorf("the majority %q is not written OPTION=N", m)
		}
		ratio, ok := new(big.Rat).SetString(m[at+1:])
		if !ok || ratio.Sign() <= 0 {
			return nil, fmt.Errorf("the majority %q is not written OPTION=N", m)
		}
		conditions.Majority[m[:at]] = ratio
	}
	return &conditions, nil
}

// progress reports the reading of a long file, a line per tenth.
type progress struct {
	in         io.Reader
	size, done int64
	tenth      int64
	out        io.Writer
}

// longFile is a size that takes a noticeable time to read, in bytes.
const longFile = 16 << 20

func (p *progress) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	p.done += int64(n)
	if p.size >= longFile && p.done*10/p.size > p.tenth {
		p.tenth = p.done * 10 / p.size
		fmt.Fprintf(p.out, "read %d %%\n", p.tenth*10)
	}
	return n, err
}
