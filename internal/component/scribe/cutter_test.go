package scribe

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/platform/ogg"
	"isegoria.org/isegoria/internal/platform/room"
)

// heard is so much of somebody's voice; of nobody's, it is silence; of somebody's not loud, a noise.
type heard struct {
	who  string
	ms   int
	loud bool
}

// What is heard is cut at pauses, when somebody else speaks, and when it becomes too long.
func TestCutter(t *testing.T) {
	type piece struct {
		who      string
		from, ms int
	}
	for name, c := range map[string]struct {
		heard []heard
		want  []piece
	}{
		"nothing":                          {[]heard{{"", 5000, false}}, nil},
		"a sentence and a pause":           {[]heard{{"", 200, false}, {"ana", 2000, true}, {"", 600, false}}, []piece{{"ana", 200, 2000}}},
		"a short pause ends nothing":       {[]heard{{"ana", 1000, true}, {"", 500, false}, {"ana", 1000, true}, {"", 700, false}}, []piece{{"ana", 0, 2500}}},
		"a sentence that goes on":          {[]heard{{"ana", 1000, true}}, nil},
		"somebody else":                    {[]heard{{"ana", 1000, true}, {"ben", 500, true}, {"", 600, false}}, []piece{{"ana", 0, 1000}, {"ben", 1000, 500}}},
		"a cough":                          {[]heard{{"ana", 200, true}, {"", 700, false}}, nil},
		"a fan":                            {[]heard{{"ana", 30_000, false}}, nil},
		"a long speech":                    {[]heard{{"ana", 18_000, true}, {"", 600, false}}, []piece{{"ana", 0, 8000}, {"ana", 8000, 8000}, {"ana", 16_000, 2000}}},
		"a breath in a long speech":        {[]heard{{"ana", 5500, true}, {"", 240, false}, {"ana", 1000, true}, {"", 600, false}}, []piece{{"ana", 0, 5500}, {"ana", 5740, 1000}}},
		"a voice before a fan":             {[]heard{{"ana", 6000, true}, {"ana", 9000, false}}, []piece{{"ana", 0, 6020}}},
		"a word that is known to be later": {[]heard{{"ana", 300, false}, {"ana", 100, true}, {"", 600, false}}, []piece{{"ana", 0, 400}}},
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Date(2026, 5, 20, 18, 0, 0, 0, time.UTC)
			now := begun
			var cut cutter
			var got []piece
			for _, h := range c.heard {
				for range h.ms / 20 {
					sound := room.Sound{}
					if h.who != "" {
						sound = room.Sound{Who: h.who, Opus: []byte{0xf8, 1, 2, 3, 4}, Loud: h.loud}
					}
					if p, ok := cut.take(sound, now); ok {
						file, err := p.sound()
						if err != nil {
							t.Fatal(err)
						}
						lasts, err := ogg.Lasts(bytes.NewReader(file))
						if err != nil {
							t.Fatal(err)
						}
						got = append(got, piece{p.who, int(p.at.Sub(begun).Milliseconds()), int(lasts.Milliseconds())})
					}
					now = now.Add(20 * time.Millisecond)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("cut: %v, want %v", got, c.want)
			}
		})
	}
}

// Where too many wait, the oldest goes.
func TestPush(t *testing.T) {
	waiting := make(chan passage, 2)
	var dropped []bool
	for _, who := range []string{"a", "b", "c", "d"} {
		dropped = append(dropped, push(waiting, passage{who: who}))
	}
	if first, second := <-waiting, <-waiting; first.who != "c" || second.who != "d" || !slices.Equal(dropped, []bool{false, false, true, true}) {
		t.Errorf("%s, %s wait; dropped: %v", first.who, second.who, dropped)
	}
}
