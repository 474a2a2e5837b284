package main

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"isegoria.org/isegoria/sortition"
)

// inviteCmd chooses by lot to whom invitations to volunteer go.
type inviteCmd struct {
	Register   string `required:"" type:"path" placeholder:"CSV" help:"Persons or addresses: a header line, then one line each, in an order that tells something (place, street, age)."`
	Stratum    string `required:"" placeholder:"COLUMN" help:"Column of the register among whose values letters are shared (Sainte-Laguë), such as the municipality."`
	Population string `type:"path" placeholder:"CSV" help:"Population of each value: name, number. The register's own lines otherwise."`
	Letters    int    `required:"" placeholder:"N" help:"Letters to send."`
	Seed       string `placeholder:"TEXT" help:"Phrase that decides the lots; drawn and printed when there is none."`
	Out        string `required:"" type:"path" placeholder:"CSV" help:"Where to write the chosen lines, each with its personal code."`
}

// Run chooses, writes the list and tells how the letters were shared.
func (c *inviteCmd) Run() error { return c.run(os.Stdout) }

func (c *inviteCmd) run(stdout io.Writer) error {
	explained := (&drawCmd{}).explained
	text, err := os.ReadFile(c.Register)
	if err != nil {
		return explained(err)
	}
	register, err := sortition.ParsePool(text)
	if err != nil {
		return explained(fmt.Errorf("%s: %w", c.Register, err))
	}
	var population map[string]int
	if c.Population != "" {
		if text, err = os.ReadFile(c.Population); err == nil {
			population, err = sortition.ParsePopulation(text)
		}
		if err != nil {
			return explained(fmt.Errorf("%s: %w", c.Population, err))
		}
	}
	seed := c.Seed
	if seed == "" {
		seed = rand.Text()
	}
	letters, err := sortition.Invite(register, c.Stratum, population, c.Letters, seed, rand.Reader)
	if err != nil {
		return explained(err)
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	err = w.Write(append([]string{"code"}, register.Header...))
	share, order := map[string]int{}, []string{}
	for _, l := range letters {
		if share[l.Stratum]++; share[l.Stratum] == 1 {
			order = append(order, l.Stratum)
		}
		err = errors.Join(err, w.Write(append([]string{l.Code}, register.Rows[l.Row]...)))
	}
	w.Flush()
	if err := errors.Join(err, w.Error(), os.WriteFile(c.Out, out.Bytes(), 0o600)); err != nil { // personal data
		return err
	}
	for _, s := range order {
		fmt.Fprintf(stdout, "%6d  %s\n", share[s], s)
	}
	fmt.Fprintf(stdout, "%d letters, seed %s\n", len(letters), seed)
	return nil
}
