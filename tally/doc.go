// Package tally counts votes, exactly, and says how.
//
// Start with Rankings (ballots that order candidates) or Grades (ballots that give each
// candidate a grade, a score or an approval), then call the rule: Plurality, TwoRound, Borda,
// Schulze, RankedPairs, Minimax, Copeland, InstantRunoff, Scottish, Meek, HighestAverages,
// LargestRemainder; Approval, Score, MajorityJudgment. Count calls a rule by its name.
// Question counts for, against and abstention; Consent, FistToFive and Dots serve the meetings
// that decide without a ballot box; JoinColleges weighs colleges, under every rule; Conditions drop,
// under the rules of duels, the options that miss a quorum or a majority over a default option.
//
// Every rule works on integers and rationals: no floating point decides anything. Every Result
// carries its derivation as typed Steps, and is the same whatever the order of the ballots.
// A tie is left a tie unless a TieBreak is declared, and then a Step says what it broke.
//
// The formats subpackage, tally/format, reads and writes ballot files.
package tally
