package message

import (
	"bytes"
	"errors"
)

// ErrNUL is returned for mail with a NUL, which no server has to take and some end a line at.
var ErrNUL = errors.New("the mail contains a NUL character")

// Canonical returns raw with every line ended by CRLF and no other CR or LF. Servers that disagree about
// what ends a line can be made to see two mails where one was sent (SMTP smuggling); between
// canonical bytes and the dots that SMTP doubles there is nothing to disagree about.
func Canonical(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, 0) >= 0 {
		return nil, ErrNUL
	}
	if isCanonical(raw) {
		return raw, nil
	}
	out := make([]byte, 0, len(raw)+len(raw)/32+2)
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			out = append(out, "\r\n"...)
		case '\n':
			out = append(out, "\r\n"...)
		default:
			out = append(out, raw[i])
		}
	}
	if !bytes.HasSuffix(out, []byte("\r\n")) {
		out = append(out, "\r\n"...)
	}
	return out, nil
}

// isCanonical reports whether every CR and every LF in raw is half of a CRLF, and the last line is ended.
func isCanonical(raw []byte) bool {
	ends := bytes.Count(raw, []byte("\r\n"))
	return bytes.Count(raw, []byte("\r")) == ends && bytes.Count(raw, []byte("\n")) == ends && bytes.HasSuffix(raw, []byte("\r\n"))
}
