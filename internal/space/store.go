package space

import (
	"errors"
	"fmt"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
)

const columns = `id, slug, kind, COALESCE(parent_id, 0), call, title, kicker, summary, place, visibility, time_zone, created_at, archived_at`

func scanSpace(scan func(...any) error) (s Space, err error) {
	return s, scan(&s.ID, &s.Slug, &s.Kind, &s.Parent, &s.Call, &s.Title, &s.Kicker, &s.Summary, &s.Place, &s.Visibility, &s.TimeZone, &s.CreatedAt, &s.ArchivedAt)
}

// Created and Changed are the events of a space's making and editing.
type Created struct {
	Slug  string `json:"slug"`
	Title string `json:"title"`
	Kind  Kind   `json:"kind"`
}

func (Created) EventKind() string { return "space.created" }

// Changed says what the space's page says from now on.
type Changed struct {
	Title      string     `json:"title"`
	Visibility Visibility `json:"visibility"`
}

func (Changed) EventKind() string { return "space.changed" }

// Archived and Reopened are the events of a space put away, and taken out again.
type Archived struct {
	Title string `json:"title"`
}

func (Archived) EventKind() string { return "space.archived" }

// Reopened is the event of a space taken out of the archive.
type Reopened struct {
	Title string `json:"title"`
}

func (Reopened) EventKind() string { return "space.reopened" }

// PhasesChanged says the steps as they stand from now on.
type PhasesChanged struct {
	Phases []PhaseDates `json:"phases"`
}

// PhaseDates is a phase in the journal; dates in milliseconds since 1970, 0 for none.
type PhaseDates struct {
	Title string `json:"title"`
	Start int64  `json:"start"`
	End   int64  `json:"end"`
}

func (PhasesChanged) EventKind() string { return "space.phases_changed" }

// RoleGiven and RoleTaken are the events of roles.
type RoleGiven struct {
	Account int64       `json:"account"`
	Role    people.Role `json:"role"`
}

func (RoleGiven) EventKind() string { return "space.role_given" }

// RoleTaken is the event of a role taken back.
type RoleTaken struct {
	Account int64       `json:"account"`
	Role    people.Role `json:"role"`
}

func (RoleTaken) EventKind() string { return "space.role_taken" }

