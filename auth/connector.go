package auth

import (
	"context"
	"log/slog"
	"net/url"

	"postroom/store"
)

// Connections is what a Connector and Tokens work with. Time is the store's.
type Connections struct {
	Store     *store.Store
	Keys      *Keys
	HTTP      *HTTPClients
	Probe     Probe  // Connector only
	PublicURL string // Connector only
	Log       *slog.Logger
}

// Connector takes a person to a provider's sign-in page and turns the answer into a mailbox.
type Connector struct {
	Connections
}

// NewConnector returns a Connector.
func NewConnector(c Connections) *Connector { return &Connector{Connections: c} }

// Begin returns the provider's sign-in page.
func (c *Connector) Begin(ctx context.Context, userID, sessionHash, providerID, mailboxID string) (string, error) {
	panic("soon")
}

// Complete turns the answer into a mailbox.
func (c *Connector) Complete(ctx context.Context, userID, sessionHash string, answer url.Values) (store.Mailbox, error) {
	panic("soon")
}
