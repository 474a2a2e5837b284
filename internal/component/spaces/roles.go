package spaces

import (
	"context"
	"errors"
	"net/http"
	"net/mail"
	"net/url"
	"strconv"
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// rolesPage shows who has which role in a space, or in the organisation, and gives more.
type rolesPage struct {
	action  string // address of the page; forms post to action+"/give" and "/take"
	roles   []people.Role
	canGive func(people.Role) bool
	holders []space.RoleHolder
	role    people.Role // being given
	query   string      // to whom, as typed
	found   []candidate
	newMail string // the query, when it is an address that nobody has
	errs    formErrors
	name    string // of the account to open, as typed
}

// candidate is somebody to whom a role can be given: an account, or a member without one yet.
type candidate struct {
	Account, Member   int64
	Name, Note, Email string
}

// told is how a person is told from another of the same name.
func told(name, more string) string {
	if more == "" {
		return name
	}
	return name + ", " + more
}

const maxCandidates = 10

func (c *Component) showRoles(w http.ResponseWriter, r *http.Request) error {
	a, err := c.enterToEdit(r)
	if err != nil {
		return err
	}
	p := rolesPage{action: a.Space.Path() + "/edit/roles", roles: people.Roles, canGive: func(role people.Role) bool { return canGive(a, role) }}
	if err := c.loadRoles(r, a.Space.ID, &p); err != nil {
		return err
	}
	return c.renderSpaceRoles(w, r, http.StatusOK, a, p)
}

func (c *Component) renderSpaceRoles(w http.ResponseWriter, r *http.Request, status int, a space.Access, p rolesPage) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: a, Title: site.T(r.Context(), "spaces.edit.roles"), Status: status, View: spaceRolesView(a, p)})
}

func (c *Component) showOrganisationRoles(w http.ResponseWriter, r *http.Request) error {
	p, err := c.organisationRoles(r)
	if err != nil {
		return err
	}
	return c.renderOrganisationRoles(w, r, http.StatusOK, p)
}

func (c *Component) organisationRoles(r *http.Request) (rolesPage, error) {
	v, err := site.MustAdminister(r)
	if err != nil {
		return rolesPage{}, err
	}
	p := rolesPage{action: "/settings/roles", roles: organisationRoles, canGive: func(role people.Role) bool { return canGiveEverywhere(v, role) }}
	return p, c.loadRoles(r, 0, &p)
}

func (c *Component) renderOrganisationRoles(w http.ResponseWriter, r *http.Request, status int, p rolesPage) error {
	return c.deps.Site.Render(w, r, status, site.Page{Title: site.T(r.Context(), "spaces.settings.roles")}, organisationRolesView(p))
}

// loadRoles reads who has roles, and whom the search names.
func (c *Component) loadRoles(r *http.Request, spaceID int64, p *rolesPage) error {
	p.role, p.query = people.Role(r.FormValue("role")), strings.TrimSpace(r.FormValue("q"))
	return c.deps.Site.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if p.holders, err = space.RoleHolders(tx, spaceID); err != nil || p.query == "" {
			return err
		}
		p.found, err = findCandidates(tx, p.query, func(number string) string { return site.T(r.Context(), "spaces.roles.member", "number", number) })
		if err == nil && len(p.found) == 0 && isAddress(p.query) {
			p.newMail = strings.ToLower(p.query)
		}
		return err
	})
}

func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s
}

// findCandidates finds accounts and members by address, or members by name or number.
func findCandidates(tx *db.Tx, query string, memberNote func(number string) string) ([]candidate, error) {
	if isAddress(query) {
		accounts, err := people.AccountsByEmail(tx, strings.ToLower(query))
		var out []candidate
		for _, a := range accounts {
			out = append(out, candidate{Account: a.ID, Member: a.Member, Name: a.Name, Email: a.Email})
		}
		return out, err
	}
	return db.All(tx, `SELECT m.id, COALESCE(a.id, 0), TRIM(m.first_name || ' ' || m.last_name), m.number, m.email
		FROM member m LEFT JOIN account a ON a.member_id = m.id
		WHERE m.search LIKE $1 AND m.erased_at IS NULL AND a.closed_at IS NULL
		ORDER BY CASE WHEN m.number = $3 THEN 0 ELSE 1 END, m.sort_name, m.id LIMIT $2`, []any{"%" + people.Fold(query) + "%", maxCandidates, query},
		func(scan func(...any) error) (f candidate, err error) {
			var number string
			err = scan(&f.Member, &f.Account, &f.Name, &number, &f.Email)
			f.Note = memberNote(number)
			return f, err
		})
}

