package main

import (
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/platform/mail"
	"isegoria.org/isegoria/internal/platform/pages"
	"isegoria.org/isegoria/internal/platform/room"
	"isegoria.org/isegoria/internal/platform/transcribe"
)

// settings are what an operator decides about an instance. Every option is a flag, an
// environment variable and a line of the configuration file.
type settings struct {
	Data        string `default:"./data" type:"path" env:"ISEGORIA_DATA" placeholder:"DIR" help:"Folder of everything that is kept: database, documents, keys."`
	Database    string `env:"ISEGORIA_DATABASE" placeholder:"URL" help:"PostgreSQL address (postgres://…). Without it, an SQLite file in the data folder."`
	Redis       string `env:"ISEGORIA_REDIS" placeholder:"URL" help:"Redis server (redis://…) that tells the nodes of one site what changes, where several serve together on one PostgreSQL database."`
	Listen      string `default:"127.0.0.1:8080" env:"ISEGORIA_LISTEN" placeholder:"ADDRESS" help:"Address to serve at."`
	URL         string `name:"url" env:"ISEGORIA_URL" placeholder:"URL" help:"Address at which people reach the site (https://…). Without it, http:// and the address served at."`
	BehindProxy bool   `env:"ISEGORIA_BEHIND_PROXY" help:"Trust the client address that a reverse proxy states (X-Forwarded-For)."`
	LogLevel    string `enum:"debug,info,warn,error" default:"info" env:"ISEGORIA_LOG_LEVEL" help:"What is logged: ${enum}. Logs hold no personal data."`

	MetricsToken string `env:"ISEGORIA_METRICS_TOKEN" placeholder:"TOKEN" help:"Token that opens /metrics (Authorization: Bearer …). Without it, only this machine may read it, and nobody behind a proxy."`
	KeepMails    int    `default:"365" env:"ISEGORIA_KEEP_MAILS" placeholder:"DAYS" help:"Days for which it is kept to whom mails went; 0 for ever."`
	KeepSignIns  int    `default:"365" env:"ISEGORIA_KEEP_SIGN_INS" placeholder:"DAYS" help:"Days for which it is kept who signed in when; 0 for ever."`

	Drand string `env:"ISEGORIA_DRAND" placeholder:"URL" help:"Relay of the public beacon drand (https://api.drand.sh) from which organisers may have the round announced for a draw fetched. Without it, they paste what it published. Either way it is verified."`

	Mail  mailSettings  `embed:"" prefix:"mail-" group:"Mail"`
	Voice voiceSettings `embed:"" group:"Voice and video"`

	Captions captionSettings `embed:"" prefix:"captions-" group:"Captions written by a machine"`
}

// mailSettings are the way out of the house for mails.
type mailSettings struct {
	Host         string `env:"ISEGORIA_MAIL_HOST" help:"SMTP server. Without it, mails stay on the outbox page."`
	Port         int    `default:"0" env:"ISEGORIA_MAIL_PORT" help:"SMTP port; 0 is the usual one of the encryption."`
	User         string `env:"ISEGORIA_MAIL_USER" help:"User name at the SMTP server."`
	Password     string `env:"ISEGORIA_MAIL_PASSWORD" help:"Password at the SMTP server."`
	TLS          string `name:"tls" enum:"starttls,implicit,none" default:"starttls" env:"ISEGORIA_MAIL_TLS" help:"Encryption: ${enum}; none only for a server on this machine."`
	From         string `env:"ISEGORIA_MAIL_FROM" help:"Address that mails come from."`
	DKIMDomain   string `name:"dkim-domain" env:"ISEGORIA_MAIL_DKIM_DOMAIN" help:"Domain that signs mails (DKIM)."`
	DKIMSelector string `name:"dkim-selector" env:"ISEGORIA_MAIL_DKIM_SELECTOR" help:"Selector of the DKIM key in the DNS."`
	DKIMKey      string `name:"dkim-key" type:"path" env:"ISEGORIA_MAIL_DKIM_KEY" help:"File of the DKIM private key (PEM)."`
}

