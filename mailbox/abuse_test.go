package mailbox

import (
	"context"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

// The number is that of the project's table of threats: the name in XOAUTH2 is bound to the account
// that signed in.
func TestRow40ATokenOpensItsOwnMailboxAlone(t *testing.T) {
	w := newWorld(t)
	_, err := w.sim.Deliver(grace, "", mail("for grace alone"), nil, time.Time{})
	check(t, err)
	for _, login := range []string{grace, "nobody@contoso.example", ada + "\x01auth=Bearer x", "GRACE@contoso.example", ada + ", " + grace} {
		s, err := w.signInAs(login)
		if err == nil {
			s.close()
			t.Errorf("%q opened a mailbox with Ada's token", login)
			continue
		}
		if p := problem.Of(err); p == nil || p.Code != problem.NotConnected && p.Code != problem.IMAPRefused {
			t.Errorf("%q: %v", login, err)
		}
		token, _, err := w.tokens.Access(context.Background(), "")
		check(t, err)
		sub, err := dialSMTP(context.Background(), w.dial, w.provider, login, token, 10*time.Second)
		if err == nil {
			sub.close()
			t.Errorf("%q may send with Ada's token", login)
		}
	}
	// A mailbox row with a name that is not the account's brings nothing in.
	w.tx(func(tx *store.Tx) error { return tx.RemoveMailbox(w.user.ID, w.box.ID) })
	w.box.ID, w.box.Login = "", grace
	w.tx(func(tx *store.Tx) error { return tx.AddMailbox(&w.box) })
	w.run()
	w.until("trouble", w.trouble)
	face{problem.NotConnected, problem.Admin, "another account was chosen", "authenticated but not connected", ""}.sees(t, w.shown().Problem)
	if got := w.subjects(store.Inbox); len(got) != 0 {
		t.Errorf("mail came in: %v", got)
	}
}
