package mailbox

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
)

// response is the first line of what a server sends, as the guard hands it on.
type response struct {
	line []byte
	text []byte // of a BYE
	bye  bool
	data bool // may hold quoted strings, parentheses and literals; else it is text to its end
	drop bool // of no use to us, or harmful to the library

	chatter bool // words for people
}

// splitTagged reads a tagged response: "T12 OK …". The library's tags are T and a number.
func splitTagged(line []byte) (tag, status []byte, ok bool) {
	tag, status, ok = bytes.Cut(line, []byte(" "))
	if !ok || len(tag) < 2 || tag[0] != 'T' || len(bytes.Trim(tag[1:], "0123456789")) > 0 {
		return nil, nil, false
	}
	word, _, _ := bytes.Cut(status, []byte(" "))
	switch strings.ToUpper(string(word)) {
	case "OK", "NO", "BAD":
		return tag, status, true
	}
	return nil, nil, false
}

// splitUntagged reads an untagged response, "* WORD …" or "* 12 WORD …": its number, and the rest
// from its word on.
func splitUntagged(line []byte) (number string, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(line, []byte("* "))
	rest = bytes.TrimLeft(rest, " ")
	if ok && len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
		var digits []byte
		digits, rest, ok = bytes.Cut(rest, []byte(" "))
		number, rest = string(digits), bytes.TrimLeft(rest, " ")
	}
	return number, rest, ok && atomLen(rest) > 0
}

// atomLen is the length of the letters, digits and hyphens that b begins with.
func atomLen(b []byte) int {
	for i, c := range b {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return i
		}
	}
	return len(b)
}

// readResponse decides what becomes of a line that begins a response.
func readResponse(line []byte) response {
	switch {
	case len(bytes.TrimSpace(line)) == 0:
		return response{drop: true}
	case line[0] == '+':
		return response{line: line}
	}
	if tag, status, ok := splitTagged(line); ok {
		return response{line: append(append(bytes.Clone(tag), ' '), mendStatus(status)...)}
	}
	number, rest, ok := splitUntagged(line)
	switch {
	case !ok && line[0] == '[': // Exchange has sent COPYUID so
		return response{line: append([]byte("* "), mendStatus(append([]byte("OK "), line...))...), chatter: true}
	case !ok: // "Server Unavailable. 15", without tag or star
		return response{line: append([]byte("* "), mendStatus(append([]byte("NO "), line...))...), chatter: true}
	}
	return readUntagged(line, rest, number, strings.ToUpper(string(rest[:atomLen(rest)])))
}

func readUntagged(line, rest []byte, number, word string) response {
	switch word {
	case "OK", "NO", "BAD", "PREAUTH", "BYE":
		r := response{line: append([]byte("* "), mendStatus(rest)...), bye: word == "BYE", chatter: true}
		if r.bye {
			r.text = bytes.Clone(rest[len("BYE"):])
		}
		return r
	case "CAPABILITY":
		return response{line: []byte("* CAPABILITY" + mendCapabilities(string(rest[len(word):])))}
	case "EXISTS", "EXPUNGE":
		n, err := strconv.ParseUint(number, 10, 32)
		return response{line: []byte("* " + strconv.FormatUint(n, 10) + " " + word), drop: err != nil}
	case "LIST":
		if mended, ok := mendList(rest[len(word):]); ok {
			return response{line: mended, data: true}
		}
		return response{line: line, data: true, drop: true}
	case "FETCH":
		_, err := strconv.ParseUint(number, 10, 32)
		return response{line: line, data: true, drop: err != nil}
	case "STATUS", "SEARCH", "NAMESPACE":
		return response{line: line, data: true}
	}
	// FLAGS, RECENT, ID, ENABLED, what extensions send unasked, and junk.
	return response{line: line, data: true, drop: true}
}

// lineEnd is how a line of data ends: in an open quote, or with the announcement of a literal.
type lineEnd struct {
	quoted  bool
	literal int64 // its size; -1: none
	message bool  // the literal is a message or a part of one
}

