package draw

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/sortition"
)

// Answer is what somebody drawn says.
type Answer string

const (
	Silent Answer = ""
	Yes    Answer = "accepted"
	No     Answer = "declined"
)

// Volunteer is somebody who may be drawn, under their number.
type Volunteer struct {
	ID, Draw   int64
	Number     int64
	Confirmed  bool
	Seated     bool
	Answer     Answer
	Reserve    int // rank among the alternates; 0: none
	InvitedAt  time.Time
	AnsweredAt time.Time
	Person     Person // empty once erased
	Traits     map[string]string
}

// Person is who a volunteer is.
type Person struct {
	Name, Email, Contact, Address string
	Language                      string
	ConsentedAt, WroteAt          time.Time
}

const volunteerColumns = `v.id, v.draw_id, v.number, v.confirmed, v.seated, v.answer, COALESCE(v.reserve, 0), v.invited_at, v.answered_at,
	COALESCE(p.name, ''), COALESCE(p.email, ''), COALESCE(p.contact, ''), COALESCE(p.address, ''), COALESCE(p.language, ''), p.consented_at, p.wrote_at`

const volunteerTables = ` FROM draw_volunteer v LEFT JOIN draw_person p ON p.volunteer_id = v.id`

func scanVolunteer(scan func(...any) error) (v Volunteer, err error) {
	return v, scan(&v.ID, &v.Draw, &v.Number, &v.Confirmed, &v.Seated, &v.Answer, &v.Reserve, &v.InvitedAt, &v.AnsweredAt,
		&v.Person.Name, &v.Person.Email, &v.Person.Contact, &v.Person.Address, &v.Person.Language, &v.Person.ConsentedAt, &v.Person.WroteAt)
}

// findVolunteer finds a volunteer with their traits.
func findVolunteer(tx *db.Tx, id int64) (Volunteer, error) {
	return oneVolunteer(tx, "v.id = $1", id)
}

// volunteerByEmail finds who applied from an address.
func volunteerByEmail(tx *db.Tx, drawID int64, email string) (Volunteer, error) {
	return oneVolunteer(tx, "v.draw_id = $1 AND p.email = $2", drawID, email)
}

func oneVolunteer(tx *db.Tx, where string, args ...any) (Volunteer, error) {
	list, err := db.All(tx, "SELECT "+volunteerColumns+volunteerTables+" WHERE "+where, args, scanVolunteer)
	if err == nil && len(list) == 0 {
		err = db.ErrNotFound
	}
	if err != nil {
		return Volunteer{}, err
	}
	v := list[0]
	v.Traits = map[string]string{}
	return v, tx.Each("SELECT category, value FROM draw_trait WHERE volunteer_id = $1", []any{v.ID}, func(scan func(...any) error) error {
		var category, value string
		err := scan(&category, &value)
		v.Traits[category] = value
		return err
	})
}

// Filter narrows a list of volunteers.
type Filter struct {
	Search string // in the name, the e-mail or the number
	State  string // a key of states
}

// states turn the filter's state into SQL.
var states = map[string]string{
	"":            "",
	"seated":      " AND v.seated",
	"accepted":    " AND v.seated AND v.answer = 'accepted'",
	"declined":    " AND v.answer = 'declined'",
	"waiting":     " AND v.seated AND v.answer = ''",
	"unconfirmed": " AND NOT v.confirmed",
	"reserve":     " AND v.reserve IS NOT NULL AND NOT v.seated AND v.answer <> 'declined'",
}

// volunteersOf lists a page of volunteers by number, and how many there are in all.
func volunteersOf(tx *db.Tx, drawID int64, f Filter, limit, offset int) (list []Volunteer, total int, err error) {
	where := " WHERE v.draw_id = $1" + states[f.State]
	args := []any{drawID}
	if s := strings.ToLower(strings.TrimSpace(f.Search)); s != "" {
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s)+"%", strings.TrimLeft(strings.TrimPrefix(s, "v-"), "0"))
		where += ` AND (LOWER(p.name) LIKE $2 ESCAPE '\' OR LOWER(p.email) LIKE $2 ESCAPE '\' OR CAST(v.number AS TEXT) = $3)`
	}
	if err := tx.Row("SELECT count(*)"+volunteerTables+where, args, &total); err != nil {
		return nil, 0, err
	}
	page := fmt.Sprintf(" ORDER BY v.number LIMIT %d OFFSET %d", limit, offset)
	list, err = db.All(tx, "SELECT "+volunteerColumns+volunteerTables+where+page, args, scanVolunteer)
	return list, total, err
}

