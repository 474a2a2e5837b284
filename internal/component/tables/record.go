package tables

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// Tabs are the tables of those who lead; of everybody, once there is a round.
func (c *Component) Tabs(tx *db.Tx, a space.Access, t component.Translate) ([]component.Tab, error) {
	r, err := lastRound(tx, a.Space.ID)
	if err != nil || r.ID == 0 && !canLead(a) || r.State == Draft && r.Number == 1 && r.Mix != Choice && !canLead(a) {
		return nil, err
	}
	return []component.Tab{{Order: 27, Text: t("tables.tab"), Href: a.Space.Path() + "/tables"}}, nil
}

// Contribute tells the minutes of the rounds that were held, with the cards chosen for them.
func (c *Component) Contribute(tx *db.Tx, sp space.Space, d component.Document, lang i18n.Lang) ([]component.Part, error) {
	if d != component.Minutes {
		return nil, nil
	}
	rounds, err := heldRounds(tx, sp.ID)
	if err != nil || len(rounds) == 0 {
		return nil, err
	}
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	blocks := []doc.Block{doc.Heading{Level: 2, Text: doc.Plain(t("tables.minutes.title"))}}
	for _, r := range rounds {
		more, err := roundBlocks(tx, sp, r, t)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, more...)
	}
	return []component.Part{{Order: 45, Blocks: blocks}}, nil
}

func roundBlocks(tx *db.Tx, sp space.Space, r Round, t component.Translate) ([]doc.Block, error) {
	list, err := tablesOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	var people int
	if err := tx.Row("SELECT count(*) FROM tables_seat WHERE round_id = $1 AND table_id IS NOT NULL", []any{r.ID}, &people); err != nil {
		return nil, err
	}
	text := t("tables.minutes.round", "round", r.Number, "at", r.OpenedAt.In(sp.Zone()), "people", people, "tables", len(list))
	if r.Question != "" {
		text += " " + t("tables.minutes.question", "question", r.Question)
	}
	blocks := []doc.Block{doc.Paragraph{Text: doc.Plain(text)}}
	cards, err := cardsOf(tx, r.ID)
	if err != nil {
		return nil, err
	}
	for _, table := range list {
		var kept doc.List
		for _, k := range cards {
			if k.Table == table.ID && k.Minutes {
				line := k.Text
				if k.From != 0 {
					line += " " + t("tables.minutes.from", "table", k.From)
				}
				kept.Items = append(kept.Items, doc.ListItem{Text: doc.Plain(line)})
			}
		}
		if len(kept.Items) > 0 {
			blocks = append(blocks, doc.Heading{Level: 3, Text: doc.Plain(tableName(t, table))}, kept)
		}
	}
	return blocks, nil
}

// tableName is "Table 3" or, with a topic, "Table 3 : le budget".
func tableName(t component.Translate, table Table) string {
	if table.Topic == "" {
		return t("tables.name", "number", table.Number)
	}
	return t("tables.name_topic", "number", table.Number, "topic", table.Topic)
}

// The rounds as the legal file and the export have them.
type (
	roundFile struct {
		Round    int         `json:"round"`
		Mix      Mix         `json:"mix"`
		Seed     int64       `json:"seed,string"`
		Apart    bool        `json:"apart"`
		Question string      `json:"question"`
		Opened   time.Time   `json:"opened"`
		Back     time.Time   `json:"back,omitzero"`
		Tables   []tableFile `json:"tables"`
	}
	tableFile struct {
		Table    int        `json:"table"`
		Topic    string     `json:"topic,omitempty"`
		Question string     `json:"question,omitempty"`
		People   []seatFile `json:"people"`
		Cards    []cardFile `json:"cards"`
	}
	seatFile struct {
		Name   string `json:"name"`
		Part   Part   `json:"part,omitempty"`
		Spoken int    `json:"spoken_seconds"`
	}
	cardFile struct {
		Card      int64  `json:"card,string"`
		Text      string `json:"text"`
		Author    string `json:"author,omitempty"`
		Synthesis bool   `json:"synthesis,omitempty"`
		Origin    int64  `json:"origin,string,omitempty"`
		From      int    `json:"from_table,omitempty"`
		Minutes   bool   `json:"minutes"`
	}
)

func fileOf(tx *db.Tx, spaceID int64) ([]roundFile, error) {
	rounds, err := heldRounds(tx, spaceID)
	if err != nil {
		return nil, err
	}
	var out []roundFile
	for _, r := range rounds {
		f := roundFile{Round: r.Number, Mix: r.Mix, Seed: r.Seed, Apart: r.Apart, Question: r.Question, Opened: r.OpenedAt, Back: r.ClosedAt}
		list, err := tablesOf(tx, r.ID)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			one := tableFile{Table: t.Number, Topic: t.Topic, Question: t.Question, People: []seatFile{}, Cards: []cardFile{}}
			seats, err := seatsAt(tx, t.ID)
			if err != nil {
				return nil, err
			}
			for _, s := range seats {
				if s.Table == t.ID {
					one.People = append(one.People, seatFile{s.Name, s.Part, int(s.Spoken.Seconds())})
				}
			}
			cards, err := cardsAt(tx, t.ID)
			if err != nil {
				return nil, err
			}
			for _, k := range cards {
				one.Cards = append(one.Cards, cardFile{k.ID, k.Text, k.Name, k.Synthesis, k.Origin, k.From, k.Minutes})
			}
			f.Tables = append(f.Tables, one)
		}
		out = append(out, f)
	}
	return out, nil
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

