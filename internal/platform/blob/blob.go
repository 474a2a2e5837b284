// Package blob keeps files under the hash of their content, in a folder or in a bucket of
// an S3 service, says whether a file is a document worth keeping ([Sniff]) and serves it so
// that it can do no harm ([Store.Serve]).
//
// Start with [Open], then [Sniff] and [Store.Put] what people bring; what a file is called
// and who may read it is the caller's to remember. One content is kept once, whoever brings
// it: before [Store.Delete] the caller makes sure that nothing else refers to it.
package blob

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // buckets named s3://…
	"gocloud.dev/gcerrors"

	"isegoria.org/isegoria/internal/platform/fault"
)

//go:embed locale
var locale embed.FS

// Locale is the package's words.
func Locale() fs.FS { f, _ := fs.Sub(locale, "locale"); return f }

// Store keeps files. It may be used from several goroutines.
type Store struct {
	bucket *blob.Bucket
	folder string // where the bucket is a local folder
	limit  int64
}

// Ref is a kept file: its key, which is the SHA-256 of its content in lower-case
// hexadecimal, and its size in bytes. [Store.All] says when it was last brought.
type Ref struct {
	Key     string
	Size    int64
	Brought time.Time
}

// Open opens the folder or bucket that where names: a path, which is created, or an
// address such as "s3://bucket?region=eu-west-3&endpoint=https://s3.example" (with the
// usual AWS_… variables for the keys). limit is the size of the largest file, in bytes.
func Open(ctx context.Context, where string, limit int64) (*Store, error) {
	s := &Store{limit: limit}
	var err error
	if scheme, _, isURL := strings.Cut(where, "://"); isURL && scheme != fileblob.Scheme {
		s.bucket, err = blob.OpenBucket(ctx, where)
	} else {
		s.folder = strings.TrimPrefix(where, fileblob.Scheme+"://")
		s.bucket, err = fileblob.OpenBucket(s.folder, &fileblob.Options{
			CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
		})
	}
	if err != nil {
		return nil, fmt.Errorf("open files at %s: %w", where, err)
	}
	return s, nil
}

// Close gives back what the store holds.
func (s *Store) Close() error { return s.bucket.Close() }

var validKey = regexp.MustCompile(`^[0-9a-f]{64}$`)

// place spreads the files over 256 folders.
func place(key string) string { return key[:2] + "/" + key }

// Put reads r from its beginning to its end, twice, and keeps its content; a file becomes
// visible whole or not at all, and is on disk when Put returns. Refusals: blob.empty,
// blob.size.
func (s *Store) Put(ctx context.Context, r io.ReadSeeker) (Ref, error) {
	return s.PutUpTo(ctx, r, s.limit)
}

// PutUpTo is [Store.Put] with another size of the largest file, for films.
func (s *Store) PutUpTo(ctx context.Context, r io.ReadSeeker, limit int64) (Ref, error) {
	ref, err := measure(r, limit)
	if err != nil {
		return ref, err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return ref, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // a writer whose context has ended keeps nothing when it is closed
	var file *os.File
	w, err := s.bucket.NewWriter(ctx, place(ref.Key), &blob.WriterOptions{
		ContentType: "application/octet-stream",
		BeforeWrite: func(as func(any) bool) error { as(&file); return nil },
	})
	if err != nil {
		return ref, fmt.Errorf("keep file: %w", err)
	}
	hash := sha256.New()
	_, err = io.Copy(io.MultiWriter(w, hash), r)
	if err == nil && hex.EncodeToString(hash.Sum(nil)) != ref.Key {
		err = errors.New("its content changed while it was read")
	}
	if err == nil && file != nil {
		err = file.Sync()
	}
	if err != nil {
		cancel()
	}
	err = errors.Join(err, w.Close())
	if err == nil && s.folder != "" {
		dir := filepath.Join(s.folder, ref.Key[:2])
		err = errors.Join(syncFolder(dir), syncFolder(s.folder))
	}
	if err != nil {
		return ref, fmt.Errorf("keep file: %w", err)
	}
	return ref, nil
}

func measure(r io.ReadSeeker, limit int64) (ref Ref, err error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return ref, err
	}
	hash := sha256.New()
	ref.Size, err = io.Copy(hash, io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return ref, err
	case ref.Size == 0:
		return ref, fault.New(fault.Invalid, "blob.empty")
	case ref.Size > limit:
		return ref, fault.New(fault.Invalid, "blob.size", "max", limit>>20)
	}
	ref.Key = hex.EncodeToString(hash.Sum(nil))
	return ref, nil
}

// syncFolder puts the names in a folder on disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get opens a kept file, to be closed after reading; the refusal blob.unknown when there is
// none.
func (s *Store) Get(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if !validKey.MatchString(key) {
		return nil, fault.New(fault.NotFound, "blob.unknown")
	}
	r, err := s.bucket.NewReader(ctx, place(key), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fault.New(fault.NotFound, "blob.unknown")
	}
	if err != nil {
		return nil, fmt.Errorf("read file: %w", err)
	}
	return r, nil
}

// Delete removes a kept file; there is no error when it is gone already.
func (s *Store) Delete(ctx context.Context, key string) error {
	if !validKey.MatchString(key) {
		return nil
	}
	err := s.bucket.Delete(ctx, place(key))
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("delete file: %w", err)
	}
	return nil
}

// All goes through the kept files, in the order of their keys.
func (s *Store) All(ctx context.Context) iter.Seq2[Ref, error] {
	return func(yield func(Ref, error) bool) {
		list := s.bucket.List(nil)
		for {
			o, err := list.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(Ref{}, fmt.Errorf("list files: %w", err))
				return
			}
			// What a crash left half-written stands beside under another name.
			_, key, _ := strings.Cut(o.Key, "/")
			if validKey.MatchString(key) && !yield(Ref{key, o.Size, o.ModTime}, nil) {
				return
			}
		}
	}
}
