package statute

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// template is the parsed template of a kind, without any finding.
func template(t testing.TB, k Kind) Rules {
	t.Helper()
	return parse(t, string(Template(k)))
}

func parse(t testing.TB, text string) Rules {
	t.Helper()
	r, findings := Parse([]byte(text))
	for _, f := range findings {
		t.Fatalf("line %d, %s: %s", f.Line, f.Key, f.En)
	}
	return r
}

func TestTemplatesAreWhole(t *testing.T) {
	for _, k := range TemplateKinds {
		r := template(t, k)
		if r.Kind != k {
			t.Errorf("template %s is of kind %s", k, r.Kind)
		}
		for _, f := range r.Check() {
			if f.Severity != Note {
				t.Errorf("%s, line %d, %s: %s %s", k, f.Line, f.Key, f.Severity, f.Fr)
			}
		}
		commented, seen := map[string]bool{"article": true, "source": true}, map[string]bool{} // these two: in the head
		for _, line := range strings.Split(string(Template(k)), "\n") {
			if m := keyLine.FindStringSubmatch(line); m != nil {
				seen[m[1]] = true
				commented[m[1]] = commented[m[1]] || strings.Contains(line, "#")
			}
		}
		for key := range seen {
			if !commented[key] {
				t.Errorf("%s: no line explains %q", k, key)
			}
		}
	}
	if Template("guild") != nil {
		t.Error("a kind without template has one")
	}
}

func TestParseFindings(t *testing.T) {
	for _, c := range []struct {
		name, text, key string
		line            int
	}{
		{"unknown top key", "kind = \"scop\"\nquroum = 3\n", "quroum", 2},
		{"unknown in the second element", "kind = \"scic\"\n[[colleges]]\nkey = \"a\"\n[[colleges]]\nkey = \"b\"\nwait = \"3\"\n", "colleges[2].wait", 6},
		{"unknown nested table", "[[colleges]]\nkey = \"a\"\n[colleges.votes]\nmaximum = 3\n", "colleges[1].votes.maximum", 4},
		{"inline, without line", "votes = { count = \"member\", maximum = 2 }\n", "votes.maximum", 0},
		{"syntax", "kind = \"scop\"\nname = \n", "", 2},
		{"wrong type", "kind = \"scop\"\n[minutes]\napprovals = \"two\"\n", "", 3},
		{"a decimal is not a fraction", "[[colleges]]\nkey = \"a\"\nweight = 0.3333\n", "", 3},
		{"not a fraction", "[[colleges]]\nkey = \"a\"\nweight = \"half\"\n", "", 3},
	} {
		_, findings := Parse([]byte(c.text))
		if len(findings) != 1 {
			t.Errorf("%s: %d findings: %+v", c.name, len(findings), findings)
			continue
		}
		f := findings[0]
		if f.Severity != Error || f.Key != c.key || f.Line != c.line || f.Fr == "" || f.En == "" {
			t.Errorf("%s: %+v, want key %q line %d", c.name, f, c.key, c.line)
		}
	}
}

