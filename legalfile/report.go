package legalfile

import (
	"encoding/json"
	"fmt"
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
	return &FormatError{"Ce n’est pas un dossier légal\u00a0: " + fmt.Sprintf(fr, args...), "this is not a legal file: " + fmt.Sprintf(en, args...)}
}

// mostFaults bounds the list of faults; the last then says that there are more.
const mostFaults = 100

func (r *Report) fault(file, fr, en string, args ...any) {
	switch {
	case len(r.Faults) < mostFaults:
		r.Faults = append(r.Faults, Finding{file, fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)})
	case len(r.Faults) == mostFaults:
		r.Faults = append(r.Faults, Finding{"", "Il y a d’autres fautes, qui ne sont pas listées.", "There are more faults, not listed."})
	}
}

func (r *Report) pass(file, fr, en string, args ...any) {
	r.Passed = append(r.Passed, Finding{file, fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)})
}

func (r *Report) unchecked(file, fr, en string, args ...any) {
	if len(r.Unchecked) < mostFaults {
		r.Unchecked = append(r.Unchecked, Finding{file, fmt.Sprintf(fr, args...), fmt.Sprintf(en, args...)})
	}
}
