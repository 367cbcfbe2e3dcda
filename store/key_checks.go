package store

import (
	"context"

	"gorm.io/gorm/clause"
)

// keyCheck is a constant that one key has sealed. Who opens it has that key, whatever else is damaged.
type keyCheck struct {
	KeyID  int64 `gorm:"primaryKey;autoIncrement:false"`
	Sealed Sealed
	MadeAt int64
}

// KeyChecks returns the check value of every key that this database knows, by key id.
func (s *Store) KeyChecks(ctx context.Context) (map[int64]Sealed, error) {
	var all []keyCheck
	err := s.db.read.WithContext(ctx).Find(&all).Error
	checks := map[int64]Sealed{}
	for _, c := range all {
		checks[c.KeyID] = c.Sealed
	}
	return checks, failed("read key checks", err)
}

// AddKeyCheck keeps the check value of the key that sealed it. One that is there already stays.
func (tx *Tx) AddKeyCheck(sealed Sealed) error {
	check := keyCheck{KeyID: sealed.keyID(), Sealed: sealed, MadeAt: tx.s.Now()}
	return failed("write key check", tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&check).Error)
}

// ForgetKeyCheck removes the check value of a key that is no longer used.
func (tx *Tx) ForgetKeyCheck(keyID int64) error {
	return failed("forget key check", tx.db.Where("key_id = ?", keyID).Delete(&keyCheck{}).Error)
}
