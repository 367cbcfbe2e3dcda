package mailbox

import (
	"context"
	"fmt"
	"time"

	"postroom/store"
)

const (
	weekHours   = 7 * 24
	hour        = time.Hour / time.Millisecond
	week        = weekHours * hour
	learnWeeks  = 4             // how far back a rhythm is learned
	leastMails  = 50            // in that time, or there is no rhythm to speak of
	leastWeeks  = 2             // that the mails must span
	leastMissed = 10            // mails that must be missing before a silence is one
	leastSilent = 3 * time.Hour // a shorter silence is none, however busy the mailbox
)

// rhythm is when a mailbox usually gets mail: how many come in each hour of the week. A silence is
// measured in mails that would usually have come meanwhile, so that nights and weekends do not count
// for more than they are worth.
type rhythm struct {
	hours  [weekHours]float64 // mails in an hour of the week, UTC
	perDay int64
	worst  float64 // the most mails that were missing in one usual silence
	last   int64   // when mail came last, unix ms
}

// rhythmOf learns a rhythm from when mail came, unix ms, oldest first. It looks at the four weeks before
// the last mail: a silence that goes on does not wear the rhythm out. ok is false when there is too
// little mail for one.
func rhythmOf(came []int64) (r rhythm, ok bool) {
	if len(came) == 0 {
		return r, false
	}
	r.last = came[len(came)-1]
	weeks := min(learnWeeks, (r.last-came[0])/int64(week))
	from := r.last - weeks*int64(week)
	for len(came) > 0 && came[0] <= from {
		came = came[1:]
	}
	if weeks < leastWeeks || len(came) < leastMails {
		return r, false
	}
	for _, at := range came {
		r.hours[hourOfWeek(at)] += 1 / float64(weeks)
	}
	r.perDay = max(1, (int64(len(came))+weeks*7/2)/(weeks*7))
	before := from
	for _, at := range came {
		r.worst = max(r.worst, r.missed(before, at))
		before = at
	}
	return r, true
}

func hourOfWeek(at int64) int64 { return at / int64(hour) % weekHours }

// missed is how many mails usually come between two times.
func (r rhythm) missed(from, to int64) (mails float64) {
	if weeks := (to - from) / int64(week); weeks > 0 {
		for _, n := range r.hours {
			mails += n * float64(weeks)
		}
		from += weeks * int64(week)
	}
	for from < to {
		next := min(to, (from/int64(hour)+1)*int64(hour))
		mails += r.hours[hourOfWeek(from)] * float64(next-from) / float64(hour)
		from = next
	}
	return mails
}

// silent reports whether nothing has come for so long that it is out of rhythm: by now ten mails should
// have, and half as many again as in the worst silence that was usual.
func (r rhythm) silent(now int64) bool {
	return now-r.last >= leastSilent.Milliseconds() && r.missed(r.last, now) >= max(leastMissed, 1.5*r.worst)
}

// listen compares the mailbox's silence with its rhythm, once an hour, and says so when it is too long.
// A silence ends with the next mail, in the store.
func (w *worker) listen(ctx context.Context) error {
	now := w.Now()
	w.mu.Lock()
	due := now.Sub(w.listened) >= w.Timing.Listen
	if due {
		w.listened = now
	}
	w.mu.Unlock()
	if !due {
		return nil
	}
	box, err := w.Store.WorkerMailbox(ctx, w.id)
	if err != nil {
		return fmt.Errorf("read mailbox: %w", err)
	}
	from := min(box.LastMailAt, now.UnixMilli()) - (learnWeeks+1)*int64(week)
	came, err := w.Store.Arrivals(ctx, w.id, from)
	if err != nil {
		return err
	}
	var usual, since int64
	if r, ok := rhythmOf(came); ok {
		r.last = max(r.last, box.LastMailAt)
		usual = r.perDay
		if r.silent(now.UnixMilli()) {
			since = r.last
		}
	}
	if usual == box.UsualPerDay && since == box.SilentSince {
		return nil
	}
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetMailbox(w.id, store.MailboxUpdate{UsualPerDay: &usual, SilentSince: &since})
	})
}