// tally is how many volunteers stand where.
type tally struct {
	Confirmed, Unconfirmed         int
	Seated, Accepted, Declined     int // declined: of those once seated or who withdrew since
	Waiting, Uninvited, Unwritable int // among the seated: without answer; not yet invited; without e-mail
	Reserve                        int // alternates who can still be drawn
}

func countVolunteers(tx *db.Tx, drawID int64) (t tally, err error) {
	one := func(cond string) string { return "COALESCE(SUM(CASE WHEN " + cond + " THEN 1 ELSE 0 END), 0)" }
	return t, tx.Row("SELECT "+strings.Join([]string{one("v.confirmed"), one("NOT v.confirmed"), one("v.seated"), one("v.seated AND v.answer = 'accepted'"),
		one("v.answer = 'declined'"), one("v.seated AND v.answer = ''"), one("v.seated AND v.answer = '' AND v.invited_at IS NULL"),
		one("v.seated AND v.answer = '' AND COALESCE(p.email, '') = ''"), one("v.reserve IS NOT NULL AND NOT v.seated AND v.answer <> 'declined'")}, ", ")+volunteerTables+" WHERE v.draw_id = $1", []any{drawID},
		&t.Confirmed, &t.Unconfirmed, &t.Seated, &t.Accepted, &t.Declined, &t.Waiting, &t.Uninvited, &t.Unwritable, &t.Reserve)
}

// countTraits counts the confirmed volunteers by category and value.
func countTraits(tx *db.Tx, drawID int64) (map[string]map[string]int, error) {
	out := map[string]map[string]int{}
	return out, tx.Each(`SELECT t.category, t.value, count(*) FROM draw_trait t JOIN draw_volunteer v ON v.id = t.volunteer_id
		WHERE t.draw_id = $1 AND v.confirmed GROUP BY t.category, t.value`, []any{drawID}, func(scan func(...any) error) error {
		var category, value string
		var n int
		err := scan(&category, &value, &n)
		if out[category] == nil {
			out[category] = map[string]int{}
		}
		out[category][value] = n
		return err
	})
}

// newNumber is a number nobody has in the draw, at random: it tells neither when nor in what
// order people came.
func newNumber(taken map[int64]bool) int64 {
	most := int64(9_999)
	for int64(len(taken)) > most/3 {
		most = most*10 + 9
	}
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(most))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		if number := n.Int64() + 1; !taken[number] {
			taken[number] = true
			return number
		}
	}
}

func numbersTaken(tx *db.Tx, drawID int64) (map[int64]bool, error) {
	out := map[int64]bool{}
	return out, tx.Each("SELECT number FROM draw_volunteer WHERE draw_id = $1", []any{drawID}, func(scan func(...any) error) error {
		var n int64
		err := scan(&n)
		out[n] = true
		return err
	})
}

