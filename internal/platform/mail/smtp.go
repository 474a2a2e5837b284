package mail

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/mail"
	"net/textproto"
	"os"
	"strings"
	"time"

	"github.com/emersion/go-msgauth/dkim"
	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// How the connection to the server is protected.
const (
	StartTLS    = "starttls" // begins in the clear and must be protected before anything is said
	ImplicitTLS = "implicit" // protected from the first byte
	NoTLS       = "none"     // for a server on the same machine or network; without a password
)

// Config says how mails leave the house. Without a Host they stay in the outbox.
type Config struct {
	Host     string
	Port     int // 0: 587, 465 or 25, after TLS
	User     string
	Password string
	TLS      string // "starttls" (also when empty), "implicit" or "none"
	From     string // "Coopérative <ag@coop.example>"

	// DKIM (RFC 6376): all or none; an empty domain is that of From. The key is a PEM
	// file, RSA or Ed25519 (RFC 8463).
	DKIMDomain   string
	DKIMSelector string
	DKIMKeyFile  string
}

const (
	dialTime     = 30 * time.Second // to open a connection and sign in
	exchangeTime = 2 * time.Minute  // to hand over one mail
)

// NewSender is the way out that the configuration describes; its errors are sentences for
// the person who wrote the configuration.
func NewSender(c Config) (Sender, error) {
	if c.Host == "" {
		return NoServer{}, nil
	}
	return newSMTP(c, nil)
}

// SMTP sends through one server, over connections it keeps between mails.
type SMTP struct {
	client *gomail.Client
	idle   chan *smtp.Client
	from   mail.Address
	domain string            // the right part of every Message-ID
	sign   *dkim.SignOptions // nil: mails are not signed
}

// newSMTP trusts the given roots, or those of the machine when nil.
func newSMTP(c Config, roots *x509.CertPool) (*SMTP, error) {
	from, err := mail.ParseAddress(c.From)
	if err != nil {
		return nil, fmt.Errorf("mail: the sender %q is not an address such as \"Coop <ag@coop.example>\"", c.From)
	}
	if from.Address, err = CheckAddress(from.Address); err != nil {
		return nil, fmt.Errorf("mail: the sender %q is not an address such as \"Coop <ag@coop.example>\"", c.From)
	}
	options := []gomail.Option{
		gomail.WithTimeout(dialTime),
		// Addresses and headers are ASCII by then: a message that asks for no extension
		// is refused by no server further on.
		gomail.WithoutSMTPUTF8(),
		gomail.WithTLSConfig(&tls.Config{ServerName: c.Host, RootCAs: roots, MinVersion: tls.VersionTLS12}),
	}
	port := 0
	switch c.TLS {
	case StartTLS, "":
		port, options = 587, append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		port, options = 465, append(options, gomail.WithSSL())
	case NoTLS:
		port, options = 25, append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		if c.User != "" {
			return nil, errors.New("mail: a password is not sent over an unprotected connection: set TLS to \"starttls\" or \"implicit\"")
		}
	default:
		return nil, fmt.Errorf("mail: TLS is %q: it must be \"starttls\", \"implicit\" or \"none\"", c.TLS)
	}
	if c.Port != 0 {
		port = c.Port
	}
	options = append(options, gomail.WithPort(port))
	if c.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(c.User), gomail.WithPassword(c.Password))
	}
	s := &SMTP{idle: make(chan *smtp.Client, lanes), from: *from, domain: from.Address[strings.LastIndexByte(from.Address, '@')+1:]}
	if s.client, err = gomail.NewClient(c.Host, options...); err != nil {
		return nil, fmt.Errorf("mail: server %s, port %d: %w", c.Host, port, err)
	}
	return s, s.loadDKIM(c)
}

func (s *SMTP) loadDKIM(c Config) error {
	if c.DKIMSelector == "" && c.DKIMKeyFile == "" {
		return nil
	}
	if c.DKIMSelector == "" || c.DKIMKeyFile == "" {
		return errors.New("mail: DKIM needs both a selector and a key file")
	}
	text, err := os.ReadFile(c.DKIMKeyFile)
	if err != nil {
		return fmt.Errorf("mail: the DKIM key cannot be read: %w", err)
	}
	key, err := gomail.PrivKeyFromPEM(text)
	if err != nil {
		return fmt.Errorf("mail: the DKIM key %s is not an RSA or Ed25519 private key in PEM: %w", c.DKIMKeyFile, err)
	}
	s.sign = &dkim.SignOptions{
		Domain: cmp.Or(c.DKIMDomain, s.domain), Selector: c.DKIMSelector, Signer: key, HeaderKeys: signedHeaders,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed,
	}
	return nil
}

