package i18n

import (
	"strconv"
	"time"
)

// Day writes a day in t's own zone as a list has it, without its name: "11 juin", "11 June".
// The year stands only where it is not the one of now.
func Day(lang Lang, t, now time.Time) string {
	day := strconv.Itoa(t.Day())
	if lang == French && t.Day() == 1 {
		day = "1er"
	}
	day += " " + months[lang][t.Month()-1]
	if t.Year() != now.In(t.Location()).Year() {
		day += " " + strconv.Itoa(t.Year())
	}
	return day
}
