package auth

import (
	"context"
	"fmt"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// Entered is what an admin types beside a provider's settings. An empty secret keeps the stored one.
type Entered struct {
	First, Second Secret
	DropSecond    bool // empties the second slot
	Unproved      bool // takes new secrets without asking the sign-in service about them: it cannot be reached now
}

// Save is Enter for an installation that knows its secret to be right, or for a test.
func (s *Providers) Save(ctx context.Context, p store.Provider, secret Secret) (store.Provider, error) {
	return s.Enter(ctx, p, Entered{First: secret, Unproved: true})
}

// Enter adds p when it has no id, and else changes the provider of this id and Version. A new secret
// is proved at the sign-in service before it takes the place of the old one, which until then stays
// in use. An empty secret keeps the one that is stored, but only while the places stay as they are
// that it and the tokens got with it are sent to.
func (s *Providers) Enter(ctx context.Context, p store.Provider, e Entered) (store.Provider, error) {
	p = tidy(p)
	e.First, e.Second = tidySecret(e.First), tidySecret(e.Second)
	if err := validProvider(p, e.First, e.Second); err != nil {
		return store.Provider{}, err
	}
	var old store.Provider
	if p.ID == "" {
		if e.First == "" && p.Kind == store.KindMicrosoft {
			return store.Provider{}, problem.New(problem.Invalid, "A client secret is needed.")
		}
	} else {
		var err error
		if old, err = s.changeable(ctx, p); err != nil {
			return store.Provider{}, err
		}
	}
	next, err := s.secrets(old, p, e)
	if err != nil {
		return store.Provider{}, err
	}
	if err := s.proveAll(ctx, p, e); err != nil {
		return store.Provider{}, err
	}
	if p.ID == "" {
		err = s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddProvider(&next) })
	} else {
		err = s.Store.Tx(ctx, func(tx *store.Tx) error { return replaceProvider(tx, next, e) })
	}
	if err != nil {
		return store.Provider{}, fmt.Errorf("save provider: %w", err)
	}
	return s.Get(ctx, next.ID)
}

func tidySecret(secret Secret) Secret { return Secret(strings.TrimSpace(secret.Reveal())) }

// changeable returns the stored provider that p may be written over.
func (s *Providers) changeable(ctx context.Context, p store.Provider) (store.Provider, error) {
	old, err := s.Store.Provider(ctx, p.ID)
	if err != nil {
		return store.Provider{}, fmt.Errorf("read provider: %w", err)
	}
	if old.Version != p.Version {
		return store.Provider{}, problem.New(problem.Conflict, "")
	}
	return old, s.mayMove(ctx, old, p)
}

// mayMove refuses to change the sign-in service under connected mailboxes: their grants would be sent
// to the new one with the next renewal. Within this machine a service may change its port.
func (s *Providers) mayMove(ctx context.Context, old, p store.Provider) error {
	if old.Kind == p.Kind && stays(old.Authority, p.Authority) && stays(old.TokenURL, p.TokenURL) {
		return nil
	}
	counts, err := s.Store.CountMailboxes(ctx)
	if err != nil {
		return err
	}
	if counts[old.ID] > 0 {
		return problem.New(problem.Conflict, "Mailboxes are connected through this sign-in service.").
			WithAction(problem.You, "Add a new provider for the other service.")
	}
	return nil
}

func stays(old, address string) bool {
	return old == address || onLoopback(old) && onLoopback(address)
}

// moved names the first of p's settings that would send a secret, a grant or an access token to
// another place than old does; "" when all stay where they are.
func moved(old, p store.Provider) string {
	for _, place := range []struct{ name, was, is string }{
		{"kind", string(old.Kind), string(p.Kind)},
		{"authority", old.Authority, p.Authority},
		{"tenant", old.Tenant, p.Tenant},
		{"client ID", old.ClientID, p.ClientID},
		{"authorize address", old.AuthorizeURL, p.AuthorizeURL},
		{"token address", old.TokenURL, p.TokenURL},
		{"revocation address", old.RevokeURL, p.RevokeURL},
		{"IMAP server", old.IMAPHost, p.IMAPHost},
		{"SMTP server", old.SMTPHost, p.SMTPHost},
	} {
		if place.was != place.is {
			return place.name
		}
	}
	return ""
}

// secrets returns p as it is to be stored, with the secrets that it has from now on, sealed for the
// version that it will have.
func (s *Providers) secrets(old, p store.Provider, e Entered) (store.Provider, error) {
	next := p
	if p.ID == "" {
		next.ID, next.Version, next.CreatedAt = store.NewID(), 0, s.Store.Now()
	}
	first, err := s.newOrKept(old, p, slotsOf(old).first, e.First)
	if err != nil {
		return store.Provider{}, err
	}
	second := kept{}
	if !e.DropSecond {
		if second, err = s.newOrKept(old, p, slotsOf(old).second, e.Second); err != nil {
			return store.Provider{}, err
		}
	}
	at := next.Version + 1 // the store raises the version, which is part of the seal
	if next.ClientSecret, err = s.seal(first.Secret, clientSecretAt(next.ID, at)); err != nil {
		return store.Provider{}, err
	}
	if next.SecondSecret, err = s.seal(second.Secret, secondSecretAt(next.ID, at)); err != nil {
		return store.Provider{}, err
	}
	next.SecretHint, next.SecretSetAt = hintOf(first.Secret), first.at
	next.SecondHint, next.SecondSetAt = hintOf(second.Secret), second.at
	if first.Secret == "" {
		next.SecretExpiresAt = 0
	}
	if second.Secret == "" {
		next.SecondExpiresAt = 0
	}
	if p.ID == "" {
		next.Version = at
	}
	return next, nil
}

// kept is a secret with the time at which it was entered.
type kept struct {
	Secret Secret
	at     int64
}

// newOrKept is what a slot holds from now on: what was typed, or else what it holds already.
func (s *Providers) newOrKept(old, p store.Provider, slot slot, typed Secret) (kept, error) {
	switch {
	case typed != "":
		return kept{typed, s.Store.Now()}, nil
	case len(slot.sealed) == 0:
		return kept{}, nil
	}
	secret, err := s.stored(old, p, slot)
	return kept{secret, slot.setAt}, err
}

// stored opens a slot of old for use with p. A stored secret is never sent to a new place.
func (s *Providers) stored(old, p store.Provider, slot slot) (Secret, error) {
	if what := moved(old, p); what != "" {
		return "", problem.New(problem.Invalid, "The "+what+" changed: enter the "+slot.name+" again.").
			WithAction(problem.You, "A stored secret, and what it opens, is never sent to a new place.")
	}
	return s.open(old, slot)
}

func (s *Providers) seal(secret Secret, at Where) (store.Sealed, error) {
	if secret == "" {
		return nil, nil
	}
	return s.Keys.Seal(secret, at)
}

// replaceProvider stores what an admin entered. A new secret is the one to be used, and what was
// wrong with the old one is over.
func replaceProvider(tx *store.Tx, p store.Provider, e Entered) error {
	if err := tx.UpdateProvider(&p); err != nil {
		return err
	}
	if e.First == "" && e.Second == "" && !e.DropSecond {
		return nil
	}
	second := e.First == "" && e.Second != ""
	if _, err := tx.PreferSecret(p.ID, p.Version, second); err != nil {
		return err
	}
	_, err := tx.SetProviderProblem(p.ID, p.Version, nil)
	return err
}

// hintOf shows the end of a secret that is long enough to spare it.
func hintOf(secret Secret) string {
	const shown = 4
	if len(secret) < 4*shown {
		return ""
	}
	return secret.Reveal()[len(secret)-shown:]
}
