package message

import (
	"bytes"
	"strings"
	"time"
)

// What a mail may cost. Past a cap a mail is Complex: what was read until there is shown.
const (
	maxDepth  = 50      // multiparts within multiparts
	maxParts  = 1000    // entities of all kinds
	maxHeader = 1 << 20 // bytes of headers, of the mail and of all parts together
	maxText   = 2 << 20 // bytes of text, and of HTML, shown
	maxTime   = 10 * time.Second
)

// An entity is one node of a mail's tree: a multipart with children, or a leaf with a body.
type entity struct {
	head        header
	mediaType   string            // lower-case; "" when the mail does not say or says nonsense
	params      map[string]string // of Content-Type, decoded
	disposition string            // lower-case; "" when the mail does not say
	dispParams  map[string]string
	body        []byte // still encoded
	children    []*entity
	index       int // of a leaf, in the order of the mail
}

func (e *entity) isMultipart() bool { return strings.HasPrefix(e.mediaType, "multipart/") }

// encoding returns the transfer encoding without what people put around it, "" when the body
// shows that it is not the one declared.
func (e *entity) encoding() string {
	enc := strings.ToLower(string(e.head.raw("content-transfer-encoding")))
	enc, _, _ = strings.Cut(enc, ";")
	enc, _, _ = strings.Cut(enc, "(")
	enc = strings.Trim(enc, " \t\"'")
	if enc == "base64" && isProse(e.body) {
		return ""
	}
	return enc
}

// A splitter divides the bytes of one mail into entities, in a single pass over its lines.
type splitter struct {
	raw        []byte
	body       int     // where the header of the mail ends in raw
	open       []frame // the multiparts that the current line is in, outermost first
	parts      int
	headerLeft int
	deadline   time.Time
	defects    []string
	complex    bool
}

// A frame is a multipart whose end has not been seen.
type frame struct {
	entity   *entity
	boundary string
	closed   bool // its closing delimiter was seen; what follows is nobody's, or a part after the end
}

// split returns the tree of raw.
func split(raw []byte) (*entity, *splitter) {
	s := &splitter{raw: raw, headerLeft: maxHeader, deadline: time.Now().Add(maxTime)}
	root := s.divide("", 0)
	number(root, new(int))
	return root, s
}

// divide splits s.raw. depth is how deep in the mail s.raw itself lies; a boundary that is given
// replaces the one that the mail declares.
func (s *splitter) divide(boundary string, depth int) *entity {
	root := &entity{}
	pos := 0
	if boundary == "" {
		root, pos = s.begin(0, depth, "")
		s.body = pos
	} else {
		s.open = append(s.open, frame{entity: root, boundary: boundary})
	}
	leaf, start := root, pos
	for pos < len(s.raw) {
		at, end, level, closing := s.delimiter(pos)
		if at < 0 {
			break
		}
		if leaf != nil {
			leaf.body = trimLineEnd(s.raw[start:at])
		}
		leaf, start, pos = nil, end, end
		s.open = s.open[:level+1]
		parent := &s.open[level]
		if closing {
			parent.closed = true
			continue
		}
		if parent.closed {
			parent.closed = false
			s.defect("a part came after the end of its multipart")
		}
		if s.parts >= maxParts || time.Now().After(s.deadline) {
			s.tooComplex("too many parts")
			break
		}
		mother := parent.entity
		leaf, pos = s.begin(end, depth, mother.mediaType)
		mother.children = append(mother.children, leaf)
		start = pos
	}
	if leaf != nil {
		leaf.body = s.raw[start:]
	}
	if n := len(s.open); n > 0 && !s.open[n-1].closed && len(s.open[n-1].entity.children) > 0 {
		s.defect("the end of a multipart is missing")
	}
	s.open = nil
	return s.mendChildless(root, depth)
}

// begin reads the header at pos and opens the entity that it describes; it returns where the body begins.
func (s *splitter) begin(pos, depth int, mother string) (*entity, int) {
	r := headerReader{
		b:      s.raw[pos:],
		most:   s.headerLeft,
		isRoot: mother == "",
		stop:   func(line []byte) bool { level, _ := s.match(line); return level >= 0 },
	}
	n := r.read()
	s.parts++
	s.headerLeft = max(0, s.headerLeft-n)
	s.defects = append(s.defects, r.defects...)
	if r.cut {
		s.tooComplex("the headers are larger than 1 MB")
	}
	e := &entity{head: r.fields}
	e.describe(mother)
	if e.isMultipart() {
		if depth+len(s.open) >= maxDepth {
			s.tooComplex("too many multiparts within each other")
			e.mediaType = "application/octet-stream"
			return e, pos + n
		}
		s.open = append(s.open, frame{entity: e, boundary: strings.TrimRight(e.params["boundary"], " \t")})
	}
	return e, pos + n
}

