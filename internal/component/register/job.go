package register

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

// job is an attempt to check or to apply an import, at work on this node.
type job struct {
	imp     people.Import // Run is this attempt
	actor   int64
	apply   bool
	done    atomic.Int64 // bytes read and, when applying, lines written
	total   atomic.Int64
	writing atomic.Bool
}

// StartImport begins to check an import (to is people.ImportChecking) or to apply it, in the
// background; its page is found again at any time.
func (c *Component) StartImport(ctx context.Context, id, actor int64, to people.ImportState) error {
	j := &job{actor: actor, apply: to == people.ImportApplying}
	err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		run, err := people.BeginImport(tx, id, to)
		if err != nil {
			return err
		}
		if j.imp, err = people.FindImport(tx, id); err != nil {
			return err
		}
		j.imp.Run = run
		return people.ClearImportIssues(tx, id)
	})
	if err != nil {
		return err
	}
	j.total.Store(j.imp.Size)
	c.jobs.Store(id, j)
	go c.work(context.WithoutCancel(ctx), j)
	return nil
}

// work does the attempt to its end and records what it came to.
func (c *Component) work(ctx context.Context, j *job) {
	defer c.jobs.CompareAndDelete(j.imp.ID, j)
	alive, stop := context.WithCancel(ctx)
	defer stop()
	go c.beat(alive, j)
	err := func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		if j.apply {
			return c.apply(ctx, j)
		}
		return c.check(ctx, j)
	}()
	if err == nil {
		return
	}
	back, failure := people.ImportMapping, "register.import.broken"
	if j.apply {
		back = people.ImportChecked
	}
	var refused *fault.Error
	if errors.As(err, &refused) {
		failure = refused.Key
	} else {
		c.deps.Site.Log.ErrorContext(ctx, "an import of the register failed", "import", j.imp.ID, "error", err)
	}
	err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		return people.EndImport(tx, j.imp.ID, j.imp.Run, back, j.imp.Counts, failure)
	})
	if err != nil && fault.CodeOf(err) == 0 { // a refusal: another attempt has taken over
		c.deps.Site.Log.ErrorContext(ctx, "the end of an import was not recorded", "import", j.imp.ID, "error", err)
	}
}

// beat says every second that the attempt is alive.
func (c *Component) beat(ctx context.Context, j *job) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
			return people.BeatImport(tx, j.imp.ID, j.imp.Run, j.done.Load(), j.total.Load())
		})
		if err != nil && ctx.Err() == nil {
			c.deps.Site.Log.WarnContext(ctx, "an import could not say it is alive", "import", j.imp.ID, "error", err)
		}
	}
}

func (c *Component) check(ctx context.Context, j *job) error {
	p, err := c.read(ctx, j)
	if err != nil {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		return people.EndImport(tx, j.imp.ID, j.imp.Run, people.ImportChecked, p.counts, "")
	})
}

// reading is a pass and the state of things it was made against.
type reading struct {
	*pass
	mark     people.Mark
	identity people.Identity
}

// read passes over the file, on a snapshot.
func (c *Component) read(ctx context.Context, j *job) (reading, error) {
	var r reading
	j.done.Store(0)
	head, err := c.head(ctx, j.imp)
	if err != nil {
		return r, err
	}
	err = c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if r.mark, err = people.RegisterMark(tx); err != nil {
			return err
		}
		if r.identity, err = people.LoadIdentity(tx); err != nil {
			return err
		}
		r.pass = &pass{tx: tx, id: j.imp.ID, keep: j.apply, plan: newPlan(j.imp.Options, width(head, j.imp.Options.HeaderRow), r.identity.Colleges),
			found: func(issues []people.ImportIssue) error {
				return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return people.AddImportIssues(tx, j.imp.ID, issues) })
			}}
		return r.run(func(read int) { j.done.Add(int64(read)) })
	})
	return r, err
}

// attempts is how often an import is read again because the register changed meanwhile.
const attempts = 3

// apply reads the file, then writes all its accepted lines in one transaction: on SQLite that
// one holds the writer, so nothing is read, compared or refused in it.
func (c *Component) apply(ctx context.Context, j *job) error {
	for range attempts {
		r, err := c.read(ctx, j)
		if err != nil {
			return err
		}
		j.total.Store(int64(len(r.changes)))
		j.done.Store(0)
		j.writing.Store(true)
		same := false
		err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) (err error) {
			if same, err = r.still(tx); err != nil || !same {
				return err
			}
			return r.write(tx, j)
		})
		if err != nil || same {
			c.deps.Site.ForgetIdentity()
			return err
		}
		j.writing.Store(false)
		j.total.Store(j.imp.Size)
		err = c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return people.ClearImportIssues(tx, j.imp.ID) })
		if err != nil {
			return err
		}
	}
	return fault.New(fault.Conflict, "register.import.moving")
}

// still tells whether what the file was compared with is as it was.
func (r reading) still(tx *db.Tx) (bool, error) {
	same, err := people.HoldRegister(tx, r.mark)
	if err != nil || !same {
		return false, err
	}
	now, err := people.LoadIdentity(tx)
	return slices.Equal(now.Colleges, r.identity.Colleges), err
}

func (r reading) write(tx *db.Tx, j *job) error {
	var created []string
	if len(r.plan.created) > 0 {
		identity := r.identity
		identity.Colleges = append(slices.Clone(identity.Colleges), r.plan.created...)
		if err := people.SaveIdentity(tx, identity); err != nil {
			return err
		}
		for _, c := range r.plan.created {
			created = append(created, c.Name)
		}
	}
	if err := people.SaveMembers(tx, j.actor, r.changes, func(done int) { j.done.Store(int64(done)) }); err != nil {
		return err
	}
	n := r.counts
	_, err := journal.Append(tx, journal.About{Subject: fmt.Sprintf("import/%d", j.imp.ID), Actor: j.actor}, people.RegisterImported{
		Import: j.imp.ID, SHA256: j.imp.SHA256, Lines: n.Lines, Added: n.Added, Changed: n.Changed, Unchanged: n.Unchanged,
		Refused: n.Refused, Colleges: created})
	if err != nil {
		return err
	}
	return people.EndImport(tx, j.imp.ID, j.imp.Run, people.ImportApplied, n, "")
}
