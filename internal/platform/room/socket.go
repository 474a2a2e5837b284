package room

import (
	"errors"
	"time"

	"github.com/gorilla/websocket"
)

// writing is how long a message may take to leave: a browser that takes none is gone.
const writing = 10 * time.Second

// join passes messages on between a browser and the server until either ends, and tells the other.
// Pings go through, so that the server knows of the browser and not of us.
func join(browser, server *websocket.Conn) {
	browser.SetReadLimit(maxMessage)
	server.SetPingHandler(func(data string) error {
		return browser.WriteControl(websocket.PingMessage, []byte(data), time.Now().Add(writing))
	})
	browser.SetPongHandler(func(data string) error {
		return server.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writing))
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		end(browser, copyMessages(browser, server, nil))
	}()
	end(server, copyMessages(server, browser, &bucket{left: burst, at: time.Now()}))
	<-done
}

var (
	errFlood = &websocket.CloseError{Code: websocket.ClosePolicyViolation, Text: "too many messages"}
	errText  = &websocket.CloseError{Code: websocket.CloseUnsupportedData, Text: "binary messages only"}
)

// copyMessages passes messages from one to the other. A bound makes it strict: binary messages only,
// at most so many.
func copyMessages(to, from *websocket.Conn, bound *bucket) error {
	for {
		kind, message, err := from.ReadMessage()
		if err != nil {
			return err
		}
		if bound != nil && kind != websocket.BinaryMessage {
			end(from, errText)
			return errText
		}
		if bound != nil && !bound.take(time.Now(), burst, flow, 1) {
			end(from, errFlood)
			return errFlood
		}
		if err := to.SetWriteDeadline(time.Now().Add(writing)); err != nil {
			return err
		}
		if err := to.WriteMessage(kind, message); err != nil {
			return err
		}
	}
}

// end closes a connection, saying why the other one has ended.
func end(c *websocket.Conn, why error) {
	code, text := websocket.CloseGoingAway, ""
	var ce *websocket.CloseError
	if errors.As(why, &ce) && ce.Code != websocket.CloseNoStatusReceived && ce.Code != websocket.CloseAbnormalClosure && ce.Code != websocket.CloseTLSHandshake {
		code, text = ce.Code, ce.Text
	}
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(time.Second))
	c.Close()
}
