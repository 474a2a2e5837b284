package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	_ "gocloud.dev/blob/memblob"

	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/platform/i18n"
)

const limit = 1 << 20

// each runs the test on a folder and on a bucket behind an address.
func each(t *testing.T, test func(t *testing.T, s *Store)) {
	for name, where := range map[string]string{"folder": filepath.Join(t.TempDir(), "a", "files"), "bucket": "mem://"} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(context.Background(), where, limit)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			test(t, s)
		})
	}
}

func put(t *testing.T, s *Store, text string) Ref {
	t.Helper()
	ref, err := s.Put(context.Background(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func all(t *testing.T, s *Store) (refs []Ref) {
	t.Helper()
	for ref, err := range s.All(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, ref)
	}
	return refs
}

func TestPutGetDelete(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		big := strings.Repeat("0123456789abcdef", limit/16)
		ref := put(t, s, big)
		sum := sha256.Sum256([]byte(big))
		if ref.Key != hex.EncodeToString(sum[:]) || ref.Size != limit {
			t.Errorf("kept as %+v", ref)
		}
		if again := put(t, s, big); again != ref || len(all(t, s)) != 1 {
			t.Errorf("kept twice: %+v, %v", again, all(t, s))
		}
		r, err := s.Get(ctx, ref.Key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != big {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
		if _, err := r.Seek(-5, io.SeekEnd); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "bcdef" {
			t.Errorf("the end is %q, %v", got, err)
		}
		r.Close()
		small := put(t, s, "x")
		if refs := all(t, s); len(refs) != 2 || refs[0].Size+refs[1].Size != limit+1 {
			t.Errorf("all: %v", refs)
		}
		for range 2 {
			if err := s.Delete(ctx, ref.Key); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Get(ctx, ref.Key); !fault.Is(err, "blob.unknown") {
			t.Errorf("after deletion: %v", err)
		}
		if refs := all(t, s); len(refs) != 1 || !same(refs[0], small) {
			t.Errorf("left: %v", refs)
		}
	})
}

// same compares what two references refer to, not when it was brought.
func same(a, b Ref) bool { return a.Key == b.Key && a.Size == b.Size }

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	each(t, func(t *testing.T, s *Store) {
		for key, text := range map[string]string{"blob.empty": "", "blob.size": strings.Repeat("x", limit+1)} {
			if _, err := s.Put(ctx, strings.NewReader(text)); !fault.Is(err, key) {
				t.Errorf("%s: %v", key, err)
			}
		}
		for _, key := range []string{"", "x", "../../../etc/passwd", strings.Repeat("A", 64), strings.Repeat("a", 64), strings.Repeat("a", 63) + "/"} {
			if _, err := s.Get(ctx, key); !fault.Is(err, "blob.unknown") {
				t.Errorf("get %q: %v", key, err)
			}
			if err := s.Delete(ctx, key); err != nil {
				t.Errorf("delete %q: %v", key, err)
			}
		}
		if refs := all(t, s); refs != nil {
			t.Errorf("kept %v", refs)
		}
	})
}

// failing reads well the first time; the second time it breaks in the middle, or says
// something else.
type failing struct {
	r      *strings.Reader
	passes int
	change bool
}

func (f *failing) Seek(offset int64, whence int) (int64, error) {
	f.passes++
	if f.passes == 2 && f.change {
		f.r = strings.NewReader("something else")
	}
	return f.r.Seek(offset, whence)
}

func (f *failing) Read(p []byte) (int, error) {
	if f.passes == 2 && !f.change && f.r.Len() < 5 {
		return 0, errors.New("the line was cut")
	}
	return f.r.Read(p[:min(len(p), 4)])
}

func TestNothingHalfWritten(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		for _, change := range []bool{false, true} {
			_, err := s.Put(context.Background(), &failing{r: strings.NewReader("one two three"), change: change})
			if err == nil || fault.CodeOf(err) != 0 {
				t.Errorf("changed %v: %v", change, err)
			}
		}
		if refs := all(t, s); refs != nil {
			t.Errorf("kept %v", refs)
		}
		if s.folder == "" {
			return
		}
		err := filepath.WalkDir(s.folder, func(name string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("left behind: %s", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// What a crash leaves beside a file is no file.
func TestStrandedFilesAreNotListed(t *testing.T) {
	s, err := Open(context.Background(), "file://"+t.TempDir(), limit)
	if err != nil {
		t.Fatal(err)
	}
	ref := put(t, s, "x")
	stranded := filepath.Join(s.folder, ref.Key[:2], ref.Key+".12345")
	if err := os.WriteFile(stranded, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if refs := all(t, s); len(refs) != 1 || !same(refs[0], ref) {
		t.Errorf("all: %v", refs)
	}
}

func TestManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				text := bytes.Repeat([]byte{byte('a' + i%4)}, 1000)
				if _, err := s.Put(context.Background(), bytes.NewReader(text)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if refs := all(t, s); len(refs) != 4 {
			t.Errorf("%d files of 4 contents", len(refs))
		}
	})
}

func TestOpen(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "x")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	s, err := Open(context.Background(), "s3://bucket?region=eu-west-3&endpoint=http://127.0.0.1:1&use_path_style=true", limit)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{"ftp://somewhere", file} {
		if _, err := Open(context.Background(), where, limit); err == nil || !strings.Contains(err.Error(), where) {
			t.Errorf("%s: %v", where, err)
		}
	}
}

func TestWordsAreComplete(t *testing.T) {
	b, err := i18n.Load(Locale())
	if err != nil {
		t.Fatal(err)
	}
	if missing := b.Missing(); len(missing) > 0 {
		t.Errorf("missing: %v", missing)
	}
	for _, key := range []string{"blob.type", "blob.macros", "blob.empty", "blob.size", "blob.unknown"} {
		if !b.Has(key) {
			t.Errorf("no sentence for %s", key)
		}
	}
}
