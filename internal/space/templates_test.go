package space

import (
	"testing"
	"time"
)

func paris(t *testing.T) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func byKey(phases []Phase) map[string]Phase {
	out := map[string]Phase{}
	for _, p := range phases {
		out[p.Key] = p
	}
	return out
}

func TestTemplatePhases(t *testing.T) {
	z := paris(t)
	start := time.Date(2027, 6, 10, 18, 0, 0, 0, z)
	early := time.Date(2027, 1, 4, 12, 0, 0, 0, time.UTC)
	for _, tpl := range Templates {
		phases := tpl.Phases(start, 15, early, func(key string) string { return key })
		if f := ValidatePhases(phases); len(f) > 0 {
			t.Errorf("%s: %v", tpl.Key, f)
		}
		p := byKey(phases)
		if v := p[PhaseVote]; tpl.Kind != CitizensAssembly && (v.Start.Hour() != 9 || !v.End.After(v.Start) || p[PhaseResults].Start.Before(v.End)) {
			t.Errorf("%s: vote %v, results %v", tpl.Key, v, p[PhaseResults])
		}
		if tpl.Kind == GeneralAssembly && start.Sub(p[PhaseConvocation].Start) < 15*24*time.Hour {
			t.Errorf("%s: convened only on %v", tpl.Key, p[PhaseConvocation].Start)
		}
	}
}

// The clock changes on 28 March 2027 in Paris: nine o'clock stays nine o'clock.
func TestTemplatePhasesAcrossClockChange(t *testing.T) {
	ordinary, ok := FindTemplate("ordinary")
	if !ok {
		t.Fatal("no template ordinary")
	}
	phases := ordinary.Phases(time.Date(2027, 4, 2, 18, 0, 0, 0, paris(t)), 15, time.Date(2027, 1, 4, 0, 0, 0, 0, time.UTC), func(k string) string { return k })
	if c := byKey(phases)[PhaseConvocation]; c.Start.Format("2006-01-02 15:04") != "2027-03-12 09:00" {
		t.Errorf("convocation on %v", c.Start)
	}
}

func TestTemplatePhasesWhenTimeIsShort(t *testing.T) {
	now := time.Date(2027, 6, 4, 10, 20, 0, 0, time.UTC)
	ordinary, _ := FindTemplate("ordinary")
	phases := ordinary.Phases(time.Date(2027, 6, 10, 18, 0, 0, 0, paris(t)), 15, now, func(k string) string { return k })
	p := byKey(phases)
	if _, ok := p[PhaseQuestions]; ok {
		t.Error("a step for which no time is left was kept")
	}
	if c := p[PhaseConvocation]; !c.Start.Equal(time.Date(2027, 6, 4, 11, 0, 0, 0, time.UTC)) {
		t.Errorf("convocation on %v, want the next full hour", c.Start)
	}
	if f := ValidatePhases(phases); len(f) > 0 {
		t.Error(f)
	}
	for _, p := range phases {
		if p.State(now) != -1 {
			t.Errorf("%s has already begun", p.Key)
		}
	}
}
