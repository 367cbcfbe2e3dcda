package store

import (
	"context"
	"fmt"
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
	if u.Role != RoleAdmin || u.DisabledAt != 0 {
		if err := tx.notLastAdmin(u.ID); err != nil {
			return err
		}
	}
	err := touched("update user", tx.db.Model(&User{}).Where("id = ?", u.ID).
		Select("Name", "Role", "PasswordHash", "DisabledAt").Updates(&u))
	if err != nil {
		return err
	}
	tx.wake(mailboxesTopic) // a disabled user's mailboxes have no worker
	if u.DisabledAt == 0 {
		return nil
	}
	if err := tx.DeleteResets(u.ID); err != nil {
		return err
	}
	return tx.DeleteUserSessions(u.ID)
}

// notLastAdmin refuses when the user is the only administrator who is enabled. No other one can be
// lost until the transaction ends.
func (tx *Tx) notLastAdmin(id string) error {
	var admins []string
	err := tx.db.Model(&User{}).Clauses(clause.Locking{Strength: "UPDATE"}).
		Where("role = ? AND disabled_at = 0", RoleAdmin).Order("id").Pluck("id", &admins).Error
	if err != nil {
		return failed("look for administrators", err)
	}
	if len(admins) == 1 && admins[0] == id {
		return problem.New(problem.Conflict, "This is the last administrator.").
			WithAction(problem.You, "Make somebody else an administrator first.")
	}
	return nil
}

// RemoveUser removes a user with all that is theirs: sessions, mailboxes, mails on their way. Nobody
// can reach the mail from then on; upkeep deletes it in small steps. The last administrator who is
// enabled stays.
func (tx *Tx) RemoveUser(id string) error {
	if err := tx.notLastAdmin(id); err != nil {
		return err
	}
	var boxes []Mailbox
	if err := tx.db.Select("id", "number").Where("user_id = ?", id).Find(&boxes).Error; err != nil {
		return failed("list mailboxes", err)
	}
	for _, box := range boxes {
		if err := tx.db.Create(&removedMailbox{Number: box.Number, MailboxID: box.ID}).Error; err != nil {
			return failed("note removed mailbox", err)
		}
		tx.wake(mailboxTopic(box.ID))
	}
	for _, theirs := range []any{&Mailbox{}, &Outgoing{}, &Upload{}, &Session{}} {
		if err := tx.db.Where("user_id = ?", id).Delete(theirs).Error; err != nil {
			return failed(fmt.Sprintf("remove user's %T", theirs), err)
		}
	}
	if err := touched("remove user", tx.db.Where("id = ?", id).Delete(&User{})); err != nil {
		return err
	}
	tx.wake(mailboxesTopic)
	tx.wake(upkeepTopic)
	return nil
}
