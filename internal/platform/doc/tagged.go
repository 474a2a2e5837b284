package doc

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// rewriter copies the objects of a PDF file written by the PDF library into a
// new file that has a structure tree as well: the catalog and the metadata are
// written anew, pages get their link annotations and their place in the parent
// tree, the structure elements go into compressed object streams (ISO 32000-1,
// 7.5.7, 7.5.8, 14.7).
type rewriter struct {
	w     *bufio.Writer
	at    int // bytes written
	p     *painter
	pages []int    // object numbers
	xref  [][3]int // by object number: type, offset or stream, index in stream
	small [][2]int // of the objects waiting for a stream: number, offset
	buf   bytes.Buffer
	zip   *zlib.Writer
	z     bytes.Buffer // what zip has written
}

// source is an object of the library's file.
type source struct {
	num  int
	body []byte // from "N 0 obj" to "endobj"
}

func tag(w io.Writer, raw []byte, p *painter, d Document) error {
	objects, root, err := parseObjects(raw)
	if err != nil {
		return err
	}
	r := &rewriter{w: bufio.NewWriter(w), p: p, zip: zlib.NewWriter(io.Discard), xref: make([][3]int, len(objects)+1)}
	outlines := regexp.MustCompile(`/Outlines \d+ 0 R`).Find(objects[root-1].body)
	for _, o := range objects {
		if bytes.Contains(o.body[:min(len(o.body), 40)], pageStart) {
			r.pages = append(r.pages, o.num)
		}
	}
	if len(r.pages) != len(p.marked) {
		return fmt.Errorf("PDF: %d pages drawn, %d found", len(p.marked), len(r.pages))
	}
	r.number(p.root)
	for i := range p.links {
		for j := range p.links[i] {
			p.links[i][j].num = r.next()
		}
	}
	tree := r.next()
	r.write("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for _, o := range objects {
		page, isPage := slices.BinarySearch(r.pages, o.num)
		_, isContent := slices.BinarySearch(r.pages, o.num-1) // a page's content follows it
		switch {
		case o.num == root:
			r.object(o.num, r.catalog(d, string(outlines), tree))
		case o.num == root-1:
			r.object(o.num, info(d))
		case isPage:
			r.place(o.num)
			r.write(strings.Replace(string(o.body), string(pageStart), string(pageStart)+r.pageEntries(page), 1))
		case isContent:
			_, content, _ := bytes.Cut(o.body, []byte("stream\n"))
			r.stream(o.num, "", bytes.TrimSuffix(content, []byte("\nendstream\nendobj\n")))
		default:
			r.place(o.num)
			r.write(r.fontNames(string(o.body)))
		}
	}
	r.element(p.root, fmt.Sprintf("%d 0 R", tree))
	r.annotations()
	r.tree(tree)
	r.end(root, sha256.Sum256(raw))
	return r.w.Flush()
}

var pageStart = []byte("<</Type /Page\n")

// parseObjects reads the cross-reference table of a file whose objects, as the
// library writes them, are numbered without a gap.
func parseObjects(raw []byte) (objects []source, root int, err error) {
	i := bytes.LastIndex(raw, []byte("startxref\n"))
	if i < 0 {
		return nil, 0, fmt.Errorf("PDF: no cross-reference table")
	}
	start, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(raw[i+10:])), "%%EOF")))
	if err != nil || start > i {
		return nil, 0, fmt.Errorf("PDF: cross-reference table not found")
	}
	var n, offset int
	table := bytes.SplitN(raw[start:i], []byte("\n"), 4)
	if _, err := fmt.Sscanf(string(table[1]), "0 %d", &n); err != nil {
		return nil, 0, fmt.Errorf("PDF: cross-reference table: %w", err)
	}
	offsets := make([]int, 0, n)
	for num, entry := range bytes.SplitN(table[3], []byte("\n"), n)[:n-1] {
		if _, err := fmt.Sscanf(string(entry), "%d 00000 n", &offset); err != nil {
			return nil, 0, fmt.Errorf("PDF: object %d: %w", num+1, err)
		}
		offsets = append(offsets, offset)
		objects = append(objects, source{num: num + 1})
	}
	slices.SortFunc(objects, func(a, b source) int { return cmp.Compare(offsets[a.num-1], offsets[b.num-1]) })
	for k := range objects {
		end := start
		if k+1 < len(objects) {
			end = offsets[objects[k+1].num-1]
		}
		objects[k].body = raw[offsets[objects[k].num-1]:end]
	}
	slices.SortFunc(objects, func(a, b source) int { return cmp.Compare(a.num, b.num) })
	return objects, n - 1, nil // the library writes the catalog last
}

