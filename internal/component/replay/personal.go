package replay

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// entry is a recorded speech in a file of data. Sound is the name of its file beside it.
type entry struct {
	Space   string    `json:"space"`
	Name    string    `json:"name,omitempty"`
	Begun   time.Time `json:"begun"`
	Seconds float64   `json:"seconds"`
	SHA256  string    `json:"sha256"`
	Sound   string    `json:"sound,omitempty"`
}

// recordFile is what was recorded in a space.
type recordFile struct {
	Space   string  `json:"space"`
	Days    int     `json:"kept_days"`
	Agree   int     `json:"agree"`
	Refuse  int     `json:"refuse"`
	Entries []entry `json:"speeches"`
}

// Evidence is what was recorded, with the fingerprint of each file; the voices themselves only where
// the bureau has said so when it began to record.
func (c *Component) Evidence(tx *db.Tx, sp space.Space, add component.AddFile) error {
	set, err := settings(tx, sp.ID)
	if err != nil {
		return err
	}
	return c.write(tx, sp, "recording/", set.Legal, add)
}

// Export writes every recording of the organisation.
func (c *Component) Export(tx *db.Tx, add component.AddFile) error {
	ids, err := db.All(tx, "SELECT space_id FROM replay ORDER BY space_id", nil, func(scan func(...any) error) (id int64, err error) { return id, scan(&id) })
	if err != nil {
		return err
	}
	for _, id := range ids {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		if err := c.write(tx, sp, "recording/"+sp.Slug+"/", true, add); err != nil {
			return err
		}
	}
	return nil
}

// write adds the recordings of a space under a folder, with or without the voices.
func (c *Component) write(tx *db.Tx, sp space.Space, folder string, sounds bool, add component.AddFile) error {
	set, err := settings(tx, sp.ID)
	if err != nil {
		return err
	}
	f := recordFile{Space: sp.Slug, Days: set.Days}
	if f.Agree, f.Refuse, err = answers(tx, sp.ID); err != nil {
		return err
	}
	list, err := speeches(tx, sp.ID)
	if err != nil || len(list)+f.Agree+f.Refuse == 0 {
		return err
	}
	names, err := namesOf(tx, sp.ID)
	if err != nil {
		return err
	}
	for n, s := range list {
		e := s.entry(sp, n)
		e.Name = names[s.Account]
		if sounds {
			if err := c.copySound(tx, s, folder+e.Sound, add); err != nil {
				return err
			}
		} else {
			e.Sound = ""
		}
		f.Entries = append(f.Entries, e)
	}
	return add(folder+"recording.json", writeJSON(f))
}

func (s Speech) entry(sp space.Space, n int) entry {
	return entry{Space: sp.Slug, Begun: s.Begun, Seconds: s.Lasts.Seconds(), SHA256: s.Key, Sound: fmt.Sprintf("%03d.ogg", n+1)}
}

// namesOf are the names of those who were recorded in the space, by account.
func namesOf(tx *db.Tx, spaceID int64) (map[int64]string, error) {
	out := map[int64]string{}
	err := tx.Each("SELECT id, name FROM account WHERE id IN (SELECT account_id FROM replay_speech WHERE space_id = $1)", []any{spaceID}, func(scan func(...any) error) error {
		var account int64
		var name string
		err := scan(&account, &name)
		out[account] = name
		return err
	})
	return out, err
}

// copySound writes a kept voice into an archive.
func (c *Component) copySound(tx *db.Tx, s Speech, name string, add component.AddFile) error {
	return add(name, func(w io.Writer) error {
		content, err := c.deps.Blobs.Get(tx.Context(), s.Key)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		defer content.Close()
		_, err = io.Copy(w, content)
		return err
	})
}

func writeJSON(v any) func(io.Writer) error {
	return func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	}
}

// owned lists what was recorded of an account, by space.
func owned(tx *db.Tx, account int64) (map[int64][]Speech, error) {
	list, err := db.All(tx, speechQuery+" WHERE account_id = $1 ORDER BY id", []any{account}, scanSpeech)
	out := map[int64][]Speech{}
	for _, s := range list {
		out[s.Space] = append(out[s.Space], s)
	}
	return out, err
}

// ExportMember adds the member's recorded voice.
func (c *Component) ExportMember(tx *db.Tx, member int64, add component.AddFile) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	all, err := owned(tx, account)
	if err != nil {
		return err
	}
	var entries []entry
	for id, list := range all {
		sp, err := space.Find(tx, id)
		if err != nil {
			return err
		}
		for _, s := range list {
			if s.Key == "" {
				continue
			}
			e := s.entry(sp, len(entries))
			if err := c.copySound(tx, s, "recording/"+e.Sound, add); err != nil {
				return err
			}
			entries = append(entries, e)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	return add("recording.json", writeJSON(entries))
}

// EraseMember destroys the member's recorded voice and what they answered: no law keeps them.
func (c *Component) EraseMember(tx *db.Tx, member int64) error {
	account, err := people.AccountOfMember(tx, member)
	if err != nil || account == 0 {
		return err
	}
	all, err := owned(tx, account)
	if err != nil {
		return err
	}
	for id, list := range all {
		if err := c.erase(tx, id, 0, list, ByOwner); err != nil {
			return err
		}
	}
	_, err = tx.Exec("DELETE FROM replay_answer WHERE account_id = $1", account)
	return err
}
