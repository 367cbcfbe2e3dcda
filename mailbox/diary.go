package mailbox

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

	"postroom/problem"
	"postroom/store"
)

const (
	mostPending = 50  // events that wait to be written; the store keeps no more of a mailbox
	mostWords   = 400 // characters of an event's words
)

// diary gathers what a worker and the servers say to each other. It is written in portions, so that a
// busy connection costs a transaction now and then and a quiet one none.
type diary struct {
	mu      sync.Mutex
	pending []store.Event
	ring    chan struct{} // a token: something waits to be written
}

func newDiary() *diary { return &diary{ring: make(chan struct{}, 1)} }

// add takes an event. One that says the same as the last only counts.
func (d *diary) add(e store.Event) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.pending); n > 0 {
		last := &d.pending[n-1]
		if last.Side == e.Side && last.What == e.What && last.Outcome == e.Outcome && last.Words == e.Words {
			last.Times++
			last.At = e.At
			return
		}
	}
	e.Times = 1
	d.pending = append(d.pending, e)
	if len(d.pending) > mostPending {
		d.pending = d.pending[1:]
	}
	select {
	case d.ring <- struct{}{}:
	default: // a token is already waiting
	}
}

func (d *diary) take() []store.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := d.pending
	d.pending = nil
	return all
}

// tell puts an event into the worker's diary.
func (w *worker) tell(side store.Side, what string, outcome store.Outcome, words string) {
	w.diary.add(store.Event{At: w.Now().UnixMilli(), Side: side, What: what, Outcome: outcome, Words: w.redacted(words)})
}

// tellEnd is tell for something that err ended, or nothing did.
func (w *worker) tellEnd(side store.Side, what string, err error) {
	switch t := throttleOf(err); {
	case err == nil:
		w.tell(side, what, store.WentWell, "")
	case t != nil:
		w.tell(side, what, store.ToWait, t.problem.Raw)
	default:
		w.tell(side, what, store.WentBad, wordsOf(err))
	}
}

// wordsOf is what the other side said, or else what happened.
func wordsOf(err error) string {
	p := problem.Of(err)
	switch {
	case p == nil:
		return err.Error()
	case p.Raw != "":
		return p.Raw
	case p.Unwrap() != nil:
		return p.Unwrap().Error()
	}
	return p.Title + " " + p.Detail
}

// writeDiary writes the diary down until ctx ends, and then what is left of it.
func (w *worker) writeDiary(ctx context.Context) {
	for sleeping := true; sleeping; {
		select {
		case <-ctx.Done():
			sleeping = false
		case <-w.diary.ring:
			sleeping = sleep(ctx, w.Timing.Diary)
		}
		w.putDown(context.WithoutCancel(ctx))
	}
}

func (w *worker) putDown(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	events := w.diary.take()
	if len(events) == 0 {
		return
	}
	err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddEvents(w.id, events) })
	if err != nil {
		w.log.Debug("events not written", "err", err) // removed meanwhile, most likely
	}
}

// What must not stand in a diary that people download and send on: addresses, and whatever looks like a
// token, a key or a query. Long words are tokens more often than they are words.
var (
	anAddress = regexp.MustCompile(`[^\s<>"'(),;:=\[\]]+@[^\s<>"'(),;:=\[\]]+`)
	aQuery    = regexp.MustCompile(`(https?://[^\s?#"'<>]+)[?#][^\s"'<>]*`)
	aBearer   = regexp.MustCompile(`(?i)(bearer|token|secret|password|assertion|code)([=: ]+)"?[A-Za-z0-9._~+/=-]{12,}"?`)
	aLongWord = regexp.MustCompile(`[A-Za-z0-9._~+/=-]{49,}`)
)

// redacted is words without what is nobody's business. The mailbox's own address may stay.
func (w *worker) redacted(words string) string {
	box, _ := w.mailbox()
	return redact(words, box.Address, box.Login, box.SMTPLogin, box.Shared)
}

func redact(words string, own ...string) string {
	words = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, words)
	words = aQuery.ReplaceAllString(words, "$1?…")
	words = aBearer.ReplaceAllString(words, "$1$2[redacted]")
	words = aLongWord.ReplaceAllString(words, "[redacted]")
	words = anAddress.ReplaceAllStringFunc(words, func(found string) string {
		for _, address := range own {
			if address != "" && strings.EqualFold(strings.Trim(found, "."), address) {
				return found
			}
		}
		return "[address]"
	})
	words = strings.Join(strings.Fields(words), " ")
	if cut := []rune(words); len(cut) > mostWords {
		words = string(cut[:mostWords]) + "…"
	}
	return words
}
