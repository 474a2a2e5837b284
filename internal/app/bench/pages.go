package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"
)

func (o Options) dsn() string {
	if o.Database != "" {
		return o.Database
	}
	return filepath.Join(o.Data, "isegoria.db")
}

// PagesReport is what reading pages measured.
type PagesReport struct {
	Electors          int     `json:"electors"`
	Clients           int     `json:"clients"`
	Requests          int     `json:"requests"`
	RequestsPerSecond float64 `json:"requests_per_second"`
	Latency
	ServerCPU    float64 `json:"server_cpu_us_per_request"`
	PageBytes    int     `json:"page_bytes"` // before compression
	StartMS      float64 `json:"start_ms"`   // from the start of the process to its first page
	IdleMemoryMB float64 `json:"idle_memory_mb"`
	IdleOwnMB    float64 `json:"idle_own_memory_mb"` // without the pages of the program's file
}

// Pages reads the list of resolutions again and again, signed in, as everybody.
func Pages(ctx context.Context, o Options, requests int) (PagesReport, error) {
	r := PagesReport{Electors: o.Electors, Clients: o.Clients}
	in, err := prepare(ctx, o)
	if err != nil {
		return r, err
	}
	s, err := start(ctx, o)
	if err != nil {
		return r, err
	}
	defer s.stop()
	r.StartMS = float64(s.Started.Microseconds()) / 1000
	time.Sleep(3 * time.Second)
	r.IdleMemoryMB = float64(s.memory()) / (1 << 20)
	r.IdleOwnMB = float64(ownMemoryOf(s.cmd.Process.Pid)) / (1 << 20)
	cookies, _, err := in.signIn(s.addr, o.Clients)
	if err != nil {
		return r, err
	}
	var wrong, bytes atomic.Int64
	list := make([]work, requests)
	for i := range list {
		list[i] = work{method: "GET", path: "/a/" + in.slug + "/vote", cookie: cookies[i%len(cookies)], done: func(status int, body []byte, _ string) {
			if status != 200 {
				wrong.Add(1)
			}
			bytes.Store(int64(len(body)))
		}}
	}
	before := s.processor()
	all, took, err := load(s.addr, o.Clients, list)
	if err != nil {
		return r, err
	}
	if n := wrong.Load(); n > 0 {
		return r, fmt.Errorf("%d pages refused", n)
	}
	r.ServerCPU = each(s.processor()-before, len(all))
	r.Requests = len(all)
	r.RequestsPerSecond = float64(len(all)) / took.Seconds()
	r.Latency = latencyOf(all)
	r.PageBytes = int(bytes.Load())
	return r, nil
}
