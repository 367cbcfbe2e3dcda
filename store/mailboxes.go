package store

import (
	"context"
	"slices"

	"gorm.io/gorm/clause"

	"postroom/problem"
)

// ownMailboxes is a subquery: the ids of a user's mailboxes. Every query for a user's mail has it.
const ownMailboxes = "mailbox_id IN (SELECT id FROM mailboxes WHERE user_id = ?)"

// Mailboxes returns a user's mailboxes, oldest first.
func (s *Store) Mailboxes(ctx context.Context, userID string) (ms []Mailbox, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ?", userID).Order("number").Find(&ms).Error
	return ms, failed("list mailboxes", err)
}

// Mailbox returns one mailbox of a user.
func (s *Store) Mailbox(ctx context.Context, userID, id string) (m Mailbox, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ? AND user_id = ?", id, userID).Take(&m).Error
	return m, failed("read mailbox", err)
}

// MailboxByIdentity returns the user's mailbox of an account, known by issuer, tenant and object id: the
// account's own, or the shared one that is opened with it.
func (s *Store) MailboxByIdentity(ctx context.Context, userID, issuer, tenantID, objectID, shared string) (m Mailbox, err error) {
	err = s.db.read.WithContext(ctx).
		Where("user_id = ? AND issuer = ? AND tenant_id = ? AND object_id = ? AND shared = ?", userID, issuer, tenantID, objectID, shared).
		Take(&m).Error
	return m, failed("read mailbox", err)
}

// CountAccount counts the mailboxes of the whole installation that live on an account, those that were
// given up apart.
func (s *Store) CountAccount(ctx context.Context, issuer, tenantID, objectID string) (n int64, err error) {
	err = s.db.read.WithContext(ctx).Model(&Mailbox{}).
		Where("issuer = ? AND tenant_id = ? AND object_id = ? AND state <> ?", issuer, tenantID, objectID, Disconnected).Count(&n).Error
	return n, failed("count mailboxes of account", err)
}

// AllMailboxes returns every mailbox that should have a worker: those of users who are enabled, without
// those whose connection was given up.
func (s *Store) AllMailboxes(ctx context.Context) (ms []Mailbox, err error) {
	err = s.db.read.WithContext(ctx).
		Where("user_id IN (SELECT id FROM users WHERE disabled_at = 0) AND state <> ?", Disconnected).Order("number").Find(&ms).Error
	return ms, failed("list all mailboxes", err)
}

// WorkerMailbox returns a mailbox for its worker.
func (s *Store) WorkerMailbox(ctx context.Context, id string) (m Mailbox, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&m).Error
	return m, failed("read mailbox", err)
}

// AddMailbox adds a mailbox and fills ID, Number, GrantKeyID and CreatedAt. It is a problem.Conflict
// when the user has this account already.
func (tx *Tx) AddMailbox(m *Mailbox) error {
	if m.ID == "" {
		m.ID = NewID()
	}
	if m.CreatedAt == 0 {
		m.CreatedAt = tx.s.Now()
	}
	err := tx.db.Raw("UPDATE mailbox_numbers SET last = last + 1 RETURNING last").Scan(&m.Number).Error
	if err != nil {
		return failed("number mailbox", err)
	}
	m.GrantKeyID, m.AccessKeyID = m.Grant.keyID(), m.Access.keyID()
	if m.StateSince == 0 {
		m.StateSince = m.CreatedAt
	}
	if err := tx.db.Create(m).Error; err != nil {
		return failed("add mailbox", err)
	}
	tx.mailboxChanged(m.UserID, m.ID)
	return tx.enter(*m)
}

// mailboxChanged tells the user and the manager of workers.
func (tx *Tx) mailboxChanged(userID, id string) {
	tx.note(userID, Change{Kind: MailboxChanged, Mailbox: id})
	tx.wake(mailboxesTopic)
	tx.wake(mailboxTopic(id))
}

// removedMailbox is a mailbox whose mail upkeep still has to delete.
type removedMailbox struct {
	Number    int64 `gorm:"primaryKey;autoIncrement:false"`
	MailboxID string
}

