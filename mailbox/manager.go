package mailbox

import (
	"context"
	"log/slog"
	"time"

	"postroom/auth"
	"postroom/store"
)

// Tokens gives the access token of a mailbox, and renews it.
type Tokens interface {
	Access(ctx context.Context, mailboxID string) (auth.Secret, time.Time, error)
	Refresh(ctx context.Context, mailboxID string) (auth.Secret, time.Time, error)
}

// Config is what the manager and its workers need.
type Config struct {
	Store  *store.Store
	Tokens Tokens
	Dial   auth.Dialer
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: none
	Timing Timing
}

// Manager runs one worker per connected mailbox.
type Manager struct{ Config }

// NewManager returns a manager that runs nothing yet.
func NewManager(c Config) *Manager { return &Manager{Config: c} }

// Run keeps a worker running for every mailbox until ctx ends, and returns once all have stopped.
func (m *Manager) Run(ctx context.Context) error { <-ctx.Done(); return nil }

// SyncNow wakes the worker of a mailbox for a full look.
func (m *Manager) SyncNow(mailboxID string) {}

// NewProbe returns the check that a connection passes before it is stored.
func NewProbe(dial auth.Dialer) auth.Probe { return nil }
