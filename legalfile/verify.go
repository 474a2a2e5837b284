package legalfile

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"sort"
)

// What a legal file may be at most; more is refused before it is read.
const (
	mostFiles     = 20_000
	largestFolder = 8 << 30  // bytes, all files unpacked
	largestRatio  = 25       // unpacked to packed, of the whole: a ZIP bomb has more
	ratioFree     = 16 << 20 // bytes unpacked that need no packed ones
	largestJSON   = 64 << 20 // bytes of a file that is read whole
)

// Verify checks the legal file of that size in r: the manifest's signature by the key that is in it,
// every file against the manifest, the events against the journal's chain, the ballots against the
// events, and the results against the ballots and the statutes. The key itself proves nothing: compare
// [Report.Fingerprint] with the one the organisation publishes.
//
// The error is a [*FormatError] for something that is not a legal file or not one that can safely be
// read, and otherwise comes from r. A legal file that does not hold is no error: see [Report.Faults].
func Verify(r io.ReaderAt, size int64) (Report, error) {
	archive, err := openZIP(r, size)
	if err != nil {
		return Report{}, err
	}
	c := &check{files: map[string]*zip.File{}}
	for _, f := range archive.File {
		c.files[f.Name] = f
	}
	if err := c.manifest(); err != nil {
		return c.Report, err
	}
	if err := c.listed(); err != nil {
		return c.Report, err
	}
	if err := c.journal(); err != nil {
		return c.Report, err
	}
	if !c.readable {
		c.unchecked("", "Les actes de l’assemblée ne se lisent pas\u00a0: ni les signatures, ni les bulletins, ni les résultats ne leur sont comparés.",
			"The assembly’s events cannot be read: neither signatures nor ballots nor results are compared with them.")
		return c.Report, nil
	}
	if err := c.signedDocuments(); err != nil {
		return c.Report, err
	}
	return c.Report, c.votes()
}

// check is a verification under way.
type check struct {
	Report
	files  map[string]*zip.File
	events []event // of the assembly, those whose digest holds
	// readable: every line of the assembly's events could be read.
	readable bool
}

// openZIP opens a ZIP that can safely be read: not too many files, none outside, none twice, not a bomb.
func openZIP(r io.ReaderAt, size int64) (*zip.Reader, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, notLegalFile("le fichier n’est pas un ZIP, ou il est incomplet.", "it is no ZIP, or an incomplete one.")
		}
		return nil, err
	}
	if len(archive.File) > mostFiles {
		return nil, notLegalFile("il contient plus de %v fichiers.", "it holds more than %v files.", mostFiles)
	}
	names := map[string]bool{}
	var unpacked uint64
	for _, f := range archive.File {
		switch {
		case !validName(f.Name):
			return nil, notLegalFile("le nom %.80q sort du dossier.", "the name %.80q leads outside.", f.Name)
		case names[f.Name]:
			return nil, notLegalFile("deux fichiers s’appellent %s.", "two files are named %s.", f.Name)
		case f.Flags&1 != 0:
			return nil, notLegalFile("%s est chiffré.", "%s is encrypted.", f.Name)
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return nil, notLegalFile("%s est compressé d’une façon inconnue.", "%s is packed in an unknown way.", f.Name)
		}
		names[f.Name] = true
		unpacked += min(f.UncompressedSize64, largestFolder+1)
		if unpacked > largestFolder || unpacked > ratioFree+largestRatio*uint64(size) {
			return nil, notLegalFile("une fois ouvert, il serait démesuré.", "unpacked, it would be out of all proportion.")
		}
	}
	if !names[ManifestName] {
		return nil, notLegalFile("il n’a pas de %s.", "it has no %s.", ManifestName)
	}
	return archive, nil
}

// broken tells whether an error says that what the ZIP holds is damaged, rather than that it could not
// be read.
func broken(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.As(err, &corrupt)
}

// read gives a file whole; a damaged one, or one too large to be read so, is a fault and gives nil.
func (c *check) read(name string) ([]byte, error) {
	f := c.files[name]
	if f == nil {
		return nil, nil
	}
	if f.UncompressedSize64 > largestJSON {
		c.fault(name, "il est trop gros pour être relu.", "it is too large to be read again.")
		return nil, nil
	}
	in, err := f.Open()
	if err == nil {
		defer in.Close()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(in, largestJSON+1)); err == nil {
			return text, nil
		}
	}
	return nil, c.damaged(name, err)
}

// damaged makes a fault of an error that says a file is damaged, and returns any other.
func (c *check) damaged(name string, err error) error {
	if err != nil && broken(err) {
		c.fault(name, "il est abîmé et ne se lit pas.", "it is damaged and cannot be read.")
		return nil
	}
	return err
}

