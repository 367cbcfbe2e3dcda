package store

import (
	"fmt"
	"math"
	"slices"

	"postroom/problem"
)

// AddMessages adds what the worker found in a folder, under folder.UIDValidity, and returns the message
// of each mail in the same order. It does not matter whether a mail was added before. A mail that is
// known from elsewhere is adopted: one that has left another folder, or that we moved here, keeps its
// row and its thread and only takes its new place.
func (tx *Tx) AddMessages(folder Folder, mails []NewMessage) ([]Message, error) {
	if len(mails) == 0 {
		return nil, nil
	}
	b, err := tx.box(folder.MailboxID)
	if err != nil {
		return nil, err
	}
	a := arrival{tx: tx, box: b, folder: folder, mails: slices.Clone(mails), at: map[uint32]int64{}}
	for _, step := range []func() error{a.findHere, a.adopt, a.addNew} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("add messages: %w", err)
		}
	}
	return a.messages()
}

// arrival is one AddMessages: a batch of mails and where each of them has been found to be.
type arrival struct {
	tx     *Tx
	box    *box
	folder Folder
	mails  []NewMessage
	at     map[uint32]int64 // UID → message id, as far as known
}

// findHere finds the mails that are here already, or that a pending move holds. One whose source could
// not be had before gets it now.
func (a *arrival) findHere() error {
	uids := make([]uint32, len(a.mails))
	byUID := make(map[uint32]*NewMessage, len(a.mails))
	for i := range a.mails {
		m := &a.mails[i]
		cleanMessage(&m.Message)
		uids[i] = m.UID
		byUID[m.UID] = m
	}
	var here []Message
	err := inChunks(uids, batch, func(uids []uint32) error {
		var some []Message
		err := a.tx.db.Where("folder_id = ? AND uid_validity = ? AND uid <> 0 AND uid IN ?", a.folder.ID, a.folder.UIDValidity, uids).
			Find(&some).Error
		here = append(here, some...)
		return failed("look for known places", err)
	})
	if err != nil {
		return err
	}
	for _, m := range here {
		a.at[m.UID] = m.ID
		if fresh := byUID[m.UID]; !m.HasSource && fresh.Source.ok {
			if err := a.repair(m, *fresh); err != nil {
				return err
			}
		}
	}
	held, err := a.tx.heldPlaces(a.folder.ID)
	for uid, id := range held {
		if _, ok := byUID[uid]; ok {
			a.at[uid] = id
		}
	}
	return err
}

// repair gives a quarantined message the content that could not be fetched at first.
func (a *arrival) repair(old Message, m NewMessage) error {
	fixed := m.Message
	fixed.ID, fixed.MailboxID, fixed.ThreadID = old.ID, old.MailboxID, old.ThreadID
	fixed.stand(old.standing())
	fixed.BodyKey, fixed.HasSource = m.Source.key, true
	if err := a.tx.db.Select("*").Updates(&fixed).Error; err != nil {
		return fmt.Errorf("repair message %d: %w", old.ID, err)
	}
	if err := a.tx.s.db.words.remove(a.tx.db, []int64{old.ID}); err != nil {
		return err
	}
	a.tx.note(a.box.UserID, Change{Kind: MessagesChanged, Mailbox: a.box.ID, Folder: old.FolderID, IDs: []int64{old.ID}})
	return a.tx.addContents([]*Message{&fixed}, []*NewMessage{&m})
}

// addNew adds the mails that are nowhere yet.
func (a *arrival) addNew() error {
	var rows []*Message
	var mails []*NewMessage
	for i := range a.mails {
		m := &a.mails[i]
		if _, ok := a.at[m.UID]; ok {
			continue
		}
		row := m.Message
		row.MailboxID, row.FolderID, row.UIDValidity = a.box.ID, a.folder.ID, a.folder.UIDValidity
		row.GoneAt, row.MovedAt, row.BodyKey, row.HasSource = 0, 0, m.Source.key, m.Source.ok
		rows, mails = append(rows, &row), append(mails, m)
		a.at[m.UID] = 0 // its id follows; a double in the same batch is skipped
	}
	if len(rows) == 0 {
		return nil
	}
	if err := a.number(rows); err != nil {
		return err
	}
	if err := a.tx.thread(a.box, rows); err != nil {
		return err
	}
	err := inChunks(rows, batch, func(rows []*Message) error { return a.tx.db.Create(rows).Error })
	if err != nil {
		return failed("write rows", err)
	}
	return a.tx.addContents(rows, mails)
}

// number gives rows their ids, counts them and notes them in the feed.
func (a *arrival) number(rows []*Message) error {
	if a.box.NextMessage+int64(len(rows)) > math.MaxUint32 {
		return problem.New(problem.MailboxFull, "The mailbox has had more than four thousand million mails.")
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		a.box.NextMessage++
		row.ID = a.box.Number<<32 | a.box.NextMessage
		ids[i] = row.ID
		a.at[row.UID] = row.ID
		total, unread := row.standing().counted()
		a.tx.count(a.box, a.folder.ID, total, unread)
	}
	a.tx.note(a.box.UserID, Change{Kind: MessagesAdded, Mailbox: a.box.ID, Folder: a.folder.ID, IDs: ids})
	fields := []string{"NextMessage"}
	if a.noteArrival(rows) {
		fields = append(fields, "LastMailAt", "SilentSince")
	}
	to := Mailbox{NextMessage: a.box.NextMessage, LastMailAt: a.box.LastMailAt, SilentSince: a.box.SilentSince}
	return failed("take message ids", a.tx.db.Model(&Mailbox{}).Where("id = ?", a.box.ID).Select(fields).Updates(&to).Error)
}

// noteArrival keeps when mail came last, and ends a silence that this mail ends. What the person wrote
// is no arrival.
func (a *arrival) noteArrival(rows []*Message) bool {
	if a.folder.Role == Sent || a.folder.Role == Drafts {
		return false
	}
	was := a.box.LastMailAt
	for _, row := range rows {
		if at := min(row.InternalDate, a.tx.s.Now()); at > a.box.LastMailAt {
			a.box.LastMailAt = at
		}
	}
	if a.box.LastMailAt == was {
		return false
	}
	if a.box.SilentSince != 0 {
		a.box.SilentSince = 0
		a.tx.note(a.box.UserID, Change{Kind: MailboxChanged, Mailbox: a.box.ID})
	}
	return true
}

// messages returns the rows in the order of the mails.
func (a *arrival) messages() ([]Message, error) {
	ids := make([]int64, len(a.mails))
	for i, m := range a.mails {
		ids[i] = a.at[m.UID]
	}
	return a.tx.messages(ids)
}

// messages returns messages in the order of their ids, which may repeat.
func (tx *Tx) messages(ids []int64) ([]Message, error) {
	byID := make(map[int64]Message, len(ids))
	err := inChunks(ids, batch, func(ids []int64) error {
		var some []Message
		err := tx.db.Where("id IN ?", ids).Find(&some).Error
		for _, m := range some {
			byID[m.ID] = m
		}
		return failed("read messages", err)
	})
	all := make([]Message, 0, len(ids))
	for _, id := range ids {
		all = append(all, byID[id])
	}
	return all, err
}

// addContents writes sources and words of new rows.
func (tx *Tx) addContents(rows []*Message, mails []*NewMessage) error {
	if err := tx.addBodies(rows, mails); err != nil {
		return err
	}
	entries := make([]wordEntry, len(rows))
	for i, row := range rows {
		entries[i] = newWordEntry(row, mails[i].Words)
	}
	return failed("write words", tx.s.db.words.add(tx.db, entries))
}
