package message

import (
	"bytes"
	"io"
)

// decode returns body without its transfer encoding, as a stream. An unknown encoding is none.
func decode(encoding string, body []byte) io.Reader {
	switch encoding {
	case "base64", "base-64", "b":
		return &base64Reader{src: body}
	case "quoted-printable", "quotedprintable", "quoted_printable", "qp":
		return &quotedReader{src: body}
	}
	return bytes.NewReader(body)
}

// readUpTo reads at most n bytes of r, which cannot fail.
func readUpTo(r io.Reader, n int) []byte {
	b, _ := io.ReadAll(io.LimitReader(r, int64(n)))
	return b
}

// sizeOf counts what r has left.
func sizeOf(r io.Reader) int64 {
	if b, ok := r.(*bytes.Reader); ok {
		return int64(b.Len())
	}
	n, _ := io.Copy(io.Discard, r)
	return n
}

// A base64Reader decodes base64 and passes over everything that is none.
type base64Reader struct {
	src   []byte
	bits  uint32
	have  int // sextets in bits
	ready [3]byte
	left  int // of ready, at its end
}

// Read implements io.Reader. It never fails.
func (r *base64Reader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if r.left > 0 {
			c := copy(p[n:], r.ready[3-r.left:])
			r.left -= c
			n += c
			continue
		}
		if !r.next() {
			break
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// next makes up to three bytes ready and reports whether there are any.
func (r *base64Reader) next() bool {
	for len(r.src) > 0 {
		c := r.src[0]
		r.src = r.src[1:]
		if c == '=' {
			if r.flush() {
				r.endAfterPadding()
				return true
			}
			continue
		}
		v := sextet(c)
		if v == notBase64 {
			continue
		}
		r.bits = r.bits<<6 | uint32(v)
		if r.have++; r.have == 4 {
			r.ready = [3]byte{byte(r.bits >> 16), byte(r.bits >> 8), byte(r.bits)}
			r.left, r.have, r.bits = 3, 0, 0
			return true
		}
	}
	return r.flush()
}

// flush makes the bytes of an incomplete group ready.
func (r *base64Reader) flush() bool {
	switch r.have {
	case 2:
		r.ready[2] = byte(r.bits >> 4)
		r.left = 1
	case 3:
		r.ready[1], r.ready[2] = byte(r.bits>>10), byte(r.bits>>2)
		r.left = 2
	}
	r.have, r.bits = 0, 0
	return r.left > 0
}

// endAfterPadding ends the stream when the next line is no base64: mailing lists put a footer in
// clear text behind encoded bodies.
func (r *base64Reader) endAfterPadding() {
	rest := bytes.TrimLeft(r.src, "= \t\r\n")
	line, _ := cutLine(rest[:min(len(rest), 100)])
	for _, c := range line {
		if !isBase64(c) && c != '=' {
			r.src = nil
			return
		}
	}
}

// isProse reports whether b, said to be base64, is text as it stands: words with spaces between.
func isProse(b []byte) bool {
	b = bytes.TrimSpace(b[:min(len(b), 1000)])
	odd := 0
	for i, c := range b {
		if sextet(c) == notBase64 && c != '=' && c != '\r' && c != '\n' && (c != ' ' || b[i-1] > ' ') {
			odd++
		}
	}
	return odd > len(b)/20
}

const notBase64 = 0xff

func sextet(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case c >= '0' && c <= '9':
		return c - '0' + 52
	case c == '+' || c == '-': // the second is the URL alphabet's
		return 62
	case c == '/' || c == '_':
		return 63
	}
	return notBase64
}

func isBase64(c byte) bool { return sextet(c) != notBase64 && c != '-' && c != '_' }

// A quotedReader decodes quoted-printable; an "=" that means nothing means itself.
type quotedReader struct {
	src     []byte
	literal int // so many bytes of white space before a visible character are still to be copied
}

// Read implements io.Reader. It never fails.
func (r *quotedReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) && len(r.src) > 0 {
		switch c := r.src[0]; {
		case r.literal > 0:
			p[n] = c
			n++
			r.literal--
			r.src = r.src[1:]
		case c == ' ' || c == '\t':
			r.space()
		case c == '=':
			if b, ok := r.escape(); ok {
				p[n] = b
				n++
			}
		default:
			p[n] = c
			n++
			r.src = r.src[1:]
		}
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// space drops white space at the end of a line, which transport may have added.
func (r *quotedReader) space() {
	rest := bytes.TrimLeft(r.src, " \t")
	run := len(r.src) - len(rest)
	if len(rest) == 0 || rest[0] == '\n' || bytes.HasPrefix(rest, []byte("\r\n")) {
		r.src = rest
		return
	}
	r.literal = run
}

// escape reads what follows an "=": two digits, or the line end that it hides.
func (r *quotedReader) escape() (byte, bool) {
	if len(r.src) >= 3 {
		if b, ok := unhex(r.src[1], r.src[2]); ok {
			r.src = r.src[3:]
			return b, true
		}
	}
	rest := bytes.TrimLeft(r.src[1:], " \t")
	switch {
	case len(rest) == 0:
		r.src = nil
	case rest[0] == '\n':
		r.src = rest[1:]
	case bytes.HasPrefix(rest, []byte("\r\n")):
		r.src = rest[2:]
	default:
		r.src = r.src[1:]
		return '=', true
	}
	return 0, false
}
