package store

import (
	"context"
	"io"

	"postroom/problem"
)

func (s *Store) User(ctx context.Context, id string) (User, error)                { panic("soon") }
func (s *Store) UserByEmail(ctx context.Context, email string) (User, error)      { panic("soon") }
func (s *Store) Users(ctx context.Context) ([]User, error)                        { panic("soon") }
func (s *Store) CountUsers(ctx context.Context) (int64, error)                    { panic("soon") }
func (tx *Tx) AddUser(u *User) error                                              { panic("soon") }
func (tx *Tx) UpdateUser(u User) error                                            { panic("soon") }
func (s *Store) Setting(ctx context.Context, key string) (string, error)          { panic("soon") }
func (tx *Tx) SetSetting(key, value string) error                                 { panic("soon") }
func (s *Store) Session(ctx context.Context, token string) (Session, bool, error) { panic("soon") }
func (tx *Tx) PutSession(session Session) error                                   { panic("soon") }
func (tx *Tx) DeleteSession(token string) error                                   { panic("soon") }
func (tx *Tx) DeleteUserSessions(userID string) error                             { panic("soon") }

func (s *Store) Providers(ctx context.Context) ([]Provider, error)         { panic("soon") }
func (s *Store) Provider(ctx context.Context, id string) (Provider, error) { panic("soon") }
func (tx *Tx) AddProvider(p *Provider) error                               { panic("soon") }
func (tx *Tx) UpdateProvider(p *Provider) error                            { panic("soon") }
func (tx *Tx) DeleteProvider(id string) error                              { panic("soon") }
func (tx *Tx) AddAuthorization(a Authorization) error                      { panic("soon") }
func (tx *Tx) TakeAuthorization(stateHash string) (Authorization, error)   { panic("soon") }

func (s *Store) Mailboxes(ctx context.Context, userID string) ([]Mailbox, error) { panic("soon") }
func (s *Store) Mailbox(ctx context.Context, userID, id string) (Mailbox, error) { panic("soon") }
func (s *Store) MailboxByIdentity(ctx context.Context, userID, issuer, tenantID, objectID string) (Mailbox, error) {
	panic("soon")
}
func (s *Store) AllMailboxes(ctx context.Context) ([]Mailbox, error)           { panic("soon") }
func (s *Store) WorkerMailbox(ctx context.Context, id string) (Mailbox, error) { panic("soon") }
func (tx *Tx) AddMailbox(m *Mailbox) error                                     { panic("soon") }
func (tx *Tx) RemoveMailbox(userID, id string) error                           { panic("soon") }
func (tx *Tx) ReplaceGrant(id string, version int64, grant Sealed, state MailboxState) error {
	panic("soon")
}
func (tx *Tx) SetMailboxState(id string, state MailboxState, p *problem.Problem, retryAt int64) error {
	panic("soon")
}
func (tx *Tx) SetMailbox(id string, u MailboxUpdate) error { panic("soon") }

func (s *Store) Folders(ctx context.Context, userID, mailboxID string) ([]Folder, error) {
	panic("soon")
}
func (s *Store) Folder(ctx context.Context, userID string, folderID int64) (Folder, error) {
	panic("soon")
}
func (s *Store) WorkerFolders(ctx context.Context, mailboxID string) ([]Folder, error) { panic("soon") }
func (tx *Tx) PutFolders(mailboxID string, list []Folder) ([]Folder, error)            { panic("soon") }
func (tx *Tx) SetFolderCursor(folderID int64, c FolderCursor) error                    { panic("soon") }

