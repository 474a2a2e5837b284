package room

import (
	"context"
	"net/http"
)

// Off is the server of those who want neither voice nor video: it is never up.
type Off struct{}

var _ Server = Off{}

// Up is false.
func (Off) Up() bool { return false }

// Hears is false.
func (Off) Hears() bool { return false }

// Run returns at once.
func (Off) Run(context.Context) {}

// Handler answers that there is nothing.
func (Off) Handler() http.Handler { return http.NotFoundHandler() }

// Token returns [ErrDown], as every other method.
func (Off) Token(Grant) (string, error) { return "", ErrDown }

func (Off) Create(context.Context, string, Options) error { return ErrDown }

func (Off) Close(context.Context, string) error { return ErrDown }

func (Off) Participants(context.Context, string) ([]Participant, error) { return nil, ErrDown }

func (Off) Allow(context.Context, string, string, ...Source) error { return ErrDown }

func (Off) Mute(context.Context, string, string, Source) error { return ErrDown }

func (Off) Remove(context.Context, string, string) error { return ErrDown }

func (Off) Send(context.Context, string, string, []byte, ...string) error { return ErrDown }

func (Off) Spoken(context.Context, string) (Speech, error) { return Speech{}, ErrDown }

func (Off) Listen(context.Context, string, func([]Sound) error) error { return ErrDown }

func (Off) Record(context.Context, string, string, string) error { return ErrDown }

func (Off) EndRecord(context.Context, string) error { return nil }
