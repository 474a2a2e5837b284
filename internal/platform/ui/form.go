package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// FormProps describes a form. Its method is POST unless Get.
type FormProps struct {
	Action string
	Get    bool // a search or a filter: the answer has an address
	Files  bool // the form sends files
	// KeepScroll returns to the same place of the page after the answer.
	KeepScroll bool
	// WarnUnsaved asks before leaving when something typed was not sent.
	WarnUnsaved bool
	ID          string
	Attrs       templ.Attributes
}

func (p FormProps) method() string {
	if p.Get {
		return "get"
	}
	return "post"
}

// FieldKind says which control a field is.
type FieldKind string

const (
	FieldText       FieldKind = "" // one line of text
	FieldEmail      FieldKind = "email"
	FieldNumber     FieldKind = "number"
	FieldDate       FieldKind = "date"
	FieldDateTime   FieldKind = "datetime-local"
	FieldTime       FieldKind = "time"
	FieldTel        FieldKind = "tel"
	FieldURL        FieldKind = "url"
	FieldSearch     FieldKind = "search"
	FieldPassword   FieldKind = "password"
	FieldFile       FieldKind = "file"
	FieldTextarea   FieldKind = "textarea"
	FieldSelect     FieldKind = "select"
	FieldCheckbox   FieldKind = "checkbox"   // one box; Option texts unused
	FieldCheckboxes FieldKind = "checkboxes" // several boxes of one name
	FieldRadios     FieldKind = "radios"
)

// Option is one choice of a select, of radios or of checkboxes.
type Option struct {
	Value    string
	Label    string
	Hint     string // not shown in a select
	Disabled bool
}

// FieldProps describes a labelled control, its hint and its error.
type FieldProps struct {
	Kind  FieldKind
	Name  string
	ID    string // Name when empty
	Label string
	Hint  string
	Error string // one sentence: what is wrong and how to mend it
	// Value is what was typed or chosen. A checkbox sends it ("on" when empty).
	Value    string
	Values   []string // what was chosen among FieldCheckboxes
	Checked  bool     // of FieldCheckbox
	Options  []Option
	Required bool
	// MarkOptional says so beside the label of a field that may stay empty;
	// use it where most fields of the form are required.
	MarkOptional bool
	Disabled     bool
	Rows         int    // of a textarea; 4 when zero
	Autocomplete string // the purpose of the field (WCAG 1.3.5), for example "email"
	// Attrs goes to the control: min, max, step, maxlength, inputmode, accept, multiple …
	Attrs templ.Attributes
}

func (f FieldProps) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f FieldProps) inputType() string {
	if f.Kind == FieldText {
		return "text"
	}
	return string(f.Kind)
}

func (f FieldProps) rows() int {
	if f.Rows == 0 {
		return 4
	}
	return f.Rows
}

// describedBy lists the ids of the hint and the error that exist.
func (f FieldProps) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	return strings.Join(ids, " ")
}

// control gives the attributes every control of the field shares.
func (f FieldProps) control() templ.Attributes {
	attrs := templ.Attributes{"name": f.Name}
	if f.Required {
		attrs["required"] = true
	}
	if f.Disabled {
		attrs["disabled"] = true
	}
	if f.Autocomplete != "" {
		attrs["autocomplete"] = f.Autocomplete
	}
	if ids := f.describedBy(); ids != "" && !f.grouped() {
		attrs["aria-describedby"] = ids
	}
	if f.Error != "" && !f.grouped() {
		attrs["aria-invalid"] = "true"
	}
	return attrs
}

// grouped fields are a fieldset that carries the hint and error for all its controls.
func (f FieldProps) grouped() bool {
	return f.Kind == FieldRadios || f.Kind == FieldCheckboxes
}

// optionType is the input type of a grouped field. The browser would want every
// box of checkboxes ticked if each were required, so only radios pass it on.
func (f FieldProps) optionType() string {
	if f.Kind == FieldRadios {
		return "radio"
	}
	return "checkbox"
}

func (f FieldProps) optionAttrs() templ.Attributes {
	attrs := f.control()
	if f.Kind == FieldCheckboxes {
		delete(attrs, "required")
	}
	return attrs
}

func (f FieldProps) chosen(o Option) bool {
	if f.Kind != FieldCheckboxes {
		return o.Value == f.Value
	}
	for _, v := range f.Values {
		if v == o.Value {
			return true
		}
	}
	return false
}

// optionID leads the first option to the field's own id, where the error summary points.
func (f FieldProps) optionID(i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + itoa(i)
}

func (f FieldProps) boxValue() string {
	if f.Value == "" {
		return "on"
	}
	return f.Value
}

// FieldError is one line of an error summary: the id of the field (its name, unless it has another) and what is wrong.
type FieldError struct {
	Field string
	Text  string
}
