package store

import "postroom/problem"

// Address is a name and an addr-spec, both decoded.
type Address struct {
	Name string `json:"name,omitempty"`
	Addr string `json:"addr"`
}

// Message is one mail as lists and readers need it. Its id is the mailbox's number << 32 plus a
// counter of that mailbox, so that a mailbox's mail is one range of ids; it stays the same when the
// mail moves. Folder, UIDValidity and UID are only its present place.
type Message struct {
	ID           int64 `gorm:"primaryKey;autoIncrement:false"`
	MailboxID    string
	FolderID     int64
	UIDValidity  uint32
	UID          uint32 // 0: moved here by us, the server's UID is not known yet
	GoneAt       int64  // unix ms when it left its folder; kept a while in case it shows up elsewhere; 0: it is there
	MovedAt      int64  // unix ms when we moved it here without knowing its UID; 0 otherwise
	ThreadID     int64  // id of the thread's first known message
	RFCMessageID string // Message-ID without <>, may be empty or shared by several mails
	InReplyTo    string
	References   string `gorm:"column:refs"` // space-separated, without <>
	Subject      string
	From         []Address `gorm:"column:from_list;serializer:json"`
	To           []Address `gorm:"column:to_list;serializer:json"`
	Cc           []Address `gorm:"column:cc_list;serializer:json"`
	ReplyTo      []Address `gorm:"column:reply_to;serializer:json"`
	Date         int64     // Date header, unix ms; the internal date where it is absent or absurd
	InternalDate int64
	Size         int64
	Seen         bool
	Flagged      bool
	Answered     bool
	Forwarded    bool
	Draft        bool
	Attachments  int              // how many, without inline images
	Snippet      string           // first words, ≤ 200 characters
	Problem      *problem.Problem `gorm:"serializer:json"` // unreadable or quarantined: listed all the same
	BodyKey      string           // blob key of a large source; empty when the source is in the bodies table or absent
	HasSource    bool             // false: quarantined before its source could be fetched
}

// Flags are the system flags that are kept.
type Flags struct{ Seen, Flagged, Answered, Forwarded, Draft bool }

// UIDFlags is what is known here about one UID of a folder.
type UIDFlags struct {
	ID    int64
	Flags Flags
}

// Query asks for a stretch of a folder, newest first.
type Query struct {
	Offset, Limit   int
	Unread, Flagged bool // only those
}

// Page is a stretch of a folder. Total counts everything that the query would find.
type Page struct {
	Total    int64
	Messages []Message
}

// Search asks for messages by their words. All words must be there; "a phrase" stands as it is,
// -word must not be there, from:, to: and subject: look in one place, and the last word may be the
// beginning of a longer one.
type Search struct {
	Text          string
	Mailbox       string // id of one mailbox; empty: all of the user's
	Limit, Offset int
}

// NewMessage is a mail that the worker found. Its id, thread and place in the counts are the store's.
type NewMessage struct {
	Message        // ID, MailboxID, FolderID, UIDValidity, ThreadID, BodyKey, HasSource are filled by AddMessages
	Source  Source // from Store.Keep; the zero value when there is none
	Words   Words  // for search
}

// Words is what search looks at. Plain text, any length: the store cuts and folds it.
type Words struct{ Subject, People, Body, Files string }

// Source is a mail's source on its way into the store: compressed, and in the blob store when large.
type Source struct {
	inline []byte
	key    string
	ok     bool
}
