package ogg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"
)

// voice is a packet of 20 ms that can be told apart.
func voice(n byte) []byte { return []byte{0xf8, n, n} }

// read takes a file apart: its packets behind the two heads, and where its last page ends.
func read(t *testing.T, file []byte) (packets [][]byte, end int64, kinds []byte) {
	t.Helper()
	for page := uint32(0); len(file) > 0; page++ {
		if string(file[:4]) != "OggS" || !whole(file) || binary.LittleEndian.Uint32(file[18:]) != page {
			t.Fatalf("page %d is not one", page)
		}
		end, kinds = int64(binary.LittleEndian.Uint64(file[6:])), append(kinds, file[5])
		laces := file[27 : 27+int(file[26])]
		file = file[27+len(laces):]
		var one []byte
		for _, l := range laces {
			one, file = append(one, file[:l]...), file[l:]
			if l < 255 {
				packets, one = append(packets, one), nil
			}
		}
	}
	if !bytes.HasPrefix(packets[0], []byte("OpusHead")) || !bytes.HasPrefix(packets[1], []byte("OpusTags")) {
		t.Fatal("the heads are missing")
	}
	return packets[2:], end, kinds
}

// A packet lies at its place: behind the 80 ms that players leave out, and the Silence before it.
func TestPlace(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, 7)
	if err != nil {
		t.Fatal(err)
	}
	const long = 300 // bytes: more than one lace
	big := append([]byte{0xf8}, bytes.Repeat([]byte{9}, long)...)
	for _, p := range []struct {
		at   int64
		data []byte
	}{
		{5 * frame, voice(1)}, {7 * frame, voice(3)}, {6 * frame, voice(2)}, // one comes late
		{7 * frame, voice(8)},           // and one twice
		{200 * frame, big},              // somebody says nothing for a while
		{100 * frame, voice(8)},         // far too late
		{201*frame + 100, voice(4)},     // a clock that is not quite ours
		{202*frame + 100, []byte{0xfb}}, // no packet
		{202*frame + 100, nil},
	} {
		if err := w.Write(p.at, p.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	packets, end, kinds := read(t, out.Bytes())
	for place, want := range map[int][]byte{4 + 5: voice(1), 4 + 6: voice(2), 4 + 7: voice(3), 4 + 8: Silence, 4 + 199: Silence, 4 + 200: big, 4 + 201: voice(4)} {
		if !bytes.Equal(packets[place], want) {
			t.Errorf("at %d lies %x", place, packets[place])
		}
	}
	if len(packets) != 4+202 || end != preSkip+202*frame {
		t.Errorf("%d packets, up to %d", len(packets), end)
	}
	if kinds[0] != bos || kinds[len(kinds)-1] != eos || len(kinds) < 2+202/perPage {
		t.Errorf("pages are %v", kinds)
	}
	if lasts, err := Lasts(bytes.NewReader(out.Bytes())); err != nil || lasts != 202*20*time.Millisecond {
		t.Errorf("lasts %v, %v", lasts, err)
	}
}

// A file that a machine's stop has cut off lasts up to its last whole second; one without a voice has
// no sound.
func TestCutOff(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lasts(bytes.NewReader(out.Bytes())); !errors.Is(err, ErrNoSound) {
		t.Errorf("the heads alone: %v", err)
	}
	for n := range int64(500) {
		if err := w.Write(n*frame, voice(byte(n))); err != nil {
			t.Fatal(err)
		}
	}
	cut := out.Bytes()[:out.Len()-20]
	lasts, err := Lasts(bytes.NewReader(cut))
	if err != nil || lasts < 7*time.Second || lasts > 9*time.Second || lasts%(20*time.Millisecond) != 0 {
		t.Errorf("cut off, it lasts %v, %v", lasts, err)
	}
	if _, err := Lasts(strings.NewReader(strings.Repeat("OggS", 100))); !errors.Is(err, ErrNoSound) {
		t.Errorf("no such file: %v", err)
	}
}

// How long packets last, of each kind.
func TestLength(t *testing.T) {
	for _, c := range []struct {
		packet []byte
		ms     float64
	}{
		{[]byte{0xf8}, 20}, {[]byte{0xf9}, 40}, {[]byte{0xfb, 3}, 60}, {[]byte{0xe0}, 2.5}, {[]byte{0x00}, 10}, {[]byte{0x18}, 60},
		{[]byte{0x60}, 10}, {[]byte{0x68}, 20}, {[]byte{0xfb}, 0}, {[]byte{0xfb, 7}, 0}, {[]byte{0x1a}, 120}, {[]byte{0x1b, 3}, 0},
	} {
		if got := float64(Length(c.packet)) * 1000 / Rate; got != c.ms {
			t.Errorf("%x lasts %v ms, want %v", c.packet, got, c.ms)
		}
	}
}