// describe reads the fields that say what e is.
func (e *entity) describe(mother string) {
	e.mediaType, e.params = parseParams(e.head.raw("content-type"))
	e.disposition, e.dispParams = parseParams(e.head.raw("content-disposition"))
	switch {
	case e.mediaType == "text" || e.mediaType == "plain":
		e.mediaType = "text/plain"
	case e.mediaType == "html":
		e.mediaType = "text/html"
	case e.mediaType == "multipart":
		e.mediaType = "multipart/mixed"
	case e.mediaType == "" && mother == "multipart/digest":
		e.mediaType = "message/rfc822" // RFC 2046, 5.1.5
	case !isMediaType(e.mediaType):
		e.mediaType = ""
	}
}

// isMediaType reports whether s is "type/subtype" and safe to repeat.
func isMediaType(s string) bool {
	kind, sub, _ := strings.Cut(s, "/")
	return onlyOf(kind, "-+._!#$&^", 60) != "" && onlyOf(sub, "-+._!#$&^", 100) != ""
}

// delimiter finds the next line at or after pos that separates parts: where it begins and ends,
// which open multipart it belongs to, and whether it closes that one.
func (s *splitter) delimiter(pos int) (at, end, level int, closing bool) {
	if len(s.open) == 0 {
		return -1, 0, 0, false
	}
	for pos < len(s.raw) {
		if !bytes.HasPrefix(s.raw[pos:], []byte("--")) {
			i := bytes.Index(s.raw[pos:], []byte("\n--"))
			if i < 0 {
				break
			}
			pos += i + 1
		}
		line, n := cutLine(s.raw[pos:])
		if level, closing = s.match(line); level >= 0 {
			return pos, pos + n, level, closing
		}
		pos += n
	}
	return -1, 0, 0, false
}

// match says which open multipart line is a delimiter of, the innermost first and those already
// closed last; -1 when of none.
func (s *splitter) match(line []byte) (level int, closing bool) {
	name, ok := bytes.CutPrefix(line, []byte("--"))
	if !ok {
		return -1, false
	}
	late, lateClosing := -1, false
	for i := len(s.open) - 1; i >= 0; i-- {
		closing, ok := isDelimiter(name, s.open[i].boundary)
		switch {
		case !ok:
		case !s.open[i].closed:
			return i, closing
		case late < 0:
			late, lateClosing = i, closing
		}
	}
	return late, lateClosing
}

// isDelimiter compares what follows "--" on a line with a boundary. RFC 2046 lets anything follow;
// but boundaries that begin alike are common, so it has to follow after a space.
func isDelimiter(name []byte, boundary string) (closing, ok bool) {
	rest, ok := bytes.CutPrefix(name, []byte(boundary))
	if !ok || boundary == "" {
		return false, false
	}
	rest, closing = bytes.CutPrefix(rest, []byte("--"))
	return closing, len(rest) == 0 || rest[0] == ' ' || rest[0] == '\t'
}

// mendChildless looks for multiparts in which no part was found and tries what may be wrong: the
// boundary is another than declared, or the whole multipart is encoded. Their bodies do not overlap,
// so that this costs no more than the mail once more.
func (s *splitter) mendChildless(e *entity, depth int) *entity {
	for i, child := range e.children {
		e.children[i] = s.mendChildless(child, depth+1)
	}
	if !e.isMultipart() || len(e.children) > 0 {
		return e
	}
	body := e.body
	if enc := e.encoding(); enc == "base64" || enc == "quoted-printable" {
		body = readUpTo(decode(enc, body), maxText)
	}
	if boundary := guessBoundary(body); boundary != "" && depth < maxDepth && s.parts < maxParts {
		s.defect("the boundary of a multipart is not the declared one")
		inner := &splitter{raw: body, parts: s.parts, headerLeft: s.headerLeft, deadline: s.deadline}
		found := inner.divide(boundary, depth+1)
		s.parts, s.headerLeft = inner.parts, inner.headerLeft
		s.defects = append(s.defects, inner.defects...)
		s.complex = s.complex || inner.complex
		if len(found.children) > 0 {
			e.children = found.children
			return e
		}
	}
	s.defect("a multipart has no parts")
	e.mediaType = "" // to be looked at as text
	return e
}

// guessBoundary returns the first line of body that looks like a delimiter before a part's header.
func guessBoundary(body []byte) string {
	for pos := 0; pos < len(body); {
		if !bytes.HasPrefix(body[pos:], []byte("--")) {
			i := bytes.Index(body[pos:], []byte("\n--"))
			if i < 0 {
				return ""
			}
			pos += i + 1
		}
		line, n := cutLine(body[pos:])
		pos += n
		next, _ := cutLine(body[pos:])
		if f, ok := parseField(next); ok && strings.HasPrefix(f.key, "content-") && len(line) < 200 {
			return string(bytes.TrimRight(line[2:], " \t"))
		}
	}
	return ""
}

// number gives the leaves their indexes.
func number(e *entity, next *int) {
	if len(e.children) == 0 {
		e.index = *next
		*next++
	}
	for _, child := range e.children {
		number(child, next)
	}
}

func (s *splitter) defect(what string) {
	if len(s.defects) < 50 {
		s.defects = append(s.defects, what)
	}
}

func (s *splitter) tooComplex(why string) {
	if !s.complex {
		s.defect(why)
	}
	s.complex = true
}

// trimLineEnd takes the line end before a delimiter from the body that it belongs to the delimiter of.
func trimLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}
