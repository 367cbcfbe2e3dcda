package store

import (
	"context"

	"gorm.io/gorm/clause"
)

// Reset is a link that sets a user's password anew, once. The store has the hash of its token.
type Reset struct {
	TokenHash string `gorm:"primaryKey"`
	UserID    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
}

// Reset returns the reset whose link holds the token of this hash. The caller looks at ExpiresAt.
func (s *Store) Reset(ctx context.Context, hash string) (r Reset, err error) {
	err = s.db.read.WithContext(ctx).Where("token_hash = ?", hash).Take(&r).Error
	return r, failed("read reset", err)
}

// AddReset adds a reset in place of the user's earlier ones.
func (tx *Tx) AddReset(r Reset) error {
	r.CreatedAt = tx.s.Now()
	if err := tx.DeleteResets(r.UserID); err != nil {
		return err
	}
	return failed("add reset", tx.db.Create(&r).Error)
}

// TakeReset removes a reset and returns it, so that it counts once.
func (tx *Tx) TakeReset(hash string) (Reset, error) {
	var r []Reset
	result := tx.db.Clauses(clause.Returning{}).Where("token_hash = ?", hash).Delete(&r)
	if err := touched("take reset", result); err != nil {
		return Reset{}, err
	}
	return r[0], nil
}

// DeleteResets makes all of a user's reset links void.
func (tx *Tx) DeleteResets(userID string) error {
	return failed("delete resets", tx.db.Where("user_id = ?", userID).Delete(&Reset{}).Error)
}
