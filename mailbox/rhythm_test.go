package mailbox

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"postroom/store"
)

// officeMail is when mail comes to an office: so many an hour from 8 to 18 o'clock, Monday to Friday,
// until a time, for so many weeks.
func officeMail(until time.Time, weeks, anHour int) (came []int64) {
	for at := until.AddDate(0, 0, -7*weeks); !at.After(until); at = at.Add(time.Hour / time.Duration(anHour)) {
		if day := at.Weekday(); day != time.Saturday && day != time.Sunday && at.Hour() >= 8 && at.Hour() < 18 {
			came = append(came, at.UnixMilli())
		}
	}
	return came
}

func TestSilenceIsMeasuredByTheMailboxesOwnRhythm(t *testing.T) {
	friday := time.Date(2026, 9, 4, 17, 45, 0, 0, time.UTC)
	wednesday := time.Date(2026, 9, 2, 11, 45, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		last    time.Time
		anHour  int
		after   time.Duration
		silence bool
	}{
		{"lunch", wednesday, 4, time.Hour, false},
		{"two hours", wednesday, 12, 2 * time.Hour, false}, // 24 missing, but a short silence is none
		{"six hours of a working day", wednesday, 4, 6 * time.Hour, true},
		{"a night", wednesday.Add(6 * time.Hour), 4, 14 * time.Hour, false},
		{"a weekend", friday, 4, 62 * time.Hour, false},
		{"Monday noon, nothing yet", friday, 4, 66*time.Hour + 30*time.Minute, true},
		{"a slow mailbox, over night", wednesday, 1, 20 * time.Hour, false},
		{"a slow mailbox, three days", wednesday, 1, 48 * time.Hour, true},
	} {
		r, ok := rhythmOf(officeMail(c.last, 5, c.anHour))
		if !ok {
			t.Fatalf("%s: no rhythm", c.name)
		}
		if got := r.silent(c.last.Add(c.after).UnixMilli()); got != c.silence {
			t.Errorf("%s: silent %v; missed %.1f, usually at most %.1f", c.name, got, r.missed(r.last, c.last.Add(c.after).UnixMilli()), r.worst)
		}
	}
}

func TestAUsualSilenceRaisesTheBar(t *testing.T) {
	last := time.Date(2026, 9, 2, 11, 45, 0, 0, time.UTC)
	came := officeMail(last, 5, 4)
	holiday := last.AddDate(0, 0, -7)
	var without []int64
	for _, at := range came {
		if day := time.UnixMilli(at).UTC(); day.YearDay() != holiday.YearDay() {
			without = append(without, at)
		}
	}
	r, ok := rhythmOf(without)
	if !ok || r.silent(last.Add(6*time.Hour).UnixMilli()) {
		t.Errorf("a day without mail was usual, six hours are not: %v, worst %.1f", ok, r.worst)
	}
	if !r.silent(last.AddDate(0, 0, 3).UnixMilli()) {
		t.Error("three days are")
	}
}

func TestTooLittleMailHasNoRhythm(t *testing.T) {
	last := time.Date(2026, 9, 2, 11, 45, 0, 0, time.UTC)
	for name, came := range map[string][]int64{
		"none": nil, "one": {last.UnixMilli()}, "a week": officeMail(last, 1, 4), "few": officeMail(last, 5, 4)[:leastMails-1],
	} {
		if r, ok := rhythmOf(came); ok {
			t.Errorf("%s: %d a day", name, r.perDay)
		}
	}
	if r, _ := rhythmOf(officeMail(last, 5, 4)); r.perDay < 28 || r.perDay > 30 { // 40 on each of five days in seven
		t.Errorf("%d a day", r.perDay)
	}
}

func TestAMailboxThatFallsSilentSaysSoUntilTheNextMail(t *testing.T) {
	w := newWorld(t)
	last := time.Date(2026, 9, 2, 11, 45, 0, 0, time.UTC)
	for _, at := range officeMail(last, 5, 1) {
		_, err := w.sim.Deliver(ada, "", mail("mail "+time.UnixMilli(at).UTC().Format(time.RFC3339)), nil, time.UnixMilli(at))
		check(t, err)
	}
	var now atomic.Int64
	now.Store(last.Add(time.Hour).UnixMilli())
	w.now = func() time.Time { return time.UnixMilli(now.Load()) }
	w.run()
	w.until("its rhythm known", func() bool { return w.mailbox().UsualPerDay > 0 })
	if box := w.mailbox(); box.UsualPerDay != 7 || box.SilentSince != 0 || box.LastMailAt != last.UnixMilli() {
		t.Errorf("%d a day, silent since %d, last mail %v", box.UsualPerDay, box.SilentSince, time.UnixMilli(box.LastMailAt).UTC())
	}
	now.Store(last.AddDate(0, 0, 2).UnixMilli())
	w.until("silent", func() bool { return w.mailbox().SilentSince == last.UnixMilli() })

	feed, unwatch := w.st.WatchUser(w.user.ID)
	defer unwatch()
	_, err := w.sim.Deliver(ada, "", mail("at last"), nil, last.AddDate(0, 0, 2))
	check(t, err)
	w.until("the silence ended", func() bool { return w.mailbox().SilentSince == 0 })
	<-feed
	if got := w.mailbox().LastMailAt; got != last.AddDate(0, 0, 2).UnixMilli() {
		t.Errorf("last mail %v", time.UnixMilli(got).UTC())
	}
	came, err := w.st.Arrivals(context.Background(), w.box.ID, last.UnixMilli())
	check(t, err)
	if len(came) != 2 || w.folder(store.Inbox).Total == 0 {
		t.Errorf("%d arrivals since", len(came))
	}
}
