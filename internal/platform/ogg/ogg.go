// Package ogg writes what a microphone sends into a file that every browser plays: Opus in Ogg
// (RFC 7845). What is missing between two packets, because nothing was said or because it was lost, is
// silence in the file: its clock is that of the person who spoke.
//
// Begin with [NewWriter]. A file that was cut off, because a machine stopped, plays up to its last
// second; [Lasts] says how long it is.
package ogg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Rate is the clock of Opus in Ogg: samples a second.
const Rate = 48_000

const (
	preSkip  = 3840                   // samples that players leave out at the beginning: 80 ms
	frame    = Rate / 50              // of silence
	window   = Rate / 5               // how late a packet may come
	perPage  = 50                     // packets, a second as a rule
	maxLaces = 255                    // of a page
	maxFrame = 120 * (Rate / 1000)    // no packet is longer
	bos, eos = byte(0x02), byte(0x04) // the first page, and the last
)

// Silence is a packet of 20 ms in which nothing is said. It is read only.
var Silence = []byte{0xf8, 0xff, 0xfe}

// Writer writes one file.
type Writer struct {
	out     io.Writer
	serial  uint32
	page    uint32
	waiting []packet // in their order, for the window
	at      int64    // up to where it is written, in samples from the beginning
	laces   []byte
	body    []byte
	packets int
	begun   bool // with what players leave out
	err     error
}

type packet struct {
	at   int64
	data []byte
}

// NewWriter begins a file; serial tells it apart from others.
func NewWriter(out io.Writer, serial uint32) (*Writer, error) {
	w := &Writer{out: out, serial: serial}
	head := append([]byte("OpusHead"), 1, 2) // version 1, two channels
	head = binary.LittleEndian.AppendUint16(head, preSkip)
	head = binary.LittleEndian.AppendUint32(head, Rate)
	head = append(head, 0, 0, 0) // no gain, one stream
	w.lace(head)
	w.flush(0, bos)
	const vendor = "isegoria"
	tags := binary.LittleEndian.AppendUint32([]byte("OpusTags"), uint32(len(vendor)))
	tags = append(append(tags, vendor...), 0, 0, 0, 0)
	w.lace(tags)
	w.flush(0, 0)
	return w, w.err
}

// Write takes a packet that begins at so many samples from the beginning of the file. Packets may
// come a fifth of a second too late; what comes later is dropped.
func (w *Writer) Write(at int64, data []byte) error {
	if w.err != nil || Length(data) == 0 {
		return w.err
	}
	i, known := slices.BinarySearchFunc(w.waiting, at, func(p packet, at int64) int { return int(p.at - at) })
	if !known {
		w.waiting = slices.Insert(w.waiting, i, packet{at, slices.Clone(data)})
	}
	last := w.waiting[len(w.waiting)-1].at
	for len(w.waiting) > 0 && w.waiting[0].at <= last-window {
		w.put(w.waiting[0])
		w.waiting = w.waiting[1:]
	}
	return w.err
}

// Flush writes all that has come, for those who listen now.
func (w *Writer) Flush() error {
	for _, p := range w.waiting {
		w.put(p)
	}
	w.waiting = nil
	if w.packets > 0 {
		w.flush(preSkip+w.at, 0)
	}
	return w.err
}

// Close writes what is left. A file in which nothing was said stays empty of sound.
func (w *Writer) Close() error {
	for _, p := range w.waiting {
		w.put(p)
	}
	w.waiting = nil
	w.flush(preSkip+w.at, eos)
	return w.err
}

// put writes a packet at its place, behind the silence before it.
func (w *Writer) put(p packet) {
	if !w.begun {
		w.begun, w.at = true, -preSkip
		for w.at < 0 {
			w.add(Silence)
		}
	}
	if p.at < w.at-frame/2 {
		return
	}
	for p.at-w.at >= frame {
		w.add(Silence)
	}
	w.add(p.data)
}

