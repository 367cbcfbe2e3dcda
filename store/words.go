package store

import (
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"
)

const (
	mostWords     = 12_000  // of one mail; PostgreSQL knows positions up to 16,383
	mostTextBytes = 400_000 // of its longest part
	mostWordBytes = 500_000 // PostgreSQL allows a megabyte for all words of a mail
	sharedGap     = 2       // positions between two parts, so that no phrase spans them
)

// wordIndex is the full text index: FTS5 on SQLite, tsvector on PostgreSQL. Both hold folded words.
type wordIndex interface {
	add(db *gorm.DB, entries []wordEntry) error
	remove(db *gorm.DB, ids []int64) error
	find(db *gorm.DB, numbers []int64, q wordQuery) *gorm.DB // a query for messages that are not gone
}

// wordPart is where in a mail a word stands. Its values are columns of FTS5 and weights of tsvector.
type wordPart int

const (
	inSubject wordPart = iota
	inSender
	inReceiver
	inBody
	wordParts
)

// wordEntry is the folded words of one message.
type wordEntry struct {
	id    int64
	parts [wordParts][]token
}

// newWordEntry folds what is to be found of a message.
func newWordEntry(m *Message, w Words) wordEntry {
	if w.Subject == "" {
		w.Subject = m.Subject
	}
	from, to := people(m.From), people(m.To)+people(m.Cc)
	texts := [wordParts]string{
		inSubject:  w.Subject,
		inSender:   from,
		inReceiver: to + others(w.People, from+to),
		inBody:     w.Files + "\n" + w.Body,
	}
	e := wordEntry{id: m.ID}
	words, bytes := mostWords, mostWordBytes
	for part, text := range texts {
		for _, t := range fold(text[:min(len(text), mostTextBytes)], words) {
			if bytes -= len(t.text) + 4; bytes < 0 {
				return e
			}
			e.parts[part] = append(e.parts[part], t)
		}
		words -= len(e.parts[part])
	}
	return e
}

// others returns what all names beyond known.
func others(all, known string) string {
	have := map[string]bool{}
	for name := range strings.FieldsSeq(known) {
		have[strings.ToLower(strings.Trim(name, `<>",;`))] = true
	}
	var more strings.Builder
	for name := range strings.FieldsSeq(all) {
		if !have[strings.ToLower(strings.Trim(name, `<>",;`))] {
			more.WriteString(name + " ")
		}
	}
	return more.String()
}

func people(list []Address) string {
	var b strings.Builder
	for _, a := range list {
		b.WriteString(a.Name + " " + a.Addr + " ")
	}
	return b.String()
}

// wordQuery is a search as people type it, folded.
type wordQuery struct {
	with, without []wordTerm
}

// wordTerm is a word, or words that must stand beside one another.
type wordTerm struct {
	words  []string
	part   wordPart
	inPart bool // only in part
	prefix bool // the last word may be the beginning of a longer one
}

const (
	mostTerms      = 20 // of a search
	shortestPrefix = 2  // one letter begins half of all words
)

// parseSearch reads what somebody has typed. It understands everything somehow.
func parseSearch(text string) (q wordQuery) {
	text, _, _ = strings.Cut(text, "\x00")
	for len(q.with)+len(q.without) < mostTerms {
		text = strings.TrimLeft(text, " \t\r\n\u3000")
		if text == "" {
			return q
		}
		var t wordTerm
		var not bool
		t, not, text = nextTerm(text)
		switch {
		case len(t.words) == 0:
		case not:
			q.without = append(q.without, t)
		default:
			q.with = append(q.with, t)
		}
	}
	return q
}

// nextTerm takes one term off the beginning of text, which does not begin with a space.
func nextTerm(text string) (t wordTerm, not bool, rest string) {
	text, not = strings.CutPrefix(text, "-")
	for part, name := range map[wordPart]string{inSubject: "subject:", inSender: "from:", inReceiver: "to:"} {
		if len(text) >= len(name) && strings.EqualFold(text[:len(name)], name) {
			t.part, t.inPart, text = part, true, strings.TrimLeft(text[len(name):], " ")
			break
		}
	}
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		phrase, rest, _ := strings.Cut(quoted, `"`)
		t.setWords(phrase, false)
		return t, not, rest
	}
	end := strings.IndexAny(text, " \t\r\n\u3000")
	if end < 0 {
		end = len(text)
	}
	t.setWords(text[:end], !not && strings.TrimSpace(text[end:]) == "")
	return t, not, text[end:]
}

// setWords folds the term's text. The index has the last character of a run once more on its own; the
// run of a query may be the beginning of a longer one, so its last character is left out, unless there
// is no other.
func (t *wordTerm) setWords(text string, prefix bool) {
	tokens := fold(text, longestToken)
	n := len(tokens)
	if n == 0 {
		return
	}
	t.prefix = prefix && utf8.RuneCountInString(tokens[n-1].text) >= shortestPrefix
	if tokens[n-1].loose {
		pair := n > 1 && !tokens[n-2].loose && strings.HasSuffix(tokens[n-2].text, tokens[n-1].text)
		if pair {
			tokens = tokens[:n-1]
		}
		t.prefix = !pair
	}
	for _, tok := range tokens {
		t.words = append(t.words, tok.text)
	}
}
