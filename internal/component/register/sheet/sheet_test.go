package sheet

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

func rows(t *testing.T, text string, e Encoding, d byte) []string {
	t.Helper()
	r := NewReader(strings.NewReader(text), e, d)
	var out []string
	for {
		row, err := r.Next()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%d %s%s", row.Line, strings.Join(row.Cells, "|"), row.Fault))
	}
}

func TestRows(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"plain":                {"a;b\n1;2\n", []string{"1 a|b", "2 1|2"}},
		"windows ends":         {"a;b\r\n1;2", []string{"1 a|b", "2 1|2"}},
		"mark of order":        {"\ufeffa;b", []string{"1 a|b"}},
		"empty lines":          {"\n\na;b\n  \n;;\n1;2\n\n", []string{"3 a|b", "6 1|2"}},
		"ragged":               {"a;b;c\n1\n1;2;3;4", []string{"1 a|b|c", "2 1", "3 1|2|3|4"}},
		"quoted":               {`"a;b";"say ""yes""";""`, []string{`1 a;b|say "yes"|`}},
		"quoted lines":         {"1;\"12 rue\nBât. B\r\nTours\";x\n2;y", []string{"1 1|12 rue\nBât. B\nTours|x", "4 2|y"}},
		"quote inside":         {`5" pipe;x "y" z`, []string{`1 5" pipe|x "y" z`}},
		"text behind a quote":  {"\"a\" b;c\n1;2", []string{"1 lost_quote", "2 1|2"}},
		"space behind a quote": {`"a" ;b`, []string{"1 a|b"}},
		"quote never closed":   {"1;\"a\n2;b\n3;c", []string{"1 open_quote", "2 2|b", "3 3|c"}},
		"quote closed by a later row's": {"1;\"a\n2;\"b\"\n3;c", []string{
			"1 lost_quote", "2 2|b", "3 3|c"}},
		"a line of 10 MB": {"a;b\n" + long + ";2\n3;4", []string{"1 a|b", "2 too_long", "3 3|4"}},
		"an open quote before a long line": {"a;\"b\n" + long + "\n3;4", []string{
			"1 open_quote", "2 too_long", "3 3|4"}},
		"NUL": {"a\x00b;c", []string{"1 a\x00b|c"}},
	} {
		if got := rows(t, c.text, UTF8, ';'); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %.300q, want %q", name, got, c.want)
		}
	}
	if got := rows(t, "Pr\xe9nom\tco\xfbt \x80", Windows1252, '\t'); got[0] != "1 Prénom|coût €" {
		t.Errorf("%q", got)
	}
	if got := rows(t, "Pr\xe9nom", UTF8, ';'); got[0] != "1 Pr\ufffdnom" {
		t.Errorf("%q", got)
	}
}

func TestDetection(t *testing.T) {
	for name, c := range map[string]struct {
		text      string
		encoding  Encoding
		delimiter byte
		strange   Strange
	}{
		"semicolons":       {"numéro;nom\n1;Roux, Inès\n2;Le Pont", UTF8, ';', ""},
		"commas":           {"number,name\n1,\"Roux; Inès\"\n2,Le Pont", UTF8, ',', ""},
		"tabs":             {"numéro\tnom, prénom\n1\tRoux, Inès\n", UTF8, '\t', ""},
		"one column":       {"numéro\n1\n", UTF8, ';', ""},
		"Latin-1":          {"num\xe9ro;nom\n1;a\n", Windows1252, ';', ""},
		"cut at the end":   {"a;b\n1;\xc3", Windows1252, ';', ""},
		"UTF-8 with mark":  {"\xef\xbb\xbfa;é\n", UTF8, ';', ""},
		"nothing":          {"\xef\xbb\xbf \n", UTF8, ';', Empty},
		"a workbook":       {"PK\x03\x04\x14\x00", UTF8, ';', Workbook},
		"an old workbook":  {"\xd0\xcf\x11\xe0\xa1", Windows1252, ';', Workbook},
		"UTF-16":           {"\xff\xfea\x00;\x00", Windows1252, ';', WideText},
		"a picture":        {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Windows1252, ';', NotATable},
		"one NUL in a lot": {strings.Repeat("1;Roux\n", 50) + "2;\x00\n", UTF8, ';', ""},
	} {
		// Pieces of two bytes cut letters in two.
		s := &Scanner{}
		for i := 0; i < len(c.text); i += 2 {
			s.Write([]byte(c.text[i:min(i+2, len(c.text))]))
		}
		if s.Encoding() != c.encoding || s.Strange() != c.strange {
			t.Errorf("%s: %s %q", name, s.Encoding(), s.Strange())
		}
		if d := Delimiter(s.Head(), s.Encoding()); c.strange == "" && d != c.delimiter {
			t.Errorf("%s: delimiter %q", name, d)
		}
	}
}

// Whatever the file, reading ends, rows come in the order of their lines, and no line that
// says something is passed over without a row.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"a;b\n1;2", "\"a\nb\";c", "\"\"\"", "1;\"a\n2;\"b\"", "\ufeff\x00;\r\n\r\n", "\xff\xfe,\"", strings.Repeat("\"\n", 200)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		s := &Scanner{}
		s.Write(file)
		s.Strange()
		for _, e := range []Encoding{UTF8, Windows1252, s.Encoding()} {
			r := NewReader(strings.NewReader(string(file)), e, Delimiter(file, e))
			last := 0
			for {
				row, err := r.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if row.Line <= last || (row.Fault == "") == (row.Cells == nil) {
					t.Fatalf("row %+v after line %d", row, last)
				}
				last = row.Line
			}
			if lines := strings.Count(string(file), "\n") + 1; last > lines {
				t.Fatalf("line %d of %d", last, lines)
			}
		}
	})
}
