package mailbox

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// mendList rewrites what follows "* LIST" so that the library can read it. Servers send names with
// a TAB unquoted, and names that are no modified UTF-7; on both the library gives up the
// connection. A name that comes as a literal is left alone.
func mendList(rest []byte) ([]byte, bool) {
	s := strings.TrimLeft(string(rest), " ")
	if !strings.HasPrefix(s, "(") {
		return nil, false
	}
	attrs, s, ok := strings.Cut(s[1:], ")")
	if !ok {
		return nil, false
	}
	delimiter, s, ok := readDelimiter(strings.TrimLeft(s, " "))
	if !ok {
		return nil, false
	}
	head := "* LIST (" + mendAttrs(attrs) + ") " + delimiter + " "
	s = strings.TrimLeft(s, " ")
	if strings.HasPrefix(s, "{") {
		return []byte(head + s), true
	}
	name, ok := mendName(readName(s))
	if !ok {
		return nil, false
	}
	return []byte(head + quote(name)), true
}

func mendAttrs(attrs string) string {
	var kept []string
	for attr := range strings.FieldsSeq(attrs) {
		name := strings.TrimPrefix(attr, `\`)
		if name != "" && !strings.ContainsAny(name, `(){%*"\]`) && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' }) {
			kept = append(kept, attr)
		}
	}
	return strings.Join(kept, " ")
}

func readDelimiter(s string) (delimiter, rest string, ok bool) {
	if len(s) >= 3 && strings.EqualFold(s[:3], "NIL") {
		return "NIL", s[3:], true
	}
	if !strings.HasPrefix(s, `"`) {
		return "", "", false
	}
	value, rest, ok := unquote(s)
	if r, n := utf8.DecodeRuneInString(value); !ok || n != len(value) || r == utf8.RuneError {
		return "NIL", rest, ok
	}
	return quote(value), rest, true
}

// readName reads a folder's name: a quoted string, or everything to the end of the line, spaces
// and all, without the extended data that may follow.
func readName(s string) string {
	if strings.HasPrefix(s, `"`) {
		if value, _, ok := unquote(s); ok {
			return value
		}
	}
	if i := strings.Index(s, " ("); i >= 0 && strings.HasSuffix(s, ")") {
		s = s[:i]
	}
	return strings.Trim(s, `" `)
}

func unquote(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '"':
			return b.String(), s[i+1:], true
		case '\\':
			if i++; i == len(s) {
				return "", "", false
			}
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// mendName makes a name valid modified UTF-7, where it is not.
func mendName(name string) (string, bool) {
	name = strings.ToValidUTF8(name, "\uFFFD")
	if !shiftsWell(name) {
		name = strings.ReplaceAll(name, "&", "&-")
	}
	var b strings.Builder
	var control []uint16
	flush := func() {
		if len(control) > 0 {
			b.WriteString("&" + shift(control) + "-")
			control = control[:0]
		}
	}
	for _, r := range name {
		if r < ' ' || r == 0x7f {
			control = utf16.AppendRune(control, r)
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String(), b.Len() > 0 && shiftsWell(b.String())
}

var modifiedBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

func shift(units []uint16) string {
	var b []byte
	for _, u := range units {
		b = binary.BigEndian.AppendUint16(b, u)
	}
	return modifiedBase64.EncodeToString(b)
}

// shiftsWell reports whether every "&…-" of name is valid modified UTF-7 (RFC 3501, 5.1.3).
func shiftsWell(name string) bool {
	after := -1 // where the last shift ended
	for i := 0; i < len(name); i++ {
		if name[i] != '&' {
			continue
		}
		end := strings.IndexByte(name[i:], '-')
		if end < 0 {
			return false
		}
		if end > 1 && (after == i || !shifted(name[i+1:i+end])) {
			return false
		}
		i += end
		if end > 1 {
			after = i + 1
		}
	}
	return true
}

func shifted(s string) bool {
	b, err := modifiedBase64.DecodeString(s)
	if err != nil || len(b) == 0 || len(b)%2 != 0 || bytes.ContainsAny([]byte(s), "\r\n=") {
		return false
	}
	for i := 0; i < len(b); i += 2 {
		r := rune(binary.BigEndian.Uint16(b[i:]))
		switch {
		case utf16.IsSurrogate(r):
			if i += 2; i == len(b) || utf16.DecodeRune(r, rune(binary.BigEndian.Uint16(b[i:]))) == utf8.RuneError {
				return false
			}
		case ' ' <= r && r <= '~':
			return false
		}
	}
	return true
}
