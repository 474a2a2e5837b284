package sortition

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Pool is a table of volunteers: a header and one row per person. A person is
// known by the index of their row, counted from 0; reports show index+1.
type Pool struct {
	Header []string
	Rows   [][]string
	Lines  []int // line of each row in its file, for messages; nil when there is no file
}

// Quota bounds how many members of the panel have one value (Feature) of one
// category. MinFlex ≤ Min and MaxFlex ≥ Max declare how far the bounds may be
// moved when the quotas cannot all be met.
type Quota struct {
	Category         string
	Feature          string
	Min, Max         int
	MinFlex, MaxFlex int
}

// InputError is a fault in a file given by the user.
type InputError struct {
	Line   int // 1-based; 0 when the fault is not on one line
	Reason string
}

func (e *InputError) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
}

func inputErrorf(line int, format string, args ...any) error {
	return &InputError{line, fmt.Sprintf(format, args...)}
}

// ParsePool reads a CSV of volunteers: a header line, then one line per person.
// Comma, semicolon and tab are recognised as separators, a byte order mark is
// ignored, cells are trimmed. Errors are *InputError.
func ParsePool(data []byte) (*Pool, error) {
	records, lines, err := readTable(data)
	if err != nil {
		return nil, err
	}
	if len(records) < 2 {
		return nil, inputErrorf(0, "the pool has no volunteer: a header line and at least one line are needed")
	}
	return &Pool{Header: records[0], Rows: records[1:], Lines: lines[1:]}, nil
}

// line is the line of a person for messages, or 0 when the pool was not a file.
func (p *Pool) line(person int) int {
	if person < len(p.Lines) {
		return p.Lines[person]
	}
	return 0
}

// column returns the index of a column, or -1.
func (p *Pool) column(name string) int {
	for i, h := range p.Header {
		if h == name {
			return i
		}
	}
	return -1
}

// repeated is a name that two columns bear, or "".
func repeated(header []string) string {
	seen := map[string]bool{}
	for _, h := range header {
		if seen[h] && h != "" {
			return h
		}
		seen[h] = true
	}
	return ""
}

// harmonise gives the pool the spelling of the quotas where only capitals differ, as the
// panel-selection tools of the Sortition Foundation do.
func (p *Pool) harmonise(quotas []Quota) {
	values := map[string]map[string]string{} // by column and folded value
	for _, q := range quotas {
		if p.column(q.Category) < 0 {
			if i := slices.IndexFunc(p.Header, func(h string) bool { return strings.EqualFold(h, q.Category) }); i >= 0 {
				p.Header[i] = q.Category
			}
		}
		if values[q.Category] == nil {
			values[q.Category] = map[string]string{}
		}
		key := strings.ToLower(q.Feature)
		if _, twice := values[q.Category][key]; twice {
			values[q.Category][key] = "" // capitals tell values apart here
		} else {
			values[q.Category][key] = q.Feature
		}
	}
	for category, spelling := range values {
		at := p.column(category)
		for _, row := range p.Rows {
			if at >= 0 && spelling[strings.ToLower(row[at])] != "" {
				row[at] = spelling[strings.ToLower(row[at])]
			}
		}
	}
}

// quotaNames lists, for each field, the header names that existing tools give it.
// The panel-selection tools of the Sortition Foundation write category,name or
// feature,value; the replication code of Flanigan et al. writes category,feature.
var quotaNames = map[string][]string{
	"category": {"category"},
	"feature":  {"feature", "name", "value"},
	"min":      {"min"},
	"max":      {"max"},
	"min_flex": {"min_flex", "min flex"},
	"max_flex": {"max_flex", "max flex"},
}

// ParseQuotas reads a CSV of quotas with the columns category, feature, min, max
// and optionally min_flex, max_flex (absent: any change may be proposed). Errors
// are *InputError.
func ParseQuotas(data []byte) ([]Quota, error) {
	records, lines, err := readTable(data)
	if err != nil {
		return nil, err
	}
	if len(records) == 0 {
		return nil, inputErrorf(0, "the file of quotas is empty")
	}
	if twice := repeated(records[0]); twice != "" {
		return nil, inputErrorf(1, "two columns are named “%s”", twice)
	}
	at, err := quotaColumns(records[0])
	if err != nil {
		return nil, err
	}
	var quotas []Quota
	seen := map[[2]string]int{}
	for i, rec := range records[1:] {
		q, err := parseQuota(rec, at, lines[i+1])
		if err != nil {
			return nil, err
		}
		key := [2]string{q.Category, q.Feature}
		if first := seen[key]; first != 0 {
			return nil, inputErrorf(lines[i+1], "%s: %s has a quota already, at line %d", q.Category, q.Feature, first)
		}
		seen[key] = lines[i+1]
		quotas = append(quotas, q)
	}
	return quotas, nil
}

