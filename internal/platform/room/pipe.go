package room

import "time"

// What the program and its child tell each other: JSON-RPC over the child's standard input and output,
// which nobody else can read. The child ends when its standard input does.

// Service is the name of the child's service.
const Service = "Room"

// Setup is what the child starts with (method Start).
type Setup struct {
	Key, Secret      string
	Address          string
	UDPPort, TCPPort int
	AnyPort          bool
	TURN             TURN
	LogLevel         string
}

// Ready is the answer: the port of the loopback address at which the child serves signalling and commands.
type Ready struct {
	Port    int
	UDPPort int
}

// Heard is what the child has heard in a room since it was asked to listen (methods Watch and Heard).
type Heard struct {
	Since  time.Time
	Spoken map[string]time.Duration
	Now    []string
}

// Listening asks for what is said in a room after a place (method Hear); from now on when it is 0.
type Listening struct {
	Room  string
	After int64
}

// Hearing is the answer: what was said up to a place. It waits a moment for there to be something. Of a
// room that is not there, the place is 0.
type Hearing struct {
	At     int64
	Sounds []Sound
}

// Recording is a voice that the child writes into a file (methods Record and EndRecord).
type Recording struct{ Room, Identity, File string }
