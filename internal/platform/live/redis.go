package live

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"

	"github.com/redis/go-redis/v9"
)

// Relay carries what is published on one node to the hubs of the others, over the publish and
// subscribe of a Redis server. It is never waited for: while the server is away each node tells its
// own browsers, and when it is back all of them are told to read everything again.
type Relay struct {
	hub     *Hub
	client  *redis.Client
	channel string
	out     chan carried
	missed  atomic.Bool // something could not be sent
}

// carried is a message between nodes. Without a topic, it tells all browsers to reload.
type carried struct {
	From  string `json:"from"` // the mark of the hub it was published on
	Topic string `json:"topic,omitempty"`
	Event string `json:"event,omitempty"`
	Data  string `json:"data,omitempty"`
}

// NewRelay joins the hub to those of the other nodes, before anything is published. address is
// redis://… or rediss://…; nodes of one organisation share the channel.
func NewRelay(hub *Hub, address, channel string) (*Relay, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("address of the Redis server: %w", err)
	}
	r := &Relay{hub: hub, client: redis.NewClient(options), channel: channel, out: make(chan carried, 4096)}
	hub.relay = r
	return r, nil
}

// Run carries messages until ctx ends.
func (r *Relay) Run(ctx context.Context) {
	defer r.client.Close()
	done := make(chan struct{})
	go func() { defer close(done); r.send(ctx) }()
	r.receive(ctx)
	<-done
}

func (r *Relay) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-r.out:
			if r.missed.Load() {
				m = carried{From: r.hub.mark} // whatever was lost is read again with it
			}
			text, err := json.Marshal(m)
			if err == nil {
				err = r.client.Publish(ctx, r.channel, text).Err()
			}
			r.missed.Store(err != nil)
		}
	}
}

func (r *Relay) receive(ctx context.Context) {
	sub := r.client.Subscribe(ctx, r.channel)
	defer sub.Close()
	first := true
	messages := sub.ChannelWithSubscriptions()
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-messages:
			switch m := m.(type) {
			case *redis.Subscription:
				if !first { // the line was cut: what was said meanwhile is not known
					r.hub.reloadAll()
				}
				first = false
			case *redis.Message:
				r.take(m.Payload)
			}
		}
	}
}

// take delivers what another node has published.
func (r *Relay) take(text string) {
	var c carried
	switch err := json.Unmarshal([]byte(text), &c); {
	case err != nil || c.From == r.hub.mark:
	case c.Topic == "":
		r.hub.reloadAll()
	default:
		r.hub.deliver(c.Topic, Message{c.Event, c.Data})
	}
}

// carry hands a message over; it does not wait.
func (r *Relay) carry(topic string, m Message) {
	select {
	case r.out <- carried{r.hub.mark, topic, m.Event, m.Data}:
	default:
		r.missed.Store(true)
	}
}
