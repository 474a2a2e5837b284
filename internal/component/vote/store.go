package vote

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

const seriesColumns = "id, space_id, title, call, opens_at, closes_at, opened_at, closed_at, names, paper, in_session, item_id"

func scanSeries(scan func(...any) error) (s Series, err error) {
	return s, scan(&s.ID, &s.Space, &s.Title, &s.Call, &s.Opens, &s.Closes, &s.Opened, &s.Closed, &s.Names, &s.Paper, &s.InSession, &s.Item)
}

func listSeries(tx *db.Tx, spaceID int64) ([]Series, error) {
	return db.All(tx, "SELECT "+seriesColumns+" FROM vote_series WHERE space_id = $1 ORDER BY id", []any{spaceID}, scanSeries)
}

func findSeries(tx *db.Tx, spaceID, id int64) (Series, error) {
	list, err := db.All(tx, "SELECT "+seriesColumns+" FROM vote_series WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanSeries)
	if err != nil {
		return Series{}, err
	}
	if len(list) == 0 {
		return Series{}, fault.New(fault.NotFound, "vote.unknown")
	}
	return list[0], nil
}

func insertSeries(tx *db.Tx, s Series) error {
	_, err := tx.Exec(`INSERT INTO vote_series (id, space_id, title, call, opens_at, closes_at, names, paper, in_session, item_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, s.ID, s.Space, s.Title, s.Call, s.Opens, s.Closes, s.Names, s.Paper, s.InSession, s.Item, tx.Now)
	return err
}

func updateSeries(tx *db.Tx, s Series) error {
	_, err := tx.Exec("UPDATE vote_series SET title = $2, opens_at = $3, closes_at = $4, names = $5, paper = $6, in_session = $7, item_id = $8 WHERE id = $1",
		s.ID, s.Title, s.Opens, s.Closes, s.Names, s.Paper, s.InSession, s.Item)
	return err
}

// lockSeries makes the closing wait for the ballots under way and ballots wait for the
// closing; on SQLite, where one writes at a time, there is nothing to wait for.
func lockSeries(tx *db.Tx, id int64, closing bool) error {
	if tx.Dialect == db.SQLite {
		return nil
	}
	lock := "pg_advisory_xact_lock_shared"
	if closing {
		lock = "pg_advisory_xact_lock"
	}
	_, err := tx.Exec("SELECT "+lock+"($1)", id)
	return err
}

const resolutionColumns = "id, series_id, space_id, number, title, text, origin, form, rule, max_choices, seats, chair, seed, method, settings"

func scanResolution(scan func(...any) error) (r Resolution, err error) {
	var method, settings string
	err = scan(&r.ID, &r.Series, &r.Space, &r.Number, &r.Title, &r.Text, &r.Origin, &r.Form, &r.Rule, &r.MaxChoices, &r.Seats, &r.Chair, &r.Seed, &method, &settings)
	if err == nil {
		r.Method, err = readMethod(method, settings)
	}
	return r, err
}

func listResolutions(tx *db.Tx, seriesID int64) ([]Resolution, error) {
	list, err := db.All(tx, "SELECT "+resolutionColumns+" FROM vote_resolution WHERE series_id = $1 ORDER BY number", []any{seriesID}, scanResolution)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(list, func(r Resolution) bool { return r.Form != Motion }) {
		return list, nil
	}
	return list, withOptions(tx, list, "resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $1)", seriesID)
}

func findResolution(tx *db.Tx, spaceID int64, id int64) (Resolution, error) {
	list, err := db.All(tx, "SELECT "+resolutionColumns+" FROM vote_resolution WHERE space_id = $1 AND id = $2", []any{spaceID, id}, scanResolution)
	if err != nil {
		return Resolution{}, err
	}
	if len(list) == 0 {
		return Resolution{}, fault.New(fault.NotFound, "vote.unknown")
	}
	if list[0].Form != Motion {
		err = withOptions(tx, list, "resolution_id = $1", id)
	}
	return list[0], err
}

func withOptions(tx *db.Tx, list []Resolution, where string, arg int64) error {
	at := map[int64]*Resolution{}
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	return tx.Each("SELECT resolution_id, key, label, about, born, gender, members FROM vote_option WHERE "+where+" ORDER BY resolution_id, position", []any{arg},
		func(scan func(...any) error) error {
			var id int64
			var o Option
			var members string
			if err := scan(&id, &o.Key, &o.Label, &o.About, &o.Born, &o.Gender, &members); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(members), &o.Members); err != nil {
				return fmt.Errorf("the candidates of the list %s: %w", o.Key, err)
			}
			if r := at[id]; r != nil {
				r.Options = append(r.Options, o)
			}
			return nil
		})
}

func saveResolution(tx *db.Tx, r Resolution) error {
	settings, err := settingsText(r.Method)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO vote_resolution (`+resolutionColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
		ON CONFLICT (id) DO UPDATE SET number = excluded.number, title = excluded.title, text = excluded.text, origin = excluded.origin,
			form = excluded.form, rule = excluded.rule, max_choices = excluded.max_choices, seats = excluded.seats,
			chair = excluded.chair, seed = excluded.seed, method = excluded.method, settings = excluded.settings`,
		r.ID, r.Series, r.Space, r.Number, r.Title, r.Text, r.Origin, r.Form, r.Rule, r.MaxChoices, r.Seats, r.Chair, r.Seed, r.Method.Name, settings)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM vote_option WHERE resolution_id = $1", r.ID); err != nil {
		return err
	}
	for i, o := range r.Options {
		members := []byte("[]")
		if len(o.Members) > 0 {
			if members, err = json.Marshal(o.Members); err != nil {
				return err
			}
		}
		_, err := tx.Exec("INSERT INTO vote_option (resolution_id, position, key, label, about, born, gender, members) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			r.ID, i, o.Key, o.Label, o.About, o.Born, o.Gender, string(members))
		if err != nil {
			return err
		}
	}
	return nil
}

func deleteResolution(tx *db.Tx, id int64) error {
	if _, err := tx.Exec("DELETE FROM vote_option WHERE resolution_id = $1", id); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM vote_resolution WHERE id = $1", id)
	return err
}

const ballotColumns = "resolution_id, member_id, choice, cast_by, by_proxy, cast_at, receipt"

func scanBallot(scan func(...any) error) (b Ballot, err error) {
	return b, scan(&b.Resolution, &b.Member, &b.Choice, &b.CastBy, &b.ByProxy, &b.CastAt, &b.Receipt)
}

// ballotsOf lists the ballots of some members in a series, by member and resolution.
func ballotsOf(tx *db.Tx, seriesID int64, members []int64) (map[int64]map[int64]Ballot, error) {
	out := map[int64]map[int64]Ballot{}
	for _, m := range members {
		out[m] = map[int64]Ballot{}
		err := tx.Each("SELECT "+ballotColumns+" FROM vote_ballot WHERE member_id = $1 AND resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $2)",
			[]any{m, seriesID}, func(scan func(...any) error) error {
				b, err := scanBallot(scan)
				out[m][b.Resolution] = b
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

const replaceBallot = ` ON CONFLICT (resolution_id, member_id) DO UPDATE SET choice = excluded.choice, cast_by = excluded.cast_by,
	by_proxy = excluded.by_proxy, cast_at = excluded.cast_at, receipt = excluded.receipt`

// saveBallot stores a ballot unless the series has closed: this looks later than what was read before
// a closing under way was waited for.
func saveBallot(tx *db.Tx, s Series, b Ballot) error {
	n, err := tx.Exec(`INSERT INTO vote_ballot (`+ballotColumns+`)
		SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT), CAST($5 AS BOOLEAN), CAST($6 AS BIGINT), CAST($7 AS TEXT)
		FROM vote_series WHERE id = $8 AND closed_at IS NULL`+replaceBallot,
		b.Resolution, b.Member, b.Choice, b.CastBy, b.ByProxy, b.CastAt, b.Receipt, s.ID)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "vote.closed", "at", s.Closes)
	}
	return err
}

// saveBallots stores the electors' own ballots on a series that cannot close before they are in.
func saveBallots(tx *db.Tx, list []Ballot) error {
	for len(list) > 0 {
		n := tx.BulkRows(len(list))
		args := make([]any, 0, 7*n)
		for _, b := range list[:n] {
			args = append(args, b.Resolution, b.Member, b.Choice, b.CastBy, b.ByProxy, b.CastAt, b.Receipt)
		}
		if _, err := tx.Exec("INSERT INTO vote_ballot ("+ballotColumns+") VALUES "+db.Values(n, 7)+replaceBallot, args...); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// eachBallot calls fn for every ballot of a resolution with its elector's college and name.
func eachBallot(tx *db.Tx, r Resolution, fn func(b Ballot, number, name, college, votes string) error) error {
	return tx.Each(`SELECT b.resolution_id, b.member_id, b.choice, b.cast_by, b.by_proxy, b.cast_at, b.receipt, e.number, e.name, e.college, e.votes
		FROM vote_ballot b JOIN elector e ON e.space_id = $2 AND e.member_id = b.member_id
		WHERE b.resolution_id = $1 ORDER BY e.sort_name, e.member_id`, []any{r.ID, r.Space}, func(scan func(...any) error) error {
		var b Ballot
		var number, name, college, votes string
		err := scan(&b.Resolution, &b.Member, &b.Choice, &b.CastBy, &b.ByProxy, &b.CastAt, &b.Receipt, &number, &name, &college, &votes)
		if err != nil {
			return err
		}
		return fn(b, number, name, college, votes)
	})
}

// standing is what decides whether an elector may vote in a series, read at once.
type standing struct {
	votes   string
	college string
	paper   bool // has voted on paper
	proxy   bool // has given a proxy that stands
	online  bool // takes part on the site
}

// standingFacts are paper, proxy and online of the elector e in the series s.
const standingFacts = `
	EXISTS (SELECT 1 FROM vote_paper_voter p WHERE p.series_id = s.id AND p.member_id = e.member_id),
	EXISTS (SELECT 1 FROM proxy p WHERE p.space_id = e.space_id AND p.principal_id = e.member_id AND p.state IN ('offered', 'accepted')),
	EXISTS (SELECT 1 FROM attendance a WHERE a.space_id = e.space_id AND a.member_id = e.member_id AND a.mode = 'online')`

func findStanding(tx *db.Tx, s Series, member int64) (st standing, err error) {
	err = tx.Row(`SELECT e.votes, e.college,`+standingFacts+`
		FROM elector e JOIN vote_series s ON s.id = $3 WHERE e.space_id = $1 AND e.member_id = $2`, []any{s.Space, member, s.ID}, &st.votes, &st.college, &st.paper, &st.proxy, &st.online)
	if errors.Is(err, db.ErrNotFound) {
		return st, fault.New(fault.Forbidden, "vote.not_elector")
	}
	return st, err
}

// openStandings are the standings of those of the members who are electors, nobody's once the series is
// closed. It looks later than what was read before a closing under way was waited for.
func openStandings(tx *db.Tx, s Series, members []int64) (map[int64]standing, error) {
	out := make(map[int64]standing, len(members))
	marks, ids := db.In(3, members)
	err := tx.Each(`SELECT e.member_id, e.votes, e.college,`+standingFacts+`
		FROM elector e JOIN vote_series s ON s.id = $2 AND s.closed_at IS NULL
		WHERE e.space_id = $1 AND e.member_id IN (`+marks+")", append([]any{s.Space, s.ID}, ids...), func(scan func(...any) error) error {
		var member int64
		var st standing
		err := scan(&member, &st.votes, &st.college, &st.paper, &st.proxy, &st.online)
		out[member] = st
		return err
	})
	return out, err
}

func hasOwnBallot(tx *db.Tx, seriesID, member int64) (bool, error) {
	var n int
	err := tx.Row(`SELECT count(*) FROM vote_ballot WHERE member_id = $1 AND NOT by_proxy
		AND resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $2)`, []any{member, seriesID}, &n)
	return n > 0, err
}

func insertPaperVoter(tx *db.Tx, seriesID, member, by int64) error {
	_, err := tx.Exec("INSERT INTO vote_paper_voter (series_id, member_id, entered_by, at) VALUES ($1, $2, $3, $4)", seriesID, member, by, tx.Now)
	if errors.Is(err, db.ErrConflict) {
		return fault.New(fault.Conflict, "vote.paper.already")
	}
	return err
}

// PaperVoter is an elector who voted on paper.
type PaperVoter struct {
	Member  int64
	Number  string
	Name    string
	College string
	Votes   string
	At      time.Time
}

func paperVoters(tx *db.Tx, s Series) ([]PaperVoter, error) {
	return db.All(tx, `SELECT e.member_id, e.number, e.name, e.college, e.votes, p.at
		FROM vote_paper_voter p JOIN elector e ON e.space_id = $2 AND e.member_id = p.member_id
		WHERE p.series_id = $1 ORDER BY e.sort_name, e.member_id`, []any{s.ID, s.Space}, func(scan func(...any) error) (v PaperVoter, err error) {
		return v, scan(&v.Member, &v.Number, &v.Name, &v.College, &v.Votes, &v.At)
	})
}

// PaperCount is one scrutineer's count for a college.
type PaperCount struct {
	Resolution int64
	College    string
	Scrutineer int64
	Name       string
	Figures    Figures
	At         time.Time
	Done       bool `json:"-"` // false while papers are being entered one by one
}

func paperCounts(tx *db.Tx, seriesID int64) ([]PaperCount, error) {
	return db.All(tx, `SELECT c.resolution_id, c.college, c.scrutineer, a.name, c.figures, c.at, c.done
		FROM vote_paper_count c JOIN account a ON a.id = c.scrutineer
		WHERE c.resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $1)
		ORDER BY c.resolution_id, c.college, c.at, c.scrutineer`, []any{seriesID}, func(scan func(...any) error) (c PaperCount, err error) {
		var text string
		if err = scan(&c.Resolution, &c.College, &c.Scrutineer, &c.Name, &text, &c.At, &c.Done); err != nil {
			return c, err
		}
		return c, json.Unmarshal([]byte(text), &c.Figures)
	})
}

func savePaperCount(tx *db.Tx, c PaperCount) error {
	text, err := json.Marshal(c.Figures)
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO vote_paper_count (resolution_id, college, scrutineer, figures, at, done) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (resolution_id, college, scrutineer) DO UPDATE SET figures = excluded.figures, at = excluded.at, done = excluded.done`,
		c.Resolution, c.College, c.Scrutineer, string(text), tx.Now, c.Done)
	return err
}

