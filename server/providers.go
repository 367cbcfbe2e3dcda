package server

import (
	"context"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// providers are app registrations: everyone may choose one, administrators keep them.
type providers struct {
	providers *auth.Providers
}

// choices are the providers that are switched on.
func (h *providers) choices(ctx context.Context, _ store.User, _ *struct{}) ([]ProviderChoice, error) {
	all, err := h.providers.List(ctx)
	if err != nil {
		return nil, err
	}
	out := []ProviderChoice{}
	for _, p := range all {
		if !p.Disabled {
			out = append(out, ProviderChoice{ID: p.ID, Name: p.Name, Kind: p.Kind})
		}
	}
	return out, nil
}

func (h *providers) list(ctx context.Context, _ store.User, _ *struct{}) ([]Provider, error) {
	all, err := h.providers.List(ctx)
	if err != nil {
		return nil, err
	}
	return each(all, wireProvider), nil
}

func (h *providers) add(ctx context.Context, _ store.User, in *struct{ Body ProviderForm }) (Provider, error) {
	return h.save(ctx, providerOf(in.Body), in.Body)
}

type providerChange struct {
	ID   string `path:"id" maxLength:"40"`
	Body ProviderForm
}

func (h *providers) change(ctx context.Context, _ store.User, in *providerChange) (Provider, error) {
	if in.ID == "" { // an id is what tells a change from a new one
		return Provider{}, problem.New(problem.NotFound, "")
	}
	p := providerOf(in.Body)
	p.ID, p.Version = in.ID, in.Body.Version
	return h.save(ctx, p, in.Body)
}

func (h *providers) save(ctx context.Context, p store.Provider, f ProviderForm) (Provider, error) {
	saved, err := h.providers.Save(ctx, p, auth.Secret(f.ClientSecret))
	if err != nil {
		return Provider{}, err
	}
	return wireProvider(saved), nil
}

func (h *providers) remove(ctx context.Context, _ store.User, in *byID) error {
	return h.providers.Delete(ctx, in.ID)
}

// providerOf is what was typed, over the presets of its kind.
func providerOf(f ProviderForm) store.Provider {
	p := auth.Preset(f.Kind)
	p.Name, p.Kind, p.ClientID, p.CAPEM, p.Disabled = f.Name, f.Kind, f.ClientID, f.CAPEM, f.Disabled
	for field, typed := range map[*string]string{
		&p.Authority: f.Authority, &p.Tenant: f.Tenant, &p.Scopes: f.Scopes,
		&p.IMAPHost: f.IMAPHost, &p.SMTPHost: f.SMTPHost, &p.SMTPTLS: f.SMTPTLS,
	} {
		if typed != "" {
			*field = typed
		}
	}
	if f.FilesSent != "" {
		p.FilesSent = f.FilesSent
	}
	return p
}
