package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"isegoria.org/isegoria/legalfile"
)

// verifyCmd checks a legal file on any machine.
type verifyCmd struct {
	File string `arg:"" help:"Legal file of an assembly (ZIP)."`
	Key  string `placeholder:"FINGERPRINT" help:"Fingerprint of the key that must have signed it, as the organisation publishes it on its page /verify/file."`
}

// Run verifies and prints to standard output.
func (c *verifyCmd) Run() error { return c.run(os.Stdout) }

func (c *verifyCmd) run(out io.Writer) error {
	f, err := os.Open(c.File)
	if err != nil {
		return badInput{err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return badInput{fmt.Errorf("%s is not a file", c.File)}
	}
	report, err := legalfile.Verify(f, info.Size())
	var format *legalfile.FormatError
	if errors.As(err, &format) {
		return badInput{fmt.Errorf("%s: %w", c.File, err)}
	}
	if err != nil {
		return err
	}
	if c.Key != "" && plainKey(c.Key) != plainKey(report.Fingerprint) {
		report.Faults = append(report.Faults, legalfile.Finding{En: "it is not signed by the key of fingerprint " + c.Key})
	}
	if _, err := io.WriteString(out, reportText(report)); err != nil {
		return err
	}
	switch n := len(report.Faults); n {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("%s does not verify: 1 fault", c.File)
	default:
		return fmt.Errorf("%s does not verify; faults: %d", c.File, n)
	}
}

// plainKey is a fingerprint without the spaces it is written with.
func plainKey(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "")) }

// reportText says what was found: what the file is, each check, each fault, and the verdict.
func reportText(r legalfile.Report) string {
	var b strings.Builder
	m := r.Manifest
	if m.Format != "" {
		fmt.Fprintf(&b, "%s, %s\nmade on %s by %s\n", m.Space.Title, m.Organisation, m.MadeAt.UTC().Format(time.RFC3339), m.Program)
		fmt.Fprintf(&b, "head of the journal: place %d, %s\n", m.Journal.Seq, m.Journal.Hash)
		fmt.Fprintf(&b, "fingerprint of the key: %s\n\n", r.Fingerprint)
	}
	for _, part := range []struct {
		mark string
		list []legalfile.Finding
	}{{"ok         ", r.Passed}, {"unchecked  ", r.Unchecked}, {"FAULT      ", r.Faults}} {
		for _, f := range part.list {
			b.WriteString(part.mark + f.Text("en") + "\n")
		}
	}
	if r.OK() {
		b.WriteString("\nThe file verifies. Compare the fingerprint of the key with the one that the organisation publishes.\n")
	}
	return b.String()
}
