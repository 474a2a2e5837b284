package legalfile

import (
	"encoding/json"
	"fmt"
	"slices"

	"isegoria.org/isegoria/statute"
)

// Report is what a verification found. A file verifies when it has no fault; what could not be
// checked is named in Unchecked.
type Report struct {
	Manifest    Manifest
	Fingerprint string // of the key that signed, to be compared with the one that is published
	Passed      []Finding
	Faults      []Finding
	Unchecked   []Finding
}

// OK tells whether the file verifies.
func (r Report) OK() bool { return len(r.Faults) == 0 }

// Finding is one sentence of a report, in both languages; File is the file it is about, or "".
type Finding struct {
	File   string `json:"file,omitempty"`
	Fr, En string
}

// Text is the sentence in the language ("en" for English, French otherwise), after the file's name.
func (f Finding) Text(lang string) string {
	text := f.Fr
	if lang == "en" {
		text = f.En
	}
	if f.File == "" {
		return text
	}
	if lang == "en" {
		return f.File + ": " + text
	}
	return f.File + "\u00a0: " + text
}

// MarshalJSON writes the sentences under fr and en.
func (f Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"file": f.File, "fr": f.Fr, "en": f.En})
}

// FormatError says why something is not a legal file at all.
type FormatError struct{ Fr, En string }

func (e *FormatError) Error() string { return e.En }

// Text is the sentence in the language.
func (e *FormatError) Text(lang string) string {
	if lang == "en" {
		return e.En
	}
	return e.Fr
}

func notLegalFile(fr, en string, args ...any) error {
	f := sentence("", fr, en, args)
	return &FormatError{"Ce n’est pas un dossier légal\u00a0: " + f.Fr, "this is not a legal file: " + f.En}
}

// sentence writes both languages with the same arguments: numbers with their thousands set apart, an
// outcome by its word. Every verb that takes one of these is %v.
func sentence(file, fr, en string, args []any) Finding {
	in := func(lang string) []any {
		out := make([]any, len(args))
		for i, a := range args {
			switch a := a.(type) {
			case int:
				out[i] = statute.FormatNumber(statute.Int(int64(a)), lang)
			case int64:
				out[i] = statute.FormatNumber(statute.Int(a), lang)
			case statute.Outcome:
				out[i] = string(a)
				if word, ok := outcomes[a]; ok && lang == "fr" {
					out[i] = word
				}
			default:
				out[i] = a
			}
		}
		return out
	}
	return Finding{file, fmt.Sprintf(fr, in("fr")...), fmt.Sprintf(en, in("en")...)}
}

var outcomes = map[statute.Outcome]string{statute.Adopted: "adoptée", statute.Rejected: "rejetée", statute.NoQuorum: "sans quorum",
	statute.Tied: "à égalité", statute.Elected: "pourvue", statute.Runoff: "un tour reste à faire"}

// mostFaults bounds the list of faults; the last then says that there are more.
const mostFaults = 100

func (r *Report) fault(file, fr, en string, args ...any) {
	f := sentence(file, fr, en, args)
	switch {
	case slices.Contains(r.Faults, f):
	case len(r.Faults) < mostFaults:
		r.Faults = append(r.Faults, f)
	case len(r.Faults) == mostFaults:
		r.Faults = append(r.Faults, Finding{"", "Il y a d’autres fautes, qui ne sont pas listées.", "There are more faults, not listed."})
	}
}

func (r *Report) pass(file, fr, en string, args ...any) {
	r.Passed = append(r.Passed, sentence(file, fr, en, args))
}

func (r *Report) unchecked(file, fr, en string, args ...any) {
	if len(r.Unchecked) < mostFaults {
		r.Unchecked = append(r.Unchecked, sentence(file, fr, en, args))
	}
}
