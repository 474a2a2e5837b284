package doc

import (
	"fmt"
	"reflect"
)

// check finds what no renderer can show. Blocks are counted from 1.
func (bs Blocks) check() error {
	for i, b := range bs {
		var err error
		switch b := b.(type) {
		case nil:
			err = fmt.Errorf("is nil")
		case Table:
			err = b.check()
		default:
			if reflect.TypeOf(b) != kinds[b.kind()] {
				err = fmt.Errorf("is a %T: blocks are values", b)
			}
		}
		if err != nil {
			return fmt.Errorf("block %d: %w", i+1, err)
		}
	}
	return nil
}

func (t Table) check() error {
	n := len(t.Columns)
	if n == 0 {
		return fmt.Errorf("the table has no columns")
	}
	for i, row := range t.Rows {
		if len(row) > n {
			return fmt.Errorf("row %d of the table has %d cells for %d columns", i+1, len(row), n)
		}
	}
	if len(t.Footer) > n {
		return fmt.Errorf("the table's footer has %d cells for %d columns", len(t.Footer), n)
	}
	return nil
}

// cell is a cell of a row, empty beyond its end.
func cell(row []Inline, i int) Inline {
	if i < len(row) {
		return row[i]
	}
	return nil
}

// headingLevel is the level below the title, from 1 to 5.
func (h Heading) level() int { return min(max(h.Level, 1), 5) }
