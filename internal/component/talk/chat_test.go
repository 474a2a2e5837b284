package talk_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/i18n"
)

// message is the number of the message with that text.
func message(t *testing.T, s apptest.Assembly, text string) string {
	t.Helper()
	var id int64
	s.Read(func(tx *db.Tx) error { return tx.Row("SELECT id FROM talk_message WHERE text = $1", []any{text}, &id) })
	return fmt.Sprint(id)
}

// account is the number of a member's account.
func account(s apptest.Assembly, i int) string { return fmt.Sprint(s.AccountOf(s.Members[i]).ID) }

// What is written to everybody: read, linked, taken back, reported, hidden, slowed down, closed.
func TestChat(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		s.Ana.Post("/a/ag/chat", "message", "Trop tôt").Want(t, 409, "pendant la séance")
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Ana.Post("/a/ag/chat", "message", " ").Want(t, 422, "Écrivez un message")
		s.Ana.Post("/a/ag/chat", "message", strings.Repeat("é", 801)).Want(t, 422, "C'est trop long")
		s.Ana.Post("/a/ag/chat", "message", "Voir https://exemple.org/a?b=1&c=2. <i>Bonjour</i>").Want(t, 303)
		s.Ben.Post("/a/ag/chat", "message", "Gros mot").Want(t, 303)
		s.Ben.Get("/a/ag/live").Want(t, 200, `href="https://exemple.org/a?b=1&amp;c=2"`, "</a>. &lt;i&gt;Bonjour", "!<i>Bonjour", "Gros mot", "Signaler")
		s.Observer.Get("/a/ag/live").Want(t, 200, "Gros mot", "Vous suivez : écrivent", "!Signaler")

		rude := message(t, s, "Gros mot")
		s.Ben.Post("/a/ag/chat/"+rude+"/report", "reason", "x").Want(t, 403)
		s.Ana.Post("/a/ag/chat/"+rude+"/report", "reason", "").Want(t, 422, "Dites ce qui ne va pas")
		s.Ana.Post("/a/ag/chat/"+rude+"/report", "reason", "blessant").Want(t, 303)
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "1 message signalé", "blessant")
		s.Ana.Post("/a/ag/chat/"+rude+"/hide", "reason", "x").Want(t, 403)
		s.Ana.Post("/a/ag/chat/"+rude+"/delete").Want(t, 403)
		s.Guide.Post("/a/ag/chat/"+rude+"/hide", "reason", "").Want(t, 422, "Donnez une raison")
		s.Guide.Post("/a/ag/chat/"+rude+"/hide", "reason", "injure").Want(t, 303)
		s.Ana.Get("/a/ag/chat").Want(t, 200, "Message masqué : injure", "!Gros mot")
		s.Chair.Get("/a/ag/live/chair").Want(t, 200, "!1 message signalé")
		s.Guide.Post("/a/ag/chat/"+rude+"/unhide").Want(t, 303)
		s.Ana.Get("/a/ag/chat").Want(t, 200, "Gros mot")
		s.Guide.Post("/a/ag/chat/"+rude+"/mute", "reason", "calmez-vous").Want(t, 303)
		s.Ben.Get("/a/ag/chat").Want(t, 200, "ne plus écrire pour l'instant : calmez-vous")
		s.Ben.Post("/a/ag/chat", "message", "Encore").Want(t, 403, "calmez-vous")
		s.Ben.Post("/a/ag/questions", "text", "Encore ?").Want(t, 403, "calmez-vous")
		s.Guide.Post("/a/ag/chat/unmute", "account", account(s, 1)).Want(t, 303)
		s.Ben.Post("/a/ag/chat", "message", "Pardon").Want(t, 303)
		s.Ben.Post("/a/ag/chat/"+rude+"/delete").Want(t, 303)
		s.Ana.Get("/a/ag/chat").Want(t, 200, "Pardon", "!Gros mot")

		s.Guide.Post("/a/ag/chat/settings", "slow", "900").Want(t, 422, "de 0 à 300")
		s.Guide.Post("/a/ag/chat/settings", "slow", "60", "minutes", "on").Want(t, 303)
		s.Ben.Post("/a/ag/chat", "message", "Vite").Want(t, 429, "Attendez encore")
		s.Guide.Post("/a/ag/chat", "message", "Qui conduit n'attend pas").Want(t, 303)
		s.Guide.Post("/a/ag/chat", "message", "Vraiment").Want(t, 303)
		s.Guide.Post("/a/ag/chat/settings", "slow", "0", "closed", "on", "minutes", "on").Want(t, 303)
		s.Ana.Get("/a/ag/chat").Want(t, 200, "L'animation a fermé la discussion")
		s.Ana.Post("/a/ag/chat", "message", "Fermé").Want(t, 409, "a fermé la discussion")
		s.Ana.Get("/a/ag/chat.csv").Want(t, 200, "at,room,name", "Pardon", "!Gros mot")
		h.TickNow()
		s.Ana.Get("/a/ag/journal?family=talk").Want(t, 200, "Un message est masqué : injure", "ne peut plus écrire : calmez-vous", "!Pardon")
		transcribed(t, s)
	})
}

