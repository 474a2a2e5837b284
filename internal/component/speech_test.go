package component_test

import (
	"reflect"
	"testing"
	"time"

	"isegoria.org/isegoria/internal/component"
)

// Those of whom there are one or two are told with others, so that the sum gives nobody away.
func TestSpeechPublic(t *testing.T) {
	share := func(name string, people int) component.SpeechShare {
		return component.SpeechShare{Name: name, People: people, Took: time.Duration(people) * time.Minute}
	}
	for _, c := range []struct {
		name   string
		shares []component.SpeechShare
		want   []component.SpeechShare
		ok     bool
	}{
		{"enough of each", []component.SpeechShare{share("a", 3), share("b", 9)}, []component.SpeechShare{share("b", 9), share("a", 3)}, true},
		{"two alone take the next with them", []component.SpeechShare{share("a", 2), share("b", 9), share("c", 5)}, []component.SpeechShare{share("b", 9), share("rest", 7)}, true},
		{"two small ones make one", []component.SpeechShare{share("a", 2), share("b", 9), share("c", 1)}, []component.SpeechShare{share("b", 9), share("rest", 3)}, true},
		{"one against the others", []component.SpeechShare{share("a", 1), share("b", 9)}, []component.SpeechShare{share("rest", 10)}, false},
		{"time of nobody known", []component.SpeechShare{{Name: "hall", Took: time.Minute}, share("b", 9), share("a", 3)},
			[]component.SpeechShare{share("b", 9), share("a", 3), {Name: "hall", Took: time.Minute}}, true},
		{"nobody", nil, nil, false},
	} {
		got, ok := component.SpeechCategory{Shares: c.shares}.Public("rest")
		if ok != c.ok || !reflect.DeepEqual(got.Shares, c.want) {
			t.Errorf("%s: %v, %v; want %v, %v", c.name, got.Shares, ok, c.want, c.ok)
		}
	}
}
