package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"text/tabwriter"

	"isegoria.org/isegoria/internal/app/bench"
	"isegoria.org/isegoria/tally"
)

// benchCmd measures the program on this machine.
type benchCmd struct {
	Vote     benchVoteCmd     `cmd:"" help:"Vote as many electors at once: sign in, cast, get the receipt, every ballot on disk."`
	Pages    benchPagesCmd    `cmd:"" help:"Read the list of resolutions, signed in; also start and idle memory."`
	Live     benchLiveCmd     `cmd:"" help:"Let many people follow a live session, and time how long a change takes to reach them all."`
	Room     benchRoomCmd     `cmd:"" help:"Fill a room with listeners of five microphones, then of a camera, until packets are lost."`
	Register benchRegisterCmd `cmd:"" help:"Import a large register, then page it."`
	Tally    benchTallyCmd    `cmd:"" help:"Count many ballots by several counting rules, on one core."`
	Draw     benchDrawCmd     `cmd:"" help:"Draw panels by lot with the proof that nothing is fairer, on one core."`
}

// benchOptions are what every measurement asks for.
type benchOptions struct {
	Database string `placeholder:"URL" help:"An empty PostgreSQL database to measure on; SQLite otherwise."`
	Clients  int    `default:"200" help:"Connections at once."`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// run gives fn an empty folder and prints what it measured.
func (o benchOptions) run(electors, motions int, fn func(bench.Options) (any, error)) error {
	if electors < 1 || o.Clients < 1 || motions < 1 {
		return badInput{fmt.Errorf("electors, clients and motions are at least 1")}
	}
	var report any
	err := inScratch(func(b bench.Options) (err error) {
		b.Database, b.Electors, b.Clients, b.Motions = o.Database, electors, o.Clients, motions
		report, err = fn(b)
		return err
	})
	if err != nil {
		return err
	}
	return printReport(report, o.JSON)
}

// printReport prints a report's fields under their JSON names, as a table or as JSON.
func printReport(report any, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(os.Stdout).Encode(report)
	}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Anonymous {
				walk(v.Field(i))
				continue
			}
			fmt.Printf("%-24s %v\n", strings.Split(f.Tag.Get("json"), ",")[0], v.Field(i).Interface())
		}
	}
	walk(reflect.ValueOf(report))
	return nil
}

type benchVoteCmd struct {
	benchOptions
	Electors int `default:"10000" help:"Electors."`
	Motions  int `default:"4" help:"Motions each elector votes on."`
}

func (c *benchVoteCmd) Run(ctx context.Context) error {
	return c.run(c.Electors, c.Motions, func(o bench.Options) (any, error) { return bench.Vote(ctx, o) })
}

type benchPagesCmd struct {
	benchOptions
	Electors int `default:"1000" help:"Members of the assembly."`
	Motions  int `default:"8" help:"Resolutions on the page."`
	Requests int `default:"20000" help:"Pages to read."`
}

func (c *benchPagesCmd) Run(ctx context.Context) error {
	return c.run(c.Electors, c.Motions, func(o bench.Options) (any, error) { return bench.Pages(ctx, o, c.Requests) })
}

type benchRegisterCmd struct {
	benchOptions
	Lines    int `default:"100000" help:"Members to import."`
	Requests int `default:"200" help:"Pages to read, one at a time."`
}

func (c *benchRegisterCmd) Run(ctx context.Context) error {
	return c.run(c.Lines, 1, func(o bench.Options) (any, error) { return bench.Register(ctx, o, c.Lines, c.Requests) })
}

type benchLiveCmd struct {
	benchOptions
	Connections int `default:"10000" help:"People who follow the session. Each takes a file of this process and one of the server's: see ulimit -n."`
}

func (c *benchLiveCmd) Run(ctx context.Context) error {
	return c.run(c.Connections, 1, func(o bench.Options) (any, error) { return bench.Live(ctx, o, c.Connections) })
}

type benchTallyCmd struct {
	Methods    []string `default:"schulze,majority-judgment,stv-scotland,stv-meek,irv,borda,ranked-pairs" placeholder:"RULE,…" help:"Counting rules: ${default}."`
	Ballots    int      `default:"1000000" help:"Ballots, each ranking or grading every candidate, in random order."`
	Candidates int      `default:"20" help:"Candidates."`
	Seats      int      `default:"5" help:"Seats to fill."`
	JSON       bool     `name:"json" help:"Print JSON."`
}

func (c *benchTallyCmd) Run(ctx context.Context) error {
	if c.Ballots < 1 || c.Candidates < 2 || c.Candidates > tally.MaxCandidates || c.Seats < 1 {
		return badInput{fmt.Errorf("at least a ballot and a seat, and 2 to %d candidates", tally.MaxCandidates)}
	}
	for _, name := range c.Methods {
		if _, ok := tally.MethodByName(name); !ok {
			return badInput{fmt.Errorf("no counting rule called %q", name)}
		}
	}
	var lines []bench.TallyLine
	err := inScratch(func(o bench.Options) (err error) {
		lines, err = bench.Tally(ctx, o, c.Methods, c.Ballots, c.Candidates, c.Seats)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(lines)
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "rule\tread (s)\tcount (s)\tcommand (s)\tprocessor (s)\tmemory (MB)")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%.0f\n", l.Method, l.ReadSeconds, l.CountSeconds, l.CommandSeconds, l.ProcessorSeconds, l.MemoryMB)
	}
	return t.Flush()
}

// inScratch gives fn this program and a folder that is removed after.
func inScratch(fn func(bench.Options) error) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "isegoria-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	return fn(bench.Options{Program: program, Data: data})
}

type benchDrawCmd struct {
	Folder    string `type:"existingdir" placeholder:"DIR" help:"Pools: subfolders NAME_SEATS with respondents.csv and categories.csv. Without it one is invented."`
	Objective string `enum:"leximin,maximin,nash,goldilocks,plain" default:"leximin" help:"What makes a lottery fair: ${enum}."`
	JSON      bool   `name:"json" help:"Print JSON."`
}

func (c *benchDrawCmd) Run(ctx context.Context) error {
	var lines []bench.DrawLine
	err := inScratch(func(o bench.Options) (err error) {
		lines, err = bench.Draw(ctx, o, c.Folder, c.Objective)
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(lines)
	}
	t := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "pool\tvolunteers\tseats\tvalue\tbound\tgap\tcommand (s)\tprocessor (s)\tverified (s)\tmemory (MB)")
	for _, l := range lines {
		fmt.Fprintf(t, "%s\t%d\t%d\t%.6f\t%.6f\t%.1e\t%.2f\t%.2f\t%.2f\t%.0f\n", l.Pool, l.Volunteers, l.Seats, l.Value, l.Bound, l.Gap, l.CommandSeconds, l.ProcessorSeconds, l.VerifySeconds, l.MemoryMB)
	}
	return t.Flush()
}
