package meeting

import (
	"encoding/json"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// own is an event of a session that speaks of the member.
type own struct {
	At      time.Time       `json:"at"`
	Kind    string          `json:"kind"`
	Payload json.RawMessage `json:"payload"`
}

// ExportMember adds what the member did in sessions: asked, said in writing, came and went.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	spaces, err := sessions(tx)
	if err != nil {
		return err
	}
	var list []own
	for _, id := range spaces {
		err := eachEvent(tx, id, 0, func(_ int64, e journal.Event) error {
			if mine, err := concerns(e, account); err != nil || !mine {
				return err
			}
			list = append(list, own{e.At, e.Kind, e.Payload})
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(list) == 0 {
		return nil
	}
	return add("live.json", writeJSON(list))
}

// concerns tells whether the event speaks of the account alone: presences, which name several
// people at once, are in the register of each session.
func concerns(e journal.Event, account int64) (bool, error) {
	if e.Erased() || e.Kind == (PresenceChanged{}).EventKind() {
		return false, nil
	}
	var p Person
	err := json.Unmarshal(e.Payload, &p)
	return p.Account == account, err
}

// EraseMember erases the texts that the member wrote and that were never read out. What was said
// before the assembly stays: the minutes and the legal file say it.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	spaces, err := sessions(tx)
	if err != nil {
		return err
	}
	for _, id := range spaces {
		written, given := map[int64]int64{}, map[int64]bool{}
		err := eachEvent(tx, id, 0, func(seq int64, e journal.Event) error {
			mine, err := concerns(e, account)
			switch {
			case err != nil || !mine:
				return err
			case e.Kind == (HandRaised{}).EventKind():
				written[seq] = e.ID
			case e.Kind == (FloorGiven{}).EventKind():
				var g FloorGiven
				if err := json.Unmarshal(e.Payload, &g); err != nil {
					return err
				}
				given[g.Hand] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
		for hand, event := range written {
			if !given[hand] {
				if err := journal.Erase(tx, event); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