// voiceSettings are voice and video: carried by this program, by a LiveKit server elsewhere, or not at all.
type voiceSettings struct {
	Mode     string `name:"voice" enum:"on,off,external" default:"on" env:"ISEGORIA_VOICE" help:"Voice and video: ${enum}. 'on' carries them here, 'external' with a LiveKit server that runs elsewhere."`
	Address  string `name:"voice-address" env:"ISEGORIA_VOICE_ADDRESS" placeholder:"IP" help:"IP address at which browsers reach the media ports. Without it, that of the name in the site's address."`
	UDPPort  int    `name:"voice-udp-port" default:"7882" env:"ISEGORIA_VOICE_UDP_PORT" help:"UDP port of the media; open it in the firewall."`
	TCPPort  int    `name:"voice-tcp-port" default:"7881" env:"ISEGORIA_VOICE_TCP_PORT" help:"TCP port of the media, for networks without UDP; open it in the firewall. 0 for none."`
	TURN     string `name:"voice-turn-domain" env:"ISEGORIA_VOICE_TURN_DOMAIN" placeholder:"NAME" help:"Name whose port 443 relays media in TLS (TURN), for networks that let nothing else through. Without it, none does."`
	TURNPort int    `name:"voice-turn-port" default:"5349" env:"ISEGORIA_VOICE_TURN_PORT" help:"Port to serve TURN at; 443 of its name must lead here."`
	TURNCert string `name:"voice-turn-cert" type:"path" env:"ISEGORIA_VOICE_TURN_CERT" help:"File of the certificate of TURN's name (PEM)."`
	TURNKey  string `name:"voice-turn-key" type:"path" env:"ISEGORIA_VOICE_TURN_KEY" help:"File of its private key (PEM)."`
	URL      string `name:"voice-url" env:"ISEGORIA_VOICE_URL" placeholder:"URL" help:"Address of the external LiveKit server (https://…)."`
	Key      string `name:"voice-key" env:"ISEGORIA_VOICE_KEY" help:"API key at the external server."`
	Secret   string `name:"voice-secret" env:"ISEGORIA_VOICE_SECRET" help:"API secret at the external server."`
}

// captionSettings are the engine that may write what is said. Each session switches it on for itself.
type captionSettings struct {
	Engine    string   `env:"ISEGORIA_CAPTIONS_ENGINE" placeholder:"URL" help:"Address of an engine that writes what is said, as OpenAI's endpoint does (https://…/v1/audio/transcriptions). Without it, none can be switched on. With it, voices go there only in sessions whose leaders switch it on, and everyone present is told the address."`
	Model     string   `default:"whisper-1" env:"ISEGORIA_CAPTIONS_MODEL" help:"Name of the model at the engine."`
	Key       string   `env:"ISEGORIA_CAPTIONS_KEY" help:"Key at the engine (Authorization: Bearer …). Without it, none is sent."`
	Languages []string `default:"fr" env:"ISEGORIA_CAPTIONS_LANGUAGES" placeholder:"CODES" help:"Languages to choose from, the usual first, separated by commas: fr, en, ar, br, de, es, it, nl, pt, uk."`
}

func (c captionSettings) config() transcribe.Config {
	return transcribe.Config{Address: c.Engine, Model: c.Model, Key: c.Key, Languages: c.Languages}
}

func (v voiceSettings) config() room.Config {
	return room.Config{Mode: v.Mode, Address: v.Address, UDPPort: v.UDPPort, TCPPort: v.TCPPort,
		TURN: room.TURN{Domain: v.TURN, Port: v.TURNPort, CertFile: v.TURNCert, KeyFile: v.TURNKey},
		URL:  v.URL, Key: v.Key, Secret: v.Secret}
}