func TestCheckFindsContradictions(t *testing.T) {
	scic, scop, association := string(Template(SCIC)), string(Template(SCOP)), string(Template(Association))
	for _, c := range []struct {
		name, base, old, new, key string
		severity                  Severity
	}{
		{"weights not one", scic, `weight = "20 %"`, `weight = "25 %"`, "colleges", Error},
		{"a weight missing", scic, `weight = "20 %"`, ``, "colleges", Error},
		{"college above half", scic, `weight = "50 %"`, `weight = "51 %"`, "colleges[1].weight", Error},
		{"college below a tenth", scic, `weight = "20 %"`, `weight = "1/11"`, "colleges[3].weight", Error},
		{"college twice", scic, `key = "usagers"`, `key = "salaries"`, "colleges[2].key", Error},
		{"college without name", scic, `name = "Usager·es"`, `name = ""`, "colleges[2].name", Error},
		{"votes by capital in a cooperative", scic, `count = "member"`, `count = "shares"`, "votes.count", Error},
		{"cap without shares", association, `count = "member"`, "count = \"member\"\nmax_votes = 4", "votes", Warning},
		{"second call above the first", scop, `calls = ["1/4", "1/5"]`, `calls = ["1/4", "1/3"]`, "quorums[2].calls", Error},
		{"quorum above all", scop, `calls = ["1/4", "1/5"]`, `calls = ["5/4", "1/5"]`, "quorums[2].calls", Error},
		{"unknown quorum", scop, `quorum = "extraordinaire"`, `quorum = "rare"`, "motions[2].quorum", Error},
		{"both could win", scop, `majority = "2/3"`, `majority = "2/5"`, "motions[2].majority", Error},
		{"both could win at half", scop, `majority = "2/3"`, `majority = "50 %"`, "motions[2].majority", Error},
		{"unreachable", scop, "majority = \"2/3\"\nstrict = false", "majority = \"100 %\"\nstrict = true", "motions[2].majority", Error},
		{"not a majority", scop, `majority = "2/3"`, `majority = "big"`, "motions[2].majority", Error},
		{"tie that cannot be", association, "majority = \"2/3\"", "majority = \"2/3\"\ntie = \"chair\"", "motions[2].tie", Warning},
		{"weighted without colleges", scop, `colleges = "pooled"`, `colleges = "weighted"`, "counting.colleges", Error},
		{"motion and election of one key", scop, `key = "dirigeants"`, `key = "statuts"`, "elections[1].key", Error},
		{"options have no age", string(Template(Collective)), `tie = "none"`, `tie = "older"`, "elections[1].tie", Error},
		{"proxies allowed, none possible", association, `max_number = 3`, `max_number = 0`, "proxies.max_number", Error},
		{"proxies without cap", association, `max_number = 3`, ``, "proxies", Warning},
		{"scop above a twentieth", scop, `max_votes = "1/20"`, `max_votes = "1/10"`, "proxies.max_votes", Warning},
		{"same college without colleges", association, `chain = false`, `same_college = true`, "proxies.same_college", Error},
		{"stranger of the same college", scic, `holder = "entitled"`, `holder = "anyone"`, "proxies.same_college", Error},
		{"notice below the law", scic, `calls = [15, 10]`, `calls = [14, 10]`, "notice.calls", Warning},
		{"second notice below the law", scic, `calls = [15, 10]`, `calls = [15, 6]`, "notice.calls", Warning},
		{"unknown choice", scic, `of = "cast"`, `of = "thrown"`, "motions[1].of", Error},
		{"nobody approves", scic, `approvals = 2`, `approvals = 0`, "minutes.approvals", Warning},
		{"no disclosure threshold", scic, `disclosure = 5`, `disclosure = 0`, "ballot.disclosure", Warning},
	} {
		text := strings.Replace(c.base, c.old, c.new, 1)
		if text == c.base {
			t.Errorf("%s: nothing replaced", c.name)
			continue
		}
		found := false
		for _, f := range parse(t, text).Check() {
			if f.Line == 0 && f.Key != "colleges" {
				t.Errorf("%s: no line in %+v", c.name, f)
			}
			if strings.Contains(f.Fr+f.En, "%!") {
				t.Errorf("%s: bad sentence %q %q", c.name, f.Fr, f.En)
			}
			found = found || f.Key == c.key && f.Severity == c.severity
		}
		if !found {
			t.Errorf("%s: not found: %+v", c.name, parse(t, text).Check())
		}
	}
	if fs := (Rules{}).Check(); !HasError(fs) {
		t.Error("empty rules have no error")
	}
}

func TestVotesOf(t *testing.T) {
	shares := parse(t, "[votes]\ncount = \"shares\"\n")
	number := parse(t, "[votes]\ncount = \"shares\"\nmax_votes = 10\n")
	share := parse(t, "[votes]\ncount = \"shares\"\nmax_share = \"5 %\"\narticle = \"art. 9\"\n")
	college := parse(t, "[[colleges]]\nkey = \"a\"\nname = \"A\"\nvotes = { count = \"shares\" }\n[[colleges]]\nkey = \"b\"\nname = \"B\"\n")
	for _, c := range []struct {
		r    Rules
		m    MemberFacts
		t    Totals
		want string
		fr   string
	}{
		{template(t, SCIC), MemberFacts{Shares: 40}, Totals{}, "1/1", "Une personne, une voix."},
		{shares, MemberFacts{Shares: 40}, Totals{Shares: 1010}, "40/1", "Une part, une voix\u00a0: 40 parts."},
		{number, MemberFacts{Shares: 40}, Totals{Shares: 1010}, "10/1", "Une part, une voix\u00a0: 40 parts, plafonnées à 10 voix."},
		{number, MemberFacts{Shares: 10}, Totals{Shares: 1010}, "10/1", "Une part, une voix\u00a0: 10 parts."},
		{share, MemberFacts{Shares: 60}, Totals{Shares: 1010}, "101/2", "Une part, une voix\u00a0: 60 parts, plafonnées à 5\u202f% du total, soit 50,5 voix."},
		{college, MemberFacts{College: "a", Shares: 7}, Totals{}, "7/1", "Une part, une voix\u00a0: 7 parts."},
		{college, MemberFacts{College: "b", Shares: 7}, Totals{}, "1/1", "Une personne, une voix."},
	} {
		got, why := c.r.VotesOf(c.m, c.t)
		if got.String() != c.want || why.Fr != c.fr {
			t.Errorf("%+v: %s, %q", c.m, got, why.Fr)
		}
	}
}