// scan follows quotes and parentheses through a line, or the part of one that follows a literal.
func (g *guard) scan(line []byte) (lineEnd, error) {
	end := lineEnd{literal: -1}
	brace := -1 // of what may be a literal, outside of quotes
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case end.quoted && c == '\\':
			i++
		case c == '"':
			end.quoted = !end.quoted
		case end.quoted:
		case c == '(':
			if g.depth++; g.depth > mostDepth {
				return end, errors.New("imap guard: parentheses too deep")
			}
		case c == ')':
			g.depth = max(0, g.depth-1)
		case c == '{':
			brace = i
		}
	}
	if brace < 0 || end.quoted {
		return end, nil
	}
	digits, ok := bytes.CutSuffix(bytes.TrimRight(line[brace+1:], " "), []byte("}"))
	if !ok || len(digits) == 0 {
		return end, nil
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return end, nil
		}
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		n = math.MaxInt64 // beyond any bound
	}
	before := bytes.TrimRight(line[:brace], " ")
	end.literal = n
	end.message = bytes.HasSuffix(before, []byte("]")) || bytes.HasSuffix(before, []byte(">"))
	return end, nil
}

// mendStatus makes sure that the library can read a status line, which it parses strictly where it
// knows the code, and beyond the line where a bracket is not closed.
func mendStatus(s []byte) []byte {
	word, text, _ := strings.Cut(string(s), " ")
	word, text = word+" ", strings.TrimLeft(text, " ")
	inner, bracketed := strings.CutPrefix(text, "[")
	if !bracketed {
		return s
	}
	inner, text, closed := strings.Cut(inner, "]")
	n := atomLen([]byte(inner))
	if !closed || n == 0 || (n < len(inner) && inner[n] != ' ') {
		return bytes.Replace(s, []byte("["), []byte("("), 1)
	}
	code, args := strings.ToUpper(inner[:n]), strings.TrimSpace(inner[n:])
	bare := []byte(word + strings.TrimLeft(text, " "))
	switch code {
	case "CAPABILITY":
		return []byte(word + "[CAPABILITY" + mendCapabilities(args) + "]" + text)
	case "UIDNEXT", "UIDVALIDITY":
		if !numbers(args, 1, 32) {
			return bare
		}
	case "HIGHESTMODSEQ":
		if !numbers(args, 1, 64) {
			return bare
		}
	case "APPENDUID":
		if !numbers(args, 2, 32) {
			return bare
		}
	case "COPYUID": // Exchange has sent empty sets
		if !copyUID(args) {
			return bare
		}
	case "PERMANENTFLAGS", "NOMODSEQ": // of no use to us
		return bare
	}
	if args != "" {
		args = " " + args
	}
	return []byte(word + "[" + code + args + "]" + text)
}

// numbers reports whether s is n decimal numbers of at most so many bits.
func numbers(s string, n, bits int) bool {
	words := strings.Fields(s)
	for _, w := range words {
		if _, err := strconv.ParseUint(w, 10, bits); err != nil {
			return false
		}
	}
	return len(words) == n
}

func copyUID(args string) bool {
	words := strings.Fields(args)
	if len(words) != 3 || !numbers(words[0], 1, 32) {
		return false
	}
	for _, set := range words[1:] {
		for part := range strings.SplitSeq(set, ",") {
			for number := range strings.SplitSeq(part, ":") {
				if n, err := strconv.ParseUint(number, 10, 32); err != nil || n == 0 {
					return false
				}
			}
			if strings.Count(part, ":") > 1 {
				return false
			}
		}
	}
	return true
}

// mendCapabilities leaves out what would change how the library speaks, in ways that servers who
// announce it do not bear: with IMAP4rev2 it sends raw UTF-8 names and searches without CHARSET.
func mendCapabilities(list string) string {
	var kept strings.Builder
	for word := range strings.FieldsSeq(list) {
		switch strings.ToUpper(word) {
		case "IMAP4REV2", "ENABLE", "UTF8=ACCEPT", "UTF8=ONLY":
			continue
		}
		if strings.ContainsAny(word, `(){%*"\]`) || strings.ContainsFunc(word, func(r rune) bool { return r < ' ' || r > '~' }) {
			continue
		}
		kept.WriteString(" " + word)
	}
	return kept.String()
}
