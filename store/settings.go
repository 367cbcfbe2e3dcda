package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// setting is one named value of the whole installation. Secrets do not belong here.
type setting struct {
	Name  string `gorm:"primaryKey"`
	Value string
}

// Setting returns a setting, or "" when it is not set.
func (s *Store) Setting(ctx context.Context, key string) (string, error) {
	var v setting
	err := s.db.read.WithContext(ctx).Where("name = ?", key).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return "", nil
	}
	return v.Value, failed("read setting", err)
}

// SetSetting writes a setting.
func (tx *Tx) SetSetting(key, value string) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&setting{Name: key, Value: value}).Error
	return failed("write setting", err)
}
