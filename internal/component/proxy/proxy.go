package proxy

import (
	"io"
	"strings"
	"unicode/utf8"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/statute"
)

// Choice is to whom a proxy goes: a holder, or with Blank nobody by name.
type Choice struct {
	Holder int64
	Blank  bool
}

func (to Choice) validate() error {
	f := fault.Fields{}
	if to.Holder == 0 && !to.Blank {
		f.Add("holder", "proxy.holder.missing")
	}
	return f.Err()
}

// Paper is a proxy that came on paper. Scan is nil without one.
type Paper struct {
	Principal int64
	Choice
	Scan *Scan
}

// Scan is a file somebody brings.
type Scan struct {
	Name    string
	Size    int64
	Content interface {
		io.ReadSeeker
		io.ReaderAt
	}
}

// maxScan is the size of the largest scan, in bytes.
const maxScan = 10 << 20

// stage is where a space stands, as far as its proxies are concerned: Over once nothing changes
// any more.
type stage struct {
	component.Period
	Over bool
}

// mayWithdraw tells whether a standing proxy can be taken back now, and by what rule. used: its
// holder has voted with it.
func mayWithdraw(rules statute.Rules, p electorate.Proxy, s stage, used bool) (bool, statute.Step) {
	if p.State == electorate.ProxyOffered {
		return true, statute.Step{}
	}
	return rules.JudgeWithdrawal(s.Opened, used)
}

// maxReason is how many characters the reason of a cancellation may have.
const maxReason = 500

func checkReason(typed string) (string, error) {
	reason, f := strings.TrimSpace(typed), fault.Fields{}
	if reason == "" {
		f.Add("reason", "proxy.cancel.reason_missing")
	}
	if utf8.RuneCountInString(reason) > maxReason {
		f.Add("reason", "proxy.cancel.reason_long", "max", maxReason)
	}
	return reason, f.Err()
}

// ScanKept is the event of a scan put beside a proxy entered from paper.
type ScanKept struct {
	Proxy  int64  `json:"proxy"`
	SHA256 string `json:"sha256"`
}

// EventKind names the event.
func (ScanKept) EventKind() string { return "proxy.scan_kept" }

// PaperCancelled is the event of a paper proxy entered by mistake; the end of the proxy itself is
// an event of the electorate.
type PaperCancelled struct {
	Proxy int64  `json:"proxy"`
	Why   string `json:"why"`
}

// EventKind names the event.
func (PaperCancelled) EventKind() string { return "proxy.paper_cancelled" }
