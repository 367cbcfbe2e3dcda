package courier

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"
	"time"

	"postroom/auth"
	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

const (
	lookAgain = time.Minute      // when nothing is due: another process may have left something
	mostRetry = 30 * time.Minute // between two tries
	drain     = 10 * time.Second // for a mail under way at shutdown
)

var (
	// errUnanswered is a mail that was on its way when the connection was lost: nobody knows its fate.
	errUnanswered = errors.New("no answer to the mail")
	// errPending is a mail that was handed to a mailbox and waits there.
	errPending = errors.New("waits in the mailbox")
)

// letter is a mail as a sender gets it.
type letter struct {
	id         string // of its notice
	from, to   string
	subject    string
	messageID  string
	raw        []byte
	recipients []string
}

// deliver sends what is due until ctx ends.
func (c *Courier) deliver(ctx context.Context) error {
	wake, unwatch := c.Store.WatchNotices()
	defer unwatch()
	for ctx.Err() == nil {
		wait := c.Timing.Retry
		if err := c.sendDue(ctx); err == nil {
			wait = c.untilNext(ctx)
		} else if ctx.Err() == nil {
			c.Log.Error("send notices", "err", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

func (c *Courier) untilNext(ctx context.Context) time.Duration {
	at, err := c.Store.NextNotice(ctx)
	if err != nil || at == 0 {
		return lookAgain
	}
	return min(lookAgain, max(0, time.Duration(at-c.now())*time.Millisecond))
}

func (c *Courier) sendDue(ctx context.Context) error {
	for {
		due, err := c.Store.DueNotices(ctx, c.now())
		if err != nil || len(due) == 0 {
			return err
		}
		for _, n := range due {
			if err := c.take(ctx, n); err != nil && !problem.Is(err, problem.Conflict) {
				return fmt.Errorf("notice %s: %w", n.ID, err)
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
	}
}

// take does with a notice what is due. It is a problem.Conflict when another process was quicker.
func (c *Courier) take(ctx context.Context, n store.Notice) error {
	if n.Status == store.NoticeSending { // whoever sent it did not live to say how it ended
		return c.unknown(ctx, &n, errors.New("the process ended while it was being sent"))
	}
	sender, ok, err := c.Store.Sender(ctx)
	if err != nil {
		return err
	}
	if !ok {
		return c.move(ctx, &n, store.NoticeDropped, func(n *store.Notice) { n.Problem = problem.New(problem.SenderMissing, "") })
	}
	err = c.move(ctx, &n, store.NoticeSending, func(n *store.Notice) {
		n.Attempts, n.Sender, n.NextAt = n.Attempts+1, sender.Address, c.lease()
	})
	if err != nil {
		return err
	}
	// What has been begun may end, even when we are to stop.
	ctx, release := outlive(ctx, drain)
	defer release()
	return c.conclude(ctx, &n, sender, c.send(ctx, n, sender))
}

// lease is until when a mail that is claimed now should have left. After that it is nobody's.
func (c *Courier) lease() int64 { return c.Now().Add(2 * c.Timing.Send).UnixMilli() }

// send composes a notice and hands it to the sender.
func (c *Courier) send(ctx context.Context, n store.Notice, sender store.Sender) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timing.Send)
	defer cancel()
	way, err := c.way(sender)
	if err != nil {
		return err
	}
	mail, err := c.compose(n, sender)
	if err != nil {
		return err
	}
	return way.send(ctx, mail)
}

// compose puts the link in and makes the bytes. The second try of a notice has the first's Message-ID.
func (c *Courier) compose(n store.Notice, sender store.Sender) (letter, error) {
	text, rich := n.Text, n.HTML
	if len(n.Link) > 0 {
		link, err := c.Keys.Open(n.Link, auth.NoticeLinkAt(n.ID))
		if err != nil {
			return letter{}, err
		}
		text = strings.ReplaceAll(text, linkMark, link.Reveal())
		rich = strings.ReplaceAll(rich, linkMark, html.EscapeString(link.Reveal()))
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	made, err := message.Compose(message.Draft{
		From: message.Address{Name: sender.Name, Addr: sender.Address}, To: []message.Address{{Name: n.ToName, Addr: n.Recipient}},
		Subject: n.Subject, Text: text, HTML: rich, MessageID: strings.ToLower(n.ID) + "@" + domain,
		OutgoingID: n.ID, Date: c.Now(), Automatic: true,
	})
	var bad *message.BadAddress
	switch {
	case errors.As(err, &bad) && bad.Field == "From":
		return letter{}, problem.New(problem.SenderSettings, "The sender's address cannot be used: "+bad.Reason+".")
	case errors.As(err, &bad):
		return letter{}, problem.New(problem.RecipientRefused, bad.Reason)
	case err != nil:
		return letter{}, fmt.Errorf("compose: %w", err)
	}
	return letter{n.ID, sender.Address, n.Recipient, n.Subject, made.MessageID, made.Raw, made.Recipients}, nil
}

// conclude writes down how a try ended.
func (c *Courier) conclude(ctx context.Context, n *store.Notice, sender store.Sender, cause error) error {
	switch {
	case cause == nil:
		return c.sent(ctx, n, sender)
	case errors.Is(cause, errPending):
		return c.move(ctx, n, store.NoticeQueued, func(n *store.Notice) { n.NextAt = c.now() + c.Timing.Retry.Milliseconds() })
	case errors.Is(cause, errUnanswered):
		return c.unknown(ctx, n, cause)
	}
	return c.failed(ctx, n, sender, cause)
}

func (c *Courier) sent(ctx context.Context, n *store.Notice, sender store.Sender) error {
	return c.Store.Tx(ctx, func(tx *store.Tx) error {
		err := tx.MoveNotice(n, store.NoticeSent, func(n *store.Notice) { n.SentAt, n.NextAt, n.Problem = c.now(), 0, nil })
		if err != nil || sender.Problem == nil {
			return err
		}
		return tx.SetSenderProblem(sender.Version, nil)
	})
}

// unknown is for a mail that may have been sent.
func (c *Courier) unknown(ctx context.Context, n *store.Notice, cause error) error {
	p := problem.Wrap(problem.SendUncertain, "", cause).WithAction(problem.Operator, "Ask the recipient whether it arrived.")
	o, err := occasionOf(Event(n.Event))
	before := n.Problem != nil && n.Problem.Code == problem.SendUncertain
	if err == nil && o.awaits && !before {
		return c.move(ctx, n, store.NoticeQueued, func(n *store.Notice) { n.NextAt, n.Problem = c.now(), p })
	}
	return c.move(ctx, n, store.NoticeUncertain, func(n *store.Notice) { n.NextAt, n.Problem = 0, p })
}

// failed is for a mail that was certainly not sent. What time or a better setting may mend is tried
// again for a day, except for a test, whose answer somebody waits for.
func (c *Courier) failed(ctx context.Context, n *store.Notice, sender store.Sender, cause error) error {
	p := problem.Of(cause)
	if p == nil {
		p = problem.Wrap(problem.Internal, "", cause)
	}
	c.Log.Warn("notice not sent", "notice", n.ID, "event", n.Event, "problem", p.Code, "attempts", n.Attempts, "err", cause)
	age := time.Duration(c.now()-n.CreatedAt) * time.Millisecond
	again := !recipientsOwn(p.Code) && Event(n.Event) != Test && age < c.Timing.GiveUp
	return c.Store.Tx(ctx, func(tx *store.Tx) error {
		if !recipientsOwn(p.Code) {
			if err := tx.SetSenderProblem(sender.Version, p); err != nil {
				return err
			}
		}
		if !again {
			return tx.MoveNotice(n, store.NoticeFailed, func(n *store.Notice) { n.NextAt, n.Problem = 0, p })
		}
		wait := min(mostRetry, c.Timing.Retry<<min(max(n.Attempts-1, 0), 10))
		wait = max(wait, min(waitOf(cause), mostRetry))
		return tx.MoveNotice(n, store.NoticeQueued, func(n *store.Notice) { n.NextAt, n.Problem = c.now()+wait.Milliseconds(), p })
	})
}

// recipientsOwn tells the problems that lie with one mail or its recipient, not with the sender.
func recipientsOwn(code problem.Code) bool {
	switch code {
	case problem.RecipientRefused, problem.MailTooLarge, problem.MailRefused, problem.SecretUnreadable:
		return true
	}
	return false
}

func (c *Courier) move(ctx context.Context, n *store.Notice, to store.NoticeStatus, change func(*store.Notice)) error {
	return c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.MoveNotice(n, to, change) })
}

// outlive returns a context that lives for d longer than ctx.
func outlive(ctx context.Context, d time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel()
		case <-longer.Done():
		}
	})
	return longer, func() {
		stop()
		cancel()
	}
}