func saveResult(tx *db.Tx, r Result) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO vote_result (resolution_id, decided_at, result) VALUES ($1, $2, $3)
		ON CONFLICT (resolution_id) DO UPDATE SET decided_at = excluded.decided_at, result = excluded.result`, r.Resolution, tx.Now, text)
	return err
}

func results(tx *db.Tx, seriesID int64) (map[int64]Result, error) {
	out := map[int64]Result{}
	err := tx.Each(`SELECT resolution_id, result FROM vote_result
		WHERE resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $1)`, []any{seriesID}, func(scan func(...any) error) error {
		var id int64
		var text string
		if err := scan(&id, &text); err != nil {
			return err
		}
		var r Result
		if err := json.Unmarshal([]byte(text), &r); err != nil {
			return fmt.Errorf("result of resolution %d: %w", id, err)
		}
		out[id] = r
		return nil
	})
	return out, err
}

// decidedSeries tells which series of the space have all their results.
func decidedSeries(tx *db.Tx, spaceID int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := tx.Each(`SELECT s.id, NOT EXISTS (SELECT 1 FROM vote_resolution r WHERE r.series_id = s.id
				AND NOT EXISTS (SELECT 1 FROM vote_result v WHERE v.resolution_id = r.id))
		FROM vote_series s WHERE s.space_id = $1 AND s.closed_at IS NOT NULL`, []any{spaceID}, func(scan func(...any) error) error {
		var id int64
		var done bool
		err := scan(&id, &done)
		out[id] = done
		return err
	})
	return out, err
}

// Participation is how many electors have a ballot in, by resolution, and in the whole series.
type Participation struct {
	Electors     int
	Voters       int // with a ballot on at least one resolution, papers included
	ByResolution map[int64]int
}

func participation(tx *db.Tx, s Series) (Participation, error) {
	p := Participation{ByResolution: map[int64]int{}}
	var paper int
	err := tx.Row(`SELECT (SELECT count(*) FROM elector WHERE space_id = $1), (SELECT count(*) FROM vote_paper_voter WHERE series_id = $2),
		(SELECT count(DISTINCT member_id) FROM vote_ballot WHERE resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $2))`,
		[]any{s.Space, s.ID}, &p.Electors, &paper, &p.Voters)
	if err != nil {
		return p, err
	}
	p.Voters += paper
	err = tx.Each(`SELECT resolution_id, count(*) FROM vote_ballot WHERE resolution_id IN (SELECT id FROM vote_resolution WHERE series_id = $1)
		GROUP BY resolution_id`, []any{s.ID}, func(scan func(...any) error) error {
		var id int64
		var n int
		err := scan(&id, &n)
		p.ByResolution[id] = n + paper
		return err
	})
	return p, err
}