// transcribed checks what the minutes say of the chat, and what is destroyed of a member's.
func transcribed(t *testing.T, s apptest.Assembly) {
	t.Helper()
	s.Write(func(tx *db.Tx) error {
		parts, err := part(s).(component.Contributor).Contribute(tx, s.Space, component.Minutes, i18n.French)
		text := apptest.Plain(fmt.Sprint(parts))
		if err != nil || !strings.Contains(text, "Discussion écrite") || !strings.Contains(text, "Ben Rive · Pardon") || strings.Contains(text, "Gros mot") {
			t.Errorf("the minutes say %s, %v", text, err)
		}
		return part(s).(component.PersonalData).EraseMember(tx, s.Members[1].ID)
	})
	s.Ana.Get("/a/ag/chat").Want(t, 200, "!Pardon", "!Ben Rive", "exemple.org")
}

// What is not for everybody, and who must not read it.
func TestRooms(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		ana, ben, chloe := account(s, 0), account(s, 1), account(s, 2)
		s.Ana.Post("/a/ag/chat", "message", "Bonjour à tous").Want(t, 303)
		s.Ana.Post("/a/ag/chat", "room", "lead", "message", "Je n'entends rien").Want(t, 303)
		s.Guide.Get("/a/ag/chat?room=lead").Want(t, 200, "Je n'entends rien", "Répondre")
		s.Guide.Post("/a/ag/chat", "room", "lead", "with", ana, "message", "Et maintenant ?").Want(t, 303)
		s.Ana.Get("/a/ag/chat?room=lead").Want(t, 200, "Je n'entends rien", "Et maintenant ?")
		s.Ben.Get("/a/ag/chat?room=lead&with="+ana).Want(t, 200, "!Je n'entends rien", "!Et maintenant")
		s.Observer.Get("/a/ag/chat?room=lead").Want(t, 403)
		s.Guide.Post("/a/ag/chat", "room", "lead", "with", "12", "message", "À personne").Want(t, 409, "n'est pas dans la séance")

		s.Ben.Post("/a/ag/chat", "room", "private", "with", ana, "message", "Entre nous").Want(t, 409, "pas en privé")
		s.Chair.Post("/a/ag/chat/settings", "slow", "0", "private", "on").Want(t, 303)
		s.Ben.Get("/a/ag/chat").Want(t, 200, "Écrire en privé")
		s.Ben.Post("/a/ag/chat", "room", "private", "with", ben, "message", "À moi").Want(t, 409, "pas à soi-même")
		s.Ben.Post("/a/ag/chat", "room", "private", "with", ana, "message", "Entre nous").Want(t, 303)
		s.Ana.Get("/a/ag/chat?room=private&with="+ben).Want(t, 200, "Entre nous", "Vous seul·e et Ben Rive", "Signaler")
		s.Ana.Get("/a/ag/chat").Want(t, 200, "!Entre nous", "Ben Rive")
		secret := message(t, s, "Entre nous")
		s.Chloe.Get("/a/ag/chat?room=private&with="+ben).Want(t, 200, "!Entre nous")
		s.Chloe.Get("/a/ag/chat?room=private&with="+chloe).Want(t, 403)
		s.Chloe.Post("/a/ag/chat/"+secret+"/report", "reason", "x").Want(t, 403)
		s.Chair.Post("/a/ag/chat/"+secret+"/hide", "reason", "x").Want(t, 403) // nobody has reported it
		s.Chair.Get("/a/ag/chat").Want(t, 200, "!Entre nous")
		s.Ana.Post("/a/ag/chat/"+secret+"/report", "reason", "Menace").Want(t, 303)
		s.Chair.Get("/a/ag/chat").Want(t, 200, "Entre nous", "Menace", "En privé")
		s.Ben.Get("/a/ag/chat").Want(t, 200, "!Menace")
		s.Chair.Post("/a/ag/chat/"+secret+"/dismiss").Want(t, 303)
		s.Chair.Get("/a/ag/chat").Want(t, 200, "!Entre nous")

		files := map[string]string{}
		add := func(name string, write func(io.Writer) error) error {
			var b bytes.Buffer
			err := write(&b)
			files[name] = b.String()
			return err
		}
		s.Read(func(tx *db.Tx) error {
			if err := part(s).(component.Exporter).Export(tx, add); err != nil {
				return err
			}
			return part(s).(component.PersonalData).ExportMember(tx, s.Members[0].ID, add)
		})
		if all := files["ag/live/chat.json"]; !strings.Contains(all, "n'entends rien") && !strings.Contains(all, "entends rien") || strings.Contains(all, "Entre nous") {
			t.Errorf("the export: %s", all)
		}
		if own := files["chat.json"]; !strings.Contains(own, "Entre nous") {
			t.Errorf("Ana's own: %s", own)
		}
		s.Ana.Get("/a/ag/chat.json").Want(t, 200, "Bonjour", "!entends rien", "!Entre nous")
		s.Stranger.Get("/a/ag/chat").Want(t, 404)
		h.Visitor().Post("/a/ag/chat", "message", "Volé").Want(t, 401)
		s.Observer.Post("/a/ag/chat", "message", "Volé").Want(t, 403)
		for _, act := range []string{"settings", "unmute"} {
			s.Ana.Post("/a/ag/chat/"+act, "slow", "0").Want(t, 403)
			s.Observer.Post("/a/ag/chat/"+act, "slow", "0").Want(t, 403)
		}
	})
}

