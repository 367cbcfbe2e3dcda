package mailbox

import (
	"context"
	"testing"
	"time"

	"postroom/store"
)

func TestFirstSyncBringsEverything(t *testing.T) {
	w := newWorld(t)
	w.fill("", 300)
	w.fill("sent", 30)
	w.fill("drafts", 3)
	start := time.Now()
	w.run()
	w.until("newest mail", func() bool { s := w.subjects(store.Inbox); return len(s) > 0 && s[0] == "mail 300" })
	t.Logf("newest mail after %v", time.Since(start))
	w.until("connected", w.connected())
	t.Logf("everything after %v", time.Since(start))
	w.same()
	box, err := w.st.WorkerMailbox(context.Background(), w.box.ID)
	check(t, err)
	if box.SyncDone != box.SyncTotal || box.SyncTotal < 333 {
		t.Errorf("progress %d of %d", box.SyncDone, box.SyncTotal)
	}
}

func TestNewMailIsHereWithinASecond(t *testing.T) {
	w := newWorld(t)
	w.fill("", 3)
	w.timing.Sweep = time.Hour // nothing but IDLE
	w.run()
	w.until("connected", w.connected())
	for _, subject := range []string{"Lunch?", "Lunch!", "Dinner?"} {
		start := time.Now()
		w.deliver("", subject)
		w.until(subject, func() bool { return w.subjects(store.Inbox)[0] == subject })
		took := time.Since(start)
		t.Logf("%s after %v", subject, took)
		if took > time.Second {
			t.Errorf("%s took %v", subject, took)
		}
	}
	w.same()
}

func TestMailArrivingWhileOfflineAppearsOnce(t *testing.T) {
	w := newWorld(t)
	w.deliver("", "before")
	stop := w.run()
	w.until("connected", w.connected())
	stop()
	w.deliver("", "meanwhile")
	gone := w.deliver("", "and gone")
	check(t, w.sim.Remove(ada, "", gone))
	w.run()
	w.until("new mail", w.shows(store.Inbox, "before", "meanwhile"))
	w.same()
}
