package simulator

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

func TestFaultsHoldForAnAddressATenantOrEverybody(t *testing.T) {
	sim, app := start(t, Options{})
	w := session(t, sim, app, ada)
	for _, scope := range []string{"ADA@contoso.example", "contoso.example", sim.tenant("contoso.example").ID, "*"} {
		sim.Set(scope, Unavailable, "no")
		w.expect("NOOP", "NO Server Unavailable. 15")
		sim.Clear(scope, Unavailable)
		w.expect("NOOP", "OK NOOP completed.")
	}
	sim.Set(grace, Unavailable, "no")
	w.expect("NOOP", "OK NOOP completed.")
	sim.SetTimes(ada, Unavailable, "no", 2)
	w.expect("NOOP", "NO Server Unavailable. 15")
	w.expect("NOOP", "NO Server Unavailable. 15")
	w.expect("NOOP", "OK NOOP completed.")
}

func TestFurtherIMAPFaults(t *testing.T) {
	sim, app := start(t, Options{})
	fill(t, sim, ada, 1)
	w := session(t, sim, app, ada)
	w.ask("SELECT INBOX")

	sim.Set(ada, TabFolder, "")
	if list := strings.Join(w.ask(`LIST "" *`), "\n"); !strings.Contains(list, "* LIST (\\HasNoChildren) \"/\" Odd\tname\n") {
		t.Error(list)
	}
	sim.Set(ada, StrayExpunge, "")
	w.expect("NOOP", "* 2 EXPUNGE", "OK NOOP completed.")
	sim.Set(ada, UglyStructure, "1")
	w.expect("FETCH 1 BODYSTRUCTURE", `* 1 FETCH (BODYSTRUCTURE (NIL NIL NIL NIL NIL "7BIT" 0 NIL NIL NIL NIL))`, "OK FETCH completed.")
	sim.Clear(ada, "")

	sim.Set(ada, SlowIMAP, "30ms")
	began := time.Now()
	w.expect("NOOP", "OK NOOP completed.")
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("the answer came after %v", took)
	}
	sim.Set(ada, CutIMAP, "uid fetch")
	w.send("B1 UID FETCH 1 FLAGS")
	w.expectEnd()

	sim.Set(ada, NotConnected, "")
	session(t, sim, app, ada).expect("NAMESPACE", "BAD User is authenticated but not connected.")
	tokens, err := sim.Grant(ada, app.ID)
	check(t, err)
	sim.Set(ada, IMAPRefuse, "")
	w = dialIMAP(t, sim)
	w.line()
	w.expect("AUTHENTICATE XOAUTH2 "+response(ada, tokens.Access), "NO AUTHENTICATE failed.")
	sim.Set("*", ConnectionDrop, "")
	_, err = imapclient.DialTLS(sim.IMAPAddr(), &imapclient.Options{TLSConfig: trusting(t, sim)})
	if err == nil {
		t.Error("a dropped connection was greeted")
	}
}

func TestFurtherSMTPFaults(t *testing.T) {
	c := &clock{}
	sim, app := start(t, Options{Now: c.Now})
	sim.SetTimes("*", SMTPGreeting, "down", 1)
	equal(t, "greeting", dialSMTP(t, sim).reply(), "421 4.3.2 Service not available")

	s := signedInSMTP(t, sim, app, ada)
	s.expect("MAIL FROM:<ada@contoso.example>", "250 2.1.0 Sender OK")
	sim.SetTimes(ada, SMTPRcpt, "notfound", 1)
	s.expect("RCPT TO:<grace@contoso.example>", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup")

	sim.Set(ada, SMTPSlow, "30ms")
	began := time.Now()
	s.mail(ada, []string{grace}, outgoing)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("the answer came after %v", took)
	}
	sim.Clear(ada, SMTPSlow)

	s.mail(ada, []string{grace}, outgoing)
	equal(t, "wait at 2 a minute", sim.overRate(sim.account(ada), 2).Round(time.Minute), time.Minute)
	equal(t, "wait at 30 a minute", sim.overRate(sim.account(ada), 30), 0)
	c.pass(2 * time.Minute)
	equal(t, "wait after two minutes", sim.overRate(sim.account(ada), 2), 0)
}

func TestManyClientsMayIdle(t *testing.T) {
	sim, app := start(t, Options{})
	tokens, err := sim.Grant(ada, app.ID)
	check(t, err)
	clients := make([]*wire, 150)
	for i := range clients {
		w := dialIMAP(t, sim)
		w.line()
		w.expect("AUTHENTICATE XOAUTH2 "+response(ada, tokens.Access), "OK AUTHENTICATE completed.")
		w.ask("SELECT INBOX")
		w.send("B1 IDLE")
		w.line()
		clients[i] = w
	}
	began := time.Now()
	fill(t, sim, ada, 1)
	for _, w := range clients {
		equal(t, "pushed", w.line(), "* 1 EXISTS")
	}
	t.Logf("%d clients heard of one mail in %v", len(clients), time.Since(began))
}
