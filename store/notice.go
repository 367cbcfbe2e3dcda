package store

import "postroom/problem"

// Sender is how Postroom sends mail of its own. There is one for the installation, or none.
type Sender struct {
	ID       string `gorm:"primaryKey"` // always "system"
	Kind     SenderKind
	Address  string // From
	Name     string // From; for SMTP alone
	Language string // of the mails: en or de

	Host     string // smtp
	Port     int64
	TLS      SenderTLS
	Auth     SenderAuth
	Username string
	CAPEM    string // further trust roots for host, authority and Graph, PEM; may be empty

	Cloud     string // microsoft: global, gcchigh, dod, china; custom: Authority and Graph by hand
	Authority string // base of the sign-in service
	Graph     string // base of Microsoft Graph
	Tenant    string // GUID or domain
	ClientID  string

	Secret          Sealed `gorm:"column:secret_sealed"` // SMTP password or client secret
	SecretKeyID     int64  // filled by the store
	SecretHint      string // its last four characters
	SecretSetAt     int64
	SecretExpiresAt int64 // microsoft: unix ms, as the admin noted it; 0 when not known

	MailboxID string // mailbox
	UserID    string // whose it is; also who chose it

	Version   int64 // rises with every change; part of the secret's associated data
	UpdatedAt int64
	Problem   *problem.Problem `gorm:"serializer:json"` // why the last mail could not be sent; nil when it was
	ProblemAt int64
}

// SenderKind is by which way Postroom's own mail leaves.
type SenderKind string

// Kinds of Sender.
const (
	SenderSMTP      SenderKind = "smtp"
	SenderMicrosoft SenderKind = "microsoft" // Microsoft Graph, app-only
	SenderMailbox   SenderKind = "mailbox"   // a connected mailbox of the administrator who chose it
)

// SenderTLS is how the connection to an SMTP server is protected.
type SenderTLS string

// Ways of TLS.
const (
	TLSNone     SenderTLS = "none"
	TLSStartTLS SenderTLS = "starttls"
	TLSImplicit SenderTLS = "tls"
)

// SenderAuth is how Postroom signs in at an SMTP server.
type SenderAuth string

// Ways of signing in.
const (
	AuthNone  SenderAuth = "none"
	AuthBasic SenderAuth = "basic" // AUTH PLAIN or LOGIN
)

// Notice is a mail from Postroom itself and, afterwards, its line in the log.
//
// queued → sending → sent | queued | failed | uncertain; dropped when there was no sender.
//
// sending is committed before the mail leaves, so that one found in it after NextAt may have been
// sent.
type Notice struct {
	ID        string `gorm:"primaryKey"` // ULID
	Event     string
	Recipient string // address
	ToName    string
	CausedBy  string // user id; empty: Postroom by itself
	Status    NoticeStatus
	Subject   string
	Text      string // {{link}} in place of the link
	HTML      string
	Sender    string // From address that it left with, or was to
	Link      Sealed `gorm:"column:link_sealed"` // gone once the mail is
	LinkKeyID int64  // filled by the store
	Attempts  int
	NextAt    int64            // queued: not before; sending: it should have ended by then
	Problem   *problem.Problem `gorm:"serializer:json"`
	CreatedAt int64            `gorm:"autoCreateTime:false"`
	SentAt    int64
}

// NoticeStatus is how far a notice has come.
type NoticeStatus string

// States of a Notice.
const (
	NoticeQueued    NoticeStatus = "queued"
	NoticeSending   NoticeStatus = "sending"
	NoticeSent      NoticeStatus = "sent" // handed over; whether it arrived nobody tells
	NoticeUncertain NoticeStatus = "uncertain"
	NoticeFailed    NoticeStatus = "failed"
	NoticeDropped   NoticeStatus = "dropped"
)

// Wording is an administrator's own text for an event, in one language.
type Wording struct {
	Event     string `gorm:"primaryKey"`
	Language  string `gorm:"primaryKey"`
	Subject   string
	Text      string
	HTML      string
	Used      bool // false: kept, but the original is sent
	UpdatedAt int64
}

// telling is something that was told and is not to be told again.
type telling struct {
	Name string `gorm:"primaryKey"`
	At   int64
}
