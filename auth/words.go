package auth

import (
	"net/url"
	"strings"
)

// Words that others wrote, made fit for our log and our pages.

// word keeps what may go into a log line and drops everything else.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("_-.: +", r) {
			return r
		}
		return -1
	}, s)
	return s[:min(len(s), 64)]
}

// plainText makes one readable paragraph of most bytes out of somebody else's words.
func plainText(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// scrub takes secrets out of words that the other side wrote: an error page may quote what it was
// sent, as it is or encoded for a URL.
func scrub(words string, secrets ...Secret) string {
	for _, s := range secrets {
		if len(s) < 4 {
			continue
		}
		for _, form := range []string{s.Reveal(), url.QueryEscape(s.Reveal()), url.PathEscape(s.Reveal())} {
			words = strings.ReplaceAll(words, form, redacted)
		}
	}
	return words
}

// cut returns at most that many bytes of s, without half a character at the end.
func cut(s string, most int) string {
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}
