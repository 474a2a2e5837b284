package blob

import (
	"archive/zip"
	"bytes"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/platform/fault"
)

// entry is one file of an archive; those named "mimetype" are stored as they are.
type entry struct{ name, text string }

func archive(entries ...entry) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		method := zip.Deflate
		if e.name == "mimetype" {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: method})
		if err != nil {
			panic(err)
		}
		if _, err := io.WriteString(w, e.text); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func odf(kind string, more ...entry) string {
	return archive(append([]entry{{"mimetype", "application/vnd.oasis.opendocument." + kind}, {"content.xml", "<x/>"}}, more...)...)
}

func ooxml(mainType string, more ...entry) string {
	types := `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>
<Override PartName="/word/document.xml" ContentType="` + mainType + `"/></Types>`
	return archive(append([]entry{{"_rels/.rels", "<x/>"}, {"[Content_Types].xml", types}, {"word/document.xml", "<x/>"}}, more...)...)
}

func picture(encode func(io.Writer, image.Image) error) string {
	var b bytes.Buffer
	if err := encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		panic(err)
	}
	return b.String()
}

var (
	pngText  = picture(png.Encode)
	jpegText = picture(func(w io.Writer, i image.Image) error { return jpeg.Encode(w, i, nil) })
	gifText  = picture(func(w io.Writer, i image.Image) error { return gif.Encode(w, i, nil) })
)

const (
	pdfText  = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"
	wordMain = office + "wordprocessingml.document.main+xml"
	vbaMain  = "application/vnd.ms-word.document.macroEnabled.main+xml"
	vbaPart  = `" /><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject`
)

func look(name, text string) (Type, error) {
	return Sniff(name, strings.NewReader(text), int64(len(text)))
}

