package mail

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"
)

func full() Stored {
	m := Stored{ID: 1, key: "k1", QueuedAt: time.Date(2026, 6, 11, 18, 30, 0, 0, time.UTC), Message: hello("ana@coop.example")}
	m.To.Name = "Zoé « la présidente » Ölund"
	m.ReplyTo = Address{"Bureau", "bureau@coop.example"}
	m.Subject = "Convocation à l’assemblée générale de la coopérative Les Deux Rives, jeudi 11 juin 2026 à 18 h 30"
	m.Text = "Bonjour Zoé,\n.\nune ligne " + strings.Repeat("très longue ", 200) + "\nFrom ici\n"
	m.HTML = "<p>Bonjour Zoé</p>"
	m.UnsubscribeURL = "https://coop.example/off?t=1&u=2"
	m.Attachments = []Attachment{{"ordre du jour été.pdf", "application/pdf", []byte("%PDF-1.7\r\n.\r\n\x00\xff")}}
	return m
}

func send(t *testing.T, s *SMTP, m Stored) Outcome {
	t.Helper()
	out, err := s.Send(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// part is one leaf of a received mail, decoded.
type part struct{ kind, name, text string }

func leaves(t *testing.T, kind, encoding, disposition string, body io.Reader) []part {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(media, "multipart/") {
		var out []part
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if errors.Is(err, io.EOF) {
				return out
			}
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, leaves(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)...)
		}
	}
	switch encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	if disposition != "" {
		_, params, err := mime.ParseMediaType(disposition)
		if err != nil {
			t.Fatal(err)
		}
		if name, err = new(mime.WordDecoder).DecodeHeader(params["filename"]); err != nil {
			t.Fatal(err)
		}
	}
	return []part{{media, name, string(text)}}
}

