package vote

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/space"
)

// receiptPause is how long a person must have stopped voting before the receipt is mailed, so
// that they get one mail for eight resolutions.
const receiptPause = 3 * time.Minute

// mailReceipts follows the journal and mails each voter the codes of their ballots. The mail
// does not say what was voted: a mailbox is read by others more easily than an account.
func (c *Component) mailReceipts(ctx context.Context) error {
	for {
		n := 0
		err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error {
			events, err := journal.Next(tx, "vote.receipts", 500, BallotCast{}.EventKind())
			if err != nil {
				return err
			}
			n = len(events)
			return noteReceipts(tx, events)
		})
		if err != nil {
			return err
		}
		if n < 500 {
			break
		}
	}
	var due []dueReceipt
	err := c.deps.Site.DB.Read(ctx, func(tx *db.Tx) (err error) {
		due, err = db.All(tx, "SELECT series_id, account_id, due_at FROM vote_receipt_due WHERE due_at <= $1 ORDER BY due_at LIMIT 200", []any{tx.Now},
			func(scan func(...any) error) (d dueReceipt, err error) { return d, scan(&d.series, &d.account, &d.at) })
		return err
	})
	if err != nil {
		return err
	}
	for _, d := range due {
		if err := c.deps.Site.DB.Write(ctx, func(tx *db.Tx) error { return c.mailReceipt(tx, d) }); err != nil {
			return err
		}
	}
	return nil
}

type dueReceipt struct {
	series, account int64
	at              time.Time
}

// noteReceipts notes who is owed a receipt.
func noteReceipts(tx *db.Tx, events []journal.Event) error {
	type key struct{ series, account int64 }
	seriesOf := map[int64]int64{}
	last := map[key]time.Time{}
	for _, e := range events {
		if e.Erased() {
			continue
		}
		var b BallotCast
		if err := json.Unmarshal(e.Payload, &b); err != nil {
			return err
		}
		if _, ok := seriesOf[b.Resolution]; !ok {
			var id int64
			if err := tx.Row("SELECT series_id FROM vote_resolution WHERE id = $1", []any{b.Resolution}, &id); err != nil {
				return err
			}
			seriesOf[b.Resolution] = id
		}
		last[key{seriesOf[b.Resolution], e.Actor}] = e.At
	}
	owed := slices.SortedFunc(maps.Keys(last), func(a, b key) int {
		return cmp.Or(cmp.Compare(a.series, b.series), cmp.Compare(a.account, b.account))
	})
	for len(owed) > 0 {
		n := tx.BulkRows(len(owed))
		args := make([]any, 0, 3*n)
		for _, k := range owed[:n] {
			args = append(args, k.series, k.account, last[k].Add(receiptPause))
		}
		_, err := tx.Exec("INSERT INTO vote_receipt_due (series_id, account_id, due_at) VALUES "+db.Values(n, 3)+
			" ON CONFLICT (series_id, account_id) DO UPDATE SET due_at = excluded.due_at", args...)
		if err != nil {
			return err
		}
		owed = owed[n:]
	}
	return nil
}

func (c *Component) mailReceipt(tx *db.Tx, d dueReceipt) error {
	n, err := tx.Exec("DELETE FROM vote_receipt_due WHERE series_id = $1 AND account_id = $2 AND due_at = $3", d.series, d.account, d.at)
	if err != nil || n == 0 {
		return err
	}
	account, err := people.FindAccount(tx, d.account)
	if err != nil || account.Email == "" {
		return err
	}
	var spaceID int64
	if err := tx.Row("SELECT space_id FROM vote_series WHERE id = $1", []any{d.series}, &spaceID); err != nil {
		return err
	}
	sp, err := space.Find(tx, spaceID)
	if err != nil {
		return err
	}
	s, err := findSeries(tx, spaceID, d.series)
	if err != nil {
		return err
	}
	lines, err := receiptLines(tx, d)
	if err != nil {
		return err
	}
	lang := i18n.Lang(account.Language)
	t := func(key string, args ...any) string { return c.deps.Site.Words.T(lang, key, args...) }
	var list strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&list, "%s\n    %s\n", t("vote.mail.line", "number", l.number, "title", l.title, "name", l.name), l.code)
	}
	_, err = mail.Queue(tx, mail.Message{
		To:      mail.Address{Name: account.Name, Address: account.Email},
		Subject: t("vote.mail.subject", "title", sp.Title),
		Text: t("vote.mail.text", "name", account.Name, "title", sp.Title, "list", list.String(),
			"closes", s.Closes.In(sp.Zone()), "url", c.deps.Site.URL+sp.Path()+"/vote/receipts"),
		Kind: "vote-receipt", Ref: fmt.Sprintf("series/%d/account/%d", d.series, d.account),
	})
	return err
}

type receiptLine struct {
	number      int
	title, name string
	code        string
}

// receiptLines lists the ballots that the account has cast in the series, its own and those
// by proxy.
func receiptLines(tx *db.Tx, d dueReceipt) ([]receiptLine, error) {
	return db.All(tx, `SELECT r.number, r.title, e.name, b.receipt
		FROM vote_ballot b JOIN vote_resolution r ON r.id = b.resolution_id
			JOIN elector e ON e.space_id = r.space_id AND e.member_id = b.member_id
		WHERE r.series_id = $1 AND b.cast_by = $2 ORDER BY r.number, e.sort_name`, []any{d.series, d.account},
		func(scan func(...any) error) (l receiptLine, err error) {
			return l, scan(&l.number, &l.title, &l.name, &l.code)
		})
}
