// Package courier writes and sends Postroom's own mail: invitations, new passwords, and the word to an
// owner whose mailbox needs them. It is never in anybody's way: what it is given to send waits in the
// store, is tried again when it fails, and stands in a log that administrators read.
//
// There is one sender for the installation: an SMTP server, Microsoft Graph with an application's own
// permission, or a connected mailbox of an administrator. A notice is written at once, in the wording
// that holds then; only its link is kept apart, sealed, and forgotten once the mail has left.
//
// A notice is claimed (sending) before a byte of it leaves. When nobody knows whether it was taken,
// because the connection broke after the last byte or the process died, it is not sent blindly again:
// one that somebody waits for (an invitation, a new password, a link) goes out once more, with the same
// Message-ID and the same link; any other is left as uncertain.
package courier

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"postroom/auth"
	"postroom/store"
)

// Event is the occasion of a notice.
type Event string

// Occasions.
const (
	Invitation      Event = "invitation"        // Link: where the invited person makes a password
	PasswordReset   Event = "password_reset"    // Link: where a new password is made
	ConnectLink     Event = "connect_link"      // Link: where the invited person connects a mailbox
	MailboxNeedsYou Event = "mailbox_needs_you" // Values: address, title, action
	MailboxSilent   Event = "mailbox_silent"    // Values: address, usual, since
	SecretExpires   Event = "secret_expires"    // Values: provider, days
	Test            Event = "test"
)

// Notice is a mail from Postroom itself.
type Notice struct {
	Event  Event
	To     string            // address
	ToName string            // may be empty
	By     string            // id of the user who caused it; empty: Postroom by itself
	Values map[string]string // the words that its template puts in, by name
	Link   auth.Secret       // for the recipient alone: sealed until it is sent, and never logged
}

// Config is what a Courier is made of.
type Config struct {
	Store     *store.Store
	Keys      *auth.Keys
	HTTP      *auth.HTTPClients
	Dial      auth.Dialer
	PublicURL string
	Now       func() time.Time // nil: time.Now
	Log       *slog.Logger
	Timing    Timing
}

// Timing is how long things take. Zero fields have their usual values.
type Timing struct {
	Send   time.Duration // for one mail, from claim to answer
	Retry  time.Duration // after the first failure; doubled after each further one
	Watch  time.Duration // between two looks at mailboxes and secrets
	GiveUp time.Duration // a notice that could not be sent for so long has failed
}

func (t Timing) complete() Timing {
	for field, usual := range map[*time.Duration]time.Duration{
		&t.Send: time.Minute, &t.Retry: time.Minute, &t.Watch: 20 * time.Second, &t.GiveUp: 24 * time.Hour,
	} {
		if *field == 0 {
			*field = usual
		}
	}
	return t
}

// Courier keeps notices and sends them.
type Courier struct {
	Config
	tokens appTokens
}

// New makes a courier of c. It starts nothing.
func New(c Config) *Courier {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Timing = c.Timing.complete()
	return &Courier{Config: c}
}

// Run sends what is queued and tells people what they have to know, until ctx ends.
func (c *Courier) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return c.deliver(ctx) })
	g.Go(func() error { return c.watch(ctx) })
	return g.Wait()
}

// Ready reports whether there is a sender. Without one a notice is dropped, and the log says so.
func (c *Courier) Ready(ctx context.Context) (bool, error) {
	_, ok, err := c.Store.Sender(ctx)
	return ok, err
}

func (c *Courier) now() int64 { return c.Now().UnixMilli() }
