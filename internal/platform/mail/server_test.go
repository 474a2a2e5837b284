package mail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// server is a real SMTP server on a port of its own. What it does with a mail depends on
// the recipient's local part: "refused…" and "later…" are answered with 550 and 451 (later
// ones only the first time), "dropped…" loses the connection, once, after the content.
type server struct {
	mu       sync.Mutex
	received []delivery
	seen     map[string]int
	secured  int // connections that came to speak TLS
	conns    []net.Conn

	roots    *x509.CertPool
	addr     *net.TCPAddr
	user     string // asked for when not empty; the password is "secret"
	allowed  string // any other sender is refused with 553, when not empty
	hold     func(to string)
	listener net.Listener
	smtp     *smtp.Server
}

type delivery struct {
	from, to string
	tls      bool
	raw      []byte
}

type session struct {
	s    *server
	conn *smtp.Conn
	d    delivery
	in   bool
}

// serve starts s; implicit makes it speak TLS from the first byte.
func serve(t *testing.T, s *server, implicit bool) *server {
	t.Helper()
	s.seen = map[string]int{}
	cert, roots := certificate(t)
	s.roots = roots
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns = append(s.conns, c.Conn())
		_, enc := c.TLSConnectionState()
		if enc {
			s.secured++
		}
		return &session{s: s, conn: c, d: delivery{tls: enc}}, nil
	}))
	s.smtp.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	s.smtp.ErrorLog = quiet{}
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.addr = s.listener.Addr().(*net.TCPAddr)
	l := s.listener
	if implicit {
		l = tls.NewListener(l, s.smtp.TLSConfig)
	}
	go s.smtp.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { s.smtp.Close() })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// sender connects to s as the configuration says; Host, Port and From are filled in.
func (s *server) sender(t *testing.T, c Config) *SMTP {
	t.Helper()
	c.Host, c.Port = "localhost", s.addr.Port
	if c.From == "" {
		c.From = "Coopérative Les Deux Rives <ag@coop.example>"
	}
	out, err := newSMTP(c, s.roots)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Rest)
	return out
}

func (s *server) mails() []delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]delivery(nil), s.received...)
}

// hangUp closes every connection, as servers do with those that wait too long.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
}

func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != x.s.user || password != "secret" {
			return smtp.ErrAuthFailed
		}
		x.in = true
		return nil
	}), nil
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.user != "" && !x.in {
		return smtp.ErrAuthRequired
	}
	if x.s.allowed != "" && from != x.s.allowed {
		return &smtp.SMTPError{Code: 553, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Sender not owned by you"}
	}
	x.d.from = from
	return nil
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.s.mu.Lock()
	x.s.seen[to]++
	n := x.s.seen[to]
	x.s.mu.Unlock()
	switch {
	case strings.HasPrefix(to, "refused"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	case strings.HasPrefix(to, "later") && n == 1, strings.HasPrefix(to, "never"):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, come back"}
	}
	x.d.to = to
	return nil
}

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if x.s.hold != nil {
		x.s.hold(x.d.to)
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if strings.HasPrefix(x.d.to, "dropped") && x.s.seen[x.d.to] == 1 {
		x.conn.Conn().Close()
		return errors.New("connection lost")
	}
	x.d.raw = bytes.Clone(raw)
	x.s.received = append(x.s.received, x.d)
	return nil
}

func (x *session) Reset()        { x.d.from, x.d.to, x.d.raw = "", "", nil }
func (x *session) Logout() error { return nil }

// certificate is a fresh self-signed one for localhost.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
