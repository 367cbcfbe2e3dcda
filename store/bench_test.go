package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// bulk makes batches of mails that look like mail: threads of five, 150 words each, a source of 4 KB.
func bulk(t testing.TB, p *person, n int, r *rand.Rand) []NewMessage {
	t.Helper()
	mails := make([]NewMessage, n)
	for i := range mails {
		m := p.mail("INBOX", fmt.Sprintf("subject %d", r.IntN(1000)))
		if m.UID%5 != 0 {
			m.References = fmt.Sprintf("root-%d@contoso.example", m.UID/5)
		}
		m.Seen = r.IntN(10) > 0
		words := make([]string, 150)
		for k := range words {
			words[k] = word(r.IntN(1 + r.IntN(20000)))
		}
		m.Words.Body = strings.Join(words, " ")
		src, err := p.st.Keep(t.Context(), []byte(strings.Repeat(m.Words.Body, 3)))
		check(t, err)
		m.Source = src
		mails[i] = m
	}
	return mails
}

// word spells a number like a word, so that beginnings are shared as in a language.
func word(n int) string {
	syllables := []string{"ba", "con", "der", "el", "for", "gen", "hal", "in", "jo", "ka", "lum", "mer", "no", "or", "per", "qua", "ri", "sta", "tion", "un"}
	w := syllables[n%20]
	for n /= 20; n > 0; n /= 20 {
		w += syllables[n%20]
	}
	return w
}

func BenchmarkAddMessages(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkAdd(b, "") })
	b.Run("postgres", func(b *testing.B) { benchmarkAdd(b, newPostgres(b)) })
}

func benchmarkAdd(b *testing.B, database string) {
	ada := newPerson(b, openTest(b, database, newClock()), "ada")
	r := rand.New(rand.NewPCG(1, 2))
	rows := 0
	for b.Loop() {
		b.StopTimer()
		mails := bulk(b, ada, 200, r)
		b.StartTimer()
		ada.add(b, "INBOX", mails...)
		rows += len(mails)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkReading measures what a browser asks for, in a mailbox of 100,000 mails.
func BenchmarkReading(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkReading(b, "") })
	b.Run("postgres", func(b *testing.B) { benchmarkReading(b, newPostgres(b)) })
}

func benchmarkReading(b *testing.B, database string) {
	st := openTest(b, database, newClock())
	ada := newPerson(b, st, "ada")
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		ada.add(b, "INBOX", bulk(b, ada, 1000, r)...)
	}
	list := func(q Query) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				_, err := st.Messages(b.Context(), ada.user.ID, ada.folders["INBOX"].ID, q)
				check(b, err)
			}
		}
	}
	search := func(text string) func(*testing.B) {
		return func(b *testing.B) {
			found := 0
			for b.Loop() {
				ms, err := st.Search(b.Context(), ada.user.ID, Search{Text: text})
				check(b, err)
				found = len(ms)
			}
			b.ReportMetric(float64(found), "found")
		}
	}
	b.Run("top", list(Query{}))
	b.Run("offset 90000", list(Query{Offset: 90_000}))
	b.Run("unread", list(Query{Unread: true, Offset: 1000}))
	b.Run("search rare", search(`"`+word(19990)+`"`))
	b.Run("search two words", search(word(5)+" "+word(77)))
	b.Run("search common", search(`"ba"`))
	b.Run("search prefix", search("st"))
	b.Run("search typing", search(word(5)+" "+word(19990)[:5]))
	b.Run("uids", func(b *testing.B) {
		for b.Loop() {
			_, err := st.UIDs(b.Context(), ada.folders["INBOX"].ID)
			check(b, err)
		}
	})
}
