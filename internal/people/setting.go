package people

import (
	"encoding/json"
	"errors"
	"fmt"

	"isegoria.org/isegoria/internal/platform/db"
)

// LoadSetting reads the organisation's setting under key into v; v stays as it is when the
// setting was never made.
func LoadSetting(tx *db.Tx, key string, v any) error {
	var text string
	err := tx.Row("SELECT value FROM setting WHERE key = $1", []any{key}, &text)
	if errors.Is(err, db.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	return nil
}

// SaveSetting keeps v as the organisation's setting under key.
func SaveSetting(tx *db.Tx, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("setting %s: %w", key, err)
	}
	_, err = tx.Exec("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, string(text))
	return err
}

// Identity is who the organisation is, as its pages and letters say.
type Identity struct {
	Name      string        `json:"name"`
	LegalForm string        `json:"legal_form"`
	Address   string        `json:"address"` // lines separated by "\n"
	Email     string        `json:"email"`
	Registry  string        `json:"registry"` // RCS, RNA …
	TimeZone  string        `json:"time_zone"`
	Colleges  []CollegeName `json:"colleges"`
}

// CollegeName is a college as the register knows it.
type CollegeName struct {
	Key  string `json:"key"`
	Name string `json:"name"`
}

// CollegeName is the name of the college under key, or the key itself.
func (i Identity) CollegeName(key string) string {
	for _, c := range i.Colleges {
		if c.Key == key {
			return c.Name
		}
	}
	return key
}

// LoadIdentity reads who the organisation is.
func LoadIdentity(tx *db.Tx) (Identity, error) {
	i := Identity{TimeZone: "Europe/Paris"}
	return i, LoadSetting(tx, "identity", &i)
}

// SaveIdentity keeps who the organisation is.
func SaveIdentity(tx *db.Tx, i Identity) error { return SaveSetting(tx, "identity", i) }
