package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Session returns the session of a hashed token; false when there is none or its time is over.
func (s *Store) Session(ctx context.Context, token string) (Session, bool, error) {
	var v Session
	err := s.db.read.WithContext(ctx).Where("token = ? AND expires_at > ?", token, s.Now()).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Session{}, false, nil
	}
	return v, err == nil, failed("read session", err)
}

// PutSession writes a session, whether it is new or not.
func (tx *Tx) PutSession(session Session) error {
	return failed("write session", tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&session).Error)
}

// DeleteSession ends a session. That there is none is fine.
func (tx *Tx) DeleteSession(token string) error {
	return failed("delete session", tx.db.Where("token = ?", token).Delete(&Session{}).Error)
}

// DeleteUserSessions signs a user out everywhere.
func (tx *Tx) DeleteUserSessions(userID string) error {
	return failed("delete sessions", tx.db.Where("user_id = ?", userID).Delete(&Session{}).Error)
}

// UserSessions returns a user's sessions that have not ended, the one used last first.
func (s *Store) UserSessions(ctx context.Context, userID string) (all []Session, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ? AND expires_at > ?", userID, s.Now()).Order("seen_at DESC, token").Find(&all).Error
	return all, failed("list sessions", err)
}