// manifest reads the manifest and checks its signature.
func (c *check) manifest() error {
	text, err := c.read(ManifestName)
	if err != nil || text == nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&c.Manifest); err != nil || d.More() {
		c.fault(ManifestName, "il ne se lit pas.", "it cannot be read.")
		c.Manifest = Manifest{}
		return nil
	}
	if c.Manifest.Format != Format {
		return notLegalFile("son format est %.60q, ce programme connaît %s.", "its format is %.60q, this program knows %s.", c.Manifest.Format, Format)
	}
	key, err := hex.DecodeString(c.Manifest.Key)
	if err != nil || len(key) != ed25519.PublicKeySize {
		c.fault(ManifestName, "sa clé publique n’en est pas une.", "its public key is none.")
		return nil
	}
	c.Fingerprint = Fingerprint(key)
	signature, err := c.read(SignatureName)
	if err != nil {
		return err
	}
	raw, err := hex.DecodeString(string(bytes.TrimSuffix(signature, []byte("\n"))))
	switch {
	case signature == nil:
		c.fault(SignatureName, "la signature manque.", "the signature is missing.")
	case err != nil || hex.EncodeToString(raw)+"\n" != string(signature) || !ed25519.Verify(key, signed(text), raw):
		c.fault(ManifestName, "la signature n’est pas celle de ce manifeste par cette clé.", "the signature is not that of this manifest by this key.")
	default:
		c.pass(ManifestName, "signé par la clé d’empreinte %s.", "signed by the key of fingerprint %s.", c.Fingerprint)
	}
	return nil
}

// listed compares every file with the manifest: none changed, none missing, none added.
func (c *check) listed() error {
	known := map[string]bool{ManifestName: true, SignatureName: true}
	held := 0
	for _, want := range c.Manifest.Files {
		if known[want.Name] {
			c.fault(ManifestName, "il nomme %.80q deux fois.", "it names %.80q twice.", want.Name)
			continue
		}
		known[want.Name] = true
		f := c.files[want.Name]
		if f == nil {
			c.fault(want.Name, "ce fichier manque.", "this file is missing.")
			continue
		}
		got, err := measure(f)
		if err != nil {
			if err := c.damaged(want.Name, err); err != nil {
				return err
			}
			continue
		}
		if got != want {
			c.fault(want.Name, "ce fichier a été changé\u00a0: son empreinte n’est pas celle du manifeste.", "this file was changed: its hash is not the manifest’s.")
			continue
		}
		held++
	}
	var added []string
	for name := range c.files {
		if !known[name] {
			added = append(added, name)
		}
	}
	sort.Strings(added)
	for _, name := range added {
		c.fault(name, "ce fichier a été ajouté\u00a0: le manifeste ne le connaît pas.", "this file was added: the manifest does not know it.")
	}
	if held == len(c.Manifest.Files) && len(added) == 0 {
		c.pass("", "%v fichiers, tous tels que le manifeste les décrit.", "%v files, all as the manifest describes them.", held)
	}
	return nil
}

func measure(f *zip.File) (File, error) {
	in, err := f.Open()
	if err != nil {
		return File{}, err
	}
	defer in.Close()
	m := &meter{w: io.Discard, hash: sha256.New()}
	if _, err := io.Copy(m, io.LimitReader(in, int64(f.UncompressedSize64)+1)); err != nil {
		return File{}, err
	}
	return File{f.Name, m.size, hex.EncodeToString(m.hash.Sum(nil))}, nil
}

// decode reads a JSON file into v; false when it is missing or, which is a fault, cannot be read.
func (c *check) decode(name string, v any) (bool, error) {
	text, err := c.read(name)
	if err != nil || text == nil {
		return false, err
	}
	if err := json.Unmarshal(text, v); err != nil {
		c.fault(name, "ce n’est pas le JSON attendu.", "it is not the JSON expected.")
		return false, nil
	}
	return true, nil
}

// signedDocuments compares the attendance sheet and the minutes with the hashes that the journal kept
// when the bureau signed them.
func (c *check) signedDocuments() error {
	signed := map[string]statement{}
	for _, e := range c.events {
		file := ""
		switch e.Kind {
		case "minutes.sheet_reopened":
			delete(signed, AttendanceName)
		case "minutes.sheet_closed":
			file = AttendanceName
		case "minutes.approved":
			file = MinutesName
		}
		var s statement
		if file != "" && e.Payload != nil && json.Unmarshal([]byte(*e.Payload), &s) == nil {
			s.seq = e.Seq
			signed[file] = s
		}
	}
	for _, file := range []string{AttendanceName, MinutesName} {
		s, known := signed[file]
		if err := c.compareSigned(file, s, known); err != nil {
			return err
		}
	}
	return nil
}

// statement is what the journal says was signed, and where.
type statement struct {
	Hash string `json:"hash"`
	seq  int64
}

func (c *check) compareSigned(file string, s statement, known bool) error {
	f := c.files[file]
	switch {
	case f == nil && !known:
		c.unchecked(file, "le bureau ne l’a pas encore signé.", "the bureau has not signed it yet.")
		return nil
	case f == nil:
		c.fault(file, "le journal dit qu’il a été signé (place %v), mais il n’est pas dans le dossier.", "the journal says that it was signed (place %v), but it is not in the file.", s.seq)
		return nil
	}
	got, err := measure(f)
	if err != nil {
		return c.damaged(file, err)
	}
	if got.SHA256 != s.Hash {
		c.fault(file, "ce n’est pas ce que le bureau a signé d’après le journal.", "it is not what the bureau signed according to the journal.")
		return nil
	}
	c.pass(file, "tel que le bureau l’a signé (journal, place %v).", "as the bureau signed it (journal, place %v).", s.seq)
	return nil
}
