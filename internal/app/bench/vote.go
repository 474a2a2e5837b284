package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/component/vote"
	"isegoria.org/isegoria/internal/platform/db"
)

// VoteReport is what a vote measured. Every ballot counted was acknowledged with its receipt and
// found in the database after the server had stopped.
type VoteReport struct {
	Electors         int     `json:"electors"`
	Clients          int     `json:"clients"`
	Ballots          int     `json:"ballots"`
	SignInsPerSecond float64 `json:"sign_ins_per_second"`
	BallotsPerSecond float64 `json:"ballots_per_second"`
	Latency
	ServerCPU float64 `json:"server_cpu_us_per_ballot"`
	Stored    int     `json:"stored"`
}

// Vote signs every elector in with their code, then casts one ballot per elector and motion.
func Vote(ctx context.Context, o Options) (VoteReport, error) {
	r := VoteReport{Electors: o.Electors, Clients: o.Clients}
	in, err := prepare(ctx, o)
	if err != nil {
		return r, err
	}
	s, err := start(ctx, o)
	if err != nil {
		return r, err
	}
	cookies, took, err := in.signIn(s.addr, o.Clients)
	if err != nil {
		s.stop()
		return r, err
	}
	r.SignInsPerSecond = float64(len(cookies)) / took.Seconds()
	before := s.processor()
	acknowledged, all, took, err := in.vote(s.addr, o.Clients, cookies)
	r.ServerCPU = each(s.processor()-before, len(all))
	s.stop()
	if err != nil {
		return r, err
	}
	r.Ballots = int(acknowledged)
	r.BallotsPerSecond = float64(acknowledged) / took.Seconds()
	r.Latency = latencyOf(all)
	if r.Stored, err = stored(ctx, o); err != nil {
		return r, err
	}
	if r.Stored != r.Ballots {
		return r, fmt.Errorf("%d ballots acknowledged, %d stored", r.Ballots, r.Stored)
	}
	return r, nil
}

// signIn signs every member in with their paper code and returns their cookies.
func (in *instance) signIn(addr string, clients int) ([]string, time.Duration, error) {
	cookies := make([]string, len(in.codes))
	list := make([]work, len(in.codes))
	var refused atomic.Int64
	for i, code := range in.codes {
		list[i] = work{method: "POST", path: "/sign-in/code", form: "code=" + url.QueryEscape(code), done: func(status int, _ []byte, cookie string) {
			if cookies[i] = cookie; status != 303 || cookie == "" {
				refused.Add(1)
			}
		}}
	}
	_, took, err := load(addr, clients, list)
	if n := refused.Load(); err == nil && n > 0 {
		err = fmt.Errorf("%d sign-ins refused", n)
	}
	return cookies, took, err
}

// vote casts a ballot of every signed-in member on every motion.
func (in *instance) vote(addr string, clients int, cookies []string) (acknowledged int64, all []time.Duration, took time.Duration, err error) {
	var ok, refused atomic.Int64
	var list []work
	for _, m := range in.motions {
		path := fmt.Sprintf("/a/%s/vote/%d", in.slug, m.ID)
		for i, cookie := range cookies {
			choice := "for"
			if i%3 == 0 {
				choice = "against"
			}
			list = append(list, work{method: "POST", path: path, cookie: cookie, form: "choice=" + choice, done: func(status int, body []byte, _ string) {
				if status == 200 && receiptOf(body) != "" {
					ok.Add(1)
				} else {
					refused.Add(1)
				}
			}})
		}
	}
	all, took, err = load(addr, clients, list)
	if n := refused.Load(); err == nil && n > 0 {
		err = fmt.Errorf("%d ballots refused", n)
	}
	return ok.Load(), all, took, err
}

// stored counts the ballots that are on disk.
func stored(ctx context.Context, o Options) (n int, err error) {
	d, err := db.Open(ctx, o.dsn())
	if err != nil {
		return 0, err
	}
	defer d.Close()
	err = d.Read(ctx, func(tx *db.Tx) error { return tx.Row("SELECT count(*) FROM vote_ballot", nil, &n) })
	return n, err
}

// receiptOf is the code of the first receipt in an acknowledgement, "" for none.
func receiptOf(body []byte) string {
	var list []vote.Receipt
	if err := json.Unmarshal(body, &list); err != nil || len(list) == 0 {
		return ""
	}
	return list[0].Code
}
