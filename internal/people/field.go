package people

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/fault"
)

// Field names one of the facts of a [Member], as its JSON does.
type Field string

const (
	FieldNumber     Field = "number"
	FieldKind       Field = "kind"
	FieldLastName   Field = "last_name"
	FieldFirstName  Field = "first_name"
	FieldEmail      Field = "email"
	FieldAddress    Field = "address"
	FieldPostcode   Field = "postcode"
	FieldCity       Field = "city"
	FieldCountry    Field = "country"
	FieldPhone      Field = "phone"
	FieldCollege    Field = "college"
	FieldShares     Field = "shares"
	FieldPaidUp     Field = "paid_up"
	FieldAdmittedOn Field = "admitted_on"
	FieldLeftOn     Field = "left_on"
	FieldLanguage   Field = "language"
)

// Fields lists the facts of a member in the order people read them.
var Fields = []Field{FieldNumber, FieldKind, FieldLastName, FieldFirstName, FieldEmail, FieldAddress, FieldPostcode, FieldCity,
	FieldCountry, FieldPhone, FieldCollege, FieldShares, FieldPaidUp, FieldAdmittedOn, FieldLeftOn, FieldLanguage}

// FieldAddress2 is the second line of an address in a file that gives it a column: it goes into
// the address.
const FieldAddress2 Field = "address_2"

// FileFields lists what a column of a file may be.
var FileFields = slices.Insert(slices.Clone(Fields), slices.Index(Fields, FieldAddress)+1, FieldAddress2)

// text is the field that is kept as text, or nil.
func (m *Member) text(f Field) *string {
	switch f {
	case FieldNumber:
		return &m.Number
	case FieldLastName:
		return &m.LastName
	case FieldFirstName:
		return &m.FirstName
	case FieldEmail:
		return &m.Email
	case FieldAddress:
		return &m.Address
	case FieldPostcode:
		return &m.Postcode
	case FieldCity:
		return &m.City
	case FieldCountry:
		return &m.Country
	case FieldPhone:
		return &m.Phone
	case FieldCollege:
		return &m.College
	case FieldAdmittedOn:
		return &m.AdmittedOn
	case FieldLeftOn:
		return &m.LeftOn
	case FieldLanguage:
		return &m.Language
	}
	return nil
}

// Get is the field as text: numbers in digits, yes and no as "yes" and "no".
func (m Member) Get(f Field) string {
	switch f {
	case FieldKind:
		return string(m.Kind)
	case FieldShares:
		return strconv.FormatInt(m.Shares, 10)
	case FieldPaidUp:
		if m.PaidUp {
			return "yes"
		}
		return "no"
	}
	return *m.text(f)
}

// Set reads the field as people write it: dates as 2006-01-02 or 02/01/2006, numbers with
// or without spaces, yes and no in French or English. It says what it cannot read; what the
// field may hold is for [Member.Validate]. An empty text empties the field.
func (m *Member) Set(f Field, text string) *fault.Error {
	text = strings.TrimSpace(text)
	switch f {
	case FieldKind:
		kind, ok := kinds[Fold(text)]
		if !ok {
			return fault.New(fault.Invalid, "people.member.kind", "value", text)
		}
		m.Kind = kind
	case FieldShares:
		n, ok := readCount(text)
		if !ok {
			return fault.New(fault.Invalid, "people.member.count", "value", text)
		}
		m.Shares = n
	case FieldPaidUp:
		yes, ok := answers[Fold(text)]
		if !ok {
			return fault.New(fault.Invalid, "people.member.answer", "value", text)
		}
		m.PaidUp = yes
	case FieldLanguage:
		m.Language = languages[Fold(text)]
		if m.Language == "" {
			return fault.New(fault.Invalid, "people.member.language", "value", text)
		}
	case FieldAdmittedOn, FieldLeftOn:
		day, ok := readDay(text)
		if !ok {
			return fault.New(fault.Invalid, "people.member.date", "value", text)
		}
		*m.text(f) = day
	default:
		*m.text(f) = text
	}
	return nil
}

var kinds = map[string]Kind{"": Person, "person": Person, "personne": Person, "personne physique": Person, "physique": Person,
	"individual": Person, "pp": Person, "organisation": Organisation, "organization": Organisation, "personne morale": Organisation,
	"morale": Organisation, "legal person": Organisation, "pm": Organisation, "association": Organisation, "societe": Organisation,
	"company": Organisation}

var answers = map[string]bool{"": false, "oui": true, "o": true, "yes": true, "y": true, "vrai": true, "true": true, "1": true, "x": true,
	"non": false, "n": false, "no": false, "faux": false, "false": false, "0": false}

var languages = map[string]string{"": "fr", "fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en", "english": "en"}

var spaces = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "")

// readCount reads a whole number, "" being 0; spreadsheets may have written "3,00".
func readCount(text string) (int64, bool) {
	text = spaces.Replace(text)
	if text == "" {
		return 0, true
	}
	if i := strings.LastIndexAny(text, ",."); i > 0 && strings.Trim(text[i+1:], "0") == "" && len(text)-i <= 3 {
		text = text[:i]
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func readDay(text string) (string, bool) {
	if text == "" {
		return "", true
	}
	for _, layout := range []string{time.DateOnly, "2/1/2006"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}

// Difference is a field that is not the same in two states of a line.
type Difference struct {
	Field    Field
	Old, New string // as [Member.Get] has them
}

// Differences lists what changed from old to m.
func (m Member) Differences(old Member) []Difference {
	var out []Difference
	for _, f := range Fields {
		if was, is := old.Get(f), m.Get(f); was != is {
			out = append(out, Difference{f, was, is})
		}
	}
	return out
}
