package publicregister_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"isegoria.org/isegoria/internal/app/apptest"
	"isegoria.org/isegoria/internal/electorate"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/people"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/space"
	"isegoria.org/isegoria/statute"
)

func addSpace(h *apptest.House, actor int64, slug, title string, v space.Visibility) space.Space {
	s := space.Space{Slug: slug, Kind: space.GeneralAssembly, Title: title, Visibility: v, TimeZone: "Europe/Paris"}
	h.Write(func(tx *db.Tx) (err error) { s, err = space.Create(tx, actor, s); return err })
	return s
}

// chained gives what was written its place in the chain, as the running program does every second.
func chained(h *apptest.House) {
	h.Write(func(tx *db.Tx) error { _, err := journal.Chain(tx); return err })
}

// The file alone must be enough: this recomputes every hash from it, with no code of ours.
func TestChainFileIsEnough(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.Administrator()
		for i := range 30 {
			addSpace(h, admin.ID, fmt.Sprintf("s%d", i), "Assemblée", space.Public)
		}
		var erased int64
		h.Write(func(tx *db.Tx) error {
			return tx.Row("SELECT id FROM journal ORDER BY id LIMIT 1", nil, &erased)
		})
		h.Write(func(tx *db.Tx) error { return journal.Erase(tx, erased) })
		chained(h)
		file := h.Visitor().Get("/journal/chain.jsonl")
		file.Want(t, 200)
		type row struct {
			Seq    int64
			ID     string
			At     int64
			Kind   string
			Digest string
			Hash   string
		}
		prev, n := "", int64(0)
		for text := range strings.Lines(file.Body) {
			var e row
			if err := json.Unmarshal([]byte(text), &e); err != nil {
				t.Fatal(err)
			}
			n++
			sum := sha256.Sum256([]byte(strings.Join([]string{"isegoria-journal-1", prev, strconv.FormatInt(e.Seq, 10), e.ID,
				strconv.FormatInt(e.At, 10), e.Kind, e.Digest}, "\n")))
			if hex.EncodeToString(sum[:]) != e.Hash || e.Seq != n {
				t.Fatalf("place %d does not follow", e.Seq)
			}
			prev = e.Hash
		}
		if n < 31 {
			t.Fatalf("%d events in the file", n)
		}
		if strings.Contains(file.Body, "Assemblée") {
			t.Error("the public chain says what was done")
		}
		h.Visitor().Get("/journal").Want(t, 200, prev)
		runVerifier(t, file.Body, "up to "+prev)
		runVerifier(t, strings.Replace(file.Body, "space.created", "space.changed", 1), "does not hold")
	})
}

// The program shown on the page is run as a stranger would run it.
func runVerifier(t *testing.T, chain, want string) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is not installed: the program shown on the page was not run")
		return
	}
	file := filepath.Join(t.TempDir(), "chain.jsonl")
	if err := os.WriteFile(file, []byte(chain), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(python, "verify.py", file).CombinedOutput() // its exit status says whether the chain holds
	if !strings.Contains(string(out), want) {
		t.Errorf("the verifier says %q, want %q", out, want)
	}
}

func TestWhoReadsWhat(t *testing.T) {
	apptest.Each(t, func(t *testing.T, h *apptest.House) {
		admin := h.Administrator()
		inside := h.AddMember(people.Member{Number: "7", FirstName: "Inès", LastName: "Bernard"})
		account := h.AccountOf(inside)
		other := h.AccountOf(h.AddMember(people.Member{Number: "8", LastName: "Autre"}))
		public := addSpace(h, admin.ID, "ouverte", "Assemblée ouverte", space.Public)
		closed := addSpace(h, admin.ID, "cachee", "Assemblée cachée", space.Participants)
		h.Write(func(tx *db.Tx) error {
			for _, s := range []space.Space{public, closed} {
				if err := space.GiveRole(tx, admin.ID, s.ID, account.ID, people.Scrutineer); err != nil {
					return err
				}
				if _, err := electorate.SetStatutes(tx, admin.ID, s, string(statute.Template(statute.Collective))); err != nil {
					return err
				}
				if _, _, err := electorate.DrawRoll(tx, admin.ID, s, tx.Now); err != nil {
					return err
				}
			}
			_, err := electorate.GiveProxy(tx, account.ID, public, electorate.Proxy{Principal: inside.ID, Holder: other.Member}, 0)
			return err
		})
		chained(h)

		h.Visitor().Get("/journal").Want(t, 200, "Assemblée créée : Assemblée ouverte", "Rôle donné : Dépouillement", "Une assemblée a été créée",
			"Un rôle a été donné", "Un pouvoir a été donné", "2 personnes, 2 voix", "!Assemblée cachée", "!Inès", "!Camille Administratrice")
		h.As(other.ID).Get("/journal").Want(t, 200, "Assemblée ouverte", "!Camille Administratrice", "!Inès Bernard a")
		h.As(admin.ID).Get("/journal").Want(t, 200, "Assemblée créée : Assemblée cachée", "par Camille Administratrice", "au sujet de Inès Bernard")

		h.Visitor().Get("/a/ouverte/journal").Want(t, 200, "Assemblée créée", "!Une assemblée a été créée")
		h.Visitor().Get("/a/cachee/journal").Want(t, 303)
		h.As(account.ID).Get("/a/cachee/journal").Want(t, 200, "Assemblée créée : Assemblée cachée", "par Camille Administratrice")

		h.Visitor().Get("/journal?family=electorate").Want(t, 200, "Liste électorale arrêtée", "!Assemblée créée", "!Rôle donné")
		h.Visitor().Get("/journal?family=nonsense").Want(t, 200, "Assemblée créée")
	})
}

