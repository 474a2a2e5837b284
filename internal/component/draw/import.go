package draw

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// Use is what a column of a file of volunteers holds.
type Use string

const (
	UseNothing  Use = ""
	UseName     Use = "name"
	UseEmail    Use = "email"
	UseContact  Use = "contact"
	UseAddress  Use = "address"
	UseCategory Use = "category"
)

// Uses lists them as they are offered.
var Uses = []Use{UseNothing, UseName, UseEmail, UseContact, UseAddress, UseCategory}

// decode reads a file as UTF-8, or else as Windows-1252, in which any byte means something.
func decode(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "�")
	}
	return string(text)
}

// keepUpload keeps a file until its columns are chosen.
func keepUpload(tx *db.Tx, d Draw, content string) error {
	if _, err := parse(content); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO draw_upload (draw_id, content, at) VALUES ($1, $2, $3)
		ON CONFLICT (draw_id) DO UPDATE SET content = excluded.content, at = excluded.at`, d.ID, content, tx.Now)
	return err
}

func uploadOf(tx *db.Tx, d Draw) (*sortition.Pool, error) {
	var content string
	if err := tx.Row("SELECT content FROM draw_upload WHERE draw_id = $1", []any{d.ID}, &content); err != nil {
		return nil, err
	}
	return parse(content)
}

// parse reads the file; its faults are told beside the field.
func parse(content string) (*sortition.Pool, error) {
	if strings.HasPrefix(content, "PK\x03\x04") { // a zip archive, as workbooks are
		return nil, fault.Fields{"file": fault.New(fault.Invalid, "draw.import.workbook")}
	}
	pool, err := sortition.ParsePool([]byte(content))
	if err == nil {
		return pool, nil
	}
	line := 0
	if input, ok := err.(*sortition.InputError); ok {
		line = input.Line
	}
	if line == 0 {
		return nil, fault.Fields{"file": fault.New(fault.Invalid, "draw.import.unreadable")}
	}
	return nil, fault.Fields{"file": fault.New(fault.Invalid, "draw.import.line", "line", line)}
}

// guesses are the words of usual headers, the surest first.
var guesses = []struct {
	use   Use
	words []string
}{
	{UseEmail, []string{"mail", "courriel"}},
	{UseAddress, []string{"adresse", "address", "rue", "postal", "zip", "commune", "ville", "city"}},
	{UseContact, []string{"phone", "mobile", "tél", "tel"}},
	{UseName, []string{"nom", "name"}},
}

// guess says what a column seems to hold.
func guess(d Draw, header string) Use {
	h := strings.ToLower(header)
	for _, c := range d.Categories {
		if c.Name == header {
			return UseCategory
		}
	}
	for _, g := range guesses {
		if slices.ContainsFunc(g.words, func(w string) bool { return strings.Contains(h, w) }) {
			return g.use
		}
	}
	return UseNothing
}

// importVolunteers brings the volunteers of the kept file, all or none. uses has one entry per
// column. A line that cannot be taken is told with its number.
func importVolunteers(tx *db.Tx, a space.Access, d Draw, uses []Use) (int, error) {
	pool, err := uploadOf(tx, d)
	if err != nil {
		return 0, err
	}
	t, err := countVolunteers(tx, d.ID)
	if err != nil {
		return 0, err
	}
	categories, err := categoriesIn(d, pool, uses, t.Confirmed+t.Unconfirmed > 0)
	if err != nil {
		return 0, err
	}
	d.Categories = categories
	taken, err := numbersTaken(tx, d.ID)
	if err != nil {
		return 0, err
	}
	list, err := volunteersIn(d, pool, uses)
	if err != nil {
		return 0, err
	}
	for i, v := range list {
		v.ID, v.Draw, v.Number, v.Confirmed = tx.NewID(), d.ID, newNumber(taken), true
		if v.Person.Email != "" {
			if _, err := volunteerByEmail(tx, d.ID, v.Person.Email); err == nil {
				return 0, refuseLine(pool.Lines[i], "draw.import.known", "email", v.Person.Email)
			}
		}
		if err := insertVolunteer(tx, v); err != nil {
			return 0, err
		}
	}
	if _, err := tx.Exec("DELETE FROM draw_upload WHERE draw_id = $1", d.ID); err != nil {
		return 0, err
	}
	if err := updateDraw(tx, d); err != nil {
		return 0, err
	}
	return len(list), record(tx, d, a.Viewer.Account, Imported{d.Title, len(list)})
}

// categoriesIn are the draw's categories with the values of the file. Where people have
// volunteered already, the file's categories must be the draw's.
func categoriesIn(d Draw, pool *sortition.Pool, uses []Use, locked bool) ([]Category, error) {
	refused := fault.Fields{}
	var found []Category
	for i, use := range uses {
		if use != UseCategory {
			continue
		}
		c := Category{Name: pool.Header[i]}
		for _, row := range pool.Rows {
			if row[i] != "" && !c.has(row[i]) {
				c.Values = append(c.Values, Value{Name: row[i]})
			}
		}
		slices.SortFunc(c.Values, func(a, b Value) int { return strings.Compare(a.Name, b.Name) })
		found = append(found, c)
	}
	if len(found) == 0 {
		refused.Add("columns", "draw.import.no_category")
		return nil, refused
	}
	for i, c := range found {
		if at := slices.IndexFunc(d.Categories, func(k Category) bool { return k.Name == c.Name }); at >= 0 {
			for _, v := range d.Categories[at].Values { // values nobody has yet, quotas and order stay
				if !c.has(v.Name) {
					found[i].Values = append(found[i].Values, v)
				}
			}
			order := d.Categories[at]
			slices.SortStableFunc(found[i].Values, func(a, b Value) int { return order.place(a.Name) - order.place(b.Name) })
		} else if locked {
			refused.Add("columns", "draw.import.other_category", "name", c.Name)
		}
	}
	if locked && len(found) < len(d.Categories) {
		refused.Add("columns", "draw.import.missing_category")
	}
	for _, e := range validateCategories(found) {
		refused.Add("columns", e.Key, e.Args...)
	}
	return merge(d.Categories, found, d.Size), refused.Err()
}

// place is where a value stands in the category, behind all when it has none.
func (c Category) place(value string) int {
	if i := slices.IndexFunc(c.Values, func(v Value) bool { return v.Name == value }); i >= 0 {
		return i
	}
	return len(c.Values)
}

// refuseLine refuses a file for one of its lines.
func refuseLine(line int, key string, args ...any) error {
	return fault.Fields{"columns": fault.New(fault.Invalid, key, append(args, "line", line)...)}
}

// volunteersIn reads the file's lines.
func volunteersIn(d Draw, pool *sortition.Pool, uses []Use) ([]Volunteer, error) {
	var out []Volunteer
	first := map[string]int{} // line of an address
	for n, row := range pool.Rows {
		v := Volunteer{Traits: map[string]string{}, Person: Person{Language: string(i18n.French)}}
		parts := map[Use][]string{}
		for i, cell := range row {
			cell = plainLine(cell)
			switch {
			case uses[i] == UseCategory && cell == "":
				return nil, refuseLine(pool.Lines[n], "draw.import.empty", "name", pool.Header[i])
			case uses[i] == UseCategory:
				v.Traits[pool.Header[i]] = row[i]
			case cell != "":
				parts[uses[i]] = append(parts[uses[i]], cell)
			}
		}
		join := func(u Use) string { return strings.Join(parts[u], " ") }
		v.Person.Name, v.Person.Contact, v.Person.Address = join(UseName), join(UseContact), join(UseAddress)
		if len(parts[UseEmail]) > 0 {
			address, err := mail.CheckAddress(parts[UseEmail][0])
			if err != nil {
				return nil, refuseLine(pool.Lines[n], "draw.import.email", "email", parts[UseEmail][0])
			}
			v.Person.Email = strings.ToLower(address)
			if at := first[v.Person.Email]; at > 0 {
				return nil, refuseLine(pool.Lines[n], "draw.import.twice", "email", v.Person.Email, "other", at)
			}
			first[v.Person.Email] = pool.Lines[n]
		}
		if d.OnePerAddress && v.Person.Address == "" {
			return nil, refuseLine(pool.Lines[n], "draw.import.address")
		}
		out = append(out, v)
	}
	return out, nil
}

// sample shows a column: how many values it has, and the first of them.
func sample(pool *sortition.Pool, column int) (values int, first string) {
	seen := map[string]bool{}
	var shown []string
	for _, row := range pool.Rows {
		if row[column] != "" && !seen[row[column]] {
			seen[row[column]] = true
			if len(shown) < 3 {
				shown = append(shown, row[column])
			}
		}
	}
	first = strings.Join(shown, " · ")
	if len(seen) > len(shown) {
		first += "…"
	}
	return len(seen), first
}
