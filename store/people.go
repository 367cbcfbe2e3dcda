package store

// Role is what a user may do in Postroom.
type Role string

// Roles of a User.
const (
	RoleAdmin  Role = "admin"  // may configure providers and people; does not read their mail
	RoleMember Role = "member" // has mailboxes
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
	Version      int64  // rises with every change; part of the sealed secret's associated data
	Scopes       string // space-separated, as sent
	IMAPHost     string // host:port, implicit TLS
	SMTPHost     string // host:port
	SMTPTLS      string // "starttls" (587) or "tls" (465)
	CAPEM        string // further trust roots for the mail hosts and the authority, PEM; may be empty
	FilesSent    SentPolicy
	Disabled     bool
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

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

// Authorization is one trip to a provider's sign-in page, from Begin to Complete.
type Authorization struct {
	StateHash   string `gorm:"primaryKey"` // SHA-256 of the state parameter, hex
	UserID      string
	SessionHash string // binds it to the browser session that began it
	Purpose     string // "connect" or "reconnect"
	ProviderID  string
	MailboxID   string // reconnect only
	Nonce       string
	Verifier    Sealed // PKCE
	CreatedAt   int64  `gorm:"autoCreateTime:false"`
	ExpiresAt   int64
}
