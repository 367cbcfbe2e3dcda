package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postroom/auth"
	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// queue queues a mail from Ada to Grace.
func (w *world) queue(subject string, change ...func(*store.Outgoing)) string {
	w.t.Helper()
	o := store.Outgoing{
		ID: store.NewID(), UserID: w.user.ID, MailboxID: w.box.ID, IdempotencyKey: subject, From: ada, Recipients: []string{grace},
		Subject: subject, RFCMessageID: strings.ReplaceAll(subject, " ", "-") + "@postroom.example",
	}
	o.Raw = []byte("From: ada@contoso.example\r\nTo: grace@contoso.example\r\nSubject: " + subject + "\r\nMessage-ID: <" + o.RFCMessageID +
		">\r\nX-Postroom-Outgoing-ID: " + o.ID + "\r\nDate: Tue, 1 Sep 2026 10:00:00 +0000\r\n\r\n.dots\r\n..\r\nand text\r\n")
	for _, f := range change {
		f(&o)
	}
	check(w.t, w.st.Tx(context.Background(), func(tx *store.Tx) error {
		_, err := tx.QueueOutgoing(&o)
		return err
	}))
	return o.ID
}

func (w *world) outgoing(id string) store.Outgoing {
	o, err := w.st.Outgoing(context.Background(), w.user.ID, id)
	check(w.t, err)
	return o
}

func (w *world) is(id string, state store.OutgoingState) func() bool {
	return func() bool { return w.outgoing(id).State == state }
}

func (w *world) confirmed(id string) func() bool {
	return func() bool { return w.outgoing(id).ConfirmedAt != 0 }
}

// arrived counts the mails with a subject that Grace got.
func (w *world) arrived(subject string) (n int) {
	box, err := w.sim.Mailbox(grace)
	check(w.t, err)
	for _, m := range box.Folder("inbox").Messages {
		if strings.Contains(string(m.Raw), "Subject: "+subject+"\r\n") {
			n++
		}
	}
	return n
}

func (w *world) copies() int { return len(w.there("sent")) }

func TestSentMailArrivesOnceAndIsFiled(t *testing.T) {
	w := newWorld(t)
	w.deliver("", "Lunch?")
	w.run()
	w.until("connected", w.connected())
	asked := w.mails(store.Inbox)[0]
	id := w.queue("Re Lunch", func(o *store.Outgoing) { o.InReplyToID = asked.ID })
	w.until("confirmed", w.confirmed(id))
	o := w.outgoing(id)
	if o.State != store.SentState || o.SentAt == 0 || o.Problem != nil || o.SentUIDNext == 0 {
		t.Errorf("%+v", o)
	}
	if n := w.arrived("Re Lunch"); n != 1 || w.copies() != 1 {
		t.Errorf("%d arrived, %d copies", n, w.copies())
	}
	w.until("copy here", w.shows(store.Sent, "Re Lunch"))
	w.until("answered there", func() bool { return slices.Contains(w.there("inbox")[0].Flags, `\Answered`) })
	raw, err := w.st.OutgoingRaw(context.Background(), w.user.ID, id)
	check(t, err)
	box, err := w.sim.Mailbox(grace)
	check(t, err)
	if got := string(box.Folder("inbox").Messages[0].Raw); !strings.HasSuffix(got, string(raw[strings.Index(string(raw), "\r\n\r\n"):])) {
		t.Errorf("other bytes arrived: %q", got)
	}
	w.same()
}

func TestLostAnswerAfterDotSendsOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(*world)
		state store.OutgoingState
		sent  int
	}{
		{"taken", func(w *world) { w.sim.SetTimes(ada, simulator.SMTPLost, "taken", 1) }, store.SentState, 1},
		{"taken, copy late", func(w *world) {
			w.sim.SetTimes(ada, simulator.SMTPLost, "taken", 1)
			w.sim.Set(ada, simulator.SentLate, "300ms")
		}, store.SentState, 1},
		{"taken, Message-ID replaced", func(w *world) {
			w.sim.SetTimes(ada, simulator.SMTPLost, "taken", 1)
			w.sim.Set(ada, simulator.SMTPRewrite, "on")
		}, store.SentState, 1},
		{"taken, no copy", func(w *world) {
			w.sim.SetTimes(ada, simulator.SMTPLost, "taken", 1)
			w.sim.Set(ada, simulator.SentNone, "")
		}, store.Unconfirmed, 1},
		{"dropped", func(w *world) { w.sim.SetTimes(ada, simulator.SMTPLost, "dropped", 1) }, store.Unconfirmed, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			c.set(w)
			w.run()
			w.until("connected", w.connected())
			id := w.queue("Once")
			w.until("an end", w.is(id, c.state))
			if n := w.arrived("Once"); n != c.sent {
				t.Errorf("arrived %d times", n)
			}
			if o := w.outgoing(id); c.state == store.Unconfirmed && (o.Problem == nil || o.Problem.Code != problem.SendUncertain) {
				t.Errorf("problem %v", o.Problem)
			}
		})
	}
}

