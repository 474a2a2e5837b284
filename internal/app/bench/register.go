package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"isegoria.org/isegoria/internal/app"
	"isegoria.org/isegoria/internal/component/register"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
)

// RegisterReport is what an import and the paging of a large register measured. Seconds are
// those of sending the file, checking it and applying it.
type RegisterReport struct {
	Lines         int     `json:"lines"`
	SendSeconds   float64 `json:"send_seconds"`
	CheckSeconds  float64 `json:"check_seconds"`
	ApplySeconds  float64 `json:"apply_seconds"`
	ImportSeconds float64 `json:"import_seconds"`
	GrowthMB      float64 `json:"memory_growth_mb"`
	Requests      int     `json:"requests"`
	Latency
}

// Register imports a table of that many members, through the steps that a person takes, then pages
// the list over HTTP, one request at a time.
func Register(ctx context.Context, o Options, lines, requests int) (RegisterReport, error) {
	r := RegisterReport{Lines: lines}
	a, err := app.New(ctx, app.Config{Data: o.Data, Database: o.Database, URL: "http://127.0.0.1"}, slog.New(slog.DiscardHandler))
	if err != nil {
		return r, err
	}
	cookie, err := r.run(ctx, a)
	if err = errors.Join(err, a.Close()); err != nil {
		return r, err
	}
	s, err := start(ctx, o)
	if err != nil {
		return r, err
	}
	defer s.stop()
	var wrong atomic.Int64
	list := make([]work, requests)
	for i := range list {
		path := "/register"
		if i%2 == 1 {
			path = "/register?sort=number"
		}
		list[i] = work{method: "GET", path: path, cookie: cookie, done: func(status int, _ []byte, _ string) {
			if status != 200 {
				wrong.Add(1)
			}
		}}
	}
	all, _, err := load(s.addr, 1, list)
	if n := wrong.Load(); err == nil && n > 0 {
		err = fmt.Errorf("%d pages refused", n)
	}
	r.Requests, r.Latency = len(all), latencyOf(all)
	return r, err
}

// run imports the table and signs an administrator in.
func (r *RegisterReport) run(ctx context.Context, a *app.App) (cookie string, err error) {
	var c *register.Component
	for _, other := range a.Components {
		if found, ok := other.(*register.Component); ok {
			c = found
		}
	}
	var admin people.Account
	err = a.Site.DB.Write(ctx, func(tx *db.Tx) error {
		if admin, err = people.OpenAccount(tx, "Mesure", "mesure@example.org", "fr"); err != nil {
			return err
		}
		if err := space.GiveRole(tx, 0, 0, admin.ID, people.Administrator); err != nil {
			return err
		}
		token, err := people.OpenSession(tx, admin.ID, people.ByLink, "bench")
		cookie = "isegoria=" + token
		return err
	})
	if err != nil {
		return "", err
	}
	file := table(r.Lines)
	// The peak is counted from here on, where the system lets it.
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	before := ownMemory("VmRSS")
	begun := time.Now()
	id, err := c.UploadImport(ctx, admin.ID, "register.csv", strings.NewReader(file))
	if err != nil {
		return "", err
	}
	sent := time.Now()
	if _, err := attempt(ctx, a, c, id, admin.ID, people.ImportChecking); err != nil {
		return "", err
	}
	checked := time.Now()
	done, err := attempt(ctx, a, c, id, admin.ID, people.ImportApplying)
	if err != nil {
		return "", err
	}
	if done.State != people.ImportApplied || done.Counts.Lines != r.Lines || done.Counts.Refused != 0 {
		return "", fmt.Errorf("the import ended as %s with %+v", done.State, done.Counts)
	}
	r.SendSeconds, r.CheckSeconds, r.ApplySeconds = sent.Sub(begun).Seconds(), checked.Sub(sent).Seconds(), time.Since(checked).Seconds()
	r.ImportSeconds = time.Since(begun).Seconds()
	r.GrowthMB = ownMemory("VmHWM") - before
	return cookie, nil
}

// attempt runs a part of the import to its end.
func attempt(ctx context.Context, a *app.App, c *register.Component, id, actor int64, to people.ImportState) (i people.Import, err error) {
	if err := c.StartImport(ctx, id, actor, to); err != nil {
		return i, err
	}
	for {
		err := a.Site.DB.Read(ctx, func(tx *db.Tx) (err error) { i, err = people.FindImport(tx, id); return err })
		if err != nil {
			return i, err
		}
		if i.Failure != "" {
			return i, errors.New(i.Failure)
		}
		if i.State != to {
			return i, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// table is an invented register of n lines and twelve columns.
func table(n int) string {
	first, last := []string{"Inès", "Théo", "Amina", "Solène", "Camille"}, []string{"Dupont", "Bernard", "Lefèvre", "Martin", "Petit", "Roux", "Nguyen"}
	var b strings.Builder
	b.WriteString("Numéro;Nom;Prénom;Courriel;Adresse;Code postal;Ville;Téléphone;Collège;Parts;Parts libérées;Date d'adhésion\r\n")
	for i := range n {
		fmt.Fprintf(&b, "M%d;%s-%d;%s;p%d@example.org;\"%d rue des Lilas\";37%03d;Tours;06 12 34 56 %02d;;%d;oui;%02d/%02d/2020\r\n",
			i, last[i%7], i%997, first[i%5], i, i%200, i%1000, i%100, 1+i%20, 1+i%28, 1+i%12)
	}
	return b.String()
}

// ownMemory reads VmRSS or VmHWM of this process, in MB; 0 where the system does not tell.
func ownMemory(name string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, found := strings.Cut(string(text), name+":")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return 0
	}
	kb, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return 0
	}
	return kb / 1024
}
