package proxy

import (
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/space"
)

// canGive: electors give their own proxy, and nobody else's.
func canGive(a space.Access) bool { return a.Viewer.Member != 0 && a.Elector }

// canWithdraw: who gave it.
func canWithdraw(a space.Access, p electorate.Proxy) bool {
	return a.Viewer.Member != 0 && a.Viewer.Member == p.Principal && p.Space == a.Space.ID
}

// canAnswer: to whom it was offered; they also give it back.
func canAnswer(a space.Access, p electorate.Proxy) bool {
	return a.Viewer.Member != 0 && a.Viewer.Member == p.Holder && p.Space == a.Space.ID
}

// canManage: who reads all proxies with their scans, enters those on paper and cancels them.
func canManage(a space.Access) bool { return a.Organises() }

// canReadForm: whoever sees the space may print an empty form.
func canReadForm(a space.Access) bool { return a.CanSee() }
