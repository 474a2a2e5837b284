// Package sheet reads the tables that people export from their spreadsheets: text in some
// encoding, cells between commas, semicolons or tabs, quotes where the program wanted them.
// Begin with [Detect], then [NewReader].
//
// A table that is damaged in one place is read everywhere else: what cannot be read is given
// as a row with its fault, and reading goes on at the next line of the file.
package sheet

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Fault says why a row could not be read.
type Fault string

const (
	TooLong   Fault = "too_long"   // longer than any line of a register
	OpenQuote Fault = "open_quote" // a quote that nothing closes
	LostQuote Fault = "lost_quote" // text behind a closing quote
)

// Row is one line of the table. Line is where it begins, from 1, as a text editor counts.
// Cells are nil where there is a fault.
type Row struct {
	Line  int
	Cells []string
	Fault Fault
}

// Bounds of one row: a quoted cell may run over several lines of the file, but a quote that
// was forgotten must not swallow the rest of it.
const (
	maxLine  = 64 << 10 // bytes
	maxLines = 50
)

// Reader reads a table row by row.
type Reader struct {
	in        *bufio.Reader
	delimiter byte
	line      int      // the last line taken from in
	ahead     []source // lines taken from in and given back
}

// source is one line of the file without its end.
type source struct {
	number int
	text   string
	long   bool
}

// NewReader reads the table in r.
func NewReader(r io.Reader, e Encoding, delimiter byte) *Reader {
	if e == Windows1252 {
		r = charmap.Windows1252.NewDecoder().Reader(r)
	} else {
		r = unicode.UTF8BOM.NewDecoder().Reader(r) // what is not UTF-8 becomes U+FFFD
	}
	return &Reader{in: bufio.NewReaderSize(r, maxLine), delimiter: delimiter}
}

// Next is the next row that is not empty; io.EOF after the last.
func (r *Reader) Next() (Row, error) {
	for {
		first, err := r.take()
		if err != nil {
			return Row{}, err
		}
		if strings.Trim(first.text, " \t\v\f"+string(rune(r.delimiter))) == "" && !first.long {
			continue
		}
		row := Row{Line: first.number}
		row.Cells, row.Fault, err = r.cells(first)
		return row, err
	}
}

func (r *Reader) take() (source, error) {
	if len(r.ahead) > 0 {
		s := r.ahead[0]
		r.ahead = r.ahead[1:]
		return s, nil
	}
	text, err := r.in.ReadSlice('\n')
	if len(text) == 0 && err != nil {
		return source{}, err
	}
	r.line++
	s := source{number: r.line, text: strings.TrimRight(string(text), "\r\n")}
	for errors.Is(err, bufio.ErrBufferFull) {
		s.text, s.long = "", true
		_, err = r.in.ReadSlice('\n')
	}
	if err != nil && err != io.EOF {
		return source{}, err
	}
	return s, nil
}

// cells splits a row, which takes more lines while a quoted cell is open. On a fault those
// lines are given back: they are rows of their own.
func (r *Reader) cells(first source) ([]string, Fault, error) {
	if first.long {
		return nil, TooLong, nil
	}
	cells, fault := split(first.text, r.delimiter)
	text := first.text
	var taken []source
	for fault == OpenQuote && len(taken) < maxLines && len(text) < maxLine {
		next, err := r.take()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, "", err
		}
		taken = append(taken, next)
		if next.long {
			break
		}
		text += "\n" + next.text
		if strings.Contains(next.text, `"`) { // without one the cell stays open
			cells, fault = split(text, r.delimiter)
		}
	}
	if fault != "" {
		r.ahead = append(taken, r.ahead...)
		return nil, fault, nil
	}
	return cells, "", nil
}

// split cuts a row into cells (RFC 4180). A quote inside a cell that does not begin with one
// stands for itself, as spreadsheets have it.
func split(text string, delimiter byte) ([]string, Fault) {
	var cells []string
	for {
		if !strings.HasPrefix(text, `"`) {
			cell, rest, more := strings.Cut(text, string(rune(delimiter)))
			cells = append(cells, cell)
			if !more {
				return cells, ""
			}
			text = rest
			continue
		}
		cell, rest, fault := quoted(text[1:])
		if fault != "" {
			return nil, fault
		}
		cells = append(cells, cell)
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return cells, ""
		}
		if rest[0] != delimiter {
			return nil, LostQuote
		}
		text = rest[1:]
	}
}

// quoted reads a cell up to its closing quote; two quotes stand for one.
func quoted(text string) (cell, rest string, fault Fault) {
	for {
		i := strings.IndexByte(text, '"')
		if i < 0 {
			return "", "", OpenQuote
		}
		cell += text[:i]
		text = text[i+1:]
		if !strings.HasPrefix(text, `"`) {
			return cell, text, ""
		}
		cell += `"`
		text = text[1:]
	}
}
