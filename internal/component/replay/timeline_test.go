package replay

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
)

// A session in two sittings, with all that a replay tells.
func TestTimeline(t *testing.T) {
	begun := time.Date(2026, 5, 20, 18, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return begun.Add(time.Duration(seconds) * time.Second) }
	var events []journal.Event
	add := func(seconds int, kind, payload string) {
		events = append(events, journal.Event{At: at(seconds), Kind: kind, Payload: json.RawMessage(payload)})
	}
	add(-60, "vote.series_set", `{"series":7,"title":"Comptes","names":true}`)
	add(-30, "stage.shown", `{"showing":"deck","title":"Bilan","sha256":"aa"}`)
	add(0, "meeting.opened", `{}`)
	add(10, "meeting.item_begun", `{"item":"1","title":"Les comptes"}`)
	add(20, "meeting.floor_given", `{"account":"5","name":"Ana","speech":"question"}`)
	add(25, "stage.page_turned", `{"deck":"3","page":2}`)
	add(30, "meeting.item_begun", `{"item":"2","title":"Divers"}`) // while Ana speaks
	add(40, "meeting.floor_ended", `{"name":"Ana","seconds":20}`)
	add(45, "vote.opened", `{"series":7}`)
	add(50, "meeting.floor_given", `{"account":"6","name":"Ben","speech":"reply"}`)
	add(60, "meeting.closed", `{}`) // ends Ben's speech
	add(70, "stage.hidden", `{}`)
	add(80, "vote.closed", `{"series":7}`) // between two sittings: not part of them
	add(160, "meeting.opened", `{}`)
	add(170, "stage.caption_typed", `{"lang":"fr","text":"Bonjour"}`)
	add(174, "stage.caption_written", `{"id":"12","lang":"fr","text":"Au loir","account":"5","name":"Ana","at":"`+at(171).Format(time.RFC3339)+`"}`)
	add(174, "stage.caption_written", `{"id":"13","lang":"fr","text":"Merci","account":"5","name":"Ana","at":"`+at(169).Format(time.RFC3339)+`"}`)
	events = append(events, journal.Event{At: at(172), Kind: "meeting.floor_given"}) // erased
	add(175, "poll.started", `{"question":"Pause ?"}`)
	add(182, "meeting.closed", `{}`)
	add(190, "stage.caption_corrected", `{"id":"12","lang":"fr","text":"Au revoir"}`)
	add(191, "stage.caption_typed", `{"id":"14","lang":"fr","text":"Après"}`) // no longer part of it
	slides := []component.Slides{{Deck: 3, File: "aa", Title: "Bilan", Path: "/a/ag/stage/deck/3", Texts: []string{"Un", "Deux"}}}
	sounds := []Speech{{ID: 9, Account: 5, Since: at(20), Begun: at(21), Lasts: 15 * time.Second}, {ID: 10, Account: 6, Since: at(20), Begun: at(21)}}
	line, err := build(events, slides, sounds, at(200))
	if err != nil {
		t.Fatal(err)
	}
	if line.Lasts != 82*time.Second || !line.Opened.Equal(begun) || len(line.Chapters) != 2 {
		t.Fatalf("lasts %v, %d chapters", line.Lasts, len(line.Chapters))
	}
	accounts, other := line.Chapters[0], line.Chapters[1]
	if accounts.Title != "Les comptes" || accounts.At != 10*time.Second || len(accounts.Talks) != 1 || len(accounts.Events) != 0 {
		t.Errorf("the first: %+v", accounts)
	}
	if ana := accounts.Talks[0]; ana.Took != 20*time.Second || len(ana.Sounds) != 1 || ana.Sounds[0] != (Sound{9, 21 * time.Second, 15 * time.Second}) {
		t.Errorf("Ana: %+v", ana)
	}
	if len(other.Talks) != 1 || other.Talks[0].Took != 10*time.Second || len(other.Talks[0].Sounds) != 0 {
		t.Errorf("Ben: %+v", other.Talks)
	}
	if len(other.Events) != 2 || other.Events[0].said.Title != "Comptes" || other.Events[1].At != 75*time.Second {
		t.Errorf("events: %+v", other.Events)
	}
	if !slices.Equal(line.Captions, []Caption{{13, 69 * time.Second, "fr", "Merci", "machine", "Ana"}, {0, 70 * time.Second, "fr", "Bonjour", "person", ""},
		{12, 71 * time.Second, "fr", "Au revoir", "corrected", "Ana"}}) {
		t.Errorf("captions: %+v", line.Captions)
	}
	want := []Slide{{0, "Bilan", "/a/ag/stage/deck/3/1/large", 1, "Un"}, {25 * time.Second, "Bilan", "/a/ag/stage/deck/3/2/large", 2, "Deux"}, {At: 60 * time.Second}}
	if len(line.Slides) != 3 || line.Slides[0] != want[0] || line.Slides[1] != want[1] || line.Slides[2] != want[2] {
		t.Errorf("slides: %+v", line.Slides)
	}
	said := telling{t: func(key string, args ...any) string { return fmt.Sprint(append([]any{key}, args...)...) }}.summary(line)
	for _, want := range []string{"## Les comptes\n- replay.summary.spoke", "nameAnatook0:20", "\n\n## Divers\n- ", "replay.summary.vote.opened"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in %s", want, said)
		}
	}
	if empty, err := build(nil, nil, nil, at(0)); err != nil || empty.Lasts != 0 {
		t.Errorf("of nothing: %+v, %v", empty, err)
	}
}

// Whose voice is recorded.
func TestWanted(t *testing.T) {
	on, speaker := Settings{Recording: true}, &component.LivePerson{Account: 5}
	for _, c := range []struct {
		name string
		set  Settings
		s    component.LiveSession
		said answer
		want bool
	}{
		{"who agrees", on, component.LiveSession{Open: true, Speaker: speaker}, agrees, true},
		{"who refuses", on, component.LiveSession{Open: true, Speaker: speaker}, refuses, false},
		{"who has not answered", on, component.LiveSession{Open: true, Speaker: speaker}, noAnswer, false},
		{"nobody", on, component.LiveSession{Open: true}, agrees, false},
		{"whom the chair reads", on, component.LiveSession{Open: true, Speaker: &component.LivePerson{Account: 5, Written: true}}, agrees, false},
		{"somebody in the hall", on, component.LiveSession{Open: true, Speaker: &component.LivePerson{Name: "Ana"}}, agrees, false},
		{"in a session that is closed", on, component.LiveSession{Speaker: speaker}, agrees, false},
		{"in a session that is not recorded", Settings{}, component.LiveSession{Open: true, Speaker: speaker}, agrees, false},
	} {
		if _, got := wanted(c.set, c.s, c.said); got != c.want {
			t.Errorf("%s is recorded: %v", c.name, got)
		}
	}
}
