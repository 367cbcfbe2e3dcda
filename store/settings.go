package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// setting is one named value of the whole installation. Secrets belong into a sealedSetting.
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

// sealedSetting is a secret of the whole installation.
type sealedSetting struct {
	Name  string `gorm:"primaryKey"`
	Value Sealed
	KeyID int64 // filled by the store
}

// SealedSetting returns a secret of the installation; it is empty when there is none.
func (s *Store) SealedSetting(ctx context.Context, name string) (Sealed, error) {
	var v sealedSetting
	err := s.db.read.WithContext(ctx).Where("name = ?", name).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	return v.Value, failed("read sealed setting", err)
}

// SetSealedSetting writes a secret of the installation.
func (tx *Tx) SetSealedSetting(name string, v Sealed) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&sealedSetting{Name: name, Value: v, KeyID: v.keyID()}).Error
	return failed("write sealed setting", err)
}
