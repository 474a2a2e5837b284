package account

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
)

// accountPage is what the viewer's own page shows. Member is nil for somebody who is not in the register.
type accountPage struct {
	Account   people.Account
	Member    *people.Member
	Identity  people.Identity
	Sessions  []people.Session
	Current   string // hash of the session that looks
	Passkeys  []people.Passkey
	Passkeyed bool // browsers can make passkeys for this site
	Lang      i18n.Lang
	Done      string // what was just done, a key after "account.done."
}

var doneWords = map[string]bool{"language": true, "session": true, "passkey": true, "passkey_removed": true}

func parseID(s string) (int64, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, db.ErrNotFound
	}
	return id, nil
}

func (c *Component) showAccount(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	p := accountPage{Current: v.Session, Lang: site.From(r.Context()).Lang}
	_, p.Passkeyed = passkeyHost(c.deps.Site.URL)
	if done := r.FormValue("done"); doneWords[done] {
		p.Done = done
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		if p.Account, err = people.FindAccount(tx, v.Account); err != nil {
			return err
		}
		if v.Member != 0 {
			m, err := people.FindMember(tx, v.Member)
			if err != nil {
				return err
			}
			p.Member = &m
		}
		if p.Identity, err = people.LoadIdentity(tx); err != nil {
			return err
		}
		if p.Sessions, err = people.Sessions(tx, v.Account); err != nil {
			return err
		}
		p.Passkeys, err = people.Passkeys(tx, v.Account)
		return err
	})
	if err != nil {
		return err
	}
	return c.render(w, r, http.StatusOK, "account.title", accountView(p))
}

func (c *Component) chooseLanguage(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	lang := i18n.Lang(r.FormValue("language"))
	if lang != i18n.French && lang != i18n.English {
		return fault.New(fault.Invalid, "people.member.language", "value", string(lang))
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.SetLanguage(tx, v.Account, string(lang)) })
	if err != nil {
		return err
	}
	c.deps.Site.SetLanguage(w, lang)
	return site.Redirect(w, r, "/account?done=language")
}

func (c *Component) closeSession(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	hash := r.FormValue("session")
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.CloseSession(tx, v.Account, hash) })
	if err != nil {
		return err
	}
	if hash == v.Session {
		c.deps.Site.ClearSession(w)
		return site.Redirect(w, r, "/sign-in?left=here")
	}
	return site.Redirect(w, r, "/account?done=session")
}

func (c *Component) closeSessions(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.CloseSessions(tx, v.Account) })
	if err != nil {
		return err
	}
	c.deps.Site.ClearSession(w)
	return site.Redirect(w, r, "/sign-in?left=everywhere")
}

// decode reads what the browser's script sent.
func decode(r *http.Request) (a answer, err error) {
	if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
		return a, fault.New(fault.Invalid, "account.passkey.refused")
	}
	return a, nil
}

func reply(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

// onward tells the script which page to go to.
type onward struct {
	Next string `json:"next"`
}

func (c *Component) beginPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	begun, err := c.BeginPasskeySignIn(r.Context(), c.origin(r))
	if err != nil {
		return err
	}
	return reply(w, begun)
}

func (c *Component) endPasskeySignIn(w http.ResponseWriter, r *http.Request) error {
	a, err := decode(r)
	if err != nil {
		return err
	}
	session, err := c.EndPasskeySignIn(r.Context(), c.origin(r), a)
	if err != nil {
		return err
	}
	c.deps.Site.SetSession(w, session)
	return reply(w, onward{web.LocalPath(a.Next, "/")})
}

func (c *Component) beginPasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	begun, err := c.BeginPasskey(r.Context(), v.Account)
	if err != nil {
		return err
	}
	return reply(w, begun)
}

func (c *Component) endPasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	a, err := decode(r)
	if err != nil {
		return err
	}
	if err := c.EndPasskey(r.Context(), v.Account, a); err != nil {
		return err
	}
	return reply(w, onward{"/account?done=passkey"})
}

func (c *Component) removePasskey(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return people.RemovePasskey(tx, v.Account, r.FormValue("passkey")) })
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/account?done=passkey_removed")
}

// downloadData gives the viewer everything that the house holds of them, in one ZIP. It is
// one person's data: small enough to be whole before the answer begins.
func (c *Component) downloadData(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustSignIn(r)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	add := func(name string, write func(io.Writer) error) error {
		f, err := z.Create(name)
		if err != nil {
			return err
		}
		return write(f)
	}
	err = c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) error {
		if v.Member == 0 {
			return exportAccount(tx, v.Account, add)
		}
		return component.Ask(c.deps, func(p component.PersonalData) error { return p.ExportMember(tx, v.Member, add) })
	})
	if err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("Content-Disposition", `attachment; filename="`+site.T(r.Context(), "account.data.file")+`"`)
	_, err = file.WriteTo(w)
	return err
}