func TestMailAsReceived(t *testing.T) {
	s := serve(t, &server{user: "coop"}, false)
	m := full()
	out := send(t, s.sender(t, Config{User: "coop", Password: "secret"}), m)
	if out.State != Sent || out.Reply == "" {
		t.Fatalf("outcome %+v", out)
	}
	got := s.mails()[0]
	if !got.tls || got.from != "ag@coop.example" || got.to != "ana@coop.example" {
		t.Errorf("envelope %v %s %s", got.tls, got.from, got.to)
	}
	for line := range bytes.SplitSeq(got.raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsFunc(line, func(r rune) bool { return r >= 0x80 || r == '\n' || r == '\r' }) {
			t.Errorf("a line no server must accept: %q", line)
		}
	}
	msg, err := mail.ReadMessage(bytes.NewReader(got.raw))
	if err != nil {
		t.Fatal(err)
	}
	from, err := msg.Header.AddressList("From")
	if err != nil || from[0].Name != "Coopérative Les Deux Rives" {
		t.Errorf("From %v %v", from, err)
	}
	to, err := msg.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != m.To.Name || to[0].Address != m.To.Address {
		t.Errorf("To %v %v", to, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != m.Subject {
		t.Errorf("Subject %q %v", subject, err)
	}
	if date, err := msg.Header.Date(); err != nil || !date.Equal(m.QueuedAt) {
		t.Errorf("Date %v %v", date, err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<k1@coop.example>", "Auto-Submitted": "auto-generated", "Reply-To": `"Bureau" <bureau@coop.example>`,
		"List-Unsubscribe": "<https://coop.example/off?t=1&u=2>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0",
	} {
		if got := msg.Header[name]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	parts := leaves(t, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), "", msg.Body)
	for i := range parts[:2] {
		parts[i].text = strings.ReplaceAll(parts[i].text, "\r\n", "\n")
	}
	want := []part{{"text/plain", "", m.Text}, {"text/html", "", m.HTML},
		{"application/pdf", m.Attachments[0].Name, string(m.Attachments[0].Content)}}
	if len(parts) != 3 || parts[0] != want[0] || parts[1] != want[1] || parts[2] != want[2] {
		t.Errorf("parts %q\nwant %q", parts, want)
	}
}

// One click takes a POST over https (RFC 8058); a link over http is for reading only.
func TestUnsubscribeWithoutHTTPS(t *testing.T) {
	s := serve(t, &server{}, false)
	m := full()
	m.UnsubscribeURL = "http://localhost:8080/off"
	send(t, s.sender(t, Config{}), m)
	raw := string(s.mails()[0].raw)
	if !strings.Contains(raw, "List-Unsubscribe: <http://localhost:8080/off>") || strings.Contains(raw, "One-Click") {
		t.Error(raw)
	}
}

func keyFile(t *testing.T, key crypto.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "dkim.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDKIM(t *testing.T) {
	public, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaDER, err := x509.MarshalPKIXPublicKey(rsaKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		key    crypto.PrivateKey
		record string
	}{
		"ed25519": {ed, "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)},
		"rsa":     {rsaKey, "v=DKIM1; k=rsa; p=" + base64.StdEncoding.EncodeToString(rsaDER)},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, &server{}, false)
			out := s.sender(t, Config{DKIMSelector: "ag2026", DKIMKeyFile: keyFile(t, c.key)})
			send(t, out, full())
			plain := Stored{ID: 2, key: "k2", QueuedAt: time.Now(), Message: hello("bo@coop.example")}
			send(t, out, plain)
			lookup := &dkim.VerifyOptions{LookupTXT: func(domain string) ([]string, error) {
				if domain != "ag2026._domainkey.coop.example" {
					t.Errorf("key asked at %s", domain)
				}
				return []string{c.record}, nil
			}}
			for _, d := range s.mails() {
				checks, err := dkim.VerifyWithOptions(bytes.NewReader(d.raw), lookup)
				if err != nil || len(checks) != 1 || checks[0].Err != nil || checks[0].Domain != "coop.example" {
					t.Fatalf("signature: %+v %v", checks, err)
				}
				signed := strings.ToLower(strings.Join(checks[0].HeaderKeys, ":"))
				for _, h := range signedHeaders {
					if !strings.Contains(signed+":", strings.ToLower(h)+":") {
						t.Errorf("%s is not signed: %s", h, signed)
					}
				}
				forged := bytes.Replace(d.raw, []byte("Bonjour"), []byte("Bonsoir"), 1)
				checks, err = dkim.VerifyWithOptions(bytes.NewReader(forged), lookup)
				if err != nil || len(checks) != 1 || checks[0].Err == nil {
					t.Errorf("a changed mail verifies: %+v %v", checks, err)
				}
			}
		})
	}
}

func TestImplicitTLS(t *testing.T) {
	s := serve(t, &server{user: "coop"}, true)
	if out := send(t, s.sender(t, Config{TLS: ImplicitTLS, User: "coop", Password: "secret"}), full()); out.State != Sent {
		t.Errorf("outcome %+v", out)
	}
	if !s.mails()[0].tls {
		t.Error("sent in the clear")
	}
}

// Nothing is said to a server that is not the one meant, and no mail suffers for it.
func TestUnreachable(t *testing.T) {
	trusted := serve(t, &server{user: "coop"}, false)
	for name, prepare := range map[string]func(c *Config) (roots *x509.CertPool){
		"nobody listens":      func(c *Config) *x509.CertPool { c.Port = 1; return trusted.roots },
		"unknown certificate": func(*Config) *x509.CertPool { return x509.NewCertPool() },
		"wrong password":      func(c *Config) *x509.CertPool { c.Password = "wrong"; return trusted.roots },
		"wrong way of TLS":    func(c *Config) *x509.CertPool { c.TLS = ImplicitTLS; return trusted.roots },
	} {
		c := Config{Host: "localhost", Port: trusted.addr.Port, From: "ag@coop.example", User: "coop", Password: "secret"}
		roots := prepare(&c)
		out, err := newSMTP(c, roots)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Send(context.Background(), full()); !errors.Is(err, ErrUnreachable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(trusted.mails()) != 0 {
		t.Error("a mail got through")
	}
}

func TestAnswersOfTheServer(t *testing.T) {
	s := serve(t, &server{allowed: "ag@coop.example"}, false)
	out := s.sender(t, Config{TLS: StartTLS})
	to := func(address string) Stored { m := full(); m.To.Address = address; return m }
	for _, c := range []struct {
		to    string
		state State
		reply string
	}{
		{"refused@coop.example", Refused, "550 5.1.1 No such mailbox here"},
		{"later@coop.example", Later, "451 4.7.1 Greylisted, come back"},
		{"later@coop.example", Sent, "2.0.0"},
		{"dropped@coop.example", Later, "EOF"},
		{"dropped@coop.example", Sent, "2.0.0"},
		{"ana@coop.example", Sent, "2.0.0"},
	} {
		if got := send(t, out, to(c.to)); got.State != c.state || !strings.Contains(got.Reply, c.reply) {
			t.Errorf("%s: %+v, want %s %q", c.to, got, c.state, c.reply)
		}
	}
	if s.secured != 2 {
		t.Errorf("%d connections for six mails and one loss", s.secured)
	}
	stranger := s.sender(t, Config{From: "other@coop.example"})
	if got := send(t, stranger, to("ana@coop.example")); got.State != Later || !strings.Contains(got.Reply, "553") {
		t.Errorf("a sender that is not allowed, which is no fault of the person: %+v", got)
	}
}

// A connection that the server closed while it waited is replaced at once.
func TestConnectionGoneWhileWaiting(t *testing.T) {
	s := serve(t, &server{}, false)
	out := s.sender(t, Config{})
	send(t, out, full())
	s.hangUp()
	if got := send(t, out, full()); got.State != Sent {
		t.Errorf("outcome %+v", got)
	}
}

func TestConfig(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.pem")
	if err := os.WriteFile(text, []byte("not a key"), 0o600); err != nil {
		t.Fatal(err)
	}
	base := Config{Host: "mail.example", From: "Coop <ag@coop.example>"}
	for want, change := range map[string]func(c *Config){
		`the sender "" is not`:              func(c *Config) { c.From = "" },
		`the sender "ag@localhost" is not`:  func(c *Config) { c.From = "ag@localhost" },
		`TLS is "tls": it must be`:          func(c *Config) { c.TLS = "tls" },
		"not sent over an unprotected":      func(c *Config) { c.TLS, c.User = NoTLS, "coop" },
		"both a selector and a key file":    func(c *Config) { c.DKIMSelector = "x" },
		"the DKIM key cannot be read":       func(c *Config) { c.DKIMSelector, c.DKIMKeyFile = "x", "/nowhere.pem" },
		"is not an RSA or Ed25519 private":  func(c *Config) { c.DKIMSelector, c.DKIMKeyFile = "x", text },
		"server mail.example, port 100000:": func(c *Config) { c.Port = 100000 },
	} {
		c := base
		change(&c)
		if _, err := NewSender(c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	if out, err := NewSender(Config{}); err != nil || out != (NoServer{}) {
		t.Errorf("without a host: %v %v", out, err)
	}
	for mode, port := range map[string]string{"": "587", StartTLS: "587", ImplicitTLS: "465", NoTLS: "25"} {
		c := base
		c.TLS = mode
		out, err := newSMTP(c, nil)
		if err != nil || !strings.HasSuffix(out.client.ServerAddr(), ":"+port) {
			t.Errorf("%q: %v %v", mode, out, err)
		}
	}
}