func TestSniffAccepts(t *testing.T) {
	long := strings.Repeat("é", 32<<10) // characters cut by every boundary of reading
	for _, c := range []struct {
		name, text, mime string
		inline           bool
	}{
		{"Comptes 2025.pdf", pdfText, "application/pdf", true},
		{"COMPTES.PDF", pdfText, "application/pdf", true},
		{"a.png", pngText, "image/png", true},
		{"a.jpg", jpegText, "image/jpeg", true},
		{"a.jpeg", jpegText, "image/jpeg", true},
		{"a.odt", odf("text"), "application/vnd.oasis.opendocument.text", false},
		{"a.ods", odf("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet", false},
		{"a.odp", odf("presentation"), "application/vnd.oasis.opendocument.presentation", false},
		{"a.docx", ooxml(wordMain), office + "wordprocessingml.document", false},
		{"a.xlsx", ooxml(office + "spreadsheetml.sheet.main+xml"), office + "spreadsheetml.sheet", false},
		{"a.pptx", ooxml(office + "presentationml.presentation.main+xml"), office + "presentationml.presentation", false},
		{"a.txt", "Bonjour à toutes et à tous\r\n\tici", "text/plain; charset=utf-8", false},
		{"a.txt", "\ufeffBonjour", "text/plain; charset=utf-8", false},
		{"a.txt", long, "text/plain; charset=utf-8", false},
		{"a.txt", "x" + long, "text/plain; charset=utf-8", false},
		{"a.txt", "caf\xe9 \x80", "text/plain; charset=windows-1252", false},
		{"a.txt", long + "\xe9", "text/plain; charset=windows-1252", false},
		{"a.csv", "BMX;nom;prénom\n1;Ruiz;Ana\n", "text/csv; charset=utf-8", false},
		{"a.md", "# Motion\n\n<details>un</details> 3 < 4 et <b>gras</b>\n", "text/markdown; charset=utf-8", false},
		{"piege.exe.pdf", pdfText, "application/pdf", true},
	} {
		got, err := look(c.name, c.text)
		if err != nil || got.MIME != c.mime || got.Inline != c.inline {
			t.Errorf("%s: %+v, %v; want %s", c.name, got, err, c.mime)
		}
		if !strings.Contains(","+Accept+",", ","+got.Ext+",") {
			t.Errorf("%s is not offered by the form", got.Ext)
		}
	}
	if n := strings.Count(Accept, ",") + 1; n != len(kinds) {
		t.Errorf("the form offers %d extensions of %d", n, len(kinds))
	}
}

func TestSniffRefuses(t *testing.T) {
	html := "<!DOCTYPE html><script>alert(1)</script>"
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	for name, c := range map[string]struct{ file, text, key string }{
		"page":                     {"a.html", html, "blob.type"},
		"picture with script":      {"a.svg", svg, "blob.type"},
		"program":                  {"a.pdf.exe", pdfText, "blob.type"},
		"no extension":             {"pdf", pdfText, "blob.type"},
		"archive":                  {"a.zip", archive(entry{"a.txt", "x"}), "blob.type"},
		"GIF":                      {"a.gif", gifText, "blob.type"},
		"page as text":             {"a.txt", html, "blob.type"},
		"page behind spaces":       {"a.md", " \n\t" + html, "blob.type"},
		"page behind a mark":       {"a.txt", "\ufeff" + html, "blob.type"},
		"mark, then spaces":        {"a.txt", "\ufeff \n<ScRipt>", "blob.type"},
		"SVG as text":              {"a.txt", svg, "blob.type"},
		"SVG in capitals":          {"a.csv", "\n<SVG onload=alert(1)>", "blob.type"},
		"XML as text":              {"a.txt", "<?xml version='1.0'?>" + svg, "blob.type"},
		"PDF as text":              {"a.txt", "%PDF-1.7\n%%EOF", "blob.type"},
		"PostScript as text":       {"a.txt", "%!PS-Adobe-3.0", "blob.type"},
		"binary as text":           {"a.txt", "abc\x00def", "blob.type"},
		"binary far away":          {"a.csv", strings.Repeat("x;y\n", 20000) + "\x01", "blob.type"},
		"UTF-16":                   {"a.txt", "\xff\xfeé\xe9", "blob.type"},
		"no text in any encoding":  {"a.txt", "caf\xe9 \x81", "blob.type"},
		"page as PDF":              {"a.pdf", html, "blob.type"},
		"PDF behind a page":        {"a.pdf", html + pdfText, "blob.type"},
		"PDF behind a line feed":   {"a.pdf", "\n" + pdfText, "blob.type"},
		"PDF cut off":              {"a.pdf", pdfText[:40], "blob.type"},
		"PDF with a tail":          {"a.pdf", pdfText + strings.Repeat("x", 2000), "blob.type"},
		"PDF in name, PNG inside":  {"a.pdf", pngText, "blob.type"},
		"PNG in name, JPEG inside": {"a.png", jpegText, "blob.type"},
		"JPEG in name, GIF inside": {"a.jpg", gifText, "blob.type"},
		"PNG's first bytes only":   {"a.png", pngText[:16], "blob.type"},
		"page behind PNG's mark":   {"a.png", pngText[:8] + html, "blob.type"},
		"ODT in name, ODS inside":  {"a.odt", odf("spreadsheet"), "blob.type"},
		"ODT in name, DOCX inside": {"a.odt", ooxml(wordMain), "blob.type"},
		"DOCX in name, ODT inside": {"a.docx", odf("text"), "blob.type"},
		"any archive as ODT":       {"a.odt", archive(entry{"a.txt", "x"}), "blob.type"},
		"any archive as DOCX":      {"a.docx", archive(entry{"a.txt", "x"}), "blob.type"},
		"ODT behind a page":        {"a.odt", html + odf("text"), "blob.type"},
		"DOCX behind a program":    {"a.docx", "MZ\x90\x00" + ooxml(wordMain), "blob.type"},
		"ODT, type not first":      {"a.odt", archive(entry{"x", ""}, entry{"mimetype", "application/vnd.oasis.opendocument.text"}), "blob.type"},
		"ODT, endless type":        {"a.odt", archive(entry{"mimetype", strings.Repeat("x", 5000)}), "blob.type"},
		"archive cut off":          {"a.docx", ooxml(wordMain)[:200], "blob.type"},
		"DOCX with two lists":      {"a.docx", ooxml(wordMain, entry{"[Content_Types].xml", "<Types/>"}), "blob.type"},
		"DOCX, list is no XML":     {"a.docx", archive(entry{"[Content_Types].xml", "{}"}), "blob.type"},
		"DOCX, a bomb for a list":  {"a.docx", archive(entry{"[Content_Types].xml", strings.Repeat(" ", 5<<20)}), "blob.type"},
		"template":                 {"a.docx", ooxml(office + "wordprocessingml.template.main+xml"), "blob.type"},
		"DOCM":                     {"a.docm", ooxml(vbaMain), "blob.type"},
		"DOCM as DOCX":             {"a.docx", ooxml(vbaMain), "blob.macros"},
		"DOCX with a macro file":   {"a.docx", ooxml(wordMain, entry{"word/VbaProject.bin", "x"}), "blob.macros"},
		"DOCX with a macro part":   {"a.docx", ooxml(wordMain + vbaPart), "blob.macros"},
		"ODT with Basic":           {"a.odt", odf("text", entry{"Basic/Standard/Module1.xml", "x"}), "blob.macros"},
		"ODS with Python":          {"a.ods", odf("spreadsheet", entry{"Scripts/python/x.py", "x"}), "blob.macros"},
		"empty PDF":                {"a.pdf", "", "blob.type"},
		"empty archive":            {"a.odt", archive(), "blob.type"},
	} {
		if got, err := look(c.file, c.text); !fault.Is(err, c.key) {
			t.Errorf("%s: %+v, %v; want %s", name, got, err, c.key)
		}
	}
}

// Whatever is accepted begins as its type does, and no browser that guesses runs it.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{pdfText, pngText, jpegText, gifText, odf("text"), ooxml(wordMain), ooxml(vbaMain), "é", "\xe9", "<svg", "\ufeff<p>"} {
		f.Add([]byte(s))
	}
	magic := map[string]string{".pdf": "%PDF-", ".png": "\x89PNG", ".jpg": "\xff\xd8\xff", ".jpeg": "\xff\xd8\xff",
		".odt": "PK\x03\x04", ".ods": "PK\x03\x04", ".odp": "PK\x03\x04", ".docx": "PK\x03\x04", ".xlsx": "PK\x03\x04", ".pptx": "PK\x03\x04"}
	f.Fuzz(func(t *testing.T, text []byte) {
		accepted := 0
		for ext := range kinds {
			got, err := Sniff("a"+ext, bytes.NewReader(text), int64(len(text)))
			if err != nil {
				if fault.CodeOf(err) != fault.Invalid {
					t.Errorf("%s: %v", ext, err)
				}
				continue
			}
			if got.Ext != ext || !bytes.HasPrefix(text, []byte(magic[ext])) {
				t.Errorf("%q accepted as %+v", text, got)
			}
			if magic[ext] == "" && (bytes.IndexByte(text, 0) >= 0 || looksLikePage(text[:min(len(text), 512)])) {
				t.Errorf("%q accepted as %+v", text, got)
			}
			accepted++
		}
		if accepted > 3 { // .txt, .csv and .md are one content; so are .jpg and .jpeg
			t.Errorf("%q is %d things", text, accepted)
		}
	})
}

func TestSniffFilm(t *testing.T) {
	webm := "\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm"
	for _, c := range []struct{ name, text, mime string }{
		{"a.webm", webm, "video/webm"}, {"a.MP4", "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", "video/mp4"},
		{"a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nÀ nous\n", "text/vtt; charset=utf-8"}, {"a.vtt", "\ufeffWEBVTT", "text/vtt; charset=utf-8"},
		{"a.mp4", webm, ""}, {"a.webm", "matroska", ""}, {"a.vtt", "<script>", ""}, {"a.vtt", "WEBVTT \xe9", ""}, {"a.mp4", "", ""},
		{"a.pdf", pdfText, ""}, {"a.mkv", webm, ""},
	} {
		got, err := SniffFilm(c.name, strings.NewReader(c.text), int64(len(c.text)))
		if got.MIME != c.mime || (err == nil) != (c.mime != "") {
			t.Errorf("%s %.20q: %+v, %v", c.name, c.text, got, err)
		}
	}
	if _, err := look("a.webm", webm); !fault.Is(err, "blob.type") {
		t.Errorf("a film is taken for a document: %v", err)
	}
}
