package convocation

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/doc"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/space"
)

// writePDF writes the document; characters that no font has are shown as question marks.
func writePDF(w io.Writer, d doc.Document) error {
	err := doc.PDF(w, d, doc.PDFOptions{})
	var missing *doc.MissingCharacters
	if errors.As(err, &missing) {
		return nil
	}
	return err
}

// Evidence puts what the convocation said, and the proof of its sending to each member, into the
// legal file.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	conv, err := find(tx, sp)
	if err != nil || conv.State == Draft {
		return err
	}
	base := fmt.Sprintf("convocation/call-%d", conv.Call)
	for _, lang := range i18n.Langs {
		d, err := sentDocument(tx, sp.ID, conv.Call, lang)
		if err != nil {
			return err
		}
		if err := add(base+"-"+string(lang)+".pdf", func(w io.Writer) error { return writePDF(w, d) }); err != nil {
			return err
		}
	}
	return add(base+"-proofs.csv", func(w io.Writer) error { return writeProofs(tx, w, sp, conv.Call) })
}

// moment writes a time as the files have it: RFC 3339 in the space's zone, or nothing.
func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.RFC3339)
}

// writeProofs writes one line per member convened, by number.
func writeProofs(tx *db.Tx, w io.Writer, sp space.Space, call int) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"number", "name", "channel", "state", "address", "answered_at", "reply", "letter_posted_on", "letter_posted_by"}); err != nil {
		return err
	}
	err := eachRecipient(tx, sp.ID, call, func(r Recipient) error {
		channel, posted := "letter", ""
		if r.Mail {
			channel = "mail"
		}
		if !r.Posted.IsZero() {
			posted = r.Posted.In(sp.Zone()).Format(time.DateOnly)
		}
		return out.Write([]string{r.Number, r.Name, channel, string(r.Fate), r.Address, moment(r.At, sp.Zone()), r.Reply, posted, r.PostedBy})
	})
	if err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// Export writes the convocations of every space, as the legal file has them.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	ids, err := db.All(tx, "SELECT DISTINCT space_id FROM convocation ORDER BY space_id", nil,
		func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		in := func(name string, write func(io.Writer) error) error { return add(sp.Slug+"/"+name, write) }
		if err := c.Evidence(tx, sp, in); err != nil {
			return err
		}
	}
	return nil
}

// proofOf is a proof of sending as a member is told of it.
type proofOf struct {
	Space   int64     `json:"space"`
	Call    int       `json:"call"`
	State   Fate      `json:"state"`
	Address string    `json:"address,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Reply   string    `json:"reply,omitempty"`
}

// ExportMember says how the member was convened, and when reminded.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	list, err := db.All(tx, "SELECT space_id, call, state, address, at, reply FROM convocation_recipient WHERE member_id = $1 ORDER BY space_id, call",
		[]any{member}, func(scan func(...any) error) (p proofOf, err error) {
			return p, scan(&p.Space, &p.Call, &p.State, &p.Address, &p.At, &p.Reply)
		})
	if err != nil {
		return err
	}
	reminders, err := db.All(tx, "SELECT at FROM convocation_reminded WHERE member_id = $1 ORDER BY at", []any{member},
		func(scan func(...any) error) (t time.Time, err error) { return t, scan(&t) })
	if err != nil || len(list)+len(reminders) == 0 {
		return err
	}
	return add("convocation.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(map[string]any{"convocations": list, "reminders": reminders})
	})
}

// EraseMember forgets the addresses and the server's words, which may repeat them; that the member
// was convened, and how, stays: it is the proof that the assembly was regular.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	if _, err := tx.Exec("UPDATE convocation_recipient SET address = '', reply = '' WHERE member_id = $1", member); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM convocation_reminded WHERE member_id = $1", member)
	return err
}
