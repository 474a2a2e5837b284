package sheet

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// Encoding is how the file writes its letters. Latin-1 is read as Windows-1252, which has
// all its letters and those that Windows programs put in its place.
type Encoding string

const (
	UTF8        Encoding = "utf-8"
	Windows1252 Encoding = "windows-1252"
)

// Delimiters are what may stand between two cells; the last is the most usual inside one.
var Delimiters = []byte{';', '\t', ','}

// Strange says what a file that is no table of text is.
type Strange string

const (
	Empty     Strange = "empty"
	Workbook  Strange = "workbook" // of a spreadsheet program: save as CSV first
	WideText  Strange = "wide"     // UTF-16: save as CSV UTF-8 first
	NotATable Strange = "binary"
)

// Scanner looks at a whole file, piece by piece, and tells its encoding.
type Scanner struct {
	head    []byte
	rest    []byte // the beginning of a letter cut by the end of a piece
	invalid bool
}

// headSize is how much of the file the delimiter and the titles are looked for in.
const headSize = 64 << 10

// Write takes the next piece; it never fails.
func (s *Scanner) Write(piece []byte) (int, error) {
	if room := headSize - len(s.head); room > 0 {
		s.head = append(s.head, piece[:min(room, len(piece))]...)
	}
	if s.invalid {
		return len(piece), nil
	}
	all := slices.Concat(s.rest, piece)
	cut := len(all)
	for i := 1; i < utf8.UTFMax && i <= len(all); i++ {
		if b := all[len(all)-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(all[len(all)-i:]) {
				cut = len(all) - i
			}
			break
		}
	}
	s.invalid = !utf8.Valid(all[:cut])
	s.rest = bytes.Clone(all[cut:])
	return len(piece), nil
}

// Encoding is UTF-8 when the whole file is, or else Windows-1252, in which anything can be read.
func (s *Scanner) Encoding() Encoding {
	if s.invalid || len(s.rest) > 0 {
		return Windows1252
	}
	return UTF8
}

// Head is the beginning of the file.
func (s *Scanner) Head() []byte { return s.head }

// Strange tells what the file is when it is no table of text, or "".
func (s *Scanner) Strange() Strange {
	head := bytes.TrimPrefix(s.head, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(head)) == 0 {
		return Empty
	}
	for _, magic := range []string{"PK\x03\x04", "\xd0\xcf\x11\xe0"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return Workbook
		}
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return WideText
	}
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return NotATable
	}
	controls := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' {
			controls++
		}
	}
	if controls*100 > len(head) {
		return NotATable
	}
	return ""
}

// Head rows are what a person is shown of a file, and what its titles are looked for in.
const headRows = 20

// HeadRows reads the first rows of a file from its beginning; the last row may be left out,
// since the beginning may cut it.
func HeadRows(head []byte, e Encoding, delimiter byte) []Row {
	if len(head) >= headSize {
		if i := bytes.LastIndexByte(head, '\n'); i > 0 {
			head = head[:i]
		}
	}
	r := NewReader(bytes.NewReader(head), e, delimiter)
	var rows []Row
	for len(rows) < headRows {
		row, err := r.Next()
		if err != nil {
			break // the end: a reader of bytes has no other error
		}
		rows = append(rows, row)
	}
	return rows
}

// Delimiter is what stands between the cells of a file that begins like this: the sign that
// cuts most rows into the same number of cells, and into most.
func Delimiter(head []byte, e Encoding) byte {
	best, score := Delimiters[0], 0
	for _, d := range Delimiters {
		widths := map[int]int{}
		for _, row := range HeadRows(head, e, d) {
			if len(row.Cells) > 1 {
				widths[len(row.Cells)]++
			}
		}
		for width, rows := range widths {
			if s := rows*rows*100 + width; s > score {
				best, score = d, s
			}
		}
	}
	return best
}

// DelimiterName and DelimiterNamed write a delimiter as a form does.
func DelimiterName(d byte) string {
	return map[byte]string{';': "semicolon", ',': "comma", '\t': "tab"}[d]
}

// DelimiterNamed is the delimiter of a name, or ';' when it is unknown.
func DelimiterNamed(name string) byte {
	for _, d := range Delimiters {
		if DelimiterName(d) == strings.TrimSpace(name) {
			return d
		}
	}
	return Delimiters[0]
}
