package courier

import (
	"strings"
	"testing"
	"time"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// worker does what a mailbox's worker would with the next mail of its outbox.
func (h *house) worker(box store.Mailbox, outcome store.OutgoingState, p *problem.Problem) store.Outgoing {
	h.t.Helper()
	var mail store.Outgoing
	h.until("the mailbox has a mail to send", func() bool {
		due, err := h.store.DueOutgoing(h.t.Context(), box.ID, 1<<60)
		check(h.t, err)
		if len(due) == 1 {
			mail = due[0]
		}
		return len(due) == 1
	})
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error {
		return tx.MoveOutgoing(mail.ID, store.Queued, outcome, func(m *store.Outgoing) { m.Problem = p })
	}))
	return mail
}

func TestAConnectedMailboxOfTheAdministratorSends(t *testing.T) {
	onBoth(t, func(h *house) {
		box := h.mailbox(h.ada, "ada@contoso.example")
		h.save(store.Sender{Kind: store.SenderMailbox, MailboxID: box.ID, Language: "de"}, "")
		h.run()
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		mail := h.worker(box, store.SentState, nil)
		h.until("the log says so", h.status(store.NoticeSent))
		if p := message.Parse(mail.Raw); mail.From != box.Address || mail.Recipients[0] != grace || !strings.Contains(p.Text, link) || !strings.Contains(p.Subject, "eingeladen") {
			h.t.Errorf("%+v %q", mail, p.Subject)
		}
		check(h.t, h.courier.Post(h.t.Context(), invitation(h)))
		h.worker(box, store.Failed, problem.New(problem.RecipientRefused, "").WithRaw("550 5.1.1"))
		h.until("it failed", h.status(store.NoticeFailed))
		if p := h.log()[0].Problem; p.Code != problem.RecipientRefused || p.Raw != "550 5.1.1" {
			h.t.Errorf("%+v", p)
		}
		check(h.t, h.courier.Post(h.t.Context(), Notice{Event: SecretExpires, To: grace}))
		h.worker(box, store.Unconfirmed, nil)
		h.until("nobody knows", h.status(store.NoticeUncertain))
	})
}

func TestAMailThatWaitsInTheMailboxIsNotQueuedASecondTime(t *testing.T) {
	h := newHouse(t, "")
	h.courier.Timing.Send, h.courier.Timing.Retry = 50*time.Millisecond, 10*time.Millisecond
	box := h.mailbox(h.ada, "ada@contoso.example")
	h.save(store.Sender{Kind: store.SenderMailbox, MailboxID: box.ID, Language: "en"}, "")
	h.run()
	check(t, h.courier.Post(t.Context(), invitation(h)))
	h.until("it was asked for again", func() bool { all := h.log(); return len(all) == 1 && all[0].Attempts >= 3 })
	h.worker(box, store.SentState, nil)
	h.until("it is sent", h.status(store.NoticeSent))
	all, err := h.store.Outgoings(t.Context(), h.ada.ID)
	check(t, err)
	if len(all) != 1 {
		t.Errorf("%d mails in the outbox", len(all))
	}
}

func TestNobodySendsThroughAnothersMailbox(t *testing.T) {
	h := newHouse(t, "")
	bob := h.user("bob@contoso.example", "Bob", store.RoleMember)
	theirs := h.mailbox(bob, "bob@contoso.example")
	_, err := h.courier.Save(t.Context(), h.ada, store.Sender{Kind: store.SenderMailbox, MailboxID: theirs.ID}, "")
	wantProblem(t, err, problem.Invalid)
	mine := h.mailbox(h.ada, "ada@contoso.example")
	h.save(store.Sender{Kind: store.SenderMailbox, MailboxID: mine.ID}, "")
	h.setState(mine, store.NeedsYou, problem.New(problem.Reconnect, ""))
	if step := results(t, h, store.Sender{Kind: store.SenderMailbox, MailboxID: mine.ID}, "")[StepMailbox]; step.Result != StepFailed || !strings.Contains(step.Problem.Detail, "reconnect") {
		t.Errorf("%+v", step)
	}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.RemoveMailbox(h.ada.ID, mine.ID) }))
	n, err := h.courier.SendTest(t.Context(), h.ada, grace)
	check(t, err)
	if n.Status != store.NoticeFailed || n.Problem.Code != problem.SenderMissing {
		t.Errorf("%+v", n)
	}
}