func (s settings) app() app.Config {
	address := s.URL
	if address == "" {
		address = "http://" + strings.Replace(s.Listen, "0.0.0.0", "localhost", 1)
	}
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	voice := s.Voice.config()
	voice.Site, voice.BehindProxy, voice.LogLevel = address, s.BehindProxy, s.LogLevel
	return app.Config{Pages: pages.Renderer{Command: []string{program, "pages"}}, Data: s.Data, Database: s.Database, Redis: s.Redis, Listen: s.Listen, URL: address, BehindProxy: s.BehindProxy, Mail: s.Mail.config(), Voice: voice, Captions: s.Captions.config(), Drand: s.Drand,
		MetricsToken: s.MetricsToken, Retention: app.Retention{Mails: days(s.KeepMails), SignIns: days(s.KeepSignIns)}}
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// Validate refuses what no site could be reached at, and ports that there are not.
func (s settings) Validate() error {
	if u, err := url.Parse(s.URL); s.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("--url must be http(s)://…, but it is %q", s.URL)
	}
	for flag, port := range map[string]int{"mail-port": s.Mail.Port, "voice-udp-port": s.Voice.UDPPort, "voice-tcp-port": s.Voice.TCPPort, "voice-turn-port": s.Voice.TURNPort} {
		if port < 0 || port > 65535 {
			return fmt.Errorf("--%s must be from 0 to 65535, but it is %d", flag, port)
		}
	}
	return nil
}

func (m mailSettings) config() mail.Config {
	return mail.Config{Host: m.Host, Port: m.Port, User: m.User, Password: m.Password, TLS: m.TLS, From: m.From,
		DKIMDomain: m.DKIMDomain, DKIMSelector: m.DKIMSelector, DKIMKeyFile: m.DKIMKey}
}

// configPaths is the file that --config or the environment names, looked for before parsing.
func configPaths(args []string) []string {
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--config="); ok {
			return []string{v}
		}
		if a == "--config" && i+1 < len(args) {
			return []string{args[i+1]}
		}
	}
	if v := os.Getenv("ISEGORIA_CONFIG"); v != "" {
		return []string{v}
	}
	return nil
}

// tomlFile reads a configuration file: the names of the flags with their values. A name that
// no command has is refused, so that a spelling mistake is seen.
func tomlFile(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if _, err := toml.NewDecoder(r).Decode(&values); err != nil {
		return nil, badInput{fmt.Errorf("configuration file: %w", err)}
	}
	return fileResolver(values), nil
}

type fileResolver map[string]any

// Validate refuses names that no option has.
func (f fileResolver) Validate(a *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(a, func(n kong.Visitable, next kong.Next) error {
		if flag, ok := n.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	})
	if err != nil {
		return err
	}
	for name := range f {
		if !known[name] {
			return fmt.Errorf("configuration file: no option is named %q", name)
		}
	}
	return nil
}

func (f fileResolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	v, ok := f[flag.Name]
	if !ok {
		return nil, nil
	}
	return fmt.Sprint(v), nil
}

// configCmd prints every option of `serve` as a commented configuration file.
type configCmd struct{}

func (configCmd) Run(k *kong.Kong) error { return printConfig(os.Stdout, k) }

func printConfig(w io.Writer, k *kong.Kong) error {
	var b strings.Builder
	b.WriteString("# Configuration of Isegoria. Each line is also a flag (--name) and an environment variable.\n")
	for _, command := range k.Model.Children {
		if command.Name != "serve" {
			continue
		}
		for _, flag := range command.Flags {
			if flag.Name == "help" {
				continue
			}
			fmt.Fprintf(&b, "\n# %s\n", flag.Help)
			if len(flag.Envs) > 0 {
				fmt.Fprintf(&b, "# Environment: %s\n", strings.Join(flag.Envs, ", "))
			}
			value := fmt.Sprintf("%q", flag.Default)
			if flag.IsBool() {
				value = "false"
			} else if flag.Target.CanInt() {
				value = flag.Default
			}
			fmt.Fprintf(&b, "#%s = %s\n", flag.Name, value)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
