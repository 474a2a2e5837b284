package statute

import (
	"embed"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed templates/*.toml
var templates embed.FS

// TemplateKinds are the kinds that have a template, in the order to offer them.
var TemplateKinds = []Kind{SCIC, SCOP, Association, Collective}

// Template is the commented file to start from for a kind of organisation; nil
// for a kind that is not in TemplateKinds.
func Template(k Kind) []byte {
	b, err := templates.ReadFile("templates/" + string(k) + ".toml")
	if err != nil {
		return nil
	}
	return b
}

// Severity of a finding.
type Severity string

// Severities: rules with an error cannot judge; a warning goes against a rule of
// law or habit that the organisation should look at; a note informs.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Finding is something to say about a file of rules. Key is a path like
// "colleges[2].weight", the first element being 1; Line is 0 when unknown.
type Finding struct {
	Severity Severity `json:"severity"`
	Key      string   `json:"key,omitempty"`
	Line     int      `json:"line,omitempty"`
	Fr       string   `json:"fr"`
	En       string   `json:"en"`
}

// Text is the finding's sentence in the language.
func (f Finding) Text(lang string) string { return pick(lang, f.Fr, f.En) }

// HasError tells whether one of the findings is an error.
func HasError(fs []Finding) bool {
	for _, f := range fs {
		if f.Severity == Error {
			return true
		}
	}
	return false
}

// Parse reads a TOML file of rules and fills in what it leaves out. A finding
// that is an error means that the rules returned are not whole; contradictions
// between readable rules are for [Rules.Check].
func Parse(b []byte) (Rules, []Finding) {
	r := Rules{Proxies: Proxies{InPerson: true}}
	lines, paths := locate(string(b))
	md, err := toml.Decode(string(b), &r)
	if err != nil {
		return Rules{}, []Finding{syntaxFinding(err)}
	}
	r.lines = lines
	r.setDefaults()
	var findings []Finding
	unknown := map[string]bool{}
	for _, k := range md.Undecoded() {
		unknown[k.String()] = true
	}
	for _, p := range paths {
		if name := elementIndex.ReplaceAllString(p, ""); unknown[name] {
			findings = append(findings, unknownKey(p, lines[p]))
		}
	}
	if len(findings) == 0 {
		for name := range unknown { // written in a way that locate does not follow
			findings = append(findings, unknownKey(name, 0))
			break
		}
	}
	return r, findings
}

func unknownKey(path string, line int) Finding {
	s := sayf("« %[1]s » n’est pas une règle connue"+nbsp+": vérifier l’orthographe ou effacer la ligne.",
		"“%[1]s” is not a known rule: check the spelling or remove the line.", path)
	return Finding{Error, path, line, s.fr, s.en}
}

var (
	elementIndex = regexp.MustCompile(`\[\d+\]`)
	arrayHeader  = regexp.MustCompile(`^\s*\[\[\s*([\w.-]+)\s*\]\]`)
	tableHeader  = regexp.MustCompile(`^\s*\[\s*([\w.-]+)\s*\]`)
	keyLine      = regexp.MustCompile(`^\s*([\w.-]+)\s*=`)
	errorLine    = regexp.MustCompile(`line (\d+)`)
)

func syntaxFinding(err error) Finding {
	message, line := err.Error(), 0
	var pe toml.ParseError
	if errors.As(err, &pe) {
		message, line = pe.Message, pe.Position.Line
	} else if m := errorLine.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1]) // digits by the expression; 0 if absurdly many
	}
	message = strings.TrimPrefix(message, "toml: ")
	s := sayf("Ce fichier de règles ne peut pas être lu (%s).", "This file of rules cannot be read (%s).", message)
	if line > 0 { // the decoder speaks English
		s.fr = "Cette ligne ne se lit pas" + nbsp + ": regardez ses guillemets, ses crochets et son signe «" + nbsp + "=" + nbsp + "»."
	}
	return Finding{Error, "", line, s.fr, s.en}
}

// locate gives the line of every table and key written the plain way, by path,
// because the decoder keeps no lines for what it has read well.
func locate(text string) (lines map[string]int, paths []string) {
	lines = map[string]int{}
	elements := map[string]int{}
	prefix, quote := "", ""
	for i, line := range strings.Split(text, "\n") {
		if quote != "" {
			if strings.Count(line, quote)%2 == 1 {
				quote = ""
			}
			continue
		}
		path := ""
		if m := arrayHeader.FindStringSubmatch(line); m != nil {
			elements[m[1]]++
			path = m[1] + "[" + strconv.Itoa(elements[m[1]]) + "]"
			prefix = path + "."
		} else if m := tableHeader.FindStringSubmatch(line); m != nil {
			path = m[1]
			if head, tail, nested := strings.Cut(path, "."); nested && elements[head] > 0 {
				path = head + "[" + strconv.Itoa(elements[head]) + "]." + tail
			}
			prefix = path + "."
		} else if m := keyLine.FindStringSubmatch(line); m != nil {
			path = prefix + m[1]
		}
		if path != "" {
			lines[path] = i + 1
			paths = append(paths, path)
		}
		for _, q := range []string{`"""`, `'''`} {
			if strings.Count(line, q)%2 == 1 {
				quote = q
			}
		}
	}
	return lines, paths
}

func orElse[T ~string](v *T, otherwise T) {
	if *v == "" {
		*v = otherwise
	}
}

func (r *Rules) setDefaults() {
	orElse(&r.Votes.Count, ByMember)
	combine := Pooled
	for i := range r.Colleges {
		if r.Colleges[i].Weight != nil {
			combine = Weighted
		}
		if v := r.Colleges[i].Votes; v != nil {
			orElse(&v.Count, ByMember)
		}
	}
	orElse(&r.Counting.Colleges, combine)
	orElse(&r.Counting.Empty, Redistribute)
	orElse(&r.Counting.Silent, Nothing)
	for i := range r.Quorums {
		orElse(&r.Quorums[i].Of, OfMembers)
		orElse(&r.Quorums[i].Presence, Represented)
	}
	for i := range r.Motions {
		m := &r.Motions[i]
		orElse(&m.Of, OfCast)
		orElse(&m.Colleges, r.Counting.Colleges)
		orElse(&m.Tie, TieRejected)
	}
	for i := range r.Elections {
		orElse(&r.Elections[i].Colleges, r.Counting.Colleges)
		orElse(&r.Elections[i].Tie, TieNone)
	}
	orElse(&r.Proxies.Holder, HolderEntitled)
	orElse(&r.Proxies.Blank, BlankRefused)
	orElse(&r.Proxies.WithdrawUntil, UntilOpens)
	orElse(&r.Ballot.Results, ResultsEach)
}
