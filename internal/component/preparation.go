package component

import (
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// Preparation says which steps of a space's preparation are a component's affair. Only
// organisers are shown them.
type Preparation interface {
	Steps(tx *db.Tx, a space.Access, t Translate) ([]PrepStep, error)
}

// PrepStep is one thing to do before the vote opens. Text is what to do ("Nommer la
// présidence"), Href where. Orders used: 10 roles, 20 statutes, 30 electoral roll, 40 agenda,
// 50 resolutions, 60 convocation, 70 opening of the vote.
type PrepStep struct {
	Order int
	Text  string
	Done  bool
	Href  string
}
