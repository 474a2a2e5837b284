package component

import (
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/mail"
)

// MailResult is told what became of each mail (sent, refused, put in the outbox), in the
// transaction that says so; a component knows its own by their Kind.
type MailResult interface {
	MailResult(tx *db.Tx, m mail.Stored) error
}
