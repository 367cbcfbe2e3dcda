// Package courier writes and sends Postroom's own mail: invitations, new passwords, and the word to an
// owner whose mailbox needs them. It is never in anybody's way: what it is given to send waits in the
// store, is tried again when it fails, and stands in a log that administrators read.
package courier

import (
	"context"

	"postroom/auth"
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

// Courier keeps notices and sends them.
type Courier struct{}

// Post gives c a notice to send. It returns once the notice is safe, not once it is sent.
func (c *Courier) Post(_ context.Context, _ Notice) error { return nil }

// Ready reports whether c has been told how to send: otherwise what it is given only waits.
func (c *Courier) Ready(_ context.Context) (bool, error) { return false, nil }
