package rule

import (
	"math/big"
	"slices"
	"strings"

	"isegoria.org/isegoria/tally"
)

// counter counts the same ballots under a tie-break.
type counter func(tally.TieBreak) (*tally.Result, error)

// line is the votes, in units, of all the ballots of a box that say the same.
type line struct {
	text   string
	ballot Ballot
	units  int64
}

// lines merges the ballots of a box that say the same and orders them by what they say: nothing is
// left of who cast them, nor of when.
func (r Rule) lines(options []Option, b Box, unit int64) []line {
	by := map[string]*line{}
	for _, cast := range b.Cast {
		text := r.Text(options, cast.Ballot)
		l := by[text]
		if l == nil {
			l = &line{text: text, ballot: cast.Ballot}
			by[text] = l
		}
		l.units += units(cast.Votes, unit)
	}
	var out []line
	for _, l := range by {
		if !l.ballot.Blank && l.units > 0 {
			out = append(out, *l)
		}
	}
	slices.SortFunc(out, func(a, b line) int { return strings.Compare(a.text, b.text) })
	return out
}

// placeholders are options known by their place alone, for ordering ballots in a count.
func placeholders(named []Named) []Option {
	out := make([]Option, len(named))
	for i, n := range named {
		out[i] = Option{Key: n.Key}
	}
	return out
}

// counter puts the boxes in the form the method counts.
func (r Rule) counter(c *Counted, names []string, boxes []Box) (counter, error) {
	options := placeholders(c.Options)
	switch family := r.Method().Family; family {
	case Dots:
		return r.dots(c, names, options, boxes)
	case Rank, One:
		return r.countRankings(c, names, options, boxes)
	default:
		return r.countGrades(c, names, options, boxes)
	}
}

func (r Rule) dots(c *Counted, names []string, options []Option, boxes []Box) (counter, error) {
	var colleges []tally.DotCollege
	var ballots []tally.DotBallot
	var err error
	for _, b := range boxes {
		ballots = nil
		for _, l := range r.lines(options, b, c.Unit) {
			dots := make([]int, len(names))
			for _, v := range l.ballot.Values {
				dots[v.Candidate] = v.Value
			}
			ballots = append(ballots, tally.DotBallot{Dots: dots, Weight: tally.Int(l.units)})
		}
		if b.Share.Sign() > 0 {
			colleges = append(colleges, tally.DotCollege{Name: b.College, Share: rat(b.Share), Ballots: ballots})
			c.Shares = append(c.Shares, Share{b.College, b.Share})
		}
	}
	if len(colleges) > 0 {
		if ballots, err = tally.JoinDotColleges(colleges); err != nil {
			return nil, err
		}
	}
	return func(t tally.TieBreak) (*tally.Result, error) {
		return tally.Dots(names, ballots, tally.DotRules{Each: r.Max, PerOption: r.PerOption}, tally.Options{Seats: c.Seats, TieBreak: t})
	}, nil
}

// rankings fills a ballot box: a vote is a ballot, so that the files give the very same result.
func (r Rule) rankings(names []string, lines []line) (*tally.Rankings, error) {
	p, err := tally.NewRankings(names)
	if err != nil {
		return nil, err
	}
	for _, l := range lines {
		if err := p.Add(l.ballot.Groups, l.units, 1); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (r Rule) grades(names []string, lines []line) (*tally.Grades, error) {
	g, err := tally.NewGrades(names)
	if err != nil {
		return nil, err
	}
	g.Scale = r.Grades
	for _, l := range lines {
		values := l.ballot.Values
		if r.Method().Family == Approve {
			values = nil
			for _, group := range l.ballot.Groups {
				for _, c := range group {
					values = append(values, tally.Grade{Candidate: c, Value: 1})
				}
			}
		}
		if err := g.Add(values, l.units, 1); err != nil {
			return nil, err
		}
	}
	return g, nil
}

func (r Rule) countRankings(c *Counted, names []string, options []Option, boxes []Box) (counter, error) {
	var colleges []tally.College
	var p *tally.Rankings
	var err error
	for _, b := range boxes {
		if p, err = r.rankings(names, r.lines(options, b, c.Unit)); err != nil {
			return nil, err
		}
		if b.Share.Sign() > 0 {
			colleges = append(colleges, tally.College{Name: b.College, Share: rat(b.Share), Ballots: p})
			c.Shares = append(c.Shares, Share{b.College, b.Share})
		}
	}
	if len(colleges) > 0 {
		if p, err = tally.JoinColleges(colleges); err != nil {
			return nil, err
		}
	}
	return r.by(c, tally.Ballots{Rankings: p}), nil
}

func (r Rule) countGrades(c *Counted, names []string, options []Option, boxes []Box) (counter, error) {
	var colleges []tally.GradedCollege
	var g *tally.Grades
	var err error
	for _, b := range boxes {
		if g, err = r.grades(names, r.lines(options, b, c.Unit)); err != nil {
			return nil, err
		}
		if b.Share.Sign() > 0 {
			colleges = append(colleges, tally.GradedCollege{Name: b.College, Share: rat(b.Share), Ballots: g})
			c.Shares = append(c.Shares, Share{b.College, b.Share})
		}
	}
	if len(colleges) > 0 {
		if g, err = tally.JoinGradedColleges(colleges); err != nil {
			return nil, err
		}
	}
	return r.by(c, tally.Ballots{Grades: g}), nil
}

// by counts the ballots by the method, and seats the elected with parity where it is asked.
func (r Rule) by(c *Counted, ballots tally.Ballots) counter {
	ballots.Conditions = c.conditions()
	return func(t tally.TieBreak) (*tally.Result, error) {
		return tally.Count(r.Name, ballots, tally.Options{Seats: c.Seats, TieBreak: t})
	}
}

// withParity seats the elected so that women and men have their share.
func (r Rule) withParity(count counter, options []Option) counter {
	names := Names(options)
	gender := map[string]string{}
	for i, o := range options {
		gender[names[i]] = o.Gender
	}
	rules := tally.ListRules{MinShare: big.NewRat(int64(r.Parity), 100), Genders: []string{Woman, Man}}
	return func(t tally.TieBreak) (*tally.Result, error) {
		result, err := count(t)
		if err != nil || t.Rule == "" {
			return result, err
		}
		return tally.ElectWithParity(result, gender, rules, t)
	}
}
