package mail

import (
	"strings"

	"golang.org/x/net/idna"

	"isegoria.org/isegoria/internal/platform/fault"
)

// CheckAddress returns the address as the post takes it, without the spaces around it and
// with its domain in lower case, an international domain in its ASCII form (RFC 5891); or
// the refusal mail.address. It accepts what the servers of the world deliver: a local part
// of RFC 5322's dot-atom in ASCII, up to 64 bytes, and a domain of at least two labels. It
// refuses what RFC 5321 allows beyond that and no member has: quoted local parts, address
// literals, bare host names.
func CheckAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	at := strings.LastIndexByte(s, '@')
	if at < 0 || !localPart(s[:at]) {
		return "", refuseAddress(s)
	}
	domain, err := idna.Lookup.ToASCII(s[at+1:])
	if err == nil { // what is not a character at all shows only on the way back
		_, err = idna.Lookup.ToUnicode(domain)
	}
	if err != nil || !domainName(domain) || at+1+len(domain) > 254 {
		return "", refuseAddress(s)
	}
	return s[:at+1] + domain, nil
}

func refuseAddress(s string) error {
	return fault.New(fault.Invalid, "mail.address", "address", s)
}

func localPart(s string) bool {
	if len(s) > 64 {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for _, c := range []byte(atom) {
			if !isAlnum(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(c)) {
				return false
			}
		}
	}
	return true
}

func domainName(s string) bool {
	top := s[strings.LastIndexByte(s, '.')+1:]
	if top == s || strings.Trim(top, "0123456789") == "" {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if !isAlnum(c) && c != '-' {
				return false
			}
		}
	}
	return true
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
