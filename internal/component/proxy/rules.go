package proxy

import (
	"strings"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

// names are the statutes of a space and what its colleges are called.
type names struct {
	rules    statute.Rules
	identity people.Identity
}

func (c *Component) namesOf(tx *db.Tx, sp space.Space) (n names, err error) {
	if n.rules, err = c.rules.Rules(tx, sp.ID); err != nil {
		return n, err
	}
	n.identity, err = people.LoadIdentity(tx)
	return n, err
}

// college is the name that the statutes, or else the register, give a college.
func (n names) college(key string) string {
	if c, ok := n.rules.College(key); ok {
		return c.Name
	}
	return n.identity.CollegeName(key)
}

// sentences says the rules of proxies, one sentence each, for the convocation, the paper form and
// the page of those who give.
func sentences(t component.Translate, r statute.Rules, s stage, sp space.Space, lang string) []string {
	p := r.Proxies
	out := []string{t("proxy.rule.holder." + string(p.Holder))}
	if p.SameCollege {
		out = append(out, t("proxy.rule.same_college"))
	}
	out = append(out, capSentences(t, p, lang)...)
	out = append(out, t("proxy.rule.blank."+string(p.Blank)))
	if p.Chain {
		out = append(out, t("proxy.rule.chain"))
	}
	zone := sp.Zone()
	if s.Closes.IsZero() {
		out = append(out, t("proxy.rule.until"))
	} else {
		out = append(out, t("proxy.rule.until_date", "closes", s.Closes.In(zone)))
	}
	switch {
	case p.WithdrawUntil == statute.UntilUsed:
		out = append(out, t("proxy.rule.withdraw.used"))
	case s.Opens.IsZero():
		out = append(out, t("proxy.rule.withdraw.opens"))
	default:
		out = append(out, t("proxy.rule.withdraw.opens_date", "opens", s.Opens.In(zone)))
	}
	if p.InPerson {
		out = append(out, t("proxy.rule.in_person"))
	}
	return out
}

func capSentences(t component.Translate, p statute.Proxies, lang string) (out []string) {
	if p.MaxNumber != nil {
		out = append(out, t("proxy.rule.max_number", "n", *p.MaxNumber))
	}
	if p.MaxVotes != nil {
		out = append(out, t("proxy.rule.max_votes", "percent", statute.FormatNumber(p.MaxVotes.Mul(statute.Int(100)), lang)))
	}
	if len(out) == 0 {
		out = append(out, t("proxy.rule.no_cap"))
	}
	return out
}

// refused is why the statutes know no proxies; nil where they do.
func refused(r statute.Rules) *statute.Step {
	if r.Proxies.Allowed {
		return nil
	}
	_, why := r.JudgeProxy(statute.ProxyRequest{})
	return &why
}

// left is how many proxies the holder may still take by the cap on their number; -1 without one.
func left(r statute.Rules, held int) int {
	if r.Proxies.MaxNumber == nil {
		return -1
	}
	return max(0, *r.Proxies.MaxNumber-held)
}

// cite names the article that the rules of proxies stand on.
func cite(r statute.Rules, lang string) string { return strings.TrimSpace(r.Proxies.Cite.Text(lang)) }
