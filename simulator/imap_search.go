package simulator

import (
	"bytes"
	"mime"
	"net/mail"
	"strconv"
	"strings"
	"time"
)

func (c *imapConn) search(args *parser) (string, error)    { return c.searchAs(args, false) }
func (c *imapConn) uidSearch(args *parser) (string, error) { return c.searchAs(args, true) }

const errCharset = refusal("NO [BADCHARSET (US-ASCII)] The specified charset is not supported.")

// criterion is one condition of a SEARCH.
type criterion func(v *view, e entry) bool

func (c *imapConn) searchAs(args *parser, byUID bool) (string, error) {
	if word := peekWord(args); word == "CHARSET" {
		args.word()
		charset, err := args.string()
		if err != nil {
			return "", err
		}
		if !strings.EqualFold(charset, "US-ASCII") {
			return "", errCharset
		}
	}
	var all []criterion
	for args.peek() != 0 {
		one, err := parseCriterion(args, 0)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return "", errArgument
	}
	c.box.mu.Lock()
	found, _ := c.view.pick(numberSet{{1, star}}, false)
	c.box.mu.Unlock()
	var hits strings.Builder
	for _, e := range found {
		if !every(all)(c.view, e) {
			continue
		}
		n := e.seq
		if byUID {
			n = int(e.uid)
		}
		hits.WriteByte(' ')
		hits.WriteString(strconv.Itoa(n))
	}
	c.untagged("SEARCH%s", hits.String())
	return "", nil
}

// peekWord is the next word in upper case, not passed over.
func peekWord(args *parser) string {
	ahead := *args
	return strings.ToUpper(ahead.word())
}

func every(all []criterion) criterion {
	return func(v *view, e entry) bool {
		for _, one := range all {
			if !one(v, e) {
				return false
			}
		}
		return true
	}
}

// deepestOr is how far conditions may be nested.
const deepestOr = 3

func parseCriterion(args *parser, depth int) (criterion, error) {
	if depth > deepestOr {
		return nil, errArgument
	}
	if args.take('(') {
		var all []criterion
		for !args.take(')') {
			one, err := parseCriterion(args, depth+1)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		return every(all), nil
	}
	word := peekWord(args)
	if word != "" && (word[0] == '*' || word[0] >= '0' && word[0] <= '9') {
		set, err := args.numbers()
		return inSet(set, false), err
	}
	args.word()
	switch word {
	case "ALL", "OLD":
		return always(true), nil
	case "RECENT", "NEW":
		return always(false), nil
	case "UID":
		set, err := args.numbers()
		return inSet(set, true), err
	case "NOT":
		one, err := parseCriterion(args, depth+1)
		return func(v *view, e entry) bool { return !one(v, e) }, err
	case "OR":
		one, err := parseCriterion(args, depth+1)
		if err != nil {
			return nil, err
		}
		other, err := parseCriterion(args, depth+1)
		return func(v *view, e entry) bool { return one(v, e) || other(v, e) }, err
	case "KEYWORD", "UNKEYWORD":
		_, err := args.string()
		return always(word == "UNKEYWORD"), err
	}
	if flag, ok := strings.CutPrefix(word, "UN"); ok && parseFlags([]string{`\` + flag}) != 0 {
		return hasFlag(`\`+flag, false), nil
	}
	if parseFlags([]string{`\` + word}) != 0 {
		return hasFlag(`\`+word, true), nil
	}
	return parseComparison(word, args)
}

// parseComparison reads the conditions that compare with a value.
func parseComparison(word string, args *parser) (criterion, error) {
	name := word
	if word == "HEADER" {
		var err error
		if name, err = args.string(); err != nil {
			return nil, err
		}
	}
	value, err := args.string()
	if err != nil {
		return nil, err
	}
	for _, b := range []byte(value) {
		if b >= 0x80 {
			return nil, errCharset
		}
	}
	switch word {
	case "FROM", "TO", "CC", "BCC", "SUBJECT", "HEADER":
		return func(_ *view, e entry) bool {
			held := decodedHeader(e.msg.raw, name)
			return held != "" && contains(held, value)
		}, nil
	case "BODY", "TEXT":
		return func(_ *view, e entry) bool {
			text := e.msg.raw
			if word == "BODY" {
				_, text = splitMessage(text)
			}
			return bytes.Contains(bytes.ToLower(text), bytes.ToLower([]byte(value)))
		}, nil
	case "LARGER", "SMALLER":
		n, err := strconv.Atoi(value)
		if err != nil {
			return nil, errArgument
		}
		return func(_ *view, e entry) bool { return (word == "LARGER") == (len(e.msg.raw) > n) && len(e.msg.raw) != n }, nil
	case "SINCE", "BEFORE", "ON", "SENTSINCE", "SENTBEFORE", "SENTON":
		day, err := time.Parse("_2-Jan-2006", value)
		if err != nil {
			return nil, errArgument
		}
		return onDay(word, day), nil
	}
	return nil, errArgument
}

func always(yes bool) criterion { return func(*view, entry) bool { return yes } }

func hasFlag(name string, want bool) criterion {
	flag := parseFlags([]string{name})
	return func(_ *view, e entry) bool { return (e.flags&flag != 0) == want }
}

func inSet(set numberSet, byUID bool) criterion {
	return func(v *view, e entry) bool {
		if byUID {
			return set.resolve(v.uids[len(v.uids)-1]).has(e.uid)
		}
		return set.resolve(uint32(len(v.uids))).has(uint32(e.seq))
	}
}

// onDay compares days, without time and zone (RFC 3501, 6.4.4).
func onDay(word string, day time.Time) criterion {
	word, sent := strings.CutPrefix(word, "SENT")
	return func(_ *view, e entry) bool {
		at := e.msg.at
		if sent {
			date, err := mail.ParseDate(headerValue(e.msg.raw, "Date"))
			if err != nil {
				return false
			}
			at = date
		}
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
		switch word {
		case "SINCE":
			return !at.Before(day)
		case "BEFORE":
			return at.Before(day)
		}
		return at.Equal(day)
	}
}

func decodedHeader(raw []byte, name string) string {
	value := headerValue(raw, name)
	if decoded, err := new(mime.WordDecoder).DecodeHeader(value); err == nil {
		return decoded
	}
	return value
}

func contains(text, part string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
