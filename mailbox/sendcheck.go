package mailbox

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"postroom/problem"
	"postroom/store"
)

// signIn connects to SMTP, and notes whether that is allowed.
func (o *outbox) signIn(ctx context.Context) (*submission, error) {
	sub, err := o.trySignIn(ctx)
	if err := o.noteSending(ctx, err); err != nil && ctx.Err() == nil && !problem.Is(err, problem.NotFound) {
		o.log.Error("note whether mail can be sent", "err", err)
	}
	return sub, err
}

// trySignIn connects to SMTP. As over IMAP, a refused token is renewed once.
func (o *outbox) trySignIn(ctx context.Context) (*submission, error) {
	box, provider := o.mailbox()
	token, _, err := o.access(ctx, o.Tokens.Access)
	if err != nil {
		return nil, err
	}
	login := box.Login
	if box.SMTPLogin != "" {
		login = box.SMTPLogin
	}
	sub, err := dialSMTP(ctx, o.Dial, provider, login, token, o.Timing.Command)
	o.tellEnd(store.SideSMTP, "sign_in", err)
	if problem.Is(err, problem.SMTPRefused) {
		if token, _, err = o.access(ctx, o.Tokens.Refresh); err != nil {
			return nil, err
		}
		sub, err = dialSMTP(ctx, o.Dial, provider, login, token, o.Timing.Command)
		o.tellEnd(store.SideSMTP, "sign_in", err)
	}
	return sub, err
}

// closed reports whether a refused sign-in means that the mailbox may not send, and will not until
// somebody allows it: Exchange's 5.7.139.
func closed(err error) bool {
	return problem.Is(err, problem.SMTPDisabled) || problem.Is(err, problem.SignInBlocked) || problem.Is(err, problem.AccountDisabled)
}

// noteSending writes down what a sign-in to SMTP has shown. A network that was away shows nothing but
// that it was tried.
func (o *outbox) noteSending(ctx context.Context, shown error) error {
	can, now := shown == nil, o.Now().UnixMilli()
	update := store.MailboxUpdate{SendCheckedAt: &now}
	if can || closed(shown) {
		update.CanSend, update.SendProblem = &can, problem.Of(shown)
	}
	if !can {
		o.checkAt = time.Now().Add(full(o.Timing.SendCheck))
	}
	box, err := o.Store.WorkerMailbox(ctx, o.id)
	if err != nil || can && box.CanSend {
		return err // every mail that is sent shows that
	}
	return o.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SetMailbox(o.id, update) })
}

// full is any time up to d, so that mailboxes which were refused together do not come back together.
func full(d time.Duration) time.Duration { return d/10 + rand.N(d-d/10+1) }

// checkSending signs in to SMTP, without sending, while the mailbox is receive-only: now and then, and at
// once when its owner asks. As soon as that is allowed the mailbox can send.
func (o *outbox) checkSending(ctx context.Context) error {
	box, err := o.Store.WorkerMailbox(ctx, o.id)
	if problem.Is(err, problem.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read mailbox: %w", err)
	}
	switch {
	case box.CanSend || (box.State != store.Connected && box.State != store.Syncing):
		o.checkAt = time.Time{}
		return nil
	case box.SendCheckedAt == 0: // somebody asks
	case o.checkAt.IsZero():
		o.checkAt = time.Now().Add(full(o.Timing.SendCheck))
		return nil
	case time.Now().Before(o.checkAt):
		return nil
	}
	sub, err := o.signIn(ctx)
	if err != nil {
		o.log.Info("mailbox still cannot send", "err", err)
		return nil // noted, and tried again
	}
	sub.close()
	o.log.Info("mailbox can send")
	return nil
}
