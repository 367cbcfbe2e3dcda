package store

import (
	"strings"
	"unicode/utf8"
)

// Longest values that are kept, in bytes. Mail may carry any length of anything; PostgreSQL indexes
// Message-IDs up to 2,700 bytes, and a list has no use for a subject of a megabyte.
const (
	longestID      = 995
	longestSubject = 4000
	longestRefs    = 16_000
	longestSnippet = 1000
	mostAddresses  = 2000
)

// cleanMessage makes what came from outside fit to be stored: valid UTF-8 without NUL, which
// PostgreSQL refuses, and no longer than of use.
func cleanMessage(m *Message) {
	m.RFCMessageID = cleanText(strings.Trim(m.RFCMessageID, "<>"), longestID)
	m.InReplyTo = cleanText(m.InReplyTo, longestRefs)
	if refs := m.References; len(refs) > longestRefs {
		m.References = refs[len(refs)-longestRefs:] // the newest are last
	}
	m.References = cleanText(m.References, longestRefs)
	m.Subject = cleanText(m.Subject, longestSubject)
	m.Snippet = cleanText(m.Snippet, longestSnippet)
	for _, list := range []*[]Address{&m.From, &m.To, &m.Cc, &m.ReplyTo} {
		*list = (*list)[:min(len(*list), mostAddresses)]
	}
}

func cleanText(s string, most int) string {
	if len(s) > most {
		for most > 0 && !utf8.RuneStart(s[most]) {
			most--
		}
		s = s[:most]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
