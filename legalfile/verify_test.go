package legalfile

import (
	"archive/zip"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// assembly is the legal file of an assembly held by the program: a motion, an election, a vote by Schulze's
// method and one by lists, votes on the site, by proxy and on paper, a certified sheet, approved minutes.
func assembly(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/assembly.zip")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// unpack gives the files of a ZIP and their order.
func unpack(t testing.TB, b []byte) (files map[string][]byte, order []string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string][]byte{}
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
		order = append(order, f.Name)
	}
	return files, order
}

// pack makes a ZIP of files as they are.
func pack(t testing.TB, files map[string][]byte, order []string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range order {
		if _, ok := files[name]; !ok {
			continue
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(files[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// resign makes a legal file of the files, signed with another key: what somebody can make who has
// taken a file apart.
func resign(t testing.TB, files map[string][]byte, order []string) []byte {
	t.Helper()
	var m Manifest
	if err := json.Unmarshal(files[ManifestName], &m); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := NewWriter(&b, m.MadeAt)
	for _, name := range order {
		text, ok := files[name]
		if !ok || name == ManifestName || name == SignatureName {
			continue
		}
		if err := w.Add(name, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(m, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func verify(t testing.TB, b []byte) Report {
	t.Helper()
	r, err := Verify(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestVerify(t *testing.T) {
	r := verify(t, assembly(t))
	if !r.OK() {
		t.Fatalf("faults: %v", r.Faults)
	}
	if r.Manifest.Space.Title != "Assemblée générale 2026" || len(r.Fingerprint) != 79 || r.Manifest.Journal.Seq == 0 {
		t.Errorf("manifest %+v, fingerprint %s", r.Manifest, r.Fingerprint)
	}
	for _, want := range []string{"resolution 1: counted again from the ballots", "resolution 2: counted again from the ballots", "1 paper votes and their counts",
		"4 ballots, each the last", "6 electors and their votes", "each follows the one before", "as the bureau signed it"} {
		if !slices.ContainsFunc(r.Passed, func(f Finding) bool { return strings.Contains(f.Text("en"), want) }) {
			t.Errorf("not said: %s", want)
		}
	}
	for _, f := range slices.Concat(r.Passed, r.Unchecked) {
		if f.Fr == "" || f.En == "" || strings.Contains(f.Text("fr")+f.Text("en"), "%!") {
			t.Errorf("sentence %+v", f)
		}
	}
}

// Any byte changed in any file, a file removed, a file added: none verifies.
func TestTamperedCopiesDoNotVerify(t *testing.T) {
	files, order := unpack(t, assembly(t))
	random := rand.New(rand.NewPCG(1, 2))
	refused := func(what, file string, changed map[string][]byte, names []string) {
		t.Helper()
		b := pack(t, changed, names)
		r, err := Verify(bytes.NewReader(b), int64(len(b)))
		var format *FormatError
		if errors.As(err, &format) && file == ManifestName {
			return
		}
		if err != nil || r.OK() {
			t.Fatalf("%s, %s: %v, faults %v", file, what, err, r.Faults)
		}
		if !slices.ContainsFunc(r.Faults, func(f Finding) bool { return f.File == file }) && file != SignatureName && file != ManifestName {
			t.Errorf("%s, %s: it is not named: %v", file, what, r.Faults)
		}
	}
	for _, name := range order {
		text := files[name]
		at := []int{0, len(text) / 2, len(text) - 1}
		for range 3 {
			at = append(at, random.IntN(len(text)))
		}
		for _, i := range at {
			changed := maps.Clone(files)
			changed[name] = bytes.Clone(text)
			changed[name][i] ^= byte(1 << random.IntN(8))
			refused(fmt.Sprintf("byte %d", i), name, changed, order)
		}
		for what, text := range map[string][]byte{"cut": text[:len(text)-1], "longer": append(bytes.Clone(text), '\n')} {
			changed := maps.Clone(files)
			changed[name] = text
			refused(what, name, changed, order)
		}
		without := maps.Clone(files)
		delete(without, name)
		refused("removed", name, without, order)
	}
	added := maps.Clone(files)
	added["vote/series-1/ballots-09.csv"] = []byte("number\n")
	refused("added", "vote/series-1/ballots-09.csv", added, append(slices.Clone(order), "vote/series-1/ballots-09.csv"))
}

// Bytes of the ZIP itself changed: it does not verify, unless what it holds is the same.
func TestDamagedZIP(t *testing.T) {
	original := assembly(t)
	files, _ := unpack(t, original)
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		b := bytes.Clone(original)
		b[random.IntN(len(b))] ^= byte(1 << random.IntN(8))
		r, err := Verify(bytes.NewReader(b), int64(len(b)))
		var format *FormatError
		if err != nil && !errors.As(err, &format) {
			t.Fatal(err)
		}
		if err == nil && r.OK() {
			if same, _ := unpack(t, b); !maps.EqualFunc(files, same, bytes.Equal) {
				t.Fatal("another content verifies")
			}
		}
	}
	for _, n := range []int{0, 1, 22, len(original) / 2, len(original) - 1} {
		if _, err := Verify(bytes.NewReader(original[:n]), int64(n)); err == nil {
			t.Errorf("cut at %d: no error", n)
		}
	}
}

// What somebody can make who signs anew with a key of their own: the fingerprint differs, and what they
// changed no longer fits the journal or the statutes.
func TestSignedAnewWithAnotherKey(t *testing.T) {
	original := assembly(t)
	files, order := unpack(t, original)
	same := verify(t, resign(t, files, order))
	if !same.OK() || same.Fingerprint == verify(t, original).Fingerprint {
		t.Fatalf("signed anew: faults %v, fingerprint %s", same.Faults, same.Fingerprint)
	}
	const vote = "vote/series-1/"
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("%q is not there: %.2000s", old, b)
			}
			return bytes.Replace(b, []byte(old), []byte(new), 1)
		}
	}
	dropLine := func(with string) func([]byte) []byte {
		return func(b []byte) []byte {
			lines := strings.SplitAfter(string(b), "\n")
			i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, with) })
			if i < 0 {
				t.Fatalf("no line with %q: %.2000s", with, b)
			}
			return []byte(strings.Join(slices.Delete(lines, i, i+1), ""))
		}
	}
	for _, c := range []struct {
		what, file string
		change     func([]byte) []byte
		fault      string
	}{
		{"a ballot changed", vote + "ballots-01.csv", replace("against,false", "for,false"), "not the last that the journal has"},
		{"a ballot removed", vote + "ballots-01.csv", dropLine("Awa"), "1 ballots that the journal has are missing"},
		{"a ballot twice", vote + "ballots-01.csv", func(b []byte) []byte { return append(b, bytes.SplitAfter(b, []byte("\n"))[1]...) }, "does not stand"},
		{"a ballot of nobody", vote + "ballots-01.csv", func(b []byte) []byte {
			return append(b, "M99,Nul,,1/1,for,false,2026-06-01T13:00:00Z,0123456789abcdef\n"...)
		}, "does not stand"},
		{"more votes for one", RollName, replace(",1/1\n", ",9/1\n"), "not the roll that the journal drew up"},
		{"an elector more", RollName, func(b []byte) []byte { return append(b, "77,M77,Faux,,,1,1/1\n"...) }, "not the roll"},
		{"another outcome", vote + "results.json", replace(`"outcome": "adopted"`, `"outcome": "rejected"`), "not the result that the journal wrote"},
		{"another count", vote + "results.json", replace(`"against": "2/1"`, `"against": "1/1"`), "not that of the ballots"},
		{"other statutes", StatutesName, replace(`majority = "simple"`, `majority = "3/4"`), "not the statutes that the journal put in force"},
		{"another paper count", vote + "paper-counts.json", replace(`"against": "1/1"`, `"against": "2/1"`), "not the journal’s"},
		{"no paper voter", vote + "paper-voters.json", func([]byte) []byte { return []byte("[]") }, "not the paper votes"},
		{"another seed", vote + "resolutions.json", replace(`"Seed": "4-2-6"`, `"Seed": "6-6-6"`), "seed of the draw"},
		{"another counting rule", vote + "resolutions.json", replace(`"name": "schulze"`, `"name": "borda"`), "resolution 3: the count is not that of the ballots"},
		{"another order of a list", vote + "resolutions.json", replace(`"Ada Un"`, `"Ada Trois"`), "resolution 4: the count is not that of the ballots"},
		{"a list that is not whole", vote + "resolutions.json", replace(`"Members": [`, `"Absent": [`), "the statutes do not let it be decided again"},
		{"a ranking changed", vote + "ballots-03.csv", replace("o1>o2>o3,", "o2>o1>o3,"), "not the last that the journal has"},
		{"a paper changed", vote + "paper-counts.json", replace(`"o1": "1/1"`, `"o2": "1/1"`), "not the journal’s"},
		{"another number", vote + "resolutions.json", replace(`"Number": 2`, `"Number": 1`), "two resolutions have no. 1"},
		{"other minutes", MinutesName, replace("Awa demande", "Awa crie"), "not what the bureau signed"},
		{"another sheet", AttendanceName, replace("Inès Bernard", "Inès Durand"), "not what the bureau signed"},
		{"no minutes", MinutesName, nil, "it is not in the file"},
		{"no count", vote + "results.json", replace(`"count": {`, `"cont": {`), "not the result that the journal wrote"},
		{"no result", vote + "results.json", func([]byte) []byte { return []byte("[]") }, "is in the journal but not in the file"},
		{"an event changed", EventsName, replace(`\"choice\":\"against\"`, `\"choice\":\"for\"`), "what the event says was changed"},
		{"an event of another assembly", EventsName, replace(`"space":"`, `"space":"1`), "was changed"},
		{"a ballot's event removed", EventsName, dropLine("vote.ballot_cast"), ""},
		{"the ballots' events removed", EventsName, func(b []byte) []byte {
			return bytes.Join(slices.DeleteFunc(bytes.SplitAfter(b, []byte("\n")), func(l []byte) bool { return bytes.Contains(l, []byte("vote.ballot_cast")) }), nil)
		}, "is not in the journal"},
		{"events out of order", EventsName, func(b []byte) []byte {
			l := bytes.SplitAfter(b, []byte("\n"))
			l[0], l[1] = l[1], l[0]
			return bytes.Join(l, nil)
		}, "out of order"},
		{"a link removed", ChainName, dropLine("vote.opened"), "lines are missing"},
		{"a link changed", ChainName, replace("vote.opened", "vote.closed"), "does not follow"},
		{"the end cut", ChainName, func(b []byte) []byte { l := bytes.SplitAfter(b, []byte("\n")); return bytes.Join(l[:len(l)-2], nil) }, "does not end at the head"},
		{"no chain", ChainName, nil, "missing"},
		{"no events", EventsName, nil, "missing"},
	} {
		changed := maps.Clone(files)
		delete(changed, c.file)
		if c.change != nil {
			changed[c.file] = c.change(bytes.Clone(files[c.file]))
		}
		r := verify(t, resign(t, changed, order))
		if c.what == "a ballot's event removed" {
			// Awa voted twice: without her first ballot's event nothing differs, and only the signature
			// guarantees that the extract is whole. It is said.
			if !slices.ContainsFunc(r.Unchecked, func(f Finding) bool { return strings.Contains(f.En, "only the signature guarantees") }) {
				t.Errorf("%s: unchecked %v", c.what, r.Unchecked)
			}
			continue
		}
		if r.OK() || !slices.ContainsFunc(r.Faults, func(f Finding) bool { return strings.Contains(f.En, c.fault) }) {
			t.Errorf("%s: faults %v", c.what, r.Faults)
		}
	}
}

// What is not a legal file, or cannot safely be opened, is refused before it is read.
func TestRefused(t *testing.T) {
	make := func(fn func(z *zip.Writer)) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		fn(z)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	file := func(z *zip.Writer, name string, text []byte) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		what, want string
		b          []byte
	}{
		{"a text", "no ZIP", []byte("Bonjour.")},
		{"nothing", "no ZIP", nil},
		{"an empty ZIP", "no manifest.json", make(func(*zip.Writer) {})},
		{"another ZIP", "no manifest.json", make(func(z *zip.Writer) { file(z, "photo.jpg", []byte("x")) })},
		{"another format", "its format is", make(func(z *zip.Writer) { file(z, ManifestName, []byte(`{"format": "isegoria-legal-file-9"}`)) })},
		{"outside", "leads outside", make(func(z *zip.Writer) { file(z, ManifestName, nil); file(z, "../../etc/passwd", nil) })},
		{"absolute", "leads outside", make(func(z *zip.Writer) { file(z, "/etc/passwd", nil) })},
		{"another system's path", "leads outside", make(func(z *zip.Writer) { file(z, `..\x`, nil) })},
		{"a folder", "leads outside", make(func(z *zip.Writer) { file(z, "vote/", nil) })},
		{"a name with a line feed", "leads outside", make(func(z *zip.Writer) { file(z, "a\nb", nil) })},
		{"the same name twice", "two files", make(func(z *zip.Writer) { file(z, "a", nil); file(z, "a", nil) })},
		{"a bomb", "out of all proportion", make(func(z *zip.Writer) { file(z, ManifestName, bytes.Repeat([]byte{' '}, 40<<20)) })},
		{"too many files", "more than", make(func(z *zip.Writer) {
			for i := range mostFiles + 1 {
				file(z, fmt.Sprint(i), nil)
			}
		})},
	} {
		_, err := Verify(bytes.NewReader(c.b), int64(len(c.b)))
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(format.En, c.want) || format.Fr == "" {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestWriterRefusesNames(t *testing.T) {
	w := NewWriter(io.Discard, time.Unix(0, 0))
	write := func(io.Writer) error { return nil }
	for _, name := range []string{"", ".", "../a", "/a", "a/../b", `a\b`, "a/", "c:a", ManifestName, SignatureName, strings.Repeat("a", longestName+1), "a\x00"} {
		if w.Add(name, write) == nil {
			t.Errorf("%q was taken", name)
		}
	}
	if err := w.Add("é/ü.csv", write); err != nil {
		t.Error(err)
	}
	if w.Add("é/ü.csv", write) == nil {
		t.Error("the same name was taken twice")
	}
	if err := w.Add("x", func(io.Writer) error { return io.ErrClosedPipe }); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("the error of a file is lost: %v", err)
	}
}

func TestFingerprint(t *testing.T) {
	// SHA-256 of 32 zero bytes.
	const want = "6668 7aad f862 bd77 6c8f c18b 8e9f 8e20 0897 1485 6ee2 33b3 902a 591d 0d5f 2925"
	key, _ := hex.DecodeString(strings.Repeat("00", 32))
	if got := Fingerprint(key); got != want {
		t.Errorf("got %s", got)
	}
}

// small are the files that the verifier reads.
func small(t testing.TB) (files map[string][]byte, order []string) {
	files, order = unpack(t, assembly(t))
	order = slices.DeleteFunc(order, func(name string) bool {
		return !slices.Contains([]string{ManifestName, SignatureName, StatutesName, RollName, ChainName, EventsName, AttendanceName, MinutesName}, name) && !seriesFile.MatchString(name)
	})
	return files, order
}

// FuzzVerify: whatever the bytes, the verifier answers; what it accepts it can say.
func FuzzVerify(f *testing.F) {
	files, order := small(f)
	f.Add(resign(f, files, order))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Verify(bytes.NewReader(b), int64(len(b)))
		if err == nil && r.OK() && r.Fingerprint == "" {
			t.Error("verified, but not signed")
		}
	})
}

// FuzzFile: one file of an assembly replaced by anything and signed anew.
func FuzzFile(f *testing.F) {
	files, order := small(f)
	known := []string{StatutesName, RollName, ChainName, EventsName, AttendanceName, "vote/series-1/resolutions.json", "vote/series-1/results.json",
		"vote/series-1/paper-voters.json", "vote/series-1/paper-counts.json", "vote/series-1/ballots-01.csv", ManifestName}
	for i, name := range known {
		f.Add(uint8(i), files[name])
	}
	f.Fuzz(func(t *testing.T, n uint8, text []byte) {
		name := known[int(n)%len(known)]
		changed := maps.Clone(files)
		changed[name] = text
		b := []byte(nil)
		if name == ManifestName {
			b = pack(t, changed, order)
		} else {
			b = resign(t, changed, order)
		}
		r, err := Verify(bytes.NewReader(b), int64(len(b)))
		var format *FormatError
		if err != nil && !errors.As(err, &format) {
			t.Error(err)
		}
		for _, f := range r.Faults {
			if strings.Contains(f.En+f.Fr, "%!") {
				t.Errorf("sentence %+v", f)
			}
		}
	})
}
