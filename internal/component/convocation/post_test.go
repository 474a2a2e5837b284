package convocation_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"isegoria.org/isegoria/internal/platform/mail"
)

// post is a real SMTP server of our own; it refuses mailboxes whose name begins with "refused".
type post struct {
	mu       sync.Mutex
	received map[string][]string // recipient → mails as they travelled
}

type session struct {
	p  *post
	to string
}

func openPost(t *testing.T) (*post, mail.Sender) {
	t.Helper()
	p := &post{received: map[string][]string{}}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{p: p}, nil }))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go s.Serve(l) //nolint:errcheck // ends with Close
	t.Cleanup(func() { s.Close() })
	sender, err := mail.NewSender(mail.Config{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: mail.NoTLS, From: "Les Deux Rives <ag@coop.example>"})
	if err != nil {
		t.Fatal(err)
	}
	return p, sender
}

func (p *post) mails() map[string][]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[string][]string{}
	for to, list := range p.received {
		out[to] = append([]string(nil), list...)
	}
	return out
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.HasPrefix(to, "refused") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.received[s.to] = append(s.p.received[s.to], string(raw))
	return err
}

func (s *session) Reset()        { s.to = "" }
func (s *session) Logout() error { return nil }
