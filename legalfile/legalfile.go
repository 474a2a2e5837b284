// Package legalfile writes and verifies the legal file of an assembly: one ZIP with all that its
// decisions rest on, which anybody can check on any machine, years later.
//
// Start with [NewWriter] to make one and with [Verify] to check one.
//
// # Format
//
// A ZIP of plain files. manifest.json lists every other file with its size and SHA-256 (see
// [Manifest]), states the head of the journal, and carries the Ed25519 public key of the
// installation. manifest.sig is the signature, in 128 hexadecimal digits and a line feed, of
// [Format], a line feed, and the bytes of manifest.json. These files are known to [Verify]; all
// others are only compared with the manifest:
//
//	statutes.toml                     the rules, as package statute reads them
//	roll.csv                          member, number, name, domicile, college, shares, votes
//	journal/chain.jsonl               every link of the journal's chain: seq, id, at, kind, digest, hash
//	journal/space.jsonl               the assembly's events, with what they say (payload, salt)
//	attendance/attendance.json        the sheet that the bureau signed
//	minutes/minutes.json              the minutes that the bureau approved
//	vote/series-N/resolutions.json    what was put to the vote together
//	vote/series-N/ballots-NN.csv      the open ballots on the resolution of that number
//	vote/series-N/paper-voters.json   who voted on paper
//	vote/series-N/paper-counts.json   what each scrutineer counted
//	vote/series-N/results.json        each result with the count and the decision
//
// The journal's chain, with "‖" joining fields by a line feed, is
//
//	digest = SHA-256(salt ‖ space ‖ subject ‖ actor ‖ payload)
//	hash   = SHA-256("isegoria-journal-1" ‖ previous hash ‖ seq ‖ id ‖ at (ms) ‖ kind ‖ digest)
//
// in lower-case hexadecimal; the hash before the first is empty.
package legalfile

import (
	"archive/zip"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Format is the version of the format, in every manifest.
const Format = "isegoria-legal-file-1"

// The names of the files that [Verify] knows; the vote's are below vote/series-N/.
const (
	ManifestName   = "manifest.json"
	SignatureName  = "manifest.sig"
	StatutesName   = "statutes.toml"
	RollName       = "roll.csv"
	ChainName      = "journal/chain.jsonl"
	EventsName     = "journal/space.jsonl"
	AttendanceName = "attendance/attendance.json"
	MinutesName    = "minutes/minutes.json"
)

// Manifest says what is in a legal file and what it states.
type Manifest struct {
	Format       string    `json:"format"`
	Program      string    `json:"program"` // version of the program that made the file
	Organisation string    `json:"organisation"`
	Space        Space     `json:"space"`
	MadeAt       time.Time `json:"made_at"`
	Journal      Head      `json:"journal"`
	Key          string    `json:"key"` // Ed25519 public key, 64 hexadecimal digits
	Files        []File    `json:"files"`
}

// Space is the assembly.
type Space struct {
	ID    int64  `json:"id,string"`
	Slug  string `json:"slug"`
	Title string `json:"title"`
}

// Head is the last place of the journal's chain and its hash.
type Head struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// File is a file of the ZIP: its size in bytes and its SHA-256 in lower-case hexadecimal.
type File struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Fingerprint is how a public key is published: its SHA-256 in 16 groups of four hexadecimal digits.
func Fingerprint(key ed25519.PublicKey) string {
	h := sha256.Sum256(key)
	text := hex.EncodeToString(h[:])
	var groups []string
	for i := 0; i < len(text); i += 4 {
		groups = append(groups, text[i:i+4])
	}
	return strings.Join(groups, " ")
}

// signed is what the signature is made of.
func signed(manifest []byte) []byte { return append([]byte(Format+"\n"), manifest...) }

// longestName is how long the name of a file may be, in bytes.
const longestName = 240

// validName tells whether a file may have the name: a path below the folder it is unpacked into, in
// printable characters.
func validName(name string) bool {
	return len(name) <= longestName && utf8.ValidString(name) && fs.ValidPath(name) && name != "." &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == '\\' || r == ':' || !unicode.IsPrint(r) })
}

// Writer writes a legal file, as it goes: nothing is kept in memory.
type Writer struct {
	zip   *zip.Writer
	at    time.Time
	files []File
	names map[string]bool
}

// NewWriter writes to w a file made at that time.
func NewWriter(w io.Writer, at time.Time) *Writer {
	return &Writer{zip: zip.NewWriter(w), at: at, names: map[string]bool{ManifestName: true, SignatureName: true}}
}

// Add adds a file; write is called at once. A name is used once and stays inside the ZIP.
func (w *Writer) Add(name string, write func(io.Writer) error) error {
	if !validName(name) {
		return fmt.Errorf("legal file: %q cannot be the name of a file", name)
	}
	if w.names[name] {
		return fmt.Errorf("legal file: two files are named %s", name)
	}
	w.names[name] = true
	out, err := w.create(name)
	if err != nil {
		return err
	}
	m := &meter{w: out, hash: sha256.New()}
	if err := write(m); err != nil {
		return fmt.Errorf("legal file: %s: %w", name, err)
	}
	w.files = append(w.files, File{name, m.size, hex.EncodeToString(m.hash.Sum(nil))})
	return nil
}

func (w *Writer) create(name string) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.at})
}

// Close adds the manifest, which it completes with the format, the date, the key and the files, signs
// it and ends the ZIP.
func (w *Writer) Close(m Manifest, key ed25519.PrivateKey) error {
	m.Format, m.MadeAt, m.Files = Format, w.at.UTC(), w.files
	m.Key = hex.EncodeToString(key.Public().(ed25519.PublicKey))
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	signature := hex.EncodeToString(ed25519.Sign(key, signed(text))) + "\n"
	for _, f := range []struct {
		name string
		text []byte
	}{{ManifestName, text}, {SignatureName, []byte(signature)}} {
		out, err := w.create(f.name)
		if err != nil {
			return err
		}
		if _, err := out.Write(f.text); err != nil {
			return err
		}
	}
	return w.zip.Close()
}

// meter measures what is written.
type meter struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

func (m *meter) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.hash.Write(b[:n])
	m.size += int64(n)
	return n, err
}
