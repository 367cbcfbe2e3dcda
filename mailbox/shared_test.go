package mailbox

import (
	"slices"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// share puts a shared mailbox that Ada may open in the place of her own, connected with her own sign-in.
func (w *world) share(address string) {
	w.t.Helper()
	_, err := w.sim.AddUser(simulator.User{Address: address, Name: "Shared", Shared: true, FullAccess: []string{w.tokens.address}})
	check(w.t, err)
	own := w.box
	w.box = store.Mailbox{
		UserID: w.user.ID, ProviderID: w.provider.ID, Address: address, Login: address, SMTPLogin: w.tokens.address, Shared: address,
		Issuer: "x", TenantID: "x", ObjectID: "x", State: store.Connecting, CanSend: true, Grant: store.Sealed("\x01\x00\x00\x00\x07grant"),
	}
	check(w.t, w.st.Tx(w.t.Context(), func(tx *store.Tx) error {
		if err := tx.RemoveMailbox(w.user.ID, own.ID); err != nil {
			return err
		}
		return tx.AddMailbox(&w.box)
	}))
}

// sentCopies counts the mails with a subject in the Sent folder of a mailbox.
func (w *world) sentCopies(address, subject string) (n int) {
	w.t.Helper()
	box, err := w.sim.Mailbox(address)
	check(w.t, err)
	for _, m := range box.Folder("Sent Items").Messages {
		if strings.Contains(string(m.Raw), "Subject: "+subject+"\r\n") {
			n++
		}
	}
	return n
}

func TestASharedMailboxIsReadWithOnesOwnSignInAndSendsAsItself(t *testing.T) {
	w := newWorld(t)
	const office = "office@fabrikam.example"
	_, err := w.sim.AddUser(simulator.User{Address: "delegate@contoso.example", Name: "Delegate", SendAs: []string{office}})
	check(t, err)
	w.tokens.address = "delegate@contoso.example"
	w.share(office)
	_, err = w.sim.Deliver(office, "", mail("for the office"), nil, timeZero)
	check(t, err)
	w.run()
	w.until("its mail is here", w.shows(store.Inbox, "for the office"))
	id := w.queue("from the office", func(o *store.Outgoing) {
		o.From = office
		o.Raw = []byte(strings.Replace(string(o.Raw), "From: ada@contoso.example", "From: "+office, 1))
	})
	w.until("sent and filed", w.confirmed(id))
	sub := w.sim.Submissions("delegate@contoso.example")
	if len(sub) != 1 || sub[0].From != office {
		t.Errorf("submitted %+v", sub)
	}
	w.until("copy here", w.shows(store.Sent, "from the office"))
	if n := w.sentCopies(office, "from the office"); n != 1 {
		t.Errorf("%d copies in the shared Sent folder", n)
	}
}

func TestSendAsDeniedNamesTheRightThatADelegateLacks(t *testing.T) {
	w := newWorld(t)
	const desk = "desk@contoso.example"
	w.share(desk)
	w.run()
	w.until("connected", w.connected())
	id := w.queue("not allowed", func(o *store.Outgoing) {
		o.From = desk
		o.Raw = []byte(strings.Replace(string(o.Raw), "From: ada@contoso.example", "From: "+desk, 1))
	})
	w.until("failed", w.is(id, store.Failed))
	p := w.outgoing(id).Problem
	if p == nil || p.Code != problem.SenderRefused || p.Who != problem.Admin ||
		!strings.Contains(p.Action, "Add-RecipientPermission -Identity "+desk+" -Trustee "+ada) || !strings.Contains(p.Raw, "SendAsDenied") {
		t.Errorf("problem %+v", p)
	}
	if got := w.sentCopies(desk, "not allowed"); got != 0 {
		t.Errorf("%d copies", got)
	}
	if slices.Contains(w.subjects(store.Sent), "not allowed") {
		t.Error("it looks as if it had been sent")
	}
}
