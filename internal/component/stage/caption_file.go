package stage

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// longestCue is how long a line stays when no other follows.
const longestCue = 7 * time.Second

// writeVTT writes lines as WebVTT, which players of films read: times count from the first line.
// What a machine wrote is noted as such, with whose voice it was.
func writeVTT(w io.Writer, list []Caption) error {
	slices.SortStableFunc(list, func(a, b Caption) int { return a.At.Compare(b.At) })
	var b strings.Builder
	b.WriteString("WEBVTT\n")
	if len(list) > 0 {
		fmt.Fprintf(&b, "\nNOTE 00:00:00.000 is %s\n", list[0].At.UTC().Format(time.RFC3339Nano))
	}
	for i, c := range list {
		begin := c.At.Sub(list[0].At)
		end := begin + longestCue
		if i+1 < len(list) {
			end = min(end, list[i+1].At.Sub(list[0].At))
		}
		end = max(end, begin+time.Second/2)
		text := cueText.Replace(c.Text)
		if c.Who != "" {
			text = "<v " + cueText.Replace(c.Who) + ">" + text
		}
		b.WriteString(cueNote[c.Made])
		fmt.Fprintf(&b, "\n%s --> %s\n%s\n", cueTime(begin), cueTime(end), text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cueNote says above a line who wrote it, where that is no person alone.
var cueNote = map[Maker]string{ByMachine: "\nNOTE written by a machine\n", Corrected: "\nNOTE written by a machine, corrected by a person\n"}

// cueText keeps a line from being marks of the format.
var cueText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func cueTime(d time.Duration) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000)
}
