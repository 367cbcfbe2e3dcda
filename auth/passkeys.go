package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"postroom/problem"
	"postroom/store"
)

const (
	mostPasskeys = 20  // of one user
	mostAsked    = 100 // begun from one address within askedWindow: an office has one address
	askedWindow  = 10 * time.Minute
	ceremonyLife = 5 * time.Minute
)

// Passkeys signs people in with keys of their devices (WebAuthn). A passkey is unlocked by its owner's
// finger, face or PIN, so that it needs no second step.
type Passkeys struct {
	store *store.Store
	party *webauthn.WebAuthn // nil where there can be none
	asked *limit
}

// NewPasskeys returns the passkeys of a Postroom at publicURL, whose host they are bound to. At a bare
// IP address there are none.
func NewPasskeys(st *store.Store, publicURL string) (*Passkeys, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	if net.ParseIP(u.Hostname()) != nil || u.Scheme != "https" && !loopback(u.Hostname()) {
		return &Passkeys{store: st, asked: newLimit(mostAsked, askedWindow, namesCounted)}, nil
	}
	party, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Postroom", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
	})
	if err != nil {
		return nil, fmt.Errorf("passkeys: %w", err)
	}
	return &Passkeys{store: st, party: party, asked: newLimit(mostAsked, askedWindow, namesCounted)}, nil
}

// Possible reports whether passkeys can be used at this address.
func (p *Passkeys) Possible() bool { return p.party != nil }

func (p *Passkeys) possible() error {
	if p.party == nil {
		return problem.New(problem.Conflict, "Passkeys need an address with a name and https://.").
			WithAction(problem.Operator, "Give this Postroom a public address of that kind.")
	}
	return nil
}

// ceremony is what stays here while the browser asks its owner. It is kept in the browser's session.
type ceremony struct {
	Data webauthn.SessionData `json:"data"`
	Ends int64                `json:"ends"` // unix ms
}

func (p *Passkeys) write(data *webauthn.SessionData) (string, error) {
	raw, err := json.Marshal(ceremony{*data, p.store.Now() + ceremonyLife.Milliseconds()})
	if err != nil {
		return "", fmt.Errorf("write ceremony: %w", err)
	}
	return string(raw), nil
}

func (p *Passkeys) read(raw string) (webauthn.SessionData, error) {
	var c ceremony
	if err := json.Unmarshal([]byte(raw), &c); err != nil || c.Ends <= p.store.Now() {
		return webauthn.SessionData{}, refusedPasskey(errors.New("no ceremony is under way"))
	}
	c.Data.Expires = time.Time{} // our own clock decides
	return c.Data, nil
}

// refusedPasskey is the answer to every passkey that proves nothing.
func refusedPasskey(cause error) error {
	var why *protocol.Error
	if errors.As(cause, &why) && why.DevInfo != "" {
		cause = fmt.Errorf("%w (%s)", cause, why.DevInfo)
	}
	return problem.Wrap(problem.SignInFailed, "The passkey was not accepted.", cause).
		WithAction(problem.You, "Try again, or sign in another way.")
}

// BeginAdd returns what the browser asks its owner for a new passkey, and the ceremony to be kept.
func (p *Passkeys) BeginAdd(ctx context.Context, user store.User) (options any, kept string, err error) {
	if err := p.possible(); err != nil {
		return nil, "", err
	}
	holder, err := p.holder(ctx, user)
	if err != nil {
		return nil, "", err
	}
	if len(holder.credentials) >= mostPasskeys {
		return nil, "", problem.New(problem.Conflict, "These are as many passkeys as one person can have.").
			WithAction(problem.You, "Remove one that you do not use.")
	}
	creation, data, err := p.party.BeginRegistration(holder,
		webauthn.WithExclusions(webauthn.Credentials(holder.credentials).CredentialDescriptors()),
		webauthn.WithAuthenticatorSelection(protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		}))
	if err != nil {
		return nil, "", fmt.Errorf("begin passkey: %w", err)
	}
	kept, err = p.write(data)
	return creation, kept, err
}

// FinishAdd stores the passkey that the browser made.
func (p *Passkeys) FinishAdd(ctx context.Context, user store.User, kept, name string, answer []byte) (store.Passkey, error) {
	if err := p.possible(); err != nil {
		return store.Passkey{}, err
	}
	data, err := p.read(kept)
	if err != nil {
		return store.Passkey{}, err
	}
	if name, err = goodName(name); err != nil {
		return store.Passkey{}, err
	}
	holder, err := p.holder(ctx, user)
	if err != nil {
		return store.Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return store.Passkey{}, refusedPasskey(err)
	}
	credential, err := p.party.CreateCredential(holder, data, parsed)
	if err != nil {
		return store.Passkey{}, refusedPasskey(err)
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return store.Passkey{}, fmt.Errorf("write passkey: %w", err)
	}
	row := store.Passkey{UserID: user.ID, CredentialID: credentialID(credential.ID), Name: name, Data: string(raw)}
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddPasskey(&row) }); err != nil {
		return store.Passkey{}, fmt.Errorf("add passkey: %w", err)
	}
	return row, nil
}

