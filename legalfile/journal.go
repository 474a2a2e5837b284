package legalfile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// link is a line of the chain.
type link struct {
	Seq    int64  `json:"seq"`
	ID     int64  `json:"id,string"`
	At     int64  `json:"at"` // milliseconds since 1970, UTC
	Kind   string `json:"kind"`
	Digest string `json:"digest"`
	Hash   string `json:"hash"`
}

// event is a line of the assembly's events; Payload and Salt are nil once erased.
type event struct {
	link
	Space   int64   `json:"space,string"`
	Subject string  `json:"subject"`
	Actor   int64   `json:"actor,string"`
	Payload *string `json:"payload"`
	Salt    *string `json:"salt"`
}

// is tells whether the event is of one of the kinds and still says what happened.
func (e event) is(kinds ...string) bool { return e.Payload != nil && slices.Contains(kinds, e.Kind) }

func sum(fields ...string) string {
	h := sha256.Sum256([]byte(strings.Join(fields, "\n")))
	return hex.EncodeToString(h[:])
}

func (e event) digest() string {
	salt := ""
	if e.Salt != nil {
		salt = *e.Salt
	}
	return sum(salt, number(e.Space), e.Subject, number(e.Actor), *e.Payload)
}

// follows is the hash the link has if it follows the one before.
func (l link) follows(prev string) string {
	return sum("isegoria-journal-1", prev, number(l.Seq), number(l.ID), number(l.At), l.Kind, l.Digest)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// journal checks the chain from its first link to the head that the manifest states, and each event
// against it.
func (c *check) journal() error {
	if err := c.readEvents(); err != nil {
		return err
	}
	at, prev, links, whole := 0, "", int64(0), true
	fault := func(seq int64, fr, en string) {
		whole = false
		c.fault(ChainName, "place %v\u00a0: "+fr, "place %v: "+en, seq)
	}
	read, err := c.eachLine(ChainName, func(line []byte) bool {
		var l link
		if json.Unmarshal(line, &l) != nil {
			fault(links+1, "la ligne ne se lit pas.", "the line cannot be read.")
			return false
		}
		links++
		if l.Seq != links {
			fault(l.Seq, "des lignes manquent avant celle-ci.", "lines are missing before this one.")
			links = l.Seq
		}
		if l.follows(prev) != l.Hash {
			fault(l.Seq, "la ligne ne suit pas la précédente\u00a0: elle a été changée, ou une ligne avant elle.", "the line does not follow the one before: it was changed, or one before it.")
		}
		prev = l.Hash
		for at < len(c.events) && c.events[at].Seq < l.Seq {
			fault(c.events[at].Seq, "l’acte de l’assemblée n’est pas dans la chaîne.", "the assembly’s event is not in the chain.")
			at++
		}
		if at < len(c.events) && c.events[at].Seq == l.Seq {
			if c.events[at].link != l {
				fault(l.Seq, "l’acte de l’assemblée n’est pas celui de la chaîne.", "the assembly’s event is not the chain’s.")
			}
			at++
		}
		return true
	})
	if err != nil || !read {
		return err
	}
	for ; at < len(c.events); at++ {
		fault(c.events[at].Seq, "l’acte de l’assemblée n’est pas dans la chaîne.", "the assembly’s event is not in the chain.")
	}
	if head := (Head{links, prev}); head != c.Manifest.Journal {
		whole = false
		c.fault(ChainName, "la chaîne ne finit pas à la tête que le manifeste énonce (place %v).", "the chain does not end at the head that the manifest states (place %v).", c.Manifest.Journal.Seq)
	}
	if whole {
		c.pass(ChainName, "%v actes, chacun suit le précédent jusqu’à la tête %s.", "%v events, each follows the one before up to the head %s.", links, prev)
	}
	return nil
}

// readEvents reads the assembly's events and recomputes the digest of each.
func (c *check) readEvents() error {
	erased, holds, last := 0, true, int64(0)
	read, err := c.eachLine(EventsName, func(line []byte) bool {
		var e event
		if json.Unmarshal(line, &e) != nil || e.Seq <= last {
			c.fault(EventsName, "après la place %v, une ligne ne se lit pas ou n’est pas dans l’ordre.", "after place %v, a line cannot be read or is out of order.", last)
			holds = false
			return false
		}
		last = e.Seq
		switch {
		case e.Payload == nil:
			erased++
		case e.digest() != e.Digest:
			c.fault(EventsName, "place %v\u00a0: ce que l’acte dit a été changé après avoir été écrit.", "place %v: what the event says was changed after it was written.", e.Seq)
			holds = false
			return true // what it says is not to be relied on
		case e.Space != c.Manifest.Space.ID:
			c.fault(EventsName, "place %v\u00a0: l’acte est d’une autre assemblée.", "place %v: the event is of another assembly.", e.Seq)
			holds = false
		}
		c.events = append(c.events, e)
		return true
	})
	if err != nil || !read {
		return err
	}
	c.readable = true
	if holds {
		c.pass(EventsName, "%v actes de l’assemblée, tels qu’ils ont été écrits.", "%v events of the assembly, as they were written.", len(c.events))
	}
	if erased > 0 {
		c.unchecked(EventsName, "%v actes ont été effacés depuis (droit à l’effacement)\u00a0: on sait qu’ils ont eu lieu, plus ce qu’ils disaient.",
			"%v events were erased since (right to erasure): it is known that they happened, no longer what they said.", erased)
	}
	c.unchecked(EventsName, "La chaîne ne dit pas à quelle assemblée appartient chaque acte\u00a0: seule la signature garantit que tous ceux de l’assemblée sont ici.",
		"The chain does not say which assembly each event belongs to: only the signature guarantees that all of this assembly’s are here.")
	return nil
}

// longestLine bounds a line of the journal, in bytes: statutes and results are the long ones.
const longestLine = 16 << 20

// eachLine calls fn for every line until it says no; a missing or damaged file is a fault. read tells
// whether every line was read and accepted.
func (c *check) eachLine(name string, fn func(line []byte) bool) (read bool, err error) {
	f := c.files[name]
	if f == nil {
		c.fault(name, "ce fichier manque.", "this file is missing.")
		return false, nil
	}
	in, err := f.Open()
	if err != nil {
		return false, c.damaged(name, err)
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	for lines.Scan() {
		if line := bytes.TrimSpace(lines.Bytes()); len(line) > 0 && !fn(line) {
			return false, nil
		}
	}
	err = lines.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		c.fault(name, "une ligne est démesurée.", "a line is out of all proportion.")
		return false, nil
	}
	return err == nil, c.damaged(name, err)
}
