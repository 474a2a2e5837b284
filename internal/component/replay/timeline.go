package replay

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
)

// Timeline is the course of a session, as its events tell it. Times are counted from its opening,
// without the pauses between its sittings.
type Timeline struct {
	Opened   time.Time
	Lasts    time.Duration
	Chapters []Chapter
	Slides   []Slide
	Captions []Caption

	sittings []sitting
}

// Chapter is a part of the session: an item of its agenda. Title is "" for what belongs to none.
type Chapter struct {
	At     time.Duration
	Title  string
	Talks  []Talk
	Events []Event
}

// Talk is somebody having the floor.
type Talk struct {
	At, Took time.Duration
	Account  int64
	Name     string
	Kind     string // of speech
	Sounds   []Sound
}

// Sound is what was recorded of a speech.
type Sound struct {
	ID    int64
	At    time.Duration
	Lasts time.Duration
}

// Event is something that happened beside the speeches; Kind is that of the journal.
type Event struct {
	At    time.Duration
	Kind  string
	about string // its subject in the journal
	said  said
}

// Slide is what everybody was shown from then on; without a picture, its title alone, "" for nothing.
type Slide struct {
	At      time.Duration
	Title   string
	Picture string
	Page    int
	Text    string
}

// Caption is a line written of what was said. Made is by a "person", a "machine", or a machine and
// "corrected"; Who is whose voice a machine wrote.
type Caption struct {
	ID   int64
	At   time.Duration
	Lang string
	Text string
	Made string
	Who  string
}

type sitting struct{ from, to time.Time }

// said is what the events of a session say, of all that their components write.
type said struct {
	Title    string `json:"title"`
	Name     string `json:"name"`
	Names    string `json:"names"`
	Account  int64  `json:"account,string"`
	Speech   string `json:"speech"`
	Deck     int64  `json:"deck,string"`
	Page     int    `json:"page"`
	Showing  string `json:"showing"`
	SHA256   string `json:"sha256"`
	Text     string `json:"text"`
	Answer   string `json:"answer"`
	Reason   string `json:"reason"`
	Question string `json:"question"`
	Answered int64  `json:"answered"`
	Series   int64  `json:"series"`
	Left     int    `json:"left"`
	Of       int    `json:"of"`
}

// told are the events beside speeches and slides that a replay tells.
var told = []string{"vote.opened", "vote.closed", "poll.started", "poll.stopped", "talk.answered", "talk.set_aside", "meeting.quorum_lost", "meeting.quorum_reached", "meeting.many_left",
	RecordingStarted{}.EventKind(), RecordingStopped{}.EventKind()}

// course are the events of which a timeline is made.
var course = append([]string{"meeting.opened", "meeting.closed", "meeting.item_begun", "meeting.floor_given", "meeting.floor_ended",
	"stage.shown", "stage.hidden", "stage.page_turned", "stage.caption_typed", "stage.caption_written", "stage.caption_corrected", "vote.series_set"}, told...)

// builder makes a timeline of events, one after the other.
type builder struct {
	Timeline
	slides []component.Slides
	titles map[int64]string // of the series of votes
	floor  *Talk
	in     int // the chapter in which that speech began
	open   bool
}

// build makes the timeline of a session; now is its end as long as it is open.
func build(events []journal.Event, slides []component.Slides, sounds []Speech, now time.Time) (Timeline, error) {
	b := builder{slides: slides, titles: map[int64]string{}}
	b.Chapters = []Chapter{{}}
	for _, e := range events {
		if e.Erased() {
			continue
		}
		if err := b.read(e); err != nil {
			return Timeline{}, fmt.Errorf("event %d (%s): %w", e.ID, e.Kind, err)
		}
	}
	if b.open {
		b.close(now)
	}
	for _, s := range sounds {
		b.place(s)
	}
	slices.SortStableFunc(b.Captions, func(x, y Caption) int { return cmp.Compare(x.At, y.At) })
	if first := b.Chapters[0]; len(b.Chapters) > 1 && len(first.Talks)+len(first.Events) == 0 {
		b.Chapters = b.Chapters[1:]
	}
	return b.Timeline, nil
}

func (b *builder) read(e journal.Event) error {
	if e.Kind == "vote.series_set" { // whose other fields bear names that mean something else elsewhere
		var p struct {
			Series int64
			Title  string
		}
		err := json.Unmarshal(e.Payload, &p)
		b.titles[p.Series] = p.Title
		return err
	}
	if strings.HasPrefix(e.Kind, "stage.caption_") {
		return b.caption(e)
	}
	var p said
	err := json.Unmarshal(e.Payload, &p)
	if err == nil {
		b.take(e, p)
	}
	return err
}

