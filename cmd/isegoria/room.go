package main

import (
	"os"

	"isegoria.org/isegoria/internal/platform/room/child"
)

// roomCmd is the process of voice and video, which the program starts and speaks to (see
// [room.Embedded]). It is not for people.
type roomCmd struct{}

// Run obeys until the program that started it has gone.
func (roomCmd) Run() error {
	go settle()
	out := os.Stdout
	os.Stdout = os.Stderr // what a library prints must not mix with the answers
	return child.Run(os.Stdin, out)
}
