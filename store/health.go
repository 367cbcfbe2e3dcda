package store

import (
	"context"

	"postroom/problem"
)

// mostArrivals bounds how much mail a rhythm is learned from.
const mostArrivals = 20_000

// Arrivals returns when mail came to a mailbox since a time, for its worker: unix ms by the server's
// clock, oldest first. What its owner wrote, and junk, does not count. Of very much mail the newest do.
func (s *Store) Arrivals(ctx context.Context, mailboxID string, from int64) (at []int64, err error) {
	db := s.db.read.WithContext(ctx)
	folders := db.Model(&Folder{}).Select("id").Where("mailbox_id = ? AND role NOT IN ?", mailboxID, []FolderRole{Sent, Drafts, Junk})
	newest := db.Model(&Message{}).Select("internal_date").
		Where("folder_id IN (?) AND gone_at = 0 AND internal_date >= ?", folders, from).
		Order("internal_date DESC").Limit(mostArrivals)
	err = db.Table("(?) AS newest", newest).Order("internal_date").Pluck("internal_date", &at).Error
	return at, failed("read arrivals", err)
}

// AskToCheckSending has the worker of a user's mailbox see at once whether it may send by now. One that
// can send is left alone.
func (tx *Tx) AskToCheckSending(userID, id string) error {
	m, err := tx.ownMailbox(userID, id)
	if err != nil || m.CanSend {
		return err
	}
	if m.atRest() {
		return problem.New(problem.Conflict, "The mailbox is paused.")
	}
	m.SendCheckedAt = 0
	tx.wake(mailboxTopic(id))
	return tx.updateMailbox(m, "SendCheckedAt")
}

// SetSince says how far back a user's mailbox is to be fetched; 0 is all of it. Its worker fetches what
// is missing then. What is here already stays, however old it is.
func (tx *Tx) SetSince(userID, id string, since int64) error {
	m, err := tx.ownMailbox(userID, id)
	if err != nil || m.Since == since {
		return err
	}
	m.Since, m.SyncDone, m.SyncTotal, m.SyncStarted = since, 0, 0, 0
	tx.wake(mailboxTopic(id))
	return tx.updateMailbox(m, "Since", "SyncDone", "SyncTotal", "SyncStarted")
}

// Overview is a mailbox as those see it who look after all of them: how it fares, and never its mail or
// its grant.
type Overview struct {
	Mailbox
	OwnerName     string
	OwnerEmail    string
	OwnerDisabled bool
	Messages      int64 // how many are here
	Waiting       int64 // mails that have not left
}

// Overviews returns every mailbox of this Postroom, oldest first.
func (s *Store) Overviews(ctx context.Context) (all []Overview, err error) {
	err = s.db.read.WithContext(ctx).Table("mailboxes").Omit("Grant", "Access").
		Select(`mailboxes.id, number, user_id, provider_id, address, display_name, state, problem, retry_at, can_send, granted_at,
			sync_done, sync_total, sync_started, last_sync_at, mailboxes.created_at, shared, since, state_since, last_mail_at,
			silent_since, usual_per_day, send_problem, send_checked_at,
			users.name AS owner_name, users.email AS owner_email, users.disabled_at <> 0 AS owner_disabled,
			(SELECT COALESCE(SUM(total), 0) FROM folders WHERE mailbox_id = mailboxes.id) AS messages,
			(SELECT COUNT(*) FROM outgoings WHERE mailbox_id = mailboxes.id AND state NOT IN ?) AS waiting`, []OutgoingState{SentState}).
		Joins("JOIN users ON users.id = mailboxes.user_id").Order("number").Scan(&all).Error
	return all, failed("list all mailboxes", err)
}
