package main

import (
	"fmt"
	"strconv"
	"strings"

	"isegoria.org/isegoria/sortition"
)

// contributions reads the public sources of the number.
func (c *drawCmd) contributions() ([]sortition.Contribution, error) {
	var out []sortition.Contribution
	for _, d := range c.Dice {
		sides, throws, ok := strings.Cut(d, ":")
		n, err := strconv.Atoi(sides)
		if !ok || err != nil {
			return nil, fmt.Errorf("--dice wants SIDES:3,1,…, not %q", d)
		}
		values, err := numbers(throws)
		if err != nil {
			return nil, err
		}
		out = append(out, sortition.Contribution{Kind: "dice", Sides: n, Throws: values})
	}
	if c.Beacon != "" {
		round, signature, ok := strings.Cut(c.Beacon, ":")
		n, err := strconv.ParseUint(round, 10, 64)
		if err != nil || !ok {
			return nil, fmt.Errorf("--beacon wants ROUND:SIGNATURE, not %q", c.Beacon)
		}
		out = append(out, sortition.Contribution{Kind: "beacon", Round: n, Signature: signature})
	}
	return out, nil
}

// groups reads "3,7" as a group of volunteers counted from 1.
func groups(text []string) ([][]int, error) {
	var out [][]int
	for _, t := range text {
		g, err := numbers(t)
		if err != nil {
			return nil, err
		}
		out = append(out, fromZero(g))
	}
	return out, nil
}

func numbers(text string) ([]int, error) {
	var out []int
	for _, s := range strings.Split(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("%q is not a whole number", s)
		}
		out = append(out, n)
	}
	return out, nil
}

func fromZero(lines []int) []int {
	var out []int
	for _, i := range lines {
		out = append(out, i-1)
	}
	return out
}

func fromOne(rows []int) string {
	var out []string
	for _, i := range rows {
		out = append(out, strconv.Itoa(i+1))
	}
	return strings.Join(out, " ")
}
