package auth

import "strings"

// Agent is a User-Agent header. Everybody may write into it what they like: it is for people to
// recognise their own browsers by.
type Agent string

// Browser guesses the program; "" when it is none that is known.
func (a Agent) Browser() string {
	return a.first(
		"Edg", "Edge", "OPR/", "Opera", "SamsungBrowser", "Samsung Internet", "Vivaldi", "Vivaldi",
		"Firefox", "Firefox", "FxiOS", "Firefox", "CriOS", "Chrome", "Chrome", "Chrome", "Chromium", "Chromium",
		"Safari", "Safari", "curl", "curl",
	)
}

// System guesses what it runs on; "" when it is none that is known.
func (a Agent) System() string {
	return a.first(
		"iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Windows", "Windows",
		"Macintosh", "macOS", "CrOS", "ChromeOS", "Linux", "Linux",
	)
}

// String says both in words.
func (a Agent) String() string {
	browser, system := a.Browser(), a.System()
	if browser == "" {
		browser = "unknown browser"
	}
	if system == "" {
		return browser
	}
	return browser + " on " + system
}

// first returns the name behind the first mark that a holds. Marks and names come in pairs.
func (a Agent) first(pairs ...string) string {
	for i := 0; i+1 < len(pairs); i += 2 {
		if strings.Contains(string(a), pairs[i]) {
			return pairs[i+1]
		}
	}
	return ""
}