func (b *builder) take(e journal.Event, p said) {
	if e.Kind == "meeting.opened" {
		if len(b.sittings) == 0 {
			b.Opened = e.At
		}
		b.sittings, b.open = append(b.sittings, sitting{from: e.At}), true
		return
	}
	if !b.open { // what is done between sittings is not part of them
		if e.Kind == "stage.shown" || e.Kind == "stage.page_turned" || e.Kind == "stage.hidden" {
			b.show(b.at(e.At), e.Kind, p)
		}
		return
	}
	at := b.at(e.At)
	switch e.Kind {
	case "meeting.closed":
		b.close(e.At)
	case "meeting.item_begun":
		b.Chapters = append(b.Chapters, Chapter{At: at, Title: p.Title})
	case "meeting.floor_given":
		b.endTalk(at)
		b.floor, b.in = &Talk{At: at, Account: p.Account, Name: p.Name, Kind: p.Speech}, len(b.Chapters)-1
	case "meeting.floor_ended":
		b.endTalk(at)
	case "stage.shown", "stage.hidden", "stage.page_turned":
		b.show(at, e.Kind, p)
	default:
		if e.Kind == "vote.opened" || e.Kind == "vote.closed" {
			p.Title = b.titles[p.Series]
		}
		last := &b.Chapters[len(b.Chapters)-1]
		last.Events = append(last.Events, Event{at, e.Kind, e.Subject, p})
	}
}

// caption takes a line that was written, or puts right one that was.
func (b *builder) caption(e journal.Event) error {
	p := struct {
		ID               int64 `json:"id,string"`
		Lang, Text, Name string
		At               time.Time // when a voice that a machine wrote began to say it
	}{At: e.At}
	if err := json.Unmarshal(e.Payload, &p); err != nil {
		return err
	}
	if e.Kind == "stage.caption_corrected" {
		for i := range b.Captions {
			if line := &b.Captions[i]; line.ID == p.ID {
				line.Text = p.Text
				if line.Made == "machine" {
					line.Made = "corrected"
				}
			}
		}
		return nil
	}
	made := "person"
	if e.Kind == "stage.caption_written" {
		made = "machine"
	}
	if b.open {
		b.Captions = append(b.Captions, Caption{p.ID, b.at(p.At), p.Lang, p.Text, made, p.Name})
	}
	return nil
}

// close ends a sitting, and the speech under way.
func (b *builder) close(at time.Time) {
	b.Lasts = b.at(at)
	b.endTalk(b.Lasts)
	b.sittings[len(b.sittings)-1].to, b.open = at, false
}

func (b *builder) endTalk(at time.Duration) {
	if b.floor == nil {
		return
	}
	b.floor.Took = at - b.floor.At
	began := &b.Chapters[b.in]
	began.Talks, b.floor = append(began.Talks, *b.floor), nil
}

// at is a moment as the timeline counts it; one between two sittings is the end of the first.
func (t Timeline) at(moment time.Time) (at time.Duration) {
	for _, s := range t.sittings {
		switch {
		case moment.Before(s.from):
			return at
		case s.to.IsZero() || moment.Before(s.to):
			return at + moment.Sub(s.from)
		}
		at += s.to.Sub(s.from)
	}
	return at
}

// show notes what is shown from now on.
func (b *builder) show(at time.Duration, kind string, p said) {
	s := Slide{At: at, Title: p.Title}
	switch {
	case kind == "stage.hidden":
		s.Title = ""
	case kind == "stage.page_turned":
		s.page(b.slides, func(d component.Slides) bool { return d.Deck == p.Deck }, p.Page)
	case p.Showing == "deck":
		s.page(b.slides, func(d component.Slides) bool { return d.File == p.SHA256 }, 1)
	}
	b.Slides = append(b.Slides, s)
}

func (s *Slide) page(all []component.Slides, is func(component.Slides) bool, page int) {
	for _, d := range all {
		if is(d) && page >= 1 && page <= len(d.Texts) {
			s.Title, s.Page, s.Text, s.Picture = d.Title, page, d.Texts[page-1], d.Path+"/"+strconv.Itoa(page)+"/large"
			return
		}
	}
}

// place puts a recorded voice where it was heard: in the speech of whoever was given the floor then.
func (b *builder) place(s Speech) {
	since := b.at(s.Since)
	for c := range b.Chapters {
		for i := range b.Chapters[c].Talks {
			talk := &b.Chapters[c].Talks[i]
			if talk.Account == s.Account && (talk.At-since).Abs() < time.Second {
				talk.Sounds = append(talk.Sounds, Sound{s.ID, b.at(s.Begun), s.Lasts})
				return
			}
		}
	}
}

// headline is the first line of a page's text.
func (s Slide) headline() string {
	line, _, _ := strings.Cut(s.Text, "\n")
	if r := []rune(strings.TrimSpace(line)); len(r) > 100 {
		return string(r[:99]) + "…"
	}
	return strings.TrimSpace(line)
}
