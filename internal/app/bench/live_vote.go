package bench

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// LiveVote is a vote that the chair opens in session, as its people's pages live it: each hears of
// it on its stream, waits a moment as the page does so that not all ask at once, asks for the
// ballot, answers, and has its receipt.
type LiveVote struct {
	Voters           int     `json:"vote_people"`
	AnsweredSeconds  float64 `json:"vote_all_answered_s"`       // from the chair's request to the last receipt
	CountsEachSecond int     `json:"vote_most_counts_a_second"` // messages with numbers that a stream had within a second
}

const (
	voters = 1000
	// What a page waits at most before it asks: see spreadEach and spreadMost in meeting.ts.
	pageSpread = 2 * time.Second
)

// vote lets the first thousand people of the audience take part in a vote opened by the chair.
func (a *audience) vote(addr string, in *instance, lead *client, chair string, cookies []string) (LiveVote, error) {
	streams := a.streams[:min(voters, len(a.streams))]
	v := LiveVote{Voters: len(streams)}
	errs := make(chan error, len(streams))
	begun := time.Now()
	var wg sync.WaitGroup
	for i, l := range streams {
		wg.Go(func() { errs <- l.vote(addr, in, cookies[i]) })
	}
	status, body, err := lead.do("POST", fmt.Sprintf("/a/%s/vote/session/%d/start", in.slug, in.session.Series), chair, "minutes=2")
	if err == nil && status != 204 && status != 303 {
		err = fmt.Errorf("the vote was not opened: %d %.200s", status, body)
	}
	if err != nil {
		return v, err
	}
	wg.Wait()
	v.AnsweredSeconds = time.Since(begun).Seconds()
	for range streams {
		if err := <-errs; err != nil {
			return v, err
		}
	}
	time.Sleep(2 * time.Second) // until the last numbers have come
	a.leave()
	for _, l := range streams {
		v.CountsEachSecond = max(v.CountsEachSecond, within(l.counts, begun))
	}
	return v, nil
}

// vote is one person's.
func (l *listener) vote(addr string, in *instance, cookie string) error {
	select {
	case <-l.voting:
	case <-time.After(60 * time.Second):
		return fmt.Errorf("a page was not told of the vote within a minute")
	}
	time.Sleep(rand.N(pageSpread))
	c, err := dial(addr)
	if err != nil {
		return err
	}
	defer c.close()
	ballot := fmt.Sprintf("/a/%s/vote/%d", in.slug, in.session.ID)
	status, body, err := c.do("GET", "/a/"+in.slug+"/live/parts?p=vote-live", cookie, "")
	if err != nil {
		return err
	}
	if status != 200 || !bytes.Contains(body, []byte(ballot)) {
		return fmt.Errorf("the page does not show the ballot: %d", status)
	}
	status, body, err = c.do("POST", ballot, cookie, "choice=for")
	if err == nil && (status != 200 || receiptOf(body) == "") {
		err = fmt.Errorf("a ballot was refused: %d %s", status, strings.TrimSpace(string(body)))
	}
	return err
}

// within is the most of those moments after the first that lie in one second.
func within(moments []time.Time, first time.Time) (most int) {
	from := 0
	for i, m := range moments {
		if m.Before(first) {
			from = i + 1
			continue
		}
		for m.Sub(moments[from]) >= time.Second {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}
