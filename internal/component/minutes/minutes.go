package minutes

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/fault"
)

// State is where minutes stand: written, put before the bureau, approved. Approved minutes never
// change; editing what is before the bureau takes it back.
type State string

const (
	DraftState     State = "draft"
	SubmittedState State = "submitted"
	ApprovedState  State = "approved"
)

// Minutes are the minutes of a space.
type Minutes struct {
	Space     int64
	State     State
	Version   int64
	Published bool // the draft is shown to members
	Submitted time.Time
	Approved  time.Time
	Hash      string // of the frozen document
	Approvals []Signature

	frozen string
}

// Version is one state of the text, kept whole.
type Version struct {
	Number  int64
	At      time.Time
	Author  string
	Kind    string // drafted, edited, restored
	Content Content
}

// Content is what minutes say, section by section.
type Content struct {
	Lang     string    `json:"lang"`
	Sections []Section `json:"sections"`
}

// Section is a part of the minutes: Text was typed by people, Blocks were drafted from the journal
// and from what components contribute, and are not edited.
type Section struct {
	Key    string     `json:"key"`
	Title  string     `json:"title,omitempty"`
	Text   string     `json:"text,omitempty"`
	Draft  string     `json:"draft,omitempty"` // what was last put into the text to be edited
	Blocks doc.Blocks `json:"blocks,omitempty"`
}

// The sections that people type.
const (
	Opening   = "opening"
	Debates   = "debates"
	Incidents = "incidents-typed"
	Closing   = "closing"
)

// Typed tells whether people write the section.
func (s Section) Typed() bool {
	return slices.Contains([]string{Opening, Debates, Incidents, Closing}, s.Key)
}

// longestText is how many characters a section may have.
const longestText = 100_000

// WithTexts is the content with the typed texts replaced by those given, by section; a section that is
// not given keeps its own.
func (c Content) WithTexts(texts map[string]string) Content {
	c.Sections = slices.Clone(c.Sections)
	for i, s := range c.Sections {
		if text, ok := texts[s.Key]; ok && s.Typed() {
			c.Sections[i].Text = tidy(text)
		}
	}
	return c
}

// drafted is what was last put into a section to be edited, and whether the text has it still, as it was.
func (c Content) drafted(key string) (draft string, untouched bool) {
	for _, s := range c.Sections {
		if s.Key == key && s.Draft != "" {
			return s.Draft, strings.Contains(s.Text, s.Draft)
		}
	}
	return "", false
}

// withDraft is the content whose section was given that draft.
func (c Content) withDraft(key, draft string) Content {
	c.Sections = slices.Clone(c.Sections)
	for i, s := range c.Sections {
		if s.Key == key {
			c.Sections[i].Draft = draft
		}
	}
	return c
}

// Texts are the typed texts by section.
func (c Content) Texts() map[string]string {
	out := map[string]string{}
	for _, s := range c.Sections {
		if s.Typed() {
			out[s.Key] = s.Text
		}
	}
	return out
}

// tidy gives a typed text one kind of line ends and no spaces around.
func tidy(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// Validate says which typed texts cannot be accepted; fields are "text-" and the section.
func (c Content) Validate() fault.Fields {
	f := fault.Fields{}
	for _, s := range c.Sections {
		if s.Typed() && utf8.RuneCountInString(s.Text) > longestText {
			f.Add("text-"+s.Key, "minutes.text.long", "max", longestText)
		}
	}
	return f
}

// unfinished lists the titles of the sections in which the mark of what is to be completed is left, and
// of the debates where they are not written.
func (c Content) unfinished(mark string) []string {
	var out []string
	for _, s := range c.Sections {
		if s.Typed() && (strings.Contains(s.Text, mark) || s.Key == Debates && s.Text == "") {
			out = append(out, s.Title)
		}
	}
	return out
}

// parseText turns a typed text into blocks: an empty line ends a paragraph, "- " begins an item of a
// list, "## " a heading.
func parseText(text string) []doc.Block {
	var out []doc.Block
	var lines []string
	var items []doc.ListItem
	flush := func() {
		if len(lines) > 0 {
			out = append(out, doc.Paragraph{Text: doc.Plain(strings.Join(lines, "\n"))})
		}
		if len(items) > 0 {
			out = append(out, doc.List{Items: items})
		}
		lines, items = nil, nil
	}
	for line := range strings.SplitSeq(tidy(text), "\n") {
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		title, isTitle := strings.CutPrefix(line, "## ")
		switch {
		case line == "":
			flush()
		case isTitle:
			flush()
			out = append(out, doc.Heading{Level: 2, Text: doc.Plain(strings.TrimSpace(title))})
		case isItem:
			if len(lines) > 0 {
				flush()
			}
			items = append(items, doc.ListItem{Text: doc.Plain(strings.TrimSpace(item))})
		default:
			if len(items) > 0 {
				flush()
			}
			lines = append(lines, line)
		}
	}
	flush()
	return out
}

// blocks are the section as it is read. A typed section without text is left out.
func (s Section) blocks() []doc.Block {
	if !s.Typed() {
		return s.Blocks
	}
	if s.Text == "" {
		return nil
	}
	return append([]doc.Block{doc.Heading{Level: 1, Text: doc.Plain(s.Title)}}, parseText(s.Text)...)
}

// document is the minutes to be read, without approvals.
func (c Content) document(s scene) doc.Document {
	d := doc.Document{Lang: c.Lang, Title: s.t("minutes.title"), Subject: s.space.Title, Author: s.identity.Name,
		Header: s.identity.Name, Footer: s.t("minutes.title") + " · " + s.space.Title}
	for _, section := range c.Sections {
		d.Blocks = append(d.Blocks, section.blocks()...)
	}
	return d
}

// withApprovals adds who approved, as what and when.
func withApprovals(d doc.Document, list []Signature, t component.Translate, zone *time.Location) doc.Document {
	d.Blocks = append(d.Blocks, doc.Heading{Level: 1, Text: doc.Plain(t("minutes.doc.signatures"))},
		doc.Paragraph{Text: doc.Plain(t("minutes.doc.approved"))}, signatureList(list, t, zone))
	return d
}

// Rectification is a note added to approved minutes.
type Rectification struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	Author string    `json:"author"`
	Text   string    `json:"text"`
}

// withRectifications adds the notes after the document, which they do not change.
func withRectifications(d doc.Document, list []Rectification, t component.Translate, zone *time.Location) doc.Document {
	if len(list) == 0 {
		return d
	}
	d.Blocks = append(slices.Clone(d.Blocks), doc.Rule{}, doc.Heading{Level: 1, Text: doc.Plain(t("minutes.rectify.list"))})
	for _, n := range list {
		d.Blocks = append(d.Blocks, doc.Heading{Level: 2, Text: doc.Plain(t("minutes.rectify.note", "number", n.Number, "author", n.Author, "at", n.At.In(zone)))})
		d.Blocks = append(d.Blocks, parseText(n.Text)...)
	}
	return d
}

// text is the content's JSON and its SHA-256.
func (c Content) text() (text, hash string, err error) {
	b, err := json.Marshal(c)
	return string(b), digest(string(b)), err
}

// document is the approved minutes, as they were frozen.
func (m Minutes) document() (d doc.Document, err error) {
	if digest(m.frozen) != m.Hash {
		return d, fmt.Errorf("minutes of space %d: what is stored is not what was approved", m.Space)
	}
	return d, json.Unmarshal([]byte(m.frozen), &d)
}
