package message

import (
	"bytes"
	"strconv"
	"strings"
)

const maxParams = 100 // more than any mail needs, few enough to be cheap

// parseParams reads "type; name=value; …" the way Content-Type and Content-Disposition are written:
// quoted or not, in pieces and charsets (RFC 2231), with encoded words where they do not belong.
func parseParams(raw []byte) (value string, params map[string]string) {
	head, rest := cutParam(raw)
	if i := bytes.IndexAny(head, " \t"); i > 0 && bytes.IndexByte(head[i:], '=') > 0 {
		head, rest = head[:i], raw[i:] // the first semicolon was forgotten
	}
	value = strings.ToLower(strings.Trim(decodeCharset("", stripComment(head)), " \t\"'"))
	params = map[string]string{}
	pieces := map[string][]piece{}
	for n := 0; len(rest) > 0 && n < maxParams; n++ {
		var one []byte
		one, rest = cutParam(rest)
		name, val, ok := bytes.Cut(one, []byte("="))
		if !ok {
			continue
		}
		key := strings.ToLower(strings.TrimSpace(string(name)))
		val = unquote(bytes.TrimSpace(val))
		base, number, extended, is2231 := splitPiece(key)
		if is2231 {
			pieces[base] = append(pieces[base], piece{number, extended, val})
		} else if _, twice := params[key]; !twice {
			params[key] = decodeWords(val, "")
		}
	}
	for key, list := range pieces {
		params[key] = joinPieces(list) // RFC 2231 says it better than the plain one beside it
	}
	return value, params
}

// cutParam cuts raw at the first semicolon outside quotes.
func cutParam(raw []byte) (one, rest []byte) {
	quoted := false
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			if quoted {
				i++
			}
		case '"':
			quoted = !quoted
		case ';':
			if !quoted {
				return raw[:i], raw[i+1:]
			}
		}
	}
	if quoted { // a quote that never ends ends at the next semicolon
		if i := bytes.IndexByte(raw, ';'); i >= 0 {
			return raw[:i], raw[i+1:]
		}
	}
	return raw, nil
}

// unquote takes off quotes and the backslashes within, but leaves those of Windows paths alone.
func unquote(b []byte) []byte {
	if len(b) == 0 || b[0] != '"' {
		return stripComment(b)
	}
	out := make([]byte, 0, len(b))
	for i := 1; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' && i+1 < len(b) && (b[i+1] == '"' || b[i+1] == '\\') {
			i++
		}
		out = append(out, b[i])
	}
	return out
}

// stripComment takes off a comment at the end of an unquoted value.
func stripComment(b []byte) []byte {
	if i := bytes.IndexByte(b, '('); i > 0 && bytes.IndexByte(b[i:], ')') > 0 {
		b = b[:i]
	}
	return bytes.TrimSpace(b)
}

// A piece is one of the values that RFC 2231 cuts a long or foreign value into.
type piece struct {
	number   int
	extended bool // percent-encoded; the first one begins with charset'language'
	value    []byte
}

// splitPiece reads the name of a piece: "filename*", "filename*0", "filename*0*".
func splitPiece(key string) (base string, number int, extended, ok bool) {
	base, rest, ok := strings.Cut(key, "*")
	if !ok || base == "" {
		return "", 0, false, false
	}
	if rest == "" {
		return base, 0, true, true
	}
	rest, extended = strings.CutSuffix(rest, "*")
	number, err := strconv.Atoi(rest)
	if err != nil || number < 0 {
		return "", 0, false, false
	}
	return base, number, extended, true
}

// joinPieces puts a value together in the order of its numbers.
func joinPieces(list []piece) string {
	byNumber := map[int]piece{}
	for _, p := range list {
		byNumber[p.number] = p
	}
	var charset string
	var out []byte
	for n := 0; ; n++ {
		p, ok := byNumber[n]
		if !ok {
			if n == 0 {
				continue // some begin to count at one
			}
			break
		}
		value := p.value
		if p.extended {
			if label, rest, ok := cutCharset(value); ok && n <= 1 && charset == "" {
				charset, value = label, rest
			}
			value = percentDecode(value)
		}
		out = append(out, value...)
	}
	if charset == "" {
		return decodeWords(out, "")
	}
	return decodeCharset(charset, out)
}

// cutCharset cuts charset'language' off the first piece of a value.
func cutCharset(value []byte) (label string, rest []byte, ok bool) {
	first, rest, ok := bytes.Cut(value, []byte("'"))
	if !ok {
		return "", value, false
	}
	_, rest, ok = bytes.Cut(rest, []byte("'"))
	return string(first), rest, ok
}

// percentDecode decodes %XX and leaves anything else as it is.
func percentDecode(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '%' && i+2 < len(b) {
			if c, ok := unhex(b[i+1], b[i+2]); ok {
				out = append(out, c)
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

// unhex reads two hexadecimal digits.
func unhex(hi, lo byte) (byte, bool) {
	h, ok1 := hexDigit(hi)
	l, ok2 := hexDigit(lo)
	return h<<4 | l, ok1 && ok2
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}
