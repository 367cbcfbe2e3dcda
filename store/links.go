package store

import (
	"context"

	"postroom/problem"
)

// Links returns every connect link, newest first.
func (s *Store) Links(ctx context.Context) (ls []ConnectLink, err error) {
	err = s.db.read.WithContext(ctx).Order("created_at DESC, id DESC").Find(&ls).Error
	return ls, failed("list connect links", err)
}

// Link returns one connect link.
func (s *Store) Link(ctx context.Context, id string) (l ConnectLink, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&l).Error
	return l, failed("read connect link", err)
}

// LinkByToken returns the connect link whose token has this hash.
func (s *Store) LinkByToken(ctx context.Context, hash string) (l ConnectLink, err error) {
	err = s.db.read.WithContext(ctx).Where("token_hash = ?", hash).Take(&l).Error
	return l, failed("read connect link", err)
}

// AddLink adds a connect link and fills its times but ExpiresAt.
func (tx *Tx) AddLink(l *ConnectLink) error {
	if l.ID == "" {
		l.ID = NewID()
	}
	l.CreatedAt, l.ChangedAt = tx.s.Now(), tx.s.Now()
	return failed("add connect link", tx.db.Create(l).Error)
}

// MoveLink says how far a connect link has led, and why it does not go on. One that led to a mailbox
// has done its duty and stays.
func (tx *Tx) MoveLink(id string, to LinkState, why *problem.Problem, mailboxID string) error {
	return touched("move connect link", tx.db.Model(&ConnectLink{}).Where("id = ? AND state <> ?", id, LinkConnected).
		Select("State", "Problem", "MailboxID", "ChangedAt").
		Updates(&ConnectLink{State: to, Problem: why, MailboxID: mailboxID, ChangedAt: tx.s.Now()}))
}

// ClaimLink makes a connect link this user's, unless it is another's: then it is as if there were none.
func (tx *Tx) ClaimLink(id, userID string) error {
	return touched("claim connect link", tx.db.Model(&ConnectLink{}).Where("id = ? AND user_id IN ('', ?)", id, userID).
		Update("user_id", userID))
}

// RenewLink gives a connect link that has not led to a mailbox another token and more time; the old
// token is void.
func (tx *Tx) RenewLink(id, tokenHash string, expiresAt, mailedAt int64) error {
	return touched("renew connect link", tx.db.Model(&ConnectLink{}).Where("id = ? AND state <> ?", id, LinkConnected).
		Updates(map[string]any{"token_hash": tokenHash, "expires_at": expiresAt, "mailed_at": mailedAt}))
}

// RemoveLink takes a connect link back.
func (tx *Tx) RemoveLink(id string) error {
	return touched("remove connect link", tx.db.Where("id = ?", id).Delete(&ConnectLink{}))
}
