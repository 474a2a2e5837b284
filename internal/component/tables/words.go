package tables

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"isegoria.org/isegoria/internal/platform/i18n"
	"isegoria.org/isegoria/internal/platform/ui"
	"isegoria.org/isegoria/internal/site"
)

// clockView is a round's time; home is where the page goes at its end, "" to stay.
type clockView struct {
	round Round
	now   time.Time
	home  string
}

const (
	openTables  = 6 // on a page with room for them; more are folded
	screenCards = 9 // more would not be read from afar
)

var mixWords = map[Mix]string{Random: "tables.mix.random", Balanced: "tables.mix.balanced", Choice: "tables.mix.choice", List: "tables.mix.list"}

var partWords = map[Part]string{Facilitator: "tables.part.is_facilitator", CoFacilitator: "tables.part.is_co"}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// clock writes a duration as a clock does: 1:05.
func clock(d time.Duration) string {
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

func topicName(ctx context.Context, t Table) string {
	return tableName(func(key string, args ...any) string { return site.T(ctx, key, args...) }, t)
}

// errorList lists the refusals of the form that was sent, in the order of the fields.
func errorList(errs map[string]string, order ...string) (out []ui.FieldError) {
	for _, field := range order {
		if text, ok := errs[field]; ok {
			out = append(out, ui.FieldError{Field: field, Text: text})
		}
	}
	return out
}

// whereabouts is the viewer's place, as the page of their table has it.
func (v tableView) whereabouts() placeView {
	p := placeView{access: v.access, round: v.round, table: v.table, to: v.access.Space.Path() + "/live", sits: v.sits() && v.session.Open,
		away: v.me.Away && v.me.Visit == 0, visits: v.place.Visits}
	switch {
	case !p.sits:
		p.to = v.path("") // what was written may be read again, and finished
	case !p.away:
		p.to, p.auto = v.path(""), true
	}
	return p
}

// mine is the table whose page may hold something unfinished.
func mine(v placeView) string {
	if v.table.Number == 0 || v.visits {
		return ""
	}
	return v.table.path(v.access.Space)
}

func whoOptions(ctx context.Context, v roundView) []ui.Option {
	return []ui.Option{
		{Value: whoPresent, Label: site.T(ctx, "tables.who.present", "n", len(v.session.Present))},
		{Value: whoAll, Label: site.T(ctx, "tables.who.all")},
		{Value: whoList, Label: site.T(ctx, "tables.who.list")},
	}
}

func mixOptions(ctx context.Context) (out []ui.Option) {
	for _, m := range Mixes {
		out = append(out, ui.Option{Value: string(m), Label: site.T(ctx, mixWords[m]), Hint: site.T(ctx, mixWords[m]+".hint")})
	}
	return out
}

func turnOptions(ctx context.Context) (out []ui.Option) {
	for _, t := range turns {
		text := site.T(ctx, "tables.turn.none")
		if t > 0 {
			text = clock(seconds(t))
		}
		out = append(out, ui.Option{Value: strconv.Itoa(t), Label: text})
	}
	return out
}

// chosen is the number of the table that the viewer has chosen, 0 for none.
func chosen(v roundView) int { return numberOf(v, v.me.Table) }

func numberOf(v roundView, table int64) int {
	for _, t := range v.tables {
		if t.ID == table {
			return t.Number
		}
	}
	return 0
}

func chooseText(v roundView) string {
	if chosen(v) != 0 {
		return "tables.choice.change"
	}
	return "tables.choice.go"
}

func choices(ctx context.Context, v roundView) (out []ui.Option) {
	for _, t := range v.tables {
		full := t.Seats > 0 && guests(v.seats[t.ID]) >= t.Seats && v.me.Table != t.ID
		out = append(out, ui.Option{Value: strconv.Itoa(t.Number), Label: topicName(ctx, t), Hint: t.Question, Disabled: full})
	}
	return out
}

func places(ctx context.Context, t Table) string {
	if t.Seats == 0 {
		return ""
	}
	return site.T(ctx, "tables.choice.places", "seats", t.Seats)
}

// forScreen are the cards a hall can read: the syntheses, then the others.
func forScreen(v roundView) (list []Card) {
	for _, synthesis := range []bool{true, false} {
		for _, k := range v.cards {
			if k.Synthesis == synthesis && len(list) < screenCards {
				list = append(list, k)
			}
		}
	}
	return list
}

func callsSaid(ctx context.Context, v roundView) string {
	var out []string
	for _, k := range v.calls {
		if k.By == 0 {
			out = append(out, site.T(ctx, "tables.calls.who", "number", k.Number, "name", k.Name))
		}
	}
	return strings.Join(out, " ")
}

func callState(ctx context.Context, now time.Time, k Call) string {
	since := site.T(ctx, "tables.calls.since", "time", clock(now.Sub(k.At)))
	if k.Answered == "" {
		return since
	}
	return since + " · " + site.T(ctx, "tables.help.comes", "name", k.Answered)
}

func helpTitle(ctx context.Context, v tableView) string {
	if v.call.Answered != "" {
		return site.T(ctx, "tables.help.comes", "name", v.call.Answered)
	}
	return site.T(ctx, "tables.help.called")
}

// speaking is who speaks at a table and how many have not yet.
func speaking(ctx context.Context, t Table, seats []Seat) string {
	text := site.T(ctx, "tables.console.silent", "n", len(silent(t, seats)))
	for _, s := range seats {
		if s.Account == t.Speaker {
			return site.T(ctx, "tables.console.speaks", "name", s.Name) + " " + text
		}
	}
	return text
}

// seatNote says of somebody what part they have, how long they have spoken, and whether they are there.
func seatNote(ctx context.Context, v roundView, t Table, s Seat) string {
	var out []string
	if s.Part != "" {
		out = append(out, site.T(ctx, partWords[s.Part]))
	}
	out = append(out, clock(spoken(t, s, v.now)))
	switch {
	case s.Away:
		out = append(out, site.T(ctx, "tables.is_away"))
	case !online(v.session, s):
		out = append(out, site.T(ctx, "tables.is_offline"))
	}
	return strings.Join(out, " · ")
}

func memberNote(ctx context.Context, v tableView, s Seat) string {
	var out []string
	if s.Account == v.me.Account {
		out = append(out, site.T(ctx, "tables.you"))
	}
	if s.Part != "" {
		out = append(out, site.T(ctx, partWords[s.Part]))
	}
	if s.Away && v.sits() {
		out = append(out, site.T(ctx, "tables.is_away"))
	}
	return strings.Join(out, " · ")
}

func tokenClass(v roundView, t Table, s Seat) string {
	switch {
	case s.Account == t.Speaker:
		return "tables-token-now"
	case s.Spoken > 0:
		return "tables-token-spoke"
	case s.at() == t.ID && online(v.session, s):
		return "tables-token-here"
	default:
		return "tables-token"
	}
}

func floorSaid(ctx context.Context, v tableView) string {
	s := v.speaker()
	switch {
	case s == nil:
		return site.T(ctx, "tables.floor.nobody")
	case s.Account == v.me.Account:
		return site.T(ctx, "tables.floor.yours")
	default:
		return site.T(ctx, "tables.floor.speaks", "name", s.Name)
	}
}

// speakerEnds is what whoever speaks does when they have finished: in a turn of the table, pass it on.
func speakerEnds(v tableView) string {
	if v.table.Tour {
		return "next"
	}
	return "end"
}

func cardNote(ctx context.Context, k Card) string {
	var out []string
	if k.Name != "" && k.From == 0 {
		out = append(out, k.Name)
	}
	if k.From != 0 {
		out = append(out, site.T(ctx, "tables.card.from", "number", k.From))
	}
	r := site.From(ctx)
	return strings.Join(append(out, i18n.Clock(r.Lang, k.At.In(r.Zone))), " · ")
}

func passOptions(ctx context.Context, v tableView) []ui.Option {
	out := []ui.Option{{Value: "0", Label: site.T(ctx, "tables.card.to_all")}}
	for _, t := range v.tables {
		if t.ID != v.table.ID {
			out = append(out, ui.Option{Value: strconv.Itoa(t.Number), Label: topicName(ctx, t)})
		}
	}
	return out
}

// formOf tells whether the form that was refused is this one: the cards', a card's own, the synthesis'.
func (v tableView) formOf(act string, card int64) bool {
	if act == "card" {
		return v.form.act == strconv.FormatInt(card, 10)
	}
	return v.form.act == act
}

func typedAt(v tableView, act string, card int64, current string) string {
	if v.formOf(act, card) {
		return typed(v.form, "text", current)
	}
	return current
}

func refusedAt(v tableView, act string, card int64) string {
	if v.formOf(act, card) {
		return v.errs["text"]
	}
	return ""
}

// refilled and refusedOf are what was typed in the form of a table, and what was refused of it.
func refilled(v roundView, t Table, field, current string) string {
	if v.form.act == "describe" && v.form.Get("table") == strconv.Itoa(t.Number) {
		return typed(v.form, field, current)
	}
	return current
}

func refusedOf(v roundView, t Table, field string) string {
	if v.form.act == "describe" && v.form.Get("table") == strconv.Itoa(t.Number) {
		return v.errs[field]
	}
	return ""
}
