package account

import (
	"net"
	"net/url"
	"slices"
	"time"

	"isegoria.org/isegoria/internal/people"
)

// How often one may try. A whole assembly may sit behind one network address, so a network's
// limits are wide; a code has 55 random bits, so even all networks together guess none.
var (
	linksOfNetwork = people.Limit{Free: 200, Forget: 5 * time.Second, First: 10 * time.Second, Max: 5 * time.Minute}
	// linksHere counts the links to one address asked for from one network, linksOfAddress from
	// all: its wait is short, for it falls on the person whom somebody else pesters.
	linksHere       = people.Limit{Free: 5, Forget: 10 * time.Minute, First: time.Minute, Max: time.Hour}
	linksOfAddress  = people.Limit{Free: 15, Forget: 2 * time.Minute, First: time.Minute, Max: 5 * time.Minute}
	codesOfNetwork  = people.Limit{Free: 20, Forget: time.Minute, First: 10 * time.Second, Max: 5 * time.Minute}
	passkeysOfPlace = people.Limit{Free: 300, Forget: time.Second, First: 5 * time.Second, Max: time.Minute}
)

// choose finds the person meant by who among those of an address: the only one, or the one
// whose [personKey] it is.
func choose(persons []people.Account, who string) (people.Account, bool) {
	if len(persons) == 1 && who == "" {
		return persons[0], true
	}
	i := slices.IndexFunc(persons, func(a people.Account) bool { return personKey(a) == who })
	if i < 0 {
		return people.Account{}, false
	}
	return persons[i], true
}

// mayBecome tells whether a visitor may become the account with a click: in the demonstration
// only, and only those who are on its list.
func mayBecome(demo bool, personas []people.Persona, account int64) bool {
	return demo && slices.ContainsFunc(personas, func(p people.Persona) bool { return p.Account == account })
}

// passkeyHost is the domain that the site's passkeys belong to; false where browsers know none: an
// address without a name, or no https outside the machine itself (Web Authentication, 5.1.3 and
// Secure Contexts, 3.1).
func passkeyHost(site string) (string, bool) {
	u, err := url.Parse(site)
	if err != nil || u.Hostname() == "" || net.ParseIP(u.Hostname()) != nil {
		return "", false
	}
	return u.Hostname(), u.Scheme == "https" || u.Hostname() == "localhost"
}
