package server

import (
	"context"
	"encoding/base64"
	"fmt"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// account is what somebody changes of their own. What decides who can sign in as them takes a person who
// proved lately who they are.
type account struct {
	*doors
	store *store.Store
}

func (h *account) show(ctx context.Context, user store.User, _ *struct{}) (Account, error) {
	a := Account{User: wireUser(user), HasPassword: user.PasswordHash != "", PasskeysPossible: h.passkeys.Possible()}
	authenticator, found, err := h.store.Authenticator(ctx, user.ID)
	if err != nil {
		return Account{}, fmt.Errorf("read authenticator: %w", err)
	}
	if found {
		a.AuthenticatorSince = authenticator.ConfirmedAt
	}
	if a.RecoveryCodes, err = h.store.RecoveryCodes(ctx, user.ID); err != nil {
		return Account{}, fmt.Errorf("count recovery codes: %w", err)
	}
	passkeys, err := h.store.Passkeys(ctx, user.ID)
	if err != nil {
		return Account{}, fmt.Errorf("list passkeys: %w", err)
	}
	a.Passkeys = each(passkeys, wirePasskey)
	identities, err := h.store.Identities(ctx, user.ID)
	if err != nil {
		return Account{}, fmt.Errorf("list identities: %w", err)
	}
	services, err := h.signIns.List(ctx)
	if err != nil {
		return Account{}, err
	}
	names := map[string]string{}
	for _, s := range services {
		names[s.ID] = s.Name
	}
	a.Identities = each(identities, func(i store.Identity) Identity {
		return Identity{ID: i.ID, Service: names[i.ProviderID], Name: i.Name, CreatedAt: i.CreatedAt, UsedAt: i.UsedAt}
	})
	return a, nil
}

// changed notes what somebody changed of their own.
func (h *account) changed(ctx context.Context, user store.User, what string) error {
	return h.people.Note(ctx, store.AuditEntry{UserID: user.ID, Action: auth.AccountChanged, Subject: user.ID, Detail: what, IP: visitOf(ctx).ip})
}

func (h *account) rename(ctx context.Context, user store.User, in *struct{ Body AccountPatch }) (User, error) {
	changed, err := h.people.Change(ctx, user.ID, auth.PersonChange{Name: &in.Body.Name})
	if err != nil {
		return User{}, err
	}
	return wireUser(changed), h.changed(ctx, user, "name")
}

// prove takes the password again. Somebody without one signs out and in.
func (h *account) prove(ctx context.Context, user store.User, in *struct{ Body ProofForm }) error {
	if user.PasswordHash == "" {
		return problem.New(problem.Conflict, "You have no password here.").
			WithAction(problem.You, "Sign out, sign in again, and repeat this within fifteen minutes.")
	}
	if _, err := h.people.Check(ctx, user.Email, in.Body.Password, visitOf(ctx).ip); err != nil {
		if problem.Is(err, problem.SignInFailed) {
			// Not 401, which would mean that nobody is signed in.
			return problem.New(problem.Invalid, "That is not your password.")
		}
		return err
	}
	h.sessions.Prove(ctx)
	return nil
}

// password sets a new one. Every other browser is signed out.
func (h *account) password(ctx context.Context, user store.User, in *struct{ Body ProofForm }) error {
	if err := h.sessions.Proven(ctx); err != nil {
		return err
	}
	if _, err := h.people.Change(ctx, user.ID, auth.PersonChange{Password: &in.Body.Password}); err != nil {
		return err
	}
	if err := h.sessions.SignIn(ctx, user.ID); err != nil {
		return fmt.Errorf("sign in again: %w", err)
	}
	return h.changed(ctx, user, "password")
}

func (h *account) enrol(ctx context.Context, user store.User, _ *struct{}) (Enrolment, error) {
	if err := h.sessions.Proven(ctx); err != nil {
		return Enrolment{}, err
	}
	e, err := h.factors.Enrol(ctx, user)
	if err != nil {
		return Enrolment{}, err
	}
	return Enrolment{Secret: e.Secret.Reveal(), Image: "data:image/png;base64," + base64.StdEncoding.EncodeToString(e.PNG)}, nil
}

func (h *account) confirm(ctx context.Context, user store.User, in *struct{ Body CodeForm }) (RecoveryCodes, error) {
	if err := h.sessions.Proven(ctx); err != nil {
		return RecoveryCodes{}, err
	}
	codes, err := h.factors.Confirm(ctx, user, in.Body.Code)
	if problem.Is(err, problem.CodeWrong) {
		return RecoveryCodes{}, problem.New(problem.Invalid, problem.Of(err).Title+" "+problem.Of(err).Detail)
	}
	if err != nil {
		return RecoveryCodes{}, err
	}
	return revealed(codes), h.changed(ctx, user, "authenticator app added")
}

func (h *account) recovery(ctx context.Context, user store.User, _ *struct{}) (RecoveryCodes, error) {
	if err := h.sessions.Proven(ctx); err != nil {
		return RecoveryCodes{}, err
	}
	needed, err := h.factors.Needed(ctx, user.ID)
	if err != nil || !needed {
		if err == nil {
			err = problem.New(problem.Conflict, "Recovery codes come with an authenticator app.")
		}
		return RecoveryCodes{}, err
	}
	codes, err := h.factors.NewRecoveryCodes(ctx, user.ID)
	if err != nil {
		return RecoveryCodes{}, err
	}
	return revealed(codes), h.changed(ctx, user, "new recovery codes")
}

func revealed(codes []auth.Secret) RecoveryCodes {
	return RecoveryCodes{Codes: each(codes, auth.Secret.Reveal)}
}

func (h *account) dropAuthenticator(ctx context.Context, user store.User, _ *struct{}) error {
	if err := h.sessions.Proven(ctx); err != nil {
		return err
	}
	if err := h.factors.Remove(ctx, user.ID); err != nil {
		return err
	}
	return h.changed(ctx, user, "authenticator app removed")
}

func (h *account) beginPasskey(ctx context.Context, user store.User, _ *struct{}) (CeremonyOptions, error) {
	if err := h.sessions.Proven(ctx); err != nil {
		return CeremonyOptions{}, err
	}
	options, kept, err := h.passkeys.BeginAdd(ctx, user)
	if err != nil {
		return CeremonyOptions{}, err
	}
	return h.ceremony(ctx, options, kept)
}

func (h *account) addPasskey(ctx context.Context, user store.User, in *struct{ Body PasskeyForm }) (Passkey, error) {
	if err := h.sessions.Proven(ctx); err != nil {
		return Passkey{}, err
	}
	added, err := h.passkeys.FinishAdd(ctx, user, h.sessions.TakeCeremony(ctx), in.Body.Name, in.Body.Credential)
	if problem.Is(err, problem.SignInFailed) { // not 401, which would mean that nobody is signed in
		return Passkey{}, problem.Wrap(problem.Invalid, "The passkey was not accepted.", err)
	}
	if err != nil {
		return Passkey{}, err
	}
	return wirePasskey(added), h.changed(ctx, user, "passkey added")
}

type passkeyChange struct {
	ID   string `path:"id" maxLength:"40"`
	Body AccountPatch
}

func (h *account) renamePasskey(ctx context.Context, user store.User, in *passkeyChange) error {
	return h.passkeys.Rename(ctx, user.ID, in.ID, in.Body.Name)
}

func (h *account) dropPasskey(ctx context.Context, user store.User, in *byID) error {
	if err := h.sessions.Proven(ctx); err != nil {
		return err
	}
	if err := h.passkeys.Remove(ctx, user, in.ID); err != nil {
		return err
	}
	return h.changed(ctx, user, "passkey removed")
}

// link begins to add an account elsewhere that signs this user in.
func (h *account) link(ctx context.Context, user store.User, in *struct{ Body LinkForm }) (Away, error) {
	if err := h.sessions.Proven(ctx); err != nil {
		return Away{}, err
	}
	address, err := h.signIns.Begin(ctx, auth.Departure{
		Provider: in.Body.Service, SessionHash: h.sessions.Hash(ctx), UserID: user.ID, Next: "/settings/account", IP: visitOf(ctx).ip,
	})
	return Away{URL: address}, err
}

func (h *account) unlink(ctx context.Context, user store.User, in *byID) error {
	if err := h.sessions.Proven(ctx); err != nil {
		return err
	}
	if err := h.signIns.Unlink(ctx, user, in.ID); err != nil {
		return err
	}
	return h.changed(ctx, user, "sign-in unlinked")
}

func (h *account) browsers(ctx context.Context, user store.User, _ *struct{}) ([]Browser, error) {
	list, err := h.sessions.List(ctx, user.ID)
	if err != nil {
		return nil, err
	}
	return each(list, func(b auth.SignedInBrowser) Browser {
		return Browser{ID: b.ID, Browser: b.Agent.Browser(), System: b.Agent.System(), Since: b.Since, Seen: b.Seen, Current: b.Current}
	}), nil
}

func (h *account) signOut(ctx context.Context, user store.User, in *byID) error {
	if err := h.sessions.End(ctx, user.ID, in.ID); err != nil {
		return err
	}
	return h.changed(ctx, user, "signed another browser out")
}

func (h *account) signOutOthers(ctx context.Context, user store.User, _ *struct{}) error {
	if err := h.sessions.EndOthers(ctx, user.ID); err != nil {
		return err
	}
	return h.changed(ctx, user, "signed all other browsers out")
}
