package ui

import (
	"maps"
	"slices"
)

// IconName names one of our line icons, drawn on a 24 by 24 grid with a stroke of 2.
// An icon stands beside a word, never instead of it.
type IconName string

const (
	IconArrow    IconName = "arrow"
	IconBack     IconName = "back"
	IconCalendar IconName = "calendar"
	IconCheck    IconName = "check"
	IconClock    IconName = "clock"
	IconCopy     IconName = "copy"
	IconCross    IconName = "cross"
	IconDash     IconName = "dash"
	IconDice     IconName = "dice"
	IconDocument IconName = "document"
	IconDownload IconName = "download"
	IconEdit     IconName = "edit"
	IconHand     IconName = "hand"
	IconInfo     IconName = "info"
	IconKey      IconName = "key"
	IconLink     IconName = "link"
	IconLock     IconName = "lock"
	IconMail     IconName = "mail"
	IconMic      IconName = "mic"
	IconPeople   IconName = "people"
	IconPerson   IconName = "person"
	IconPlace    IconName = "place"
	IconPlus     IconName = "plus"
	IconProxy    IconName = "proxy"
	IconScales   IconName = "scales"
	IconSearch   IconName = "search"
	IconSettings IconName = "settings"
	IconSpeech   IconName = "speech"
	IconUpload   IconName = "upload"
	IconVideo    IconName = "video"
	IconVote     IconName = "vote"
	IconWarning  IconName = "warning"
)

// iconPaths gives the path data of each icon.
var iconPaths = map[IconName]string{
	IconArrow:    "M4 12h16M14 6l6 6-6 6",
	IconBack:     "M20 12H4M10 6l-6 6 6 6",
	IconCalendar: "M4 6h16v14H4zM4 10.5h16M8.5 3v5M15.5 3v5",
	IconCheck:    "M4 12.5l5.5 5.5L20 6.5",
	IconClock:    "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7.5V12l3.2 2",
	IconCopy:     "M9 9h11v11H9zM5 15H4V4h11v1",
	IconCross:    "M6 6l12 12M18 6L6 18",
	IconDash:     "M5 12h14",
	IconDice:     "M4 4h16v16H4zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01",
	IconDocument: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
	IconDownload: "M12 4v11M7 10.5l5 5 5-5M4 20h16",
	IconEdit:     "M4 20l1-4.5L16 4.5l3.5 3.5L8.5 19zM13.5 7l3.5 3.5",
	IconHand:     "M8 12V5.5a1.5 1.5 0 013 0V11M11 10.5V4.5a1.5 1.5 0 013 0V11M14 11V6a1.5 1.5 0 013 0v8c0 4-2 7-6 7-3 0-4.5-1.5-7-6.5-.8-1.6 1-2.8 2.2-1.5L8 15",
	IconInfo:     "M12 3a9 9 0 100 18 9 9 0 000-18zM12 11v5.5M12 7.5h.01",
	IconKey:      "M8 11a4 4 0 100 8 4 4 0 000-8zM11 12.5L19.5 4M16 7.5l3 3",
	IconLink:     "M10 14a4 4 0 005.7 0l3-3A4 4 0 0013 5.3l-1 1M14 10a4 4 0 00-5.7 0l-3 3A4 4 0 0011 18.7l1-1",
	IconLock:     "M5 11h14v9H5zM8 11V8a4 4 0 018 0v3M12 15v2",
	IconMail:     "M3.5 5.5h17v13h-17zM4 6.5l8 6.5 8-6.5",
	IconMic:      "M12 3a3 3 0 00-3 3v6a3 3 0 006 0V6a3 3 0 00-3-3zM5.5 11.5a6.5 6.5 0 0013 0M12 18v3M8.5 21h7",
	IconPeople:   "M9 4a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM2.5 20c0-3.8 2.9-6 6.5-6s6.5 2.2 6.5 6M16 4.4a3.5 3.5 0 010 6.2M18 14.3c2.2.8 3.5 2.7 3.5 5.7",
	IconPerson:   "M12 4a4 4 0 100 8 4 4 0 000-8zM4.5 21c0-4 3.3-6.5 7.5-6.5s7.5 2.5 7.5 6.5",
	IconPlace:    "M12 21s7-6.5 7-11.5a7 7 0 00-14 0C5 14.5 12 21 12 21zM12 7a2.5 2.5 0 100 5 2.5 2.5 0 000-5z",
	IconPlus:     "M12 5v14M5 12h14",
	IconProxy:    "M8 4a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM2 20c0-3.8 2.7-6 6-6 2.2 0 4.1 1 5.2 2.6M14 12h7M18 9l3 3-3 3",
	IconScales:   "M12 4v16M7 20h10M5 7h14M5 7l-3 7h6zM19 7l-3 7h6z",
	IconSearch:   "M10.5 4a6.5 6.5 0 100 13 6.5 6.5 0 000-13zM15.5 15.5L20.5 20.5",
	IconSettings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4zM9 14.8a2.2 2.2 0 100 4.4 2.2 2.2 0 000-4.4z",
	IconSpeech:   "M4 5h16v11h-8l-4.5 4v-4H4z",
	IconUpload:   "M12 16V5M7 9.5l5-5 5 5M4 20h16",
	IconVideo:    "M3 6.5h12v11H3zM15 11l6-3.5v9L15 13",
	IconVote:     "M4 11h16v9H4zM8 11V4h8v7M10.5 7.5h3M9 15h6",
	IconWarning:  "M12 4L2.5 20h19zM12 10v4.5M12 17.3h.01",
}

// Icons lists every icon by name.
func Icons() []IconName {
	return slices.Sorted(maps.Keys(iconPaths))
}
