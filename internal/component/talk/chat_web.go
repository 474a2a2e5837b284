package talk

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/web"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// chat is a room as somebody sees it.
type chat struct {
	access   space.Access
	settings settings
	open     bool // the session is
	thread   thread
	with     string // the party's name
	list     []Message
	more     bool
	others   []Mute // with whom the viewer has exchanged private messages
	muted    string // why the viewer may not write
	isMuted  bool

	reports []Report
	mutes   []Mute

	about int64 // the message whose form was refused, 0: writing one
	typed url.Values
	errs  map[string]string
}

const chatSize = 40

// loadChat reads a page of a thread.
func (c *Component) loadChat(tx *db.Tx, a space.Access, s component.LiveSession, k thread) (v chat, err error) {
	k.space, k.viewer = a.Space.ID, a.Viewer.Account
	if k.room == Leaders && !canLead(a) {
		k.party = a.Viewer.Account
	}
	v = chat{access: a, open: s.Open, thread: k}
	if err := component.Must(a, canReadRoom(a, k.room, k.party)); err != nil {
		return v, err
	}
	if v.settings, err = loadSettings(tx, a.Space.ID); err != nil {
		return v, err
	}
	if v.list, v.more, err = messages(tx, k, chatSize); err != nil || !canWrite(a) {
		return v, err
	}
	if v.muted, v.isMuted, err = mutedFor(tx, a.Space.ID, a.Viewer.Account); err != nil {
		return v, err
	}
	if v.others, err = correspondents(tx, a.Space.ID, a.Viewer.Account); err != nil || k.party == 0 {
		return v, err
	}
	if p, here := s.Present[k.party]; here {
		v.with = p.Name
		return v, nil
	}
	v.with, err = writerName(tx, a.Space.ID, k.party)
	return v, err
}

// threadOf is the thread that the address asks for.
func threadOf(r *http.Request) thread {
	q := r.URL.Query()
	k := thread{room: Everybody, party: number(q.Get("with")), before: number(q.Get("before"))}
	if room := Room(q.Get("room")); room == Leaders || room == Private {
		k.room = room
	} else {
		k.party = 0
	}
	return k
}

func (c *Component) readChat(r *http.Request, k thread) (v chat, err error) {
	err = c.deps.InSpace(r, func(tx *db.Tx, a space.Access) error {
		s, err := c.deps.LiveSession(tx, a.Space.ID)
		if err != nil {
			return err
		}
		if v, err = c.loadChat(tx, a, s, k); err != nil || !canLead(a) {
			return err
		}
		if v.reports, err = reports(tx, a.Space.ID); err != nil {
			return err
		}
		v.mutes, err = mutes(tx, a.Space.ID)
		return err
	})
	return v, err
}

func (c *Component) showChat(w http.ResponseWriter, r *http.Request) error {
	v, err := c.readChat(r, threadOf(r))
	if err != nil {
		return err
	}
	return c.chatPage(w, r, v, http.StatusOK)
}

func (c *Component) chatPage(w http.ResponseWriter, r *http.Request, v chat, status int) error {
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "talk.chat"), Status: status, View: chatView(v)})
}

// chatPath is the address of a thread.
func chatPath(s space.Space, room Room, party int64) string {
	path := s.Path() + "/chat"
	if room == Everybody {
		return path
	}
	path += "?room=" + string(room)
	if party != 0 {
		path += "&with=" + strconv.FormatInt(party, 10)
	}
	return path
}

// chatAgain shows the thread with what was refused of a form, and what was typed.
func (c *Component) chatAgain(w http.ResponseWriter, r *http.Request, k thread, about int64, err error) error {
	errs := site.FieldErrors(r, err)
	if errs == nil || web.WantsJSON(r) {
		return err
	}
	v, err := c.readChat(r, k)
	if err != nil {
		return err
	}
	v.about, v.typed, v.errs = about, r.PostForm, errs
	return c.chatPage(w, r, v, http.StatusUnprocessableEntity)
}

