package message

import (
	"bytes"
	"strings"
)

// A header is the fields of one entity, in order, as they were sent.
type header []field

// A field is one header line with its continuation lines.
type field struct {
	key   string // lower-case
	value []byte // with folds, without the final line end
}

// raw returns the value of the first field of that name, unfolded and trimmed, in its own bytes.
func (h header) raw(key string) []byte {
	for _, f := range h {
		if f.key == key {
			return unfold(f.value)
		}
	}
	return nil
}

// all is raw for every field of that name, joined by commas as RFC 5322 would have had it.
func (h header) all(key string) []byte {
	var values [][]byte
	for _, f := range h {
		if f.key == key {
			values = append(values, unfold(f.value))
		}
	}
	return bytes.Join(values, []byte(", "))
}

// text returns the first field of that name as words for people; hint is a charset to try for bare 8-bit.
func (h header) text(key, hint string) string {
	return decodeWords(h.raw(key), hint)
}

// unfold takes out the line ends of a folded value.
func unfold(value []byte) []byte {
	value = bytes.TrimSpace(value)
	if bytes.IndexByte(value, '\n') < 0 && bytes.IndexByte(value, '\r') < 0 {
		return value
	}
	out := make([]byte, 0, len(value))
	for _, c := range value {
		if c != '\r' && c != '\n' {
			out = append(out, c)
		}
	}
	return out
}

// parseField reads "Name: value". The name is what RFC 5322 allows, with spaces forgiven before the colon.
func parseField(line []byte) (field, bool) {
	colon := bytes.IndexByte(line, ':')
	if colon <= 0 || colon > 200 {
		return field{}, false
	}
	name := bytes.TrimRight(line[:colon], " \t")
	if len(name) == 0 {
		return field{}, false
	}
	for _, c := range name {
		if c <= ' ' || c >= 0x7f {
			return field{}, false
		}
	}
	return field{key: strings.ToLower(string(name)), value: line[colon+1:]}, true
}

// cutLine returns the line at the start of b without its end, and how many bytes it takes with it.
func cutLine(b []byte) (line []byte, n int) {
	n = bytes.IndexByte(b, '\n') + 1
	if n == 0 {
		n = len(b)
	}
	return bytes.TrimRight(b[:n], "\r\n"), n
}

// headerReader reads the header at the start of b.
type headerReader struct {
	b       []byte
	most    int                    // bytes of header to keep; the rest is skipped
	isRoot  bool                   // a mail rather than one of its parts
	stop    func(line []byte) bool // reports a boundary, which ends a header too
	fields  header
	last    int // where the value of the last field begins in b
	defects []string
	cut     bool
}

// read returns where the body begins.
func (r *headerReader) read() int {
	pos := 0
	if r.isRoot {
		pos = r.skipLeading()
	}
	for pos < len(r.b) {
		if r.cut {
			return pos + blankLine(r.b[pos:])
		}
		line, n := cutLine(r.b[pos:])
		switch {
		case len(line) == 0:
			return pos + n
		case r.stop(line):
			return pos
		case line[0] == ' ' || line[0] == '\t':
			if len(bytes.TrimSpace(line)) == 0 && !r.goesOn(pos+n) {
				return pos + n
			}
			r.extend(pos, n)
		default:
			f, ok := parseField(line)
			if !ok {
				if !r.mend(line, pos, n) {
					return pos
				}
				break
			}
			r.add(f, pos, n)
		}
		pos += n
	}
	return pos
}

// blankLine returns where the first empty line of b ends.
func blankLine(b []byte) int {
	end := len(b)
	for _, blank := range []string{"\n\n", "\n\r\n"} {
		if i := bytes.Index(b[:end], []byte(blank)); i >= 0 {
			end = i + len(blank)
		}
	}
	return end
}

func (r *headerReader) add(f field, pos, n int) {
	if pos+n > r.most {
		r.cut = true
		return
	}
	r.fields = append(r.fields, f)
	r.last = pos + bytes.IndexByte(r.b[pos:], ':') + 1
}

// extend makes the n bytes at pos part of the last field.
func (r *headerReader) extend(pos, n int) {
	if len(r.fields) == 0 || r.cut {
		return
	}
	if pos+n > r.most {
		r.cut = true
		return
	}
	r.fields[len(r.fields)-1].value = bytes.TrimRight(r.b[r.last:pos+n], "\r\n")
}

// mend decides about a line that is no field: it goes with the field before (true), or the body
// has begun without a blank line (false).
func (r *headerReader) mend(line []byte, pos, n int) bool {
	if len(r.fields) == 0 {
		if r.isRoot && r.goesOn(pos+n) {
			r.defect("a line before the header was skipped")
			return true
		}
		return false
	}
	last := r.fields[len(r.fields)-1].value
	wrapped := len(last) > 0 && (last[len(last)-1] == ';' || last[len(last)-1] == ',')
	if !wrapped && !r.goesOn(pos+n) {
		r.defect("no blank line between header and body")
		return false
	}
	r.defect("a header line was wrapped without indentation")
	r.extend(pos, n)
	return true
}

// goesOn reports whether a header line is at pos.
func (r *headerReader) goesOn(pos int) bool {
	line, _ := cutLine(r.b[pos:])
	_, ok := parseField(line)
	return ok && !r.stop(line)
}

// skipLeading passes over what mailbox files and careless programs put before a mail.
func (r *headerReader) skipLeading() int {
	pos := 0
	for pos < len(r.b) {
		line, n := cutLine(r.b[pos:])
		switch {
		case bytes.HasPrefix(line, []byte("\xef\xbb\xbf")):
			return pos + 3
		case bytes.HasPrefix(line, []byte("From ")), bytes.HasPrefix(line, []byte(">From ")):
			// the separator line of an mbox file
		case len(bytes.TrimSpace(line)) == 0 && pos < 1000:
			rest := bytes.TrimLeft(r.b[pos:min(len(r.b), pos+2000)], " \t\r\n")
			first, _ := cutLine(rest)
			if _, ok := parseField(first); !ok {
				return pos
			}
			r.defect("blank lines before the header")
			return pos + bytes.Index(r.b[pos:], rest)
		default:
			return pos
		}
		pos += n
	}
	return pos
}

func (r *headerReader) defect(what string) { r.defects = append(r.defects, what) }
