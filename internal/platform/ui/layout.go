package ui

import "strings"

// within reports whether the page is l's or lies under it.
func (p Page) within(l Link) bool {
	return l.Href == p.Path || l.Href != "/" && strings.HasPrefix(p.Path, strings.TrimSuffix(l.Href, "/")+"/")
}

// current is the aria-current value of a navigation item the page is within.
func (p Page) current(l Link) string {
	if l.Href == p.Path {
		return "page"
	}
	return "true"
}

func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

func (k Kind) icon() IconName {
	switch k {
	case Success:
		return IconCheck
	case Warning, Alarm:
		return IconWarning
	default:
		return IconInfo
	}
}

// role makes a message announced by screen readers as it deserves.
func (k Kind) role() string {
	switch k {
	case Alarm:
		return "alert"
	case Success, Warning:
		return "status"
	default:
		return ""
	}
}
