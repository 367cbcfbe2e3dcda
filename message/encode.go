package message

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// encodeText writes words for a header. What is not plain is written as encoded words; so is
// what only looks encoded, or has no place to be folded at.
func encodeText(s string) string {
	if isPlain(s) {
		return s
	}
	var words []string
	for s = strings.ToValidUTF8(s, "\uFFFD"); s != ""; {
		n := min(len(s), 39) // 52 characters of base64, 64 with what is around them
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}

// isPlain reports whether s reads the same after it was folded at its spaces and read again.
func isPlain(s string) bool {
	if strings.Contains(s, "=?") || strings.Contains(s, "  ") || strings.TrimSpace(s) != s {
		return false
	}
	for word := range strings.SplitSeq(s, " ") {
		if len(word) > 200 {
			return false
		}
	}
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// String writes a recipient for a header.
func (r recipient) String() string {
	switch {
	case r.name == "":
		return "<" + r.addr + ">"
	case !isPlain(r.name):
		return encodeText(r.name) + " <" + r.addr + ">"
	case onlyOf(r.name, " -_!#$%&*+/=?^{|}~", len(r.name)) != "":
		return r.name + " <" + r.addr + ">"
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(r.name) + `" <` + r.addr + ">"
}

// list writes recipients for a header.
func list(all []recipient) string {
	var written []string
	for _, r := range all {
		written = append(written, r.String())
	}
	return strings.Join(written, ", ")
}