func (s *Store) Keep(ctx context.Context, raw []byte) (Source, error)                  { panic("soon") }
func (s *Store) UIDs(ctx context.Context, folderID int64) (map[uint32]UIDFlags, error) { panic("soon") }
func (s *Store) MessageAt(ctx context.Context, folderID int64, uid uint32) (Message, error) {
	panic("soon")
}
func (tx *Tx) AddMessages(folder Folder, mails []NewMessage) ([]Message, error)        { panic("soon") }
func (tx *Tx) SetFlags(folder Folder, flags map[uint32]Flags) (changed int, err error) { panic("soon") }
func (tx *Tx) Vanish(folder Folder, uids []uint32) error                               { panic("soon") }
func (tx *Tx) ForgetFolder(folder Folder) error                                        { panic("soon") }

func (s *Store) Messages(ctx context.Context, userID string, folderID int64, q Query) (Page, error) {
	panic("soon")
}
func (s *Store) Message(ctx context.Context, userID string, id int64) (Message, error) { panic("soon") }
func (s *Store) Thread(ctx context.Context, userID string, threadID int64) ([]Message, error) {
	panic("soon")
}
func (s *Store) Raw(ctx context.Context, userID string, id int64) ([]byte, error) { panic("soon") }
func (s *Store) Search(ctx context.Context, userID string, q Search) ([]Message, error) {
	panic("soon")
}

func (tx *Tx) Act(userID string, ids []int64, kind ActionKind, toFolder int64) ([]Message, error) {
	panic("soon")
}
func (s *Store) FailedActions(ctx context.Context, userID string) ([]Action, error) { panic("soon") }
func (tx *Tx) DismissAction(userID string, id int64) error                          { panic("soon") }
func (s *Store) DueActions(ctx context.Context, mailboxID string, now int64) ([]Action, error) {
	panic("soon")
}
func (tx *Tx) FinishAction(a Action, newUID, newValidity uint32) error      { panic("soon") }
func (tx *Tx) RetryAction(a Action, nextAt int64, p *problem.Problem) error { panic("soon") }
func (tx *Tx) RefuseAction(a Action, p *problem.Problem) error              { panic("soon") }

func (tx *Tx) QueueOutgoing(o *Outgoing) (existing bool, err error)                 { panic("soon") }
func (s *Store) Outgoings(ctx context.Context, userID string) ([]Outgoing, error)   { panic("soon") }
func (s *Store) Outgoing(ctx context.Context, userID, id string) (Outgoing, error)  { panic("soon") }
func (s *Store) OutgoingRaw(ctx context.Context, userID, id string) ([]byte, error) { panic("soon") }
func (tx *Tx) RetryOutgoing(userID, id string) error                                { panic("soon") }
func (tx *Tx) ResolveOutgoing(userID, id string) error                              { panic("soon") }
func (tx *Tx) CancelOutgoing(userID, id string) error                               { panic("soon") }
func (s *Store) DueOutgoing(ctx context.Context, mailboxID string, now int64) ([]Outgoing, error) {
	panic("soon")
}
func (s *Store) InterruptedOutgoing(ctx context.Context, mailboxID string) ([]Outgoing, error) {
	panic("soon")
}
func (tx *Tx) MoveOutgoing(id string, from, to OutgoingState, change func(*Outgoing)) error {
	panic("soon")
}

func (s *Store) PutUpload(ctx context.Context, userID, name, typ string, r io.Reader, most int64) (Upload, error) {
	panic("soon")
}
func (s *Store) Upload(ctx context.Context, userID, id string) (Upload, error)   { panic("soon") }
func (s *Store) OpenUpload(ctx context.Context, u Upload) (io.ReadCloser, error) { panic("soon") }
func (tx *Tx) DeleteUpload(userID, id string) error                              { panic("soon") }

func (s *Store) Changes(ctx context.Context, userID string, after int64, limit int) (lines []Change, reset bool, err error) {
	panic("soon")
}
func (s *Store) WatchUser(userID string) (<-chan struct{}, func()) { panic("soon") }
func (s *Store) WatchMailbox(id string) (<-chan struct{}, func())  { panic("soon") }
func (s *Store) WatchMailboxes() (<-chan struct{}, func())         { panic("soon") }
