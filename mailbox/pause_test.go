package mailbox

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

func (w *world) tx(f func(*store.Tx) error) {
	w.t.Helper()
	check(w.t, w.st.Tx(context.Background(), f))
}

func (w *world) noWorker() bool {
	w.manager.mu.Lock()
	defer w.manager.mu.Unlock()
	for _, r := range w.manager.workers {
		if !r.over() {
			return false
		}
	}
	return true
}

func (w *world) mailbox() store.Mailbox {
	w.t.Helper()
	box, err := w.st.WorkerMailbox(context.Background(), w.box.ID)
	check(w.t, err)
	return box
}

// Without the ticker: the store's wake-ups alone must do.
func (w *world) wakeOnly() { w.timing.Reconcile = time.Hour }

func TestPausedMailboxRestsAndGoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	w.wakeOnly()
	w.deliver("", "before")
	w.run()
	w.until("connected", w.connected())

	w.tx(func(tx *store.Tx) error { return tx.PauseMailbox(w.user.ID, w.box.ID) })
	w.until("its worker ended", w.noWorker)
	if got := w.state(); got != store.Paused {
		t.Errorf("state %s after the worker ended", got)
	}
	w.deliver("", "meanwhile")
	out := w.queue("Later")
	w.tx(func(tx *store.Tx) error { return tx.PauseMailbox(w.user.ID, w.box.ID) })
	if got := w.subjects(store.Inbox); len(got) != 1 || got[0] != "before" {
		t.Errorf("shown while paused: %v", got)
	}
	if got := w.outgoing(out).State; got != store.Queued {
		t.Errorf("mail is %s while paused", got)
	}

	w.tx(func(tx *store.Tx) error { return tx.ResumeMailbox(w.user.ID, w.box.ID) })
	w.until("mail of the pause", w.shows(store.Inbox, "before", "meanwhile"))
	w.until("sent", func() bool { return w.outgoing(out).State == store.SentState })
	w.until("connected again", w.connected())
	w.until("the copy", w.shows(store.Sent, "Later"))
	w.same()
}

func TestPauseAndResumeInARowLeaveOneWorker(t *testing.T) {
	w := newWorld(t)
	w.wakeOnly()
	w.deliver("", "one")
	w.run()
	w.until("connected", w.connected())
	for range 5 {
		w.tx(func(tx *store.Tx) error { return tx.PauseMailbox(w.user.ID, w.box.ID) })
		w.tx(func(tx *store.Tx) error { return tx.ResumeMailbox(w.user.ID, w.box.ID) })
	}
	w.until("connected again", w.connected())
	w.deliver("", "two")
	w.until("new mail", w.shows(store.Inbox, "one", "two"))
}

func TestDisabledOwnersWorkerStopsByTheWakeUpAlone(t *testing.T) {
	w := newWorld(t)
	w.wakeOnly()
	other := store.User{Email: "root@contoso.example", Name: "Root", Role: store.RoleAdmin}
	w.tx(func(tx *store.Tx) error { return tx.AddUser(&other) })
	w.run()
	w.until("connected", w.connected())
	user, err := w.st.User(context.Background(), w.user.ID)
	check(t, err)
	user.DisabledAt = 1
	w.tx(func(tx *store.Tx) error { return tx.UpdateUser(user) })
	w.until("its worker stopped", w.noWorker)
	user.DisabledAt = 0
	w.tx(func(tx *store.Tx) error { return tx.UpdateUser(user) })
	w.deliver("", "welcome back")
	w.until("mail for the enabled", w.shows(store.Inbox, "welcome back"))
}

// refuseTokens makes the sign-in service refuse with this error, and tells how to end that.
func (w *world) refuseTokens(err error) (mend func()) {
	set := func(err error) {
		w.tokens.mu.Lock()
		defer w.tokens.mu.Unlock()
		w.tokens.refuse = err
	}
	set(err)
	return func() { set(nil) }
}

func TestWhatTheSignInServiceSaysDecidesWhoIsNeeded(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want store.MailboxState
	}{
		"grant withdrawn": {problem.New(problem.Reconnect, ""), store.NeedsYou},
		"policy":          {problem.New(problem.SignInBlocked, ""), store.NeedsAdmin},
		"client secret":   {problem.New(problem.ProviderSecret, ""), store.NeedsOperator},
		"away":            {problem.New(problem.ProviderDown, http.StatusText(http.StatusServiceUnavailable)), store.Offline},
		"our own fault":   {errors.New("disk full"), store.Offline},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			mend := w.refuseTokens(c.err)
			w.run()
			w.until(string(c.want), func() bool { return w.state() == c.want })
			if w.mailbox().Problem == nil {
				t.Error("no problem is told")
			}
			mend()
		})
	}
}

func TestNewSecretIsTriedAtOnce(t *testing.T) {
	w := newWorld(t)
	w.wakeOnly()
	mend := w.refuseTokens(problem.New(problem.ProviderSecret, "The client secret has expired."))
	w.run()
	w.until("needs the operator", func() bool { return w.state() == store.NeedsOperator })
	if left := w.mailbox().RetryAt - time.Now().UnixMilli(); left < time.Minute.Milliseconds() {
		t.Errorf("tried again in %d ms", left)
	}
	mend()
	w.tx(func(tx *store.Tx) error { return tx.UpdateProvider(&w.provider) })
	w.until("connected without waiting", w.connected())
	if box := w.mailbox(); box.Problem != nil || box.RetryAt != 0 {
		t.Errorf("left over: %v, retry at %d", box.Problem, box.RetryAt)
	}
}

func TestTroubleOfTheMailServerNeverNeedsTheOwner(t *testing.T) {
	for _, c := range []struct {
		fault simulator.Fault
		value string
	}{
		{simulator.Unavailable, "no"}, {simulator.ConnectionDrop, ""}, {simulator.IMAPRefuse, ""},
		{simulator.NotConnected, ""}, {simulator.CutIMAP, "SELECT"}, {simulator.Throttle, "1000"},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			w := newWorld(t)
			w.run()
			w.until("connected", w.connected())
			w.sim.Set("*", c.fault, c.value)
			w.sim.Expire(ada) // ends the connection that is there
			w.deliver("", "news")
			w.manager.SyncNow(w.box.ID)
			w.until("not well", func() bool { s := w.state(); return s == store.Offline || s == store.Throttled })
			if w.mailbox().RetryAt == 0 {
				t.Error("nobody is told when it is tried again")
			}
			w.sim.Clear("*", c.fault)
			w.manager.SyncNow(w.box.ID)
			w.until("well again, and says so", w.connected())
		})
	}
}
