package lab_test

import (
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/lab"
)

const bob, carol = "bob@example.test", "carol@example.test"

func TestMailSentThroughPostfixArrivesOnceAndIsInSentOnce(t *testing.T) {
	w := open(t)
	p := w.start(t.TempDir())
	c, provider := w.admin(p)
	from := c.Connect(provider, bob)
	c.Until("bob's mailbox is in step", time.Minute, func() bool { return c.Mailbox(bob).State == "connected" })

	subject := "Lab " + t.Name()
	mail := map[string]any{
		"mailbox": from, "to": []lab.Addr{{Name: "Carol", Addr: carol}}, "cc": []lab.Addr{}, "bcc": []lab.Addr{},
		"subject": subject, "html": "<p>Grüße from the <b>lab</b></p>", "text": "Grüße from the lab", "uploads": []string{},
	}
	var out, again lab.Outgoing
	c.Must("POST", "/api/outgoing", mail, &out, "Idempotency-Key", "one-window")
	c.Must("POST", "/api/outgoing", mail, &again, "Idempotency-Key", "one-window")
	if out.ID == "" || out.ID != again.ID {
		t.Fatalf("two posts with one key made %q and %q", out.ID, again.ID)
	}
	c.Until("the mail is sent and seen in Sent", time.Minute, func() bool {
		c.Must("GET", "/api/outgoing/"+out.ID, nil, &out)
		return out.State == "sent" && out.ConfirmedAt > 0
	})
	if n := count(t, w.other(carol), "INBOX", subject); n != 1 {
		t.Errorf("it arrived %d times", n)
	}
	if n := count(t, w.other(bob), "Sent Items", subject); n != 1 {
		t.Errorf("Sent holds it %d times", n)
	}
}

func TestForeignSenderAndOutsideRecipientAreProblemsNotSilence(t *testing.T) {
	w := open(t)
	p := w.start(t.TempDir())
	c, provider := w.admin(p)
	from := c.Connect(provider, bob)
	var out lab.Outgoing
	c.Must("POST", "/api/outgoing", map[string]any{
		"mailbox": from, "to": []lab.Addr{{Addr: "x@outside.test"}}, "cc": []lab.Addr{}, "bcc": []lab.Addr{},
		"subject": "nowhere", "html": "", "text": "x", "uploads": []string{},
	}, &out, "Idempotency-Key", "another-window")
	c.Until("the refusal is shown", time.Minute, func() bool {
		c.Must("GET", "/api/outgoing/"+out.ID, nil, &out)
		return out.State == "failed"
	})
	if out.Problem == nil || out.Problem.Code != "recipient_refused" || out.Problem.Raw == "" {
		t.Errorf("problem: %+v", out.Problem)
	}
}

func count(t *testing.T, c *imapclient.Client, folder, subject string) int {
	t.Helper()
	if _, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		t.Fatal(err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Subject", Value: subject}}}, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return len(found.AllUIDs())
}
