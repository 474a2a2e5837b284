package room

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
)

// talk is what a child says on its standard error. Of what it logs, only the sentence goes on to our
// log: the rest holds addresses of people. Its last other lines are kept: they say why it ended.
type talk struct {
	log  *slog.Logger
	last []string
}

const lastLines = 12

// follow reads until the child has ended.
func (t *talk) follow(ctx context.Context, r io.Reader) {
	s := bufio.NewScanner(r)
	s.Buffer(nil, 1<<20)
	for s.Scan() {
		var entry struct{ Level, Logger, Msg string }
		if json.Unmarshal(s.Bytes(), &entry) != nil || entry.Level == "" {
			if t.last = append(t.last, s.Text()); len(t.last) > lastLines {
				t.last = t.last[1:]
			}
			continue
		}
		var level slog.Level
		if level.UnmarshalText([]byte(entry.Level)) != nil {
			level = slog.LevelError
		}
		t.log.Log(ctx, level, "voice and video say", "said", entry.Msg, "part", entry.Logger)
	}
	_, _ = io.Copy(io.Discard, r) // a line too long: go on without, so that the child does not wait
}
