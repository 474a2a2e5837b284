// Package room is voice and video: rooms in which people hear and see each other, and in which the
// server decides who may be heard and seen. It knows nothing of assemblies.
//
// A [Server] is a LiveKit server: by default a child process of this program (see [Embedded]), or one
// that somebody else runs (see [External]). Nothing of an assembly may depend on it: when it is not
// [Server.Up], every method returns [ErrDown] at once, and the page says so.
//
//	rooms.Create(ctx, "meeting-12", room.Options{})                   // before each token: it costs little
//	token, _ := rooms.Token(room.Grant{Room: "meeting-12", Identity: "k3v9"})
//	rooms.Allow(ctx, "meeting-12", "k3v9", room.Microphone)           // the floor
//	rooms.Allow(ctx, "meeting-12", "k3v9")                            // and its withdrawal
//
// In the browser: `new Room().connect(new URL("/rooms", location.href), token)` of livekit-client (the
// scheme http becomes ws by itself), with no ICE servers of one's own. Signalling goes through this
// program ([Server.Handler] under [Prefix]), so a page needs no other origin; media goes to the UDP
// and TCP ports of the configuration.
//
// Identities and names of rooms must be opaque: everybody in a room sees them, and the server's log
// may hold them. What a page shows of a person comes from our own pages.
package room

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Prefix is where [Server.Handler] is mounted, and the path a browser connects to (without its slash).
const Prefix = "/rooms/"

var (
	// ErrDown says that voice and video are off, starting, or out of order: go on without.
	ErrDown = errors.New("room: no voice and video now")
	// ErrNotFound says that there is no such room, or no such person in it now.
	ErrNotFound = errors.New("room: no such room or participant")
	// ErrUnmeasured says that this server does not let us hear who speaks.
	ErrUnmeasured = errors.New("room: what is said is not heard here")
)

// Source is what a person may send.
type Source string

// What can be sent. A screen comes with its sound.
const (
	Microphone Source = "microphone"
	Camera     Source = "camera"
	Screen     Source = "screen"
)

// Server is a server of rooms. Its methods may be called from any goroutine. Those with a context
// ask the server: a few milliseconds for an embedded one.
type Server interface {
	// Up tells whether voice and video work now. It asks nobody: it costs nothing.
	Up() bool
	// Run keeps the server going until ctx ends. Call it once.
	Run(ctx context.Context)
	// Handler passes the signalling on. It is mounted under [Prefix], outside the session: who comes
	// shows a token.
	Handler() http.Handler
	// Token makes the token with which one browser enters one room. It says what the person may send
	// on entering: a person who comes back gets what the caller grants then. A token made before the
	// last [Server.Allow] or [Server.Remove] of this person is refused.
	Token(Grant) (string, error)

	// Create makes a room, or does nothing when it is there. Nobody enters a room that is not made. A
	// room made is made again by itself when the server had to restart, until [Server.Close].
	Create(ctx context.Context, room string, o Options) error
	// Close ends a room and sends everybody away. Closing what is not there is no error.
	Close(ctx context.Context, room string) error
	// Participants lists who is in the room now, in no order. A room that is not there has nobody.
	Participants(ctx context.Context, room string) ([]Participant, error)
	// Allow says what a person may send from now on: everything else is withdrawn, and what was being
	// sent of it ends at once, whatever the browser does.
	Allow(ctx context.Context, room, identity string, publish ...Source) error
	// Mute silences what a person sends; they may go on by themselves as long as they may send it.
	Mute(ctx context.Context, room, identity string, s Source) error
	// Remove sends a person away and refuses the tokens they hold.
	Remove(ctx context.Context, room, identity string) error
	// Send hands data to the browsers of the people named, or of everybody (the event dataReceived,
	// with its topic). Browsers themselves cannot send data.
	Send(ctx context.Context, room, topic string, data []byte, to ...string) error
	// Spoken tells how long each person has spoken in the room, measured from their voice.
	Spoken(ctx context.Context, room string) (Speech, error)
	// Hears tells whether this server lets us hear what is said (Spoken, Listen, Record).
	Hears() bool
	// Listen calls heard again and again, about five times a second, with what is said in the room from
	// now on, until ctx ends or heard returns an error, which Listen returns. Every listening costs as
	// much: let one serve all. [ErrNotFound] where there is no such room, [ErrUnmeasured] where this server
	// does not let us hear.
	Listen(ctx context.Context, room string, heard func([]Sound) error) error
	// Record writes what a person's microphone sends in the room, from now on, into a file of this
	// machine: Opus in Ogg (see package ogg), whose clock begins now. Asking again for the same file
	// changes nothing. [ErrUnmeasured] where this server does not let us hear.
	Record(ctx context.Context, room, identity, file string) error
	// EndRecord ends a file: nothing is written into it any more. Ending what is not recorded is no error.
	EndRecord(ctx context.Context, file string) error
}

// Sound is the next packet of what is said in a room: of one person at a time, the loudest.
type Sound struct {
	Who  string `json:",omitempty"` // their identity; "" for nobody
	Opus []byte `json:",omitempty"` // nothing: 20 ms in which nothing is said
	Loud bool   `json:",omitempty"` // it is a voice, and not only what surrounds a microphone
}

// Grant is what a token gives.
type Grant struct {
	Room     string
	Identity string        // opaque; a second browser with the same one takes the place of the first
	Publish  []Source      // what may be sent on entering
	Hidden   bool          // in the room without being listed, to listen only
	For      time.Duration // how long the token opens the door; two minutes when zero, an hour at most
}

// Options are those of a room.
type Options struct {
	// Max is how many may be in it; 0 for no limit.
	Max int
	// Idle is how long an empty room is kept; an hour when zero.
	Idle time.Duration
}

// Participant is somebody in a room.
type Participant struct {
	Identity string
	Entered  time.Time
	Active   bool     // connected, media included
	Hidden   bool     // see [Grant]
	May      []Source // what they may send
	Sends    []Track  // what they send
}

// Track is something being sent.
type Track struct {
	Source Source
	Muted  bool
}

// Speech is how long people have spoken, to the fifth of a second.
type Speech struct {
	// Since is when the count began. It begins anew when the room does (the server restarted, the room
	// was empty too long): add up the differences between readings with the same Since.
	Since time.Time
	// Spoken is by identity; who has not spoken is not in it.
	Spoken map[string]time.Duration
	// Now are those being heard at this moment, the loudest first.
	Now []string
}
