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
const TreeScale = 1 << 22

// Cut is an inequality Coef·x ≤ RHS, in whole numbers, that the counts per type of
// every panel satisfy; Tree proves it.
type Cut struct {
	Coef []int64    `json:"coef"` // per type
	RHS  int64      `json:"rhs"`
	Tree []TreeNode `json:"tree"`
}

// cutScale is the largest coefficient of a cut whose direction has no small whole
// multiple.
const cutScale = 1 << 28

// scale is the largest coefficient: the search and the relaxation divide by it.
func (c *Cut) scale() float64 {
	var most int64
	for _, v := range c.Coef {
		most = max(most, v, -v)
	}
	return float64(most)
}

// prove finds the least whole RHS such that no panel has coef·x above it, knowing
// panels of value floor. It reports false when the search was stopped.
func (s *search) prove(coef []int64, floor int64) (*Cut, bool) {
	c := &Cut{Coef: coef, RHS: floor}
	scale := c.scale()
	cost := make([]float64, len(coef))
	for t, v := range coef {
		cost[t] = float64(v) / scale
	}
	s.proof = &treeWriter{scale: scale * TreeScale}
	defer func() { s.proof = nil }()
	s.found = nil
	s.maximise(cost, (float64(floor)+0.99)/scale, 1/scale)
	if s.best != nil {
		c.RHS = max(c.RHS, int64(math.Round(s.value*scale)))
	}
	c.Tree = s.proof.nodes
	return c, !s.stopped
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
