package electorate

import (
	"encoding/json"
	"io"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// PersonalData is what the assemblies hold of a member. It is exported on request and kept
// for as long as the law keeps attendance sheets; erasing a member leaves it.
type PersonalData struct {
	Rolls      []PersonalRoll       `json:"rolls"`
	Attendance []PersonalAttendance `json:"attendance"`
	Proxies    []PersonalProxy      `json:"proxies"`
}

// PersonalRoll is the member's line on the electoral roll of an assembly.
type PersonalRoll struct {
	Assembly string `json:"assembly"`
	Name     string `json:"name"`
	Domicile string `json:"domicile"`
	College  string `json:"college"`
	Shares   int64  `json:"shares"`
	Votes    string `json:"votes"`
}

// PersonalAttendance is one way in which the member took part in an assembly.
type PersonalAttendance struct {
	Assembly string    `json:"assembly"`
	Mode     string    `json:"mode"`
	At       time.Time `json:"at"`
}

// PersonalProxy is a proxy that the member gave or was offered.
type PersonalProxy struct {
	Assembly string    `json:"assembly"`
	Given    bool      `json:"given"` // by the member; else to the member
	State    string    `json:"state"`
	At       time.Time `json:"at"`
}

// ExportMember adds assemblies.json: what the assemblies hold of the member.
func ExportMember(tx *db.Tx, member int64, add func(name string, write func(io.Writer) error) error) error {
	p, err := personalData(tx, member)
	if err != nil {
		return err
	}
	return add("assemblies.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(p)
	})
}

func personalData(tx *db.Tx, member int64) (p PersonalData, err error) {
	p.Rolls, err = db.All(tx, `SELECT s.title, e.name, e.domicile, e.college, e.shares, e.votes
		FROM elector e JOIN space s ON s.id = e.space_id WHERE e.member_id = $1 ORDER BY s.id`, []any{member},
		func(scan func(...any) error) (r PersonalRoll, err error) {
			return r, scan(&r.Assembly, &r.Name, &r.Domicile, &r.College, &r.Shares, &r.Votes)
		})
	if err != nil {
		return p, err
	}
	p.Attendance, err = db.All(tx, `SELECT s.title, a.mode, a.at
		FROM attendance a JOIN space s ON s.id = a.space_id WHERE a.member_id = $1 ORDER BY a.at`, []any{member},
		func(scan func(...any) error) (a PersonalAttendance, err error) {
			return a, scan(&a.Assembly, &a.Mode, &a.At)
		})
	if err != nil {
		return p, err
	}
	p.Proxies, err = db.All(tx, `SELECT s.title, p.principal_id = $1, p.state, p.given_at
		FROM proxy p JOIN space s ON s.id = p.space_id WHERE p.principal_id = $1 OR p.holder_id = $1 ORDER BY p.given_at`, []any{member},
		func(scan func(...any) error) (x PersonalProxy, err error) {
			return x, scan(&x.Assembly, &x.Given, &x.State, &x.At)
		})
	return p, err
}