func TestManyLostAnswersNeverSendTwice(t *testing.T) {
	w := newWorld(t)
	w.sim.SetTimes(ada, simulator.SMTPLost, "taken", 6)
	w.run()
	w.until("connected", w.connected())
	var sent []string
	for i := range 12 {
		sent = append(sent, w.queue(fmt.Sprintf("Mail no %d", i)))
	}
	for _, id := range sent {
		w.until("sent", w.is(id, store.SentState))
	}
	for i := range 12 {
		if n := w.arrived(fmt.Sprintf("Mail no %d", i)); n != 1 {
			t.Errorf("mail %d arrived %d times", i, n)
		}
	}
}

func TestRefusalsAreRetriedOrSaid(t *testing.T) {
	for _, c := range []struct {
		name, value string
		fault       simulator.Fault
		times       int
		state       store.OutgoingState
		code        problem.Code
	}{
		{"busy at RCPT", "451 4.7.0 Temporary server error. Please try again later. PRX4", simulator.SMTPRcpt, 1, store.SentState, ""},
		{"busy at DATA", "451 4.7.0 Temporary server error. Please try again later. PRX4", simulator.SMTPData, 1, store.SentState, ""},
		{"cut at MAIL", "MAIL", simulator.SMTPCut, 1, store.SentState, ""},
		{"token refused once", "refused", simulator.SMTPAuth, 1, store.SentState, ""},
		{"token refused", "refused", simulator.SMTPAuth, 0, store.Failed, problem.SMTPRefused},
		{"SMTP switched off", "mailbox", simulator.SMTPAuth, 0, store.Failed, problem.SMTPDisabled},
		{"recipient", "550 5.1.10 RESOLVER.ADR.RecipientNotFound", simulator.SMTPRcpt, 0, store.Failed, problem.RecipientRefused},
		{"recipient of a domain it does not send to", "550 5.7.1 <x@outside.test>: Recipient address rejected", simulator.SMTPRcpt, 0, store.Failed, problem.RecipientRefused},
		{"send as", "554 5.2.252 SendAsDenied; ada not allowed to send as other", simulator.SMTPData, 0, store.Failed, problem.SenderRefused},
		{"too large", "552 5.3.4 Message size exceeds fixed maximum message size", simulator.SMTPData, 0, store.Failed, problem.MailTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.firstRetry()
			if c.times > 0 {
				w.sim.SetTimes(ada, c.fault, c.value, c.times)
			} else {
				w.sim.Set(ada, c.fault, c.value)
			}
			w.run()
			w.until("connected", w.connected())
			id := w.queue("Hello")
			w.until("an end", w.is(id, c.state))
			sent := 0
			if c.state == store.SentState {
				sent = 1
			}
			if n := w.arrived("Hello"); n != sent {
				t.Errorf("arrived %d times", n)
			}
			if o := w.outgoing(id); c.code != "" && (o.Problem == nil || o.Problem.Code != c.code || o.Problem.Raw == "") {
				t.Errorf("problem %v", o.Problem)
			}
			if c.state != store.Failed {
				return
			}
			w.sim.Clear(ada, c.fault)
			check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error { return tx.RetryOutgoing(w.user.ID, id) }))
			w.until("sent after all", w.is(id, store.SentState))
		})
	}
}

func (w *world) firstRetry() { w.timing.Resend = 20e6 }

func TestInterruptedSendsAreTakenUp(t *testing.T) {
	for _, c := range []struct {
		at, end store.OutgoingState
		sent    int
	}{
		{store.Claimed, store.SentState, 1},
		{store.InData, store.Unconfirmed, 0},   // it may have been sent: never again by itself
		{store.Checking, store.Unconfirmed, 0}, // likewise
	} {
		t.Run(string(c.at), func(t *testing.T) {
			w := newWorld(t)
			id := w.queue("Interrupted")
			check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error {
				return tx.MoveOutgoing(id, store.Queued, c.at, nil)
			}))
			w.run()
			w.until("an end", w.is(id, c.end))
			if n := w.arrived("Interrupted"); n != c.sent {
				t.Errorf("arrived %d times", n)
			}
		})
	}
}

