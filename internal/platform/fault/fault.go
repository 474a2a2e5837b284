// Package fault is what goes wrong by a person's doing or by a rule: a code, the key of
// a sentence and its arguments, translated when shown. Any other error is ours: the
// person sees "internal error" and a reference number.
package fault

import (
	"errors"
	"sort"
	"strings"
)

// Code says what kind of refusal it is; the web floor turns it into a status.
type Code int

const (
	Invalid         Code = iota + 1 // what was typed cannot be accepted
	NotFound                        // there is no such thing, or not for this person
	Forbidden                       // this person may not do that
	Conflict                        // the state of things no longer allows it
	Unauthenticated                 // sign in first
	TooMany                         // slow down
)

// Error is one refusal. Args are name, value pairs for the sentence under Key.
type Error struct {
	Code Code
	Key  string
	Args []any
}

func (e *Error) Error() string { return e.Key }

// New makes a refusal; args are name, value pairs.
func New(code Code, key string, args ...any) *Error { return &Error{code, key, args} }

// Fields are refusals of what was typed, by the name of the form's field.
type Fields map[string]*Error

// Add refuses the field; the first refusal of a field is the one kept.
func (f Fields) Add(field, key string, args ...any) {
	if _, ok := f[field]; !ok {
		f[field] = New(Invalid, key, args...)
	}
}

// Err is f as an error, or nil when nothing was refused.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (f Fields) Error() string {
	names := make([]string, 0, len(f))
	for name, e := range f {
		names = append(names, name+": "+e.Key)
	}
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// CodeOf is the code of err, or 0 when err is no refusal.
func CodeOf(err error) Code {
	var f Fields
	if errors.As(err, &f) {
		return Invalid
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

// Is tells whether err is the refusal under key.
func Is(err error, key string) bool {
	var e *Error
	return errors.As(err, &e) && e.Key == key
}
