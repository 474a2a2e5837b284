package sortition

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// addressKey is what two persons of the same address have in common.
func (p *Problem) addressKey(person int) (string, error) {
	var cells []string
	for _, c := range p.AddressColumns {
		cells = append(cells, p.Pool.Rows[person][p.Pool.column(c)])
	}
	if strings.TrimSpace(strings.Join(cells, "")) == "" {
		return "", inputErrorf(p.Pool.line(person), "the address is empty, and one person per address was asked for")
	}
	if p.French {
		return FrenchAddress(strings.Join(cells, " ")), nil
	}
	return strings.Join(cells, "\x1f"), nil
}

// wayWords are the usual abbreviations of French street types and qualifiers
// (La Poste, norme AFNOR NF Z10-011, annexe: abréviations), written out.
var wayWords = map[string]string{
	"ALL": "ALLEE", "AV": "AVENUE", "AVE": "AVENUE", "BD": "BOULEVARD", "BLD": "BOULEVARD",
	"BLVD": "BOULEVARD", "CAR": "CARREFOUR", "CHE": "CHEMIN", "CHEM": "CHEMIN", "CH": "CHEMIN",
	"CITE": "CITE", "CRS": "COURS", "DOM": "DOMAINE", "ESP": "ESPLANADE", "FG": "FAUBOURG",
	"FBG": "FAUBOURG", "HAM": "HAMEAU", "IMP": "IMPASSE", "LD": "LIEUDIT", "LOT": "LOTISSEMENT",
	"MTE": "MONTEE", "PAS": "PASSAGE", "PASS": "PASSAGE", "PL": "PLACE", "PROM": "PROMENADE",
	"QU": "QUAI", "QUA": "QUARTIER", "QRT": "QUARTIER", "R": "RUE", "RES": "RESIDENCE",
	"RPT": "RONDPOINT", "RTE": "ROUTE", "SQ": "SQUARE", "VLA": "VILLA", "ZA": "ZA",
	"APPT": "APPARTEMENT", "APT": "APPARTEMENT", "APP": "APPARTEMENT", "BAT": "BATIMENT", "ESC": "ESCALIER",
	"ETG": "ETAGE", "ST": "SAINT", "STE": "SAINTE", "GAL": "GENERAL", "GEN": "GENERAL",
	"MAL": "MARECHAL", "MAR": "MARECHAL", "DR": "DOCTEUR", "PR": "PROFESSEUR", "PDT": "PRESIDENT",
	"CDT": "COMMANDANT", "CPT": "CAPITAINE", "CNE": "CAPITAINE", "CAL": "CAPORAL", "COL": "COLONEL",
	"LT": "LIEUTENANT", "SGT": "SERGENT", "ND": "NOTREDAME", "B": "BIS", "T": "TER", "Q": "QUATER",
}

// smallWords carry no meaning for telling two addresses apart.
var smallWords = map[string]bool{
	"DE": true, "DU": true, "DES": true, "LA": true, "LE": true, "LES": true, "L": true, "D": true,
	"ET": true, "A": true, "AU": true, "AUX": true, "CEDEX": true, "FRANCE": true, "N": true, "NO": true,
}

// FrenchAddress reduces a French postal address to a form equal for the usual ways
// of writing it: case, accents, punctuation, ligatures, abbreviated street types
// and titles, "bis" glued to the number, small words, "CEDEX 02". Two different
// dwellings of one building stay different when the address says so (bâtiment,
// appartement, étage).
func FrenchAddress(s string) string {
	s = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE", "°", " ").Replace(s)
	s, _, _ = transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), s)
	words := splitAddress(strings.ToUpper(s))
	var kept []string
	for i, w := range words {
		if full, ok := wayWords[w]; ok && !(len(w) == 1 && w != "R" && (i == 0 || !isNumber(words[i-1]))) {
			w = full
		}
		if smallWords[w] || (i > 0 && words[i-1] == "CEDEX" && isNumber(w)) {
			continue
		}
		kept = append(kept, strings.TrimLeft(w, "0"))
	}
	key := strings.Join(kept, " ")
	return strings.NewReplacer("ROND POINT", "RONDPOINT", "LIEU DIT", "LIEUDIT", "NOTRE DAME", "NOTREDAME").Replace(key)
}

// splitAddress cuts at anything but letters and digits, and between a digit and a
// letter ("12bis" is "12 bis").
func splitAddress(s string) []string {
	var b strings.Builder
	var last rune
	for _, c := range s {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			b.WriteByte(' ')
		case unicode.IsDigit(c) != unicode.IsDigit(last) && (unicode.IsLetter(last) || unicode.IsDigit(last)):
			b.WriteByte(' ')
			b.WriteRune(c)
		default:
			b.WriteRune(c)
		}
		last = c
	}
	return strings.Fields(b.String())
}

func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
