package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
)

var schema = []fs.FS{Migrations()}

func write(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Read(context.Background(), fn); err != nil {
		t.Fatal(err)
	}
}

func hello(to string) Message {
	return Message{To: Address{"Ana Ruiz", to}, Subject: "Assemblée", Text: "Bonjour", Kind: "convocation", Ref: "convocation/12/" + to}
}

func queue(t *testing.T, d *db.DB, messages ...Message) (ids []int64) {
	t.Helper()
	write(t, d, func(tx *db.Tx) error {
		ids = nil
		for _, m := range messages {
			id, err := Queue(tx, m)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return nil
	})
	return ids
}

func get(t *testing.T, d *db.DB, id int64) (m Stored) {
	t.Helper()
	read(t, d, func(tx *db.Tx) (err error) { m, err = Get(tx, id); return err })
	return m
}

func rows(t *testing.T, d *db.DB, table string) (n int) {
	t.Helper()
	read(t, d, func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM "+table, nil, &n) })
	return n
}

func TestQueueKeepsWhatItIsGiven(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		m := Message{
			To: Address{"Zoé « la présidente » Ölund", " zoe@Élan.example "}, ReplyTo: Address{"Bureau", "bureau@coop.example"},
			Subject: "Convocation ; 1 000 sociétaires", Text: "Bonjour\nZoé", HTML: "<p>Bonjour</p>", Kind: "convocation",
			Ref: "convocation/12/member/7", UnsubscribeURL: "https://coop.example/off?t=1", Urgent: true,
			Attachments: []Attachment{{"ordre du jour.pdf", "application/pdf", []byte("%PDF-\x00\xff")}, {"vide.txt", "text/plain", nil}},
		}
		got := get(t, d, queue(t, d, m)[0])
		m.To.Address, m.Attachments[1].Content = "zoe@xn--lan-9la.example", []byte{}
		if !reflect.DeepEqual(got.Message, m) {
			t.Errorf("stored %+v\nwant %+v", got.Message, m)
		}
		if got.State != Queued || got.QueuedAt.IsZero() || !got.DueAt.Equal(got.QueuedAt) || !got.DoneAt.IsZero() || got.Attempts != 0 {
			t.Errorf("state %+v", got)
		}
		err := d.Read(context.Background(), func(tx *db.Tx) error { _, err := Get(tx, 5); return err })
		if !fault.Is(err, "mail.unknown") || fault.CodeOf(err) != fault.NotFound {
			t.Errorf("a mail that is not there: %v", err)
		}
	})
}

func TestQueueRefuses(t *testing.T) {
	d := dbtest.Open(t, dbtest.SQLite(t))
	if err := d.Migrate(context.Background(), schema...); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(m *Message)
		key    string
	}{
		"no address":         {func(m *Message) { m.To.Address = "" }, "mail.address"},
		"two addresses":      {func(m *Message) { m.To.Address = "a@coop.example,b@coop.example" }, "mail.address"},
		"reply address":      {func(m *Message) { m.ReplyTo.Name = "Bureau" }, "mail.address"},
		"injected subject":   {func(m *Message) { m.Subject = "x\r\nBcc: spy@evil.example" }, "mail.header"},
		"injected line feed": {func(m *Message) { m.Subject = "x\nBcc: spy@evil.example" }, "mail.header"},
		"injected name":      {func(m *Message) { m.To.Name = "Ana\r\nBcc: spy@evil.example" }, "mail.header"},
		"injected reply":     {func(m *Message) { m.ReplyTo = Address{"A\nX: y", "a@coop.example"} }, "mail.header"},
		"NUL":                {func(m *Message) { m.Subject = "x\x00" }, "mail.header"},
		"Unicode control":    {func(m *Message) { m.Subject = "x\u0085y" }, "mail.header"},
		"not UTF-8":          {func(m *Message) { m.Subject = "\xff" }, "mail.header"},
		"endless subject":    {func(m *Message) { m.Subject = strings.Repeat("x", 901) }, "mail.header"},
		"unsubscribe":        {func(m *Message) { m.UnsubscribeURL = "https://coop.example/>, <https://evil.example/" }, "mail.header"},
		"unsubscribe scheme": {func(m *Message) { m.UnsubscribeURL = "javascript:alert(1)" }, "mail.header"},
		"attachment name":    {func(m *Message) { m.Attachments = []Attachment{{Name: "a\"\r\nX: y"}} }, "mail.header"},
		"attachment type":    {func(m *Message) { m.Attachments = []Attachment{{Type: "a/b\r\nX: y"}} }, "mail.header"},
		"no text":            {func(m *Message) { m.Text, m.HTML = " \n", "<p>x</p>" }, "mail.text"},
		"binary text":        {func(m *Message) { m.Text = "a\x00" }, "mail.text"},
		"binary page":        {func(m *Message) { m.HTML = "\xff\xfe" }, "mail.text"},
		"too big": {func(m *Message) {
			m.Attachments = []Attachment{{Content: make([]byte, 3<<20)}, {Content: make([]byte, 3<<20)}}
		}, "mail.size"},
	} {
		m := hello("ana@coop.example")
		c.change(&m)
		err := d.Write(context.Background(), func(tx *db.Tx) error { _, err := Queue(tx, m); return err })
		if !fault.Is(err, c.key) {
			t.Errorf("%s: got %v, want %s", name, err, c.key)
		}
	}
	if n := rows(t, d, "mail"); n != 0 {
		t.Errorf("%d refused mails were stored", n)
	}
}