func TestStoppingInTheMiddleOfManySendsLosesNone(t *testing.T) {
	w := newWorld(t)
	w.timing.Drain = 1 // as if killed
	w.sim.Set(ada, simulator.SMTPSlow, "30ms")
	var sent []string
	for i := range 12 {
		sent = append(sent, w.queue(fmt.Sprintf("Mail no %d", i)))
	}
	for i := range 8 {
		stop := w.run()
		w.until("something is under way", func() bool {
			return slices.ContainsFunc(sent, func(id string) bool {
				s := w.outgoing(id).State
				return s == store.InData || s == store.SentState && i > 0 && w.outgoing(id).ConfirmedAt != 0
			})
		})
		stop()
	}
	w.run()
	for _, id := range sent {
		w.until("an end", func() bool { s := w.outgoing(id).State; return s == store.SentState || s == store.Unconfirmed })
	}
	for i, id := range sent {
		n := w.arrived(fmt.Sprintf("Mail no %d", i))
		if s := w.outgoing(id).State; n > 1 || s == store.SentState && n != 1 {
			t.Errorf("mail %d is %s and arrived %d times", i, s, n)
		}
	}
}

func TestCopyIsFiledOnceWhereTheServerKeepsNone(t *testing.T) {
	w := newWorld(t)
	w.sim.Set(ada, simulator.SentNone, "")
	w.provider.FilesSent = store.SentByClient
	check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error { return tx.UpdateProvider(&w.provider) }))
	stop := w.run()
	w.until("connected", w.connected())
	id := w.queue("File me")
	w.until("filed", w.confirmed(id))
	w.until("copy here", w.shows(store.Sent, "File me"))
	stop()
	// A crash between APPEND and its note: it must be found, not appended again.
	check(t, w.st.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.MoveOutgoing(id, store.SentState, store.SentState, func(o *store.Outgoing) { o.ConfirmedAt = 0 })
	}))
	w.run()
	w.until("found again", w.confirmed(id))
	if w.copies() != 1 || !slices.Contains(w.there("sent")[0].Flags, `\Seen`) {
		t.Errorf("%d copies, %v", w.copies(), w.there("sent"))
	}
	w.same()
}

func TestForgedOutgoingIDProvesNothing(t *testing.T) {
	w := newWorld(t)
	w.sim.SetTimes(ada, simulator.SMTPLost, "dropped", 1)
	w.run()
	w.until("connected", w.connected())
	id := w.queue("Mine")
	w.until("unconfirmed", w.is(id, store.Unconfirmed))
	_, err := w.sim.Deliver(ada, "", []byte("From: mallory@evil.example\nX-Postroom-Outgoing-ID: "+id+"\nSubject: trick\n\nx\n"), nil, timeZero)
	check(t, err)
	w.until("trick here", w.shows(store.Inbox, "trick"))
	if o := w.outgoing(id); o.State != store.Unconfirmed {
		t.Errorf("state %s", o.State)
	}
}

func TestProbeFindsTheLoginAndSaysWhetherItCanSend(t *testing.T) {
	w := newWorld(t)
	probe := NewProbe(w.dial)
	token, _, err := w.tokens.Access(t.Context(), "")
	check(t, err)
	var told []string
	trial := func(p store.Provider, token auth.Secret, logins ...string) auth.Trial {
		told = nil
		return auth.Trial{Provider: p, Logins: logins, Token: token, Tell: func(s store.Step) {
			told = append(told, strings.TrimSpace(string(s.Name)+" "+string(s.State)+" "+s.Detail))
		}}
	}
	found, err := probe(t.Context(), trial(w.provider, token, "nobody@contoso.example", ada))
	check(t, err)
	if found.Login != ada || !found.CanSend || found.SMTPLogin != "" {
		t.Errorf("%+v", found)
	}
	want := "imap running,imap ok " + ada + ",inbox running,inbox ok,smtp running,smtp ok,sent running,sent ok Sent Items"
	if got := strings.Join(told, ","); got != want {
		t.Errorf("told %s", got)
	}
	w.sim.Set(ada, simulator.SMTPAuth, "tenant")
	found, err = probe(t.Context(), trial(w.provider, token, ada))
	check(t, err)
	if found.CanSend || found.SendProblem == nil || found.SendProblem.Code != problem.SMTPDisabled {
		t.Errorf("%+v", found)
	}
	if _, err = probe(t.Context(), trial(w.provider, token, "nobody@contoso.example")); !problem.Is(err, problem.NotConnected) {
		t.Errorf("wrong login: %v", err)
	}
	if _, err = probe(t.Context(), trial(w.provider, "garbage", ada)); !problem.Is(err, problem.IMAPRefused) {
		t.Errorf("wrong token: %v", err)
	}
	strange := w.provider
	strange.CAPEM = ""
	if _, err = probe(t.Context(), trial(strange, token, ada)); !problem.Is(err, problem.MailServerTLS) {
		t.Errorf("unknown CA: %v", err)
	}
}
