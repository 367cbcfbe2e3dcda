package mailbox

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// The numbers are those of the list of what Microsoft 365 does. Each test switches the behaviour on,
// looks at what the person is shown, and mends it.

// face is what a person sees of a problem.
type face struct {
	code  problem.Code
	who   problem.Who
	words string // in the detail, or in the title
	raw   string
	line  string // in the message to the administrator
}

func (f face) sees(t *testing.T, p *problem.Problem) {
	t.Helper()
	if p == nil || p.Code != f.code || p.Who != f.who || !strings.Contains(p.Title+" "+p.Detail, f.words) || !strings.Contains(p.Raw, f.raw) {
		t.Errorf("shown: %+v, want %+v", p, f)
		return
	}
	if p.Title == "" || p.Action == "" {
		t.Errorf("%s: nobody is told what to do", p.Code)
	}
	if message := p.Message(ada); (p.Who == problem.Admin) != strings.Contains(message, "Could you please") || !strings.Contains(message, f.line) {
		t.Errorf("%s: message %q", p.Code, message)
	}
}

// shown is the mailbox as its owner sees it.
func (w *world) shown() store.Mailbox {
	w.t.Helper()
	box, err := w.st.Mailbox(context.Background(), w.user.ID, w.box.ID)
	check(w.t, err)
	return box
}

func (w *world) trouble() bool { p := w.shown().Problem; return p != nil }

// again ends the connections, so that the worker signs in anew.
func (w *world) again() { w.sim.Expire(ada) }

func TestBehaviour08TokensThatLiveForSecondsKeepMailComing(t *testing.T) {
	w := newWorld(t)
	w.sim.Set(ada, simulator.TokenLife, "3s")
	w.sim.Set(ada, simulator.TokenSize, "4096")
	w.run()
	w.until("connected", w.connected())
	for _, subject := range []string{"one", "two", "three"} {
		w.deliver("", subject)
		w.again()
		w.until(subject, func() bool { return slices.Contains(w.subjects(store.Inbox), subject) })
	}
	if w.trouble() {
		t.Errorf("a routine renewal is shown: %v", w.shown().Problem)
	}
}

func TestBehaviour10XOAUTH2(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(w *world)
		face  face
	}{
		"refused": {func(w *world) { w.sim.Set(ada, simulator.IMAPRefuse, "") },
			face{problem.IMAPRefused, problem.You, "did not take the token", "AUTHENTICATE failed.", ""}},
		"refused in Gmail's manner": {func(w *world) { w.sim.Set(ada, simulator.IMAPGmail, ""); w.sim.Set(ada, simulator.IMAPRefuse, "") },
			face{problem.IMAPRefused, problem.You, "", "AUTHENTICATE failed.", ""}},
		"a token for Graph": {func(w *world) { w.sim.Set(ada, simulator.TokenAudience, "https://graph.microsoft.com") },
			face{problem.IMAPRefused, problem.You, "for something else than mail", "AUTHENTICATE failed.", ""}},
		"a token without the permission": {func(w *world) {
			w.sim.Set(ada, simulator.ScopeLess, "https://outlook.office.com/IMAP.AccessAsUser.All")
		},
			face{problem.IMAPRefused, problem.You, "did not take the token", "AUTHENTICATE failed.", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run()
			w.until("connected", w.connected())
			c.spoil(w)
			w.again()
			w.until("trouble", w.trouble)
			box := w.shown()
			if box.State != store.Offline || box.RetryAt == 0 {
				t.Errorf("state %s, again at %d: one refusal does not prove that the grant is gone", box.State, box.RetryAt)
			}
			c.face.sees(t, box.Problem)
			w.sim.Clear(ada, "")
			w.until("connected by itself", w.connected())
			if w.trouble() {
				t.Errorf("the problem stays: %v", w.shown().Problem)
			}
		})
	}
}