// A mail belongs to its act: when the act fails, nothing leaves.
func TestQueueIsPartOfTheTransaction(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		undone := errors.New("the act failed")
		err := d.Write(context.Background(), func(tx *db.Tx) error {
			if _, err := Queue(tx, hello("ana@coop.example")); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) || rows(t, d, "mail") != 0 {
			t.Errorf("got %v and %d mails", err, rows(t, d, "mail"))
		}
	})
}

func TestListAndCount(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		var messages []Message
		for i := range 25 {
			m := hello(fmt.Sprintf("m%d@coop.example", i))
			m.Ref = fmt.Sprintf("convocation/12/member/%d", i)
			messages = append(messages, m)
		}
		other := hello("other@coop.example")
		other.Kind, other.Ref = "receipt", "convocation/120/member/1"
		wild := hello("wild@coop.example")
		wild.Ref = `a%b_c\d/1`
		ids := queue(t, d, append(messages, other, wild)...)
		write(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec("UPDATE mail SET state = 'sent', due_at = NULL WHERE id = $1", ids[3])
			return err
		})
		list := func(f Filter) (out []Stored) {
			read(t, d, func(tx *db.Tx) (err error) { out, err = List(tx, f); return err })
			return out
		}
		for name, c := range map[string]struct {
			f    Filter
			want int
		}{
			"all":             {Filter{}, 27},
			"kind":            {Filter{Kind: "receipt"}, 1},
			"prefix":          {Filter{RefPrefix: "convocation/12/"}, 25},
			"prefix and sent": {Filter{RefPrefix: "convocation/12/", States: []State{Sent}}, 1},
			"two states":      {Filter{RefPrefix: "convocation/12/", States: []State{Sent, Queued}}, 25},
			"to":              {Filter{To: "m7@coop.example"}, 1},
			"wildcards":       {Filter{RefPrefix: `a%b_c\d/`}, 1},
			"not a wildcard":  {Filter{RefPrefix: "%"}, 0},
			"limit":           {Filter{Limit: 4}, 4},
			"future":          {Filter{Until: time.Now().Add(time.Hour)}, 27},
			"past":            {Filter{Until: time.Now().Add(-time.Hour)}, 0},
		} {
			if got := list(c.f); len(got) != c.want {
				t.Errorf("%s: %d mails, want %d", name, len(got), c.want)
			}
		}
		var pages []int64
		f := Filter{RefPrefix: "convocation/12/", Limit: 10}
		for page := list(f); len(page) > 0; page = list(f) {
			for _, m := range page {
				if m.Text != "" {
					t.Error("a list carries what the mails say")
				}
				pages = append(pages, m.ID)
			}
			f.Before = page[len(page)-1].ID
		}
		if len(pages) != 25 || pages[0] != ids[24] || pages[24] != ids[0] {
			t.Errorf("pages hold %v", pages)
		}
		var counts map[State]int64
		read(t, d, func(tx *db.Tx) (err error) { counts, err = Count(tx, Filter{RefPrefix: "convocation/12/"}); return err })
		if !reflect.DeepEqual(counts, map[State]int64{Queued: 24, Sent: 1}) {
			t.Errorf("counts %v", counts)
		}
		var gone int64
		write(t, d, func(tx *db.Tx) (err error) {
			gone, err = Delete(tx, Filter{RefPrefix: "convocation/12/", States: []State{Queued}})
			return err
		})
		if gone != 24 || len(list(Filter{})) != 3 {
			t.Errorf("deleted %d, left %d", gone, len(list(Filter{})))
		}
	})
}

