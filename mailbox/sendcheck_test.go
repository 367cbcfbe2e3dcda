package mailbox

import (
	"strings"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

func TestReceiveOnlyLightsUpByItself(t *testing.T) {
	w := newWorld(t)
	w.timing.SendCheck = 100 * time.Millisecond
	w.sim.Set(ada, simulator.SMTPAuth, "tenant")
	w.run()
	w.until("connected", w.connected())
	id := w.queue("Hello")
	w.until("the refusal", w.is(id, store.Failed))
	if p := w.outgoing(id).Problem; p == nil || p.Code != problem.SMTPDisabled || p.Who != problem.Admin || !strings.Contains(p.Message(ada), "Set-TransportConfig") {
		t.Errorf("the mail says %v", p)
	}
	box := w.mailbox()
	if box.CanSend || box.Shown() != store.ReceiveOnly || box.SendProblem == nil || box.SendProblem.Code != problem.SMTPDisabled || box.SendCheckedAt == 0 {
		t.Errorf("%s, can send %v, %v", box.Shown(), box.CanSend, box.SendProblem)
	}
	w.until("tried again", func() bool { return w.mailbox().SendCheckedAt > box.SendCheckedAt })
	w.sim.Clear(ada, simulator.SMTPAuth)
	w.until("it can send", func() bool { return w.mailbox().CanSend })
	if box := w.mailbox(); box.SendProblem != nil || box.Shown() != store.Connected {
		t.Errorf("%s, %v", box.Shown(), box.SendProblem)
	}
	w.tx(func(tx *store.Tx) error { return tx.RetryOutgoing(w.user.ID, id) })
	w.until("sent", w.is(id, store.SentState))
}

func TestOwnerHasSendingCheckedAtOnce(t *testing.T) {
	w := newWorld(t)
	w.timing.SendCheck = 24 * time.Hour
	w.sim.Set(ada, simulator.SMTPAuth, "mailbox")
	w.run()
	w.until("connected", w.connected())
	id := w.queue("Hello")
	w.until("the refusal", w.is(id, store.Failed))
	was := w.mailbox().SendCheckedAt
	ask := func() { w.tx(func(tx *store.Tx) error { return tx.AskToCheckSending(w.user.ID, w.box.ID) }) }
	ask()
	w.until("looked, and still not", func() bool { return w.mailbox().SendCheckedAt > was })
	if w.mailbox().CanSend {
		t.Error("it can send")
	}
	w.sim.Clear(ada, simulator.SMTPAuth)
	ask()
	w.until("it can send", func() bool { return w.mailbox().CanSend })
}

func TestAwaySMTPServerIsNoReasonToBeReceiveOnly(t *testing.T) {
	w := newWorld(t)
	w.firstRetry()
	w.sim.SetTimes(ada, simulator.SMTPAuth, "451 4.7.0 Temporary server error. Please try again later. PRX4", 2)
	w.run()
	w.until("connected", w.connected())
	id := w.queue("Hello")
	w.until("sent in the end", w.is(id, store.SentState))
	if box := w.mailbox(); !box.CanSend || box.SendProblem != nil {
		t.Errorf("can send %v, %v", box.CanSend, box.SendProblem)
	}
	entries, err := w.st.States(t.Context(), w.user.ID, w.box.ID, 0)
	check(t, err)
	for _, e := range entries {
		if e.State == store.ReceiveOnly {
			t.Errorf("the journal has %+v", e)
		}
	}
}
