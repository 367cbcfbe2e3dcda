package server

import (
	"time"

	"postroom/auth"
	"postroom/store"
)

// ProviderChoice is a provider as somebody sees it who connects a mailbox.
type ProviderChoice struct {
	ID   string             `json:"id"`
	Name string             `json:"name"`
	Kind store.ProviderKind `json:"kind" enum:"microsoft,generic"`

	NeedsAddress bool `json:"needsAddress" doc:"Its sign-in does not tell the mailbox's address: it has to be typed first"`
}

func wireChoice(p store.Provider) ProviderChoice {
	return ProviderChoice{ID: p.ID, Name: p.Name, Kind: p.Kind, NeedsAddress: auth.NeedsAddress(p)}
}

// ProviderSettings are what an app registration is used with; the form and the presets have them too.
type ProviderSettings struct {
	Name             string             `json:"name" maxLength:"100"`
	Preset           string             `json:"preset,omitempty" enum:",microsoft,google,fastmail,yahoo,generic" doc:"Whose rules it was filled in from"`
	Cloud            string             `json:"cloud,omitempty" enum:",global,gcchigh,dod,china" doc:"Microsoft alone"`
	Kind             store.ProviderKind `json:"kind" enum:"microsoft,generic"`
	Authority        string             `json:"authority,omitempty" maxLength:"500"`
	Tenant           string             `json:"tenant,omitempty" maxLength:"200"`
	ClientID         string             `json:"clientId" maxLength:"200"`
	AuthorizeURL     string             `json:"authorizeUrl,omitempty" maxLength:"500" doc:"With tokenUrl: for services that publish no metadata"`
	TokenURL         string             `json:"tokenUrl,omitempty" maxLength:"500"`
	RevokeURL        string             `json:"revokeUrl,omitempty" maxLength:"500" doc:"RFC 7009"`
	Scopes           string             `json:"scopes,omitempty" maxLength:"2000"`
	IMAPHost         string             `json:"imapHost,omitempty" maxLength:"300" doc:"host:port, TLS"`
	SMTPHost         string             `json:"smtpHost,omitempty" maxLength:"300" doc:"host:port"`
	SMTPTLS          string             `json:"smtpTls,omitempty" enum:",starttls,tls"`
	SASL             store.SASLName     `json:"sasl,omitempty" enum:",xoauth2,oauthbearer" doc:"How the mail servers take the token"`
	CAPEM            string             `json:"caPem,omitempty" maxLength:"100000"`
	FilesSent        store.SentPolicy   `json:"filesSent,omitempty" enum:",server,client"`
	AllowedTenants   string             `json:"allowedTenants,omitempty" maxLength:"20000" doc:"Tenant IDs; empty: all that the authority lets in"`
	AllowedAddresses string             `json:"allowedAddresses,omitempty" maxLength:"20000" doc:"Addresses and @domains; empty: all"`
	MailboxesPerUser int64              `json:"mailboxesPerUser,omitempty" minimum:"0" maximum:"1000" doc:"0: no limit"`
	Disabled         bool               `json:"disabled,omitempty"`
}

func wireSettings(p store.Provider) ProviderSettings {
	return ProviderSettings{
		Name: p.Name, Preset: p.Preset, Cloud: p.Cloud, Kind: p.Kind, Authority: p.Authority, Tenant: p.Tenant, ClientID: p.ClientID,
		AuthorizeURL: p.AuthorizeURL, TokenURL: p.TokenURL, RevokeURL: p.RevokeURL, Scopes: p.Scopes,
		IMAPHost: p.IMAPHost, SMTPHost: p.SMTPHost, SMTPTLS: p.SMTPTLS, SASL: p.SASL, CAPEM: p.CAPEM, FilesSent: p.FilesSent,
		AllowedTenants: p.AllowedTenants, AllowedAddresses: p.AllowedAddresses, MailboxesPerUser: p.MailboxesPerUser, Disabled: p.Disabled,
	}
}

// SecretSlot is one of the two places for a client secret, without the secret.
type SecretSlot struct {
	Set       bool   `json:"set"`
	Hint      string `json:"hint" doc:"The secret's last characters; empty when it is too short to show any"`
	SetAt     int64  `json:"setAt"`
	ExpiresAt int64  `json:"expiresAt" doc:"As the admin noted it; 0 when not known"`
	DaysLeft  *int64 `json:"daysLeft,omitempty" doc:"Whole days until it expires; negative afterwards"`
	InUse     bool   `json:"inUse" doc:"It is the one that is tried first"`
}

func wireSlot(hint string, setAt, expiresAt int64, first bool, now time.Time) SecretSlot {
	s := SecretSlot{Set: setAt != 0, Hint: hint, SetAt: setAt, ExpiresAt: expiresAt, InUse: first && setAt != 0}
	if s.Set && expiresAt != 0 {
		days := (expiresAt - now.UnixMilli()) / (24 * time.Hour).Milliseconds()
		if expiresAt < now.UnixMilli() {
			days--
		}
		s.DaysLeft = &days
	}
	return s
}

// Provider is an app registration as administrators see it. Its secrets never leave.
type Provider struct {
	ID string `json:"id"`
	ProviderSettings
	First     SecretSlot `json:"first"`
	Second    SecretSlot `json:"second"`
	Mailboxes int64      `json:"mailboxes" doc:"How many are connected with it"`
	Problem   *Problem   `json:"problem,omitempty" doc:"What keeps all of its mailboxes from working"`
	ProblemAt int64      `json:"problemAt,omitempty"`
	Version   int64      `json:"version"`
}

func wireProvider(p store.Provider, mailboxes int64, now time.Time) Provider {
	second := p.SecondFirst && p.SecondSetAt != 0 || p.SecretSetAt == 0
	return Provider{
		ID: p.ID, ProviderSettings: wireSettings(p), Mailboxes: mailboxes, Version: p.Version,
		First:   wireSlot(p.SecretHint, p.SecretSetAt, p.SecretExpiresAt, !second, now),
		Second:  wireSlot(p.SecondHint, p.SecondSetAt, p.SecondExpiresAt, second, now),
		Problem: wireProblem(p.Problem), ProblemAt: p.ProblemAt,
	}
}

// ProviderForm makes or changes a provider. Blank fields of a new one take the preset's defaults; a
// blank secret keeps the stored one, as long as the places stay that it is sent to.
type ProviderForm struct {
	ProviderSettings
	ClientSecret    string `json:"clientSecret,omitempty" maxLength:"4000"`
	SecretExpiresAt int64  `json:"secretExpiresAt,omitempty" minimum:"0"`
	SecondSecret    string `json:"secondSecret,omitempty" maxLength:"4000" doc:"Takes over at once; the first one stays as the reserve"`
	SecondExpiresAt int64  `json:"secondExpiresAt,omitempty" minimum:"0"`
	DropSecond      bool   `json:"dropSecond,omitempty" doc:"Empties the second slot"`
	Unproved        bool   `json:"unproved,omitempty" doc:"Take new secrets without asking the sign-in service about them"`
	Version         int64  `json:"version,omitempty" doc:"As read; another one means that somebody was quicker"`
}
