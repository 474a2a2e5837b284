package account

import (
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/fault"
)

// personKey names one of the people of an address in a form: "a12" for an account, "m7" for a
// member who has none yet.
func personKey(a people.Account) string {
	if a.ID != 0 {
		return "a" + strconv.FormatInt(a.ID, 10)
	}
	return "m" + strconv.FormatInt(a.Member, 10)
}

// foundation is what the first administrator says.
type foundation struct {
	Organisation, Name, Email string
}

// validate cleans what was typed and says what cannot be accepted.
func (f *foundation) validate() error {
	f.Organisation, f.Name = strings.TrimSpace(f.Organisation), strings.TrimSpace(f.Name)
	wrong := fault.Fields{}
	if f.Organisation == "" {
		wrong.Add("organisation", "account.first.organisation.missing")
	}
	if f.Name == "" {
		wrong.Add("name", "account.first.name.missing")
	}
	email, ok := people.CleanEmail(f.Email)
	if !ok {
		wrong.Add("email", "account.email.wrong")
	}
	f.Email = email
	return wrong.Err()
}

// Device says in two words what a User-Agent header tells of the browser and the system, in a way
// that its owner recognises: "Firefox, Linux". It is empty when neither is known.
func Device(userAgent string) string {
	var parts []string
	for _, list := range [][]struct{ sign, name string }{browsers, systems} {
		for _, known := range list {
			if strings.Contains(userAgent, known.sign) {
				parts = append(parts, known.name)
				break
			}
		}
	}
	return strings.Join(parts, ", ")
}

// Browsers name their ancestors too, and Android says Linux: the first sign found is the right one.
var (
	browsers = []struct{ sign, name string }{
		{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
		{"Vivaldi/", "Vivaldi"}, {"FxiOS/", "Firefox"}, {"Firefox/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
	systems = []struct{ sign, name string }{
		{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"},
	}
)
