package server

import (
	"context"
	"time"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// providers are app registrations: everyone may choose one, administrators keep them.
type providers struct {
	providers *auth.Providers
	store     *store.Store
	now       func() time.Time
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
			out = append(out, wireChoice(p))
		}
	}
	return out, nil
}

// presets are the providers that we know.
func (h *providers) presets(context.Context, store.User, *struct{}) ([]ProviderSettings, error) {
	return each(auth.Presets(), wireSettings), nil
}

func (h *providers) list(ctx context.Context, _ store.User, _ *struct{}) ([]Provider, error) {
	all, err := h.providers.List(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := h.store.CountMailboxes(ctx)
	if err != nil {
		return nil, err
	}
	return each(all, func(p store.Provider) Provider { return wireProvider(p, counts[p.ID], h.now()) }), nil
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
	saved, err := h.providers.Enter(ctx, p, enteredIn(f))
	if err != nil {
		return Provider{}, err
	}
	counts, err := h.store.CountMailboxes(ctx)
	if err != nil {
		return Provider{}, err
	}
	return wireProvider(saved, counts[saved.ID], h.now()), nil
}

func (h *providers) remove(ctx context.Context, _ store.User, in *byID) error {
	return h.providers.Delete(ctx, in.ID)
}

func enteredIn(f ProviderForm) auth.Entered {
	return auth.Entered{
		First: auth.Secret(f.ClientSecret), Second: auth.Secret(f.SecondSecret),
		DropSecond: f.DropSecond, Unproved: f.Unproved,
	}
}

// providerOf is what was typed, over its preset.
func providerOf(f ProviderForm) store.Provider {
	p, known := auth.PresetOf(f.Preset, f.Cloud)
	if !known {
		p = auth.Preset(f.Kind)
	}
	if f.TokenURL != "" || f.Authority != "" { // where to sign in was typed: nothing of it is the preset's
		p.Authority, p.AuthorizeURL, p.TokenURL, p.RevokeURL = f.Authority, f.AuthorizeURL, f.TokenURL, f.RevokeURL
	}
	if f.Preset != "" {
		p.Preset, p.Cloud = f.Preset, f.Cloud
	}
	p.Name, p.Kind, p.ClientID, p.CAPEM, p.Disabled = f.Name, f.Kind, f.ClientID, f.CAPEM, f.Disabled
	p.AllowedTenants, p.AllowedAddresses, p.MailboxesPerUser = f.AllowedTenants, f.AllowedAddresses, f.MailboxesPerUser
	p.SecretExpiresAt, p.SecondExpiresAt = f.SecretExpiresAt, f.SecondExpiresAt
	for field, typed := range map[*string]string{
		&p.Tenant: f.Tenant, &p.Scopes: f.Scopes, &p.IMAPHost: f.IMAPHost, &p.SMTPHost: f.SMTPHost, &p.SMTPTLS: f.SMTPTLS,
	} {
		if typed != "" {
			*field = typed
		}
	}
	if f.FilesSent != "" {
		p.FilesSent = f.FilesSent
	}
	if f.SASL != "" {
		p.SASL = f.SASL
	}
	return p
}
