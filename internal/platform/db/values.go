package db

import (
	"strconv"
	"strings"
)

// BulkRows is how many rows one INSERT should write. PostgreSQL saves round trips. SQLite,
// where there are none, runs each statement of several rows in a savepoint of its own, whose
// end costs more the longer the transaction has grown: there it is one.
func (tx *Tx) BulkRows() int {
	if tx.Dialect == SQLite {
		return 1
	}
	return 200
}

// Values is the text of rows of parameters: Values(2, 3) is "($1, $2, $3), ($4, $5, $6)".
func Values(rows, columns int) string {
	all := make([]string, rows)
	for i := range all {
		all[i] = "(" + Marks(1+i*columns, columns) + ")"
	}
	return strings.Join(all, ", ")
}

// Marks is n parameters from the first-th on, for IN (…): Marks(2, 3) is "$2, $3, $4".
func Marks(first, n int) string {
	marks := make([]string, n)
	for i := range marks {
		marks[i] = "$" + strconv.Itoa(first+i)
	}
	return strings.Join(marks, ", ")
}