func TestBehaviour11AuthenticatedButNotConnected(t *testing.T) {
	const raw = "User is authenticated but not connected."
	for name, c := range map[string]struct {
		tenant string
		spoil  func(w *world)
		mend   func(w *world)
		face   face
	}{
		"IMAP switched off": {"", func(w *world) { w.sim.Set(ada, simulator.NotConnected, "") }, func(w *world) { w.sim.Clear(ada, "") },
			face{problem.NotConnected, problem.Admin, "IMAP is switched off", raw, "Set-CASMailbox " + ada + " -ImapEnabled $true"}},
		"too many connections": {"", func(w *world) { w.sim.Set(ada, simulator.ConnectionLimit, "0") }, func(w *world) { w.sim.Clear(ada, "") },
			face{problem.NotConnected, problem.Admin, "too many programs", raw, ""}},
		"personal account": {consumers, func(w *world) { w.sim.Set(ada, simulator.NotConnected, "") }, func(w *world) { w.sim.Clear(ada, "") },
			face{problem.NotConnected, problem.You, "switched off at first", raw, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if c.tenant != "" {
				w.tx(func(tx *store.Tx) error { return tx.RemoveMailbox(w.user.ID, w.box.ID) })
				w.box.ID, w.box.TenantID = "", c.tenant
				w.tx(func(tx *store.Tx) error { return tx.AddMailbox(&w.box) })
			}
			w.run()
			w.until("connected", w.connected())
			c.spoil(w)
			w.again()
			w.until("trouble", w.trouble)
			if box := w.shown(); box.State != store.Offline || box.RetryAt-box.StateSince < rarely.Milliseconds()/2 {
				t.Errorf("state %s, again at %d", box.State, box.RetryAt)
			}
			c.face.sees(t, w.shown().Problem)
			c.mend(w)
			w.manager.SyncNow(w.box.ID) // the person looks again
			w.until("connected", w.connected())
		})
	}

	t.Run("a shared mailbox opens with one's own sign-in", func(t *testing.T) {
		w := newWorld(t)
		const support = "support@contoso.example"
		_, err := w.sim.AddUser(simulator.User{Address: support, Name: "Support", Shared: true, FullAccess: []string{ada}})
		check(t, err)
		s, err := w.signInAs(support)
		check(t, err)
		s.close()
	})
}

// consumers is the tenant of personal accounts.
const consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

// signInAs opens a session with Ada's token under another name.
func (w *world) signInAs(login string) (*session, error) {
	w.t.Helper()
	token, _, err := w.tokens.Access(context.Background(), "")
	check(w.t, err)
	return signIn(context.Background(), w.dial, w.provider, login, token, 10*time.Second)
}

func TestBehaviour19SigningInToSend(t *testing.T) {
	for value, want := range map[string]struct {
		state store.OutgoingState
		face  face
	}{
		"refused":  {store.Failed, face{problem.SMTPRefused, problem.You, "did not take the token", "535 5.7.3 Authentication unsuccessful", ""}},
		"tenant":   {store.Failed, face{problem.SMTPDisabled, problem.Admin, "The organisation does not allow", "disabled for the Tenant", "Set-TransportConfig -SmtpClientAuthenticationDisabled $false"}},
		"mailbox":  {store.Failed, face{problem.SMTPDisabled, problem.Admin, "This mailbox may not send", "disabled for the Mailbox", "Set-CASMailbox " + ada + " -SmtpClientAuthenticationDisabled $false"}},
		"criteria": {store.Failed, face{problem.SignInBlocked, problem.Admin, "security policy", "did not meet the criteria", "Conditional Access"}},
		"locked":   {store.Failed, face{problem.AccountDisabled, problem.Admin, "locked", "account is locked", "unlock this account"}},
		"basic":    {store.Failed, face{problem.SMTPRefused, problem.Operator, "password", "basic authentication is disabled", ""}},
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run()
			w.until("connected", w.connected())
			w.sim.Set(ada, simulator.SMTPAuth, value)
			w.meets(t, value, want.state, want.face)
			// Receiving goes on.
			w.deliver("", "still here")
			w.until("mail", func() bool { return slices.Contains(w.subjects(store.Inbox), "still here") })
		})
	}
}

func TestBehaviour19AMailOnItsWay(t *testing.T) {
	for value, c := range map[string]struct {
		fault simulator.Fault
		state store.OutgoingState
		face  face
	}{
		"busy":       {simulator.SMTPMail, store.Queued, face{problem.SendLimit, problem.Wait, "three mails", "432 4.3.2", ""}},
		"concurrent": {simulator.SMTPMail, store.Queued, face{problem.SendLimit, problem.Wait, "three programs", "432 4.3.2", ""}},
		"prx5":       {simulator.SMTPData, store.Queued, face{problem.MailServerDown, problem.Wait, "passing fault", "451 4.7.0", ""}},
		"down":       {simulator.SMTPMail, store.Queued, face{problem.MailServerDown, problem.Wait, "closing or too busy", "421 4.3.2", ""}},
		"reputation": {simulator.SMTPMail, store.Failed, face{problem.SignInBlocked, problem.Admin, "no mail from this organisation yet", "550 5.7.708", "Microsoft support"}},
		"outbound":   {simulator.SMTPData, store.Failed, face{problem.AccountDisabled, problem.Admin, "spam", "550 5.1.8", "Restricted entities"}},
		"sendas":     {simulator.SMTPData, store.Failed, face{problem.SenderRefused, problem.Admin, "as itself only", "550 5.7.60", "Add-RecipientPermission"}},
		"quota":      {simulator.SMTPData, store.Failed, face{problem.SendLimit, problem.You, "24 hours", "554 5.2.0", ""}},
		"full":       {simulator.SMTPData, store.Failed, face{problem.MailboxFull, problem.You, "cannot send", "554 5.2.2", ""}},
		"size":       {simulator.SMTPMail, store.Failed, face{problem.MailTooLarge, problem.You, "", "552 5.3.4", ""}},
		"address":    {simulator.SMTPRcpt, store.Failed, face{problem.RecipientRefused, problem.You, grace, "501 5.1.3", ""}},
		"notfound":   {simulator.SMTPRcpt, store.Failed, face{problem.RecipientRefused, problem.You, grace, "550 5.1.10", ""}},
		"530 5.7.57 Client not authenticated to send mail.": {simulator.SMTPMail, store.Failed, face{problem.SMTPRefused, problem.Operator, "none took place", "530 5.7.57", ""}},
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.run()
			w.until("connected", w.connected())
			w.sim.Set(ada, c.fault, value)
			w.meets(t, value, c.state, c.face)
		})
	}
}

