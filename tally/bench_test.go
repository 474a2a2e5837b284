package tally_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"isegoria.org/isegoria/tally"
)

// million is 1,000,000 ballots that each rank the 20 candidates in a random order, and grades for
// as many.
var million = sync.OnceValue(func() tally.Ballots {
	r := rand.New(rand.NewPCG(1, 1))
	p, err := tally.NewRankings(names(20))
	if err != nil {
		panic(err)
	}
	g, err := tally.NewGrades(names(20))
	if err != nil {
		panic(err)
	}
	ranking, grades := make([][]int, 20), make([]tally.Grade, 20)
	for range 1_000_000 {
		for i, c := range r.Perm(20) {
			ranking[i] = []int{c}
			grades[i] = tally.Grade{Candidate: c, Value: r.IntN(7)}
		}
		if err := p.Add(ranking, 1, 1); err != nil {
			panic(err)
		}
		if err := g.Add(grades, 1, 1); err != nil {
			panic(err)
		}
	}
	return tally.Ballots{Rankings: p, Grades: g}
})

func BenchmarkMillion(b *testing.B) {
	for _, m := range tally.Methods() {
		b.Run(m.Name, func(b *testing.B) {
			ballots := million()
			for b.Loop() {
				if _, err := tally.Count(m.Name, ballots, tally.Options{Seats: 5}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
