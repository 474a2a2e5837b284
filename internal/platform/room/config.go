package room

import (
	"fmt"
	"log/slog"
	"net/url"
)

// The servers one may choose.
const (
	ModeOn       = "on"       // a child process of this program
	ModeOff      = "off"      // no voice, no video
	ModeExternal = "external" // a LiveKit server or cluster that runs elsewhere
)

// Config is what an operator decides about voice and video.
type Config struct {
	Mode string // ModeOff when empty

	// Of the embedded server.
	UDPPort, TCPPort int    // of the media; no TCP when 0
	AnyPort          bool   // take a free UDP port when this one is taken
	Address          string // IP address at which browsers reach the media ports; guessed from Site when empty
	Site             string // address of the site (https://…)
	TURN             TURN
	Program          string // executable whose command "room" is the child; this program when empty
	LogLevel         string // of this program; with "debug", what the child warns of is told too

	// Of an external one.
	URL, Key, Secret string

	BehindProxy bool // see [web.ClientNetwork]
}

// TURN relays media over TLS for networks that let nothing else through. It is off without a domain.
type TURN struct {
	Domain            string // browsers come to its port 443
	Port              int    // served here
	CertFile, KeyFile string
}

// New makes the server that c asks for. It runs when [Server.Run] is called.
func New(c Config, log *slog.Logger) (Server, error) {
	switch c.Mode {
	case "", ModeOff:
		return Off{}, nil
	case ModeOn:
		if c.TURN.Domain != "" && (c.TURN.CertFile == "" || c.TURN.KeyFile == "") {
			return nil, fmt.Errorf("voice: TURN needs the files of a certificate and of its key")
		}
		return newEmbedded(c, log), nil
	case ModeExternal:
		u, err := url.Parse(c.URL)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return nil, fmt.Errorf("voice: the address of the external server must be http(s)://…")
		}
		if c.Key == "" || len(c.Secret) < minSecret {
			return nil, fmt.Errorf("voice: the external server needs its key and a secret of at least %d characters", minSecret)
		}
		return newExternal(c, log), nil
	}
	return nil, fmt.Errorf("voice: %q is neither on, off nor external", c.Mode)
}

// minSecret is the least length of a secret that LiveKit takes.
const minSecret = 32