// The two questions asked all day long are answered from an index.
func TestQueriesUseIndexes(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		write(t, d, func(tx *db.Tx) error {
			explain := "EXPLAIN QUERY PLAN "
			if tx.Dialect == db.Postgres {
				explain = "EXPLAIN "
				if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil { // the table is empty
					return err
				}
			}
			where, args := Filter{RefPrefix: "convocation/12/"}.where()
			for index, c := range map[string]struct {
				query string
				args  []any
			}{
				"mail_due": {"SELECT id FROM mail WHERE due_at <= $1 ORDER BY urgent DESC, due_at, id LIMIT 1", []any{tx.Now}},
				"mail_ref": {"SELECT ref FROM mail WHERE " + where, args},
			} {
				var plan strings.Builder
				err := tx.Each(explain+c.query, c.args, func(scan func(dest ...any) error) error {
					var a, b, x, line string
					if tx.Dialect == db.Postgres {
						defer func() { plan.WriteString(line) }()
						return scan(&line)
					}
					defer func() { plan.WriteString(line) }()
					return scan(&a, &b, &x, &line)
				})
				if err != nil {
					return err
				}
				if !strings.Contains(plan.String(), index) || strings.Contains(plan.String(), "TEMP B-TREE") || strings.Contains(plan.String(), "Sort") ||
					strings.Contains(plan.String(), "SCAN mail USING") && index == "mail_ref" {
					t.Errorf("%s is not used: %s", index, plan.String())
				}
			}
			return nil
		})
	})
}

func TestFilesAreKeptOnceAndSwept(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
		d.SetClock(func() time.Time { return now })
		m := hello("ana@coop.example")
		m.Attachments = []Attachment{{"a.pdf", "application/pdf", bytes.Repeat([]byte("%PDF"), 1000)}}
		queue(t, d, m, m, m)
		if n := rows(t, d, "mail_file"); n != 1 {
			t.Errorf("%d files for one content", n)
		}
		now = now.Add(13 * time.Hour)
		queue(t, d, m) // the file is now known to be in use
		write(t, d, func(tx *db.Tx) error { _, err := Delete(tx, Filter{}); return err })
		if n := rows(t, d, "mail_attachment"); n != 0 {
			t.Errorf("%d attachments of mails that are gone", n)
		}
		for _, step := range []struct {
			after time.Duration
			left  int
		}{{23 * time.Hour, 1}, {2 * time.Hour, 0}} {
			now = now.Add(step.after)
			write(t, d, sweep)
			if n := rows(t, d, "mail_file"); n != step.left {
				t.Errorf("%v later %d files, want %d", step.after, n, step.left)
			}
		}
	})
}

func TestWordsAreComplete(t *testing.T) {
	b, err := i18n.Load(Locale())
	if err != nil {
		t.Fatal(err)
	}
	if missing := b.Missing(); len(missing) > 0 {
		t.Errorf("missing: %v", missing)
	}
	for _, s := range []State{Queued, Sending, Later, Sent, Refused, Outbox} {
		if !b.Has(s.Key()) {
			t.Errorf("no word for %s", s)
		}
	}
	for _, key := range []string{"mail.address", "mail.header", "mail.text", "mail.size", "mail.unknown"} {
		if !b.Has(key) {
			t.Errorf("no sentence for %s", key)
		}
	}
}
