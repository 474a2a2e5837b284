package voice

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
)

// settings are how the space's room is held; without a line, as a space begins.
func settings(tx *db.Tx, spaceID int64) (Settings, error) {
	s := Settings{Mode: FloorOnly, Cameras: true}
	err := tx.Row("SELECT mode, cameras, locked_at FROM voice WHERE space_id = $1", []any{spaceID}, &s.Mode, &s.Cameras, &s.Locked)
	if errors.Is(err, db.ErrNotFound) {
		err = nil
	}
	return s, err
}

func saveSettings(tx *db.Tx, spaceID int64, s Settings) error {
	_, err := tx.Exec(`INSERT INTO voice (space_id, mode, cameras, locked_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (space_id) DO UPDATE SET mode = excluded.mode, cameras = excluded.cameras, locked_at = excluded.locked_at`,
		spaceID, string(s.Mode), s.Cameras, s.Locked)
	return err
}

// opaque is a name that says nothing.
func opaque() string { return strings.ToLower(rand.Text()[:20]) }

// roomKey is a room in use, and where it is.
type roomKey struct {
	Space, Place int64
	Name         string
	Asked        time.Time
}

const roomColumns = "space_id, place, name, asked_at"

func scanRoom(scan func(...any) error) (k roomKey, err error) {
	return k, scan(&k.Space, &k.Place, &k.Name, &k.Asked)
}

// askRoom is the room of a place, made known the first time; that it was asked for is noted to the minute.
func askRoom(tx *db.Tx, spaceID, place int64) (roomKey, error) {
	list, err := db.All(tx, "SELECT "+roomColumns+" FROM voice_room WHERE space_id = $1 AND place = $2", []any{spaceID, place}, scanRoom)
	if err != nil || len(list) == 1 && tx.Now.Sub(list[0].Asked) < time.Minute {
		return append(list, roomKey{})[0], err
	}
	k := roomKey{Space: spaceID, Place: place, Asked: tx.Now}
	err = tx.Row(`INSERT INTO voice_room (space_id, place, name, asked_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (space_id, place) DO UPDATE SET asked_at = excluded.asked_at RETURNING name`, []any{spaceID, place, opaque(), tx.Now}, &k.Name)
	return k, err
}

// rooms lists the rooms in use.
func rooms(tx *db.Tx) ([]roomKey, error) {
	return db.All(tx, "SELECT "+roomColumns+" FROM voice_room ORDER BY space_id, place", nil, scanRoom)
}

// roomsOf lists the rooms in use of a space.
func roomsOf(tx *db.Tx, spaceID int64) ([]roomKey, error) {
	return db.All(tx, "SELECT "+roomColumns+" FROM voice_room WHERE space_id = $1 ORDER BY place", []any{spaceID}, scanRoom)
}

// forgetRoom drops a room that nobody has asked for since.
func forgetRoom(tx *db.Tx, k roomKey) (done bool, err error) {
	n, err := tx.Exec("DELETE FROM voice_room WHERE name = $1 AND asked_at = $2", k.Name, k.Asked)
	return n > 0, err
}

const personColumns = "p.account_id, p.identity, a.name, p.takes_part, p.entered_at, p.banned_at"
const personFrom = " FROM voice_person p JOIN account a ON a.id = p.account_id "

func scanPerson(scan func(...any) error) (p person, err error) {
	return p, scan(&p.Account, &p.Identity, &p.Name, &p.TakesPart, &p.Entered, &p.Banned)
}

// findPerson is an account as the space's rooms know it; the zero person where they do not.
func findPerson(tx *db.Tx, spaceID, account int64) (person, error) {
	return onePerson(tx, "WHERE p.space_id = $1 AND p.account_id = $2", spaceID, account)
}

func personNamed(tx *db.Tx, spaceID int64, identity string) (person, error) {
	return onePerson(tx, "WHERE p.space_id = $1 AND p.identity = $2", spaceID, identity)
}

func onePerson(tx *db.Tx, where string, args ...any) (person, error) {
	list, err := db.All(tx, "SELECT "+personColumns+personFrom+where, args, scanPerson)
	if err != nil || len(list) == 0 {
		return person{}, err
	}
	return list[0], nil
}

// persons lists the people of the identities, in no order.
func persons(tx *db.Tx, spaceID int64, identities []string) (list []person, err error) {
	for len(identities) > 0 {
		n := min(len(identities), 500)
		args, marks := []any{spaceID}, make([]string, n)
		for i, id := range identities[:n] {
			args = append(args, id)
			marks[i] = fmt.Sprintf("$%d", i+2)
		}
		more, err := db.All(tx, "SELECT "+personColumns+personFrom+"WHERE p.space_id = $1 AND p.identity IN ("+strings.Join(marks, ", ")+")", args, scanPerson)
		if err != nil {
			return nil, err
		}
		list, identities = append(list, more...), identities[n:]
	}
	return list, nil
}

// bannedPersons lists who is kept out, the last first.
func bannedPersons(tx *db.Tx, spaceID int64) ([]person, error) {
	return db.All(tx, "SELECT "+personColumns+personFrom+"WHERE p.space_id = $1 AND p.banned_at IS NOT NULL ORDER BY p.banned_at DESC", []any{spaceID}, scanPerson)
}

// enter notes that the account enters, under an identity drawn the first time.
func enter(tx *db.Tx, spaceID, account int64, takesPart bool) (identity string, err error) {
	err = tx.Row(`INSERT INTO voice_person (space_id, account_id, identity, takes_part, entered_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (space_id, account_id) DO UPDATE SET takes_part = excluded.takes_part, entered_at = excluded.entered_at RETURNING identity`,
		[]any{spaceID, account, opaque(), takesPart, tx.Now}, &identity)
	return identity, err
}

// sendAway notes that the person has been sent away: a locked room no longer knows them.
func sendAway(tx *db.Tx, spaceID int64, p person, banned time.Time) error {
	_, err := tx.Exec("UPDATE voice_person SET entered_at = NULL, banned_at = $3 WHERE space_id = $1 AND account_id = $2", spaceID, p.Account, banned)
	return err
}

func readmitPerson(tx *db.Tx, spaceID int64, p person) error {
	_, err := tx.Exec("UPDATE voice_person SET banned_at = NULL WHERE space_id = $1 AND account_id = $2", spaceID, p.Account)
	return err
}

// leaders are the accounts of those who lead the space's session.
func leaders(tx *db.Tx, spaceID int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	err := tx.Each("SELECT account_id FROM role WHERE space_id IN ($1, 0) AND role IN ("+leadingRoles()+")", []any{spaceID},
		func(scan func(...any) error) error {
			var account int64
			err := scan(&account)
			out[account] = true
			return err
		})
	return out, err
}

// leadersKnown lists those who lead and are known in the space's rooms, the chair first.
func leadersKnown(tx *db.Tx, spaceID int64) ([]person, error) {
	return db.All(tx, "SELECT "+personColumns+personFrom+`JOIN role r ON r.account_id = p.account_id AND r.space_id IN (p.space_id, 0)
		WHERE p.space_id = $1 AND r.role IN (`+leadingRoles()+") GROUP BY "+personColumns+`
		ORDER BY MAX(CASE WHEN r.role = 'chair' THEN 1 ELSE 0 END) DESC, p.account_id`, []any{spaceID}, scanPerson)
}

func leadingRoles() string {
	roles := make([]string, len(leading))
	for i, r := range leading {
		roles[i] = "'" + string(r) + "'"
	}
	return strings.Join(roles, ", ")
}
