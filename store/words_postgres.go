package store

import (
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// postgresWords is the table message_words. Its values are written out by us, so that PostgreSQL's own
// parser and dictionaries have no say in what a word is.
type postgresWords struct{}

func (postgresWords) add(db *gorm.DB, entries []wordEntry) error {
	return inChunks(entries, batch, func(entries []wordEntry) error {
		args := make([]any, 0, 3*len(entries))
		for _, e := range entries {
			args = append(args, e.id, e.id>>32, tsvector(e))
		}
		rows := strings.Repeat(", (?, ?, ?::tsvector)", len(entries))[2:]
		return db.Exec("INSERT INTO message_words (message_id, number, words) VALUES "+rows, args...).Error
	})
}

// tsvector writes words with their positions and the weight of their part.
func tsvector(e wordEntry) string {
	var b strings.Builder
	at := 1
	for part, tokens := range e.parts {
		for _, t := range tokens {
			b.WriteString("'" + t.text + "':" + strconv.Itoa(at) + weight(wordPart(part)) + " ")
			at++
		}
		at += sharedGap
	}
	return b.String()
}

func weight(p wordPart) string { return string("ABCD"[p]) }

func (postgresWords) remove(db *gorm.DB, ids []int64) error {
	return failed("delete words", db.Exec("DELETE FROM message_words WHERE message_id IN ?", ids).Error)
}

func (postgresWords) find(db *gorm.DB, numbers []int64, q wordQuery) *gorm.DB {
	return db.Table("message_words JOIN messages ON messages.id = message_words.message_id").
		Where("message_words.number IN ? AND message_words.words @@ ?::tsquery", numbers, tsquery(q))
}

// tsquery is q in PostgreSQL's language. Folded words hold letters and digits alone.
func tsquery(q wordQuery) string {
	term := func(t wordTerm) string {
		words := make([]string, len(t.words))
		for i, w := range t.words {
			words[i] = "'" + w + "'"
			flags := ""
			if t.prefix && i == len(t.words)-1 {
				flags = "*"
			}
			if t.inPart {
				flags += weight(t.part)
			}
			if flags != "" {
				words[i] += ":" + flags
			}
		}
		return "(" + strings.Join(words, " <-> ") + ")"
	}
	terms := make([]string, 0, len(q.with)+len(q.without))
	for _, t := range q.with {
		terms = append(terms, term(t))
	}
	for _, t := range q.without {
		terms = append(terms, "!"+term(t))
	}
	return strings.Join(terms, " & ")
}
