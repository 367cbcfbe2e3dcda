package courier

import (
	"context"
	"fmt"

	"postroom/problem"
	"postroom/store"
)

// mailboxWay queues mail in a connected mailbox, whose worker sends it like any other. The copy in its
// Sent folder is seen by the administrator whose mailbox it is.
type mailboxWay struct {
	*Courier
	sender store.Sender
}

// send queues the mail and waits for what becomes of it. A mail that is still waiting when the time is
// over is asked for again later: the idempotency key keeps it the same mail.
func (w *mailboxWay) send(ctx context.Context, mail letter) error {
	if err := w.usable(ctx); err != nil {
		return err
	}
	feed, unwatch := w.Store.WatchUser(w.sender.UserID)
	defer unwatch()
	out := store.Outgoing{
		ID: store.NewID(), UserID: w.sender.UserID, MailboxID: w.sender.MailboxID, IdempotencyKey: "notice-" + mail.id,
		From: mail.from, Recipients: mail.recipients, Subject: mail.subject, RFCMessageID: mail.messageID, Raw: mail.raw,
	}
	err := w.Store.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.QueueOutgoing(&out)
		return err
	})
	if err != nil {
		return fmt.Errorf("queue in mailbox: %w", err)
	}
	for {
		now, err := w.Store.Outgoing(ctx, w.sender.UserID, out.ID)
		if problem.Is(err, problem.NotFound) {
			return problem.New(problem.MailRefused, "The mail was taken back in the outbox of the sending mailbox.")
		}
		if done, outcome := fate(now); err == nil && done {
			return outcome
		}
		select {
		case <-ctx.Done():
			return errPending
		case <-feed:
		}
	}
}

// fate says whether a mail in a mailbox's outbox has come to its end, and to which.
func fate(o store.Outgoing) (done bool, err error) {
	switch o.State {
	case store.SentState:
		return true, nil
	case store.Unconfirmed:
		return true, errUnanswered
	case store.Failed:
		if o.Problem != nil {
			return true, o.Problem
		}
		return true, problem.New(problem.MailRefused, "")
	}
	return false, nil
}

// usable says why the mailbox cannot send at all.
func (w *mailboxWay) usable(ctx context.Context) error {
	owner, err := w.Store.User(ctx, w.sender.UserID)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return err
	}
	box, boxErr := w.Store.Mailbox(ctx, w.sender.UserID, w.sender.MailboxID)
	switch {
	case err != nil, problem.Is(boxErr, problem.NotFound):
		return problem.New(problem.SenderMissing, "The mailbox that Postroom's own mail left by is no longer connected.")
	case boxErr != nil:
		return boxErr
	case owner.DisabledAt != 0:
		return problem.New(problem.SenderSettings, "The person whose mailbox this is has been disabled.")
	case box.State == store.NeedsYou:
		return problem.New(problem.SenderSettings, "The mailbox needs its owner to reconnect it.")
	case box.State == store.Paused:
		return problem.New(problem.SenderSettings, "The mailbox is paused.")
	case !box.CanSend:
		return problem.New(problem.SenderSettings, "The mailbox can only receive.")
	}
	return nil
}

func (w *mailboxWay) check(ctx context.Context) []Step {
	steps := newSteps(StepMailbox)
	steps.note(StepMailbox, w.sender.Address, w.usable(ctx))
	return steps
}
