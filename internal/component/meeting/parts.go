package meeting

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/a-h/templ"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// part is a piece of a page that changes in place. on names what changes it (see [changes]), every
// is the seconds after which it is asked for again anyway.
type part struct {
	on    string
	every int
	may   func(space.Access) bool
	show  func(view) templ.Component
	panel *component.LivePanel // of another component; nil for the session's own
}

// ownParts are the session's own parts, by name.
var ownParts = map[string]part{
	"head":       {on: "state message", may: canFollow, show: headPart},
	"floor":      {on: "state floor", may: canFollow, show: floorPart},
	"mine":       {on: "state floor", may: canFollow, show: minePart},
	"agenda":     {on: "state agenda", may: canFollow, show: agendaPart},
	"attendance": {on: "state quorum", every: 30, may: canFollow, show: attendancePart},
	"todo":       {on: "state agenda", every: 30, may: canFollow, show: todoPart},
	"lead":       {on: "state floor", may: canLead, show: leadPart},
	"items":      {on: "state agenda", may: canLead, show: itemsPart},
	"alert":      {on: "state quorum", may: canLead, show: alertPart},
	"shares":     {on: "state floor", every: 30, may: canLead, show: sharesPart},
	"screen":     {on: "state floor agenda message quorum", may: canFollow, show: screenPart},
}

// parts are all parts by name: the session's own, and those that other components add.
func (c *Component) parts() map[string]part {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.allParts != nil {
		return c.allParts
	}
	all := maps.Clone(ownParts)
	for _, other := range c.deps.All() {
		panels, ok := other.(component.LivePanels)
		if !ok {
			continue
		}
		for _, p := range panels.LivePanels() {
			may := func(a space.Access) bool { return canFollow(a) && p.May(a) }
			show := func(v view) templ.Component { return v.panels[p.Name] }
			all[p.Name] = part{p.On, p.Every, may, show, &p}
		}
	}
	c.allParts = all
	return all
}

// partsOf are the names of a page's parts: its own, and what other components add to it.
func (c *Component) partsOf(page component.LivePage, own ...string) []string {
	for _, p := range panelsOf(c.parts(), page) {
		own = append(own, p.Name)
	}
	return own
}

// panelsOf are the panels of a page, by place and order.
func panelsOf(parts map[string]part, page component.LivePage) (list []*component.LivePanel) {
	for _, p := range parts {
		if p.panel != nil && slices.Contains(p.panel.Pages, page) {
			list = append(list, p.panel)
		}
	}
	slices.SortFunc(list, func(a, b *component.LivePanel) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Order, b.Order), cmp.Compare(a.Name, b.Name))
	})
	return list
}

// at are the names of the panels at a place of the page that the viewer may see.
func (v view) at(page component.LivePage, place component.LivePlace) (names []string) {
	for _, p := range panelsOf(v.parts, page) {
		if p.Place == place && v.parts[p.Name].may(v.access) {
			names = append(names, p.Name)
		}
	}
	return names
}

// showPanels reads and draws those of the named parts that are other components'.
func (c *Component) showPanels(ctx context.Context, tx *db.Tx, a space.Access, s *State, names []string) (map[string]templ.Component, error) {
	session := s.session(a.Space.ID)
	parts := c.parts()
	out := map[string]templ.Component{}
	for _, n := range names {
		p := parts[n]
		if p.panel == nil {
			continue
		}
		out[n] = templ.NopComponent
		if !p.may(a) {
			continue
		}
		shown, err := p.panel.Show(ctx, tx, a, session)
		if err != nil {
			return nil, err
		}
		if shown != nil {
			out[n] = shown
		}
	}
	return out, nil
}

// seen is what other components see of a session in one state: every page asks for it, and copying
// a thousand names for each would cost more than the page.
type seen struct {
	once    sync.Once
	session component.LiveSession
}

// session is what other components see of the session; they change nothing in it.
func (s *State) session(spaceID int64) component.LiveSession {
	s.seen.once.Do(func() { s.seen.session = s.look(spaceID) })
	return s.seen.session
}

func (s *State) look(spaceID int64) component.LiveSession {
	out := component.LiveSession{Space: spaceID, Open: s.Open, Held: s.Held(), Item: s.Item, ItemTitle: s.ItemTitle,
		Present: make(map[int64]component.LivePerson, len(s.Present))}
	if s.Held() {
		out.Since = s.Sittings[len(s.Sittings)-1].Opened
	}
	if s.Floor != nil {
		p := s.Floor.Hand.live()
		out.Speaker, out.Floor = &p, s.Floor.Since
	}
	for _, h := range s.Queue() {
		out.Queue = append(out.Queue, h.live())
	}
	for account, p := range s.Present {
		out.Present[account] = p.live()
	}
	return out
}

func (h Hand) live() component.LivePerson {
	p := h.Person.live()
	p.Written = h.Text != ""
	return p
}

func (p Person) live() component.LivePerson {
	return component.LivePerson{Account: p.Account, Name: p.Name, College: p.College}
}
