package server

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

// What the browser gets, written out: whoever changes a name here breaks somebody.
func TestTheWireHasTheseNames(t *testing.T) {
	trouble := problem.New(problem.Reconnect, "The grant was revoked.").WithRaw("AADSTS50173")
	ada, bob := store.Address{Name: "Ada", Addr: "ada@contoso.example"}, store.Address{Addr: "bob@contoso.example"}
	folder := store.Folder{ID: 7, MailboxID: "01BOX", Path: "Archive/2026", Delimiter: "/", Name: "2026", Role: store.Archive, Total: 9, Unread: 2, Hidden: true}
	message := store.Message{
		ID: 1<<32 + 5, MailboxID: "01BOX", FolderID: 7, ThreadID: 1<<32 + 1, Subject: "Lunch?", From: []store.Address{ada}, To: []store.Address{bob},
		Date: 1700000000000, Size: 1234, Seen: true, Flagged: true, Answered: true, Forwarded: true, Draft: true, Attachments: 2, Snippet: "At noon", Problem: trouble,
	}
	for name, value := range map[string]any{
		"user":    wireUser(store.User{ID: "01USER", Email: "ada@example.org", Name: "Ada", Role: store.RoleAdmin, DisabledAt: 5, PasswordHash: "no"}),
		"session": Session{User: wireUser(store.User{ID: "01USER", Role: store.RoleMember}), PublicURL: "https://mail.example.org", RedirectURI: "https://mail.example.org/oauth/callback", Version: "1.0"},
		"provider": wireProvider(store.Provider{
			ID: "01PROV", Name: "Outlook", Preset: "microsoft", Cloud: "global", Kind: store.KindMicrosoft, Authority: "https://login.example", Tenant: "common", ClientID: "c",
			AuthorizeURL: "https://a", TokenURL: "https://t", RevokeURL: "https://r",
			ClientSecret: store.Sealed("no"), SecretHint: "wxyz", SecretSetAt: 4, SecretExpiresAt: 30*86_400_000 + 5,
			SecondSecret: store.Sealed("no"), SecondHint: "abcd", SecondSetAt: 4, SecondExpiresAt: 5, SecondFirst: true,
			Version: 3, Scopes: "openid", IMAPHost: "i:993", SMTPHost: "s:587", SMTPTLS: "starttls", SASL: store.OAUTHBearer, CAPEM: "pem", FilesSent: store.SentByServer,
			AllowedTenants: "t1 t2", AllowedAddresses: "@example.org", MailboxesPerUser: 3, Disabled: true, Problem: trouble, ProblemAt: 7,
		}, 12, time.UnixMilli(6)),
		"mailbox": wireMailbox(store.Mailbox{
			ID: "01BOX", Address: "ada@contoso.example", DisplayName: "Ada", ProviderID: "01PROV", State: store.NeedsYou, Problem: trouble, RetryAt: 6, CanSend: true,
			Grant: store.Sealed("no"), SyncDone: 10, SyncTotal: 20, SyncStarted: 30, LastSyncAt: 40,
		}, []store.Folder{folder}),
		"empty_mailbox": wireMailbox(store.Mailbox{ID: "01BOX", State: store.Connecting}, nil),
		"row":           wireRow(message),
		"bare_row":      wireRow(store.Message{ID: 1}),
		"outgoing": wireOutgoing(store.Outgoing{
			ID: "01OUT", MailboxID: "01BOX", State: store.Unconfirmed, Subject: "Hi", Recipients: []string{"bob@contoso.example"}, Raw: []byte("no"), IdempotencyKey: "no",
			CreatedAt: 1, SentAt: 2, ConfirmedAt: 3, Attempts: 4, NextAt: 5, Problem: trouble, Size: 6,
		}),
		"upload":        wireUpload(store.Upload{ID: "01UP", Name: "a.pdf", Type: "application/pdf", Size: 3, BlobKey: "no"}),
		"failed_action": wireFailed(store.Action{ID: 3, MessageID: 1<<32 + 5, Kind: store.Move, Problem: trouble}),
		"change":        wireChange(store.Change{UserID: "no", Seq: 12, Kind: store.MessagesAdded, Mailbox: "01BOX", Folder: 7, IDs: []int64{1<<32 + 5}, Ref: "01OUT", At: 9}),
		"bare_change":   wireChange(store.Change{Seq: 13, Kind: store.MailboxChanged, At: 9}),
	} {
		var b bytes.Buffer
		out := json.NewEncoder(&b)
		out.SetIndent("", "  ")
		check(t, out.Encode(value))
		if bytes.Contains(b.Bytes(), []byte(`"no"`)) || bytes.Contains(b.Bytes(), []byte("sealed")) || bytes.Contains(b.Bytes(), []byte("null")) {
			t.Errorf("%s tells too much, or null: %s", name, b.Bytes())
		}
		golden(t, "testdata/wire/"+name+".json", b.Bytes())
	}
}