func TestErasedAndUnknownEvents(t *testing.T) {
	h := apptest.Start(t)
	admin := h.Administrator()
	s := addSpace(h, admin.ID, "ag", "Titre à effacer", space.Public)
	var e journal.Event
	h.Write(func(tx *db.Tx) (err error) {
		events, err := journal.Read(tx, journal.Filter{Space: s.ID})
		if err != nil {
			return err
		}
		e = events[0]
		if err := journal.Erase(tx, e.ID); err != nil {
			return err
		}
		_, err = journal.Append(tx, journal.About{Space: s.ID}, unheardOf{"inouï"})
		return err
	})
	page := h.As(admin.ID).Get("/a/ag/journal")
	page.Want(t, 200, "contenu effacé", "Une assemblée a été créée", "Un acte a été inscrit : votes", "!inouï", "!Assemblée créée : Titre")
	h.Visitor().Get(fmt.Sprintf("/journal/%d", e.Seq)).Want(t, 200, e.Hash, e.Digest, "!Assemblée créée : Titre")
	h.Visitor().Get("/journal/999999").Want(t, 404)
	h.Visitor().Get("/journal/zero").Want(t, 404)
}

type unheardOf struct {
	Word string `json:"word"`
}

func (unheardOf) EventKind() string { return "vote.unheard_of" }

func TestPages(t *testing.T) {
	h := apptest.Start(t)
	admin := h.Administrator()
	for i := range 120 {
		addSpace(h, admin.ID, fmt.Sprintf("s%d", i), fmt.Sprintf("Assemblée %d.", i), space.Public)
	}
	v := h.Visitor()
	first := v.Get("/journal").Want(t, 200, "Assemblée 119.", "Assemblée 70.", "!Assemblée 69.", "!Plus récents", "Plus anciens")
	second := v.Get(hrefOf(t, first.Body, "before=")).Want(t, 200, "Assemblée 69.", "Assemblée 20.", "!Assemblée 70.", "!Assemblée 19.", "Plus récents")
	third := v.Get(hrefOf(t, second.Body, "before=")).Want(t, 200, "Assemblée 0.", "!Plus anciens")
	v.Get(hrefOf(t, third.Body, "after=")).Want(t, 200, "Assemblée 69.", "Assemblée 20.", "!Assemblée 70.")
	v.Get(hrefOf(t, second.Body, "after=")).Want(t, 200, "Assemblée 119.", "!Plus récents")
	// Every kind of act that one can ask for has a name in words.
	options := regexp.MustCompile(`<option value="(\w+)"[^>]*>([^<]+)</option>`).FindAllStringSubmatch(first.Body, -1)
	if len(options) < 10 {
		t.Errorf("%d kinds of acts are offered", len(options))
	}
	for _, o := range options {
		if o[1] == o[2] {
			t.Errorf("the kind of act %q has no name", o[1])
		}
	}
}

// hrefOf is the first link of the page whose address has the word.
func hrefOf(t *testing.T, body, word string) string {
	t.Helper()
	for _, part := range strings.Split(body, `href="`)[1:] {
		href, _, _ := strings.Cut(part, `"`)
		if strings.Contains(href, word) {
			return strings.ReplaceAll(href, "&amp;", "&")
		}
	}
	t.Fatalf("no link with %q", word)
	return ""
}

func TestWords(t *testing.T) { apptest.Start(t).CheckWords("publicregister.") }
