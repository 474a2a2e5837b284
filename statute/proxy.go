package statute

import "strconv"

// ProxyRequest is what the rules need to know of a proxy about to be given. The
// figures of the holder do not include this proxy.
type ProxyRequest struct {
	Blank             bool // names no holder; when such proxies go to the chair, the holder fields are the chair's
	SamePerson        bool
	PrincipalEntitled bool
	HolderMember      bool
	HolderEntitled    bool
	PrincipalCollege  string
	HolderCollege     string
	HolderHasGiven    bool // the holder has given a proxy to somebody
	PrincipalHolds    int  // proxies the principal holds and would pass on
	Cycle             bool // following the holder's own proxies leads back to the principal
	HolderNumber      int  // proxies already held
	HolderVotes       Frac // votes of those proxies
	PrincipalVotes    Frac
	TotalVotes        Frac // votes of all who are entitled
}

// JudgeProxy tells whether the proxy may be given, and why. Caps bind the chair's
// blank proxies as they bind any holder's.
func (r Rules) JudgeProxy(q ProxyRequest) (bool, Step) {
	p := r.Proxies
	refuse := func(rule, fr, en string) (bool, Step) { return false, step(rule, say{fr, en}, p.Cite) }
	switch {
	case !p.Allowed:
		return refuse("proxy-none", "Le vote par procuration n’est pas admis.", "Voting by proxy is not allowed.")
	case !q.PrincipalEntitled:
		return refuse("proxy-principal", "La personne qui donne pouvoir n’a pas le droit de vote.",
			"Whoever gives the proxy is not entitled to vote.")
	case q.Blank && p.Blank != BlankChair:
		return refuse("proxy-blank", "Un pouvoir doit nommer la personne qui votera.", "A proxy must name the person who will vote.")
	case q.SamePerson:
		return refuse("proxy-self", "On ne se donne pas pouvoir à soi-même.", "Nobody gives a proxy to themselves.")
	case p.Holder == HolderEntitled && !q.HolderEntitled:
		return refuse("proxy-holder", "La personne qui reçoit le pouvoir doit avoir elle-même le droit de vote.",
			"Whoever receives the proxy must be entitled to vote.")
	case p.Holder == HolderMember && !q.HolderMember:
		return refuse("proxy-holder", "La personne qui reçoit le pouvoir doit être membre.", "Whoever receives the proxy must be a member.")
	case p.SameCollege && q.HolderCollege != q.PrincipalCollege:
		return refuse("proxy-college", "La personne qui donne pouvoir et celle qui le reçoit doivent être du même collège.",
			"Whoever gives and whoever receives the proxy must belong to the same college.")
	case q.Cycle:
		return refuse("proxy-cycle", "Ce pouvoir reviendrait à la personne qui le donne.", "This proxy would come back to the person who gives it.")
	case !p.Chain && q.HolderHasGiven:
		return refuse("proxy-chain", "Cette personne a elle-même donné pouvoir"+nbsp+": elle ne peut pas en recevoir.",
			"This person has given a proxy and cannot receive one.")
	case !p.Chain && q.PrincipalHolds > 0:
		return refuse("proxy-chain", "Un pouvoir reçu ne se transmet pas"+nbsp+": il faut d’abord rendre ceux que l’on détient.",
			"A proxy received is not passed on: give back those held first.")
	}
	if ok, why := r.proxyCaps(q); !ok {
		return false, why
	}
	return true, step("proxy", say{"Pouvoir recevable.", "The proxy is acceptable."}, p.Cite)
}

func (r Rules) proxyCaps(q ProxyRequest) (bool, Step) {
	p := r.Proxies
	if p.MaxNumber != nil && q.HolderNumber >= *p.MaxNumber {
		n := strconv.Itoa(*p.MaxNumber)
		return false, step("proxy-cap", say{
			"Cette personne ne peut pas détenir plus de " + n + " " + plural(*p.MaxNumber, "pouvoir", "pouvoirs") + ", et elle les a déjà.",
			"This person may not hold more than " + n + " " + plural(*p.MaxNumber, "proxy", "proxies") + " and holds them already.",
		}, p.Cite, Number{"held", Int(int64(q.HolderNumber))}, Number{"max", Int(int64(*p.MaxNumber))})
	}
	if p.MaxVotes == nil || p.OneAlways && q.HolderNumber == 0 {
		return true, Step{}
	}
	limit, after := p.MaxVotes.Mul(q.TotalVotes), q.HolderVotes.Add(q.PrincipalVotes)
	if after.Cmp(limit) <= 0 {
		return true, Step{}
	}
	return false, step("proxy-cap", say{
		"Avec ce pouvoir cette personne représenterait " + votes(after, "fr") + narrow + "; le plafond est " + de(part(*p.MaxVotes, "fr", false)) +
			" du total, soit " + votes(limit, "fr") + ".",
		"With this proxy this person would represent " + votes(after, "en") + "; the cap is " + part(*p.MaxVotes, "en", false) +
			" of the total, that is " + votes(limit, "en") + ".",
	}, p.Cite, Number{"votes", after}, Number{"max", limit})
}

func plural(n int, one, many string) string {
	if n > 1 {
		return many
	}
	return one
}

// JudgeWithdrawal tells whether a proxy may still be withdrawn: opened, when a
// vote it serves for has opened; used, when the holder has voted with it.
func (r Rules) JudgeWithdrawal(opened, used bool) (bool, Step) {
	switch {
	case used:
		return false, step("proxy-used", say{"Ce pouvoir a déjà servi à voter" + nbsp + ": il ne peut plus être retiré.",
			"This proxy has been voted with and can no longer be withdrawn."}, r.Proxies.Cite)
	case opened && r.Proxies.WithdrawUntil != UntilUsed:
		return false, step("proxy-opened", say{"Le vote est ouvert" + nbsp + ": le pouvoir ne peut plus être retiré.",
			"The vote is open: the proxy can no longer be withdrawn."}, r.Proxies.Cite)
	}
	return true, step("proxy-withdrawal", say{"Le pouvoir peut être retiré.", "The proxy may be withdrawn."}, r.Proxies.Cite)
}
