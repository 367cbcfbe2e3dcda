package store

import "postroom/problem"

// Mailbox is one connected address.
type Mailbox struct {
	ID           string `gorm:"primaryKey"` // ULID
	Number       int64  // upper half of its messages' ids; filled by AddMailbox
	UserID       string
	ProviderID   string
	Address      string // From address
	DisplayName  string
	Login        string // XOAUTH2 user name; often but not always the address
	Issuer       string // identity of the account: issuer, tenant and object id, never an e-mail claim
	TenantID     string
	ObjectID     string // oid, or sub where there is none
	State        MailboxState
	Problem      *problem.Problem `gorm:"serializer:json"` // why it is not well; nil when it is
	RetryAt      int64            // when the worker tries again; 0 when it does not wait
	CanSend      bool             // false: SMTP is closed to it (receive-only)
	Grant        Sealed           `gorm:"column:grant_sealed"` // the refresh token
	GrantKeyID   int64            // filled by the store
	GrantVersion int64            // rises with every stored grant; part of its associated data
	GrantedAt    int64            // when the grant was last renewed
	SyncDone     int64            // first sync: messages here
	SyncTotal    int64            // first sync: messages to come; 0 before it is known
	SyncStarted  int64
	NextMessage  int64 // counter for message ids
	LastSyncAt   int64
	CreatedAt    int64 `gorm:"autoCreateTime:false"`

	SMTPLogin     string           // user name for SMTP where it is not Login, as for a shared mailbox; else empty
	Shared        string           // the shared mailbox's address when it is one, opened with the owner's own sign-in
	Since         int64            // mail older than this is not fetched, unix ms; 0: all
	SendProblem   *problem.Problem `gorm:"serializer:json"` // why CanSend is false
	SendCheckedAt int64
	StateSince    int64  // since when State is what it is
	LastMailAt    int64  // when mail last arrived, by the server's clock
	SilentSince   int64  // when its last mail came, if it has been silent beyond its own rhythm since; 0 when it has not
	UsualPerDay   int64  // how many mails a day it usually gets; 0 when that is not known
	ToldAt        int64  // when the owner was told that it needs somebody; 0 when not, or not needed any more
	Access        Sealed `gorm:"column:access_sealed"` // the access token in use, for all replicas
	AccessKeyID   int64  // filled by the store
	AccessAt      int64  // when the provider gave it out
	AccessExpires int64
	RefreshOwner  string // which process is renewing the grant
	RefreshUntil  int64  // and until when nobody else may
}

// MailboxState is how a mailbox is doing.
type MailboxState string

// States of a mailbox.
const (
	Connecting MailboxState = "connecting" // no session yet since start or (re)connect
	Syncing    MailboxState = "syncing"    // first sync under way; what is here is usable
	Connected  MailboxState = "connected"
	Throttled  MailboxState = "throttled" // the server asked us to stay away until RetryAt
	Offline    MailboxState = "offline"   // their side is down, or cannot be reached; tried again at RetryAt

	NeedsYou      MailboxState = "needs_you"      // the grant is gone; Problem says why
	NeedsAdmin    MailboxState = "needs_admin"    // the administrator of the mailbox's own organisation must act
	NeedsOperator MailboxState = "needs_operator" // whoever runs this Postroom must act
	Paused        MailboxState = "paused"         // by its owner; nothing is fetched or sent
	Disconnected  MailboxState = "disconnected"   // by its owner, who kept the mail: no grant, no worker; may be reconnected

	// ReceiveOnly is never stored: it is how Mailbox.Shown calls a connected mailbox that cannot send.
	ReceiveOnly MailboxState = "receive_only"
)

// MailboxUpdate is what SetMailbox writes. A nil field stays as it is.
type MailboxUpdate struct {
	SendCheckedAt, SilentSince, UsualPerDay *int64

	SyncDone, SyncTotal, SyncStarted, LastSyncAt *int64

	CanSend     *bool
	SendProblem *problem.Problem // is written together with CanSend: why not, nil where it can

	ProviderID, Address, Login, SMTPLogin *string
	Since                                 *int64
}

// FolderRole is what a folder is for. A folder without a role has the empty one.
type FolderRole string

// Roles of a folder.
const (
	Inbox   FolderRole = "inbox"
	Drafts  FolderRole = "drafts"
	Sent    FolderRole = "sent"
	Archive FolderRole = "archive"
	Junk    FolderRole = "junk"
	Trash   FolderRole = "trash"
)

// Folder is what IMAP calls a mailbox.
type Folder struct {
	ID          int64 `gorm:"primaryKey;autoIncrement"`
	MailboxID   string
	Path        string // as the server names it, decoded to UTF-8
	Delimiter   string // "" when flat
	Name        string // last part of Path, for people
	Role        FolderRole
	Hidden      bool   // not mail (Calendar, Contacts …) or not selectable
	UIDValidity uint32 // 0 before the first SELECT
	UIDNext     uint32 // of the server, when last seen; everything below it that is wanted is here or in a gap
	ModSeq      uint64 // HIGHESTMODSEQ up to which flags are known; 0 without CONDSTORE
	LowUID      uint32 // first sync goes downwards: every UID ≥ LowUID and < UIDNext is here; 1 when done
	Total       int64  // messages here, kept by the store
	Unread      int64  // of those, unread
	ServerTotal int64  // EXISTS when last seen
	Since       int64  // how far back it is complete once LowUID is 1, unix ms; 0: to the beginning
	AllFrom     uint32 // with Since: mail from this UID on is wanted however old it is, for it came after the first look
	CheckedAt   int64
}

// FolderCursor is how far the worker has read a folder. It is committed with the rows it covers.
type FolderCursor struct {
	UIDValidity, UIDNext, LowUID uint32
	ModSeq                       uint64
	ServerTotal                  int64
	Since                        int64
	AllFrom                      uint32
}

// Action is a flag, move or delete that the server still has to hear of.
type Action struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	MailboxID string
	UserID    string // who did it
	MessageID int64
	Kind      ActionKind
	FolderID  int64  // where the message was when the action was made
	UID       uint32 // and under which UID (0: not known yet; look it up when its turn comes)
	ToFolder  int64  // move
	Undo      string // JSON of the flag as it was, to restore it when the server refuses
	Attempts  int
	NextAt    int64
	Problem   *problem.Problem `gorm:"serializer:json"`
	FailedAt  int64            // unix ms; 0 while it is still to be done
	CreatedAt int64            `gorm:"autoCreateTime:false"`
}

// ActionKind is what an Action does.
type ActionKind string

// Kinds of Action.
const (
	MarkRead   ActionKind = "read"
	MarkUnread ActionKind = "unread"
	Star       ActionKind = "star"
	Unstar     ActionKind = "unstar"
	Answered   ActionKind = "answered"
	Move       ActionKind = "move"   // to ToFolder; archive, trash and junk are moves too
	Delete     ActionKind = "delete" // for good: \Deleted and UID EXPUNGE
)
