package electorate

import (
	"fmt"
	"strings"
	"unicode"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
)

// nameWords cuts what was typed into the words that [wordsIn] looks for.
func nameWords(text string) []string {
	return strings.FieldsFunc(people.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// wordsIn is the condition that each word begins a word of the folded name in the column; the
// words are added to args.
func wordsIn(column string, words []string, args *[]any) string {
	name := `' ' || REPLACE(REPLACE(` + column + `, '-', ' '), '''', ' ')`
	conds := make([]string, len(words))
	for i, w := range words {
		*args = append(*args, "% "+w+"%")
		conds[i] = fmt.Sprintf("%s LIKE $%d", name, len(*args))
	}
	return "(" + strings.Join(conds, " AND ") + ")"
}

// Candidate is an elector who might hold a proxy, and how many they have accepted so far.
type Candidate struct {
	Elector
	Held int
}

// SearchByName lists up to limit electors, by name, words of whose name begin with the words of
// text; nothing else of them is searched. college narrows to one college, unless "".
func SearchByName(tx *db.Tx, spaceID int64, text, college string, limit int) ([]Candidate, error) {
	words := nameWords(text)
	if len(words) == 0 {
		return nil, nil
	}
	args := []any{spaceID, college, limit}
	return db.All(tx, "SELECT "+electorColumns+`,
			(SELECT count(*) FROM proxy p WHERE p.space_id = elector.space_id AND p.holder_id = elector.member_id AND p.state = 'accepted')
		FROM elector WHERE space_id = $1 AND ($2 = '' OR college = $2) AND `+wordsIn("sort_name", words, &args)+`
		ORDER BY sort_name, member_id LIMIT $3`, args, func(scan func(...any) error) (c Candidate, err error) {
		c.Elector, err = scanElector(func(dest ...any) error { return scan(append(dest, &c.Held)...) })
		return c, err
	})
}
