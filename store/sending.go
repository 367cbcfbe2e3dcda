package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postroom/problem"
)

// mostSending is how many mails DueOutgoing returns at once, because it returns their bytes too.
const mostSending = 5

// QueueOutgoing queues a mail and fills ID, State, Size and CreatedAt. A second mail with the same
// idempotency key is not queued: o becomes the first one, without Raw, and existing is true.
func (tx *Tx) QueueOutgoing(o *Outgoing) (existing bool, err error) {
	if err := tx.checkOwner(o.UserID, o.MailboxID); err != nil {
		return false, err
	}
	row := *o
	if row.ID == "" {
		row.ID = NewID()
	}
	row.State, row.Size, row.CreatedAt = Queued, int64(len(o.Raw)), tx.s.Now()
	row.Raw = tx.s.zstd.squeeze(o.Raw)
	added := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "user_id"}, {Name: "idempotency_key"}}, DoNothing: true,
	}).Create(&row)
	if added.Error != nil {
		return false, failed("queue mail", added.Error)
	}
	if added.RowsAffected == 0 {
		var first Outgoing
		err := tx.db.Omit("Raw").Where("user_id = ? AND idempotency_key = ?", o.UserID, o.IdempotencyKey).Take(&first).Error
		*o = first
		return true, failed("read queued mail", err)
	}
	row.Raw = o.Raw
	*o = row
	tx.outgoingChanged(row)
	return false, nil
}

func (tx *Tx) checkOwner(userID, mailboxID string) error {
	var n int64
	err := tx.db.Model(&Mailbox{}).Where("id = ? AND user_id = ?", mailboxID, userID).Count(&n).Error
	if err == nil && n == 0 {
		err = gorm.ErrRecordNotFound
	}
	return failed("look for mailbox", err)
}

// outgoingChanged tells the user, and the worker when the mail is its to send.
func (tx *Tx) outgoingChanged(o Outgoing) {
	tx.note(o.UserID, Change{Kind: OutgoingChanged, Mailbox: o.MailboxID, Ref: o.ID})
	if o.State == Queued {
		tx.wake(mailboxTopic(o.MailboxID))
	}
}

// Outgoings returns a user's mails on their way, newest first, without their bytes.
func (s *Store) Outgoings(ctx context.Context, userID string) (os []Outgoing, err error) {
	err = s.db.read.WithContext(ctx).Omit("Raw").Where("user_id = ?", userID).
		Order("created_at DESC, id DESC").Limit(mostPage).Find(&os).Error
	return os, failed("list outgoing mail", err)
}

// Outgoing returns one of a user's mails on their way, without its bytes.
func (s *Store) Outgoing(ctx context.Context, userID, id string) (o Outgoing, err error) {
	err = s.db.read.WithContext(ctx).Omit("Raw").Where("id = ? AND user_id = ?", id, userID).Take(&o).Error
	return o, failed("read outgoing mail", err)
}

// OutgoingRaw returns the bytes of one of a user's mails on their way.
func (s *Store) OutgoingRaw(ctx context.Context, userID, id string) ([]byte, error) {
	var o Outgoing
	err := s.db.read.WithContext(ctx).Select("raw").Where("id = ? AND user_id = ?", id, userID).Take(&o).Error
	if err != nil {
		return nil, failed("read outgoing mail", err)
	}
	return s.expandRaw(o)
}

func (s *Store) expandRaw(o Outgoing) ([]byte, error) {
	raw, err := s.zstd.expand(o.Raw)
	if err != nil {
		return nil, fmt.Errorf("expand outgoing mail: %w", err)
	}
	return raw, nil
}

// DueOutgoing returns the first mails that a mailbox's worker should send now, with their bytes.
func (s *Store) DueOutgoing(ctx context.Context, mailboxID string, now int64) ([]Outgoing, error) {
	var os []Outgoing
	err := s.db.read.WithContext(ctx).Where("mailbox_id = ? AND state = ? AND next_at <= ?", mailboxID, Queued, now).
		Order("created_at, id").Limit(mostSending).Find(&os).Error
	if err != nil {
		return nil, failed("list due mail", err)
	}
	for i := range os {
		if os[i].Raw, err = s.expandRaw(os[i]); err != nil {
			return nil, err
		}
	}
	return os, nil
}

