package replay

import (
	"context"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/space"
)

// changed is what an act changes of a session's pages.
const changed = "replay"

// changeSettings runs fn on how the session is recorded, for the bureau; fn says what happened, nil for nothing.
func (c *Component) changeSettings(tx *db.Tx, a space.Access, fn func(s *Settings) (journal.Payload, error)) error {
	if err := component.Must(a, canRecord(a)); err != nil {
		return err
	}
	s, err := settings(tx, a.Space.ID)
	if err != nil {
		return err
	}
	event, err := fn(&s)
	if err != nil || event == nil {
		return err
	}
	if err := s.save(tx, a.Space.ID); err != nil {
		return err
	}
	c.deps.LiveChanged(tx, a.Space.ID, changed)
	c.deps.LiveMoved(tx, a.Space.ID) // microphones wait for an answer, or no longer do
	_, err = journal.Append(tx, about(a.Space.ID, a.Viewer.Account), event)
	return err
}

// start has the session recorded from now on.
func (c *Component) start(tx *db.Tx, a space.Access, f form) error {
	return c.changeSettings(tx, a, func(s *Settings) (journal.Payload, error) {
		if _, hears := c.deps.Rooms.(*room.Embedded); !hears {
			return nil, fault.New(fault.Conflict, "replay.no_voices")
		}
		days := int(f.number("days"))
		if !slices.Contains(KeepDays, days) {
			return nil, fault.Fields{"days": fault.New(fault.Invalid, "replay.days.missing")}
		}
		s.Recording, s.Days, s.Legal = true, days, f.Get("legal") != ""
		return RecordingStarted{s.Days, s.Legal}, nil
	})
}

// stop ends the recording; it may be taken up again.
func (c *Component) stop(tx *db.Tx, a space.Access, _ form) error {
	return c.changeSettings(tx, a, func(s *Settings) (journal.Payload, error) {
		if !s.Recording {
			return nil, nil
		}
		s.Recording = false
		return RecordingStopped{}, nil
	})
}

// publish opens the replay to those who may see the space; withdraw closes it to them.
func (c *Component) publish(tx *db.Tx, a space.Access, _ form) error {
	return c.changeSettings(tx, a, func(s *Settings) (journal.Payload, error) {
		if !s.Published.IsZero() {
			return nil, nil
		}
		session, err := c.deps.LiveSession(tx, a.Space.ID)
		switch {
		case err != nil:
			return nil, err
		case session.Open || !session.Held:
			return nil, fault.New(fault.Conflict, "replay.not_over")
		}
		s.Published = tx.Now
		return Published{}, nil
	})
}

func (c *Component) withdraw(tx *db.Tx, a space.Access, _ form) error {
	return c.changeSettings(tx, a, func(s *Settings) (journal.Payload, error) {
		if s.Published.IsZero() {
			return nil, nil
		}
		s.Published = time.Time{}
		return Withdrawn{}, nil
	})
}

// respond is somebody saying whether they may be recorded. Who no longer agrees has what was recorded
// of them destroyed.
func (c *Component) respond(tx *db.Tx, a space.Access, f form) error {
	if err := component.Must(a, canAnswer(a)); err != nil {
		return err
	}
	said := answer(f.Get("answer"))
	if said != agrees && said != refuses {
		return fault.Fields{"answer": fault.New(fault.Invalid, "replay.answer.missing")}
	}
	before, err := answerOf(tx, a.Space.ID, a.Viewer.Account)
	if err != nil || before == said {
		return err
	}
	if err := saveAnswer(tx, a.Space.ID, a.Viewer.Account, said); err != nil {
		return err
	}
	if said == refuses {
		list, err := ownSpeeches(tx, a.Space.ID, a.Viewer.Account)
		if err != nil {
			return err
		}
		if err := c.erase(tx, a.Space.ID, a.Viewer.Account, list, ByOwner); err != nil {
			return err
		}
	}
	c.deps.LiveChanged(tx, a.Space.ID, changed)
	c.deps.LiveMoved(tx, a.Space.ID)
	_, err = journal.Append(tx, about(a.Space.ID, a.Viewer.Account), Answered{a.Viewer.Name, said == agrees})
	return err
}

// eraseAll destroys every recording of the space.
func (c *Component) eraseAll(tx *db.Tx, a space.Access, _ form) error {
	if err := component.Must(a, canRecord(a)); err != nil {
		return err
	}
	list, err := speeches(tx, a.Space.ID)
	if err != nil {
		return err
	}
	return c.erase(tx, a.Space.ID, a.Viewer.Account, list, ByBureau)
}

// erase destroys recordings. One that is being written ends: its file belongs to nothing any more
// (see [Component.look]).
func (c *Component) erase(tx *db.Tx, spaceID, actor int64, list []Speech, why Erasure) error {
	if len(list) == 0 {
		return nil
	}
	for _, s := range list {
		if err := deleteSpeech(tx, s.ID); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() {
		for _, s := range list {
			if s.Key == "" {
				continue
			}
			// A file that stays behind is swept: nothing refers to it.
			if err := c.deps.Blobs.Delete(context.Background(), s.Key); err != nil {
				c.deps.Site.Log.Warn("a recording was not deleted at once", "error", err)
			}
		}
	})
	_, err := journal.Append(tx, about(spaceID, actor), Erased{len(list), why})
	return err
}
