package message

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode"
)

// decodeWords turns a header value into words for people: encoded words (RFC 2047) are decoded,
// also where the standard would not have them; bare 8-bit bytes are read as UTF-8, else as hint,
// else as windows-1252; control characters become spaces.
func decodeWords(value []byte, hint string) string {
	if !bytes.Contains(value, []byte("=?")) {
		return tidy(decodeGuess(value, hint))
	}
	var out strings.Builder
	var run []byte // decoded bytes of adjacent words in one charset: some cut characters in two
	var runCharset string
	flush := func() {
		if runCharset != "" {
			out.WriteString(decodeCharset(runCharset, run))
		}
		run, runCharset = nil, ""
	}
	for len(value) > 0 {
		i := bytes.Index(value, []byte("=?"))
		if i < 0 {
			break
		}
		w, n, ok := cutWord(value[i:])
		if !ok {
			flush()
			out.WriteString(decodeGuess(value[:i+2], hint))
			value = value[i+2:]
			if n < 0 { // no word can end any more
				break
			}
			continue
		}
		if len(bytes.TrimSpace(value[:i])) > 0 || runCharset == "" {
			flush()
			out.WriteString(decodeGuess(value[:i], hint))
		} else if !strings.EqualFold(runCharset, w.charset) {
			flush()
		}
		run, runCharset = append(run, w.bytes...), w.charset
		value = value[i+n:]
	}
	flush()
	out.WriteString(decodeGuess(value, hint))
	return tidy(out.String())
}

// A word is an encoded word, decoded but for its charset.
type word struct {
	charset string
	bytes   []byte
}

// cutWord reads the encoded word that b begins with and returns its length; a negative length
// says that b holds no end of a word at all.
func cutWord(b []byte) (w word, n int, ok bool) {
	q1 := bytes.IndexByte(b[2:min(len(b), 80)], '?')
	if q1 <= 0 {
		return word{}, 0, false
	}
	q1 += 2
	label, _, _ := strings.Cut(string(b[2:q1]), "*") // RFC 2231 adds a language
	if strings.ContainsAny(label, " \t=") || q1+2 >= len(b) || b[q1+2] != '?' {
		return word{}, 0, false
	}
	unpack := decodeQ
	switch b[q1+1] {
	case 'q', 'Q':
	case 'b', 'B':
		unpack = decodeB
	default:
		return word{}, 0, false
	}
	start := q1 + 3
	end := bytes.Index(b[start:], []byte("?="))
	if end < 0 {
		return word{}, -1, false
	}
	end += start
	return word{label, unpack(b[start:end])}, end + 2, true
}

func decodeQ(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '_':
			out = append(out, ' ')
		case b[i] == '=' && i+2 < len(b):
			if c, ok := unhex(b[i+1], b[i+2]); ok {
				out = append(out, c)
				i += 2
				continue
			}
			out = append(out, '=')
		default:
			out = append(out, b[i])
		}
	}
	return out
}

func decodeB(b []byte) []byte {
	out, err := base64.StdEncoding.DecodeString(string(b))
	if err == nil {
		return out
	}
	return readUpTo(&base64Reader{src: b}, len(b))
}

// tidy makes a decoded header value fit for one line: no control characters, no doubled spaces at
// folds, nothing around it.
func tidy(s string) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.TrimSpace(clean)
}