// insertVolunteer writes a volunteer, their person and their traits.
func insertVolunteer(tx *db.Tx, v Volunteer) error {
	_, err := tx.Exec("INSERT INTO draw_volunteer (id, draw_id, number, confirmed, seated, answer) VALUES ($1, $2, $3, $4, $5, '')",
		v.ID, v.Draw, v.Number, v.Confirmed, false)
	if err != nil {
		return err
	}
	p := v.Person
	_, err = tx.Exec(`INSERT INTO draw_person (volunteer_id, draw_id, name, email, contact, address, language, consented_at, wrote_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, v.ID, v.Draw, p.Name, p.Email, p.Contact, p.Address, p.Language, p.ConsentedAt, p.WroteAt)
	if err != nil {
		return err
	}
	return setTraits(tx, v)
}

func setTraits(tx *db.Tx, v Volunteer) error {
	if _, err := tx.Exec("DELETE FROM draw_trait WHERE volunteer_id = $1", v.ID); err != nil {
		return err
	}
	for category, value := range v.Traits {
		_, err := tx.Exec("INSERT INTO draw_trait (draw_id, volunteer_id, category, value) VALUES ($1, $2, $3, $4)", v.Draw, v.ID, category, value)
		if err != nil {
			return err
		}
	}
	return nil
}

func updatePerson(tx *db.Tx, v Volunteer) error {
	p := v.Person
	_, err := tx.Exec("UPDATE draw_person SET name = $2, address = $3, language = $4, consented_at = $5, wrote_at = $6 WHERE volunteer_id = $1",
		v.ID, p.Name, p.Address, p.Language, p.ConsentedAt, p.WroteAt)
	return err
}

func deleteVolunteer(tx *db.Tx, id int64) error {
	if _, err := tx.Exec("UPDATE draw_letter SET volunteer_id = NULL WHERE volunteer_id = $1", id); err != nil { // the code can be used again
		return err
	}
	for _, table := range []string{"draw_trait WHERE volunteer_id", "draw_person WHERE volunteer_id", "draw_volunteer WHERE id"} {
		if _, err := tx.Exec("DELETE FROM "+table+" = $1", id); err != nil {
			return err
		}
	}
	return nil
}

// deletePeople forgets who the volunteers of a draw are.
func deletePeople(tx *db.Tx, drawID int64) (int64, error) {
	for _, table := range []string{"draw_upload", "draw_letter"} {
		if _, err := tx.Exec("DELETE FROM "+table+" WHERE draw_id = $1", drawID); err != nil {
			return 0, err
		}
	}
	return tx.Exec("DELETE FROM draw_person WHERE draw_id = $1", drawID)
}

// roster is the pool as it is drawn from: the public file and whom each of its lines is.
type roster struct {
	csv        []byte
	volunteers []int64
	numbers    []int64
	unique     int // persons whose combination of categories is theirs alone
}

// loadRoster builds the pool of the confirmed volunteers, by number: their number, their
// categories and, where one person per address is drawn, the number of their household.
func loadRoster(tx *db.Tx, d Draw) (roster, error) {
	var out roster
	at := map[int64]int{}
	var keys []string
	err := tx.Each("SELECT v.id, v.number, COALESCE(p.address, '')"+volunteerTables+" WHERE v.draw_id = $1 AND v.confirmed ORDER BY v.number", []any{d.ID},
		func(scan func(...any) error) error {
			var id, number int64
			var address string
			err := scan(&id, &number, &address)
			at[id] = len(out.volunteers)
			out.volunteers, out.numbers, keys = append(out.volunteers, id), append(out.numbers, number), append(keys, sortition.FrenchAddress(address))
			return err
		})
	if err != nil {
		return out, err
	}
	column := map[string]int{}
	header := []string{numberColumn}
	for i, c := range d.Categories {
		column[c.Name] = i + 1
		header = append(header, c.Name)
	}
	rows := make([][]string, len(out.volunteers))
	for i, number := range out.numbers {
		rows[i] = make([]string, len(header))
		rows[i][0] = Label(number)
	}
	err = tx.Each("SELECT volunteer_id, category, value FROM draw_trait WHERE draw_id = $1", []any{d.ID}, func(scan func(...any) error) error {
		var id int64
		var category, value string
		err := scan(&id, &category, &value)
		if i, ok := at[id]; ok && column[category] > 0 {
			rows[i][column[category]] = value
		}
		return err
	})
	if err != nil {
		return out, err
	}
	out.unique = unique(rows)
	if d.OnePerAddress {
		header = append(header, houseColumn)
		for i, house := range households(keys) {
			rows[i] = append(rows[i], house)
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	err = w.WriteAll(append([][]string{header}, rows...))
	out.csv = b.Bytes()
	return out, err
}

// unique counts the rows whose cells behind the first are met once only.
func unique(rows [][]string) int {
	seen := map[string]int{}
	for _, r := range rows {
		seen[strings.Join(r[1:], "\x1f")]++
	}
	n := 0
	for _, times := range seen {
		if times == 1 {
			n++
		}
	}
	return n
}

// households numbers the addresses in the order they come; no address is a household of one.
func households(keys []string) []string {
	known, n := map[string]int{}, 0
	out := make([]string, len(keys))
	for i, k := range keys {
		house := known[k]
		if house == 0 {
			n++
			house = n
			if k != "" {
				known[k] = n
			}
		}
		out[i] = fmt.Sprintf("F-%04d", house)
	}
	return out
}

// memberVolunteers are the volunteers who gave the member's e-mail address.
func memberVolunteers(tx *db.Tx, member int64) ([]Volunteer, error) {
	var email string
	err := tx.Row("SELECT COALESCE(email, '') FROM member WHERE id = $1", []any{member}, &email)
	if errors.Is(err, db.ErrNotFound) || err == nil && email == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return db.All(tx, "SELECT "+volunteerColumns+volunteerTables+" WHERE p.email = $1", []any{strings.ToLower(email)}, scanVolunteer)
}
