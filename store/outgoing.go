package store

import "postroom/problem"

// Outgoing is a mail on its way. Its bytes are made once, before it is queued, and never change.
//
// queued → claimed → in_data → sent | queued | failed | checking → sent | unconfirmed
//
// in_data is committed before the first byte of DATA leaves, so that a mail found in it after a
// crash may have been sent: it goes to checking, never back to queued by itself.
type Outgoing struct {
	ID              string `gorm:"primaryKey"` // ULID, also in X-Postroom-Outgoing-ID
	UserID          string
	MailboxID       string
	IdempotencyKey  string // unique per user: one compose window, one row
	State           OutgoingState
	From            string   `gorm:"column:sender"`
	Recipients      []string `gorm:"serializer:json"` // RCPT TO, Bcc included
	Subject         string
	RFCMessageID    string // ours, without <>
	ServerMessageID string // the server's, from its 250 line or its Sent copy, when it differs
	InReplyToID     int64  // message here that this answers (gets \Answered), or 0
	ThreadID        int64
	Raw             []byte // canonical CRLF bytes, without Bcc; the store compresses them. Not loaded by lists.
	Size            int64
	SentUIDValidity uint32 // of the Sent folder when claimed
	SentUIDNext     uint32
	Attempts        int
	NextAt          int64
	Problem         *problem.Problem `gorm:"serializer:json"`
	CreatedAt       int64            `gorm:"autoCreateTime:false"`
	SentAt          int64
	ConfirmedAt     int64 // when it was seen in the Sent folder
}

// OutgoingState is how far a mail has come.
type OutgoingState string

// States of an Outgoing.
const (
	Queued      OutgoingState = "queued"
	Claimed     OutgoingState = "claimed"
	InData      OutgoingState = "in_data"
	SentState   OutgoingState = "sent"
	Failed      OutgoingState = "failed"
	Checking    OutgoingState = "checking"
	Unconfirmed OutgoingState = "unconfirmed"
)

// Upload is a file that a compose window has given us and that no mail has taken yet.
type Upload struct {
	ID        string `gorm:"primaryKey"` // ULID
	UserID    string
	Name      string
	Type      string // as sniffed, not as claimed
	Size      int64
	BlobKey   string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

// Change is one line of a user's feed. It names what became stale; the browser asks again.
type Change struct {
	UserID  string  `gorm:"primaryKey" json:"-"`
	Seq     int64   `gorm:"primaryKey;autoIncrement:false" json:"seq"`
	Kind    string  `json:"kind"` // one of the Change kinds
	Mailbox string  `json:"mailbox,omitempty"`
	Folder  int64   `json:"folder,omitempty,string"`
	IDs     []int64 `gorm:"column:ids;serializer:json" json:"-"` // messages; at most 100, empty means "many"
	Ref     string  `json:"ref,omitempty"`                       // outgoing id, action id …
	At      int64   `json:"at"`
}

// Kinds of Change.
const (
	MailboxChanged  = "mailbox"  // state, problem, progress
	FoldersChanged  = "folders"  // folders or their counts
	MessagesAdded   = "added"    // new mail in Folder
	MessagesChanged = "changed"  // flags, or moved in or out of Folder
	OutgoingChanged = "outgoing" // Ref
	ActionFailed    = "action_failed"
)