func TestEntitled(t *testing.T) {
	r := parse(t, `
[[colleges]]
key = "a"
name = "A"
[[colleges]]
key = "amis"
name = "Ami·es"
advisory = true
[entitlement]
record_days = 30
paid_up = true
statuses = ["actif", "à jour"]
article = "art. 14"
`)
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Skip("no time zones on this machine: ", err)
	}
	assembly := time.Date(2026, 6, 1, 18, 30, 0, 0, paris)
	good := MemberFacts{College: "a", Admitted: time.Date(2026, 5, 2, 23, 59, 0, 0, paris), Shares: 2, PaidShares: 2, Status: "Actif "}
	with := func(change func(*MemberFacts)) MemberFacts { m := good; change(&m); return m }
	for _, c := range []struct {
		name string
		m    MemberFacts
		rule string
	}{
		{"thirty days before", good, "entitled"},
		{"twenty-nine", with(func(m *MemberFacts) { m.Admitted = time.Date(2026, 5, 3, 0, 0, 0, 0, paris) }), "entitled-date"},
		{"unknown date", with(func(m *MemberFacts) { m.Admitted = time.Time{} }), "entitled-date"},
		{"unpaid", with(func(m *MemberFacts) { m.PaidShares = 1 }), "entitled-paid"},
		{"status", with(func(m *MemberFacts) { m.Status = "radié" }), "entitled-status"},
		{"no college", with(func(m *MemberFacts) { m.College = "" }), "entitled-college"},
		{"advisory", with(func(m *MemberFacts) { m.College = "amis" }), "entitled-advisory"},
	} {
		ok, why := r.Entitled(c.m, assembly)
		if why.Rule != c.rule || ok != (c.rule == "entitled") {
			t.Errorf("%s: %v %s (%s)", c.name, ok, why.Rule, why.Fr)
		}
	}
	_, why := r.Entitled(with(func(m *MemberFacts) { m.Admitted = assembly }), assembly)
	if want := "Admission trop récente\u00a0: il fallait être admis·e au plus tard le 2 mai 2026. (statuts, art. 14)"; why.Line("fr") != want {
		t.Errorf("got %q", why.Line("fr"))
	}
}

