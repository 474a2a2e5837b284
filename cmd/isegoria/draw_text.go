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
		beacon, err := beaconText(c.Beacon)
		if err != nil {
			return nil, err
		}
		out = append(out, beacon)
	}
	return out, nil
}

// beaconText reads [CHAIN:]ROUND:SIGNATURE[:PREVIOUS].
func beaconText(text string) (sortition.Contribution, error) {
	parts := strings.Split(text, ":")
	chain := sortition.Quicknet.Name
	if _, err := strconv.Atoi(parts[0]); err != nil {
		chain, parts = parts[0], parts[1:]
	}
	if len(parts) < 2 || len(parts) > 3 {
		return sortition.Contribution{}, fmt.Errorf("--beacon wants [CHAIN:]ROUND:SIGNATURE[:PREVIOUS], not %q", text)
	}
	round, err := strconv.ParseUint(parts[0], 10, 64)
	if err != nil || round == 0 {
		return sortition.Contribution{}, fmt.Errorf("--beacon: %q is not the number of a round", parts[0])
	}
	if _, err := sortition.FindBeacon(chain); err != nil {
		return sortition.Contribution{}, fmt.Errorf("--beacon: %w", err)
	}
	c := sortition.Contribution{Kind: "beacon", Chain: chain, Round: round, Signature: strings.ToLower(parts[1])}
	if len(parts) == 3 {
		c.Previous = strings.ToLower(parts[2])
	}
	return c, nil
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