// Send hands the mail to the server. An answer in 4xx, a lost connection and a refusal of
// the sender (a matter of settings, not of this person) put the mail off; an answer in 5xx
// about the recipient or the message refuses it.
func (s *SMTP) Send(ctx context.Context, m Stored) (Outcome, error) {
	raw, err := s.compose(m)
	if err != nil {
		return Outcome{Refused, "the message could not be written: " + err.Error()}, nil
	}
	for {
		c, reused, err := s.connect(ctx)
		if err != nil {
			return Outcome{}, fmt.Errorf("%w: %w", ErrUnreachable, err)
		}
		reply, stage, err := s.exchange(c, m.To.Address, raw)
		if err == nil {
			s.keep(c)
			return Outcome{Sent, reply}, nil
		}
		var answer *textproto.Error
		if !errors.As(err, &answer) || answer.Code == 421 {
			c.Close() //nolint:errcheck // lost already
			if reused && stage == stageSender {
				s.Rest() // the server closes connections that waited: the others too
				continue
			}
			return Outcome{Later, err.Error()}, nil
		}
		if c.Reset() == nil {
			s.keep(c)
		} else {
			c.Close() //nolint:errcheck // of no use any longer
		}
		words := fmt.Sprintf("%d %s", answer.Code, answer.Msg)
		if answer.Code >= 500 && stage != stageSender {
			return Outcome{Refused, words}, nil
		}
		return Outcome{Later, words}, nil
	}
}

// connect takes a waiting connection, or opens one.
func (s *SMTP) connect(ctx context.Context) (c *smtp.Client, reused bool, err error) {
	select {
	case c = <-s.idle:
		return c, true, nil
	default:
		c, err = s.client.DialToSMTPClientWithContext(ctx)
		return c, false, err
	}
}

func (s *SMTP) keep(c *smtp.Client) {
	select {
	case s.idle <- c:
	default:
		c.Quit() //nolint:errcheck // a courtesy
	}
}

// Rest closes the connections that wait.
func (s *SMTP) Rest() {
	for {
		select {
		case c := <-s.idle:
			if c.UpdateDeadline(5*time.Second) != nil || c.Quit() != nil {
				c.Close() //nolint:errcheck // a courtesy
			}
		default:
			return
		}
	}
}

type stage int

const (
	stageSender stage = iota
	stageRecipient
	stageContent
)

// exchange is the dialogue of one mail; reply is the server's word when it took it.
func (s *SMTP) exchange(c *smtp.Client, to string, raw []byte) (reply string, at stage, err error) {
	if err := c.UpdateDeadline(exchangeTime); err != nil {
		return "", stageSender, err
	}
	if err := c.Mail("<" + s.from.Address + ">"); err != nil {
		return "", stageSender, err
	}
	if err := c.Rcpt("<" + to + ">"); err != nil {
		return "", stageRecipient, err
	}
	w, err := c.Data()
	if err != nil {
		return "", stageContent, err
	}
	if _, err := w.Write(raw); err != nil {
		return "", stageContent, err
	}
	if err := w.Close(); err != nil {
		return "", stageContent, err
	}
	if d, ok := w.(*smtp.DataCloser); ok {
		reply = d.ServerResponse()
	}
	return reply, stageContent, nil
}

// signedHeaders is what the signature covers: RFC 6376, section 5.4.1, and for one-click
// unsubscription RFC 8058, section 3.1.
var signedHeaders = []string{
	"From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
	"Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post",
}

// compose writes the mail as it travels (RFC 5322), signed. The same mail gets the same
// Date and Message-ID each time, so that a second delivery is known for what it is.
func (s *SMTP) compose(m Stored) ([]byte, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&s.from)
	msg.ToMailAddress(&mail.Address{Name: m.To.Name, Address: m.To.Address})
	if m.ReplyTo.Address != "" {
		msg.ReplyToMailAddress(&mail.Address{Name: m.ReplyTo.Name, Address: m.ReplyTo.Address})
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.QueuedAt)
	msg.SetMessageIDWithValue(m.key + "@" + s.domain)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no absence notices, please
	if m.UnsubscribeURL != "" {
		msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+m.UnsubscribeURL+">")
		if strings.HasPrefix(m.UnsubscribeURL, "https://") {
			msg.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribePost, "List-Unsubscribe=One-Click")
		}
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		msg.AttachReadSeeker(a.Name, bytes.NewReader(a.Content), gomail.WithFileContentType(gomail.ContentType(a.Type)))
	}
	var raw bytes.Buffer
	if _, err := msg.WriteTo(&raw); err != nil || s.sign == nil {
		return raw.Bytes(), err
	}
	// go-mail signs too, but folds its signature inside a word when many headers are
	// named, and the signature then verifies nowhere.
	var signed bytes.Buffer
	err := dkim.Sign(&signed, &raw, s.sign)
	return signed.Bytes(), err
}
