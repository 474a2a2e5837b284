package register

import (
	"slices"
	"strings"
	"unicode"

	"isegoria.org/isegoria/internal/component/register/sheet"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
)

// plan is how the rows of one file become lines of the register.
type plan struct {
	options  people.ImportOptions
	width    int
	colleges map[string]string // folded name or key → key
	existing []people.CollegeName
	created  []people.CollegeName
	unknown  []people.UnknownCollege // in the order they were met
}

func newPlan(o people.ImportOptions, width int, colleges []people.CollegeName) *plan {
	p := &plan{options: o, width: width, colleges: map[string]string{"": ""}, existing: colleges}
	for _, c := range colleges {
		p.colleges[people.Fold(c.Key)] = c.Key
	}
	for _, c := range colleges {
		p.colleges[people.Fold(c.Name)] = c.Key
	}
	return p
}

// number is the row's member number, the one thing that every row needs.
func (p *plan) number(cells []string) string {
	return strings.TrimSpace(p.cell(cells, people.FieldNumber))
}

func (p *plan) cell(cells []string, f people.Field) string {
	i, ok := p.options.Columns[f]
	if !ok || i >= len(cells) {
		return ""
	}
	return unguard(cells[i])
}

// refusal says why a row cannot be read at all.
func (p *plan) refusal(row sheet.Row) *fault.Error {
	switch {
	case row.Fault != "":
		return fault.New(fault.Invalid, "register.row."+string(row.Fault))
	case len(row.Cells) < p.width, strings.Join(row.Cells[p.width:], "") != "":
		return fault.New(fault.Invalid, "register.row.width", "have", len(row.Cells), "want", p.width)
	}
	return nil
}

// fill puts the mapped cells into m, leaves the rest as it is, and says what is refused.
func (p *plan) fill(m *people.Member, cells []string) []people.Reason {
	var reasons []people.Reason
	for _, f := range people.FileFields {
		if _, ok := p.options.Columns[f]; !ok {
			continue
		}
		text := p.cell(cells, f)
		var refused *fault.Error
		switch f {
		case people.FieldCollege:
			m.College, refused = p.college(text)
		case people.FieldAddress2:
			m.Address = strings.TrimSpace(p.cell(cells, people.FieldAddress) + "\n" + text)
		default:
			refused = m.Set(f, text)
		}
		if refused != nil {
			reasons = append(reasons, people.ReasonOf(refused))
		}
	}
	m.Normalise()
	refused := m.Validate()
	for _, f := range people.Fields {
		if e := refused[string(f)]; e != nil {
			reasons = append(reasons, people.ReasonOf(e))
		}
	}
	return reasons
}

// maxColleges bounds the colleges that a file may bring: with more, the column is another.
const maxColleges = 30

// college is the key of the college that the file names.
func (p *plan) college(name string) (string, *fault.Error) {
	name = strings.Join(strings.Fields(name), " ")
	folded := people.Fold(name)
	key, known := p.colleges[folded]
	if !known {
		if len(p.unknown) == maxColleges {
			return "", fault.New(fault.Invalid, "register.row.college", "value", name)
		}
		p.unknown = append(p.unknown, people.UnknownCollege{Name: name})
		key = p.decide(name, folded)
		p.colleges[folded] = key
	}
	if i := slices.IndexFunc(p.unknown, func(u people.UnknownCollege) bool { return people.Fold(u.Name) == folded }); i >= 0 {
		p.unknown[i].Lines++
	}
	if key == "" && folded != "" {
		return "", fault.New(fault.Invalid, "register.row.college", "value", name)
	}
	return key, nil
}

// decide does with an unknown name what was chosen: the college is created unless another was
// named, or its lines are refused.
func (p *plan) decide(name, folded string) string {
	choice, chosen := p.options.Colleges[folded]
	if chosen && choice != people.NewCollege {
		return choice
	}
	c := people.CollegeName{Key: collegeKey(name), Name: name}
	for taken := true; taken; {
		same := func(o people.CollegeName) bool { return o.Key == c.Key }
		if taken = slices.ContainsFunc(p.existing, same) || slices.ContainsFunc(p.created, same); taken {
			c.Key += "-2"
		}
	}
	p.created = append(p.created, c)
	return c.Key
}

// collegeKey makes a key of a name: "Salarié·es" becomes "salariees".
func collegeKey(name string) string {
	var b strings.Builder
	for _, r := range people.Fold(name) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.IsSpace(r) || r == '-' || r == '\'':
			b.WriteByte('-')
		}
	}
	if key := strings.Trim(b.String(), "-"); key != "" {
		return key
	}
	return "college"
}

// A cell that begins with one of these is a formula to a spreadsheet: our export puts a quote
// before it, and reading takes it away.
const formulaSigns = "=@+-"

func guard(text string) string {
	if text != "" && strings.ContainsRune(formulaSigns, rune(text[0])) && strings.Trim(text, "+-0123456789 .()") != "" {
		return "'" + text
	}
	return text
}

func unguard(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.ContainsRune(formulaSigns, rune(text[1])) {
		return text[1:]
	}
	return text
}