func (c *Component) postMessage(w http.ResponseWriter, r *http.Request) error {
	k := thread{room: Room(r.FormValue("room")), party: number(r.FormValue("with"))}
	if k.room != Leaders && k.room != Private {
		k.room, k.party = Everybody, 0
	}
	var a space.Access
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) error {
		a = entered
		return c.post(tx, a, k.room, k.party, r.FormValue("message"))
	})
	if err != nil {
		return c.chatAgain(w, r, k, 0, err)
	}
	return component.Done(w, r, chatPath(a.Space, k.room, k.party)+"#chat-form")
}

// onMessage is the handler of an act on one message.
func (c *Component) onMessage(act string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id := number(r.PathValue("id"))
		var a space.Access
		var m Message
		err := c.deps.ChangeSpace(r, func(tx *db.Tx, entered space.Access) (err error) {
			a = entered
			if err := component.Must(a, canWrite(a)); err != nil {
				return err
			}
			if m, err = findMessage(tx, a.Space.ID, id); err != nil {
				return err
			}
			switch act {
			case "delete":
				return c.takeBack(tx, a, m)
			case "report":
				return c.report(tx, a, m, r.FormValue("reason"))
			case "mute":
				return c.mute(tx, a, m, r.FormValue("reason"))
			default:
				return c.moderate(tx, a, m, act, r.FormValue("reason"))
			}
		})
		k := thread{room: Everybody}
		if m.Room == Leaders || m.Room == Private && m.between(a.Viewer.Account) {
			k.room, k.party = m.Room, m.Party+m.Author-a.Viewer.Account
			if m.Room == Leaders {
				k.party = m.Party
			}
		}
		if err != nil {
			return c.chatAgain(w, r, k, id, err)
		}
		return component.Done(w, r, chatPath(a.Space, k.room, k.party))
	}
}

func (c *Component) unmuteAccount(w http.ResponseWriter, r *http.Request) error {
	err := c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error { return c.unmute(tx, a, number(r.FormValue("account"))) })
	if err != nil {
		return err
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/chat")
}

func (c *Component) saveChatSettings(w http.ResponseWriter, r *http.Request) error {
	slow, err := strconv.Atoi(r.FormValue("slow"))
	if err != nil {
		slow = -1
	}
	err = c.deps.ChangeSpace(r, func(tx *db.Tx, a space.Access) error {
		return c.setChat(tx, a, r.FormValue("closed") != "", r.FormValue("private") != "", r.FormValue("minutes") != "", slow)
	})
	if err != nil {
		return c.chatAgain(w, r, thread{room: Everybody}, 0, err)
	}
	return component.Done(w, r, "/a/"+r.PathValue("slug")+"/chat")
}

// said is a message as files have it.
type said struct {
	Room   Room         `json:"room"`
	Name   string       `json:"name"`
	To     string       `json:"to,omitempty"`
	At     time.Time    `json:"at"`
	Text   string       `json:"text,omitempty"`
	State  MessageState `json:"state"`
	Reason string       `json:"reason,omitempty"`
}

// transcript is what was written to everybody, and, where lead says so, to those who lead. The text
// of a hidden message stays with those who hid it.
func transcript(tx *db.Tx, spaceID int64, lead bool) (out []said, err error) {
	list, err := written(tx, spaceID)
	for _, m := range list {
		if m.Room == Leaders && !lead {
			continue
		}
		w := m.wire()
		out = append(out, said{m.Room, m.Name, m.PartyName, m.At, w.Text, m.State, m.Reason})
	}
	return out, err
}

func (c *Component) chatFile(ending string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		var list []said
		err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
			list, err = transcript(tx, a.Space.ID, canLead(a))
			return err
		})
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", map[string]string{"csv": "text/csv; charset=utf-8", "json": "application/json"}[ending])
		w.Header().Set("Content-Disposition", `attachment; filename="`+r.PathValue("slug")+"-chat."+ending+`"`)
		if ending == "json" {
			return writeJSON(list)(w)
		}
		return writeChat(w, list)
	}
}

func writeChat(w io.Writer, list []said) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"at", "room", "name", "to", "text", "state", "reason"}) // Error says it
	for _, m := range list {
		_ = out.Write([]string{m.At.Format(time.RFC3339), string(m.Room), m.Name, m.To, m.Text, string(m.State), m.Reason})
	}
	out.Flush()
	return out.Error()
}