func (c *Component) giveRole(w http.ResponseWriter, r *http.Request) error {
	role := people.Role(r.FormValue("role"))
	var a space.Access
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		if err := mustEdit(a); err != nil {
			return err
		}
		if !canGive(a, role) {
			return site.Forbidden()
		}
		return giveRoleTo(tx, r, a.Viewer.Account, a.Space.ID, role)
	})
	if isFields(err) {
		p := rolesPage{action: a.Space.Path() + "/edit/roles", roles: people.Roles, canGive: func(role people.Role) bool { return canGive(a, role) }}
		if loadErr := c.loadRoles(r, a.Space.ID, &p); loadErr != nil {
			return loadErr
		}
		p.errs, p.name = errorsOf(r, err), r.FormValue("name")
		return c.renderSpaceRoles(w, r, http.StatusUnprocessableEntity, a, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, a.Space.Path()+"/edit/roles?role="+url.QueryEscape(string(role)))
}

func (c *Component) giveOrganisationRole(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustAdminister(r)
	if err != nil {
		return err
	}
	role := people.Role(r.FormValue("role"))
	if !canGiveEverywhere(v, role) {
		return site.Forbidden()
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error { return giveRoleTo(tx, r, v.Account, 0, role) })
	if isFields(err) {
		p, loadErr := c.organisationRoles(r)
		if loadErr != nil {
			return loadErr
		}
		p.errs, p.name = errorsOf(r, err), r.FormValue("name")
		return c.renderOrganisationRoles(w, r, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return site.Redirect(w, r, "/settings/roles")
}

// giveRoleTo gives the role to whom the form names: an account, a member (whose account is opened),
// or an address that nobody has yet, with a name.
func giveRoleTo(tx *db.Tx, r *http.Request, actor, spaceID int64, role people.Role) error {
	account, err := chosenAccount(tx, r)
	if err != nil {
		return err
	}
	return space.GiveRole(tx, actor, spaceID, account.ID, role)
}

func chosenAccount(tx *db.Tx, r *http.Request) (people.Account, error) {
	nobody := fault.New(fault.NotFound, "spaces.roles.nobody")
	if id := formID(r, "member"); id != 0 {
		m, err := people.FindMember(tx, id)
		if errors.Is(err, db.ErrNotFound) || err == nil && !m.ErasedAt.IsZero() {
			return people.Account{}, nobody
		}
		if err != nil {
			return people.Account{}, err
		}
		return people.OpenMemberAccount(tx, m)
	}
	if id := formID(r, "account"); id != 0 {
		a, err := people.FindAccount(tx, id)
		if errors.Is(err, db.ErrNotFound) || err == nil && !a.ClosedAt.IsZero() {
			return a, nobody
		}
		return a, err
	}
	address, name := strings.ToLower(strings.TrimSpace(r.FormValue("email"))), strings.TrimSpace(r.FormValue("name"))
	f := fault.Fields{}
	if !isAddress(address) {
		f.Add("q", "spaces.roles.whom")
	} else if name == "" {
		f.Add("name", "spaces.roles.name_missing")
	} else if len([]rune(name)) > 200 {
		f.Add("name", "spaces.too_long", "max", 200)
	}
	if err := f.Err(); err != nil {
		return people.Account{}, err
	}
	known, err := people.AccountsByEmail(tx, address)
	if err != nil {
		return people.Account{}, err
	}
	if len(known) > 0 {
		f.Add("q", "spaces.roles.known")
		return people.Account{}, f
	}
	return people.OpenAccount(tx, name, address, string(site.From(r.Context()).Lang))
}

func formID(r *http.Request, field string) int64 {
	id, err := strconv.ParseInt(r.FormValue(field), 10, 64)
	if err != nil {
		return 0
	}
	return id
}

func (c *Component) takeRole(w http.ResponseWriter, r *http.Request) error {
	role := people.Role(r.FormValue("role"))
	var a space.Access
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		if err := mustEdit(a); err != nil {
			return err
		}
		if !canGive(a, role) {
			return site.Forbidden()
		}
		return space.TakeRole(tx, a.Viewer.Account, a.Space.ID, formID(r, "account"), role)
	})
	if err != nil {
		return err
	}
	if formID(r, "account") == a.Viewer.Account {
		return site.Redirect(w, r, a.Space.Path()) // the page of roles may be no longer theirs to see
	}
	return site.Redirect(w, r, a.Space.Path()+"/edit/roles")
}

func (c *Component) takeOrganisationRole(w http.ResponseWriter, r *http.Request) error {
	v, err := site.MustAdminister(r)
	if err != nil {
		return err
	}
	role := people.Role(r.FormValue("role"))
	if !canGiveEverywhere(v, role) {
		return site.Forbidden()
	}
	err = c.deps.Site.DB.Write(r.Context(), func(tx *db.Tx) error {
		return space.TakeRole(tx, v.Account, 0, formID(r, "account"), role)
	})
	if err != nil {
		return err
	}
	if formID(r, "account") == v.Account {
		return site.Redirect(w, r, "/")
	}
	return site.Redirect(w, r, "/settings/roles")
}

// heldBy lists the holders of one role.
func heldBy(holders []space.RoleHolder, role people.Role) []space.RoleHolder {
	var out []space.RoleHolder
	for _, h := range holders {
		if h.Role == role {
			out = append(out, h)
		}
	}
	return out
}

func roleName(ctx context.Context, r people.Role) string {
	return site.T(ctx, "spaces.role."+string(r))
}
