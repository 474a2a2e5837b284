package people

import "isegoria.org/isegoria/internal/platform/db"

// Persona is somebody whom one can be in the demonstration, with a click.
type Persona struct {
	Account int64  `json:"account"`
	Name    string `json:"name"`
	RoleFR  string `json:"role_fr"`
	RoleEN  string `json:"role_en"`
	TextFR  string `json:"text_fr"` // what one can do as this person
	TextEN  string `json:"text_en"`
	Group   string `json:"group"` // those of a group stand together
}

// Personas lists whom one can be in the demonstration, in the order to show.
func Personas(tx *db.Tx) (list []Persona, err error) {
	return list, LoadSetting(tx, "demo.personas", &list)
}

// SavePersonas keeps whom one can be in the demonstration.
func SavePersonas(tx *db.Tx, list []Persona) error { return SaveSetting(tx, "demo.personas", list) }
