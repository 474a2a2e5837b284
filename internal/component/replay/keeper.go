package replay

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/ogg"
)

const (
	// patience is how long the server of rooms is waited for.
	patience = 3 * time.Second
	// abandoned is after how long a speech is given up that the node which wrote it has not finished.
	abandoned = 12 * time.Hour
	// longest is the size of the longest recording, in bytes: eight hours of a voice.
	longest = 500 << 20
	// ageEvery is how often it is looked for what was kept long enough.
	ageEvery = time.Minute
)

// LiveMoved begins and ends recordings when the floor changes hands.
func (c *Component) LiveMoved(int64) {
	c.deps.Live.Soon("replay", 0, func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
		defer cancel()
		if err := c.look(ctx); err != nil { // the next tick does what was not done
			c.deps.Site.Log.WarnContext(ctx, "the recording did not follow the floor", "error", err)
		}
	})
}

// Tick does the same, and destroys what was kept long enough.
func (c *Component) Tick(ctx context.Context) error {
	err := c.look(ctx)
	c.mu.Lock()
	due := time.Since(c.aged) >= ageEvery
	if due {
		c.aged = time.Now()
	}
	c.mu.Unlock()
	if due {
		err = errors.Join(err, c.age(ctx))
	}
	return err
}

// look compares whose voice is written with whose should be, on this node, and mends the difference.
// Files that belong to no speech are destroyed: a person no longer agreed.
func (c *Component) look(ctx context.Context) error {
	c.looking.Lock()
	defer c.looking.Unlock()
	var want []voice
	var written []Speech
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if written, err = beingWritten(tx); err != nil {
			return err
		}
		want, err = c.wanted(tx)
		return err
	})
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range written {
		if slices.Contains(want, s.voice()) && c.record(ctx, s) == nil {
			continue
		}
		errs = append(errs, c.finish(ctx, s))
	}
	for _, v := range want {
		if !slices.ContainsFunc(written, func(s Speech) bool { return s.voice() == v }) {
			errs = append(errs, c.begin(ctx, v))
		}
	}
	return errors.Join(append(errs, c.tidy(ctx))...)
}

// wanted lists whose voices are to be recorded now.
func (c *Component) wanted(tx *db.Tx) (list []voice, err error) {
	spaces, err := recorded(tx)
	for _, id := range spaces {
		set, err := settings(tx, id)
		if err != nil {
			return nil, err
		}
		session, err := c.deps.LiveSession(tx, id)
		if err != nil {
			return nil, err
		}
		if session.Speaker == nil {
			continue
		}
		said, err := answerOf(tx, id, session.Speaker.Account)
		if err != nil {
			return nil, err
		}
		if v, ok := wanted(set, session, said); ok {
			list = append(list, v)
		}
	}
	return list, err
}

func (c *Component) file(s Speech) string {
	return filepath.Join(c.deps.Scratch, filepath.Base(s.File))
}

// here tells whether the speech is being written on this node.
func (c *Component) here(s Speech) bool {
	_, err := os.Stat(c.file(s))
	return err == nil
}

// record asks for the speech to be written, which it usually is. A server of rooms that has started
// again does not go on with a file: there will be another one.
func (c *Component) record(ctx context.Context, s Speech) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var name, identity string
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		return component.Ask(c.deps, func(k component.VoiceFinder) (err error) {
			name, identity, err = k.VoiceOf(tx, s.Space, s.Account)
			return err
		})
	})
	if err == nil && identity == "" {
		err = errNotThere
	}
	if err != nil {
		return err
	}
	return c.deps.Rooms.Record(ctx, name, identity, c.file(s))
}

var errNotThere = errors.New("replay: who has the floor has not entered the room of voices")

// begin has a speech written. Where that is not possible yet, the next look tries again.
func (c *Component) begin(ctx context.Context, v voice) error {
	if !c.deps.Rooms.Up() {
		return nil
	}
	if err := os.MkdirAll(c.deps.Scratch, 0o700); err != nil {
		return err
	}
	s := Speech{Space: v.space, Account: v.account, Since: v.since}
	done := false
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) {
		s.ID, s.Begun = tx.NewID(), tx.Now
		s.File = strconv.FormatInt(s.ID, 10) + suffix
		done, err = insertSpeech(tx, s)
		return err
	})
	if err != nil || !done {
		return err
	}
	if c.record(ctx, s) == nil {
		return nil
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return dropSpeech(tx, s.ID) })
}

const suffix = ".ogg"

// finish keeps a speech that is over; one in which nothing was heard is none.
func (c *Component) finish(ctx context.Context, s Speech) error {
	if !c.here(s) {
		if c.deps.Site.DB.Clock().Sub(s.Begun) < abandoned {
			return nil // another node's
		}
		return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return dropSpeech(tx, s.ID) })
	}
	ctx, cancel := context.WithTimeout(ctx, 10*patience)
	defer cancel()
	if err := c.deps.Rooms.EndRecord(ctx, c.file(s)); err != nil {
		return err
	}
	f, err := os.Open(c.file(s))
	if err != nil {
		return err
	}
	defer f.Close()
	s.Lasts, err = ogg.Lasts(f)
	if errors.Is(err, ogg.ErrNoSound) {
		return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return dropSpeech(tx, s.ID) })
	}
	if err != nil {
		return err
	}
	ref, err := c.deps.Blobs.PutUpTo(ctx, f, longest)
	if err != nil {
		return err
	}
	s.Key, s.Size = ref.Key, ref.Size
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		done, err := keepSpeech(tx, s)
		if err != nil {
			return err
		}
		if !done { // it was erased while it was put away
			tx.AfterCommit(func() { _ = c.deps.Blobs.Delete(context.Background(), s.Key) })
			return nil
		}
		_, err = journal.Append(tx, about(s.Space, 0), SpeechKept{s.ID, int(s.Lasts.Round(time.Second).Seconds()), s.Key})
		return err
	})
}

// tidy destroys the files of this node that no speech is written into.
func (c *Component) tidy(ctx context.Context) error {
	list, err := os.ReadDir(c.deps.Scratch)
	if err != nil || len(list) == 0 {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return err
	}
	known := map[string]bool{}
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		written, err := beingWritten(tx)
		for _, s := range written {
			known[s.File] = true
		}
		return err
	})
	for _, f := range list {
		if err == nil && filepath.Ext(f.Name()) == suffix && !known[f.Name()] {
			name := filepath.Join(c.deps.Scratch, f.Name())
			err = errors.Join(c.deps.Rooms.EndRecord(ctx, name), os.Remove(name))
		}
	}
	return err
}

// age destroys what was kept as long as was said.
func (c *Component) age(ctx context.Context) error {
	var old map[int64][]Speech
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { old, err = tooOld(tx); return err })
	if err != nil || len(old) == 0 {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		old, err := tooOld(tx) // another node may have done it
		for id, list := range old {
			if err := c.erase(tx, id, 0, list, ByAge); err != nil {
				return err
			}
		}
		return err
	})
}

// Unsettled tells who has not answered yet in a session that is recorded: their microphone waits.
func (c *Component) Unsettled(tx *db.Tx, spaceID int64) (func(account int64) bool, error) {
	set, err := settings(tx, spaceID)
	if err != nil || !set.Recording {
		return nil, err
	}
	known, err := answered(tx, spaceID)
	return func(account int64) bool { return !known[account] }, err
}
