// Package bench drives the real program over HTTP, as many people at once would, and says
// what it measured. The server is a process of its own; the load is made in this one, on the
// same machine, and goes to the loopback address only.
package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options say what to run.
type Options struct {
	Program  string // path of the program
	Data     string // an empty folder
	Database string // "" for SQLite
	Electors int
	Clients  int
	Motions  int
}

// Latency sums up how long answers took.
type Latency struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

func latencyOf(all []time.Duration) Latency {
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(q float64) float64 {
		return float64(all[min(int(q*float64(len(all))), len(all)-1)].Microseconds()) / 1000
	}
	return Latency{P50: at(0.50), P99: at(0.99), Max: at(1)}
}

// server is the program, serving.
type server struct {
	cmd     *exec.Cmd
	addr    string
	Started time.Duration // from the start of the process to its first page
}

// start runs `isegoria serve` on a free port of the loopback address and waits for its first page.
func start(ctx context.Context, o Options) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		return nil, err
	}
	args := []string{"serve", "--data", o.Data, "--listen", addr, "--log-level", "warn", "--voice", "off"}
	if o.Database != "" {
		args = append(args, "--database", o.Database)
	}
	cmd := exec.CommandContext(ctx, o.Program, args...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, addr: addr}
	for time.Since(begun) < 60*time.Second {
		if c, err := dial(addr); err == nil {
			status, _, err := c.do("GET", "/sign-in", "", "")
			c.close()
			if err == nil && status == 200 {
				s.Started = time.Since(begun)
				return s, nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.stop()
	return nil, errors.New("the server did not start within a minute")
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
}

// kill ends the server as a power cut would.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

func (s *server) memory() int64 { return memoryOf(s.cmd.Process.Pid) }

func (s *server) processor() time.Duration { return processorOf(s.cmd.Process.Pid) }

// memoryOf is the resident memory of a process in bytes, 0 where the system does not tell. It counts
// pages of the program's file too: see [ownMemoryOf].
func memoryOf(pid int) int64 { return statusOf(pid, "VmRSS:") }

// ownMemoryOf is the part of a process's memory that nothing but the process holds. The rest are pages of
// the program's file, of which the system maps as many as it happens to keep: up to all of
// them after a build, fewer after a start from the disk. It shares them and takes them back at need.
func ownMemoryOf(pid int) int64 { return statusOf(pid, "RssAnon:") + statusOf(pid, "RssShmem:") }

func statusOf(pid int, name string) int64 {
	f, err := os.Open(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if rest, ok := strings.CutPrefix(sc.Text(), name); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			if err == nil {
				return kb * 1024
			}
		}
	}
	return 0
}

// processorOf is the processor time a process has used, 0 where the system does not tell. Linux
// counts it in hundredths of a second.
func processorOf(pid int) time.Duration {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	// The fields follow the name in parentheses, which may hold spaces: utime and stime are the
	// 12th and 13th after it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 13 {
		return 0
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(user+system) * 10 * time.Millisecond
}

// each is the processor time per request, in microseconds.
func each(used time.Duration, requests int) float64 {
	return float64(used.Microseconds()) / float64(max(requests, 1))
}

// work is one request; done is told its answer.
type work struct {
	method, path, cookie, form string
	done                       func(status int, body []byte, header string)
}

// load sends the work over n connections at once and returns how long each answer took. It
// stops at the first connection that fails.
func load(addr string, n int, list []work) ([]time.Duration, time.Duration, error) {
	queue := make(chan work, 4*n)
	took := make([][]time.Duration, n)
	errs := make([]error, n)
	var wg sync.WaitGroup
	begun := time.Now()
	for i := range n {
		wg.Go(func() {
			c, err := dial(addr)
			if err != nil {
				errs[i] = err
			}
			for w := range queue {
				if errs[i] != nil {
					continue // the queue is emptied all the same
				}
				t := time.Now()
				status, body, err := c.do(w.method, w.path, w.cookie, w.form)
				if err != nil {
					errs[i] = fmt.Errorf("%s %s: %w", w.method, w.path, err)
					continue
				}
				took[i] = append(took[i], time.Since(t))
				w.done(status, body, c.setCookie)
			}
			if c != nil {
				c.close()
			}
		})
	}
	for _, w := range list {
		queue <- w
	}
	close(queue)
	wg.Wait()
	var all []time.Duration
	for _, t := range took {
		all = append(all, t...)
	}
	return all, time.Since(begun), errors.Join(errs...)
}
