package server

import (
	"postroom/store"
)

// ProviderChoice is a provider as somebody sees it who connects a mailbox.
type ProviderChoice struct {
	ID   string             `json:"id"`
	Name string             `json:"name"`
	Kind store.ProviderKind `json:"kind" enum:"microsoft,generic"`
}

// Provider is an app registration as administrators see it. Its secret never leaves.
type Provider struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Kind        store.ProviderKind `json:"kind" enum:"microsoft,generic"`
	Authority   string             `json:"authority"`
	Tenant      string             `json:"tenant"`
	ClientID    string             `json:"clientId"`
	SecretHint  string             `json:"secretHint" doc:"The secret's last characters; empty when there is none"`
	SecretSetAt int64              `json:"secretSetAt"`
	Scopes      string             `json:"scopes"`
	IMAPHost    string             `json:"imapHost"`
	SMTPHost    string             `json:"smtpHost"`
	SMTPTLS     string             `json:"smtpTls" enum:"starttls,tls"`
	CAPEM       string             `json:"caPem"`
	FilesSent   store.SentPolicy   `json:"filesSent" enum:"server,client"`
	Disabled    bool               `json:"disabled"`
	Version     int64              `json:"version"`
}

func wireProvider(p store.Provider) Provider {
	return Provider{
		ID: p.ID, Name: p.Name, Kind: p.Kind, Authority: p.Authority, Tenant: p.Tenant,
		ClientID: p.ClientID, SecretHint: p.SecretHint, SecretSetAt: p.SecretSetAt, Scopes: p.Scopes,
		IMAPHost: p.IMAPHost, SMTPHost: p.SMTPHost, SMTPTLS: p.SMTPTLS, CAPEM: p.CAPEM,
		FilesSent: p.FilesSent, Disabled: p.Disabled, Version: p.Version,
	}
}

// ProviderForm makes or changes a provider. Blank fields of a new one take the kind's defaults; a
// blank secret keeps the stored one.
type ProviderForm struct {
	Name         string             `json:"name" maxLength:"100"`
	Kind         store.ProviderKind `json:"kind" enum:"microsoft,generic"`
	Authority    string             `json:"authority,omitempty" maxLength:"500"`
	Tenant       string             `json:"tenant,omitempty" maxLength:"200"`
	ClientID     string             `json:"clientId" maxLength:"200"`
	ClientSecret string             `json:"clientSecret,omitempty" maxLength:"1000"`
	Scopes       string             `json:"scopes,omitempty" maxLength:"2000"`
	IMAPHost     string             `json:"imapHost,omitempty" maxLength:"300" doc:"host:port, TLS"`
	SMTPHost     string             `json:"smtpHost,omitempty" maxLength:"300" doc:"host:port"`
	SMTPTLS      string             `json:"smtpTls,omitempty" enum:"starttls,tls"`
	CAPEM        string             `json:"caPem,omitempty" maxLength:"100000"`
	FilesSent    store.SentPolicy   `json:"filesSent,omitempty" enum:"server,client"`
	Disabled     bool               `json:"disabled,omitempty"`
	Version      int64              `json:"version,omitempty" doc:"As read; another one means that somebody was quicker"`
}
