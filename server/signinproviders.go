package server

import (
	"context"

	"postroom/auth"
	"postroom/store"
)

// signInProviders are the services that people may sign in with, for administrators.
type signInProviders struct{ signIns *auth.SignIns }

func (h *signInProviders) list(ctx context.Context, _ store.User, _ *struct{}) (SignInProviders, error) {
	all, err := h.signIns.List(ctx)
	if err != nil {
		return SignInProviders{}, err
	}
	return SignInProviders{RedirectURI: h.signIns.RedirectURI(), Providers: each(all, wireSignInProvider)}, nil
}

func (h *signInProviders) add(ctx context.Context, _ store.User, in *struct{ Body SignInProviderForm }) (SignInProvider, error) {
	return h.save(ctx, "", in.Body)
}

type signInChange struct {
	ID   string `path:"id" minLength:"1" maxLength:"40"`
	Body SignInProviderForm
}

func (h *signInProviders) change(ctx context.Context, _ store.User, in *signInChange) (SignInProvider, error) {
	return h.save(ctx, in.ID, in.Body)
}

func (h *signInProviders) save(ctx context.Context, id string, f SignInProviderForm) (SignInProvider, error) {
	p, err := h.signIns.Save(ctx, store.SignInProvider{
		ID: id, Name: f.Name, Kind: f.Kind, Authority: f.Authority, Tenant: f.Tenant, ClientID: f.ClientID, Version: f.Version,
		AllowedTenants: f.AllowedTenants, CAPEM: f.CAPEM, Admits: f.Admits, Disabled: f.Disabled,
	}, auth.Secret(f.ClientSecret))
	if err != nil {
		return SignInProvider{}, err
	}
	note(ctx, p.ID, p.Name)
	return wireSignInProvider(p), nil
}

func (h *signInProviders) remove(ctx context.Context, _ store.User, in *byID) error {
	return h.signIns.Delete(ctx, in.ID)
}
