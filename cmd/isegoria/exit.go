package main

// badInput is an error that what the user gave explains: one sentence on standard error, exit
// code 2.
type badInput struct{ error }

// ExitCode is the code the program ends with.
func (badInput) ExitCode() int { return 2 }

// Unwrap lets errors.Is and errors.As see the cause.
func (b badInput) Unwrap() error { return b.error }
