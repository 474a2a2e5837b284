package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVerify(t *testing.T) {
	const good = "../../legalfile/testdata/assembly.zip"
	original, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	damaged := bytes.Clone(original)
	damaged[len(damaged)/2] ^= 1
	fingerprint := ""
	for _, c := range []struct {
		what, file, key string
		code            int
		words           []string
	}{
		{"a legal file", good, "", 0, []string{"Assemblée générale 2026, Les Deux Rives", "fingerprint of the key: ", "ok ", "unchecked ", "The file verifies."}},
		{"with the right key", good, "same", 0, []string{"The file verifies."}},
		{"with another key", good, "0000 1111", 1, []string{"FAULT      it is not signed by the key of fingerprint 0000 1111"}},
		{"a damaged copy", write("bad.zip", damaged), "", 1, []string{"FAULT "}},
		{"a text", write("note.txt", []byte("bonjour")), "", 2, nil},
		{"nothing there", filepath.Join(t.TempDir(), "none.zip"), "", 2, nil},
		{"a folder", t.TempDir(), "", 2, nil},
	} {
		if c.key == "same" {
			c.key = strings.ToUpper(strings.ReplaceAll(fingerprint, " ", ""))
		}
		var out bytes.Buffer
		err := (&verifyCmd{File: c.file, Key: c.key}).run(&out)
		code := 0
		var bad badInput
		if errors.As(err, &bad) {
			code = bad.ExitCode()
		} else if err != nil {
			code = 1
		}
		if code != c.code {
			t.Errorf("%s: code %d, want %d: %v", c.what, code, c.code, err)
		}
		for _, w := range c.words {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not said: %s", c.what, w, out.String())
			}
		}
		if c.code == 1 && strings.Contains(out.String(), "The file verifies") {
			t.Errorf("%s: it says that the file verifies", c.what)
		}
		if c.file == good && fingerprint == "" {
			_, rest, _ := strings.Cut(out.String(), "fingerprint of the key: ")
			fingerprint, _, _ = strings.Cut(rest, "\n")
		}
	}
}
