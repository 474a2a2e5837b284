package talk

import (
	"context"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// board is what the pages and panels of questions are made of.
type board struct {
	access   space.Access
	settings settings
	session  component.LiveSession
	items    []component.AgendaItem
	counts   map[State]int
	state    State // of the questions shown
	list     []Question
	page     int
	onScreen *Question

	// What was refused of a form: the question it is about (0: asking one), the act, what was typed.
	about int64
	act   string
	typed map[string]string
	errs  map[string]string
}

const (
	perPage  = 30
	perPanel = 12 // on the page of a session
)

// load reads a page of the questions in a state.
func (c *Component) load(tx *db.Tx, a space.Access, s component.LiveSession, state State, page, size int) (b board, err error) {
	b = board{access: a, session: s, state: state, page: page}
	if b.settings, err = loadSettings(tx, a.Space.ID); err != nil {
		return b, err
	}
	if b.items, err = c.agenda(tx, a.Space.ID); err != nil {
		return b, err
	}
	if b.counts, err = countStates(tx, a.Space.ID); err != nil {
		return b, err
	}
	b.list, err = questions(tx, ask{space: a.Space.ID, viewer: a.Viewer.Account, state: state, items: b.items, now: b.current(), limit: size, offset: (page - 1) * size})
	return b, err
}

// current is the item the assembly is at, while it sits.
func (b board) current() int64 {
	if !b.session.Open {
		return 0
	}
	return b.session.Item
}

// group is the questions about an item of the agenda, or about none.
type group struct {
	title string
	now   bool
	list  []Question
}

// groups parts the list, which comes in the order of the agenda.
func (b board) groups(ctx context.Context) (out []group) {
	last := int64(-1)
	for _, q := range b.list {
		item := q.Item
		title := titleOf(b.items, item)
		if title == "" {
			item, title = 0, site.T(ctx, "talk.general")
		}
		if item != last {
			out = append(out, group{title: title, now: item != 0 && item == b.current()})
			last = item
		}
		out[len(out)-1].list = append(out[len(out)-1].list, q)
	}
	return out
}

func (b board) path(rest string) string { return b.access.Space.Path() + "/questions" + rest }

func (b board) at(q Question, act string) string {
	return b.path("/" + strconv.FormatInt(q.ID, 10) + "/" + act)
}

func anchor(q Question) string { return "q-" + strconv.FormatInt(q.ID, 10) }

func (b board) pages() int { return (b.counts[b.state] + perPage - 1) / perPage }

// refused is the sentence beside a field of the question's own form.
func (b board) refused(q Question, field string) string {
	if b.about == q.ID {
		return b.errs[field]
	}
	return ""
}

// kept is what was typed in a field of a form that was refused.
func (b board) kept(q Question, field, otherwise string) string {
	if typed, ok := b.typed[field]; ok && b.about == q.ID {
		return typed
	}
	return otherwise
}
