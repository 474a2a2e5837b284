// Package child is the process that carries voice and video: a LiveKit server under the orders of the
// program that started it. It is a process of its own because the library ends its process after some
// panics and takes over the logger and the metrics of the one it is in.
package child

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"time"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/telemetry/prometheus"
	"github.com/livekit/protocol/livekit"

	"isegoria.org/isegoria/internal/platform/room"
)

// Run obeys what comes from in, answers on out, and returns when in ends: when the program has gone.
func Run(in io.ReadCloser, out io.WriteCloser) error {
	server := rpc.NewServer()
	if err := server.RegisterName(room.Service, &Child{}); err != nil {
		return err
	}
	server.ServeCodec(jsonrpc.NewServerCodec(pipes{in, out}))
	return nil
}

type pipes struct {
	io.ReadCloser
	io.Writer
}

// Child is what the program may ask. Its methods have the form that net/rpc wants.
type Child struct {
	server *service.LivekitServer
	ears   ears
	pens   pens

	stations stations
}

// Start starts the server, once.
func (c *Child) Start(s room.Setup, ready *room.Ready) error {
	if c.server != nil {
		return errors.New("it has started")
	}
	conf, err := configuration(s)
	if err != nil {
		return err
	}
	config.InitLoggerFromConfig(&conf.Logging)
	node, err := routing.NewLocalNode(conf)
	if err != nil {
		return err
	}
	if err := prometheus.Init(string(node.NodeID()), node.NodeType()); err != nil {
		return err
	}
	server, err := service.InitializeServer(conf, node)
	if err != nil {
		return err
	}
	go func() {
		fmt.Fprintln(os.Stderr, "the server has ended:", server.Start())
		os.Exit(1)
	}()
	for range 500 {
		if server.IsRunning() {
			c.server = server
			go c.ears.listen(server.RoomManager())
			*ready = room.Ready{Port: int(conf.Port), UDPPort: conf.RTC.UDPPort.Start}
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New("the server has not started")
}

// Stay never answers: who asks knows at once when the process has gone.
func (c *Child) Stay(struct{}, *bool) error { select {} }

// Watch listens to who speaks in a room from now on.
func (c *Child) Watch(name string, ok *bool) error {
	there := c.server.RoomManager().GetRoom(context.Background(), livekit.RoomName(name))
	if *ok = there != nil; *ok {
		c.ears.watch(name, there)
	}
	return nil
}

// Heard says who has spoken in a room, and how long.
func (c *Child) Heard(name string, h *room.Heard) error {
	*h = c.ears.heard(name)
	return nil
}

// Record writes somebody's voice into a file; not ok where there is no such room.
func (c *Child) Record(r room.Recording, ok *bool) (err error) {
	if *ok = c.server.RoomManager().GetRoom(context.Background(), livekit.RoomName(r.Room)) != nil; *ok {
		err = c.pens.begin(c.server.RoomManager(), r)
	}
	return err
}

// EndRecord ends such a file.
func (c *Child) EndRecord(file string, ok *bool) (err error) {
	*ok, err = c.pens.end(file)
	return err
}

// Hear tells what is said in a room, since the last time it was asked or from now on.
func (c *Child) Hear(l room.Listening, h *room.Hearing) error {
	if s := c.stations.of(c.server.RoomManager(), l.Room); s != nil {
		*h = s.hear(l.After)
	}
	return nil
}

// configuration is the server's: everything that would ask or tell somebody outside is off.
func configuration(s room.Setup) (*config.Config, error) {
	conf, err := config.NewConfig("rtc: {node_ip: "+s.Address+"}", true, nil, nil)
	if err != nil {
		return nil, err
	}
	port, err := freePort("tcp", "127.0.0.1", 0, true)
	if err != nil {
		return nil, err
	}
	conf.Port = uint32(port)
	conf.BindAddresses = []string{"127.0.0.1"}
	conf.Keys = map[string]string{s.Key: s.Secret}
	conf.Logging.JSON = true
	conf.Logging.Level = s.LogLevel
	conf.Logging.PionLevel = "error"

	local, err := netip.ParseAddr(s.Address)
	if err != nil {
		return nil, err
	}
	if conf.RTC.UDPPort.Start, err = freePort("udp", "", s.UDPPort, s.AnyPort); err != nil {
		return nil, err
	}
	conf.RTC.ICEPortRangeStart, conf.RTC.ICEPortRangeEnd = 0, 0
	conf.RTC.TCPPort = uint32(s.TCPPort)
	// Without a server of this kind, browsers are told to ask one of a third party.
	conf.RTC.STUNServers = []string{netip.AddrPortFrom(local, uint16(conf.RTC.UDPPort.Start)).String()}
	// Packets leave together: a quarter less of processor each. A batch that is full makes everybody wait
	// for the next flush, so it holds what a busy machine lets gather in 15 ms.
	conf.RTC.BatchIO.BatchSize = 1024
	conf.RTC.BatchIO.MaxFlushInterval = 2 * time.Millisecond
	// Browsers do not reach a loopback address from the interfaces they use, even on this machine: it is
	// the server that reaches them, from each of its addresses.
	conf.RTC.EnableLoopbackCandidate = local.IsLoopback()
	conf.Room.AutoCreate = false
	conf.Room.EnableRemoteUnmute = false
	conf.EnableDataTracks = false
	conf.Limit.MaxMetadataSize = 1 << 10
	conf.Limit.MaxAttributesSize = 1 << 10
	relay(conf, s, local)
	return conf, nil
}

// relay turns TURN on. It relays to this machine only: what it is for is reaching the media port.
func relay(conf *config.Config, s room.Setup, local netip.Addr) {
	if s.TURN.Domain == "" {
		return
	}
	conf.TURN.Enabled = true
	conf.TURN.Domain, conf.TURN.TLSPort, conf.TURN.CertFile, conf.TURN.KeyFile = s.TURN.Domain, s.TURN.Port, s.TURN.CertFile, s.TURN.KeyFile
	conf.TURN.AllowRestrictedPeerCIDRs = []string{netip.PrefixFrom(local, local.BitLen()).String()}
	conf.TURN.DenyPeerCIDRs = others(local)
}

// others are the networks that together hold every address but this one.
func others(ip netip.Addr) []string {
	var all []string
	for bits := range ip.BitLen() {
		b := ip.AsSlice()
		b[bits/8] ^= 0x80 >> (bits % 8)
		sibling, _ := netip.AddrFromSlice(b)
		all = append(all, netip.PrefixFrom(sibling, bits+1).Masked().String())
	}
	if ip.Is4() {
		return append(all, "::/0")
	}
	return append(all, "0.0.0.0/0")
}

// freePort is the port wanted when it is free; another one when any will do.
func freePort(network, host string, wanted int, any bool) (int, error) {
	try := func(port int) (int, error) {
		address := net.JoinHostPort(host, fmt.Sprint(port))
		if network == "udp" {
			c, err := net.ListenPacket(network, address)
			if err != nil {
				return 0, err
			}
			defer c.Close()
			return c.LocalAddr().(*net.UDPAddr).Port, nil
		}
		l, err := new(net.ListenConfig).Listen(context.Background(), network, address)
		if err != nil {
			return 0, err
		}
		defer l.Close()
		return l.Addr().(*net.TCPAddr).Port, nil
	}
	port, err := try(wanted)
	if err != nil && any {
		return try(0)
	}
	return port, err
}
