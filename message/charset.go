package message

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/unicode"
)

// decodeCharset returns b as UTF-8. The label is believed unless the bytes say otherwise: much mail
// is labelled by programs that did not look.
func decodeCharset(label string, b []byte) string {
	label = cleanLabel(label)
	if enc := byOrderMark(b); enc != nil {
		return convert(enc, b)
	}
	switch label {
	case "utf-7", "unicode-1-1-utf-7", "x-utf-7":
		return decodeUTF7(b)
	case "iso-2022-kr":
		return convert(korean.EUCKR, shiftedToEUC(b))
	}
	enc := lookup(label)
	if enc == nil {
		return guessCharset(b)
	}
	if isASCII(b) && label != "hz-gb-2312" && !strings.HasPrefix(label, "utf-") {
		return guessCharset(b) // bytes that mean themselves in every charset, or ISO-2022
	}
	if enc == unicode.UTF8 {
		return repairUTF8(b)
	}
	if _, single := enc.(*charmap.Charmap); single && utf8.Valid(b) {
		return string(b) // hardly any text in a single-byte charset is valid UTF-8 by chance
	}
	s := convert(enc, b)
	if strings.ContainsRune(s, utf8.RuneError) && utf8.Valid(b) {
		return string(b)
	}
	return s
}

// decodeGuess is decodeCharset for bytes whose charset nobody says; hint is tried before windows-1252.
func decodeGuess(b []byte, hint string) string {
	if isASCII(b) || utf8.Valid(b) {
		return guessCharset(b)
	}
	if enc := lookup(cleanLabel(hint)); enc != nil && enc != unicode.UTF8 {
		if s := convert(enc, b); !strings.ContainsRune(s, utf8.RuneError) {
			return s
		}
	}
	return guessCharset(b)
}

// guessCharset reads b as UTF-8 where it is, as ISO-2022-JP where its escapes are, else as windows-1252.
func guessCharset(b []byte) string {
	if bytes.Contains(b, []byte("\x1b$")) && isASCII(b) {
		return convert(japanese.ISO2022JP, b)
	}
	return repairUTF8(b)
}

// repairUTF8 returns b when it is UTF-8, b with its bad bytes replaced when it mostly is, and else
// b as windows-1252, in which every byte has a meaning.
func repairUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	good, bad := 0, 0
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		i += n
	}
	if good > bad {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return convert(charmap.Windows1252, b)
}

func convert(enc encoding.Encoding, b []byte) string {
	out, err := enc.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(bytes.ToValidUTF8(out, []byte("\uFFFD")))
}

// lookup finds the encoding of a clean label, nil when there is none or the label says nothing.
func lookup(label string) encoding.Encoding {
	if enc, ok := labels[label]; ok {
		return enc
	}
	if len(label) == 0 || len(label) > 60 {
		return nil
	}
	if enc, err := htmlindex.Get(label); err == nil && enc != encoding.Replacement {
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil {
		return enc
	}
	if code, ok := strings.CutPrefix(label, "cp"); ok {
		return lookup("windows-" + code)
	}
	return nil
}

// cleanLabel takes off what is found around charset names.
func cleanLabel(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\r\n\"'`;,"))
	label = strings.TrimPrefix(label, "charset=")
	return strings.Trim(label, " \"'")
}

func byOrderMark(b []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return unicode.UTF8BOM
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
	}
	return nil
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// shiftedToEUC turns ISO-2022-KR (RFC 1557), which shifts between two sets, into EUC-KR, which uses the eighth bit.
func shiftedToEUC(b []byte) []byte {
	b = bytes.ReplaceAll(b, []byte("\x1b$)C"), nil)
	out := make([]byte, 0, len(b))
	shifted := false
	for _, c := range b {
		switch {
		case c == 0x0e:
			shifted = true
		case c == 0x0f:
			shifted = false
		case shifted && c > ' ' && c < 0x7f:
			out = append(out, c|0x80)
		default:
			out = append(out, c)
		}
	}
	return out
}

// decodeUTF7 reads RFC 2152: "+" begins base64 of UTF-16, "-" or any other character ends it.
func decodeUTF7(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '+')
		if i < 0 {
			break
		}
		out.WriteString(repairUTF8(b[:i]))
		b = b[i+1:]
		n := 0
		for n < len(b) && isBase64(b[n]) {
			n++
		}
		if n == 0 && len(b) > 0 && b[0] == '-' {
			out.WriteByte('+')
		}
		if raw, err := base64.RawStdEncoding.DecodeString(string(b[:n])); err == nil {
			units := make([]uint16, len(raw)/2)
			for i := range units {
				units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
			}
			out.WriteString(string(utf16.Decode(units)))
		}
		b = b[n:]
		if len(b) > 0 && b[0] == '-' {
			b = b[1:]
		}
	}
	out.WriteString(repairUTF8(b))
	return out.String()
}
