package bench

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"strconv"
	"time"
)

// client is one HTTP/1.1 connection kept open. It is as small as it can be, since it shares the
// processors with the server that it measures.
type client struct {
	conn      net.Conn
	in        *bufio.Reader
	out       bytes.Buffer
	addr      string
	setCookie string // of the last answer
}

func dial(addr string) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return newClient(conn, addr), nil
}

func newClient(conn net.Conn, addr string) *client {
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 32<<10), addr: addr}
}

func (c *client) close() { _ = c.conn.Close() }

// do sends a request and reads its answer. form, when not empty, is a form's body and asks for
// JSON in return.
func (c *client) do(method, path, cookie, form string) (status int, body []byte, err error) {
	c.out.Reset()
	c.out.WriteString(method + " " + path + " HTTP/1.1\r\nHost: " + c.addr + "\r\n")
	if cookie != "" {
		c.out.WriteString("Cookie: " + cookie + "\r\n")
	}
	if method == "POST" {
		c.out.WriteString("Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + strconv.Itoa(len(form)) + "\r\n")
	}
	c.out.WriteString("\r\n")
	c.out.WriteString(form)
	if err := c.conn.SetDeadline(time.Now().Add(60 * time.Second)); err != nil {
		return 0, nil, err
	}
	if _, err := c.conn.Write(c.out.Bytes()); err != nil {
		return 0, nil, err
	}
	return c.read()
}

func (c *client) read() (status int, body []byte, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, errors.New("no HTTP answer")
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length, chunked := 0, false
	c.setCookie = ""
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return status, nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return status, nil, err
			}
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("set-cookie")):
			first, _, _ := bytes.Cut(value, []byte(";"))
			c.setCookie = string(first)
		}
	}
	if chunked {
		body, err = c.chunks()
		return status, body, err
	}
	body = make([]byte, length)
	_, err = io.ReadFull(c.in, body)
	return status, body, err
}

func (c *client) chunks() ([]byte, error) {
	var body []byte
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return nil, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return nil, err
		}
		piece := make([]byte, size+2)
		if _, err := io.ReadFull(c.in, piece); err != nil {
			return nil, err
		}
		if size == 0 {
			return body, nil
		}
		body = append(body, piece[:size]...)
	}
}
