package blob

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	_ "image/jpeg" // for DecodeConfig
	_ "image/png"
	"io"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/platform/fault"
)

// Type is a kind of document that is accepted.
type Type struct {
	Ext    string // ".pdf"
	MIME   string // "application/pdf"; for text, with its charset
	Inline bool   // a browser shows it by itself, safely
}

// kind is how a type is recognised: by what the content says it is.
type kind struct {
	Type
	check func(content) (mime string, err error)
}

const office = "application/vnd.openxmlformats-officedocument."

var kinds = map[string]kind{
	".pdf":  {Type{".pdf", "application/pdf", true}, checkPDF},
	".png":  {Type{".png", "image/png", true}, checkImage},
	".jpg":  {Type{".jpg", "image/jpeg", true}, checkImage},
	".jpeg": {Type{".jpeg", "image/jpeg", true}, checkImage},
	".odt":  {Type{".odt", "application/vnd.oasis.opendocument.text", false}, checkODF},
	".ods":  {Type{".ods", "application/vnd.oasis.opendocument.spreadsheet", false}, checkODF},
	".odp":  {Type{".odp", "application/vnd.oasis.opendocument.presentation", false}, checkODF},
	".docx": {Type{".docx", office + "wordprocessingml.document", false}, checkOOXML},
	".xlsx": {Type{".xlsx", office + "spreadsheetml.sheet", false}, checkOOXML},
	".pptx": {Type{".pptx", office + "presentationml.presentation", false}, checkOOXML},
	".txt":  {Type{".txt", "text/plain", false}, checkText},
	".csv":  {Type{".csv", "text/csv", false}, checkText},
	".md":   {Type{".md", "text/markdown", false}, checkText},
}

// films are the types of films and of their subtitles, which are no documents.
var films = map[string]kind{
	".mp4":  {Type{".mp4", "video/mp4", true}, checkMP4},
	".webm": {Type{".webm", "video/webm", true}, checkWebM},
	".vtt":  {Type{".vtt", "text/vtt", true}, checkVTT},
}

// sounds are the types of what this program itself records; nobody brings one.
var sounds = map[string]kind{".ogg": {Type: Type{".ogg", "audio/ogg", true}}}

// Accept is the list of extensions for a form's file field.
const Accept = ".pdf,.odt,.ods,.odp,.docx,.xlsx,.pptx,.png,.jpg,.jpeg,.txt,.csv,.md"

// content is a file being examined; head is its first 512 bytes at most.
type content struct {
	io.ReaderAt
	size int64
	head []byte
}

func (c content) reader() *io.SectionReader { return io.NewSectionReader(c, 0, c.size) }

var (
	errOther  = errors.New("not what its name says")
	errMacros = errors.New("contains macros")
)

// Sniff says which accepted type a file is: both its name and its content must say the
// same, the content from its very first byte. Refusals: blob.type, blob.macros.
func Sniff(name string, r io.ReaderAt, size int64) (Type, error) {
	return sniff(kinds, name, r, size)
}

// SniffFilm is [Sniff] for films (MP4, WebM) and subtitles (WebVTT). Refusal: blob.type, whose
// sentence speaks of documents.
func SniffFilm(name string, r io.ReaderAt, size int64) (Type, error) {
	return sniff(films, name, r, size)
}

func sniff(among map[string]kind, name string, r io.ReaderAt, size int64) (Type, error) {
	refuse := func(key string) (Type, error) { return Type{}, fault.New(fault.Invalid, key, "name", name) }
	k, ok := among[strings.ToLower(path.Ext(name))]
	if !ok {
		return refuse("blob.type")
	}
	c := content{ReaderAt: r, size: size, head: make([]byte, min(size, 512))}
	if _, err := r.ReadAt(c.head, 0); err != nil && !errors.Is(err, io.EOF) {
		return Type{}, err
	}
	mime, err := k.check(c)
	switch {
	case errors.Is(err, errMacros):
		return refuse("blob.macros")
	case err != nil:
		return refuse("blob.type")
	case mime == "": // text, whose kind only its name tells, in UTF-8
		k.MIME += "; charset=utf-8"
	case strings.HasPrefix(mime, "charset="):
		k.MIME += "; " + mime
	case mime != k.MIME:
		return refuse("blob.type")
	}
	return k.Type, nil
}

// checkPDF wants the header at the very start, and the end-of-file mark within the last
// 1024 bytes as readers do (ISO 32000-1, 7.5.5 and annex H, note 18).
func checkPDF(c content) (string, error) {
	tail := make([]byte, min(c.size, 1024))
	if _, err := c.ReadAt(tail, c.size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	if !bytes.HasPrefix(c.head, []byte("%PDF-")) || !bytes.Contains(tail, []byte("%%EOF")) {
		return "", errOther
	}
	return "application/pdf", nil
}

func checkImage(c content) (string, error) {
	_, format, err := image.DecodeConfig(c.reader())
	return "image/" + format, err
}

// checkMP4 wants the box "ftyp" first (ISO/IEC 14496-12, 4.3).
func checkMP4(c content) (string, error) {
	if len(c.head) < 12 || string(c.head[4:8]) != "ftyp" {
		return "", errOther
	}
	return "video/mp4", nil
}

// checkWebM wants an EBML header whose DocType is "webm" (RFC 8794, 11.2).
func checkWebM(c content) (string, error) {
	if !bytes.HasPrefix(c.head, []byte("\x1a\x45\xdf\xa3")) || !bytes.Contains(c.head, []byte("webm")) {
		return "", errOther
	}
	return "video/webm", nil
}

// checkVTT wants text in UTF-8 that begins as WebVTT does.
func checkVTT(c content) (string, error) {
	if !bytes.HasPrefix(bytes.TrimPrefix(c.head, []byte("\ufeff")), []byte("WEBVTT")) {
		return "", errOther
	}
	mime, err := checkText(c)
	if mime != "" {
		return "", errOther
	}
	return "", err
}

// maxEntries bounds what is looked at in an archive.
const maxEntries = 20000

func openZip(c content) (*zip.Reader, error) {
	if !bytes.HasPrefix(c.head, []byte("PK\x03\x04")) {
		return nil, errOther
	}
	z, err := zip.NewReader(c, c.size)
	if err != nil || len(z.File) == 0 || len(z.File) > maxEntries {
		return nil, errOther
	}
	return z, nil
}

// readEntry reads an archive's entry that must not be larger than limit.
func readEntry(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(text)) > limit {
		err = errOther
	}
	return text, err
}

