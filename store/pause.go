package store

import (
	"gorm.io/gorm/clause"

	"postroom/problem"
)

// PauseMailbox has a user's mailbox left alone until it is resumed: its worker stops, mail that is here
// stays, mail that is to be sent waits. A mailbox without a grant cannot be paused, for nothing happens
// there anyway: problem.Conflict. To pause one twice changes nothing.
func (tx *Tx) PauseMailbox(userID, id string) error {
	m, err := tx.ownMailbox(userID, id)
	if err != nil || m.State == Paused {
		return err
	}
	if m.State == NeedsYou || m.State == Disconnected {
		return problem.New(problem.Conflict, "The mailbox rests already, until you sign in again.")
	}
	return tx.rest(m, Paused)
}

// ResumeMailbox lets a paused mailbox go on where it stopped. One that is not paused stays as it is.
func (tx *Tx) ResumeMailbox(userID, id string) error {
	m, err := tx.ownMailbox(userID, id)
	if err != nil || m.State != Paused {
		return err
	}
	return tx.rest(m, Connecting)
}

// ownMailbox is a user's mailbox, locked.
func (tx *Tx) ownMailbox(userID, id string) (m Mailbox, err error) {
	err = tx.db.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ? AND user_id = ?", id, userID).Take(&m).Error
	return m, failed("read mailbox", err)
}

// rest writes a state that the owner chose, and wakes whoever must know.
func (tx *Tx) rest(m Mailbox, state MailboxState) error {
	m.State, m.StateSince, m.Problem, m.RetryAt = state, tx.s.Now(), nil, 0
	tx.mailboxChanged(m.UserID, m.ID)
	return tx.updateMailbox(m, "State", "StateSince", "Problem", "RetryAt")
}

// atRest reports whether the owner wants nothing to happen to m.
func (m Mailbox) atRest() bool { return m.State == Paused || m.State == Disconnected }

// Shown is the state that people see: a mailbox that is well and cannot send is receive-only.
func (m Mailbox) Shown() MailboxState {
	if m.State == Connected && !m.CanSend {
		return ReceiveOnly
	}
	return m.State
}
