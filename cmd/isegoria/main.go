// Command isegoria is the whole program: the site with which people hold their assembly, and
// the tools that check, count, draw, keep and restore.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // time zones, where the machine has none

	"github.com/alecthomas/kong"
)

// cli is every command. Flags, environment variables and the configuration file are the same
// options; `isegoria config` prints them all.
type cli struct {
	ConfigFile string `name:"config" type:"path" env:"ISEGORIA_CONFIG" placeholder:"FILE" help:"Configuration file (TOML); see 'isegoria config'."`

	Serve     serveCmd     `cmd:"" help:"Serve the site of an organisation."`
	Demo      demoCmd      `cmd:"" help:"Serve a demonstration: an invented cooperative of 1,000 members."`
	Config    configCmd    `cmd:"" help:"Print the documented configuration."`
	Journal   journalCmd   `cmd:"" help:"Work with the journal."`
	Backup    backupCmd    `cmd:"" help:"Save everything an instance keeps in one file, while it serves."`
	Restore   restoreCmd   `cmd:"" help:"Fill an empty instance from a backup, with SQLite or PostgreSQL."`
	Export    exportCmd    `cmd:"" help:"Write everything the organisation holds in open formats."`
	EndOfLife endOfLifeCmd `cmd:"" help:"Destroy what an instance holds of people, for good; the legal files stay."`
	Draw      drawCmd      `cmd:"" help:"Draw a panel by lot, or verify a draw."`
	Invite    inviteCmd    `cmd:"" help:"Choose by lot whom to invite to volunteer, with personal codes."`
	Verify    verifyCmd    `cmd:"" help:"Check the legal file of an assembly, on any machine."`
	Tally     tallyCmd     `cmd:"" help:"Count an election from a ballot file."`
	Bench     benchCmd     `cmd:"" help:"Measure the program on this machine."`
	Pages     pagesCmd     `cmd:"" hidden:"" help:"Make pictures of the pages of a PDF; the program runs this itself."`
	Version   versionCmd   `cmd:"" help:"Print the version."`
	Room      roomCmd      `cmd:"" hidden:"" help:"The process of voice and video; the program starts it itself."`
}

func main() {
	syscall.Umask(0o077) // what is kept, restored and exported is for its owner only
	os.Exit(run(os.Args[1:]))
}

// run executes one command line and returns the exit code: 0, 1 for a failure, 2 for bad input.
func run(args []string) int {
	var c cli
	files := configPaths(args)
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			return fail(badInput{fmt.Errorf("configuration file: %w", err)})
		}
	}
	parser, err := kong.New(&c, kong.Name("isegoria"), kong.UsageOnError(),
		kong.Description("Isegoria: the assemblies of people who decide together. Free software, AGPL-3.0-or-later."),
		kong.Configuration(tomlFile, files...))
	if err != nil { // the configuration file
		return fail(badInput{err})
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		return fail(badInput{err})
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	k.BindTo(ctx, (*context.Context)(nil))
	k.Bind(parser)
	if err := k.Run(); err != nil {
		return fail(err)
	}
	return 0
}

// oneLine makes one sentence of a driver's list of attempts.
var oneLine = strings.NewReplacer(":\n\t", ": ", "\n\t", "; ", "\n", "; ")

// fail prints the error as one sentence and gives the exit code it asks for.
func fail(err error) int {
	fmt.Fprintln(os.Stderr, "isegoria:", oneLine.Replace(err.Error()))
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}
