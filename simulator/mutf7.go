package simulator

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf16"
)

// modified base64 of RFC 3501, 5.1.3: "," in place of "/", no padding.
var mailboxBase64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// encodeName writes a folder name in modified UTF-7.
func encodeName(name string) string {
	var out strings.Builder
	var shifted []rune
	flush := func() {
		if len(shifted) == 0 {
			return
		}
		var units []byte
		for _, u := range utf16.Encode(shifted) {
			units = binary.BigEndian.AppendUint16(units, u)
		}
		out.WriteString("&" + mailboxBase64.EncodeToString(units) + "-")
		shifted = nil
	}
	for _, r := range name {
		if r < ' ' || r > '~' {
			shifted = append(shifted, r)
			continue
		}
		flush()
		out.WriteRune(r)
		if r == '&' {
			out.WriteByte('-')
		}
	}
	flush()
	return out.String()
}

// decodeName reads a folder name in modified UTF-7.
func decodeName(name string) (string, error) {
	var out strings.Builder
	for {
		plain, rest, shift := strings.Cut(name, "&")
		out.WriteString(plain)
		if !shift {
			return out.String(), nil
		}
		encoded, rest, ok := strings.Cut(rest, "-")
		if !ok {
			return "", errors.New("modified UTF-7 without its end")
		}
		if encoded == "" {
			out.WriteByte('&')
		}
		raw, err := mailboxBase64.DecodeString(encoded)
		if err != nil || len(raw)%2 != 0 {
			return "", errors.New("modified UTF-7 with bad base64")
		}
		units := make([]uint16, 0, len(raw)/2)
		for i := 0; i < len(raw); i += 2 {
			units = append(units, binary.BigEndian.Uint16(raw[i:]))
		}
		out.WriteString(string(utf16.Decode(units)))
		name = rest
	}
}
