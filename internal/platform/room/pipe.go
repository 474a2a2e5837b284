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

// Recording is a voice that the child writes into a file (methods Record and EndRecord).
type Recording struct{ Room, Identity, File string }
