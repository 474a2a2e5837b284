package convocation

import "isegoria.org/isegoria/internal/component"

// TextChanged is the event of what the convocation says from now on.
type TextChanged struct {
	Call    int    `json:"call"`
	Subject string `json:"subject"`
	Intro   string `json:"intro"`
}

func (TextChanged) EventKind() string { return "convocation.text_changed" }

// Started is the event of the decision to send: how many are convened, and whether the notice is
// kept; Reason is why it leaves in spite of it.
type Started struct {
	Call   int    `json:"call"`
	People int    `json:"people"`
	Held   int64  `json:"held"` // milliseconds since 1970
	Days   int    `json:"days"`
	Needed int    `json:"needed"`
	Kept   bool   `json:"kept"`
	Reason string `json:"reason"`
}

func (Started) EventKind() string { return "convocation.started" }

// WasSent is the event of all mails being handed to the post and all letters ready to print.
type WasSent struct {
	Call    int `json:"call"`
	Mails   int `json:"mails"`
	Letters int `json:"letters"`
}

func (WasSent) EventKind() string { return "convocation.sent" }

// MailSent and MailRefused are the events of one member's mail, as the server answered.
type MailSent struct {
	Call    int    `json:"call"`
	Address string `json:"address"`
	Reply   string `json:"reply"`
}

func (MailSent) EventKind() string { return "convocation.mail_sent" }

// MailRefused is the event of a mail that the server did not take.
type MailRefused struct {
	Call    int    `json:"call"`
	Address string `json:"address"`
	Reply   string `json:"reply"`
}

func (MailRefused) EventKind() string { return "convocation.mail_refused" }

// LettersMade is the event of letters downloaded to be printed, each with a new code.
type LettersMade struct {
	Call    int   `json:"call"`
	Batch   int64 `json:"batch"`
	Letters int   `json:"letters"`
}

func (LettersMade) EventKind() string { return "convocation.letters_made" }

// LettersPrinted is the event of letters posted on the day, as somebody says who was there.
type LettersPrinted struct {
	Call    int     `json:"call"`
	Batch   int64   `json:"batch"`
	Letters int     `json:"letters"`
	Day     string  `json:"day"` // "2006-01-02"
	Members []int64 `json:"members"`
}

func (LettersPrinted) EventKind() string { return "convocation.letters_printed" }

// ReminderSet and ReminderRemoved are the events of the reminders to come.
type ReminderSet struct {
	Hours int `json:"hours"` // before closing
}

func (ReminderSet) EventKind() string { return "convocation.reminder_set" }

// ReminderRemoved is the event of a reminder that will not be.
type ReminderRemoved struct {
	Hours int `json:"hours"`
}

func (ReminderRemoved) EventKind() string { return "convocation.reminder_removed" }

// Reminded is the event of a reminder to those who have not voted: how many mails.
type Reminded struct {
	Mails int `json:"mails"`
}

func (Reminded) EventKind() string { return "convocation.reminded" }

// Kinds says who may read these events. Mails tell persons' addresses: they are the
// organisers'.
func (c *Component) Kinds() []component.Kind {
	public := func(name string, fields ...string) component.Kind {
		return component.Kind{Name: name, Audience: component.ForPublic, PublicFields: fields}
	}
	organisers := func(name string) component.Kind {
		return component.Kind{Name: name, Audience: component.ForOrganisers}
	}
	return []component.Kind{
		organisers(TextChanged{}.EventKind()),
		public(Started{}.EventKind(), "call", "people", "held", "days", "needed", "kept", "reason"),
		public(WasSent{}.EventKind(), "call", "mails", "letters"),
		organisers(MailSent{}.EventKind()),
		organisers(MailRefused{}.EventKind()),
		organisers(LettersMade{}.EventKind()),
		public(LettersPrinted{}.EventKind(), "call", "letters", "day"),
		organisers(ReminderSet{}.EventKind()),
		organisers(ReminderRemoved{}.EventKind()),
		public(Reminded{}.EventKind(), "mails"),
		organisers("people.unsubscribed"),
		organisers("people.resubscribed"),
	}
}
