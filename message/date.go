package message

import (
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// parseDate reads a Date field as net/mail does, and what is found beside the standard; the zero
// time when it means nothing.
func parseDate(s string) time.Time {
	if len(s) > 200 {
		return time.Time{}
	}
	if t, err := mail.ParseDate(s); err == nil {
		return sane(inNamedZone(t))
	}
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	var words []string
	for _, w := range strings.Fields(strings.NewReplacer(",", " ", ".", ":").Replace(s)) {
		if strings.Count(w, "-") == 2 { // 2-Nov-2026
			words = append(words, strings.Split(w, "-")...)
		} else {
			words = append(words, w)
		}
	}
	return sane(parseLoose(words))
}

// parseLoose looks for a day, a month, a year, a time and a zone, in whatever order they stand.
func parseLoose(words []string) time.Time {
	var day, year int
	var month time.Month
	clock := time.Duration(-1)
	zone := time.UTC
	for _, w := range words {
		n, err := strconv.Atoi(w)
		switch {
		case strings.Contains(w, ":"):
			clock = parseClock(w)
		case isOffset(w):
			zone = offset(w)
		case err == nil && day == 0 && n >= 1 && n <= 31:
			day = n
		case err == nil && year == 0:
			year = fullYear(n)
		case monthOf(w) != 0 && month == 0:
			month = monthOf(w)
		default:
			if z, ok := namedZone(w); ok {
				zone = z
			}
		}
	}
	if day == 0 || month == 0 || year == 0 {
		return time.Time{}
	}
	return time.Date(year, month, day, 0, 0, 0, 0, zone).Add(max(clock, 0))
}

func parseClock(w string) time.Duration {
	units := []time.Duration{time.Hour, time.Minute, time.Second}
	var d time.Duration
	for i, part := range strings.SplitN(w, ":", 3) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > 60 {
			return -1
		}
		d += time.Duration(n) * units[i]
	}
	return d
}

func isOffset(w string) bool {
	if len(w) != 5 || (w[0] != '+' && w[0] != '-') {
		return false
	}
	_, err := strconv.Atoi(w[1:])
	return err == nil
}

func offset(w string) *time.Location {
	n, _ := strconv.Atoi(w[1:])
	seconds := n/100*3600 + n%100*60
	if w[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}

func monthOf(w string) time.Month {
	w = strings.ToLower(w)
	for m := time.January; m <= time.December; m++ {
		if len(w) >= 3 && strings.HasPrefix(strings.ToLower(m.String()), w[:3]) {
			return m
		}
	}
	return 0
}

// fullYear reads two- and three-digit years as RFC 5322, 4.3 does.
func fullYear(n int) int {
	switch {
	case n < 50:
		return n + 2000
	case n < 1000:
		return n + 1900
	}
	return n
}

// namedZone knows the zones of RFC 5322, 4.3 and the commonest others.
func namedZone(name string) (*time.Location, bool) {
	hours := map[string]int{
		"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
		"PST": -8, "PDT": -7, "BST": 1, "CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9,
	}
	h, ok := hours[strings.ToUpper(name)]
	return time.FixedZone(name, h*3600), ok
}

// inNamedZone mends what package time does with a zone that it knows only by name: it calls it UTC.
func inNamedZone(t time.Time) time.Time {
	name, off := t.Zone()
	zone, ok := namedZone(name)
	if off != 0 || !ok {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}

// sane keeps dates that a mail can have; the rest would sort a mail out of sight.
func sane(t time.Time) time.Time {
	if t.Year() < 1970 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
