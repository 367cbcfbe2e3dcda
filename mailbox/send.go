package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postroom/problem"
	"postroom/store"
)

// How a mail goes its way, and what a crash at each point leaves:
//
//	queued    nothing has happened                          → sent as if new
//	claimed   Sent's UIDNEXT is noted, SMTP is being talked → queued
//	in_data   committed before DATA: it may have been sent  → checking
//	checking  the answer was lost: Sent is read             → sent or unconfirmed
//
// From checking no mail ever goes back to queued by itself.

const (
	lineTime  = 30 * time.Second // for the line to have time for sending
	mostRetry = 15 * time.Minute
)

// sending sends what is queued and looks for what may have been sent, until ctx ends.
func (w *worker) sending(ctx context.Context) {
	wake, unwatch := w.Store.WatchMailbox(w.id)
	defer unwatch()
	o := outbox{worker: w}
	if err := o.resume(ctx); err != nil && ctx.Err() == nil {
		w.log.Error("read interrupted mail", "err", err)
	}
	for ctx.Err() == nil {
		wait, err := time.Duration(0), survive(func() error {
			return errors.Join(o.checkSending(ctx), o.sendDue(ctx))
		})
		if err != nil && ctx.Err() == nil {
			w.log.Error("send", "err", err)
			wait = o.Timing.Resend
		} else {
			wait = o.next(ctx)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// outbox is what the sending goroutine knows beside the store.
type outbox struct {
	*worker
	errands []errand
	checkAt time.Time // when to see whether sending is allowed by now; zero: not set
}

// errand is something to do in the Sent folder for a mail: to look for it, or to file it.
type errand struct {
	mail store.Outgoing
	step int
	at   time.Time
	file bool
}

// resume takes up what was being sent when this mailbox's last worker ended.
func (o *outbox) resume(ctx context.Context) error {
	left, err := o.Store.InterruptedOutgoing(ctx, o.id)
	if err != nil {
		return err
	}
	for _, mail := range left {
		to := store.Checking
		if mail.State == store.Claimed {
			to = store.Queued
		}
		if mail.State != to {
			err := o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.MoveOutgoing(mail.ID, mail.State, to, nil) })
			if err != nil {
				return fmt.Errorf("resume mail: %w", err)
			}
		}
		if to == store.Checking {
			o.errands = append(o.errands, errand{mail: mail, at: time.Now()})
		}
	}
	return o.resumeFiling(ctx)
}

// next is how long there is nothing to do.
func (o *outbox) next(ctx context.Context) time.Duration {
	at := time.Now().Add(time.Minute)
	for _, e := range o.errands {
		if e.at.Before(at) {
			at = e.at
		}
	}
	if !o.checkAt.IsZero() && o.checkAt.Before(at) {
		at = o.checkAt
	}
	soon := o.Now().Add(time.Until(at)).UnixMilli()
	box, _ := o.mailbox()
	if !o.ready(ctx) {
		return time.Until(at)
	}
	if queued, err := o.Store.Outgoings(ctx, box.UserID); err == nil {
		for _, mail := range queued {
			if mail.MailboxID == o.id && mail.State == store.Queued {
				soon = min(soon, mail.NextAt)
			}
		}
	}
	return max(0, time.Duration(soon-o.Now().UnixMilli())*time.Millisecond)
}

// ready reports whether mail may be sent: not while the mailbox has no grant.
func (o *outbox) ready(ctx context.Context) bool {
	box, err := o.Store.WorkerMailbox(ctx, o.id)
	return err == nil && box.State != store.NeedsYou
}

// sendDue runs the errands that are due and sends the mails that are.
func (o *outbox) sendDue(ctx context.Context) error {
	if err := o.runErrands(ctx); err != nil {
		return err
	}
	if !o.ready(ctx) {
		return nil
	}
	for {
		due, err := o.Store.DueOutgoing(ctx, o.id, o.Now().UnixMilli())
		if err != nil || len(due) == 0 {
			return err
		}
		for _, mail := range due {
			if err := o.send(ctx, mail); err != nil {
				return fmt.Errorf("send mail: %w", err)
			}
		}
	}
}

// send takes one mail from queued to wherever it comes.
func (o *outbox) send(ctx context.Context, mail store.Outgoing) error {
	validity, next, err := o.noteSent(ctx)
	if err == nil {
		err = o.step(ctx, &mail, store.Claimed, func(m *store.Outgoing) {
			m.SentUIDValidity, m.SentUIDNext, m.Attempts, m.Problem = validity, next, m.Attempts+1, nil
		})
		if problem.Is(err, problem.Conflict) || problem.Is(err, problem.NotFound) {
			return nil // cancelled in the last moment
		}
		if err != nil {
			return err
		}
	} else if ctx.Err() != nil {
		return err
	} else {
		mail.Attempts++
		return o.back(ctx, &mail, err)
	}
	// What has been begun may end, even when we are to stop: a mail cut off in the middle is
	// one whose fate nobody knows.
	ctx, release := outlive(ctx, o.Timing.Drain)
	defer release()
	sub, err := o.signIn(ctx)
	if err == nil {
		defer sub.close()
		if err = sub.envelope(ctx, mail); err != nil {
			o.tellEnd(store.SideSMTP, "send", err)
		}
	}
	if err != nil {
		return o.back(ctx, &mail, err)
	}
	if err := o.step(ctx, &mail, store.InData, nil); err != nil {
		return err
	}
	answer, err := sub.deliver(ctx, mail.Raw)
	o.tellEnd(store.SideSMTP, "send", err)
	switch {
	case errors.Is(err, errUnanswered):
		o.log.Warn("answer to a mail was lost", "outgoing", mail.ID, "err", err)
		return o.check(ctx, mail)
	case err != nil:
		return o.back(ctx, &mail, err)
	}
	return o.sent(ctx, mail, answer)
}

// step moves a mail on, in the store and here.
func (o *outbox) step(ctx context.Context, mail *store.Outgoing, to store.OutgoingState, change func(*store.Outgoing)) error {
	err := o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.MoveOutgoing(mail.ID, mail.State, to, change) })
	if err != nil {
		return fmt.Errorf("%s to %s: %w", mail.State, to, err)
	}
	mail.State = to
	if change != nil {
		change(mail)
	}
	return nil
}

