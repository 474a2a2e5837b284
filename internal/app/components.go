package app

import (
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/account"
	"isegoria.org/isegoria/internal/component/agenda"
	"isegoria.org/isegoria/internal/component/convocation"
	"isegoria.org/isegoria/internal/component/draw"
	"isegoria.org/isegoria/internal/component/meeting"
	"isegoria.org/isegoria/internal/component/minutes"
	"isegoria.org/isegoria/internal/component/outbox"
	"isegoria.org/isegoria/internal/component/poll"
	"isegoria.org/isegoria/internal/component/proxy"
	"isegoria.org/isegoria/internal/component/publicregister"
	"isegoria.org/isegoria/internal/component/register"
	"isegoria.org/isegoria/internal/component/replay"
	"isegoria.org/isegoria/internal/component/scribe"
	"isegoria.org/isegoria/internal/component/spaces"
	"isegoria.org/isegoria/internal/component/stage"
	"isegoria.org/isegoria/internal/component/tables"
	"isegoria.org/isegoria/internal/component/talk"
	"isegoria.org/isegoria/internal/component/voice"
	"isegoria.org/isegoria/internal/component/vote"
)

// components lists every component of the house, in the order in which they are asked.
func components(d *component.Deps) []component.Component {
	return []component.Component{
		spaces.New(d),
		agenda.New(d),
		publicregister.New(d),
		account.New(d),
		register.New(d),
		meeting.New(d),
		talk.New(d),
		tables.New(d),
		poll.New(d),
		stage.New(d),
		voice.New(d),
		replay.New(d),
		scribe.New(d),
		vote.New(d),
		proxy.New(d),
		minutes.New(d),
		convocation.New(d),
		draw.New(d),
		outbox.New(d),
	}
}