func (r *rewriter) write(s string) {
	r.w.WriteString(s) // the first error comes out at Flush
	r.at += len(s)
}

// next reserves an object number.
func (r *rewriter) next() int {
	r.xref = append(r.xref, [3]int{})
	return len(r.xref) - 1
}

// place says that the object num comes here.
func (r *rewriter) place(num int) { r.xref[num] = [3]int{1, r.at, 0} }

func (r *rewriter) object(num int, body string) {
	r.place(num)
	r.write(fmt.Sprintf("%d 0 obj\n%s\nendobj\n", num, body))
}

func (r *rewriter) stream(num int, dict string, data []byte) {
	r.z.Reset()
	r.zip.Reset(&r.z)
	r.zip.Write(data) // into memory: it does not fail
	r.zip.Close()
	r.place(num)
	r.write(fmt.Sprintf("%d 0 obj\n<<%s /Filter /FlateDecode /Length %d>>\nstream\n", num, dict, r.z.Len()))
	r.write(r.z.String())
	r.write("\nendstream\nendobj\n")
}

// pack adds an object to the current object stream.
func (r *rewriter) pack(num int, body string) {
	r.small = append(r.small, [2]int{num, r.buf.Len()})
	r.buf.WriteString(body + "\n")
	if len(r.small) == 500 {
		r.flush()
	}
}

// flush writes the current object stream.
func (r *rewriter) flush() {
	if len(r.small) == 0 {
		return
	}
	num := r.next()
	var head strings.Builder
	for i, o := range r.small {
		fmt.Fprintf(&head, "%d %d ", o[0], o[1])
		r.xref[o[0]] = [3]int{2, num, i}
	}
	dict := fmt.Sprintf("/Type /ObjStm /N %d /First %d", len(r.small), head.Len())
	r.stream(num, dict, append([]byte(head.String()), r.buf.Bytes()...))
	r.small = nil
	r.buf.Reset()
}

// number gives the elements their object numbers.
func (r *rewriter) number(e *elem) {
	e.num = r.next()
	for _, k := range e.kids {
		if k.elem != nil {
			r.number(k.elem)
		}
	}
}

func (r *rewriter) catalog(d Document, outlines string, tree int) string {
	lang := ""
	if d.Lang != "" {
		lang = " /Lang " + text(d.Lang)
	}
	if outlines != "" {
		outlines += " /PageMode /UseOutlines"
	}
	return fmt.Sprintf("<</Type /Catalog /Pages 1 0 R /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /ViewerPreferences <</DisplayDocTitle true>>%s %s>>",
		tree, lang, outlines)
}

func info(d Document) string {
	var b strings.Builder
	b.WriteString("<<")
	for _, e := range [][2]string{{"Title", d.Title}, {"Subject", d.Subject}, {"Author", d.Author}} {
		if s := oneLine(e[1]); s != "" {
			fmt.Fprintf(&b, "/%s %s ", e[0], text(s))
		}
	}
	if !d.Date.IsZero() {
		fmt.Fprintf(&b, "/CreationDate (D:%s)", d.Date.UTC().Format("20060102150405Z"))
	}
	return b.String() + ">>"
}

// fontNames gives the fonts their own names in place of the library's.
func (r *rewriter) fontNames(object string) string {
	if strings.Contains(object, "stream\n") {
		return object
	}
	for f := range r.p.fonts {
		object = strings.ReplaceAll(object, "/utf8"+f.family+"\n", "/"+f.name+"\n")
	}
	return object
}

