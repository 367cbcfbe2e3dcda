package message

import (
	"bytes"
	"strings"
)

const maxAddresses = 5000

// parseAddresses reads a list of addresses the way people and programs write them: mailboxes, groups,
// comments, quoted and encoded names, commas or semicolons between. It reads what net/mail reads to the same result,
// and makes the best of the rest: text without an address becomes a name.
func parseAddresses(value []byte, hint string) []Address {
	var list []Address
	s := addressScanner{b: value, hint: hint}
	for len(s.b) > 0 && len(list) < maxAddresses {
		if a, ok := s.next(); ok {
			list = append(list, a)
		}
	}
	return list
}

// An addressScanner holds what is left of an address list, and what the current mailbox consists of.
type addressScanner struct {
	b       []byte
	hint    string
	words   [][]byte // of the phrase, quotes taken off
	glued   bool     // the next word belongs to the one before without a space
	comment []byte   // the last one: an old way to write a name
	angle   []byte
	inAngle bool

	// What opened once without an end has none further on either; not to look again keeps this linear.
	noQuote, noComment, noAngle, noWord bool
}

// next reads up to the end of one mailbox.
func (s *addressScanner) next() (Address, bool) {
	s.words, s.comment, s.angle, s.glued, s.inAngle = nil, nil, nil, false, false
	for len(s.b) > 0 {
		c := s.b[0]
		switch {
		case c == ',' || c == ';':
			s.b = s.b[1:]
			return s.finish()
		case c == '"' && !s.noQuote:
			s.word(s.quoted())
		case c == '(' && !s.noComment:
			s.comment = s.parenthesised()
			s.glued = false
		case c == '<':
			s.angleAddress()
		case c == ':' && !s.hasAt():
			s.b = s.b[1:] // the name of a group ends here; its members follow
			s.words, s.glued = nil, false
		case c == ' ' || c == '\t':
			s.b = s.b[1:]
			s.glued = false
		default:
			s.word(s.atom())
		}
	}
	return s.finish()
}

// word adds text to the phrase.
func (s *addressScanner) word(text []byte) {
	if s.glued && len(s.words) > 0 {
		last := len(s.words) - 1
		s.words[last] = append(s.words[last], text...)
	} else {
		s.words = append(s.words, bytes.Clone(text))
	}
	s.glued = true
}

func (s *addressScanner) hasAt() bool {
	return len(s.words) > 0 && bytes.IndexByte(s.words[len(s.words)-1], '@') >= 0
}

// atom cuts text that means itself.
func (s *addressScanner) atom() []byte {
	if !s.noWord && bytes.HasPrefix(s.b, []byte("=?")) { // an encoded word may hold any of the special characters
		_, n, ok := cutWord(s.b)
		if ok {
			w := s.b[:n]
			s.b = s.b[n:]
			return w
		}
		s.noWord = n < 0
	}
	n := bytes.IndexAny(s.b, ",;\"(<: \t")
	if n < 0 {
		n = len(s.b)
	}
	if n == 0 {
		n = 1
	}
	if i := bytes.Index(s.b[:n], []byte("=?")); i > 0 {
		n = i
	}
	w := s.b[:n]
	s.b = s.b[n:]
	return w
}

// quoted cuts a quoted string and takes its quotes off. One that never ends is no quote.
func (s *addressScanner) quoted() []byte {
	var out []byte
	for i := 1; i < len(s.b); i++ {
		switch s.b[i] {
		case '"':
			s.b = s.b[i+1:]
			return out
		case '\\':
			if i+1 < len(s.b) {
				i++
			}
		}
		out = append(out, s.b[i])
	}
	s.b, s.noQuote = s.b[1:], true
	return nil
}

// parenthesised cuts a comment, which may hold others.
func (s *addressScanner) parenthesised() []byte {
	depth := 0
	var out []byte
	for i, c := range s.b {
		switch c {
		case '(':
			depth++
			if depth == 1 {
				continue
			}
		case ')':
			if depth--; depth == 0 {
				s.b = s.b[i+1:]
				return out
			}
		case '\\':
			continue
		}
		out = append(out, c)
	}
	s.b, s.noComment = s.b[1:], true
	return nil
}

// angleAddress cuts "<address>", without the route that RFC 822 allowed before it.
func (s *addressScanner) angleAddress() {
	end, next := -1, 0
	if !s.noAngle {
		end = bytes.IndexByte(s.b, '>')
	}
	if end < 0 {
		s.noAngle = true
		if end = bytes.IndexAny(s.b, ",;"); end < 0 {
			end = len(s.b)
		}
		next = end
	} else {
		next = end + 1
	}
	addr := bytes.TrimLeft(s.b[1:end], "<")
	s.b = s.b[next:]
	if len(addr) > 0 && addr[0] == '@' {
		if _, after, ok := bytes.Cut(addr, []byte(":")); ok {
			addr = after
		}
	}
	if !s.inAngle {
		s.angle, s.inAngle = addr, true
	}
	s.glued = false
}

// finish makes an address of what was read.
func (s *addressScanner) finish() (Address, bool) {
	phrase := bytes.Join(s.words, []byte(" "))
	name := decodeWords(phrase, s.hint)
	if s.inAngle {
		addr := cleanAddr(s.angle)
		if name == "" && len(s.comment) > 0 {
			name = decodeWords(s.comment, s.hint)
		}
		if addr == "" && name == "" {
			return Address{}, false
		}
		return Address{Name: stripQuotes(name, addr), Addr: addr}, true
	}
	comment := decodeWords(s.comment, s.hint)
	for i, w := range s.words { // a bare address, perhaps with a name around it
		if at := bytes.IndexByte(w, '@'); at > 0 && at < len(w)-1 || len(s.words) == 1 && at >= 0 {
			rest := append(append([][]byte{}, s.words[:i]...), s.words[i+1:]...)
			if name = decodeWords(bytes.Join(rest, []byte(" ")), s.hint); name == "" {
				name = comment
			}
			return Address{Name: name, Addr: cleanAddr(w)}, true
		}
	}
	if name == "" {
		name = comment
	}
	if name == "" {
		return Address{}, false
	}
	return Address{Name: name}, true
}

// cleanAddr takes white space, quotes and comments out of an address.
func cleanAddr(b []byte) string {
	s := tidy(decodeWords(b, ""))
	s = strings.TrimPrefix(s, "mailto:")
	s = strings.Trim(s, "<> ")
	if len(s) > 1 && s[0] == s[len(s)-1] && (s[0] == '\'' || s[0] == '"') {
		s = s[1 : len(s)-1]
	}
	if i := strings.LastIndexByte(s, '@'); i > 0 {
		local := strings.TrimSpace(s[:i])
		if len(local) > 1 && local[0] == '"' && local[len(local)-1] == '"' {
			local = local[1 : len(local)-1]
		}
		s = local + "@" + strings.Join(strings.Fields(s[i+1:]), "")
	}
	return s
}

// stripQuotes takes off the single quotes that some programs put around names, and a name that only repeats the address.
func stripQuotes(name, addr string) string {
	if len(name) > 1 && name[0] == '\'' && name[len(name)-1] == '\'' {
		name = name[1 : len(name)-1]
	}
	if strings.EqualFold(name, addr) {
		return ""
	}
	return name
}
