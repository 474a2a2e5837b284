package i18n

import (
	"sync"
	"time"
)

var zones sync.Map // name → *time.Location

// Zone is the time zone under its IANA name. Reading one from the system takes longer than a
// whole page, so each is read once.
func Zone(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, z)
	}
	return z, err
}