// RemoveMailbox removes a mailbox with its grant, folders, actions and mails on their way. From then on
// nobody can reach its mail; upkeep, woken by this, deletes that in small steps.
func (tx *Tx) RemoveMailbox(userID, id string) error {
	var gone []Mailbox
	err := touched("remove mailbox", tx.db.Clauses(clause.Returning{Columns: []clause.Column{{Name: "number"}}}).
		Where("id = ? AND user_id = ?", id, userID).Delete(&gone))
	if err != nil {
		return err
	}
	if err := tx.db.Create(&removedMailbox{Number: gone[0].Number, MailboxID: id}).Error; err != nil {
		return failed("note removed mailbox", err)
	}
	tx.mailboxChanged(userID, id)
	tx.wake(upkeepTopic)
	return nil
}

// ReplaceGrant stores the grant that a new sign-in gave over the version that was read, with the state
// that follows from having it, and raises the version by one. The access token of the grant before goes,
// and a refresh under way has lost. A state that is news clears the problem and wakes the worker. It is a
// problem.Conflict when the version has moved: then read it again. (A refresh uses RenewGrant.)
func (tx *Tx) ReplaceGrant(id string, version int64, grant Sealed, state MailboxState) error {
	var m Mailbox
	err := tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ?", id).Take(&m).Error
	if err != nil {
		return failed("read grant", err)
	}
	if m.GrantVersion != version {
		return problem.New(problem.Conflict, "The grant was renewed in the meantime.")
	}
	fields := []string{
		"Grant", "GrantKeyID", "GrantVersion", "GrantedAt",
		"Access", "AccessKeyID", "AccessAt", "AccessExpires", "RefreshOwner", "RefreshUntil",
	}
	m.Grant, m.GrantKeyID, m.GrantVersion, m.GrantedAt = grant, grant.keyID(), version+1, tx.s.Now()
	m.Access, m.AccessKeyID, m.AccessAt, m.AccessExpires, m.RefreshOwner, m.RefreshUntil = nil, 0, 0, 0, "", 0
	if m.State != state {
		m.State, m.StateSince, m.Problem, m.RetryAt = state, tx.s.Now(), nil, 0
		fields = append(fields, "State", "StateSince", "Problem", "RetryAt")
		tx.mailboxChanged(m.UserID, id)
		if err := tx.enter(m); err != nil {
			return err
		}
	}
	tx.wake(tokenTopic(id))
	return touched("replace grant", tx.db.Model(&Mailbox{}).Where("id = ?", id).Select(fields).Updates(&m))
}

// SetMailboxState says how a mailbox is doing, and why. Nothing is written when it is no news, nor over
// the wish of its owner, who may have paused or disconnected it while the worker was at it.
func (tx *Tx) SetMailboxState(id string, state MailboxState, p *problem.Problem, retryAt int64) error {
	var m Mailbox
	err := tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ?", id).Take(&m).Error
	if err != nil {
		return failed("read mailbox", err)
	}
	if m.atRest() || m.State == state && m.RetryAt == retryAt && sameProblem(m.Problem, p) {
		return nil
	}
	if m.State != state {
		m.StateSince = tx.s.Now()
		tx.wake(tellingsTopic)
	}
	m.State, m.Problem, m.RetryAt = state, p, retryAt
	if state == Syncing && m.SyncStarted == 0 {
		m.SyncStarted = tx.s.Now()
	}
	return tx.updateMailbox(m, "State", "StateSince", "Problem", "RetryAt", "SyncStarted")
}

func sameProblem(a, b *problem.Problem) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Code == b.Code && a.Title == b.Title && a.Detail == b.Detail && a.Who == b.Who && a.Action == b.Action && a.Raw == b.Raw
}

