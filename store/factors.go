package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Authenticator is the app that shows a user's six digits (TOTP, RFC 6238): the second step after a
// password.
type Authenticator struct {
	UserID      string `gorm:"primaryKey"`
	Secret      Sealed // bound to CreatedAt
	SecretKeyID int64  // filled by the store
	ConfirmedAt int64  // 0: shown, and no code came yet; it does not count
	LastStep    int64  // no code of this step of 30 s or an earlier one counts any more
	CreatedAt   int64  `gorm:"autoCreateTime:false"`
}

// recoveryCode is a code that stands in for the authenticator, once.
type recoveryCode struct {
	UserID string `gorm:"primaryKey"`
	Hash   string `gorm:"primaryKey"`
}

// Passkey is a key in somebody's device or password manager that signs its user in (WebAuthn).
type Passkey struct {
	ID           string `gorm:"primaryKey"` // ULID
	UserID       string
	CredentialID string // base64url
	Name         string // given by its user
	Data         string // public key, counter and flags as package auth writes them, JSON
	CreatedAt    int64  `gorm:"autoCreateTime:false"`
	UsedAt       int64  // 0 until then
}

// Authenticator returns a user's authenticator; false when there is none.
func (s *Store) Authenticator(ctx context.Context, userID string) (a Authenticator, found bool, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ?", userID).Take(&a).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Authenticator{}, false, nil
	}
	return a, err == nil, failed("read authenticator", err)
}

// PutAuthenticator writes a user's authenticator over the one before.
func (tx *Tx) PutAuthenticator(a Authenticator) error {
	a.SecretKeyID = a.Secret.keyID()
	return failed("write authenticator", tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&a).Error)
}

// SpendStep takes the codes up to a step away, and confirms the authenticator made at createdAt when it
// was not yet. It returns false when a code of this step or a later one counted before.
func (tx *Tx) SpendStep(userID string, createdAt, step int64) (bool, error) {
	result := tx.db.Model(&Authenticator{}).Where("user_id = ? AND created_at = ? AND last_step < ?", userID, createdAt, step).
		Updates(map[string]any{
			"last_step":    step,
			"confirmed_at": gorm.Expr("CASE WHEN confirmed_at = 0 THEN ? ELSE confirmed_at END", tx.s.Now()),
		})
	return result.RowsAffected == 1, failed("spend code", result.Error)
}

// DeleteSecondFactor takes a user's authenticator and recovery codes away.
func (tx *Tx) DeleteSecondFactor(userID string) error {
	return failed("delete second factor", errors.Join(
		tx.db.Where("user_id = ?", userID).Delete(&Authenticator{}).Error,
		tx.db.Where("user_id = ?", userID).Delete(&recoveryCode{}).Error,
	))
}

// PutRecoveryCodes stores hashes of recovery codes in place of those before.
func (tx *Tx) PutRecoveryCodes(userID string, hashes []string) error {
	if err := tx.db.Where("user_id = ?", userID).Delete(&recoveryCode{}).Error; err != nil {
		return failed("delete recovery codes", err)
	}
	codes := make([]recoveryCode, len(hashes))
	for i, hash := range hashes {
		codes[i] = recoveryCode{userID, hash}
	}
	return failed("add recovery codes", tx.db.Create(&codes).Error)
}

// SpendRecoveryCode takes a recovery code away; false when the user has none of this hash.
func (tx *Tx) SpendRecoveryCode(userID, hash string) (bool, error) {
	result := tx.db.Where("user_id = ? AND hash = ?", userID, hash).Delete(&recoveryCode{})
	return result.RowsAffected == 1, failed("spend recovery code", result.Error)
}

// RecoveryCodes says how many recovery codes a user has left.
func (s *Store) RecoveryCodes(ctx context.Context, userID string) (n int64, err error) {
	err = s.db.read.WithContext(ctx).Model(&recoveryCode{}).Where("user_id = ?", userID).Count(&n).Error
	return n, failed("count recovery codes", err)
}

// SecondFactors returns the ids of the users who have a confirmed authenticator.
func (s *Store) SecondFactors(ctx context.Context) (ids []string, err error) {
	err = s.db.read.WithContext(ctx).Model(&Authenticator{}).Where("confirmed_at <> 0").Pluck("user_id", &ids).Error
	return ids, failed("list second factors", err)
}

// Passkeys returns a user's passkeys, oldest first.
func (s *Store) Passkeys(ctx context.Context, userID string) (ps []Passkey, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ?", userID).Order("created_at, id").Find(&ps).Error
	return ps, failed("list passkeys", err)
}

// AddPasskey adds a passkey. It is a problem.Conflict when there is one of this credential.
func (tx *Tx) AddPasskey(p *Passkey) error {
	p.ID, p.CreatedAt = NewID(), tx.s.Now()
	return failed("add passkey", tx.db.Create(p).Error)
}

// UsePasskey notes that a passkey signed its user in, with what changed of it.
func (tx *Tx) UsePasskey(userID, credentialID, data string) error {
	return touched("use passkey", tx.db.Model(&Passkey{}).Where("user_id = ? AND credential_id = ?", userID, credentialID).
		Updates(map[string]any{"data": data, "used_at": tx.s.Now()}))
}

// RenamePasskey gives a user's passkey another name.
func (tx *Tx) RenamePasskey(userID, id, name string) error {
	return touched("rename passkey", tx.db.Model(&Passkey{}).Where("id = ? AND user_id = ?", id, userID).Update("name", name))
}

// DeletePasskey takes a passkey away from a user.
func (tx *Tx) DeletePasskey(userID, id string) error {
	return touched("delete passkey", tx.db.Where("id = ? AND user_id = ?", id, userID).Delete(&Passkey{}))
}

// DeletePasskeys takes all of them away.
func (tx *Tx) DeletePasskeys(userID string) error {
	return failed("delete passkeys", tx.db.Where("user_id = ?", userID).Delete(&Passkey{}).Error)
}