func TestCheckNotice(t *testing.T) {
	r := template(t, SCIC)
	clear := r
	clear.Notice.Clear = true
	held := time.Date(2026, 6, 16, 9, 0, 0, 0, time.UTC)
	at := func(d int) time.Time { return time.Date(2026, 6, d, 23, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		r    Rules
		call int
		sent time.Time
		ok   bool
		days int
	}{
		{r, 1, at(1), true, 15},
		{r, 1, at(2), false, 14},
		{clear, 1, at(1), false, 14},
		{r, 2, at(6), true, 10},
		{r, 3, at(7), false, 9},
		{Rules{}, 1, at(17), false, -1},
		{Rules{}, 1, at(16), true, 0},
	} {
		d := c.r.CheckNotice(c.call, c.sent, held)
		if d.OK != c.ok || d.Days != c.days {
			t.Errorf("call %d sent %s: %v, %d days (%s)", c.call, c.sent, d.OK, d.Days, d.Step.Fr)
		}
		if again := c.r.CheckNotice(c.call, d.Latest, held); !again.OK && len(c.r.Notice.Calls) > 0 {
			t.Errorf("sending on the latest day %s is refused", d.Latest)
		}
	}
	d := r.CheckNotice(1, at(2), held)
	for sent, want := range map[int]string{16: "envoyée 0 jour avant", 15: "envoyée 1 jour avant"} {
		if d := r.CheckNotice(1, at(sent), held); !strings.Contains(d.Step.Fr, want) {
			t.Errorf("got %q, want %q", d.Step.Fr, want)
		}
	}
	if want := "Convocation envoyée 14 jours avant l’assemblée\u00a0: il en fallait 15, donc un envoi au plus tard le 1er juin 2026."; d.Step.Fr != want {
		t.Errorf("got %q", d.Step.Fr)
	}
}

func TestJudgeProxy(t *testing.T) {
	scic, scop := template(t, SCIC), template(t, SCOP)
	blank := scic
	blank.Proxies.Blank = BlankChair
	good := ProxyRequest{PrincipalEntitled: true, HolderMember: true, HolderEntitled: true, PrincipalCollege: "usagers",
		HolderCollege: "usagers", PrincipalVotes: Int(1), TotalVotes: Int(1000)}
	with := func(change func(*ProxyRequest)) ProxyRequest { q := good; change(&q); return q }
	for _, c := range []struct {
		name string
		r    Rules
		q    ProxyRequest
		rule string
	}{
		{"good", scic, good, "proxy"},
		{"no proxies", Rules{}, good, "proxy-none"},
		{"not entitled", scic, with(func(q *ProxyRequest) { q.PrincipalEntitled = false }), "proxy-principal"},
		{"blank", scic, with(func(q *ProxyRequest) { q.Blank = true }), "proxy-blank"},
		{"blank to the chair", blank, with(func(q *ProxyRequest) { q.Blank = true }), "proxy"},
		{"blank, chair full", blank, with(func(q *ProxyRequest) { q.Blank, q.HolderNumber = true, 2 }), "proxy-cap"},
		{"oneself", scic, with(func(q *ProxyRequest) { q.SamePerson = true }), "proxy-self"},
		{"stranger", scic, with(func(q *ProxyRequest) { q.HolderEntitled = false }), "proxy-holder"},
		{"other college", scic, with(func(q *ProxyRequest) { q.HolderCollege = "salaries" }), "proxy-college"},
		{"cycle", scic, with(func(q *ProxyRequest) { q.Cycle = true }), "proxy-cycle"},
		{"chain by the holder", scic, with(func(q *ProxyRequest) { q.HolderHasGiven = true }), "proxy-chain"},
		{"chain by the principal", scic, with(func(q *ProxyRequest) { q.PrincipalHolds = 1 }), "proxy-chain"},
		{"at the cap", scic, with(func(q *ProxyRequest) { q.HolderNumber = 1 }), "proxy"},
		{"over the cap", scic, with(func(q *ProxyRequest) { q.HolderNumber = 2 }), "proxy-cap"},
		{"scop of 19, first", scop, with(func(q *ProxyRequest) { q.TotalVotes = Int(19) }), "proxy"},
		{"scop of 19, second", scop, with(func(q *ProxyRequest) { q.TotalVotes, q.HolderNumber, q.HolderVotes = Int(19), 1, Int(1) }), "proxy-cap"},
		{"scop of 40, second", scop, with(func(q *ProxyRequest) { q.TotalVotes, q.HolderNumber, q.HolderVotes = Int(40), 1, Int(1) }), "proxy"},
		{"scop of 39, second", scop, with(func(q *ProxyRequest) { q.TotalVotes, q.HolderNumber, q.HolderVotes = Int(39), 1, Int(1) }), "proxy-cap"},
	} {
		ok, why := c.r.JudgeProxy(c.q)
		if why.Rule != c.rule || ok != (c.rule == "proxy") || why.Fr == "" || why.En == "" {
			t.Errorf("%s: %v %+v", c.name, ok, why)
		}
	}
	if ok, _ := scic.JudgeWithdrawal(true, false); ok {
		t.Error("withdrawn after opening")
	}
	used := scic
	used.Proxies.WithdrawUntil = UntilUsed
	if ok, _ := used.JudgeWithdrawal(true, false); !ok {
		t.Error("an unused proxy cannot be withdrawn although the rule lets it")
	}
	if ok, _ := used.JudgeWithdrawal(true, true); ok {
		t.Error("a used proxy withdrawn")
	}
}

func TestRulesToJSONAndBack(t *testing.T) {
	for _, k := range TemplateKinds {
		r := template(t, k)
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var back Rules
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(back)
		if err != nil || string(again) != string(b) {
			t.Errorf("%s changes on its way through JSON: %v\n%s\n%s", k, err, b, again)
		}
	}
}
