package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/semaphore"

	"postroom/problem"
	"postroom/store"
)

// place is a message of a folder, for as long as its UIDVALIDITY holds.
type place struct {
	folder        int64
	validity, uid uint32
}

// poison remembers which mails ended connections, so that one of them does not end all.
type poison struct {
	strikes map[place]int
	odd     map[place]bool // every FETCH with one of these is refused
	timid   int            // times in a row that a connection ended while mails came
}

// After so many failures a mail is asked for less deeply: whole, header, flags and size, nothing.
const (
	strikesWhole = 3
	strikesHeads = 4
	strikesBare  = 5
)

func depthAfter(strikes int) int {
	switch {
	case strikes < strikesWhole:
		return whole
	case strikes < strikesHeads:
		return heads
	}
	return bare
}

// largest is the largest mail that is fetched whole; RFC822.SIZE is off by some per cent, and the
// guard ends literals of more than mostLiteral.
const largest = mostLiteral - mostLiteral/16

// bring fetches mails of the open folder and stores them, newest first. What a server cannot give is
// stored as a stub. It may end anywhere: what is missing is seen by the next look.
func (w *worker) bring(ctx context.Context, s *session, f store.Folder, mails []seen) error {
	mails = slices.Clone(mails)
	slices.SortFunc(mails, func(a, b seen) int { return int(int64(b.uid) - int64(a.uid)) })
	normal, odd := w.sortOut(f, mails)
	most, atOnce := w.caution()
	done, err := w.pour(ctx, s, f, plan(normal, min(firstBatch, most), most), whole, atOnce, nil)
	if err != nil {
		w.blame(f, done, err)
		return err
	}
	for _, part := range done {
		for _, m := range part.asked {
			if _, absent := part.absent[m.uid]; absent {
				odd = append(odd, m)
			}
		}
	}
	for _, m := range odd {
		if err := w.alone(ctx, s, f, m); err != nil {
			return err
		}
	}
	w.mu.Lock()
	w.poison.timid = 0
	w.mu.Unlock()
	return nil
}

// sortOut separates the mails that are to be fetched alone.
func (w *worker) sortOut(f store.Folder, mails []seen) (normal, odd []seen) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range mails {
		if m.odd || m.size > largest || w.poison.strikes[place{f.ID, f.UIDValidity, m.uid}] > 0 {
			odd = append(odd, m)
		} else {
			normal = append(normal, m)
		}
	}
	return normal, odd
}

// caution says how many mails to ask for at once. After connections that ended it is ever fewer, so
// that the mail that ends them is found.
func (w *worker) caution() (mails, atOnce int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.poison.timid == 0 {
		return mostMails, inFlight
	}
	return max(1, mostMails>>w.poison.timid), 1
}

// blame notes the loss of a connection. Servers answer in order, so the first mail that did not come
// is the one they, or the library, stumbled over; if it is not, caution finds it.
func (w *worker) blame(f store.Folder, done []*fetching, err error) {
	if !problem.Is(err, problem.MailServerDown) {
		return // not the mail's fault
	}
	for _, part := range done {
		first := uint32(0)
		for uid := range part.absent {
			if first == 0 || uid < first {
				first = uid
			}
		}
		if first != 0 {
			w.strike(place{f.ID, f.UIDValidity, first})
			break
		}
	}
	w.mu.Lock()
	w.poison.timid = min(w.poison.timid+1, 8)
	w.mu.Unlock()
}

func (w *worker) strike(p place) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.poison.strikes[p]++
	return w.poison.strikes[p]
}

func (w *worker) strikesOf(p place) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.poison.strikes[p]
}

func (w *worker) forgive(p place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.poison.strikes, p)
}

// alone fetches one mail by itself, less and less deeply the more often that failed.
func (w *worker) alone(ctx context.Context, s *session, f store.Folder, m seen) error {
	p := place{f.ID, f.UIDValidity, m.uid}
	for {
		strikes := w.strikesOf(p)
		why := problem.New(problem.MailUnreadable, "The mail server could not hand it over.")
		depth := depthAfter(strikes)
		if m.size > largest {
			why, depth = problem.New(problem.MailUnreadable, fmt.Sprintf("It is larger than %d MB.", largest>>20)), max(depth, heads)
		}
		if strikes >= strikesBare || m.odd {
			if err := w.store(ctx, f, []kept{{letter{seen: m}, store.NewMessage{Message: stub(letter{seen: m, date: w.Now()}, why)}}}); err != nil {
				return err
			}
			w.forgive(p)
			return nil
		}
		if depth == whole {
			why = nil
		}
		done, err := w.pour(ctx, s, f, [][]seen{{m}}, depth, 1, why)
		if err != nil {
			if problem.Is(err, problem.MailServerDown) {
				w.strike(p)
			}
			return err
		}
		if len(done[0].absent) == 0 {
			w.forgive(p)
			return nil
		}
		there, err := s.census(ctx, m.uid, m.uid, false, nil)
		switch {
		case err != nil && (!refused(err) || throttleOf(err) != nil):
			return err
		case err == nil && len(there) == 0:
			return nil // it has left in the meantime
		}
		w.log.Warn("mail does not come", "folder", f.ID, "uid", m.uid, "failures", w.strike(p), "err", done[0].err)
	}
}

// pour leads mails from the wire into the store: one goroutine for each FETCH under way reads,
// one parses, this one writes. What has arrived whole is stored even when the connection ends.
func (w *worker) pour(ctx context.Context, s *session, f store.Folder, batches [][]seen, depth, atOnce int, why *problem.Problem) (done []*fetching, err error) {
	if len(batches) == 0 {
		return nil, nil
	}
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var (
		hold    = semaphore.NewWeighted(mostHeld)
		letters = make(chan letter)
		parsed  = make(chan kept)
		lost    error
	)
	go func() {
		defer close(letters)
		done, lost = s.stream(reading, batches, depth, atOnce, hold, func(l letter) error {
			l.why = why
			select {
			case letters <- l:
				return nil
			case <-reading.Done():
				hold.Release(l.weight())
				return context.Cause(reading)
			}
		})
	}()
	go func() {
		defer close(parsed)
		for l := range letters {
			m, err := w.read(ctx, l)
			if err != nil {
				stop(err)
				hold.Release(l.weight())
				continue
			}
			parsed <- kept{l, m}
		}
	}()
	out := writer{hold: hold, commit: func(batch []kept) error { return w.store(ctx, f, batch) }}
	err = out.run(parsed, func(err error) { stop(err) })
	if cause := context.Cause(reading); err == nil && cause != nil && ctx.Err() == nil {
		err = cause // our side failed
	}
	return done, errors.Join(err, lost)
}

// store commits a portion of mails with whatever goes with it.
func (w *worker) store(ctx context.Context, f store.Folder, batch []kept) error {
	mails := make([]store.NewMessage, len(batch))
	for i, k := range batch {
		mails[i] = k.NewMessage
		if mails[i].InternalDate == 0 {
			mails[i].InternalDate = w.Now().UnixMilli()
			mails[i].Date = mails[i].InternalDate
		}
	}
	copies, err := w.copies(ctx, f, batch)
	if err != nil {
		return fmt.Errorf("look up sent mails: %w", err)
	}
	err = w.Store.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.AddMessages(f, mails); err != nil {
			return err
		}
		if err := w.confirm(tx, copies); err != nil {
			return err
		}
		return w.progress(tx, len(batch))
	})
	if err != nil {
		return fmt.Errorf("store mails: %w", err)
	}
	w.lively.Store(time.Now().UnixNano())
	return nil
}