func write(tx *db.Tx, spaceID int64, name string, add component.AddFile) error {
	list, err := fileOf(tx, spaceID)
	if err != nil || len(list) == 0 {
		return err
	}
	return add(name, writeJSON(list))
}

// Evidence is who sat where, and what the tables wrote.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	return write(tx, sp.ID, "tables/rounds.json", add)
}

// Export writes the tables of every space.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	list, err := db.All(tx, "SELECT DISTINCT space_id FROM tables_round ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
	for _, id := range list {
		if err != nil {
			return err
		}
		var sp space.Space
		if sp, err = space.Find(tx, id); err == nil {
			err = write(tx, id, "tables/"+sp.Slug+".json", add)
		}
	}
	return err
}

// cardsCSV writes the cards of a space's rounds for a spreadsheet. A text that a spreadsheet would take
// for a formula is kept from being one.
func cardsCSV(w io.Writer, rounds []roundFile, t component.Translate) error {
	out := csv.NewWriter(w)
	out.Comma = ';'
	head := []string{"round", "table", "topic", "text", "synthesis", "from", "minutes"}
	for i, column := range head {
		head[i] = t("tables.csv." + column)
	}
	if err := out.Write(head); err != nil {
		return err
	}
	yes := map[bool]string{true: t("tables.csv.yes")}
	for _, r := range rounds {
		for _, table := range r.Tables {
			for _, k := range table.Cards {
				from := ""
				if k.From != 0 {
					from = strconv.Itoa(k.From)
				}
				if err := out.Write([]string{strconv.Itoa(r.Round), strconv.Itoa(table.Table), harmless(table.Topic), harmless(k.Text), yes[k.Synthesis], from, yes[k.Minutes]}); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

func harmless(text string) string {
	if text != "" && (text[0] == '=' || text[0] == '+' || text[0] == '-' || text[0] == '@' || text[0] == '\t') {
		return "'" + text
	}
	return text
}

// ownSeat and ownCard are what a member did at tables.
type ownSeat struct {
	Space  string    `json:"space"`
	Round  int       `json:"round"`
	Table  int       `json:"table"`
	Part   Part      `json:"part,omitempty"`
	Spoken int64     `json:"spoken_seconds"`
	At     time.Time `json:"opened,omitzero"`
}

type ownCard struct {
	Space string    `json:"space"`
	Round int       `json:"round"`
	Table int       `json:"table"`
	Text  string    `json:"text"`
	At    time.Time `json:"at"`
}

const ofMember = " = (SELECT id FROM account WHERE member_id = $1)"

// ExportMember adds where the member sat and what they wrote.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	seats, err := db.All(tx, `SELECT p.slug, r.number, COALESCE(t.number, 0), s.part, s.spoken / 1000, r.opened_at
		FROM tables_seat s JOIN tables_round r ON r.id = s.round_id JOIN space p ON p.id = r.space_id LEFT JOIN tables_table t ON t.id = s.table_id
		WHERE s.account_id`+ofMember+" ORDER BY r.created_at", []any{member}, func(scan func(...any) error) (o ownSeat, err error) {
		return o, scan(&o.Space, &o.Round, &o.Table, &o.Part, &o.Spoken, &o.At)
	})
	if err != nil {
		return err
	}
	cards, err := db.All(tx, `SELECT p.slug, r.number, t.number, k.text, k.created_at
		FROM tables_card k JOIN tables_table t ON t.id = k.table_id JOIN tables_round r ON r.id = k.round_id JOIN space p ON p.id = r.space_id
		WHERE k.author_id`+ofMember+" ORDER BY k.created_at, k.id", []any{member}, func(scan func(...any) error) (o ownCard, err error) {
		return o, scan(&o.Space, &o.Round, &o.Table, &o.Text, &o.At)
	})
	if err != nil || len(seats)+len(cards) == 0 {
		return err
	}
	return add("tables.json", writeJSON(map[string]any{"seats": seats, "cards": cards}))
}

// EraseMember takes the member's name off the cards that the minutes hold, and destroys the others, with
// what the journal says of their text.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	events, err := db.All(tx, `SELECT j.id FROM journal j WHERE j.kind IN ($2, $3) AND j.payload IS NOT NULL AND j.actor_id`+ofMember,
		[]any{member, CardWritten{}.EventKind(), CardChanged{}.EventKind()}, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range events {
		if err := journal.Erase(tx, id); err != nil {
			return err
		}
	}
	const theirs = "(SELECT k.id FROM tables_card k WHERE k.minutes = $2 AND k.author_id" + ofMember + ")"
	for _, query := range []string{
		"UPDATE tables_card SET origin_id = NULL WHERE origin_id IN " + theirs,
		"UPDATE tables_round SET spotlight = NULL WHERE spotlight IN " + theirs,
		"DELETE FROM tables_card WHERE id IN " + theirs,
	} {
		if _, err := tx.Exec(query, member, false); err != nil {
			return err
		}
	}
	_, err = tx.Exec("UPDATE tables_card SET author_id = NULL WHERE author_id"+ofMember, member)
	return err
}
