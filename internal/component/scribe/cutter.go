package scribe

import (
	"bytes"
	"time"

	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room"
)

// How what is heard is cut, in samples.
const (
	least      = 3 * ogg.Rate / 10 // of a voice that is worth sending: not a cough
	rest       = 6 * ogg.Rate / 10 // a pause ends a passage
	long       = 5 * ogg.Rate      // from here on,
	breath     = ogg.Rate / 5      // a shorter one does
	longest    = 8 * ogg.Rate      // and nothing is longer
	silentStep = ogg.Rate / 50     // of a sound in which nothing is said
)

// passage is what somebody says up to a pause.
type passage struct {
	who     string    // their identity in the room
	at      time.Time // when it began
	packets []packet
	length  int64 // pauses included
	voiced  int64
	loud    bool // a voice, and not only what surrounds a microphone
}

type packet struct {
	at   int64
	opus []byte
}

// cutter cuts what is heard in a room into passages.
type cutter struct {
	now   passage
	quiet int64 // since the last packet
}

// take takes the next sound, heard at that moment, and gives back a passage that is over and worth sending.
func (c *cutter) take(s room.Sound, at time.Time) (over passage, ok bool) {
	if len(s.Opus) == 0 {
		if c.now.who == "" {
			return passage{}, false
		}
		c.now.length += silentStep
		c.quiet += silentStep
		if c.quiet >= rest || c.now.length >= long && c.quiet >= breath {
			return c.cut()
		}
		return passage{}, false
	}
	if s.Who != c.now.who {
		over, ok = c.cut()
		c.now = passage{who: s.Who, at: at}
	}
	c.now.packets = append(c.now.packets, packet{c.now.length, s.Opus})
	c.now.length += ogg.Length(s.Opus)
	c.now.voiced += ogg.Length(s.Opus)
	c.now.loud = c.now.loud || s.Loud
	c.quiet = 0
	if c.now.length >= longest || c.now.length >= long && !s.Loud {
		return c.cut()
	}
	return over, ok
}

// cut ends the passage.
func (c *cutter) cut() (passage, bool) {
	p := c.now
	*c = cutter{}
	return p, p.loud && p.voiced >= least
}

// sound is the passage as a file: Opus in Ogg, as it came.
func (p passage) sound() ([]byte, error) {
	var b bytes.Buffer
	w, err := ogg.NewWriter(&b, 1)
	if err != nil {
		return nil, err
	}
	for _, one := range p.packets {
		if err := w.Write(one.at, one.opus); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
