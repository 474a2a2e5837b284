package meeting

import (
	"context"
	"math"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// quorum is a quorum of the statutes as it stands.
type quorum struct {
	key     string
	names   map[i18n.Lang]string // what it is for: the kinds of decisions
	figures statute.QuorumFigures
	steps   []statute.Step
}

// required is how many members or votes reach it.
func (q quorum) required() statute.Frac { return q.figures.Needed.Mul(q.figures.Entitled) }

// quorums are every quorum of the statutes on the attendance as it stands; none without an
// electoral roll. They are counted again only when somebody has come, gone, or voted.
func (c *Component) quorums(tx *db.Tx, spaceID int64) ([]quorum, error) {
	now, err := attendanceMark(tx, spaceID)
	if err != nil || now.electors == 0 {
		return nil, err
	}
	c.mu.Lock()
	known, counted := c.counted[spaceID]
	c.mu.Unlock()
	if counted && known.at == now {
		return known.list, nil
	}
	list, err := countQuorums(tx, spaceID)
	if err == nil {
		c.mu.Lock()
		c.counted[spaceID] = countedQuorums{now, list}
		c.mu.Unlock()
	}
	return list, err
}

type countedQuorums struct {
	at   mark
	list []quorum
}

func countQuorums(tx *db.Tx, spaceID int64) ([]quorum, error) {
	rules, err := electorate.Rules(tx, spaceID)
	if err != nil {
		return nil, err
	}
	attendance, err := electorate.Attendance(tx, spaceID)
	if err != nil {
		return nil, err
	}
	sp, err := space.Find(tx, spaceID)
	if err != nil {
		return nil, err
	}
	var out []quorum
	for _, q := range rules.Quorums {
		kind, names := kindsOf(rules, q.Key)
		if kind == "" {
			continue
		}
		d, err := rules.JudgeQuorum(kind, sp.Call, attendance)
		if err != nil {
			return nil, err
		}
		out = append(out, quorum{q.Key, names, d.QuorumFigures, d.Steps})
	}
	return out, nil
}

// kindsOf names what needs that quorum, in both languages; kind is the key of one of them.
func kindsOf(rules statute.Rules, key string) (kind string, names map[i18n.Lang]string) {
	var french, english []string
	add := func(k, quorum, fr, en string) {
		if quorum != key {
			return
		}
		if en == "" {
			en = fr
		}
		kind, french, english = k, append(french, fr), append(english, en)
	}
	for _, m := range rules.Motions {
		add(m.Key, m.Quorum, m.Name, m.NameEn)
	}
	for _, e := range rules.Elections {
		add(e.Key, e.Quorum, e.Name, e.NameEn)
	}
	return kind, map[i18n.Lang]string{i18n.French: strings.Join(french, ", "), i18n.English: strings.Join(english, ", ")}
}

// watchQuorum writes down each quorum that an open session has reached or lost.
func (c *Component) watchQuorum(ctx context.Context, spaceID int64) error {
	var moved bool
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := c.look(tx, spaceID)
		if err != nil || !s.Open {
			return err
		}
		now, err := c.quorums(tx, spaceID)
		moved = len(quorumEvents(s, now)) > 0
		return err
	})
	if err != nil || !moved {
		return err
	}
	return c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
		sp, err := space.Find(tx, spaceID)
		if err != nil {
			return err
		}
		return c.record(tx, space.Access{Space: sp}, func(tx *db.Tx, _ space.Access, s *State) ([]journal.Payload, error) {
			now, err := countQuorums(tx, spaceID)
			if err != nil || !s.Open {
				return nil, err
			}
			return quorumEvents(s, now), nil
		})
	})
}

// quorumEvents are what has changed between the quorums that the session knows and those that stand.
func quorumEvents(s *State, now []quorum) (out []journal.Payload) {
	for _, q := range now {
		names, attended, required := q.names[i18n.French], plainNumber(q.figures.Attended), plainNumber(q.required())
		switch known := s.Quorum[q.key]; {
		case q.figures.Reached && !known:
			out = append(out, QuorumReached{q.key, names, attended, required})
		case !q.figures.Reached && known:
			out = append(out, QuorumLost{q.key, names, attended, required})
		}
	}
	return out
}

// plainNumber writes a count of members or votes: whole as a rule, with two decimals otherwise.
func plainNumber(f statute.Frac) string {
	v := f.Float()
	if v == math.Trunc(v) {
		return i18n.Number(i18n.French, int64(v))
	}
	return strings.Replace(strconv.FormatFloat(v, 'f', 2, 64), ".", ",", 1)
}
