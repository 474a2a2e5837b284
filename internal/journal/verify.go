package journal

import (
	"fmt"

	"isegoria.org/isegoria/internal/platform/db"
)

// Fault is one place where the journal does not hold.
type Fault struct {
	Seq  int64
	ID   int64
	Kind string
	Why  string
}

func (f Fault) String() string {
	return fmt.Sprintf("place %d (event %d, %s): %s", f.Seq, f.ID, f.Kind, f.Why)
}

// Report is what a verification found.
type Report struct {
	Events, Erased, Waiting int64
	Seq                     int64  // last place
	Head                    string // its hash
	Faults                  []Fault
}

// Verify recomputes the whole chain. It stops listing after 100 faults.
func Verify(tx *db.Tx) (Report, error) {
	var r Report
	c := Checker{}
	err := tx.Each(selectEvents+" WHERE seq IS NOT NULL ORDER BY seq", nil, func(scan func(dest ...any) error) error {
		e, err := scanEvent(scan)
		if err != nil {
			return err
		}
		r.Events++
		if e.Erased() {
			r.Erased++
		}
		if len(r.Faults) < 100 {
			r.Faults = append(r.Faults, c.Check(e)...)
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	r.Seq, r.Head = c.seq, c.prev
	return r, tx.Row("SELECT count(*) FROM journal WHERE seq IS NULL", nil, &r.Waiting)
}

// Checker follows a chain event by event, from the first.
type Checker struct {
	seq  int64
	prev string
}

// Check tells what does not hold in the next event. After a fault it goes on from the hash
// that the event itself states, so that each fault is named where it stands.
func (c *Checker) Check(e Event) []Fault {
	var out []Fault
	say := func(why string) { out = append(out, Fault{e.Seq, e.ID, e.Kind, why}) }
	if e.Seq != c.seq+1 {
		say(fmt.Sprintf("events are missing between places %d and %d", c.seq, e.Seq))
	}
	if !e.Erased() && digest(e) != e.Digest {
		say("what the event says was changed after it was written")
	}
	if chainHash(c.prev, e) != e.Hash {
		say("the event does not follow from the one before it: it, its date or its kind was changed, or one before it was removed")
	}
	c.seq, c.prev = e.Seq, e.Hash
	return out
}
