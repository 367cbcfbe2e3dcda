package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"postroom/problem"
)

const (
	keepStates = 35 // days; people are shown 30
	mostEvents = 50 // of a mailbox
)

// StateEntry is a line of a mailbox's journal: from At on it was in State, as people see it.
type StateEntry struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	MailboxID string
	At        int64
	State     MailboxState
	Problem   *problem.Problem `gorm:"serializer:json"` // code, title and who; nil when all was well
}

// TableName names the table of the journal.
func (StateEntry) TableName() string { return "mailbox_states" }

// Event is something that was said between a mailbox's worker and a server, in few words and without
// secrets, addresses of others, or anything of a mail.
type Event struct {
	ID        int64 `gorm:"primaryKey;autoIncrement"`
	MailboxID string
	At        int64  // unix ms
	Side      Side   // whom it was said to
	What      string // sign_in, folders, fetch, end, throttle, renew, send, check
	Outcome   Outcome
	Words     string // the server's own, redacted; may be empty
	Times     int64  // how often in a row
}

// TableName names the table of events.
func (Event) TableName() string { return "mailbox_events" }

// Side is which service an Event is about.
type Side string

// Sides of an Event.
const (
	SideIMAP  Side = "imap"
	SideSMTP  Side = "smtp"
	SideToken Side = "token"
)

// Outcome is how an Event ended.
type Outcome string

// Outcomes of an Event.
const (
	WentWell Outcome = "ok"
	ToWait   Outcome = "wait"
	WentBad  Outcome = "failed"
)

// enter writes the mailbox's state into its journal, unless it stands there already.
func (tx *Tx) enter(m Mailbox) error {
	var last StateEntry
	err := tx.db.Where("mailbox_id = ?", m.ID).Order("id DESC").Take(&last).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return failed("read journal", err)
	}
	e := StateEntry{MailboxID: m.ID, At: tx.s.Now(), State: m.Shown()}
	if m.Problem != nil {
		e.Problem = &problem.Problem{Code: m.Problem.Code, Title: m.Problem.Title, Who: m.Problem.Who}
	}
	if err == nil && last.State == e.State && sameProblem(last.Problem, e.Problem) {
		return nil
	}
	return failed("write journal", tx.db.Create(&e).Error)
}

// States returns a mailbox's journal from a time on, oldest first. The first entry may be older: it says
// how the mailbox was at that time.
func (s *Store) States(ctx context.Context, userID, mailboxID string, from int64) (es []StateEntry, err error) {
	own := func() *gorm.DB {
		return s.db.read.WithContext(ctx).Where("mailbox_id = ?", mailboxID).Where(ownMailboxes, userID)
	}
	var before []StateEntry
	err = errors.Join(
		own().Where("at < ?", from).Order("id DESC").Limit(1).Find(&before).Error,
		own().Where("at >= ?", from).Order("id").Find(&es).Error,
	)
	return append(before, es...), failed("read journal", err)
}

// AddEvents writes down what was said on behalf of a mailbox, and forgets all but the last 50 events.
func (tx *Tx) AddEvents(mailboxID string, events []Event) error {
	for i := range events {
		events[i].MailboxID = mailboxID
	}
	if len(events) == 0 {
		return nil
	}
	if err := tx.db.Create(&events).Error; err != nil {
		return failed("write events", err)
	}
	err := tx.db.Exec(`DELETE FROM mailbox_events WHERE mailbox_id = ? AND id <=
		(SELECT id FROM mailbox_events WHERE mailbox_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`, mailboxID, mailboxID, mostEvents).Error
	return failed("forget events", err)
}

// Events returns the last events of a user's mailbox, newest first.
func (s *Store) Events(ctx context.Context, userID, mailboxID string) (es []Event, err error) {
	err = s.db.read.WithContext(ctx).Where("mailbox_id = ?", mailboxID).Where(ownMailboxes, userID).
		Order("id DESC").Limit(mostEvents).Find(&es).Error
	return es, failed("read events", err)
}

// forgetStates deletes the journal's old entries, except the last of them, which still holds.
func (s *Store) forgetStates(tx *Tx) (bool, error) {
	old := s.Now() - keepStates*24*60*60*1000
	err := tx.db.Exec(`DELETE FROM mailbox_states WHERE at < ? AND EXISTS (
		SELECT 1 FROM mailbox_states AS later WHERE later.mailbox_id = mailbox_states.mailbox_id
		AND later.id > mailbox_states.id AND later.at <= ?)`, old, old).Error
	return false, failed("forget journal", err)
}
