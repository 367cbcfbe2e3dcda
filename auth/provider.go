package auth

import (
	"context"
	"fmt"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// Providers are the app registrations that an admin keeps. Client secrets go in and never come out:
// what these methods return has none, only their last characters and their dates.
type Providers struct {
	Connections
	authorities *authorities
}

// NewProviders returns the providers in c's store. It starts nothing.
func NewProviders(c Connections) *Providers {
	s := &Providers{Connections: c}
	if c.Store != nil {
		s.authorities = newAuthorities(c.HTTP, c.Store.Now)
	}
	return s
}

// RedirectURI is the address that providers send people back to; it is registered there, to the letter.
func (s *Providers) RedirectURI() string { return RedirectURI(s.PublicURL) }

// RedirectURI is the redirect URI of a Postroom at publicURL. It comes from configuration alone,
// never from a request's Host.
func RedirectURI(publicURL string) string {
	return strings.TrimRight(publicURL, "/") + "/oauth/callback"
}

// List returns all providers.
func (s *Providers) List(ctx context.Context) ([]store.Provider, error) {
	list, err := s.Store.Providers(ctx)
	if err != nil {
		return nil, fmt.Errorf("list providers: %w", err)
	}
	for i := range list {
		list[i] = withoutSecret(list[i])
	}
	return list, nil
}

// Get returns one provider.
func (s *Providers) Get(ctx context.Context, id string) (store.Provider, error) {
	p, err := s.Store.Provider(ctx, id)
	if err != nil {
		return store.Provider{}, fmt.Errorf("read provider: %w", err)
	}
	return withoutSecret(p), nil
}

// Delete removes a provider that no mailbox uses (problem.Conflict).
func (s *Providers) Delete(ctx context.Context, id string) error {
	err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteProvider(id) })
	if problem.Is(err, problem.Conflict) {
		return problem.Wrap(problem.Conflict, "Mailboxes are connected through this provider.", err).
			WithAction(problem.You, "Remove them first, or switch the provider off.")
	}
	if err != nil {
		return fmt.Errorf("delete provider: %w", err)
	}
	return nil
}

// withoutSecret leaves of the secrets whether there are any.
func withoutSecret(p store.Provider) store.Provider {
	p.ClientSecret, p.SecondSecret = nil, nil
	return p
}
