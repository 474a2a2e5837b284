// Package floors holds the floors of the house: a test over `go list` says which package may
// import which. There is nothing to import here.
//
//	cmd → app → components → core → platform, and the science for all of them
package floors
