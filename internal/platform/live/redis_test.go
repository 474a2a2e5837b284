package live

import (
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// When the Redis server is away, each node goes on for its own; when it is back, everybody reads
// everything again.
func TestRelaySurvivesItsServer(t *testing.T) {
	server := miniredis.RunT(t)
	one, two := open(t), open(t)
	ctx := t.Context() // ends before the clean-up below
	for _, h := range []*house{one, two} {
		r, err := NewRelay(h.Hub, "redis://"+server.Addr(), "test")
		if err != nil {
			t.Fatal(err)
		}
		ended := make(chan struct{})
		go func() { defer close(ended); r.Run(ctx) }()
		t.Cleanup(func() { <-ended })
	}
	for server.PubSubNumSub("test")["test"] < 2 {
		time.Sleep(5 * time.Millisecond)
	}
	here, there := one.follow("", "a"), two.follow("", "a")
	one.Publish("a", Message{"changed", "floor"})
	here.want("changed", "floor")
	there.want("changed", "floor")
	one.Count("a", "present", 3)
	there.want("counts", `{"present":3}`)

	server.Close()
	one.Publish("a", Message{"changed", "lost"})
	here.want("counts", `{"present":3}`)
	here.want("changed", "lost")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	for {
		if e := there.next(); e.name == "reload" {
			break
		}
	}
	if _, err := NewRelay(one.Hub, "http://nowhere", "test"); err == nil {
		t.Error("an address that is none was taken")
	}
}
