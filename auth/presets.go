package auth

import (
	"slices"

	"postroom/store"
)

// Names of presets.
const (
	PresetMicrosoft = "microsoft"
	PresetGoogle    = "google"
	PresetFastmail  = "fastmail"
	PresetYahoo     = "yahoo"
	PresetGeneric   = "generic"
)

// Clouds of Microsoft. A registration lives in one of them.
const (
	CloudGlobal  = "global"
	CloudGCCHigh = "gcchigh"
	CloudDoD     = "dod"
	CloudChina   = "china"
)

// Scopes that Microsoft is asked for: what mail needs and nothing else. A scope of another
// resource (User.Read of Graph) would spoil the token for IMAP.
const MicrosoftScopes = "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"

// Presets are the providers that we know, with everything filled in that does not depend on the
// operator's own registration; Microsoft once for each cloud. Each field may be overridden.
func Presets() []store.Provider {
	return []store.Provider{
		microsoftCloud(CloudGlobal, "login.microsoftonline.com", "outlook.office.com", "outlook.office365.com", "smtp.office365.com"),
		microsoftCloud(CloudGCCHigh, "login.microsoftonline.us", "outlook.office365.us", "outlook.office365.us", "smtp.office365.us"),
		microsoftCloud(CloudDoD, "login.microsoftonline.us", "outlook.office365.us", "outlook-dod.office365.us", "outlook-dod.office365.us"),
		microsoftCloud(CloudChina, "login.partner.microsoftonline.cn", "partner.outlook.cn", "partner.outlook.cn", "partner.outlook.cn"),
		{
			Preset: PresetGoogle, Kind: store.KindGeneric, Name: "Gmail", Authority: "https://accounts.google.com",
			RevokeURL: "https://oauth2.googleapis.com/revoke",
			Scopes:    "openid profile email https://mail.google.com/",
			IMAPHost:  "imap.gmail.com:993", SMTPHost: "smtp.gmail.com:465", SMTPTLS: "tls",
			SASL: store.XOAUTH2, FilesSent: store.SentByServer,
		},
		{
			Preset: PresetFastmail, Kind: store.KindGeneric, Name: "Fastmail",
			AuthorizeURL: "https://api.fastmail.com/oauth/authorize", TokenURL: "https://api.fastmail.com/oauth/refresh",
			Scopes:   "https://www.fastmail.com/dev/protocol-imap https://www.fastmail.com/dev/protocol-smtp",
			IMAPHost: "imap.fastmail.com:993", SMTPHost: "smtp.fastmail.com:465", SMTPTLS: "tls",
			SASL: store.XOAUTH2, FilesSent: store.SentByClient,
		},
		{
			Preset: PresetYahoo, Kind: store.KindGeneric, Name: "Yahoo",
			AuthorizeURL: "https://api.login.yahoo.com/oauth2/request_auth", TokenURL: "https://api.login.yahoo.com/oauth2/get_token",
			Scopes:   "mail-w",
			IMAPHost: "imap.mail.yahoo.com:993", SMTPHost: "smtp.mail.yahoo.com:465", SMTPTLS: "tls",
			SASL: store.XOAUTH2, FilesSent: store.SentByServer,
		},
		{
			Preset: PresetGeneric, Kind: store.KindGeneric,
			Scopes: "openid profile email offline_access", SMTPTLS: "starttls",
			SASL: store.XOAUTH2, FilesSent: store.SentByClient,
		},
	}
}

// microsoftCloud is Microsoft in one of its clouds: where people sign in, what its mail scopes begin
// with, and its mail hosts.
func microsoftCloud(cloud, login, resource, imap, smtp string) store.Provider {
	return store.Provider{
		Preset: PresetMicrosoft, Cloud: cloud, Kind: store.KindMicrosoft, Name: "Outlook",
		Authority: "https://" + login, Tenant: "common",
		Scopes:   "openid profile email offline_access https://" + resource + "/IMAP.AccessAsUser.All https://" + resource + "/SMTP.Send",
		IMAPHost: imap + ":993", SMTPHost: smtp + ":587", SMTPTLS: "starttls",
		SASL: store.XOAUTH2, FilesSent: store.SentByServer,
	}
}

// PresetOf returns the preset of that name and cloud; cloud is "" for all but Microsoft.
func PresetOf(name, cloud string) (store.Provider, bool) {
	all := Presets()
	i := slices.IndexFunc(all, func(p store.Provider) bool { return p.Preset == name && p.Cloud == cloud })
	if i < 0 {
		return store.Provider{}, false
	}
	return all[i], true
}

// Preset is what a provider of this kind starts with when nothing closer is known.
func Preset(kind store.ProviderKind) store.Provider {
	name, cloud := PresetGeneric, ""
	if kind == store.KindMicrosoft {
		name, cloud = PresetMicrosoft, CloudGlobal
	}
	p, _ := PresetOf(name, cloud)
	return p
}