// pageEntries are what a page gains: its key in the parent tree, its links.
func (r *rewriter) pageEntries(page int) string {
	s := fmt.Sprintf("/StructParents %d /Tabs /S\n", page)
	if r.p.slides {
		const edge = 10 * mm // around the prose
		const width, upper = measure + 2*edge, pageH - top + edge
		s += fmt.Sprintf("/CropBox [%.2f %.2f %.2f %.2f]\n", left-edge, upper-width*9/16, left-edge+width, upper)
	}
	if links := r.p.links[page]; len(links) > 0 {
		s += "/Annots ["
		for _, l := range links {
			s += fmt.Sprintf("%d 0 R ", l.num)
		}
		s += "]\n"
	}
	return s
}

// element writes an element and those below it.
func (r *rewriter) element(e *elem, parent string) {
	var b strings.Builder
	fmt.Fprintf(&b, "<</S /%s /P %s", e.role, parent)
	if e.alt != "" {
		b.WriteString(" /Alt " + text(e.alt))
	}
	if e.attr != "" {
		b.WriteString(" /A <<" + e.attr + ">>")
	}
	if len(e.kids) > 0 {
		b.WriteString(" /K [")
		for _, k := range e.kids {
			switch {
			case k.elem != nil:
				fmt.Fprintf(&b, "%d 0 R ", k.elem.num)
			case k.annot > 0:
				fmt.Fprintf(&b, "<</Type /OBJR /Obj %d 0 R /Pg %d 0 R>>", r.p.links[k.page][k.annot-1].num, r.pages[k.page])
			default:
				fmt.Fprintf(&b, "<</Type /MCR /Pg %d 0 R /MCID %d>>", r.pages[k.page], k.mcid)
			}
		}
		b.WriteString("]")
	}
	r.pack(e.num, b.String()+">>")
	self := fmt.Sprintf("%d 0 R", e.num)
	for _, k := range e.kids {
		if k.elem != nil {
			r.element(k.elem, self)
		}
	}
}

// annotations writes the links; their keys in the parent tree follow the pages'.
func (r *rewriter) annotations() {
	key := len(r.pages)
	for _, links := range r.p.links {
		for _, l := range links {
			a := l.area
			r.pack(l.num, fmt.Sprintf("<</Type /Annot /Subtype /Link /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] /F 4 /StructParent %d /Contents %s /A <</S /URI /URI %s>>>>",
				a.x, pageH-a.y-a.h, a.x+a.w, pageH-a.y, key, text(l.text), text(l.url)))
			key++
		}
	}
}

// tree writes the root of the structure tree and its parent tree: from a page's
// marked content, and from an annotation, to their elements.
func (r *rewriter) tree(num int) {
	var nums strings.Builder
	for i, els := range r.p.marked {
		fmt.Fprintf(&nums, "%d [", i)
		for _, e := range els {
			fmt.Fprintf(&nums, "%d 0 R ", e.num)
		}
		nums.WriteString("]\n")
	}
	key := len(r.pages)
	for _, links := range r.p.links {
		for _, l := range links {
			fmt.Fprintf(&nums, "%d %d 0 R\n", key, l.el.num)
			key++
		}
	}
	r.pack(num, fmt.Sprintf("<</Type /StructTreeRoot /K [%d 0 R] /ParentTree <</Nums [%s]>> /ParentTreeNextKey %d>>", r.p.root.num, nums.String(), key))
}

// end writes the cross-reference stream.
func (r *rewriter) end(root int, id [32]byte) {
	r.flush()
	num, at := r.next(), r.at
	r.place(num)
	var b bytes.Buffer
	b.Write([]byte{0, 0, 0, 0, 0, 0xff, 0xff}) // object 0 is free
	for _, e := range r.xref[1:] {
		b.Write([]byte{byte(e[0]), byte(e[1] >> 24), byte(e[1] >> 16), byte(e[1] >> 8), byte(e[1]), byte(e[2] >> 8), byte(e[2])})
	}
	r.stream(num, fmt.Sprintf("/Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%x> <%x>]", len(r.xref), root, root-1, id[:16], id[:16]), b.Bytes())
	r.write(fmt.Sprintf("startxref\n%d\n%%%%EOF\n", at))
}

// text is a PDF string: ASCII as it is, and else UTF-16 (ISO 32000-1, 7.9.2).
func text(s string) string {
	ascii := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
	if ascii {
		return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
	}
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	return b.String() + ">"
}
