package store

import "postroom/problem"

// Role is what a user may do in Postroom.
type Role string

// Roles of a User.
const (
	RoleAdmin   Role = "admin"   // may configure everything; does not read people's mail
	RoleManager Role = "manager" // may invite people, send connect links and see how mailboxes fare; no providers, no mail
	RoleMember  Role = "member"  // has mailboxes
)

// User is a person who signs in to Postroom.
type User struct {
	ID           string `gorm:"primaryKey"` // ULID
	Email        string // lower case; a name to sign in with, no proof of owning a mailbox
	Name         string
	PasswordHash string // argon2id, PHC format
	Role         Role
	DisabledAt   int64 // unix ms; 0 while enabled
	ChangeSeq    int64 // last number given out in this user's feed
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

// Session is a signed-in browser. Token is a hash of what the cookie holds.
type Session struct {
	Token     string `gorm:"primaryKey"`
	UserID    string // empty before sign-in
	Data      []byte
	SeenAt    int64 // when it was last used, in steps of some minutes
	ExpiresAt int64
}

// Provider is an admin's app registration with the hosts that go with it. Nothing about an
// endpoint is built into the code: the simulator, the lab and Microsoft differ only in such a row.
type Provider struct {
	ID           string `gorm:"primaryKey"` // ULID
	Name         string // shown on the button: "Outlook"
	Kind         ProviderKind
	Authority    string // microsoft: https://login.microsoftonline.com; generic: the issuer
	Tenant       string // microsoft: GUID, domain, common, organizations or consumers; generic: empty
	ClientID     string
	ClientSecret Sealed
	SecretKeyID  int64  // Tink key id that sealed it; filled by the store
	SecretHint   string // last four characters, for the admin page
	SecretSetAt  int64
	Version      int64  // rises with every change; part of the sealed secrets' associated data
	Scopes       string // space-separated, as sent
	IMAPHost     string // host:port, implicit TLS
	SMTPHost     string // host:port
	SMTPTLS      string // "starttls" (587) or "tls" (465)
	CAPEM        string // further trust roots for the mail hosts and the authority, PEM; may be empty
	FilesSent    SentPolicy
	Disabled     bool
	CreatedAt    int64 `gorm:"autoCreateTime:false"`

	Preset       string // whose rules it was filled in from: microsoft, google, fastmail, yahoo, generic
	Cloud        string // microsoft: global, gcchigh, dod or china; else empty
	AuthorizeURL string // with TokenURL: endpoints by hand, for services that publish no metadata
	TokenURL     string
	RevokeURL    string   // RFC 7009; empty where the service has none
	SASL         SASLName // how IMAP and SMTP take the token

	SecretExpiresAt int64  // unix ms, as the admin noted it; 0 when not known
	SecondSecret    Sealed // the other slot: tried when the first one is refused
	SecondKeyID     int64  // filled by the store
	SecondHint      string
	SecondSetAt     int64
	SecondExpiresAt int64
	SecondFirst     bool // the second slot is the one that works; changes without Version

	AllowedTenants   string // space-separated tenant ids; empty: all that the authority lets in
	AllowedAddresses string // space-separated addresses and @domains; empty: all
	MailboxesPerUser int64  // 0: no limit

	Problem   *problem.Problem `gorm:"serializer:json"` // what keeps all of its mailboxes from working; nil when nothing does
	ProblemAt int64            // both change without Version
}

// SASLName is a mechanism by which a mail server takes an access token.
type SASLName string

// Mechanisms.
const (
	XOAUTH2     SASLName = "xoauth2"
	OAUTHBearer SASLName = "oauthbearer" // RFC 7628
)

// ProviderKind is which rules a provider's sign-in follows.
type ProviderKind string

// Kinds of Provider.
const (
	KindMicrosoft ProviderKind = "microsoft"
	KindGeneric   ProviderKind = "generic" // any OpenID provider; SASL XOAUTH2
)

// SentPolicy says who puts the copy of a sent mail into the Sent folder.
type SentPolicy string

// Ways of filing sent mail.
const (
	SentByServer SentPolicy = "server" // Exchange Online, Outlook.com, Gmail
	SentByClient SentPolicy = "client" // most others: we APPEND it
)

// Authorization is one trip to a provider's sign-in page, from Begin to Receive.
type Authorization struct {
	StateHash     string `gorm:"primaryKey"` // SHA-256 of the state parameter, hex
	UserID        string
	SessionHash   string // binds it to the browser session that began it
	Purpose       string // "connect" or "reconnect"
	ProviderID    string
	MailboxID     string // reconnect only
	Wish          Wish   `gorm:"serializer:json"`
	Nonce         string
	Verifier      Sealed // PKCE
	VerifierKeyID int64  // filled by the store
	CreatedAt     int64  `gorm:"autoCreateTime:false"`
	ExpiresAt     int64
}