// InterruptedOutgoing returns the mails of a mailbox that somebody was sending or looking for, without
// their bytes. Its worker, when it starts, finds what it left there when it ended.
func (s *Store) InterruptedOutgoing(ctx context.Context, mailboxID string) (os []Outgoing, err error) {
	err = s.db.read.WithContext(ctx).Omit("Raw").
		Where("mailbox_id = ? AND state IN ?", mailboxID, []OutgoingState{Claimed, InData, Checking}).
		Order("created_at, id").Find(&os).Error
	return os, failed("list interrupted mail", err)
}

// MoveOutgoing takes a mail from one state to another and writes what change does to it. It is a
// problem.Conflict when the mail is in another state by now. Bytes, owner and key stay as they are.
func (tx *Tx) MoveOutgoing(id string, from, to OutgoingState, change func(*Outgoing)) error {
	return tx.moveOutgoing(tx.db.Where("id = ?", id), []OutgoingState{from}, to, change)
}

func (tx *Tx) moveOutgoing(which *gorm.DB, from []OutgoingState, to OutgoingState, change func(*Outgoing)) error {
	o, err := tx.outgoingIn(which, from)
	if err != nil {
		return err
	}
	was := o
	if change != nil {
		change(&o)
	}
	o.ID, o.UserID, o.MailboxID, o.State = was.ID, was.UserID, was.MailboxID, to
	err = tx.db.Select("*").Omit("ID", "UserID", "MailboxID", "IdempotencyKey", "Raw", "Size", "CreatedAt").Updates(&o).Error
	tx.outgoingChanged(o)
	return failed("move outgoing mail", err)
}

// outgoingIn returns a mail, locked, that must be in one of some states.
func (tx *Tx) outgoingIn(which *gorm.DB, states []OutgoingState) (o Outgoing, err error) {
	if err := which.Clauses(clause.Locking{Strength: "UPDATE"}).Omit("Raw").Take(&o).Error; err != nil {
		return o, failed("read outgoing mail", err)
	}
	for _, s := range states {
		if o.State == s {
			return o, nil
		}
	}
	return o, problem.Wrap(problem.Conflict, "The mail has moved on.", errors.New("it is "+string(o.State)))
}

// RetryOutgoing queues a user's failed or unconfirmed mail again.
func (tx *Tx) RetryOutgoing(userID, id string) error {
	own := tx.db.Where("id = ? AND user_id = ?", id, userID)
	return tx.moveOutgoing(own, []OutgoingState{Failed, Unconfirmed}, Queued, func(o *Outgoing) {
		o.Attempts, o.NextAt, o.Problem = 0, 0, nil
	})
}

// ResolveOutgoing is for an unconfirmed mail of which the user knows that it arrived.
func (tx *Tx) ResolveOutgoing(userID, id string) error {
	own := tx.db.Where("id = ? AND user_id = ?", id, userID)
	return tx.moveOutgoing(own, []OutgoingState{Unconfirmed}, SentState, func(o *Outgoing) {
		o.Problem = nil
		if o.SentAt == 0 {
			o.SentAt = tx.s.Now()
		}
	})
}

// CancelOutgoing removes a user's mail that is not, or no longer, being sent.
func (tx *Tx) CancelOutgoing(userID, id string) error {
	own := tx.db.Where("id = ? AND user_id = ?", id, userID)
	o, err := tx.outgoingIn(own, []OutgoingState{Queued, Failed, Unconfirmed})
	if err != nil {
		return err
	}
	tx.note(userID, Change{Kind: OutgoingChanged, Mailbox: o.MailboxID, Ref: id})
	return failed("cancel outgoing mail", tx.db.Where("id = ?", id).Delete(&Outgoing{}).Error)
}
