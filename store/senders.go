package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"postroom/problem"
)

const (
	theSender     = "system"
	noticesTopic  = "notices"
	senderChanged = "The e-mail settings were changed in the meantime."
)

// Sender returns how Postroom sends mail of its own; ok is false when that is not set up.
func (s *Store) Sender(ctx context.Context) (sender Sender, ok bool, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", theSender).Take(&sender).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Sender{}, false, nil
	}
	return sender, err == nil, failed("read sender", err)
}

// PutSender writes the sender over the version that it was read with, 0 for none, and raises Version. It
// is a problem.Conflict when somebody else was quicker. Notices that wait are looked at again.
func (tx *Tx) PutSender(sender *Sender) error {
	old := sender.Version
	sender.ID, sender.Version, sender.UpdatedAt = theSender, old+1, tx.s.Now()
	sender.SecretKeyID = sender.Secret.keyID()
	if err := tx.hurryNotices(); err != nil {
		return err
	}
	if old == 0 {
		return failed("add sender", tx.db.Create(sender).Error)
	}
	result := tx.db.Model(&Sender{}).Where("id = ? AND version = ?", theSender, old).Select("*").Omit("ID").Updates(sender)
	if result.Error == nil && result.RowsAffected == 0 {
		sender.Version = old
		return problem.New(problem.Conflict, senderChanged)
	}
	return failed("change sender", result.Error)
}

// hurryNotices lets what waits be tried at once: what kept it may be mended.
func (tx *Tx) hurryNotices() error {
	tx.wake(noticesTopic)
	tx.wake(tellingsTopic)
	return failed("hurry notices", tx.db.Model(&Notice{}).Where("status = ?", NoticeQueued).Update("next_at", 0).Error)
}

// RemoveSender forgets the sender and its secret.
func (tx *Tx) RemoveSender() error {
	if err := tx.hurryNotices(); err != nil {
		return err
	}
	return failed("remove sender", tx.db.Where("id = ?", theSender).Delete(&Sender{}).Error)
}

// SetSenderProblem notes how the last mail of this version of the sender fared: nil for well.
func (tx *Tx) SetSenderProblem(version int64, p *problem.Problem) error {
	s := Sender{Problem: p}
	if p != nil {
		s.ProblemAt = tx.s.Now()
	}
	return failed("note sender's problem", tx.db.Model(&Sender{}).
		Where("id = ? AND version = ?", theSender, version).Select("Problem", "ProblemAt").Updates(&s).Error)
}
