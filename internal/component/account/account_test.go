package account

import (
	"testing"

	"isegoria.org/isegoria/internal/people"
)

func TestDevice(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                     "Firefox, Linux",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                            "Chrome, Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0":              "Edge, Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                      "Safari, Mac",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1":    "Safari, iPhone",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1": "Chrome, iPhone",
		"Mozilla/5.0 (Linux; Android 15; SM-G991B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": "Samsung Internet, Android",
		"Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0":                                                                       "Firefox, Android",
		"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36":                             "Chrome, ChromeOS",
		"curl/8.5.0": "", "": "", "Linux": "Linux",
	} {
		if got := Device(agent); got != want {
			t.Errorf("%q is %q, want %q", agent, got, want)
		}
	}
}

func TestChoose(t *testing.T) {
	ines, marc := people.Account{ID: 5, Member: 1, Name: "Inès"}, people.Account{Member: 2, Name: "Marc"}
	for _, c := range []struct {
		persons []people.Account
		who     string
		want    string
	}{
		{[]people.Account{ines}, "", "Inès"},
		{[]people.Account{ines}, "a5", "Inès"},
		{[]people.Account{ines}, "a6", ""},
		{[]people.Account{ines, marc}, "", ""},
		{[]people.Account{ines, marc}, "m2", "Marc"},
		{[]people.Account{ines, marc}, "m1", ""}, // Inès has an account: she goes by it
		{[]people.Account{ines, marc}, "a2", ""},
		{nil, "", ""},
		{nil, "m2", ""},
	} {
		got, ok := choose(c.persons, c.who)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("choose(%v, %q) = %q, %v, want %q", c.persons, c.who, got.Name, ok, c.want)
		}
	}
}

func TestMayBecome(t *testing.T) {
	list := []people.Persona{{Account: 5}, {Account: 6}}
	for _, c := range []struct {
		demo    bool
		account int64
		want    bool
	}{{true, 5, true}, {true, 6, true}, {true, 7, false}, {true, 0, false}, {false, 5, false}, {false, 7, false}} {
		if got := mayBecome(c.demo, list, c.account); got != c.want {
			t.Errorf("mayBecome(%v, %d) = %v", c.demo, c.account, got)
		}
	}
}

func TestPasskeyHost(t *testing.T) {
	for url, want := range map[string]string{
		"https://vote.example.org": "vote.example.org", "https://vote.example.org:8443": "vote.example.org",
		"http://localhost:8080": "localhost", "http://vote.example.org": "", "http://127.0.0.1:8080": "", "https://192.0.2.7": "",
		"https://[2001:db8::1]": "", "": "", "::": "",
	} {
		host, ok := passkeyHost(url)
		if !ok {
			host = ""
		}
		if host != want {
			t.Errorf("passkeys of %q belong to %q, want %q", url, host, want)
		}
	}
}
