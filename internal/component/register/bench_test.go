package register_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/component/register"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/db/dbtest"
	"isegoria.org/isegoria/internal/site"
)

// table is a register of n lines as a secretary's spreadsheet has it.
func table(n int, city string) string {
	first, last := []string{"Inès", "Théo", "Amina", "Solène", "Camille"}, []string{"Dupont", "Bernard", "Lefèvre", "Martin", "Petit", "Roux", "Nguyen"}
	var b strings.Builder
	b.WriteString("Numéro;Nom;Prénom;Courriel;Adresse;Code postal;Ville;Téléphone;Collège;Parts;Parts libérées;Date d'adhésion\r\n")
	for i := range n {
		fmt.Fprintf(&b, "M%d;%s-%d;%s;p%d@example.org;\"%d rue des Lilas\";37%03d;%s;06 12 34 56 %02d;Usagers;%d;oui;%02d/%02d/2020\r\n",
			i, last[i%7], i%997, first[i%5], i, i%200, i%1000, city, i%100, 1+i%20, 1+i%28, 1+i%12)
	}
	return b.String()
}

// memory reads VmRSS or VmHWM of this process, in MB.
func memory(b *testing.B, name string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("this system does not tell a process's memory: ", err)
	}
	_, rest, _ := strings.Cut(string(text), name+":")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}

// BenchmarkImport imports 100,000 new lines, then changes one field of each, through all the
// steps a person takes: sending the file, checking, applying. It reports the seconds of each
// and by how much the process grew at its largest.
func BenchmarkImport(b *testing.B) {
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			dsn := b.TempDir() + "/x.db"
			if engine == "postgres" {
				dsn = postgres(b)
			}
			for range b.N {
				benchmarkImport(b, dsn)
			}
		})
	}
}

// postgres makes an empty database on the server that the tests use.
func postgres(b *testing.B) string {
	server := os.Getenv(dbtest.EnvPostgres)
	if server == "" {
		b.Skip(dbtest.EnvPostgres + " is not set")
	}
	admin, err := sql.Open("pgx", server)
	if err != nil {
		b.Fatal(err)
	}
	name := fmt.Sprintf("b_%d", time.Now().UnixNano())
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			b.Error(err)
		}
		admin.Close()
	})
	return strings.Replace(server, "/postgres?", "/"+name+"?", 1)
}

func benchmarkImport(b *testing.B, dsn string) {
	ctx := context.Background()
	d, err := db.Open(ctx, dsn)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx, journal.Migrations(), people.Migrations()); err != nil {
		b.Fatal(err)
	}
	deps := &component.Deps{Site: &site.Site{DB: d, Log: slog.Default()}}
	c := register.New(deps)
	for _, run := range []struct{ name, city string }{{"new", "Tours"}, {"changed", "Blois"}} {
		file := table(100_000, run.city)
		if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
			b.Log("the peak is that of the whole run: ", err)
		}
		before := memory(b, "VmRSS")
		begun := time.Now()
		id, err := c.UploadImport(ctx, 1, "x.csv", strings.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		sent := time.Now()
		work(b, c, d, id, people.ImportChecking)
		checked := time.Now()
		i := work(b, c, d, id, people.ImportApplying)
		if i.State != people.ImportApplied || i.Counts.Refused != 0 || i.Counts.Lines != 100_000 {
			b.Fatalf("%+v", i)
		}
		b.ReportMetric(sent.Sub(begun).Seconds(), run.name+"-send-s")
		b.ReportMetric(checked.Sub(sent).Seconds(), run.name+"-check-s")
		b.ReportMetric(time.Since(checked).Seconds(), run.name+"-apply-s")
		b.ReportMetric(memory(b, "VmHWM")-before, run.name+"-MB")
	}
	benchmarkPages(b, d)
}

// work runs an attempt to its end.
func work(b *testing.B, c *register.Component, d *db.DB, id int64, to people.ImportState) people.Import {
	ctx := context.Background()
	if err := c.StartImport(ctx, id, 1, to); err != nil {
		b.Fatal(err)
	}
	for {
		var i people.Import
		err := d.Read(ctx, func(tx *db.Tx) (err error) { i, err = people.FindImport(tx, id); return err })
		if err != nil || i.Failure != "" {
			b.Fatal(err, i.Failure)
		}
		if i.State != to {
			return i
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// benchmarkPages measures pages of the list of 100,000 members, in milliseconds.
func benchmarkPages(b *testing.B, d *db.DB) {
	for name, f := range map[string]people.MemberFilter{
		"page": {}, "page-by-number": {ByNumber: true}, "page-present": {State: people.Present, College: "usagers"},
		"page-search": {Text: "dupont 97"}, "page-search-common": {Text: "o"}, "page-search-nobody": {Text: "xyzzy"},
	} {
		var place people.Place
		begun := time.Now()
		const pages = 30
		for range pages {
			err := d.Read(context.Background(), func(tx *db.Tx) error {
				p, err := people.SearchMembers(tx, f, time.Now(), place, 50)
				if p.Later {
					place.After = p.Members[len(p.Members)-1].ID
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(time.Since(begun).Seconds()*1000/pages, name+"-ms")
	}
}
