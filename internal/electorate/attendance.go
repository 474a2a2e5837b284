package electorate

import (
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/statute"
)

// Mode is how an elector takes part.
type Mode string

const (
	InRoom      Mode = "room"        // signed in at the door, or connected to the live session
	OnPaper     Mode = "paper"       // by paper ballot
	Online      Mode = "online"      // by voting on the site
	Represented Mode = "represented" // by a proxy that stands
	Absent      Mode = ""
)

// Attend records that the elector takes part in that way; a second time changes nothing.
func Attend(tx *db.Tx, spaceID, member int64, mode Mode) error {
	_, err := tx.Exec("INSERT INTO attendance (space_id, member_id, mode, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
		spaceID, member, mode, tx.Now)
	return err
}

// AttendAll is [Attend] for many electors at once.
func AttendAll(tx *db.Tx, spaceID int64, members []int64, mode Mode) error {
	for len(members) > 0 {
		n := tx.BulkRows(len(members))
		args := make([]any, 0, 4*n)
		for _, m := range members[:n] {
			args = append(args, spaceID, m, mode, tx.Now)
		}
		if _, err := tx.Exec("INSERT INTO attendance (space_id, member_id, mode, at) VALUES "+db.Values(n, 4)+" ON CONFLICT DO NOTHING", args...); err != nil {
			return err
		}
		members = members[n:]
	}
	return nil
}

// Unattend takes an elector's attendance in that way back.
func Unattend(tx *db.Tx, spaceID, member int64, mode Mode) error {
	_, err := tx.Exec("DELETE FROM attendance WHERE space_id = $1 AND member_id = $2 AND mode = $3", spaceID, member, mode)
	return err
}

// Participant is an elector and how they take part; Holder is who represents them.
type Participant struct {
	Elector
	Mode   Mode
	Holder string
}

// EachParticipant calls fn for every elector, by name, with how they take part: in the room
// before on paper, on paper before online, and represented only when they do not take part
// themselves.
func EachParticipant(tx *db.Tx, spaceID int64, fn func(Participant) error) error {
	return tx.Each(`SELECT e.member_id, e.number, e.name, e.sort_name, e.domicile, e.college, e.shares, e.votes,
			COALESCE((SELECT MIN(CASE a.mode WHEN 'room' THEN 1 WHEN 'paper' THEN 2 ELSE 3 END) FROM attendance a
				WHERE a.space_id = e.space_id AND a.member_id = e.member_id), 0),
			COALESCE(h.name, '')
		FROM elector e
		LEFT JOIN proxy p ON p.space_id = e.space_id AND p.principal_id = e.member_id AND p.state = 'accepted'
		LEFT JOIN elector h ON h.space_id = p.space_id AND h.member_id = p.holder_id
		WHERE e.space_id = $1 ORDER BY e.sort_name, e.member_id`, []any{spaceID}, func(scan func(...any) error) error {
		var p Participant
		var votes string
		var mode int
		if err := scan(&p.Member, &p.Number, &p.Name, &p.SortName, &p.Domicile, &p.College, &p.Shares, &votes, &mode, &p.Holder); err != nil {
			return err
		}
		v, err := statute.ParseFrac(votes)
		if err != nil {
			return err
		}
		p.Votes = v
		p.Mode = []Mode{Absent, InRoom, OnPaper, Online}[mode]
		if p.Mode == Absent && p.Holder != "" {
			p.Mode = Represented
		}
		if p.Mode != Represented {
			p.Holder = ""
		}
		return fn(p)
	})
}

// Attendance counts who takes part, college by college, as the statutes judge quorums: every
// college of the statutes has its line, at zero where it has no elector.
func Attendance(tx *db.Tx, spaceID int64) (statute.Attendance, error) {
	var order []string
	by := map[string]*statute.CollegeAttendance{}
	err := EachParticipant(tx, spaceID, func(p Participant) error {
		c := by[p.College]
		if c == nil {
			c = &statute.CollegeAttendance{College: p.College}
			by[p.College] = c
			order = append(order, p.College)
		}
		c.EntitledMembers++
		c.EntitledVotes = c.EntitledVotes.Add(p.Votes)
		switch p.Mode {
		case InRoom:
			c.PresentMembers++
			c.PresentVotes = c.PresentVotes.Add(p.Votes)
		case Represented:
			c.RepresentedMembers++
			c.RepresentedVotes = c.RepresentedVotes.Add(p.Votes)
		case OnPaper, Online:
			c.DistanceMembers++
			c.DistanceVotes = c.DistanceVotes.Add(p.Votes)
		}
		return nil
	})
	if err != nil {
		return statute.Attendance{}, err
	}
	rules, err := Rules(tx, spaceID)
	if err != nil {
		return statute.Attendance{}, err
	}
	for _, c := range rules.Colleges {
		if by[c.Key] == nil {
			by[c.Key] = &statute.CollegeAttendance{College: c.Key}
			order = append(order, c.Key)
		}
	}
	if len(order) == 0 { // nobody may vote, and there are no colleges
		order, by[""] = []string{""}, &statute.CollegeAttendance{}
	}
	var a statute.Attendance
	for _, key := range order {
		a.Colleges = append(a.Colleges, *by[key])
	}
	return a, nil
}
