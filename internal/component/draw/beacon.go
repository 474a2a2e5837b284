package draw

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/sortition"
)

// beaconDue refuses what can only be done once the announced round has come.
func beaconDue(r Round, now time.Time) error {
	if err := mustBePublished(r); err != nil {
		return err
	}
	switch {
	case r.Method.Beacon == 0:
		return fault.New(fault.Conflict, "draw.beacon.none")
	case r.Method.Signature != "":
		return fault.New(fault.Conflict, "draw.beacon.entered")
	case now.Before(r.Method.BeaconAt):
		return fault.Fields{"signature": fault.New(fault.Invalid, "draw.beacon.early", "at", r.Method.BeaconAt)}
	}
	return nil
}

// enterRound enters the announced drand round once it has come: what the public API answers, or
// the signature alone. It is verified with the chain's public key.
func enterRound(tx *db.Tx, a space.Access, d Draw, r Round, text string) error {
	if err := beaconDue(r, tx.Now); err != nil {
		return err
	}
	said, err := sortition.ParseBeaconRound(text)
	if err == nil {
		_, err = r.Method.chain().Verify(r.Method.Beacon, said)
	}
	var refused *sortition.BeaconError
	if errors.As(err, &refused) {
		return fault.Fields{"signature": fault.New(fault.Invalid, "draw.beacon."+string(refused.Fault), "round", fmt.Sprint(r.Method.Beacon), "other", fmt.Sprint(said.Round), "chain", r.Method.chain().Name)}
	}
	if err != nil {
		return err
	}
	r.Method.Signature, r.Method.Previous = said.Signature, said.Previous
	if _, err := tx.Exec("UPDATE draw_round SET method = $2 WHERE id = $1", r.ID, toJSON(r.Method)); err != nil {
		return err
	}
	return record(tx, d, a.Viewer.Account, BeaconEntered{d.Title, r.Method.Beacon, said.Signature, said.Previous, r.Method.Chain})
}

// roundPath is where a drand relay answers for the announced round.
func (m Method) roundPath() string {
	return fmt.Sprintf("/%s/public/%d", m.chain().Chain, m.Beacon)
}

// publicRelay is the address of the League of Entropy's own relay, for whoever looks the round up.
const publicRelay = "https://api.drand.sh"

// fetchPatience is how long a relay may take.
const fetchPatience = 10 * time.Second

// fetchRound asks the relay of the configuration for the announced round.
func (c *Component) fetchRound(ctx context.Context, m Method) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchPatience)
	defer cancel()
	unreachable := fault.Fields{"signature": fault.New(fault.Invalid, "draw.beacon.unreachable", "round", fmt.Sprint(m.Beacon))}
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.deps.Drand, "/")+m.roundPath(), nil)
	if err != nil {
		return "", err
	}
	answer, err := http.DefaultClient.Do(ask)
	if err != nil {
		c.deps.Site.Log.InfoContext(ctx, "the drand relay does not answer", "error", err)
		return "", unreachable
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 16<<10))
	if err != nil || answer.StatusCode != http.StatusOK {
		c.deps.Site.Log.InfoContext(ctx, "the drand relay does not know the round", "status", answer.StatusCode, "error", err)
		return "", unreachable
	}
	return string(text), nil
}

func (c *Component) enterBeacon(w http.ResponseWriter, r *http.Request) error {
	typed := strings.TrimSpace(r.FormValue("signature"))
	return c.atCeremony(w, r, typed, func(tx *db.Tx, v view, last Round) error {
		return enterRound(tx, v.access, v.draw, last, typed)
	})
}

// fetchBeacon enters the announced round as the relay tells it.
func (c *Component) fetchBeacon(w http.ResponseWriter, r *http.Request) error {
	v, err := c.organise(r, func(tx *db.Tx, v view) error {
		if c.deps.Drand == "" {
			return fault.New(fault.Conflict, "draw.beacon.no_relay")
		}
		return beaconDue(v.last(), tx.Now)
	})
	text := ""
	if err == nil {
		text, err = c.fetchRound(r.Context(), v.last().Method)
	}
	return c.atCeremony(w, r, text, func(tx *db.Tx, v view, last Round) error {
		if err != nil {
			return err
		}
		return enterRound(tx, v.access, v.draw, last, text)
	})
}
