package store

import (
	"context"
	"strings"

	"gorm.io/gorm/clause"

	"postroom/problem"
)

// User returns one user.
func (s *Store) User(ctx context.Context, id string) (u User, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&u).Error
	return u, failed("read user", err)
}

// UserByEmail returns the user who signs in with this address, in any case of letters.
func (s *Store) UserByEmail(ctx context.Context, email string) (u User, err error) {
	err = s.db.read.WithContext(ctx).Where("email = ?", strings.ToLower(email)).Take(&u).Error
	return u, failed("read user", err)
}

// Users returns everyone, oldest first.
func (s *Store) Users(ctx context.Context) (us []User, err error) {
	err = s.db.read.WithContext(ctx).Order("created_at, id").Find(&us).Error
	return us, failed("list users", err)
}

// CountUsers says how many users there are; none means that this Postroom is not set up yet.
func (s *Store) CountUsers(ctx context.Context) (n int64, err error) {
	err = s.db.read.WithContext(ctx).Model(&User{}).Count(&n).Error
	return n, failed("count users", err)
}

// AddUser adds a user and fills ID and CreatedAt where they are empty.
func (tx *Tx) AddUser(u *User) error {
	if u.ID == "" {
		u.ID = NewID()
	}
	if u.CreatedAt == 0 {
		u.CreatedAt = tx.s.Now()
	}
	u.Email = strings.ToLower(u.Email)
	return failed("add user", tx.db.Create(u).Error)
}

// UpdateUser writes name, role, password hash and whether the user is disabled. Disabling ends the
// user's sessions. The last administrator who is enabled stays one.
func (tx *Tx) UpdateUser(u User) error {
	var admins []string
	err := tx.db.Model(&User{}).Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("role = ? AND disabled_at = 0", RoleAdmin).Order("id").Pluck("id", &admins).Error
	if err != nil {
		return failed("look for administrators", err)
	}
	stays := u.Role == RoleAdmin && u.DisabledAt == 0
	if !stays && len(admins) == 1 && admins[0] == u.ID {
		return problem.New(problem.Conflict, "This is the last administrator.").
			WithAction(problem.You, "Make somebody else an administrator first.")
	}
	err = touched("update user", tx.db.Model(&User{}).Where("id = ?", u.ID).
		Select("Name", "Role", "PasswordHash", "DisabledAt").Updates(&u))
	if err != nil {
		return err
	}
	tx.wake(mailboxesTopic) // a disabled user's mailboxes have no worker
	if u.DisabledAt != 0 {
		return tx.DeleteUserSessions(u.ID)
	}
	return nil
}
