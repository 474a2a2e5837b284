package replay

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/component"
	"isegoria.org/isegoria/internal/journal"
	"isegoria.org/isegoria/internal/platform/blob"
	"isegoria.org/isegoria/internal/platform/db"
	"isegoria.org/isegoria/internal/platform/fault"
	"isegoria.org/isegoria/internal/site"
	"isegoria.org/isegoria/internal/space"
)

// replayView is the page of a replay.
type replayView struct {
	access   space.Access
	settings Settings
	open     bool // the session still is
	Timeline
	tongs []string // the languages of the captions
}

// line is something that happened at a moment of the chapter, in words.
type line struct {
	at   time.Duration
	text string
	talk *Talk
}

func (v replayView) path(rest string) string { return v.access.Space.Path() + "/replay" + rest }

func (v replayView) sound(s Sound) string { return v.path("/" + strconv.FormatInt(s.ID, 10) + suffix) }

// timeline reads the course of the space's session.
func (c *Component) timeline(tx *db.Tx, sp space.Space) (Timeline, error) {
	events, err := journal.Read(tx, journal.Filter{Space: sp.ID, Kinds: course})
	if err != nil {
		return Timeline{}, err
	}
	var slides []component.Slides
	err = component.Ask(c.deps, func(k component.SlideKeeper) error {
		more, err := k.ShownSlides(tx, sp)
		slides = append(slides, more...)
		return err
	})
	if err != nil {
		return Timeline{}, err
	}
	sounds, err := speeches(tx, sp.ID)
	if err != nil {
		return Timeline{}, err
	}
	return build(events, slides, sounds, tx.Now)
}

// watch is what a viewer who may see the replay sees; a replay that is not published is as if it were not.
func watch(tx *db.Tx, a space.Access) (Settings, error) {
	s, err := settings(tx, a.Space.ID)
	if err != nil {
		return s, err
	}
	if !canWatch(a, !s.Published.IsZero()) {
		if a.CanSee() && s.Published.IsZero() {
			return s, fault.New(fault.NotFound, "replay.not_yet")
		}
		return s, component.Must(a, false)
	}
	return s, nil
}

// showReplay is the session seen again.
func (c *Component) showReplay(w http.ResponseWriter, r *http.Request) error {
	var v replayView
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		v.access = a
		if v.settings, err = watch(tx, a); err != nil {
			return err
		}
		session, err := c.deps.LiveSession(tx, a.Space.ID)
		if v.open = session.Open; err != nil || v.open || !session.Held {
			return err
		}
		v.Timeline, err = c.timeline(tx, a.Space)
		return err
	})
	if err != nil {
		return err
	}
	for _, caption := range v.Captions {
		if !slices.Contains(v.tongs, caption.Lang) {
			v.tongs = append(v.tongs, caption.Lang)
		}
	}
	return c.deps.RenderSpace(w, r, component.SpacePage{Access: v.access, Title: site.T(r.Context(), "replay.title"), View: replayPage(v)})
}

// serveSound is the recorded voice of one speech.
func (c *Component) serveSound(w http.ResponseWriter, r *http.Request) error {
	var s Speech
	err := c.deps.InSpace(r, func(tx *db.Tx, a space.Access) (err error) {
		if _, err = watch(tx, a); err != nil {
			return err
		}
		s, err = findSpeech(tx, a.Space.ID, number(strings.TrimSuffix(r.PathValue("speech"), suffix)))
		return err
	})
	if err != nil {
		return err
	}
	return c.deps.Blobs.Serve(w, r, blob.File{Key: s.Key, Name: r.PathValue("slug") + "-" + s.Begun.UTC().Format("20060102T150405") + suffix, MIME: "audio/ogg"})
}

// What the script plays, in milliseconds.
type (
	playedTalk struct {
		At, Took int64
		Name     string
		Sounds   []playedSound
	}
	playedSound struct {
		Src       string
		At, Lasts int64
	}
	playedSlide struct {
		At                    int64
		Src, Alt, Title, Text string
	}
	playedLine struct {
		At   int64
		Text string
	}
)

// data is the timeline for the script.
func (v replayView) data(ctx context.Context) string {
	out := struct {
		Lasts    int64
		Talks    []playedTalk
		Slides   []playedSlide
		Chapters []playedLine
		Events   []playedLine
		Captions map[string][]playedLine
	}{Lasts: v.Lasts.Milliseconds(), Captions: map[string][]playedLine{}}
	for _, c := range v.Chapters {
		out.Chapters = append(out.Chapters, playedLine{c.At.Milliseconds(), chapterTitle(ctx, c)})
		for _, t := range c.Talks {
			p := playedTalk{At: t.At.Milliseconds(), Took: t.Took.Milliseconds(), Name: t.Name}
			for _, s := range t.Sounds {
				p.Sounds = append(p.Sounds, playedSound{v.sound(s), s.At.Milliseconds(), s.Lasts.Milliseconds()})
			}
			out.Talks = append(out.Talks, p)
		}
		for _, e := range c.Events {
			out.Events = append(out.Events, playedLine{e.At.Milliseconds(), eventText(ctx, e)})
		}
	}
	for _, s := range v.Slides {
		out.Slides = append(out.Slides, playedSlide{s.At.Milliseconds(), s.Picture, slideText(ctx, s), s.Title, s.Text})
	}
	for _, c := range v.Captions {
		out.Captions[c.Lang] = append(out.Captions[c.Lang], playedLine{c.At.Milliseconds(), captionText(ctx, c)})
	}
	text, err := json.Marshal(out)
	if err != nil {
		panic(err) // our own structs of plain values
	}
	return string(text)
}

// captionText is a line; a machine's says so, and whose voice it was.
func captionText(ctx context.Context, c Caption) string {
	if c.Made == "person" {
		return c.Text
	}
	return site.T(ctx, "replay.caption."+c.Made, "name", c.Who, "text", c.Text)
}

// clock writes a moment as a player does: 1:05, or 1:02:05.
func clock(d time.Duration) string {
	s := int(d.Seconds())
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func ms(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
