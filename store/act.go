package store

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm/clause"

	"postroom/problem"
)

// flag sets the flag that a kind of action is about, and reports whether it is about one. The value of
// an action itself is on: MarkUnread and Unstar are the others' opposite.
func (k ActionKind) flag(f *Flags, on bool) bool {
	switch k {
	case MarkRead, MarkUnread:
		f.Seen = on
	case Star, Unstar:
		f.Flagged = on
	case Answered:
		f.Answered = on
	default:
		return false
	}
	return true
}

// on says what an action makes of its flag.
func (k ActionKind) on() bool { return k != MarkUnread && k != Unstar }

// sameFlag returns the kinds that are about the same flag.
func (k ActionKind) sameFlag() []ActionKind {
	switch k {
	case MarkRead, MarkUnread:
		return []ActionKind{MarkRead, MarkUnread}
	case Star, Unstar:
		return []ActionKind{Star, Unstar}
	}
	return []ActionKind{k}
}

// undo is what an action keeps of its message for the case that the server refuses: the flag. Where a
// message came from is in FolderID and UID.
type undo struct {
	On bool `json:"on"`
}

// Act does something to a user's messages here at once and queues it for the server, one action for
// each message that it changes. It returns all of the messages as they are now. Messages and folder
// must be the user's, and a move stays within one mailbox.
func (tx *Tx) Act(userID string, ids []int64, kind ActionKind, toFolder int64) ([]Message, error) {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	boxes, err := tx.boxesOf(userID, ids)
	if err != nil {
		return nil, err
	}
	for _, b := range boxes {
		own := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id>>32 != b.Number })
		if err := tx.actIn(b, own, kind, toFolder); err != nil {
			return nil, err
		}
	}
	return tx.messages(ids)
}

// boxesOf locks the mailboxes that messages belong to, always in the same order.
func (tx *Tx) boxesOf(userID string, ids []int64) ([]*box, error) {
	numbers := map[int64]struct{}{}
	for _, id := range ids {
		numbers[id>>32] = struct{}{}
	}
	var found []string
	err := tx.db.Model(&Mailbox{}).Where("user_id = ? AND number IN ?", userID, slices.Collect(maps.Keys(numbers))).
		Order("number").Pluck("id", &found).Error
	if err != nil {
		return nil, failed("read mailboxes", err)
	}
	if len(found) != len(numbers) {
		return nil, problem.New(problem.NotFound, "")
	}
	boxes := make([]*box, len(found))
	for i, id := range found {
		if boxes[i], err = tx.box(id); err != nil {
			return nil, err
		}
	}
	return boxes, nil
}

// actIn acts on messages of one mailbox.
func (tx *Tx) actIn(b *box, ids []int64, kind ActionKind, toFolder int64) error {
	if err := tx.checkTarget(b, kind, toFolder); err != nil {
		return err
	}
	var all []standing
	err := inChunks(ids, batch, func(ids []int64) error {
		some, err := tx.standings(tx.db.Where("id IN ? AND mailbox_id = ? AND gone_at = 0", ids, b.ID))
		all = append(all, some...)
		return err
	})
	if err != nil {
		return err
	}
	if len(all) != len(ids) {
		return problem.New(problem.NotFound, "")
	}
	var turns []turn
	var actions []Action
	for _, from := range all {
		to := tx.after(from, kind, toFolder)
		if to == from {
			continue
		}
		turns = append(turns, turn{from, to})
		actions = append(actions, tx.newAction(b, from, kind, toFolder))
	}
	if err := tx.restate(b, turns); err != nil {
		return err
	}
	return tx.queueActions(b, kind, actions)
}

// checkTarget looks whether a move can end in a folder.
func (tx *Tx) checkTarget(b *box, kind ActionKind, folder int64) error {
	if kind != Move {
		if kind != Delete && !kind.flag(&Flags{}, true) {
			return problem.New(problem.Invalid, fmt.Sprintf("There is no action %q.", string(kind)))
		}
		return nil
	}
	var f Folder
	if err := tx.db.Where("id = ?", folder).Where(ownMailboxes, b.UserID).Take(&f).Error; err != nil {
		return failed("look for target folder", err)
	}
	if f.MailboxID != b.ID {
		return problem.New(problem.Invalid, "Mail can be moved within one mailbox only.")
	}
	return nil
}

// after is what an action makes of a message.
func (tx *Tx) after(from standing, kind ActionKind, toFolder int64) (to standing) {
	to = from
	switch kind {
	case Move:
		if from.FolderID != toFolder {
			to.FolderID, to.UIDValidity, to.UID, to.MovedAt = toFolder, 0, 0, tx.s.Now()
		}
	case Delete:
		to.GoneAt = tx.s.Now()
	default:
		kind.flag(&to.Flags, kind.on())
	}
	return to
}

func (tx *Tx) newAction(b *box, from standing, kind ActionKind, toFolder int64) Action {
	a := Action{
		MailboxID: b.ID, UserID: b.UserID, MessageID: from.ID, Kind: kind, FolderID: from.FolderID, UID: from.UID,
		Undo:      fmt.Sprintf(`{"on":%t}`, !kind.on()), // what changes nothing is not queued
		CreatedAt: tx.s.Now(),
	}
	if kind == Move {
		a.ToFolder = toFolder
	}
	return a
}

// queueActions writes actions. One about a flag replaces what is still queued about the same flag of
// the same message: only the last word counts, and it is said even when the flag is back to what it
// was, because the worker may be just telling the server the one before.
func (tx *Tx) queueActions(b *box, kind ActionKind, actions []Action) error {
	if len(actions) == 0 {
		return nil
	}
	if kind != Move && kind != Delete {
		if err := tx.replaceActions(kind, actions); err != nil {
			return err
		}
	}
	tx.wake(mailboxTopic(b.ID))
	return failed("queue actions", tx.db.CreateInBatches(&actions, batch).Error)
}

// replaceActions removes queued actions about the same flag, whose undo the new ones inherit.
func (tx *Tx) replaceActions(kind ActionKind, actions []Action) error {
	byMessage := make(map[int64]*Action, len(actions))
	for i := range actions {
		byMessage[actions[i].MessageID] = &actions[i]
	}
	return inChunks(slices.Collect(maps.Keys(byMessage)), batch, func(ids []int64) error {
		var old []Action
		err := tx.db.Clauses(clause.Returning{}).
			Where("message_id IN ? AND failed_at = 0 AND kind IN ?", ids, kind.sameFlag()).Delete(&old).Error
		for _, a := range old {
			byMessage[a.MessageID].Undo = a.Undo
		}
		return failed("replace actions", err)
	})
}
