package mailbox

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// dials records when connections are made.
type dials struct {
	mu sync.Mutex
	at []time.Time
}

func (d *dials) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d.mu.Lock()
	d.at = append(d.at, time.Now())
	d.mu.Unlock()
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}

func (d *dials) between(from, to time.Time) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, at := range d.at {
		if at.After(from) && at.Before(to) {
			n++
		}
	}
	return n
}

func TestThrottleIsObeyed(t *testing.T) {
	w := newWorld(t)
	w.fill("", 50)
	d := &dials{}
	w.dial = d.dial
	w.run()
	w.until("connected", w.connected())
	w.sim.SetTimes(ada, simulator.Throttle, "1500", 1)
	w.manager.SyncNow(w.box.ID)
	w.until("throttled", func() bool { return w.state() == store.Throttled })
	from := time.Now()
	box, err := w.st.WorkerMailbox(context.Background(), w.box.ID)
	check(t, err)
	if box.Problem == nil || box.Problem.Code != problem.Throttled || box.RetryAt-from.UnixMilli() < 1000 {
		t.Errorf("problem %v, retry in %d ms", box.Problem, box.RetryAt-from.UnixMilli())
	}
	w.manager.SyncNow(w.box.ID) // impatience does not help
	w.until("connected again", w.connected())
	if n := d.between(from, from.Add(1300*time.Millisecond)); n != 0 {
		t.Errorf("%d connections while the server wanted none", n)
	}
	w.same()
}

func TestTokenExpiryInIdle(t *testing.T) {
	for _, open := range []bool{false, true} {
		w := newWorld(t)
		w.timing.LeastWait, w.timing.MostWait = time.Hour, time.Hour // any backoff would be noticed
		w.deliver("", "one")
		if open {
			w.sim.Set(ada, simulator.ByeStaysOpen, "")
		}
		stop := w.run()
		w.until("connected", w.connected())
		w.sim.Expire(ada)
		w.deliver("", "two")
		w.until("mail after expiry", w.shows(store.Inbox, "one", "two"))
		if w.state() != store.Connected {
			t.Errorf("state %s", w.state())
		}
		stop()
	}
}

func TestTokensAreRenewedBeforeTheyExpire(t *testing.T) {
	w := newWorld(t)
	w.sim.Set(ada, simulator.TokenLife, "3s")
	w.timing.LeastWait, w.timing.MostWait = time.Hour, time.Hour
	w.deliver("", "one")
	w.run()
	w.until("connected", w.connected())
	w.until("several tokens", func() bool {
		w.tokens.mu.Lock()
		defer w.tokens.mu.Unlock()
		return w.tokens.renewed >= 3
	})
	w.deliver("", "two")
	w.until("mail after renewals", w.shows(store.Inbox, "one", "two"))
}

func TestRefusedTokenIsRenewedOnceThenSaid(t *testing.T) {
	w := newWorld(t)
	w.sim.SetTimes(ada, simulator.IMAPRefuse, "", 1)
	stop := w.run()
	w.until("connected", w.connected())
	stop()
	w.sim.Set(ada, simulator.IMAPGmail, "")
	w.sim.Set(ada, simulator.IMAPRefuse, "")
	w.run()
	w.until("offline", func() bool { return w.state() == store.Offline })
	box, err := w.st.WorkerMailbox(context.Background(), w.box.ID)
	check(t, err)
	if box.Problem == nil || box.Problem.Code != problem.IMAPRefused || box.RetryAt == 0 {
		t.Errorf("%v, retry at %d", box.Problem, box.RetryAt)
	}
	t.Logf("detail %q raw %q", box.Problem.Detail, box.Problem.Raw)
	w.sim.Clear(ada, simulator.IMAPRefuse)
	w.until("connected by itself", w.connected())
}

