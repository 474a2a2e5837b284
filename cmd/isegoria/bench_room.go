package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"isegoria.org/isegoria/internal/app/bench"
)

// benchRoomCmd measures voice and video.
type benchRoomCmd struct {
	Step   int           `default:"50" help:"Listeners that come at a time."`
	Voice  int           `default:"400" help:"Listeners of five open microphones at most."`
	Video  int           `default:"700" help:"Listeners of one microphone and one camera at most."`
	Window time.Duration `default:"6s" help:"How long packets are counted at each step."`
	JSON   bool          `name:"json" help:"Print JSON."`
}

func (c *benchRoomCmd) Run(ctx context.Context) error {
	if c.Step < 1 || c.Window < time.Second {
		return badInput{fmt.Errorf("step is at least 1, window at least 1s")}
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	r, err := bench.Room(ctx, bench.RoomOptions{Program: program, Step: c.Step, Voice: c.Voice, Video: c.Video, Window: c.Window})
	if err != nil {
		return err
	}
	if c.JSON {
		return printReport(r, true)
	}
	fmt.Println("five open microphones")
	if err := printReport(r.Voice, false); err != nil {
		return err
	}
	fmt.Println("one microphone and one camera of 1 Mb/s")
	return printReport(r.Video, false)
}