// add writes the next packet.
func (w *Writer) add(data []byte) {
	if len(w.laces)+len(data)/255+1 > maxLaces || w.packets == perPage {
		w.flush(preSkip+w.at, 0)
	}
	w.lace(data)
	w.packets++
	w.at += Length(data)
}

// lace puts a packet into the page that is being made.
func (w *Writer) lace(data []byte) {
	for range len(data) / 255 {
		w.laces = append(w.laces, 255)
	}
	w.laces = append(w.laces, byte(len(data)%255))
	w.body = append(w.body, data...)
}

// flush writes the page; at is where its last packet ends.
func (w *Writer) flush(at int64, kind byte) {
	if w.err != nil {
		return
	}
	page := append([]byte("OggS"), 0, kind)
	page = binary.LittleEndian.AppendUint64(page, uint64(at))
	page = binary.LittleEndian.AppendUint32(page, w.serial)
	page = binary.LittleEndian.AppendUint32(page, w.page)
	page = append(page, 0, 0, 0, 0, byte(len(w.laces)))
	page = append(append(page, w.laces...), w.body...)
	binary.LittleEndian.PutUint32(page[22:], sum(page))
	_, w.err = w.out.Write(page)
	w.page++
	w.laces, w.body, w.packets = w.laces[:0], w.body[:0], 0
}

// sum is the check of a page (RFC 3533): a CRC whose bits are not mirrored, which Go's package has not.
func sum(page []byte) (crc uint32) {
	for _, b := range page {
		crc ^= uint32(b) << 24
		for range 8 {
			high := crc&0x8000_0000 != 0
			crc <<= 1
			if high {
				crc ^= 0x04c1_1db7
			}
		}
	}
	return crc
}

// Length is how long a packet lasts, in samples (RFC 6716, 3.1); 0 for what is none.
func Length(data []byte) int64 {
	if len(data) == 0 {
		return 0
	}
	config, code := data[0]>>3, data[0]&3
	var one int64
	switch {
	case config < 12: // SILK
		one = []int64{Rate / 100, Rate / 50, Rate / 25, 3 * Rate / 50}[config&3]
	case config < 16: // hybrid
		one = []int64{Rate / 100, Rate / 50}[config&1]
	default: // CELT
		one = []int64{Rate / 400, Rate / 200, Rate / 100, Rate / 50}[config&3]
	}
	frames := int64(1)
	switch {
	case code == 1 || code == 2:
		frames = 2
	case code == 3 && len(data) < 2:
		return 0
	case code == 3:
		frames = int64(data[1] & 0x3f)
	}
	if one*frames > maxFrame {
		return 0
	}
	return one * frames
}

// ErrNoSound says that a file holds no sound that one could hear.
var ErrNoSound = errors.New("ogg: no sound")

// Lasts says how long a file is, by its last whole page: that of a file that was cut off too.
func Lasts(r io.ReadSeeker) (time.Duration, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return 0, err
	}
	const most = 27 + 255 + 255*255 // of a page
	from := max(0, size-2*most)
	if _, err := r.Seek(from, io.SeekStart); err != nil {
		return 0, err
	}
	tail, err := io.ReadAll(r)
	if err != nil {
		return 0, fmt.Errorf("ogg: %w", err)
	}
	for i := len(tail) - 27; i >= 0; i-- {
		if string(tail[i:i+4]) != "OggS" || !whole(tail[i:]) {
			continue
		}
		if at := int64(binary.LittleEndian.Uint64(tail[i+6:])); at > preSkip {
			return time.Duration(at-preSkip) * time.Second / Rate, nil
		}
		return 0, ErrNoSound
	}
	return 0, ErrNoSound
}

// whole tells whether a page is all there, and as it was written.
func whole(from []byte) bool {
	n := 27 + int(from[26])
	if len(from) < n {
		return false
	}
	for _, lace := range from[27:n] {
		n += int(lace)
	}
	if len(from) < n {
		return false
	}
	page := slices.Clone(from[:n])
	want := binary.LittleEndian.Uint32(page[22:])
	clear(page[22:26])
	return sum(page) == want
}