func TestLostGrantNeedsItsOwner(t *testing.T) {
	w := newWorld(t)
	w.tokens.refuse = problem.New(problem.Reconnect, "")
	w.run()
	w.until("needs you", func() bool { return w.state() == store.NeedsYou })
	w.tokens.mu.Lock()
	w.tokens.refuse = nil
	w.tokens.mu.Unlock()
	check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.ReplaceGrant(w.box.ID, w.box.GrantVersion, w.box.Grant, store.Connecting)
	}))
	w.until("connected", w.connected())
}

func TestAccountWithoutMailboxIsSaid(t *testing.T) {
	w := newWorld(t)
	w.sim.Set(ada, simulator.NotConnected, "")
	w.run()
	w.until("needs admin", func() bool { return w.state() == store.NeedsAdmin })
	box, err := w.st.WorkerMailbox(context.Background(), w.box.ID)
	check(t, err)
	if box.Problem == nil || box.Problem.Code != problem.NotConnected {
		t.Errorf("%v", box.Problem)
	}
}

func TestServersMoodsAreSurvived(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault simulator.Fault
		value string
		times int
	}{
		{"bare line", simulator.Unavailable, "bare", 2},
		{"unavailable", simulator.Unavailable, "no", 2},
		{"dropped at greeting", simulator.ConnectionDrop, "", 2},
		{"roll-out of 2026", simulator.IMAPRollout, "", 0},
		{"TAB in a folder name", simulator.TabFolder, "", 0},
		{"phantom folder", simulator.PhantomFolder, "Archive", 0},
		{"one connection only", simulator.ConnectionLimit, "1", 0},
		{"wrong sizes", simulator.SizeEstimate, "5", 0},
		{"stray expunge", simulator.StrayExpunge, "", 0},
		{"special use", simulator.SpecialUse, "", 0},
		{"cut at SELECT", simulator.CutIMAP, "SELECT", 2},
		{"cut at FETCH", simulator.CutIMAP, "FETCH", 3},
		{"cut at IDLE", simulator.CutIMAP, "IDLE", 2},
		{"malformed structures", simulator.UglyStructure, "3", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.fill("", 40)
			if c.times > 0 {
				w.sim.SetTimes(ada, c.fault, c.value, c.times)
			} else {
				w.sim.Set(ada, c.fault, c.value)
			}
			w.run()
			w.until("all mail", func() bool { return w.folder(store.Inbox).Total == 40 })
			w.deliver("", "one more")
			w.until("new mail", func() bool { return w.folder(store.Inbox).Total == 41 })
			w.same()
		})
	}
}

func TestPoisonMailIsQuarantined(t *testing.T) {
	w := newWorld(t)
	subjects := w.fill("", 30)
	w.sim.Set(ada, simulator.FetchRefused, "17")
	w.run()
	w.until("connected", w.connected())
	mails := w.mails(store.Inbox)
	if len(mails) != 30 {
		t.Fatalf("%d mails", len(mails))
	}
	for _, m := range mails {
		if poison := m.UID == 17; poison != (m.Problem != nil) || poison == m.HasSource {
			t.Errorf("UID %d: problem %v, source %v", m.UID, m.Problem, m.HasSource)
		} else if !poison && !slices.Contains(subjects, m.Subject) {
			t.Errorf("UID %d: %q", m.UID, m.Subject)
		}
	}
	w.deliver("", "life goes on")
	w.until("new mail", func() bool { return slices.Contains(w.subjects(store.Inbox), "life goes on") })
}

func TestDisabledUsersMailboxIsLeftAlone(t *testing.T) {
	w := newWorld(t)
	w.deliver("", "one")
	other := store.User{Email: "root@contoso.example", Name: "Root", Role: store.RoleAdmin}
	check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error { return tx.AddUser(&other) }))
	w.run()
	w.until("connected", w.connected())
	user, err := w.st.User(context.Background(), w.user.ID)
	check(t, err)
	user.DisabledAt = 1
	check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error { return tx.UpdateUser(user) }))
	w.until("its worker stopped", func() bool {
		w.manager.mu.Lock()
		defer w.manager.mu.Unlock()
		return len(w.manager.workers) == 0
	})
}