// meets sends a mail, looks at what its writer is shown, mends the fault and sees the mail leave once.
func (w *world) meets(t *testing.T, subject string, state store.OutgoingState, f face) {
	t.Helper()
	subject = "mail " + problemName(subject)
	id := w.queue(subject)
	w.until(string(state)+" with a problem", func() bool { o := w.outgoing(id); return o.State == state && o.Problem != nil })
	f.sees(t, w.outgoing(id).Problem)
	w.sim.Clear(ada, "")
	if state == store.Failed {
		w.tx(func(tx *store.Tx) error { return tx.RetryOutgoing(w.user.ID, id) })
	}
	w.until("sent", w.is(id, store.SentState))
	if o := w.outgoing(id); o.Problem != nil {
		t.Errorf("the problem stays: %v", o.Problem)
	}
	if n := w.arrived(subject); n != 1 {
		t.Errorf("%d mails arrived, want 1", n)
	}
}

// problemName makes a word of what a fault is told.
func problemName(value string) string {
	word, _, _ := strings.Cut(value, " ")
	return word
}

func TestBehaviour19TheDaysRecipients(t *testing.T) {
	w := newWorld(t)
	w.run()
	w.until("connected", w.connected())
	w.sim.Set(ada, simulator.SMTPDaily, "1")
	first := w.queue("first")
	w.until("sent", w.is(first, store.SentState))
	second := w.queue("second")
	w.until("failed", w.is(second, store.Failed))
	face{problem.SendLimit, problem.You, "24 hours", "SubmissionQuotaExceeded", ""}.sees(t, w.outgoing(second).Problem)
	w.sim.Clear(ada, simulator.SMTPDaily)
	w.tx(func(tx *store.Tx) error { return tx.RetryOutgoing(w.user.ID, second) })
	w.until("sent", w.is(second, store.SentState))
}

func TestBehaviour19SendAsDenied(t *testing.T) {
	w := newWorld(t)
	w.run()
	w.until("connected", w.connected())
	asGrace := func(o *store.Outgoing) {
		o.From = grace
		o.Raw = []byte(strings.Replace(string(o.Raw), "From: ada@", "From: grace@", 1))
	}
	id := w.queue("as grace", asGrace)
	w.until("failed", w.is(id, store.Failed))
	face{problem.SenderRefused, problem.Admin, "may send as itself only", "554 5.2.252 SendAsDenied", "Add-RecipientPermission <From address> -Trustee " + ada}.sees(t, w.outgoing(id).Problem)
	w.sim.Set(ada, simulator.SendAsToo, grace)
	w.tx(func(tx *store.Tx) error { return tx.RetryOutgoing(w.user.ID, id) })
	w.until("sent", w.is(id, store.SentState))
}

func TestBehaviour19ALostAnswerIsLookedUp(t *testing.T) {
	w := newWorld(t)
	w.run()
	w.until("connected", w.connected())
	w.sim.SetTimes(ada, simulator.SMTPLost, "taken", 1)
	taken := w.queue("taken")
	w.until("found in Sent", w.is(taken, store.SentState))
	w.sim.SetTimes(ada, simulator.SMTPLost, "dropped", 1)
	dropped := w.queue("dropped")
	w.until("unconfirmed", w.is(dropped, store.Unconfirmed))
	face{problem.SendUncertain, problem.You, "may have been sent", "", ""}.sees(t, w.outgoing(dropped).Problem)
	w.tx(func(tx *store.Tx) error { return tx.RetryOutgoing(w.user.ID, dropped) }) // a person decides
	w.until("sent", w.is(dropped, store.SentState))
	if w.arrived("taken") != 1 || w.arrived("dropped") != 1 {
		t.Errorf("arrived %d and %d times, want once each", w.arrived("taken"), w.arrived("dropped"))
	}
}
