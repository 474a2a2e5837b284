package main

import (
	"context"
	"os"

	"isegoria.org/isegoria/internal/platform/pages"
)

// pagesCmd is the child that reads a PDF, apart from the process that serves: see [pages.Renderer].
type pagesCmd struct {
	Cache string `arg:"" optional:""`
}

// Run reads the PDF on its input and writes its pages on its output.
func (c *pagesCmd) Run(ctx context.Context) error {
	return pages.Child(ctx, os.Stdin, os.Stdout, c.Cache)
}