// Create makes a space; its slug must be free.
func Create(tx *db.Tx, actor int64, s Space) (Space, error) {
	f := s.Validate()
	if err := f.Err(); err != nil {
		return s, err
	}
	s.ID, s.CreatedAt, s.Call = tx.NewID(), tx.Now, max(s.Call, 1)
	var parent any
	if s.Parent != 0 {
		parent = s.Parent
	}
	_, err := tx.Exec(`INSERT INTO space (id, slug, kind, parent_id, call, title, kicker, summary, place, visibility, time_zone, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		s.ID, s.Slug, s.Kind, parent, s.Call, s.Title, s.Kicker, s.Summary, s.Place, s.Visibility, s.TimeZone, s.CreatedAt)
	if errors.Is(err, db.ErrConflict) {
		f.Add("slug", "space.slug.taken")
		return s, f
	}
	if err != nil {
		return s, err
	}
	_, err = journal.Append(tx, journal.About{Space: s.ID, Subject: s.Subject(), Actor: actor}, Created{s.Slug, s.Title, s.Kind})
	return s, err
}

// Update changes what the space says of itself: title, kicker, summary, place, visibility, zone.
func Update(tx *db.Tx, actor int64, s Space) error {
	if err := s.Validate().Err(); err != nil {
		return err
	}
	_, err := tx.Exec("UPDATE space SET title = $2, kicker = $3, summary = $4, place = $5, visibility = $6, time_zone = $7 WHERE id = $1",
		s.ID, s.Title, s.Kicker, s.Summary, s.Place, s.Visibility, s.TimeZone)
	if err != nil {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: s.ID, Subject: s.Subject(), Actor: actor}, Changed{s.Title, s.Visibility})
	return err
}

// Find finds a space by its id.
func Find(tx *db.Tx, id int64) (Space, error) {
	return one(tx, "SELECT "+columns+" FROM space WHERE id = $1", id)
}

func one(tx *db.Tx, query string, args ...any) (Space, error) {
	list, err := db.All(tx, query, args, scanSpace)
	if err != nil {
		return Space{}, err
	}
	if len(list) == 0 {
		return Space{}, fault.New(fault.NotFound, "space.unknown")
	}
	return list[0], nil
}

// Enter finds a space by its slug and what the viewer may do there; a space the viewer may
// not see is as if it were not, except that somebody not signed in is asked to sign in.
func Enter(tx *db.Tx, slug string, v people.Viewer) (Access, error) {
	s, err := one(tx, "SELECT "+columns+" FROM space WHERE slug = $1", slug)
	if err != nil {
		return Access{}, err
	}
	a, err := AccessTo(tx, s, v)
	if err != nil {
		return a, err
	}
	if !a.CanSee() {
		if !v.SignedIn() {
			return a, fault.New(fault.Unauthenticated, "space.sign_in")
		}
		return a, fault.New(fault.NotFound, "space.unknown")
	}
	return a, nil
}

// AccessTo is what the viewer may do in the space.
func AccessTo(tx *db.Tx, s Space, v people.Viewer) (Access, error) {
	a := Access{Space: s, Viewer: v, Roles: map[people.Role]bool{}}
	if !v.SignedIn() {
		return a, nil
	}
	err := tx.Each(`SELECT role FROM role WHERE account_id = $1 AND space_id IN ($2, 0)
		UNION ALL SELECT 'elector' FROM elector WHERE member_id = $3 AND space_id = $2`, []any{v.Account, s.ID, v.Member},
		func(scan func(...any) error) error {
			var r people.Role
			if err := scan(&r); err != nil {
				return err
			}
			if r == "elector" {
				a.Elector = true
			} else {
				a.Roles[r] = true
			}
			return nil
		})
	return a, err
}

// Visible lists the spaces the viewer may see, newest first.
func Visible(tx *db.Tx, v people.Viewer, limit int) ([]Space, error) {
	return db.All(tx, `SELECT `+columns+` FROM space s WHERE
			visibility = 'public'
			OR $1 = 1
			OR visibility = 'members' AND CAST($2 AS BIGINT) <> 0
			OR EXISTS (SELECT 1 FROM role r WHERE r.account_id = $3 AND r.space_id IN (s.id, 0))
			OR EXISTS (SELECT 1 FROM elector e WHERE e.member_id = $2 AND e.space_id = s.id)
		ORDER BY created_at DESC, id DESC LIMIT $4`, []any{flag(v.Admin), v.Member, v.Account, limit}, scanSpace)
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Archive puts the space away: it leaves the lists of what goes on, and nothing of it changes.
func Archive(tx *db.Tx, actor int64, s Space) error {
	return putAway(tx, actor, s, tx.Now, Archived{s.Title})
}

// Reopen takes the space out of the archive.
func Reopen(tx *db.Tx, actor int64, s Space) error {
	return putAway(tx, actor, s, time.Time{}, Reopened{s.Title})
}

func putAway(tx *db.Tx, actor int64, s Space, at time.Time, e journal.Payload) error {
	n, err := tx.Exec("UPDATE space SET archived_at = $2 WHERE id = $1 AND (archived_at IS NULL) = $3", s.ID, at, !at.IsZero())
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: s.ID, Subject: s.Subject(), Actor: actor}, e)
	return err
}

// NextCall finds the assembly that s was convened to again; [db.ErrNotFound] when there is none.
func NextCall(tx *db.Tx, s Space) (Space, error) {
	list, err := db.All(tx, "SELECT "+columns+" FROM space WHERE parent_id = $1 AND call = $2", []any{s.ID, s.Call + 1}, scanSpace)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Space{}, err
	}
	return list[0], nil
}

// Phases lists the steps of a space in order.
func Phases(tx *db.Tx, spaceID int64) ([]Phase, error) {
	return db.All(tx, "SELECT id, key, title, starts_at, ends_at FROM phase WHERE space_id = $1 ORDER BY position", []any{spaceID},
		func(scan func(...any) error) (p Phase, err error) {
			return p, scan(&p.ID, &p.Key, &p.Title, &p.Start, &p.End)
		})
}

// SetPhases replaces the steps of a space.
func SetPhases(tx *db.Tx, actor int64, s Space, phases []Phase) error {
	if err := ValidatePhases(phases).Err(); err != nil {
		return err
	}
	if _, err := tx.Exec("DELETE FROM phase WHERE space_id = $1", s.ID); err != nil {
		return err
	}
	var e PhasesChanged
	for i, p := range phases {
		_, err := tx.Exec("INSERT INTO phase (id, space_id, position, key, title, starts_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			tx.NewID(), s.ID, i, p.Key, p.Title, p.Start, p.End)
		if err != nil {
			return err
		}
		d := PhaseDates{Title: p.Title}
		if !p.Start.IsZero() {
			d.Start = p.Start.UnixMilli()
		}
		if !p.End.IsZero() {
			d.End = p.End.UnixMilli()
		}
		e.Phases = append(e.Phases, d)
	}
	_, err := journal.Append(tx, journal.About{Space: s.ID, Subject: s.Subject(), Actor: actor}, e)
	return err
}

// MovePhase sets the dates of the step under key, where the space has it: what really
// happened (a convocation sent, a vote reopened) shows on the path. The journal has the
// event that moved it.
func MovePhase(tx *db.Tx, spaceID int64, key string, p Phase) error {
	_, err := tx.Exec("UPDATE phase SET starts_at = $3, ends_at = $4 WHERE space_id = $1 AND key = $2", spaceID, key, p.Start, p.End)
	return err
}

func roleSubject(account int64) string { return fmt.Sprintf("account/%d", account) }

// GiveRole gives an account a role in a space (0: in the whole organisation).
func GiveRole(tx *db.Tx, actor, spaceID, account int64, role people.Role) error {
	n, err := tx.Exec("INSERT INTO role (space_id, account_id, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", spaceID, account, role)
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: spaceID, Subject: roleSubject(account), Actor: actor}, RoleGiven{account, role})
	return err
}

// TakeRole takes a role back. The last administrator of the organisation stays.
func TakeRole(tx *db.Tx, actor, spaceID, account int64, role people.Role) error {
	if spaceID == 0 && role == people.Administrator {
		var others int
		err := tx.Row("SELECT count(*) FROM role WHERE space_id = 0 AND role = 'administrator' AND account_id <> $1", []any{account}, &others)
		if err != nil {
			return err
		}
		if others == 0 {
			return fault.New(fault.Conflict, "space.role.last")
		}
	}
	n, err := tx.Exec("DELETE FROM role WHERE space_id = $1 AND account_id = $2 AND role = $3", spaceID, account, role)
	if err != nil || n == 0 {
		return err
	}
	_, err = journal.Append(tx, journal.About{Space: spaceID, Subject: roleSubject(account), Actor: actor}, RoleTaken{account, role})
	return err
}

// RoleHolder is somebody with a role.
type RoleHolder struct {
	Account int64
	Name    string
	Email   string
	Role    people.Role
}

// RoleHolders lists who has a role in a space (0: the organisation), by role then name.
func RoleHolders(tx *db.Tx, spaceID int64, roles ...people.Role) ([]RoleHolder, error) {
	query := "SELECT r.account_id, a.name, a.email, r.role FROM role r JOIN account a ON a.id = r.account_id WHERE r.space_id = $1"
	args := []any{spaceID}
	for i, r := range roles {
		args = append(args, r)
		if i == 0 {
			query += fmt.Sprintf(" AND r.role IN ($%d", len(args))
		} else {
			query += fmt.Sprintf(", $%d", len(args))
		}
	}
	if len(roles) > 0 {
		query += ")"
	}
	return db.All(tx, query+" ORDER BY r.role, a.name, r.account_id", args, func(scan func(...any) error) (h RoleHolder, err error) {
		return h, scan(&h.Account, &h.Name, &h.Email, &h.Role)
	})
}
