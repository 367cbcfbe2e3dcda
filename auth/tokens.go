package auth

import (
	"context"
	"time"
)

// Tokens gives out access tokens for connected mailboxes.
type Tokens struct {
	Connections
}

// NewTokens returns Tokens. It starts nothing.
func NewTokens(c Connections) *Tokens { return &Tokens{Connections: c} }

// Run blocks until ctx ends and then until every refresh under way is stored.
func (t *Tokens) Run(ctx context.Context) error { panic("soon") }

// Access returns an access token that is good for some minutes yet, and when it ends.
func (t *Tokens) Access(ctx context.Context, mailboxID string) (Secret, time.Time, error) {
	panic("soon")
}

// Refresh is Access with a token newer than the last one given out.
func (t *Tokens) Refresh(ctx context.Context, mailboxID string) (Secret, time.Time, error) {
	panic("soon")
}

// Drop forgets a mailbox's access token: the mail server says that it has expired.
func (t *Tokens) Drop(mailboxID string) { panic("soon") }
