package db

import "testing"

func TestValues(t *testing.T) {
	if got := Values(2, 3); got != "($1, $2, $3), ($4, $5, $6)" {
		t.Error(got)
	}
	if got := Marks(2, 3); got != "$2, $3, $4" {
		t.Error(got)
	}
}
