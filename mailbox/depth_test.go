package mailbox

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"postroom/store"
)

// deliverOn puts a mail into the inbox that the server received on a day, and returns its subject.
func (w *world) deliverOn(day time.Time) string {
	w.t.Helper()
	subject := day.Format(time.DateOnly)
	_, err := w.sim.Deliver(ada, "", mail(subject), []string{`\Seen`}, day)
	check(w.t, err)
	return subject
}

func (w *world) since(day time.Time) {
	w.t.Helper()
	w.tx(func(tx *store.Tx) error { return tx.SetSince(w.user.ID, w.box.ID, day.UnixMilli()) })
	w.box.Since = day.UnixMilli()
}

// monthly delivers a mail for each of n months from January 2025 on and returns their subjects.
func (w *world) monthly(n int) (subjects []string) {
	for i := range n {
		subjects = append(subjects, w.deliverOn(time.Date(2025, time.January+time.Month(i), 15, 12, 0, 0, 0, time.UTC)))
	}
	return subjects
}

func TestOnlyMailSinceADayIsFetched(t *testing.T) {
	w := newWorld(t)
	subjects := w.monthly(12)
	w.since(time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC))
	stop := w.run()
	w.until("connected", w.connected())
	if !w.shows(store.Inbox, subjects[9:]...)() {
		t.Fatalf("shown: %v", w.subjects(store.Inbox))
	}

	old := time.Date(2024, 5, 5, 5, 5, 5, 0, time.UTC)
	moved := w.deliverOn(old) // somebody moved an old mail into the folder
	now := append(slices.Clone(subjects[9:]), moved)
	w.until("the old mail that came just now", w.shows(store.Inbox, now...))
	w.manager.SyncNow(w.box.ID) // compares everything
	next := w.deliverOn(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	now = append(now, next)
	w.until("new mail", w.shows(store.Inbox, now...))
	stop()

	w.run() // and once more from what the database knows
	w.until("connected again", w.connected())
	last := w.deliverOn(time.Date(2026, 2, 2, 3, 4, 5, 0, time.UTC))
	w.until("mail after a restart", w.shows(store.Inbox, append(now, last)...))
	theirs, err := w.sim.Mailbox(ada)
	check(t, err)
	uid := theirs.Folder("inbox").Messages[9].UID
	check(t, w.sim.Remove(ada, "", uid))
	left := slices.DeleteFunc(append(slices.Clone(now), last), func(s string) bool { return s == subjects[9] })
	w.until("a removed mail vanish", w.shows(store.Inbox, left...))
}

func TestHistoryIsDeepenedAndNothingFetchedTwice(t *testing.T) {
	w := newWorld(t)
	subjects := w.monthly(12)
	w.since(time.Date(2025, 10, 1, 0, 0, 0, 0, time.UTC))
	w.run()
	w.until("connected", w.connected())
	ids := map[string]int64{}
	for _, m := range w.mails(store.Inbox) {
		ids[m.Subject] = m.ID
	}

	w.since(time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC))
	w.until("half a year more", w.shows(store.Inbox, subjects[3:]...))
	w.until("connected after that", w.connected())
	box := w.mailbox()
	if box.SyncTotal != 9 || box.SyncDone != 9 {
		t.Errorf("progress %d of %d", box.SyncDone, box.SyncTotal)
	}
	w.since(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)) // less: nothing is thrown away
	w.manager.SyncNow(w.box.ID)
	news := w.deliverOn(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC))
	w.until("new mail beside the old", w.shows(store.Inbox, append(slices.Clone(subjects[3:]), news)...))

	w.tx(func(tx *store.Tx) error { return tx.SetSince(w.user.ID, w.box.ID, 0) })
	w.until("all", w.shows(store.Inbox, append(slices.Clone(subjects), news)...))
	w.until("connected with all", w.connected())
	w.same()
	for _, m := range w.mails(store.Inbox) {
		if id, ok := ids[m.Subject]; ok && id != m.ID {
			t.Errorf("%s was fetched again: %d, was %d", m.Subject, m.ID, id)
		}
	}
}

func TestMuchOldMailMovedInAtOnceIsAllKept(t *testing.T) {
	w := newWorld(t)
	w.monthly(3)
	w.since(time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))
	stop := w.run()
	w.until("connected", w.connected())
	stop()
	var subjects []string
	for i := range mostNews + 50 { // more than the line takes itself
		subjects = append(subjects, fmt.Sprintf("moved %d", i))
		_, err := w.sim.Deliver(ada, "", mail(subjects[i]), nil, time.Date(2020, 1, 1, 0, i, 0, 0, time.UTC))
		check(t, err)
	}
	w.run()
	w.until("all of it", w.shows(store.Inbox, subjects...))
}

func TestUnreadOldMailIsNoDifference(t *testing.T) {
	w := newWorld(t)
	w.timing.Census = time.Hour
	for i := range 5 {
		_, err := w.sim.Deliver(ada, "sent", mail(fmt.Sprintf("unread %d", i)), nil, time.Date(2020, 1, 1, 0, i, 0, 0, time.UTC))
		check(t, err)
	}
	w.since(time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC))
	w.run()
	w.until("connected", w.connected())
	w.until("compared", func() bool {
		w.manager.mu.Lock()
		r := w.manager.workers[w.box.ID]
		w.manager.mu.Unlock()
		last := r.lastComparison(w.folder(store.Sent))
		return last.spare == 5 && last.unseen == 5
	})
}
