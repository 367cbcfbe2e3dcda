package store

import (
	"context"

	"gorm.io/gorm/clause"
)

// Invitation asks somebody to become a user. The link that goes out holds a token; the store has its
// hash alone.
type Invitation struct {
	ID         string `gorm:"primaryKey"` // ULID
	Email      string // lower case; the name that the person will sign in with
	Name       string // as the inviter wrote it; the person may change it
	Role       Role
	TokenHash  string
	InvitedBy  string // id of a user
	UserID     string // who came of it; empty until then
	CreatedAt  int64  `gorm:"autoCreateTime:false"`
	ExpiresAt  int64
	AcceptedAt int64 // 0 until then
	RevokedAt  int64 // 0 unless it was withdrawn
}

// Open reports whether i can still be accepted at now, unix ms.
func (i Invitation) Open(now int64) bool {
	return i.AcceptedAt == 0 && i.RevokedAt == 0 && i.ExpiresAt > now
}

// Invitations returns all invitations, newest first.
func (s *Store) Invitations(ctx context.Context) (is []Invitation, err error) {
	err = s.db.read.WithContext(ctx).Order("created_at DESC, id DESC").Find(&is).Error
	return is, failed("list invitations", err)
}

// Invitation returns one invitation.
func (s *Store) Invitation(ctx context.Context, id string) (i Invitation, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&i).Error
	return i, failed("read invitation", err)
}

// InvitationByToken returns the invitation whose link holds the token of this hash.
func (s *Store) InvitationByToken(ctx context.Context, hash string) (i Invitation, err error) {
	err = s.db.read.WithContext(ctx).Where("token_hash = ?", hash).Take(&i).Error
	return i, failed("read invitation", err)
}

// AddInvitation adds an invitation. Earlier ones to the same address that are still open are withdrawn:
// one link at a time lets somebody in.
func (tx *Tx) AddInvitation(i *Invitation) error {
	if i.ID == "" {
		i.ID = NewID()
	}
	i.CreatedAt = tx.s.Now()
	err := tx.db.Model(&Invitation{}).Where("email = ? AND accepted_at = 0 AND revoked_at = 0", i.Email).
		Update("revoked_at", i.CreatedAt).Error
	if err != nil {
		return failed("withdraw earlier invitations", err)
	}
	return failed("add invitation", tx.db.Create(i).Error)
}

// LockInvitation returns an invitation as it is now and keeps others from it until the transaction ends.
func (tx *Tx) LockInvitation(id string) (i Invitation, err error) {
	err = tx.db.Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&i).Error
	return i, failed("read invitation", err)
}

// UpdateInvitation writes what became of an invitation: token, dates and the user.
func (tx *Tx) UpdateInvitation(i Invitation) error {
	return touched("update invitation", tx.db.Model(&Invitation{}).Where("id = ?", i.ID).
		Select("TokenHash", "ExpiresAt", "AcceptedAt", "RevokedAt", "UserID").Updates(&i))
}
