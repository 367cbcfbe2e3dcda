package auth

import (
	"context"
	"fmt"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// Scopes that Microsoft is asked for: what mail needs and nothing else. A scope of another
// resource (User.Read of Graph) would spoil the token for IMAP.
const MicrosoftScopes = "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"

// Preset is a provider of this kind with everything filled in that does not depend on the
// operator's own registration.
func Preset(kind store.ProviderKind) store.Provider {
	if kind == store.KindMicrosoft {
		return store.Provider{
			Name:      "Outlook",
			Kind:      store.KindMicrosoft,
			Authority: "https://login.microsoftonline.com",
			Tenant:    "common",
			Scopes:    MicrosoftScopes,
			IMAPHost:  "outlook.office365.com:993",
			SMTPHost:  "smtp.office365.com:587",
			SMTPTLS:   "starttls",
			FilesSent: store.SentByServer,
		}
	}
	return store.Provider{
		Kind:      store.KindGeneric,
		Scopes:    "openid profile email offline_access",
		SMTPTLS:   "starttls",
		FilesSent: store.SentByClient,
	}
}

// Providers are the app registrations that an admin keeps. Client secrets go in and never come out:
// what these methods return has none, only its last characters and its date.
type Providers struct {
	store     *store.Store
	keys      *Keys
	publicURL string
}

// NewProviders returns the providers in st, whose secrets keys seals. publicURL is where browsers
// reach this Postroom.
func NewProviders(st *store.Store, keys *Keys, publicURL string) *Providers {
	return &Providers{store: st, keys: keys, publicURL: publicURL}
}

// RedirectURI is the address that providers send people back to; it is registered there, to the letter.
func (s *Providers) RedirectURI() string { return RedirectURI(s.publicURL) }

// RedirectURI is the redirect URI of a Postroom at publicURL. It comes from configuration alone,
// never from a request's Host.
func RedirectURI(publicURL string) string {
	return strings.TrimRight(publicURL, "/") + "/oauth/callback"
}

// List returns all providers.
func (s *Providers) List(ctx context.Context) ([]store.Provider, error) {
	list, err := s.store.Providers(ctx)
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
	p, err := s.store.Provider(ctx, id)
	if err != nil {
		return store.Provider{}, fmt.Errorf("read provider: %w", err)
	}
	return withoutSecret(p), nil
}

// Delete removes a provider that no mailbox uses (problem.Conflict).
func (s *Providers) Delete(ctx context.Context, id string) error {
	err := s.store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteProvider(id) })
	if problem.Is(err, problem.Conflict) {
		return problem.Wrap(problem.Conflict, "Mailboxes are connected through this provider.", err).
			WithAction(problem.You, "Remove them first, or switch the provider off.")
	}
	if err != nil {
		return fmt.Errorf("delete provider: %w", err)
	}
	return nil
}

// Save adds p when it has no id, and else changes the provider of this id and Version. An empty
// secret keeps the one that is stored, but only while authority, tenant and client id stay as they
// are: a stored secret is never sent to a new place.
func (s *Providers) Save(ctx context.Context, p store.Provider, secret Secret) (store.Provider, error) {
	p = tidy(p)
	secret = Secret(strings.TrimSpace(secret.Reveal()))
	if err := validProvider(p, secret); err != nil {
		return store.Provider{}, err
	}
	if p.ID == "" {
		return s.add(ctx, p, secret)
	}
	return s.change(ctx, p, secret)
}

func (s *Providers) add(ctx context.Context, p store.Provider, secret Secret) (store.Provider, error) {
	if secret == "" && p.Kind == store.KindMicrosoft {
		return store.Provider{}, problem.New(problem.Invalid, "A client secret is needed.")
	}
	p.ID, p.Version, p.CreatedAt = store.NewID(), 1, s.store.Now()
	p, err := s.withSecret(p, secret)
	if err != nil {
		return store.Provider{}, err
	}
	if err := s.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddProvider(&p) }); err != nil {
		return store.Provider{}, fmt.Errorf("add provider: %w", err)
	}
	return withoutSecret(p), nil
}

func (s *Providers) change(ctx context.Context, p store.Provider, secret Secret) (store.Provider, error) {
	old, err := s.store.Provider(ctx, p.ID)
	if err != nil {
		return store.Provider{}, fmt.Errorf("read provider: %w", err)
	}
	if old.Version != p.Version {
		return store.Provider{}, problem.New(problem.Conflict, "")
	}
	if err := s.mayMove(ctx, old, p); err != nil {
		return store.Provider{}, err
	}
	secretSetAt := s.store.Now()
	if secret == "" {
		if secret, err = s.keptSecret(old, p); err != nil {
			return store.Provider{}, err
		}
		secretSetAt = old.SecretSetAt
	}
	// The store raises the version, which is part of the seal.
	next := p
	next.Version++
	if next, err = s.withSecret(next, secret); err != nil {
		return store.Provider{}, err
	}
	next.Version, next.SecretSetAt, next.CreatedAt = p.Version, secretSetAt, old.CreatedAt
	if err := s.store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateProvider(&next) }); err != nil {
		return store.Provider{}, fmt.Errorf("update provider: %w", err)
	}
	return withoutSecret(next), nil
}

// mayMove refuses to change the sign-in service under connected mailboxes: their grants would be sent
// to the new one with the next renewal. Within this machine a service may change its port.
func (s *Providers) mayMove(ctx context.Context, old, p store.Provider) error {
	if old.Kind == p.Kind && (old.Authority == p.Authority || onLoopback(old.Authority) && onLoopback(p.Authority)) {
		return nil
	}
	boxes, err := s.store.AllMailboxes(ctx)
	if err != nil {
		return fmt.Errorf("list mailboxes: %w", err)
	}
	for _, box := range boxes {
		if box.ProviderID == old.ID {
			return problem.New(problem.Conflict, "Mailboxes are connected through this sign-in service.").
				WithAction(problem.You, "Add a new provider for the other service.")
		}
	}
	return nil
}

// keptSecret opens the stored secret for sealing it anew.
func (s *Providers) keptSecret(old, p store.Provider) (Secret, error) {
	if len(old.ClientSecret) == 0 {
		return "", nil
	}
	if old.Kind != p.Kind || old.Authority != p.Authority || old.Tenant != p.Tenant || old.ClientID != p.ClientID {
		return "", problem.New(problem.Invalid, "Authority, tenant or client ID changed: enter the client secret again.")
	}
	return s.keys.Open(old.ClientSecret, clientSecretAt(old.ID, old.Version))
}

// withSecret seals secret for p at p's version.
func (s *Providers) withSecret(p store.Provider, secret Secret) (store.Provider, error) {
	p.ClientSecret, p.SecretHint, p.SecretSetAt = nil, "", 0
	if secret == "" {
		return p, nil
	}
	sealed, err := s.keys.Seal(secret, clientSecretAt(p.ID, p.Version))
	if err != nil {
		return store.Provider{}, err
	}
	p.ClientSecret, p.SecretHint, p.SecretSetAt = sealed, hintOf(secret), s.store.Now()
	return p, nil
}

// hintOf shows the end of a secret that is long enough to spare it.
func hintOf(secret Secret) string {
	const shown = 4
	if len(secret) < 4*shown {
		return ""
	}
	return secret.Reveal()[len(secret)-shown:]
}

func withoutSecret(p store.Provider) store.Provider {
	p.ClientSecret = nil
	return p
}
