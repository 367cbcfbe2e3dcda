package simulator

import (
	"bytes"
	"strconv"
	"strings"
)

// errArgument answers a command whose arguments make no sense.
const errArgument = refusal("BAD Command Argument Error. 11")

// parser reads the arguments of one command from left to right.
type parser struct {
	text []byte
	pos  int
}

// rest tells whether anything is left.
func (p *parser) rest() bool { return p.pos < len(p.text) }

// skip passes over the space between arguments.
func (p *parser) skip() {
	for p.rest() && p.text[p.pos] == ' ' {
		p.pos++
	}
}

// peek is the next byte after space; 0 at the end.
func (p *parser) peek() byte {
	p.skip()
	if !p.rest() {
		return 0
	}
	return p.text[p.pos]
}

// take passes over b when it comes next.
func (p *parser) take(b byte) bool {
	if p.peek() != b {
		return false
	}
	p.pos++
	return true
}

// word reads up to the next space or parenthesis. A bracket such as that of BODY[HEADER.FIELDS (TO)]
// holds spaces and parentheses that belong to it.
func (p *parser) word() string {
	p.skip()
	start, depth := p.pos, 0
	for ; p.rest(); p.pos++ {
		switch b := p.text[p.pos]; {
		case b == '[':
			depth++
		case b == ']':
			depth--
		case depth <= 0 && (b == ' ' || b == '(' || b == ')'):
			return string(p.text[start:p.pos])
		}
	}
	return string(p.text[start:])
}

// string reads an atom, a quoted string or a literal.
func (p *parser) string() (string, error) {
	switch p.peek() {
	case 0, '(', ')':
		return "", errArgument
	case '"':
		return p.quoted()
	case '{':
		return p.literal()
	}
	return p.word(), nil
}

func (p *parser) quoted() (string, error) {
	var out []byte
	for p.pos++; p.rest(); p.pos++ {
		switch p.text[p.pos] {
		case '"':
			p.pos++
			return string(out), nil
		case '\\':
			p.pos++
			if !p.rest() {
				return "", errArgument
			}
		}
		out = append(out, p.text[p.pos])
	}
	return "", errArgument
}

func (p *parser) literal() (string, error) {
	end := bytes.Index(p.text[p.pos:], []byte("}\r\n"))
	if end < 0 {
		return "", errArgument
	}
	n, err := strconv.Atoi(strings.TrimSuffix(string(p.text[p.pos+1:p.pos+end]), "+"))
	start := p.pos + end + 3
	if err != nil || n < 0 || start+n > len(p.text) {
		return "", errArgument
	}
	p.pos = start + n
	return string(p.text[start:p.pos]), nil
}

// list reads words in parentheses, or a single one without.
func (p *parser) list() ([]string, error) {
	if !p.take('(') {
		w := p.word()
		if w == "" {
			return nil, errArgument
		}
		return []string{w}, nil
	}
	words := []string{}
	for !p.take(')') {
		w := p.word()
		if w == "" {
			return nil, errArgument
		}
		words = append(words, w)
	}
	return words, nil
}

// folder reads a folder's name.
func (p *parser) folder() (string, error) {
	name, err := p.string()
	if err != nil {
		return "", err
	}
	decoded, err := decodeName(name)
	if err != nil {
		return "", errArgument
	}
	return decoded, nil
}

// end makes sure that nothing is left.
func (p *parser) end() error {
	if p.peek() != 0 {
		return errArgument
	}
	return nil
}

// trimEOL cuts a line's end off.
func trimEOL(line []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
}
