package store

import (
	"context"

	"gorm.io/gorm/clause"
)

const tellingsTopic = "tellings"

// WatchTellings returns a channel that gets a token when somebody may have to be told something, and a
// function that ends the watch.
func (s *Store) WatchTellings() (<-chan struct{}, func()) { return s.wakes.watch(tellingsTopic) }

// TellOnce reports whether name is told for the first time, and notes that it is.
func (tx *Tx) TellOnce(name string) (first bool, err error) {
	added := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&telling{Name: name, At: tx.s.Now()})
	return added.RowsAffected == 1, failed("note what was told", added.Error)
}

// TellOwner reports whether the owner of a mailbox that needs them has not been told yet, and notes
// that they are.
func (tx *Tx) TellOwner(mailboxID string) (first bool, err error) {
	told := tx.db.Model(&Mailbox{}).Where("id = ? AND state = ? AND told_at = 0", mailboxID, NeedsYou).Update("told_at", tx.s.Now())
	return told.RowsAffected == 1, failed("note that the owner is told", told.Error)
}

// ForgetTold is for mailboxes that are well again: next time their owners are told again.
func (tx *Tx) ForgetTold() error {
	return failed("forget that owners were told", tx.db.Model(&Mailbox{}).
		Where("told_at <> 0 AND state IN ?", []MailboxState{Syncing, Connected}).Update("told_at", 0).Error)
}

// MailboxesToTell returns the mailboxes whose owners may have to be told something: those that need them
// and of which they have not heard, and those that are silent.
func (s *Store) MailboxesToTell(ctx context.Context) (ms []Mailbox, err error) {
	err = s.db.read.WithContext(ctx).Where("(state = ? AND told_at = 0) OR silent_since <> 0", NeedsYou).
		Where("user_id IN (SELECT id FROM users WHERE disabled_at = 0)").Order("number").Find(&ms).Error
	return ms, failed("list mailboxes to tell of", err)
}
