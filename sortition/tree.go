package sortition

import "math"

// TreeNode is one node of a branch-and-bound proof, written in preorder. The proof
// shows that no panel has Coef·x ≥ RHS+1 (see Cut). An inner node splits the whole
// number Var (a type, or a row when Var ≥ number of types) into "at most At" and "at
// least At+1"; its children follow, the second first when UpFirst. A leaf carries
// multipliers of the rows, whole numbers in units of 1/TreeScale: with cost 1 they
// bound Coef·x over the leaf's box below RHS+1; a Ray has cost 0 and shows the box
// empty. Everything is a whole number, so the check is exact.
type TreeNode struct {
	Var     int     `json:"v,omitempty"`
	At      int     `json:"at,omitempty"`
	UpFirst bool    `json:"up,omitempty"`
	Ray     bool    `json:"ray,omitempty"`
	Prices  []int64 `json:"p,omitempty"`
}

// TreeScale is the unit of the multipliers at the leaves.
const TreeScale = 1 << 24

// Cut is an inequality Coef·x ≤ RHS, in whole numbers, that the counts per type of
// every panel satisfy; Tree proves it.
type Cut struct {
	Coef []int64    `json:"coef"` // per type
	RHS  int64      `json:"rhs"`
	Tree []TreeNode `json:"tree"`
}

// cutScale is the unit in which a real direction is rounded to the coefficients of a
// cut: the largest becomes 2²⁰.
const cutScale = 1 << 20

// prove finds the least whole RHS such that no panel has Coef·x above it, knowing a
// panel of value floor (or none: floor is then below every value).
func (s *search) prove(coef []int64, floor int64) (*Cut, bool) {
	cost := make([]float64, len(coef))
	for t, c := range coef {
		cost[t] = float64(c) / cutScale
	}
	s.proof = &treeWriter{scale: cutScale * TreeScale}
	defer func() { s.proof = nil }()
	s.found = nil
	s.maximise(cost, (float64(floor)+0.99)/cutScale, 1.0/cutScale)
	if s.stopped {
		return nil, false
	}
	if s.best != nil {
		floor = max(floor, int64(math.Round(s.value*cutScale)))
	}
	return &Cut{coef, floor, s.proof.nodes}, true
}

// treeWriter records a search; a nil writer records nothing.
type treeWriter struct {
	nodes []TreeNode
	scale float64 // multipliers of the search to whole numbers
}

func (w *treeWriter) leaf(p *lp) {
	if w != nil {
		w.nodes = append(w.nodes, TreeNode{Prices: quantise(p.multipliers(), w.scale)})
	}
}

func (w *treeWriter) ray(p *lp) {
	if w == nil {
		return
	}
	most := 0.0
	for _, v := range p.ray {
		most = max(most, math.Abs(v))
	}
	w.nodes = append(w.nodes, TreeNode{Ray: true, Prices: quantise(p.ray, (1<<30)/most)})
}

func (w *treeWriter) split(j int, down float64, up bool) {
	if w != nil {
		w.nodes = append(w.nodes, TreeNode{Var: j, At: int(down), UpFirst: up})
	}
}

func quantise(v []float64, scale float64) []int64 {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = int64(math.Round(x * scale))
	}
	return out
}