// back is for a mail that was certainly not sent: it is queued again or, when the same would happen
// again, failed.
func (o *outbox) back(ctx context.Context, mail *store.Outgoing, cause error) error {
	p := problem.Of(cause)
	if p == nil {
		p = problem.Wrap(problem.MailServerDown, "", cause)
	}
	if box, _ := o.mailbox(); box.Shared != "" && p.Code == problem.SenderRefused {
		p = deniedSendAs(box, p)
	}
	o.log.Info("mail not sent", "outgoing", mail.ID, "problem", p.Code, "attempts", mail.Attempts)
	var token tokenError
	if !passing(cause) && !errors.As(cause, &token) && throttleOf(cause) == nil {
		return o.step(ctx, mail, store.Failed, func(m *store.Outgoing) { m.Problem = p })
	}
	wait := mostRetry
	if n := max(1, mail.Attempts) - 1; n < 8 {
		wait = min(mostRetry, o.Timing.Resend<<n)
	}
	if t := throttleOf(cause); t != nil {
		wait = max(wait, t.wait)
	}
	return o.step(ctx, mail, store.Queued, func(m *store.Outgoing) {
		m.Problem, m.NextAt, m.Attempts = p, o.Now().Add(wait).UnixMilli(), mail.Attempts
	})
}

// deniedSendAs says what a delegate lacks who may open a shared mailbox, and not send as it.
func deniedSendAs(box store.Mailbox, p *problem.Problem) *problem.Problem {
	return problem.Wrap(p.Code, box.SMTPLogin+" may open "+box.Shared+", but not send as it.", p).
		WithAction(problem.Admin, "Give Send As: Add-RecipientPermission -Identity "+box.Shared+" -Trustee "+box.SMTPLogin+" -AccessRights SendAs").
		WithRaw(p.Raw)
}

// sent is for a mail that the server has taken.
func (o *outbox) sent(ctx context.Context, mail store.Outgoing, answer string) error {
	now := o.Now().UnixMilli()
	err := o.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.MoveOutgoing(mail.ID, store.InData, store.SentState, func(m *store.Outgoing) {
			m.SentAt, m.Problem = now, nil
			if id := serverID(answer); id != "" && id != m.RFCMessageID {
				m.ServerMessageID = id
			}
		})
		if err != nil {
			return err
		}
		return answered(tx, mail)
	})
	if err != nil {
		return fmt.Errorf("note sent mail: %w", err)
	}
	o.fetchCopy(mail)
	return nil
}

// answered marks the mail that this one answers.
func answered(tx *store.Tx, mail store.Outgoing) error {
	if mail.InReplyToID == 0 {
		return nil
	}
	_, err := tx.Act(mail.UserID, []int64{mail.InReplyToID}, store.Answered, 0)
	if problem.Is(err, problem.NotFound) {
		return nil // deleted in the meantime
	}
	return err
}

// noteSent notes where the Sent folder ends, so that a copy of what is sent now is above.
func (o *outbox) noteSent(ctx context.Context) (validity, next uint32, err error) {
	ctx, cancel := context.WithTimeout(ctx, lineTime)
	defer cancel()
	err = o.ask(ctx, func(ctx context.Context, s *session) error {
		sent, ok := o.withRole(store.Sent)
		if !ok {
			return nil
		}
		if s.opened == sent.Path {
			s.opened = ""
		}
		stats, err := s.status(ctx, []string{sent.Path})
		if d := stats[sent.Path]; err == nil && d != nil {
			validity, next = d.UIDValidity, uint32(d.UIDNext)
		}
		return err
	})
	return validity, next, err
}

// outlive returns a context that lives for d longer than ctx.
func outlive(ctx context.Context, d time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var timer *time.Timer
	armed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		timer = time.AfterFunc(d, cancel)
		close(armed)
	})
	return longer, func() {
		if !stop() {
			<-armed
			timer.Stop()
		}
		cancel()
	}
}
