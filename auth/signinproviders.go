package auth

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// List returns every service that people may sign in with, without its secret.
func (s *SignIns) List(ctx context.Context) ([]store.SignInProvider, error) {
	list, err := s.Store.SignInProviders(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sign-in providers: %w", err)
	}
	for i := range list {
		list[i].ClientSecret = nil
	}
	return list, nil
}

// Save adds p when it has no id, and else changes the one of this id and Version. An empty secret keeps
// the one that is stored, but only while kind, authority, tenant and client id stay as they are.
func (s *SignIns) Save(ctx context.Context, p store.SignInProvider, secret Secret) (store.SignInProvider, error) {
	p = tidySignIn(p)
	secret = Secret(strings.TrimSpace(secret.Reveal()))
	if err := validSignIn(p); err != nil {
		return store.SignInProvider{}, err
	}
	save, old := (*store.Tx).UpdateSignInProvider, store.SignInProvider{}
	if p.ID == "" {
		p.ID, save = store.NewID(), (*store.Tx).AddSignInProvider
	} else {
		var err error
		if old, err = s.Store.SignInProvider(ctx, p.ID); err != nil {
			return store.SignInProvider{}, fmt.Errorf("read sign-in provider: %w", err)
		}
		if old.Version != p.Version {
			return store.SignInProvider{}, problem.New(problem.Conflict, "")
		}
	}
	p.SecretSetAt = s.Store.Now()
	if secret == "" {
		var err error
		if secret, err = s.kept(old, p); err != nil {
			return store.SignInProvider{}, err
		}
		p.SecretSetAt = old.SecretSetAt
	}
	next, err := s.sealed(p, old, secret)
	if err != nil {
		return store.SignInProvider{}, err
	}
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return save(tx, &next) }); err != nil {
		return store.SignInProvider{}, fmt.Errorf("save sign-in provider: %w", err)
	}
	next.ClientSecret = nil
	return next, nil
}

// kept opens the stored secret for sealing it anew.
func (s *SignIns) kept(old, p store.SignInProvider) (Secret, error) {
	if len(old.ClientSecret) == 0 {
		return "", nil
	}
	if old.Kind != p.Kind || old.Authority != p.Authority || old.Tenant != p.Tenant || old.ClientID != p.ClientID {
		return "", problem.New(problem.Invalid, "Authority, tenant or client ID changed: enter the client secret again.")
	}
	return s.Keys.Open(old.ClientSecret, signInSecretAt(old.ID, old.Version))
}

// sealed is p with its secret sealed for the version that it will have.
func (s *SignIns) sealed(p, old store.SignInProvider, secret Secret) (store.SignInProvider, error) {
	version := int64(1)
	if old.ID != "" {
		version = old.Version + 1
	} else {
		p.Version = version
	}
	p.ClientSecret, p.SecretHint = nil, ""
	if secret == "" {
		p.SecretSetAt = 0
		return p, nil
	}
	sealed, err := s.Keys.Seal(secret, signInSecretAt(p.ID, version))
	if err != nil {
		return store.SignInProvider{}, err
	}
	p.ClientSecret, p.SecretHint = sealed, hintOf(secret)
	return p, nil
}

// Delete removes a service. Nobody signs in with it any more; other ways stay.
func (s *SignIns) Delete(ctx context.Context, id string) error {
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteSignInProvider(id) }); err != nil {
		return fmt.Errorf("delete sign-in provider: %w", err)
	}
	return nil
}

func tidySignIn(p store.SignInProvider) store.SignInProvider {
	for _, field := range []*string{&p.Name, &p.Authority, &p.Tenant, &p.ClientID, &p.CAPEM} {
		*field = strings.TrimSpace(*field)
	}
	p.Authority = strings.TrimRight(p.Authority, "/")
	p.AllowedTenants = strings.ToLower(strings.Join(strings.Fields(p.AllowedTenants), " "))
	if p.Kind == store.KindGeneric {
		p.Tenant, p.AllowedTenants = "", ""
	}
	return p
}

func validSignIn(p store.SignInProvider) error {
	authority, err := url.Parse(p.Authority)
	switch {
	case p.Name == "" || len(p.Name) > 100:
		return problem.New(problem.Invalid, "A name is needed; it stands on the button.")
	case p.Kind != store.KindMicrosoft && p.Kind != store.KindGeneric:
		return problem.New(problem.Invalid, "A kind is microsoft or generic.")
	case err != nil || !safeEndpoint(authority):
		return problem.New(problem.Invalid, "The authority must be an https:// address.")
	case p.ClientID == "":
		return problem.New(problem.Invalid, "A client ID is needed.")
	case p.Kind == store.KindMicrosoft && p.Tenant == "":
		return problem.New(problem.Invalid, "A tenant is needed: its ID or domain, or organizations.")
	}
	for _, tid := range strings.Fields(p.AllowedTenants) {
		if !guid.MatchString(tid) {
			return problem.New(problem.Invalid, "Allowed tenants are tenant IDs, such as 11111111-2222-3333-4444-555555555555.")
		}
	}
	if p.Admits && p.Kind == store.KindMicrosoft && p.AllowedTenants == "" && !guid.MatchString(p.Tenant) {
		return problem.New(problem.Invalid, "Letting everybody in takes a tenant ID, or allowed tenants: all of Microsoft would come in else.")
	}
	if _, err := trustRoots(p.CAPEM); err != nil {
		return problem.New(problem.Invalid, "The CA certificate is not PEM.")
	}
	return nil
}
