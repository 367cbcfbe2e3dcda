package server

import (
	"encoding/json"

	"postroom/store"
)

// Ways is how people can sign in to this Postroom.
type Ways struct {
	ResetByMail bool           `json:"resetByMail" doc:"A link for a new password can be sent by mail"`
	Passkeys    bool           `json:"passkeys" doc:"Passkeys can be used at this address"`
	Services    []SignInChoice `json:"services"`
	SecondStep  bool           `json:"secondStep" doc:"This browser proved the first step, and the second is to come"`
}

// SignInChoice is a service to sign in with.
type SignInChoice struct {
	ID   string             `json:"id"`
	Name string             `json:"name"`
	Kind store.ProviderKind `json:"kind" enum:"microsoft,generic"`
}

// CodeForm is six digits of an authenticator app, or a recovery code.
type CodeForm struct {
	Code string `json:"code" maxLength:"40"`
}

// CeremonyOptions is what a browser is to ask its owner (WebAuthn).
type CeremonyOptions struct {
	Options json.RawMessage `json:"options" doc:"As WebAuthn writes it"`
}

// PasskeyAnswer is what a browser answered to that.
type PasskeyAnswer struct {
	Credential json.RawMessage `json:"credential" doc:"As WebAuthn writes it"`
}

// PasskeyForm adds a passkey.
type PasskeyForm struct {
	Name       string          `json:"name" maxLength:"200"`
	Credential json.RawMessage `json:"credential" doc:"As WebAuthn writes it"`
}

// ElsewhereForm begins to sign in with a service.
type ElsewhereForm struct {
	Service    string `json:"service" maxLength:"40"`
	Next       string `json:"next,omitempty" maxLength:"2000" doc:"Path to go on at"`
	Invitation string `json:"invitation,omitempty" maxLength:"200" doc:"Token of an invitation to be accepted"`
}

// LinkForm begins to link an account of a service.
type LinkForm struct {
	Service string `json:"service" maxLength:"40"`
}

// Account is one's own.
type Account struct {
	User               User       `json:"user"`
	HasPassword        bool       `json:"hasPassword"`
	AuthenticatorSince int64      `json:"authenticatorSince,omitempty" doc:"0: passwords alone sign in"`
	RecoveryCodes      int64      `json:"recoveryCodes" doc:"How many are left"`
	Passkeys           []Passkey  `json:"passkeys"`
	PasskeysPossible   bool       `json:"passkeysPossible"`
	Identities         []Identity `json:"identities"`
}

// Passkey is a key in somebody's device.
type Passkey struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	CreatedAt int64  `json:"createdAt"`
	UsedAt    int64  `json:"usedAt,omitempty"`
}

func wirePasskey(p store.Passkey) Passkey {
	return Passkey{ID: p.ID, Name: p.Name, CreatedAt: p.CreatedAt, UsedAt: p.UsedAt}
}

// Identity is an account elsewhere that signs somebody in.
type Identity struct {
	ID        string `json:"id"`
	Service   string `json:"service"`
	Name      string `json:"name"`
	CreatedAt int64  `json:"createdAt"`
	UsedAt    int64  `json:"usedAt,omitempty"`
}

// AccountPatch gives something of one's own a name.
type AccountPatch struct {
	Name string `json:"name" maxLength:"200"`
}

// ProofForm is a password.
type ProofForm struct {
	Password string `json:"password" maxLength:"1024"`
}

// Enrolment is what an authenticator app needs to know, shown once.
type Enrolment struct {
	Secret string `json:"secret"`
	Image  string `json:"image" doc:"The same as a QR code: a data: address"`
}

// RecoveryCodes stand in for an authenticator app, each once. They are shown once.
type RecoveryCodes struct {
	Codes []string `json:"codes"`
}

// Browser is where somebody is signed in.
type Browser struct {
	ID      string `json:"id"`
	Browser string `json:"browser,omitempty" doc:"A guess"`
	System  string `json:"system,omitempty" doc:"A guess"`
	Since   int64  `json:"since"`
	Seen    int64  `json:"seen" doc:"In steps of some minutes"`
	Current bool   `json:"current" doc:"The one that asks"`
}

// SignInProviders are the services that people may sign in with.
type SignInProviders struct {
	RedirectURI string           `json:"redirectUri" doc:"What to enter at the registration"`
	Providers   []SignInProvider `json:"providers"`
}

// SignInProvider is a service that people may sign in with.
type SignInProvider struct {
	ID             string             `json:"id"`
	Name           string             `json:"name"`
	Kind           store.ProviderKind `json:"kind" enum:"microsoft,generic"`
	Authority      string             `json:"authority"`
	Tenant         string             `json:"tenant,omitempty"`
	ClientID       string             `json:"clientId"`
	SecretHint     string             `json:"secretHint,omitempty" doc:"Its last characters"`
	SecretSetAt    int64              `json:"secretSetAt,omitempty"`
	Version        int64              `json:"version"`
	AllowedTenants string             `json:"allowedTenants,omitempty" doc:"Tenant ids, separated by spaces; empty: all"`
	CAPEM          string             `json:"caPem,omitempty"`
	Admits         bool               `json:"admits" doc:"Whoever is unknown becomes a member"`
	Disabled       bool               `json:"disabled"`
}

func wireSignInProvider(p store.SignInProvider) SignInProvider {
	return SignInProvider{
		ID: p.ID, Name: p.Name, Kind: p.Kind, Authority: p.Authority, Tenant: p.Tenant, ClientID: p.ClientID, SecretHint: p.SecretHint, SecretSetAt: p.SecretSetAt,
		Version: p.Version, AllowedTenants: p.AllowedTenants, CAPEM: p.CAPEM, Admits: p.Admits, Disabled: p.Disabled,
	}
}

// SignInProviderForm enters or changes a service. A blank secret keeps the stored one.
type SignInProviderForm struct {
	Name           string             `json:"name" maxLength:"100"`
	Kind           store.ProviderKind `json:"kind" enum:"microsoft,generic"`
	Authority      string             `json:"authority" maxLength:"500"`
	Tenant         string             `json:"tenant,omitempty" maxLength:"200"`
	ClientID       string             `json:"clientId" maxLength:"500"`
	ClientSecret   string             `json:"clientSecret,omitempty" maxLength:"1000"`
	Version        int64              `json:"version,omitempty"`
	AllowedTenants string             `json:"allowedTenants,omitempty" maxLength:"2000"`
	CAPEM          string             `json:"caPem,omitempty" maxLength:"100000"`
	Admits         bool               `json:"admits,omitempty"`
	Disabled       bool               `json:"disabled,omitempty"`
}
