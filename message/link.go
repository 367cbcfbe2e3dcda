package message

import "strings"

// linkAllowed reports whether a link may lead there.
func linkAllowed(href string) bool { return cleanLink(href) != "" }

// cleanLink returns where a link leads, "" when it may not. What browsers pass over in a URL
// is taken out first, so that the scheme that is checked is the one they see.
func cleanLink(href string) string {
	href = strings.Map(func(r rune) rune {
		if r <= ' ' && r != ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.TrimSpace(href))
	href = strings.ReplaceAll(href, " ", "%20")
	if strings.HasPrefix(href, "//") { // "the scheme of this page", which a mail does not have
		href = "https:" + href
	}
	scheme, rest, ok := strings.Cut(href, ":")
	if !ok || rest == "" {
		return ""
	}
	scheme = strings.ToLower(scheme)
	switch scheme {
	case "http", "https":
		host, ok := strings.CutPrefix(rest, "//")
		if !ok || host == "" || strings.ContainsRune(`/\?#`, rune(host[0])) {
			return ""
		}
	case "mailto", "tel":
	default:
		return ""
	}
	return scheme + ":" + rest
}
