package agenda

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// Contribute gives the convocation and the minutes the agenda and the list of documents.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	if d != component.Convocation && d != component.Minutes {
		return nil, nil
	}
	g, err := load(tx, space.Access{Space: sp})
	if err != nil {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	heading := func(key string) doc.Block { return doc.Heading{Level: 1, Text: doc.Plain(t(key))} }
	var parts []component.Part
	if len(g.Items) > 0 {
		list := doc.List{Numbered: true}
		for _, i := range g.Items {
			item := doc.ListItem{Text: doc.Inline{{Text: i.Title, Bold: true}}}
			if note := itemNote(t, i); note != "" {
				item.Text = append(item.Text, doc.Span{Text: " (" + note + ")"})
			}
			for text := range strings.SplitSeq(i.Text, "\n") {
				if text = strings.TrimSpace(text); text != "" {
					item.Sub = append(item.Sub, doc.Plain(text))
				}
			}
			list.Items = append(list.Items, item)
		}
		parts = append(parts, component.Part{Order: 20, Blocks: []doc.Block{heading("agenda.tab"), list}})
	}
	if documents := g.all(); len(documents) > 0 {
		list := doc.List{}
		for _, d := range documents {
			list.Items = append(list.Items, doc.ListItem{Text: doc.Inline{
				{Text: d.Title, Link: c.deps.Site.URL + documentPath(sp, d)},
				{Text: " (" + fileNote(t, lang, d) + ")"},
			}})
		}
		parts = append(parts, component.Part{Order: 30, Blocks: []doc.Block{heading("agenda.documents"), list}})
	}
	return parts, nil
}

// itemNote is who speaks and for how long, in a few words.
func itemNote(t component.Translate, i Item) string {
	var parts []string
	if i.Speaker != "" {
		parts = append(parts, i.Speaker)
	}
	if i.Minutes > 0 {
		parts = append(parts, duration(t, i.Minutes))
	}
	return strings.Join(parts, ", ")
}

// duration says minutes in words: "40 min", "1 h", "2 h 10".
func duration(t component.Translate, minutes int) string {
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return t("agenda.minutes", "minutes", m)
	case m == 0:
		return t("agenda.hours", "hours", h)
	default:
		return t("agenda.hours_minutes", "hours", h, "minutes", fmt.Sprintf("%02d", m))
	}
}

// fileNote is a file's format and size: "PDF, 1,2 Mo".
func fileNote(t component.Translate, lang i18n.Lang, d Document) string {
	unit, n := "kb", (d.Size+999)/1000*10
	if d.Size >= 1_000_000 {
		unit, n = "mb", (d.Size+50_000)/100_000
	}
	size := i18n.Number(lang, n/10)
	if n%10 != 0 {
		mark := ","
		if lang == i18n.English {
			mark = "."
		}
		size += mark + fmt.Sprint(n%10)
	}
	return d.Format() + ", " + t("agenda.size."+unit, "size", size)
}

// Evidence puts the documents into the legal file, in the order of the agenda, with their list.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	g, err := load(tx, space.Access{Space: sp})
	if err != nil || g.empty() {
		return err
	}
	documents := g.all()
	if err := add("agenda.json", writeJSON(map[string]any{"items": g.Items, "documents": documents})); err != nil {
		return err
	}
	for n, d := range documents {
		if err := c.copyFile(tx, d, fmt.Sprintf("documents/%02d-%s", n+1, fileName(d)), add); err != nil {
			return err
		}
	}
	return nil
}

// Export writes every agenda and document of the organisation.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	list, err := db.All(tx, "SELECT "+itemColumns+" FROM agenda_item ORDER BY space_id, position, id", nil, scanItem)
	if err != nil {
		return err
	}
	documents, err := db.All(tx, documentQuery+" ORDER BY d.space_id, d.id", nil, scanDocument)
	if err != nil {
		return err
	}
	if err := add("agenda/agenda.json", writeJSON(map[string]any{"items": list, "documents": documents})); err != nil {
		return err
	}
	for _, d := range documents {
		if err := c.copyFile(tx, d, fmt.Sprintf("agenda/%d-%s", d.ID, fileName(d)), add); err != nil {
			return err
		}
	}
	return nil
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// fileName is a name that every archive and file system takes, made of the document's title.
func fileName(d Document) string {
	var b strings.Builder
	for _, r := range people.Fold(strings.TrimSuffix(d.Title, path.Ext(d.Name))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	name := strings.Trim(b.String(), "-")
	if name == "" {
		name = "document"
	}
	return name + strings.ToLower(path.Ext(d.Name))
}
