// Package doc is one document model rendered three ways: [HTML] for a page,
// [Text] for mail, [PDF] and [Letters] for paper. A caller builds a [Document]
// out of [Block] values once; every rendering says the same thing in the same
// order. The package knows nothing of what the documents are about, writes no
// text of its own but page numbers and a few labels (French or English, by
// Lang), and renders the given characters as they are: typography is the
// caller's.
//
// Start with [Document], [Plain] and [PDF].
//
// # The PDF
//
// Pages are drawn with codeberg.org/go-pdf/fpdf, which embeds subsets of
// TrueType fonts with their maps to Unicode, makes bookmarks, and lets raw
// operators through. github.com/signintech/gopdf embeds fonts as well, but has
// no way to write marked content. Neither can tag, and tags are what lets a
// screen reader read a document; so the marked content is written as raw
// operators while drawing, and fpdf's finished file is copied into one that
// has a structure tree, a language and the metadata as well: see tagged.go.
// The file claims no conformance to PDF/UA or PDF/A: no checker has confirmed
// it. The same document always gives the same bytes. There is no text shaping:
// the Go fonts have none of the scripts that need it (Arabic, Devanagari …),
// which are reported as missing characters.
//
// A file is in memory until it is written: count about 80 KB per letter.
package doc

import "time"

// Document is a whole document. The zero value is valid and renders as an
// empty one.
type Document struct {
	// Lang is the BCP 47 tag of the text, such as "fr" or "en-GB".
	Lang string `json:"lang,omitempty"`
	// Title is metadata and, when not empty, the first heading on the page.
	Title string `json:"title,omitempty"`
	// Subject is metadata and, when not empty, the line under the title.
	Subject string `json:"subject,omitempty"`
	// Author is metadata only.
	Author string `json:"author,omitempty"`
	// Date is metadata only: the PDF's creation date.
	Date time.Time `json:"date,omitzero"`
	// Header and Footer are one line each, repeated on every page of the PDF
	// and written once in the other renderings.
	Header string `json:"header,omitempty"`
	Footer string `json:"footer,omitempty"`
	Blocks Blocks `json:"blocks"`
}

// Block is one of [Heading], [Paragraph], [List], [Table], [Definitions],
// [Notice], [Derivation], [VoteBar], [Signatures], [QR], [Code], [PageBreak]
// and [Rule], as a value, never as a pointer. The set is closed.
type Block interface {
	kind() string // its name in JSON
}

// Inline is a run of text with light marks. A newline in a span breaks the line.
type Inline []Span

// Span is text with one set of marks. Link is an absolute http, https or
// mailto address, or a path or fragment of the same site in HTML; any other
// scheme is rendered as plain text.
type Span struct {
	Text   string `json:"text"`
	Bold   bool   `json:"bold,omitempty"`
	Italic bool   `json:"italic,omitempty"`
	Link   string `json:"link,omitempty"`
}

// Plain is text without marks.
func Plain(text string) Inline { return Inline{{Text: text}} }

// String is the text without its marks.
func (in Inline) String() string {
	var s string
	for _, span := range in {
		s += span.Text
	}
	return s
}

// Heading opens a section. Level 1 is the highest below the document's title;
// levels outside 1 to 5 are brought back to the nearest.
type Heading struct {
	Level int    `json:"level"`
	Text  Inline `json:"text"`
}

// Paragraph is running text.
type Paragraph struct {
	Text Inline `json:"text"`
}

// List is a list of items, bulleted or numbered from 1.
type List struct {
	Numbered bool       `json:"numbered,omitempty"`
	Items    []ListItem `json:"items"`
}

// ListItem is one item and, below it, an optional bulleted list.
type ListItem struct {
	Text Inline   `json:"text"`
	Sub  []Inline `json:"sub,omitempty"`
}

// Align is how the cells of a column stand.
type Align string

// The alignments; the zero value is AlignStart.
const (
	AlignStart  Align = ""
	AlignCenter Align = "center"
	AlignEnd    Align = "end" // for numbers
)

// Column is a column of a table.
type Column struct {
	Title string `json:"title"`
	// Width is the column's share of the table's width relative to the other
	// columns; 0 counts as 1.
	Width float64 `json:"width,omitempty"`
	Align Align   `json:"align,omitempty"`
}

// Table is a table whose header row is repeated on each page. Rows shorter
// than Columns are completed with empty cells, cells beyond them are an error
// of every renderer. Footer is one row, or empty.
type Table struct {
	Caption string     `json:"caption,omitempty"`
	Columns []Column   `json:"columns"`
	Rows    [][]Inline `json:"rows"`
	Footer  []Inline   `json:"footer,omitempty"`
}

// Definitions is a list of labels with their values.
type Definitions struct {
	Items []Definition `json:"items"`
}

// Definition is a label and its value.
type Definition struct {
	Label string `json:"label"`
	Value Inline `json:"value"`
}

// Notice is text in a box.
type Notice struct {
	Title string `json:"title,omitempty"`
	Text  Inline `json:"text"`
}

// Derivation is a numbered list of reasons, each with what it rests on.
type Derivation struct {
	Title   string   `json:"title,omitempty"`
	Reasons []Reason `json:"reasons"`
}

// Reason is one step; Citation names the article or rule, or is empty.
type Reason struct {
	Text     Inline `json:"text"`
	Citation string `json:"citation,omitempty"`
}

// Tone is what a share of a [VoteBar] stands for: it chooses colour and shape.
type Tone string

// The tones; the zero value is neutral.
const (
	ToneNeutral    Tone = ""
	ToneFor        Tone = "for"
	ToneAgainst    Tone = "against"
	ToneAbstention Tone = "abstention"
)

// VoteBar is a picture of how votes divide. It is a picture only: what counts
// is written in Display, Label and Alt, by the caller.
type VoteBar struct {
	Shares    []Share    `json:"shares"`
	Threshold *Threshold `json:"threshold,omitempty"`
	// Alt says in words what the picture shows. When empty the picture is left
	// out for those who do not see it: the labels under it say all.
	Alt string `json:"alt,omitempty"`
}

// Share is a part of a bar. Value is its length, in any unit; negative and
// non-finite values count as 0. Display is the exact figure as shown.
type Share struct {
	Label   string  `json:"label"`
	Value   float64 `json:"value"`
	Display string  `json:"display"`
	Tone    Tone    `json:"tone,omitempty"`
}

// Threshold is a mark on a bar, at At counted from its start in the unit of
// the shares' values.
type Threshold struct {
	At    float64 `json:"at"`
	Label string  `json:"label"`
}

// Signatures is space to sign, one per signatory.
type Signatures struct {
	Lines []Signature `json:"lines"`
}

// Signature is who signs, and as what.
type Signature struct {
	Name string `json:"name"`
	Role string `json:"role,omitempty"`
}

// QR is a QR code (error correction level M) with its caption. Content of more
// than about 2,300 bytes does not fit and is an error of every renderer but
// Text, which writes the content itself.
type QR struct {
	Content string `json:"content"`
	Caption string `json:"caption,omitempty"`
}

// Code is a code to be typed by hand, in large spaced type, with an optional
// QR code of QR beside it.
type Code struct {
	Label string `json:"label,omitempty"`
	Value string `json:"value"`
	QR    string `json:"qr,omitempty"`
	// Note stands under the code, such as where to type it.
	Note string `json:"note,omitempty"`
}

// PageBreak starts a new page in the PDF and is nothing elsewhere.
type PageBreak struct{}

// Rule is a thin line across the text.
type Rule struct{}
