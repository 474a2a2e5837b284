package register

import (
	"strings"
	"unicode"

	"isegoria.org/isegoria/internal/component/register/sheet"
	"isegoria.org/isegoria/internal/people"
)

// titles are the names that columns usually have, in French and in English, as [plainTitle]
// writes them. The names that our own export uses are among them.
var titles = map[people.Field]string{
	people.FieldNumber: "numero|numero de membre|numero membre|numero de societaire|numero societaire|numero d adherent|" +
		"numero adherent|numero d associe|numero associe|matricule|id|identifiant|reference|ref|code|number|member number|member no|member id|membership number",
	people.FieldKind: "personne ou organisation|type|nature|type de personne|kind|person or organisation|legal type",
	people.FieldLastName: "nom|nom de famille|nom usuel|nom d usage|nom ou raison sociale|raison sociale|denomination|nom prenom|" +
		"nom et prenom|last name|lastname|surname|family name|name|full name",
	people.FieldFirstName:  "prenom|prenoms|prenom usuel|first name|firstname|given name|forename",
	people.FieldEmail:      "adresse electronique|email|e mail|mail|courriel|mel|adresse mail|adresse e mail|adresse email|email address|e mail address",
	people.FieldAddress:    "adresse|adresse postale|adresse 1|rue|voie|domicile|address|street|street address|postal address|address 1|address line 1|adresse ligne 1",
	people.FieldAddress2:   "adresse 2|complement d adresse|complement adresse|complement|suite de l adresse|address 2|address line 2",
	people.FieldPostcode:   "code postal|cp|postcode|post code|zip|zip code|postal code",
	people.FieldCity:       "ville|commune|localite|city|town",
	people.FieldCountry:    "pays|country",
	people.FieldPhone:      "telephone|tel|portable|mobile|numero de telephone|telephone portable|phone|phone number|telephone number",
	people.FieldCollege:    "college|college de vote|categorie|categorie d associe|category",
	people.FieldShares:     "parts|parts sociales|nombre de parts|nombre de parts sociales|nb parts|nb de parts|shares|number of shares",
	people.FieldPaidUp:     "parts liberees|libere|liberees|entierement libere|a jour|cotisation a jour|paid up|shares paid up|paid",
	people.FieldAdmittedOn: "date d admission|admission|admis le|date d adhesion|adhesion|date d entree|entree|membre depuis|societaire depuis|admitted on|date admitted|date of admission|member since|joined|joined on|date joined",
	people.FieldLeftOn:     "date de depart|depart|parti le|date de sortie|sortie|date de radiation|radiation|left on|left|date left|date of departure",
	people.FieldLanguage:   "langue|language|lang",
}

// plainTitle writes a column's title as [titles] does: folded, words between single spaces, and
// "N°" at the beginning as "numero".
func plainTitle(s string) string {
	s = strings.NewReplacer("°", "", "º", "").Replace(s)
	words := strings.FieldsFunc(people.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) > 0 && (words[0] == "n" || words[0] == "no" || words[0] == "num") {
		words[0] = "numero"
	}
	return strings.Join(words, " ")
}

// guessColumns finds each field's column by the titles.
func guessColumns(cells []string) map[people.Field]int {
	at := map[string]int{}
	for i := len(cells) - 1; i >= 0; i-- {
		at[plainTitle(cells[i])] = i
	}
	columns := map[people.Field]int{}
	for _, field := range people.FileFields {
		for title := range strings.SplitSeq(titles[field], "|") {
			if i, ok := at[title]; ok {
				columns[field] = i
				delete(at, title)
				break
			}
		}
	}
	return columns
}

// titleRows is how many of the first rows the titles are looked for in.
const titleRows = 10

// guessTitles finds the row of the titles: of the first rows, the one with most titles that
// we know; else the first, unless it holds a number.
func guessTitles(rows []sheet.Row) int {
	best, most := 0, 1
	for i, row := range rows[:min(titleRows, len(rows))] {
		if n := len(guessColumns(row.Cells)); n > most {
			best, most = i+1, n
		}
	}
	if best > 0 || len(rows) == 0 {
		return best
	}
	for _, cell := range rows[0].Cells {
		if cell != "" && strings.Trim(cell, "0123456789") == "" {
			return 0
		}
	}
	return 1
}

// guessOptions says how a file that begins like this is probably to be read.
func guessOptions(s *sheet.Scanner) people.ImportOptions {
	o := people.ImportOptions{Encoding: string(s.Encoding())}
	d := sheet.Delimiter(s.Head(), s.Encoding())
	o.Delimiter = sheet.DelimiterName(d)
	rows := sheet.HeadRows(s.Head(), s.Encoding(), d)
	o.HeaderRow = guessTitles(rows)
	o.Titles = titleCells(rows, o.HeaderRow)
	o.Columns = guessColumns(o.Titles)
	return o
}

// titleCells are the titles of the columns; nil where there are none.
func titleCells(rows []sheet.Row, headerRow int) []string {
	if headerRow < 1 || headerRow > len(rows) {
		return nil
	}
	return rows[headerRow-1].Cells
}

// width is how many columns the table has: those of its titles, else those of its first row.
func width(rows []sheet.Row, headerRow int) int {
	if n := len(titleCells(rows, headerRow)); n > 0 || len(rows) == 0 {
		return n
	}
	return len(rows[0].Cells)
}
