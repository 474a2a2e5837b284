package sortition

import "context"

type Explanation struct{}

func Explain(ctx context.Context, p *Problem) (*Explanation, error) { return &Explanation{}, nil }
