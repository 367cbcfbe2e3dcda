package store

import (
	"context"
	"errors"
	"slices"

	"gorm.io/gorm"
)

// UIDs returns what is known of a folder for its worker: every UID whose message is here, those that
// wait to be deleted, and those that we have moved away while the server has still to hear of it.
// Whatever else the server has is new.
func (s *Store) UIDs(ctx context.Context, folderID int64) (map[uint32]UIDFlags, error) {
	db, uids := s.db.read.WithContext(ctx), map[uint32]UIDFlags{}
	const flags = "messages.id, seen, flagged, answered, forwarded, draft"
	here := db.Table("messages").Select("uid, "+flags).Where("folder_id = ? AND uid <> 0", folderID)
	held := db.Table("actions").Select("actions.uid, "+flags).Joins("JOIN messages ON messages.id = actions.message_id").
		Where("actions.folder_id = ? AND actions.uid <> 0 AND failed_at = 0 AND kind = ?", folderID, Move)
	if err := errors.Join(readUIDs(here, uids), readUIDs(held, uids)); err != nil {
		return nil, failed("read folder's UIDs", err)
	}
	return uids, nil
}

// readUIDs reads row by row, without GORM's reflection: there may be hundreds of thousands.
func readUIDs(q *gorm.DB, uids map[uint32]UIDFlags) error {
	rows, err := q.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var uid uint32
		var u UIDFlags
		f := &u.Flags
		if err := rows.Scan(&uid, &u.ID, &f.Seen, &f.Flagged, &f.Answered, &f.Forwarded, &f.Draft); err != nil {
			return err
		}
		uids[uid] = u
	}
	return rows.Err()
}

// MessageAt returns the message at a UID of a folder, for its worker.
func (s *Store) MessageAt(ctx context.Context, folderID int64, uid uint32) (m Message, err error) {
	err = s.db.read.WithContext(ctx).Where("folder_id = ? AND uid <> 0 AND uid = ?", folderID, uid).Take(&m).Error
	return m, failed("read message", err)
}

// SetFlags notes what the server says about messages' flags now, and tells how many that changed. A
// flag that a pending action is about keeps what the user gave it.
func (tx *Tx) SetFlags(folder Folder, flags map[uint32]Flags) (changed int, err error) {
	b, err := tx.box(folder.MailboxID)
	if err != nil {
		return 0, err
	}
	uids := make([]uint32, 0, len(flags))
	for uid := range flags {
		uids = append(uids, uid)
	}
	slices.Sort(uids)
	all, err := tx.standingsAt(folder.ID, uids)
	if err != nil {
		return 0, err
	}
	ours, err := tx.pendingFlags(folder.MailboxID)
	if err != nil {
		return 0, err
	}
	var turns []turn
	add := func(from standing, uid uint32) {
		to := from
		to.Flags = ours[from.ID].keep(from.Flags, flags[uid])
		if to != from {
			turns = append(turns, turn{from, to})
		}
	}
	for _, s := range all {
		add(s, s.UID)
	}
	held, err := tx.standingsHeld(folder.ID, uids)
	if err != nil {
		return 0, err
	}
	for uid, s := range held {
		add(s, uid)
	}
	return len(turns), tx.restate(b, turns)
}

// pendingFlags says of each message which flags actions are on their way for.
func (tx *Tx) pendingFlags(mailboxID string) (map[int64]Flags, error) {
	var as []Action
	err := tx.db.Select("message_id", "kind").
		Where("mailbox_id = ? AND failed_at = 0 AND kind NOT IN ?", mailboxID, []ActionKind{Move, Delete}).Find(&as).Error
	ours := map[int64]Flags{}
	for _, a := range as {
		f := ours[a.MessageID]
		a.Kind.flag(&f, true)
		ours[a.MessageID] = f
	}
	return ours, failed("read pending actions", err)
}

// keep returns theirs, except for the flags that are set in mask, which stay as they are in mine.
func (mask Flags) keep(mine, theirs Flags) Flags {
	pick := func(mask, mine, theirs bool) bool {
		if mask {
			return mine
		}
		return theirs
	}
	return Flags{
		Seen:      pick(mask.Seen, mine.Seen, theirs.Seen),
		Flagged:   pick(mask.Flagged, mine.Flagged, theirs.Flagged),
		Answered:  pick(mask.Answered, mine.Answered, theirs.Answered),
		Forwarded: pick(mask.Forwarded, mine.Forwarded, theirs.Forwarded),
		Draft:     pick(mask.Draft, mine.Draft, theirs.Draft),
	}
}

// Vanish takes out of a folder what the server no longer has there.
func (tx *Tx) Vanish(folder Folder, uids []uint32) error {
	b, err := tx.box(folder.MailboxID)
	if err != nil {
		return err
	}
	all, err := tx.standingsAt(folder.ID, uids)
	if err != nil {
		return err
	}
	return tx.leave(b, all)
}

// ForgetFolder is for a folder whose UIDVALIDITY has changed: no UID in it means anything any more. Its
// messages stay as gone until the next look at the folder adopts them, and pending actions find their
// new UID by that.
func (tx *Tx) ForgetFolder(folder Folder) error {
	b, err := tx.box(folder.MailboxID)
	if err != nil {
		return err
	}
	all, err := tx.standings(tx.db.Where("folder_id = ? AND uid <> 0", folder.ID))
	if err != nil {
		return err
	}
	if err := tx.leave(b, all); err != nil {
		return err
	}
	err = tx.db.Model(&Action{}).Where("folder_id = ? AND uid <> 0 AND failed_at = 0", folder.ID).Update("uid", 0).Error
	return failed("forget places of actions", err)
}
