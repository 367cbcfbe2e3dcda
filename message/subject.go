package message

import (
	"strings"
	"unicode"
)

// NormalSubject returns a subject without the prefixes that answers and forwards put before it, in
// the languages that mail programs put them in.
func NormalSubject(subject string) string {
	for {
		rest, _, ok := cutSubjectPrefix(subject)
		if !ok {
			return strings.TrimSpace(subject)
		}
		subject = rest
	}
}

// ReplySubject returns the subject of an answer.
func ReplySubject(subject string) string {
	for {
		rest, isReply, ok := cutSubjectPrefix(subject)
		if !ok || !isReply {
			return strings.TrimSpace("Re: " + strings.TrimSpace(subject))
		}
		subject = rest
	}
}

// ForwardSubject returns the subject of a forward.
func ForwardSubject(subject string) string {
	if _, isReply, ok := cutSubjectPrefix(subject); ok && !isReply {
		return strings.TrimSpace(subject)
	}
	return strings.TrimSpace("Fwd: " + strings.TrimSpace(subject))
}

// cutSubjectPrefix cuts one "Re:", "AW[2]:" or "转发：" off a subject.
func cutSubjectPrefix(subject string) (rest string, isReply, ok bool) {
	s := strings.TrimSpace(subject)
	i := strings.IndexAny(s, ":：")
	if i <= 0 || i > 20 {
		return subject, false, false
	}
	prefix := strings.TrimRightFunc(strings.ToLower(s[:i]), func(r rune) bool {
		return unicode.IsDigit(r) || unicode.IsSpace(r) || strings.ContainsRune("[]()^*", r)
	})
	switch prefix {
	case "re", "aw", "antw", "antwort", "sv", "vs", "odp", "ynt", "ref", "réf", "rif", "отв", "回复", "答复", "回覆", "回信", "返信", "답장":
		isReply = true
	case "fw", "fwd", "wg", "tr", "vb", "rv", "enc", "pd", "vl", "i̇lt", "ilt", "doorst", "пересл", "转发", "轉寄", "転送", "전달":
	default:
		return subject, false, false
	}
	_, rest, _ = strings.Cut(s[i:], s[i:i+colonLength(s[i:])])
	return rest, isReply, true
}

// colonLength is 1 for ":" and 3 for its wide form.
func colonLength(s string) int {
	if s[0] == ':' {
		return 1
	}
	return len("：")
}