// checkODF reads the type where OpenDocument 1.3, part 2, section 3.3 puts it: in the
// first entry, "mimetype", uncompressed. Macros stand in Basic/ and Scripts/.
func checkODF(c content) (string, error) {
	z, err := openZip(c)
	if err != nil {
		return "", err
	}
	first := z.File[0]
	if offset, err := first.DataOffset(); err != nil || offset > 512 || first.Name != "mimetype" || first.Method != zip.Store {
		return "", errOther
	}
	for _, f := range z.File {
		if top, _, _ := strings.Cut(f.Name, "/"); strings.EqualFold(top, "Basic") || strings.EqualFold(top, "Scripts") {
			return "", errMacros
		}
	}
	mime, err := readEntry(first, 200)
	return strings.TrimSpace(string(mime)), err
}

// contentTypes is the list of an OOXML package's parts (ECMA-376, part 2, section 10.1).
type contentTypes struct {
	Default []struct {
		ContentType string `xml:"ContentType,attr"`
	}
	Override []struct {
		ContentType string `xml:"ContentType,attr"`
	}
}

// checkOOXML finds the type of the package's main part. Macros stand in a part of their
// own, or make the main part's type "macroEnabled".
func checkOOXML(c content) (string, error) {
	z, err := openZip(c)
	if err != nil {
		return "", err
	}
	var list *zip.File
	for _, f := range z.File {
		switch {
		case strings.EqualFold(path.Base(f.Name), "vbaProject.bin"):
			return "", errMacros
		case f.Name == "[Content_Types].xml" && list != nil:
			return "", errOther // two readers could see two documents
		case f.Name == "[Content_Types].xml":
			list = f
		}
	}
	if list == nil {
		return "", errOther
	}
	text, err := readEntry(list, 4<<20)
	if err != nil {
		return "", err
	}
	var parts contentTypes
	if err := xml.Unmarshal(text, &parts); err != nil {
		return "", err
	}
	mime := ""
	for _, p := range append(parts.Default, parts.Override...) {
		switch lower := strings.ToLower(p.ContentType); {
		case strings.Contains(lower, "macroenabled"), strings.Contains(lower, "vbaproject"):
			return "", errMacros
		case strings.HasPrefix(lower, office) && strings.HasSuffix(lower, ".main+xml"):
			mime = strings.TrimSuffix(lower, ".main+xml")
		}
	}
	if mime == "" {
		return "", errOther
	}
	return mime, nil
}

// checkText accepts text in UTF-8, or else in the encoding of older office programs
// (windows-1252), without control characters, and not text that a browser could take for
// a page or a picture.
func checkText(c content) (string, error) {
	if looksLikePage(c.head) {
		return "", errOther
	}
	unicode, western := true, true
	buf := make([]byte, 32<<10)
	kept := 0 // bytes of a character cut by the end of the last read
	for r := c.reader(); ; {
		n, err := r.Read(buf[kept:])
		if err != nil && !errors.Is(err, io.EOF) {
			return "", err
		}
		for _, b := range buf[kept : kept+n] {
			if b < ' ' && strings.IndexByte("\t\n\r\f", b) < 0 || b == 0x7f {
				return "", errOther
			}
			western = western && strings.IndexByte("\x81\x8d\x8f\x90\x9d", b) < 0
		}
		text := buf[:kept+n]
		whole := len(text)
		if err == nil {
			whole = len(text) - cut(text)
		}
		unicode = unicode && utf8.Valid(text[:whole])
		kept = copy(buf, text[whole:])
		if err != nil {
			break
		}
	}
	switch {
	case unicode:
		return "", nil
	case western:
		return "charset=windows-1252", nil
	default:
		return "", errOther
	}
}

// looksLikePage tells whether a browser that guesses could run what begins with head, or
// whether it is text in UTF-16, which is not accepted.
func looksLikePage(head []byte) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n\f")
	if len(start) >= 4 && bytes.EqualFold(start[:4], []byte("<svg")) {
		return true
	}
	for _, text := range [][]byte{head, start} {
		switch mime, charset, _ := strings.Cut(http.DetectContentType(text), ";"); {
		case mime == "text/html", mime == "text/xml", mime == "application/pdf", mime == "application/postscript",
			strings.HasPrefix(charset, " charset=utf-16"):
			return true
		}
	}
	return false
}

// cut is how many bytes at the end of text begin a character that is not complete.
func cut(text []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if b := text[len(text)-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}
