package simulator

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// section names part of a message, as in BODY[1.2.HEADER.FIELDS (TO)].
type section struct {
	path   []int  // numbers of nested parts
	what   string // "", HEADER, HEADER.FIELDS, HEADER.FIELDS.NOT, TEXT or MIME
	fields []string
}

func parseSection(text string) (section, error) {
	var s section
	for text != "" {
		word, rest, _ := strings.Cut(text, ".")
		n, err := strconv.Atoi(word)
		if err != nil {
			break
		}
		if n < 1 {
			return s, errArgument
		}
		s.path = append(s.path, n)
		text = rest
	}
	p := &parser{text: []byte(text)}
	s.what = strings.ToUpper(p.word())
	switch s.what {
	case "", "HEADER", "TEXT":
	case "MIME":
		if len(s.path) == 0 {
			return s, errArgument
		}
	case "HEADER.FIELDS", "HEADER.FIELDS.NOT":
		for p.take('('); !p.take(')'); {
			name, err := p.string()
			if err != nil {
				return s, err
			}
			s.fields = append(s.fields, name)
		}
	default:
		return s, errArgument
	}
	return s, p.end()
}

// of cuts the section out of a message; false when the message has no such part.
func (s section) of(raw []byte) ([]byte, bool) {
	if len(s.path) > 0 {
		p, ok := parseParts(raw).at(s.path)
		switch {
		case !ok:
			return nil, false
		case s.what == "":
			return p.body, true
		case s.what == "MIME":
			return p.header, true
		case p.typ != "message/rfc822":
			return nil, false
		}
		raw = p.body
	}
	header, body := splitMessage(raw)
	switch s.what {
	case "":
		return raw, true
	case "HEADER":
		return header, true
	case "TEXT":
		return body, true
	}
	var chosen bytes.Buffer
	for _, f := range fieldsOf(header) {
		asked := slices.ContainsFunc(s.fields, func(name string) bool { return strings.EqualFold(name, f.name) })
		if asked == (s.what == "HEADER.FIELDS") {
			chosen.Write(f.line)
		}
	}
	chosen.WriteString("\r\n")
	return chosen.Bytes(), true
}
