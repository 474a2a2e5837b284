package replay

import (
	"time"

	"isegoria.org/isegoria/internal/component"
)

// Settings are how a space's session is recorded.
type Settings struct {
	Recording bool      // now, whenever somebody has the floor
	Days      int       // for which it is kept
	Legal     bool      // the voices go into the legal file
	Published time.Time // since when its replay is open; zero: to the bureau alone
}

// KeepDays are the choices of how long recordings are kept, the usual first.
var KeepDays = []int{90, 30, 365}

// answer is what somebody said when they were asked whether they may be recorded.
type answer string

const (
	noAnswer answer = ""
	agrees   answer = "yes"
	refuses  answer = "no"
)

// Speech is the recorded voice of somebody who had the floor.
type Speech struct {
	ID      int64
	Space   int64
	Account int64
	Since   time.Time // when they were given the floor
	Begun   time.Time // when the file begins
	Lasts   time.Duration
	File    string // its name while it is written
	Key     string // of the file kept; "" while it is written
	Size    int64
}

// voice is somebody whose voice is to be recorded.
type voice struct {
	space, account int64
	since          time.Time // when they were given the floor
}

func (s Speech) voice() voice { return voice{s.Space, s.Account, s.Since} }

// wanted is whose voice is to be recorded now: of whoever has the floor, speaks themselves, and agrees.
func wanted(set Settings, s component.LiveSession, said answer) (v voice, ok bool) {
	if !set.Recording || !s.Open || s.Speaker == nil || s.Speaker.Account == 0 || s.Speaker.Written || said != agrees {
		return voice{}, false
	}
	return voice{s.Space, s.Speaker.Account, s.Floor}, true
}