// A long thread is read page by page.
func TestOlderMessages(t *testing.T) {
	h := apptest.Start(t)
	s := h.Assembly()
	s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
	now := time.Now()
	for i := range 45 {
		h.SetClock(now.Add(time.Duration(i) * 10 * time.Second))
		s.Ana.Post("/a/ag/chat", "message", fmt.Sprintf("Message %02d.", i)).Want(t, 303)
	}
	page := s.Ben.Get("/a/ag/chat").Want(t, 200, "Message 44.", "Message 05.", "!Message 04.")
	older := regexp.MustCompile(`href="([^"]+before=\d+)"`).FindStringSubmatch(page.Body)
	s.Ben.Get(older[1]).Want(t, 200, "Message 04.", "Message 00.", "!Message 05.", "!Messages plus anciens")
	h.SetClock(now.Add(time.Hour))
	for i := range 15 {
		s.Ana.Post("/a/ag/chat", "message", fmt.Sprint("Encore ", i)).Want(t, 303)
	}
	s.Ana.Post("/a/ag/chat", "message", "Trop").Want(t, 429, "Vous écrivez beaucoup")
}

// Reactions are counted without a name, and fade.
func TestReactions(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		s := h.Assembly()
		s.Ana.Post("/a/ag/reactions", "kind", "agree").Want(t, 409)
		s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
		s.Ana.Get("/a/ag/live").Want(t, 200, "Bravo", "Question de forme")
		s.Observer.Get("/a/ag/live").Want(t, 200, "Bravo", "!react-applause")
		s.Ana.Post("/a/ag/reactions", "kind", "applause").Want(t, 303)
		s.Ana.Post("/a/ag/reactions", "kind", "applause").Want(t, 429, "Attendez un instant")
		s.Ben.Post("/a/ag/reactions", "kind", "applause").Want(t, 303)
		s.Ben.Post("/a/ag/reactions", "kind", "tomatoes").Want(t, 422)
		s.Observer.Post("/a/ag/reactions", "kind", "agree").Want(t, 403)
		s.Stranger.Post("/a/ag/reactions", "kind", "agree").Want(t, 404)
		h.Visitor().Post("/a/ag/reactions", "kind", "agree").Want(t, 401)
		counted := `<b data-count="talk-r-applause">2</b>`
		for end := time.Now().Add(10 * time.Second); !strings.Contains(s.Ana.Get("/a/ag/live").Body, counted); {
			if time.Now().After(end) {
				t.Fatal("two reactions are not counted")
			}
			time.Sleep(20 * time.Millisecond)
		}
		s.Observer.Get("/a/ag/live/screen").Want(t, 200, counted)
		h.SetClock(time.Now().Add(40 * time.Second))
		s.Ana.Get("/a/ag/live").Want(t, 200, `<b data-count="talk-r-applause">0</b>`)
		h.TickNow()
	})
}

// A message reaches the streams of those who may read it, and no other.
func TestWhoHears(t *testing.T) {
	h := apptest.Start(t)
	s := h.Assembly()
	s.Chair.Post("/a/ag/live/chair/open").Want(t, 303)
	heard := func(b *apptest.Browser) func() string {
		before := h.Live.Streams()
		stream := b.Stream("/a/ag/live/events")
		for h.Live.Streams() <= before {
			time.Sleep(time.Millisecond)
		}
		return func() (all string) {
			defer stream.Close()
			for lines := bufio.NewScanner(stream); !strings.Contains(all, "fin") && lines.Scan(); {
				all += lines.Text()
			}
			return all
		}
	}
	ana, ben, chair := heard(s.Ana), heard(s.Ben), heard(s.Chair)
	s.Ana.Post("/a/ag/chat", "message", "à-tous").Want(t, 303)
	s.Ana.Post("/a/ag/chat", "room", "lead", "message", "à-vous").Want(t, 303)
	s.Ana.Post("/a/ag/chat", "message", "fin").Want(t, 303)
	for name, c := range map[string]struct {
		text   string
		leader bool
	}{"Ana": {ana(), true}, "Ben": {ben(), false}, "the chair": {chair(), true}} {
		if !strings.Contains(c.text, "à-tous") || strings.Contains(c.text, "à-vous") != c.leader {
			t.Errorf("%s hears %s", name, c.text)
		}
	}
}
