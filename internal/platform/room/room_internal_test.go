package room

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// What remains of a token after a change of rights.
func TestTickets(t *testing.T) {
	at := time.Now().Truncate(time.Second)
	mic := []Source{Microphone}
	for _, c := range []struct {
		what   string
		change change
		made   time.Time
		holds  []Source
		valid  bool
	}{
		{"made after a withdrawal", change{at: at}, at.Add(time.Second), nil, true},
		{"made before", change{at: at}, at.Add(-time.Second), nil, false},
		{"made before, with the right withdrawn", change{at: at}, at.Add(-time.Second), mic, false},
		{"renewed in the same second", change{at: at}, at, nil, true},
		{"made in the same second, with the right withdrawn", change{at: at}, at, mic, false},
		{"renewed in the second of a grant", change{at: at, publish: mic}, at, mic, true},
		{"made in the second of the removal", change{at: at, removed: true}, at, nil, false},
		{"made after the removal", change{at: at, removed: true}, at.Add(time.Second), nil, true},
	} {
		all := tickets{changes: map[[2]string]change{{"a", "one"}: c.change}}
		if got := all.valid(ticket{room: "a", identity: "one", made: c.made, publish: c.holds}); got != c.valid {
			t.Errorf("%s: %v", c.what, got)
		}
		if !all.valid(ticket{room: "a", identity: "two", made: c.made, publish: mic}) {
			t.Errorf("%s: another person is refused", c.what)
		}
	}
}

// Changes are forgotten once no token from before can be left.
func TestTicketsForgotten(t *testing.T) {
	var all tickets
	all.remove("a", "old")
	all.changes[[2]string{"a", "old"}] = change{at: time.Now().Add(-2 * longestLife), removed: true}
	all.swept = time.Time{}
	all.change("a", "new", nil)
	if len(all.changes) != 1 {
		t.Errorf("%d changes are remembered", len(all.changes))
	}
}

// Of what the child logs, addresses of people do not reach our log.
func TestTalk(t *testing.T) {
	var log bytes.Buffer
	said := talk{log: slog.New(slog.NewTextHandler(&log, nil))}
	said.follow(context.Background(), strings.NewReader(`{"level":"error","logger":"livekit","msg":"it broke","remote":"203.0.113.9"}
panic: something
`+strings.Repeat("line\n", 30)+"goroutine 1\n"))
	if !strings.Contains(log.String(), "it broke") || strings.Contains(log.String(), "203.0.113.9") {
		t.Errorf("the log holds %s", log.String())
	}
	if len(said.last) != lastLines || said.last[lastLines-1] != "goroutine 1" {
		t.Errorf("the last lines are %q", said.last)
	}
}

// Where browsers are told to send media.
func TestMediaAddress(t *testing.T) {
	for _, c := range []struct{ configured, site, want string }{
		{"203.0.113.4", "https://assembly.example.org", "203.0.113.4"},
		{"", "http://127.0.0.1:8080", "127.0.0.1"},
		{"", "https://[2001:db8::1]/", "2001:db8::1"},
		{"", "http://localhost:8080", "127.0.0.1"},
		{"", "", "127.0.0.1"},
		{"not an address", "http://127.0.0.1", ""},
	} {
		if got, err := mediaAddress(context.Background(), c.configured, c.site); got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q of %q: %q, %v", c.configured, c.site, got, err)
		}
	}
}

// What an operator may ask for.
func TestNew(t *testing.T) {
	secret := strings.Repeat("s", minSecret)
	for _, c := range []struct {
		what   string
		config Config
		ok     bool
	}{
		{"nothing", Config{}, true},
		{"off", Config{Mode: ModeOff}, true},
		{"on", Config{Mode: ModeOn}, true},
		{"TURN without a certificate", Config{Mode: ModeOn, TURN: TURN{Domain: "turn.example.org"}}, false},
		{"external", Config{Mode: ModeExternal, URL: "https://voice.example.org", Key: "k", Secret: secret}, true},
		{"external with a short secret", Config{Mode: ModeExternal, URL: "https://voice.example.org", Key: "k", Secret: "s"}, false},
		{"external without a key", Config{Mode: ModeExternal, URL: "https://voice.example.org", Secret: secret}, false},
		{"external without an address", Config{Mode: ModeExternal, Key: "k", Secret: secret}, false},
		{"a mode that is none", Config{Mode: "loud"}, false},
	} {
		s, err := New(c.config, slog.New(slog.DiscardHandler))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.what, err)
		}
		if err == nil && s.Up() {
			t.Errorf("%s: up before it runs", c.what)
		}
	}
}
