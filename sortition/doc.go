// Package sortition draws panels by lot under quotas, as fairly as the quotas allow and
// so that anyone can check it.
//
// Start with ParsePool, ParseQuotas and a Problem; Solve finds the fairest Lottery, or
// an InfeasibleError that says why there is none and what would be the cheapest change.
// Lottery.List turns it into numbered panels of which one is drawn in public (Combine);
// NewReport gathers everything, Verify recomputes it elsewhere. Around the draw: Invite
// (whom to write to), Alternates and Replacement (when people drop out), Constituencies
// (draws where candidates applied), Greedy (what the usual method would have done).
//
// How it works. Persons whom the rules cannot tell apart form a type; a panel is a
// vector of counts per type. The objective is first optimised over the relaxation of the
// panels, a polytope with one row per rule: a small linear programme whose multipliers
// prove a bound that holds for every lottery. Its optimum is then written as a mean of
// panels by Wolfe's nearest-point algorithm, whose pricing problem a branch and bound
// solves, or a random walk where that wanders; where no mean reaches it, the separating
// inequality, proven by the tree of its branch and bound, sharpens the relaxation, and
// so on (no pool of TestInstances needs one; small pools with tight quotas do). The
// usual column generation (Flanigan et al., 2021) solves a master programme over panels
// at each stage of leximin; here a stage is some pivots over a few dozen rows, and the
// panels are sought once.
//
// Proofs are in whole numbers, checked without rounding by code (audit) that shares with
// the search only the reading of the problem.
package sortition