// Rename gives a user's passkey another name.
func (p *Passkeys) Rename(ctx context.Context, userID, id, name string) error {
	name, err := goodName(name)
	if err != nil {
		return err
	}
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.RenamePasskey(userID, id, name) }); err != nil {
		return fmt.Errorf("rename passkey: %w", err)
	}
	return nil
}

// Remove takes a passkey away from a user, unless it is the only way to sign in.
func (p *Passkeys) Remove(ctx context.Context, user store.User, id string) error {
	passkeys, err := p.store.Passkeys(ctx, user.ID)
	if err != nil {
		return fmt.Errorf("list passkeys: %w", err)
	}
	identities, err := p.store.Identities(ctx, user.ID)
	if err != nil {
		return fmt.Errorf("list identities: %w", err)
	}
	if user.PasswordHash == "" && len(identities) == 0 && len(passkeys) == 1 && passkeys[0].ID == id {
		return onlyWay()
	}
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.DeletePasskey(user.ID, id) }); err != nil {
		return fmt.Errorf("remove passkey: %w", err)
	}
	return nil
}

// BeginSignIn returns what the browser asks whoever sits before it, and the ceremony to be kept. It
// names nobody: the device knows whom its passkeys are for. ip is where the browser is.
func (p *Passkeys) BeginSignIn(ip string) (options any, kept string, err error) {
	if err := p.possible(); err != nil {
		return nil, "", err
	}
	if !p.asked.take(networkOf(ip), time.UnixMilli(p.store.Now())) {
		return nil, "", problem.New(problem.TooMany, "")
	}
	assertion, data, err := p.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", fmt.Errorf("begin passkey sign-in: %w", err)
	}
	kept, err = p.write(data)
	return assertion, kept, err
}

// FinishSignIn returns whom the browser's answer proves.
func (p *Passkeys) FinishSignIn(ctx context.Context, kept string, answer []byte) (store.User, error) {
	if err := p.possible(); err != nil {
		return store.User{}, err
	}
	data, err := p.read(kept)
	if err != nil {
		return store.User{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return store.User{}, refusedPasskey(err)
	}
	found := holder{}
	_, credential, err := p.party.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		user, err := p.store.User(ctx, string(handle))
		if err != nil {
			return nil, fmt.Errorf("read user: %w", err)
		}
		if user.DisabledAt != 0 {
			return nil, errors.New("the user is disabled")
		}
		found, err = p.holder(ctx, user)
		return found, err
	}, data, parsed)
	if err != nil {
		return store.User{}, refusedPasskey(err)
	}
	if credential.Authenticator.CloneWarning {
		return store.User{}, refusedPasskey(errors.New("its counter went back: it may be a copy"))
	}
	raw, err := json.Marshal(credential)
	if err != nil {
		return store.User{}, fmt.Errorf("write passkey: %w", err)
	}
	err = p.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.UsePasskey(found.user.ID, credentialID(credential.ID), string(raw))
	})
	if err != nil {
		return store.User{}, fmt.Errorf("note passkey: %w", err)
	}
	return found.user, nil
}

func credentialID(id []byte) string { return base64.RawURLEncoding.EncodeToString(id) }

// holder is a user with their passkeys, as the library asks for them.
type holder struct {
	user        store.User
	credentials []webauthn.Credential
}

func (p *Passkeys) holder(ctx context.Context, user store.User) (holder, error) {
	rows, err := p.store.Passkeys(ctx, user.ID)
	if err != nil {
		return holder{}, fmt.Errorf("list passkeys: %w", err)
	}
	h := holder{user: user}
	for _, row := range rows {
		var c webauthn.Credential
		if err := json.NewDecoder(strings.NewReader(row.Data)).Decode(&c); err != nil {
			return holder{}, fmt.Errorf("read passkey %s: %w", row.ID, err)
		}
		h.credentials = append(h.credentials, c)
	}
	return h, nil
}

// WebAuthnID is the user handle. It says nothing about the person.
func (h holder) WebAuthnID() []byte                         { return []byte(h.user.ID) }
func (h holder) WebAuthnName() string                       { return h.user.Email }
func (h holder) WebAuthnDisplayName() string                { return h.user.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.credentials }
