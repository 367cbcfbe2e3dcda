package courier

import (
	"context"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// way is how mail leaves.
type way interface {
	// send hands a mail over. The error is errUnanswered when it may have been taken, and a problem when
	// it was refused.
	send(ctx context.Context, mail letter) error
	// check looks without sending whether a mail could leave, step by step.
	check(ctx context.Context) []Step
}

// way is the way of a stored sender.
func (c *Courier) way(s store.Sender) (way, error) {
	secret, err := c.secretOf(s)
	if err != nil {
		return nil, err
	}
	return c.wayWith(s, secret)
}

// wayWith is the way of a sender that may not be stored yet.
func (c *Courier) wayWith(s store.Sender, secret auth.Secret) (way, error) {
	switch s.Kind {
	case store.SenderSMTP:
		return &smtpWay{c, s, secret}, nil
	case store.SenderMicrosoft:
		return &graphWay{c, s, secret}, nil
	case store.SenderMailbox:
		return &mailboxWay{c, s}, nil
	}
	return nil, problem.New(problem.SenderSettings, "")
}

// secretOf opens a stored sender's secret; "" when it has none.
func (c *Courier) secretOf(s store.Sender) (auth.Secret, error) {
	if len(s.Secret) == 0 {
		return "", nil
	}
	return c.Keys.Open(s.Secret, auth.SenderSecretAt(s.Version))
}