func quotaColumns(header []string) (map[string]int, error) {
	find := func(names ...string) int {
		for _, name := range names {
			for i, h := range header {
				if strings.EqualFold(h, name) {
					return i
				}
			}
		}
		return -1
	}
	at := map[string]int{}
	for field, names := range quotaNames {
		at[field] = find(names...)
	}
	if at["category"] < 0 && find("feature") >= 0 && find("value") >= 0 {
		at["category"], at["feature"] = find("feature"), find("value")
	}
	for _, field := range []string{"category", "feature", "min", "max"} {
		if at[field] < 0 {
			return nil, inputErrorf(1, "the quotas need a column “%s” (columns found: %s)", field, strings.Join(header, ", "))
		}
	}
	return at, nil
}

func parseQuota(rec []string, at map[string]int, line int) (Quota, error) {
	q := Quota{Category: rec[at["category"]], Feature: rec[at["feature"]]}
	if q.Category == "" || q.Feature == "" {
		return q, inputErrorf(line, "a quota needs a category and a value")
	}
	number := func(field string, absent int) (int, error) {
		i := at[field]
		if i < 0 || strings.HasSuffix(field, "_flex") && (rec[i] == "" || rec[i] == "-1") { // -1: not set, in sortition-algorithms
			return absent, nil
		}
		v, err := strconv.Atoi(rec[i])
		if err != nil || v < 0 {
			return 0, inputErrorf(line, "%s: %s: “%s” of column %s is not a whole number", q.Category, q.Feature, rec[i], field)
		}
		return v, nil
	}
	var err [4]error
	q.Min, err[0] = number("min", 0)
	q.Max, err[1] = number("max", 0)
	q.MinFlex, err[2] = number("min_flex", 0)
	q.MaxFlex, err[3] = number("max_flex", NoLimit)
	for _, e := range err {
		if e != nil {
			return q, e
		}
	}
	switch {
	case q.Min > q.Max:
		return q, inputErrorf(line, "%s: %s: the minimum %d is above the maximum %d", q.Category, q.Feature, q.Min, q.Max)
	case q.MinFlex > q.Min:
		return q, inputErrorf(line, "%s: %s: min_flex %d is above the minimum %d", q.Category, q.Feature, q.MinFlex, q.Min)
	case q.MaxFlex < q.Max:
		return q, inputErrorf(line, "%s: %s: max_flex %d is below the maximum %d", q.Category, q.Feature, q.MaxFlex, q.Max)
	}
	return q, nil
}

// NoLimit is the MaxFlex of a quota whose maximum may be raised at will.
const NoLimit = 1 << 30

// plainText is the text in UTF-8 with lines that end as on Unix. UTF-16 is known by its byte
// order mark; what is not UTF-8 either is read as Windows-1252.
func plainText(data []byte) ([]byte, error) {
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		data, err = unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
	case !utf8.Valid(data):
		data, err = charmap.Windows1252.NewDecoder().Bytes(data)
	}
	if err != nil {
		return nil, inputErrorf(0, "the file is not a text: %v", err)
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(data, []byte("\r"), []byte("\n")), nil
}

// readTable reads a CSV and the line on which each record starts. Lines without any cell
// filled are passed over, and empty cells beyond the header are cut, as spreadsheets write
// them.
func readTable(data []byte) (records [][]string, lines []int, err error) {
	if data, err = plainText(data); err != nil {
		return nil, nil, err
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma = separator(data)
	r.TrimLeadingSpace = true
	r.FieldsPerRecord = -1
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return records, lines, nil
		}
		if err != nil {
			var pe *csv.ParseError
			if errors.As(err, &pe) {
				return nil, nil, inputErrorf(pe.Line, "%v", pe.Err)
			}
			return nil, nil, err
		}
		line, _ := r.FieldPos(0)
		for i := range rec {
			rec[i] = strings.TrimSpace(rec[i])
		}
		if strings.Join(rec, "") == "" {
			continue
		}
		if len(records) > 0 {
			width := len(records[0])
			if len(rec) < width || strings.Join(rec[width:], "") != "" {
				return nil, nil, inputErrorf(line, "%d cells where the header has %d", len(rec), width)
			}
			rec = rec[:width]
		}
		records = append(records, rec)
		lines = append(lines, line)
	}
}

// separator guesses the separator from the header line.
func separator(data []byte) rune {
	header, _, _ := bytes.Cut(data, []byte("\n"))
	best, most := ',', bytes.Count(header, []byte(","))
	for _, c := range []rune{';', '\t'} {
		if n := bytes.Count(header, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}
