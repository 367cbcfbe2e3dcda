package server

import (
	"postroom/store"
)

// Mailbox is one connected address with its folders.
type Mailbox struct {
	ID          string             `json:"id"`
	Address     string             `json:"address"`
	DisplayName string             `json:"displayName"`
	Provider    string             `json:"provider" doc:"Id of its provider"`
	State       store.MailboxState `json:"state" enum:"connecting,syncing,connected,receive_only,throttled,offline,needs_you,needs_admin,needs_operator,paused,disconnected"`
	Problem     *Problem           `json:"problem,omitempty" doc:"Why it is not well"`
	StateSince  int64              `json:"stateSince"`
	RetryAt     int64              `json:"retryAt" doc:"When it is tried again; 0 when it does not wait"`
	CanSend     bool               `json:"canSend"`

	SendProblem   *Problem `json:"sendProblem,omitempty" doc:"Why it cannot send"`
	SendCheckedAt int64    `json:"sendCheckedAt" doc:"When that was seen last; 0 while it is being looked at"`
	Since         int64    `json:"since" doc:"Mail older than this is not fetched; 0: all is"`
	LastMailAt    int64    `json:"lastMailAt"`
	SilentSince   int64    `json:"silentSince" doc:"When its last mail came, if it has been silent beyond its own rhythm since; 0 when it has not"`
	UsualPerDay   int64    `json:"usualPerDay" doc:"Mails a day; 0 when it is not known"`

	Sync       SyncProgress `json:"sync"`
	LastSyncAt int64        `json:"lastSyncAt"`
	Folders    []Folder     `json:"folders"`
}

// SyncProgress is how far the first sync has come.
type SyncProgress struct {
	Done      int64 `json:"done"`
	Total     int64 `json:"total" doc:"0 before it is known"`
	StartedAt int64 `json:"startedAt"`
}

func wireMailbox(m store.Mailbox, folders []store.Folder) Mailbox {
	return Mailbox{
		ID: m.ID, Address: m.Address, DisplayName: m.DisplayName, Provider: m.ProviderID,
		State: m.Shown(), StateSince: m.StateSince, Problem: wireProblemOf(m.Problem, m.Address), RetryAt: m.RetryAt, CanSend: m.CanSend,
		SendProblem: wireProblemOf(m.SendProblem, m.Address), SendCheckedAt: m.SendCheckedAt, Since: m.Since,
		LastMailAt: m.LastMailAt, SilentSince: m.SilentSince, UsualPerDay: m.UsualPerDay,
		Sync:       SyncProgress{Done: m.SyncDone, Total: m.SyncTotal, StartedAt: m.SyncStarted},
		LastSyncAt: m.LastSyncAt, Folders: each(folders, wireFolder),
	}
}

// Folder is what IMAP calls a mailbox.
type Folder struct {
	ID        string           `json:"id"`
	Mailbox   string           `json:"mailbox"`
	Path      string           `json:"path"`
	Name      string           `json:"name"`
	Role      store.FolderRole `json:"role" enum:",inbox,drafts,sent,archive,junk,trash" doc:"Empty for a folder of the person's own"`
	Delimiter string           `json:"delimiter"`
	Total     int64            `json:"total"`
	Unread    int64            `json:"unread"`
	Hidden    bool             `json:"hidden" doc:"Holds no mail, or cannot be opened"`
}

func wireFolder(f store.Folder) Folder {
	return Folder{
		ID: number(f.ID), Mailbox: f.MailboxID, Path: f.Path, Name: f.Name, Role: f.Role,
		Delimiter: f.Delimiter, Total: f.Total, Unread: f.Unread, Hidden: f.Hidden,
	}
}

// Parting is what became of a mailbox's grant at the service that gave it.
type Parting struct {
	Revoked bool     `json:"revoked" doc:"The service has ended it"`
	Problem *Problem `json:"problem,omitempty" doc:"It was asked to, and did not"`
	ByHand  string   `json:"byHand,omitempty" doc:"Page where the person can end it"`
}

// Away is where the browser is to go.
type Away struct {
	URL string `json:"url"`
}
