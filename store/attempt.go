package store

import "postroom/problem"

// Wish is what whoever goes to a sign-in page wants beside a mailbox of their own with all its mail.
type Wish struct {
	Since   int64  `json:"since,omitempty"`   // mail older than this is left there, unix ms; 0: all comes
	Address string `json:"address,omitempty"` // the account is to be this one's; empty: any
	Shared  string `json:"shared,omitempty"`  // the shared mailbox to open with the account, instead of its own
	Link    string `json:"link,omitempty"`    // the ConnectLink that led here
}

// Attempt is a sign-in on its way to become a mailbox: what was tried, how it went, and what the
// person is asked. It ends within half an hour, whatever comes.
type Attempt struct {
	ID          string `gorm:"primaryKey"` // ULID
	UserID      string
	ProviderID  string
	MailboxID   string // to be reconnected; empty: a new one
	Wish        Wish   `gorm:"serializer:json"`
	State       AttemptState
	Asks        Question
	Steps       []Step           `gorm:"serializer:json"`
	Held        Sealed           `gorm:"column:held_sealed"` // the code, then the grant; none once it has ended
	HeldKeyID   int64            // filled by the store
	Version     int64            // rises with every change
	Tries       int64            // answers that the person gave
	Problem     *problem.Problem `gorm:"serializer:json"` // why it failed, or why it asks
	ConnectedID string           // the mailbox that it became
	TouchedAt   int64            // while it runs: when whoever carries it out was last heard of
	CreatedAt   int64            `gorm:"autoCreateTime:false"`
	ExpiresAt   int64
}

// AttemptState is how far an Attempt is.
type AttemptState string

// States of an Attempt. The last two are for good.
const (
	Running AttemptState = "running"
	Asking  AttemptState = "asking" // it waits for the person: Asks
	Done    AttemptState = "done"
	Broken  AttemptState = "failed"
)

// Question is what an Attempt asks.
type Question string

// Questions.
const (
	AskAddress Question = "address" // no name of the account opened a mailbox: which does?
	AskSending Question = "sending" // SMTP is closed: connect for receiving, or try again?
	AskAccount Question = "account" // another account than the mailbox's: make it a mailbox of its own?
	AskShared  Question = "shared"  // the mailbox is not the account's own: connect it as a shared one?
)

// Step is one thing that an Attempt tries.
type Step struct {
	Name    StepName         `json:"name"`
	State   StepState        `json:"state"`
	Detail  string           `json:"detail,omitempty"` // an address, a folder: data, not words
	Problem *problem.Problem `json:"problem,omitempty"`
	At      int64            `json:"at"`
	Millis  int64            `json:"ms"`
}

// StepName says what a Step tries.
type StepName string

// Steps, in their order.
const (
	StepSignIn  StepName = "sign_in" // the answer that the browser brought
	StepToken   StepName = "token"   // it is turned into tokens
	StepScopes  StepName = "scopes"  // everything that mail needs was granted
	StepAccount StepName = "account" // who it is, and whether that is who was wanted
	StepIMAP    StepName = "imap"    // a name of the account opens a mailbox
	StepInbox   StepName = "inbox"   // INBOX can be opened
	StepSMTP    StepName = "smtp"    // SMTP takes the account; nothing is sent
	StepSent    StepName = "sent"    // where copies of sent mail go
	StepStore   StepName = "store"   // the mailbox is kept
)

// StepState is how a Step went.
type StepState string

// States of a Step.
const (
	StepRuns   StepState = "running"
	StepOK     StepState = "ok"
	StepWarns  StepState = "warning"
	StepFailed StepState = "failed"
)

// ConnectLink lets somebody connect one address, once.
type ConnectLink struct {
	ID         string `gorm:"primaryKey"` // ULID
	TokenHash  string // SHA-256 of what the link holds, hex
	ProviderID string
	Address    string // lower case
	UserID     string // who may use it; empty until somebody opens it
	MadeBy     string // user
	State      LinkState
	Problem    *problem.Problem `gorm:"serializer:json"` // why it does not go on
	MailboxID  string           // what it led to
	MailedAt   int64            // when it was last sent by mail; 0: never
	ChangedAt  int64            // when State last changed
	CreatedAt  int64            `gorm:"autoCreateTime:false"`
	ExpiresAt  int64
}

// LinkState is how far whoever has a ConnectLink has come.
type LinkState string

// States of a ConnectLink.
const (
	LinkInvited   LinkState = "invited"
	LinkOpened    LinkState = "opened"
	LinkWaits     LinkState = "waiting_for_admin" // their organisation's administrator has to approve first
	LinkConnected LinkState = "connected"
	LinkFailed    LinkState = "failed" // it may be tried again
)
