package main

import (
	"context"
	"fmt"

	"isegoria.org/isegoria/internal/app/demo"
)

// demoCmd serves an invented cooperative; whoever opens it may be anybody in it.
type demoCmd struct {
	Data     string `default:"./data/demo" type:"path" placeholder:"DIR" help:"Folder of the demonstration; it is filled when it is empty."`
	Database string `placeholder:"URL" help:"PostgreSQL address, to try it there."`
	Listen   string `default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Address to serve at."`
	LogLevel string `enum:"debug,info,warn,error" default:"warn" help:"What is logged: ${enum}."`
	Voice    string `enum:"on,off" default:"on" help:"Voice and video: ${enum}."`

	Captions captionSettings `embed:"" prefix:"captions-" group:"Captions written by a machine"`
}

// Run fills the folder the first time, then serves.
func (c *demoCmd) Run(ctx context.Context) error {
	s := settings{Data: c.Data, Database: c.Database, Listen: c.Listen, LogLevel: c.LogLevel, Voice: voiceSettings{UDPPort: 7882}, Captions: c.Captions}
	config := s.app()
	config.Demo = true
	config.Voice.Mode, config.Voice.AnyPort = c.Voice, true
	a, l, err := s.open(ctx, config)
	if err != nil {
		return err
	}
	defer a.Close()
	empty, err := demo.Empty(ctx, a)
	if err != nil {
		return err
	}
	if empty {
		fmt.Println("inventing a cooperative of 1,000 members …")
		if err := demo.Seed(ctx, a); err != nil {
			return err
		}
	}
	go settle()
	fmt.Println("ready:", a.Site.URL)
	return a.Serve(ctx, l)
}
