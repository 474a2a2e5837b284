package ui

import (
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

const typed = `</textarea><script>"Ça" & 'là'`

// Every kind of field keeps what was typed, is labelled, and is described by its hint then its error.
func TestFieldKeepsTypedLabelsAndDescribes(t *testing.T) {
	for _, kind := range []FieldKind{FieldText, FieldEmail, FieldNumber, FieldDate, FieldDateTime, FieldTextarea, FieldSelect} {
		root := render(t, Field(FieldProps{
			Kind: kind, Name: "words", Label: "Un mot", Hint: "Court.", Error: "Trop long.", Value: typed, Required: true,
			Options: []Option{{Value: "a", Label: "A"}, {Value: typed, Label: "B"}},
		}))
		control := byID(root, "words")
		if control == nil {
			t.Errorf("%q: no control of that id", kind)
			continue
		}
		if label := one(t, root, "label"); attr(label, "for") != "words" || !strings.HasPrefix(text(label), "Un mot") {
			t.Errorf("%q: label %v %q", kind, label.Attr, text(label))
		}
		if attr(control, "aria-describedby") != "words-hint words-error" || attr(control, "aria-invalid") != "true" || !has(control, "required") {
			t.Errorf("%q: control %v", kind, control.Attr)
		}
		if got := text(byID(root, "words-error")); got != "Erreur : Trop long." {
			t.Errorf("%q: error reads %q", kind, got)
		}
		if got := kept(control); got != typed {
			t.Errorf("%q: keeps %q", kind, got)
		}
		if len(all(root, "script")) != 0 {
			t.Errorf("%q: what was typed became markup", kind)
		}
	}
}

func kept(control *html.Node) string {
	switch control.Data {
	case "textarea":
		return control.FirstChild.Data
	case "select":
		for _, o := range all(control, "option") {
			if has(o, "selected") {
				return attr(o, "value")
			}
		}
		return ""
	default:
		return attr(control, "value")
	}
}

func TestFieldWithoutHintOrErrorIsPlain(t *testing.T) {
	input := one(t, render(t, Field(FieldProps{Name: "name", Label: "Nom", Attrs: templ.Attributes{"maxlength": "80"}})), "input")
	if has(input, "aria-describedby") || has(input, "aria-invalid") || has(input, "required") || attr(input, "maxlength") != "80" || attr(input, "type") != "text" {
		t.Errorf("input: %v", input.Attr)
	}
}

func TestGroupedFields(t *testing.T) {
	options := []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "c", Label: "C", Disabled: true}}
	for _, c := range []struct {
		field    FieldProps
		checked  string
		required bool
	}{
		{FieldProps{Kind: FieldRadios, Value: "b"}, " b", true},
		{FieldProps{Kind: FieldCheckboxes, Values: []string{"a", "b"}}, " a b", false},
	} {
		c.field.Name, c.field.Label, c.field.Error, c.field.Required, c.field.Options = "group", "Groupe", "Choisissez.", true, options
		root := render(t, Field(c.field))
		if set := one(t, root, "fieldset"); attr(set, "aria-describedby") != "group-error" {
			t.Errorf("%s: fieldset %v", c.field.Kind, set.Attr)
		}
		checked := ""
		for i, input := range all(root, "input") {
			if has(input, "checked") {
				checked += " " + attr(input, "value")
			}
			if has(input, "required") != c.required || attr(input, "name") != "group" || has(input, "disabled") != (i == 2) {
				t.Errorf("%s: input %v", c.field.Kind, input.Attr)
			}
		}
		if checked != c.checked {
			t.Errorf("%s: checked%s, want%s", c.field.Kind, checked, c.checked)
		}
		if byID(root, "group") == nil || byID(root, "group-1") == nil {
			t.Errorf("%s: the error summary could not reach the first option", c.field.Kind)
		}
	}
}

func TestErrorSummaryLeadsToFields(t *testing.T) {
	if root := render(t, ErrorSummary(nil)); len(all(root, "error-summary")) != 0 {
		t.Error("a summary of no errors")
	}
	root := render(t, ErrorSummary([]FieldError{{Field: "email", Text: "Il manque « @ »."}, {Text: "La page a expiré."}}))
	if a := one(t, root, "a"); attr(a, "href") != "#email" || text(a) != "Il manque « @ »." {
		t.Errorf("link %v %q", a.Attr, text(a))
	}
	if items := all(root, "li"); len(items) != 2 || text(items[1]) != "La page a expiré." {
		t.Errorf("%d lines", len(items))
	}
}

func TestChoiceCards(t *testing.T) {
	choices := []Choice{{Value: "for", Kind: For, Label: "Pour", Checked: true}, {Value: "other", Label: "Autre"}}
	root := render(t, ChoiceCards(ChoiceCardsProps{Name: "vote", Legend: "Votre vote", Required: true, Choices: choices}))
	labels := all(root, "label")
	if attr(labels[0], "class") != "choice choice-for" || attr(labels[1], "class") != "choice choice-plain" {
		t.Errorf("classes %q, %q", attr(labels[0], "class"), attr(labels[1], "class"))
	}
	if len(all(labels[0], "svg")) != 1 || len(all(labels[1], "svg")) != 0 {
		t.Error("a shape belongs to for, against and abstention, and to nothing else")
	}
	for _, input := range all(root, "input") {
		if attr(input, "type") != "radio" || !has(input, "required") {
			t.Errorf("input %v", input.Attr)
		}
	}
	root = render(t, ChoiceCards(ChoiceCardsProps{Name: "vote", Multiple: true, Required: true, Choices: choices}))
	for _, input := range all(root, "input") {
		if attr(input, "type") != "checkbox" || has(input, "required") {
			t.Errorf("several: input %v", input.Attr)
		}
	}
}

func TestFormMethods(t *testing.T) {
	form := one(t, render(t, Form(FormProps{Action: "/a", Files: true, WarnUnsaved: true})), "form")
	if attr(form, "method") != "post" || attr(form, "enctype") != "multipart/form-data" || !has(form, "data-warn-unsaved") || has(form, "data-keep-scroll") {
		t.Errorf("form %v", form.Attr)
	}
	form = one(t, render(t, Form(FormProps{Action: "javascript:alert(1)", Get: true})), "form")
	if attr(form, "method") != "get" || strings.HasPrefix(attr(form, "action"), "javascript") {
		t.Errorf("form %v", form.Attr)
	}
}
