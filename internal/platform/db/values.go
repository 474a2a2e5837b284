package db

import (
	"math/bits"
	"strconv"
	"strings"
)

// BulkRows is how many of the rows left the next INSERT should write. PostgreSQL saves round trips;
// a power of two makes few texts, which it prepares once. SQLite, where there are none, runs each
// statement of several rows in a savepoint of its own, whose end costs more the longer the
// transaction has grown: there it is one.
func (tx *Tx) BulkRows(left int) int {
	if tx.Dialect == SQLite {
		return 1
	}
	return 1 << (bits.Len(uint(min(max(left, 1), mostBulkRows))) - 1)
}

const mostBulkRows = 256

// In is a list of parameters for IN (…), the first of them number first, and what they stand for. It is
// filled up to a power of two with the last of the ids, so that there are few texts to prepare.
func In(first int, ids []int64) (marks string, args []any) {
	for _, id := range ids {
		args = append(args, id)
	}
	for n := len(ids); n&(n-1) != 0; n++ {
		args = append(args, ids[len(ids)-1])
	}
	return Marks(first, len(args)), args
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
