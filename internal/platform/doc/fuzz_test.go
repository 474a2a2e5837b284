package doc

import (
	"errors"
	"io"
	"testing"
)

// anything puts the same text wherever a document has text.
func anything(s string, n int, v float64) Document {
	in := Inline{{Text: s}, {Text: s, Bold: n%2 == 0, Italic: n%3 == 0, Link: s}}
	rows := make([][]Inline, n&7)
	for i := range rows {
		rows[i] = []Inline{in, in}
	}
	return Document{Lang: s, Title: s, Subject: s, Author: s, Header: s, Footer: s, Blocks: Blocks{
		Heading{n, in}, Paragraph{in}, List{n%2 == 0, []ListItem{{in, []Inline{in}}, {}}},
		Table{s, []Column{{s, v, Align(s)}, {s, 1, AlignEnd}, {}}, rows, []Inline{in}},
		Definitions{[]Definition{{s, in}, {}}}, Notice{s, in}, Derivation{s, []Reason{{in, s}, {}}},
		VoteBar{[]Share{{s, v, s, Tone(s)}, {s, 1, s, ToneFor}, {s, -v, s, ToneAgainst}}, &Threshold{v, s}, s},
		Signatures{[]Signature{{s, s}, {}, {}}}, Code{s, s, "", s}, PageBreak{}, PageBreak{}, Rule{}, QR{s, s},
	}}
}

// Any text, valid or not, is rendered or refused with an error.
func FuzzRender(f *testing.F) {
	for _, s := range []string{"", "Zoé", "\x00\xff\xfe", "a\u0301\u200d\u202e漢😀\ufffd", "x\n\ny\r\n\tz", "(\\)<>&\"'%", "http://é/\n(", "\u00ad\u200b\u2028", "endobj stream %%EOF"} {
		f.Add(s, 3, 1.5)
	}
	f.Fuzz(func(t *testing.T, s string, n int, v float64) {
		if len(s) > 2000 {
			return
		}
		d := anything(s, n, v)
		hasQR := s != ""
		for name, err := range map[string]error{
			"HTML": HTML(io.Discard, d), "Text": Text(io.Discard, d), "PDF": PDF(io.Discard, d, PDFOptions{}),
		} {
			var missing *MissingCharacters
			if err != nil && !errors.As(err, &missing) && (hasQR && len(s) < 1000 || name == "Text") {
				t.Errorf("%s: %v", name, err)
			}
		}
		_ = Letters(io.Discard, []Letter{{[]string{s, s}, []string{s, s}, s, s, d.Blocks}}, LetterSet{Lang: s, Footer: s}, PDFOptions{})
	})
}
