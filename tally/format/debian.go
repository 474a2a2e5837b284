package format

import (
	"bytes"
	"io"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"isegoria.org/isegoria/tally"
)

var (
	debianOption = regexp.MustCompile(`^[\s|/]*Option\s+(\d+)\s*-*>?\s*:\s*(.*\S)\s*$`)
	debianVote   = regexp.MustCompile(`^\s*V:\s+(\S+)`)
	// "[3:1 majority needed]", "[needs 3:1]", "[3:1]"
	debianMajority = regexp.MustCompile(`[\[(][^\])]*?\b(\d{1,3}):1\b[^\])]*[\])]`)
	debianDefault  = regexp.MustCompile(`(?i)^(further discussion|none of the above)\b`)
)

// readDebian reads the tally sheets of the Debian project. A vote is one character per option:
// its place, a digit and then a letter from 10 on, or "-" when the option is left unranked. The
// last option is the default if it is called so; majorities of three to one and the like are
// read in the options' names.
func readDebian(r io.Reader, b *builder) error {
	d := &debianReader{lines: newLines(r), b: b}
	for d.next() {
		if m := debianVote.FindSubmatchIndex(d.text); m != nil && !bytes.HasPrefix(d.text[m[2]:], []byte("vote")) {
			if err := d.vote(d.text[m[2]:m[3]], m[2]); err != nil {
				return err
			}
			continue
		}
		if m := debianOption.FindSubmatchIndex(d.text); m != nil {
			if err := d.option(m); err != nil {
				return err
			}
		}
	}
	if err := d.err(); err != nil {
		return err
	}
	if d.groups == nil {
		return d.wrong(0, "no vote in this sheet")
	}
	return nil
}

type debianReader struct {
	*lines
	b      *builder
	names  []string
	groups [][]int // by place; nil before the first vote
}

func (d *debianReader) option(m []int) error {
	number := d.text[m[2]:m[3]]
	if d.groups != nil {
		return d.wrong(m[2], "an option after the first vote")
	}
	if n, err := strconv.Atoi(string(number)); err != nil || n != len(d.names)+1 {
		return d.wrong(m[2], "expected option %d", len(d.names)+1)
	}
	name := string(d.text[m[4]:m[5]])
	if slices.Contains(d.names, name) {
		return d.wrong(m[4], "two options called %q", name)
	}
	d.names = append(d.names, name)
	return nil
}

// places are the characters of a vote, in order.
const places = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func (d *debianReader) vote(marks []byte, offset int) error {
	if d.groups == nil {
		if len(d.names) == 0 {
			return d.wrong(offset, "a vote before the options")
		}
		if err := d.b.stand(d.names); err != nil {
			return d.wrong(offset, "%v", err)
		}
		d.conditions()
		d.groups = make([][]int, len(places))
	}
	if len(marks) != len(d.names) {
		return d.wrong(offset, "%d marks for %d options", len(marks), len(d.names))
	}
	for i := range d.groups {
		d.groups[i] = d.groups[i][:0]
	}
	for option, mark := range marks {
		if mark == '-' {
			continue
		}
		place := strings.IndexByte(places, bytes.ToUpper(marks[option : option+1])[0])
		if place < 0 {
			return d.wrong(offset+option, "%q is no place", mark)
		}
		d.groups[place] = append(d.groups[place], option)
	}
	used := slices.DeleteFunc(slices.Clone(d.groups), func(g []int) bool { return len(g) == 0 })
	return d.at(offset, d.b.rank(used, 1, 1))
}

func (d *debianReader) conditions() {
	last := d.names[len(d.names)-1]
	if !debianDefault.MatchString(last) {
		return
	}
	c := &tally.Conditions{Default: last, Majority: map[string]*big.Rat{}}
	for _, name := range d.names[:len(d.names)-1] {
		if m := debianMajority.FindStringSubmatch(name); m != nil {
			if ratio, err := strconv.ParseInt(m[1], 10, 64); err == nil && ratio > 0 {
				c.Majority[name] = big.NewRat(ratio, 1)
			}
		}
	}
	d.b.election.Conditions = c
}