// SetMailbox writes the fields of u that are not nil.
func (tx *Tx) SetMailbox(id string, u MailboxUpdate) error {
	var m Mailbox
	if err := tx.db.Where("id = ?", id).Take(&m).Error; err != nil {
		return failed("read mailbox", err)
	}
	var fields []string
	set(&fields, "SyncDone", &m.SyncDone, u.SyncDone)
	set(&fields, "SyncTotal", &m.SyncTotal, u.SyncTotal)
	set(&fields, "SyncStarted", &m.SyncStarted, u.SyncStarted)
	set(&fields, "LastSyncAt", &m.LastSyncAt, u.LastSyncAt)
	set(&fields, "SendCheckedAt", &m.SendCheckedAt, u.SendCheckedAt)
	set(&fields, "SilentSince", &m.SilentSince, u.SilentSince)
	set(&fields, "UsualPerDay", &m.UsualPerDay, u.UsualPerDay)
	set(&fields, "CanSend", &m.CanSend, u.CanSend)
	set(&fields, "ProviderID", &m.ProviderID, u.ProviderID)
	set(&fields, "Address", &m.Address, u.Address)
	set(&fields, "Login", &m.Login, u.Login)
	set(&fields, "SMTPLogin", &m.SMTPLogin, u.SMTPLogin)
	set(&fields, "Since", &m.Since, u.Since)
	if u.CanSend != nil && !sameProblem(m.SendProblem, u.SendProblem) {
		m.SendProblem = u.SendProblem
		fields = append(fields, "SendProblem")
	}
	if len(fields) == 0 {
		return nil
	}
	return tx.updateMailbox(m, fields...)
}

func set[T comparable](fields *[]string, name string, old, value *T) {
	if value != nil && *value != *old {
		*old = *value
		*fields = append(*fields, name)
	}
}

// updateMailbox writes fields of m, and its journal when they tell how it fares.
func (tx *Tx) updateMailbox(m Mailbox, fields ...string) error {
	tx.note(m.UserID, Change{Kind: MailboxChanged, Mailbox: m.ID})
	if slices.Contains(fields, "State") || slices.Contains(fields, "CanSend") {
		if err := tx.enter(m); err != nil {
			return err
		}
	}
	return touched("update mailbox", tx.db.Model(&Mailbox{}).Where("id = ?", m.ID).Select(fields).Updates(&m))
}

// Disconnect gives a mailbox's connection up: grant and access token are erased, its worker ends, its
// mail stays. What is on its way out fails; it may be sent again once the mailbox is reconnected.
func (tx *Tx) Disconnect(userID, id string) error {
	var m Mailbox
	err := tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ? AND user_id = ?", id, userID).Take(&m).Error
	if err != nil {
		return failed("read mailbox", err)
	}
	err = tx.db.Model(&m).Where("id = ?", id).
		Select("State", "StateSince", "Problem", "RetryAt", "CanSend", "SendProblem", "Grant", "GrantKeyID", "GrantVersion", "Access", "AccessKeyID", "AccessExpires", "SilentSince", "ToldAt").
		Updates(&Mailbox{State: Disconnected, StateSince: tx.s.Now(), GrantVersion: m.GrantVersion + 1}).Error
	if err != nil {
		return failed("disconnect mailbox", err)
	}
	if err := tx.enter(Mailbox{ID: id, State: Disconnected}); err != nil {
		return err
	}
	tx.mailboxChanged(userID, id)
	return tx.failQueued(userID, id)
}

// failQueued fails what waits to be sent from a mailbox.
func (tx *Tx) failQueued(userID, mailboxID string) error {
	var queued []string
	err := tx.db.Model(&Outgoing{}).Where("user_id = ? AND mailbox_id = ? AND state = ?", userID, mailboxID, Queued).Pluck("id", &queued).Error
	if err != nil {
		return failed("list queued mail", err)
	}
	for _, id := range queued {
		err := tx.MoveOutgoing(id, Queued, Failed, func(o *Outgoing) { o.Problem = problem.New(problem.Reconnect, "") })
		if err != nil {
			return err
		}
	}
	return nil
}

// CountMailboxes counts a user's mailboxes at a provider; nobody adds one until the transaction ends.
func (tx *Tx) CountMailboxes(userID, providerID string) (n int64, err error) {
	err = tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Select("id").Where("id = ?", userID).Take(&User{}).Error
	if err != nil {
		return 0, failed("lock user", err)
	}
	err = tx.db.Model(&Mailbox{}).Where("user_id = ? AND provider_id = ?", userID, providerID).Count(&n).Error
	return n, failed("count mailboxes", err)
}
