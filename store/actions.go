package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"postroom/problem"
)

// mostDue is how many actions DueActions returns at once.
const mostDue = 500

// FailedActions returns a user's actions that the server refused, oldest first.
func (s *Store) FailedActions(ctx context.Context, userID string) (as []Action, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ? AND failed_at <> 0", userID).Order("id").Find(&as).Error
	return as, failed("list failed actions", err)
}

// DismissAction forgets a failed action of a user who has read of it.
func (tx *Tx) DismissAction(userID string, id int64) error {
	err := touched("dismiss action", tx.db.Where("id = ? AND user_id = ? AND failed_at <> 0", id, userID).Delete(&Action{}))
	tx.note(userID, Change{Kind: ActionFailed, Ref: fmt.Sprint(id)})
	return err
}

// DueActions returns what the worker of a mailbox has to tell the server now, in order, with the UID
// where it is known by now. Of several actions on one message only the first is returned: the next one
// comes after it is finished or refused, and the worker is woken for it.
func (s *Store) DueActions(ctx context.Context, mailboxID string, now int64) ([]Action, error) {
	db := s.db.read.WithContext(ctx)
	var as []Action
	err := db.Where("mailbox_id = ? AND failed_at = 0 AND next_at <= ?", mailboxID, now).
		Where("NOT EXISTS (SELECT 1 FROM actions AS earlier WHERE earlier.message_id = actions.message_id AND earlier.failed_at = 0 AND earlier.id < actions.id)").
		Order("id").Limit(mostDue).Find(&as).Error
	if err != nil {
		return nil, failed("list due actions", err)
	}
	for i := range as {
		if as[i].UID != 0 {
			continue
		}
		var m standing
		err := db.Where("id = ? AND folder_id = ?", as[i].MessageID, as[i].FolderID).Take(&m).Error
		if err == nil {
			as[i].UID = m.UID
		} else if !errors.Is(err, gorm.ErrRecordNotFound) {
			return nil, failed("find message of action", err)
		}
	}
	return as, nil
}

// RetryAction has an action tried again later.
func (tx *Tx) RetryAction(a Action, nextAt int64, p *problem.Problem) error {
	a.Attempts, a.NextAt, a.Problem = a.Attempts+1, nextAt, p
	return failed("retry action", tx.db.Model(&Action{}).Where("id = ?", a.ID).Select("Attempts", "NextAt", "Problem").Updates(&a).Error)
}

// FinishAction is for an action that the server has done. After a move newUID and newValidity say where
// the message is now (COPYUID); 0 when the server did not say, then the next look at the target folder
// adopts it. An action that was replaced in the meantime is finished without a word.
func (tx *Tx) FinishAction(a Action, newUID, newValidity uint32) error {
	b, err := tx.box(a.MailboxID)
	if err != nil {
		return err
	}
	if done, err := tx.takeAction(a); err != nil || !done {
		return err
	}
	switch a.Kind {
	case Move:
		err = tx.finishMove(b, a, newUID, newValidity)
	case Delete:
		err = tx.finishDelete(a)
	}
	if err != nil {
		return fmt.Errorf("finish %s: %w", a.Kind, err)
	}
	return tx.wakeForNext(a)
}

// takeAction removes a queued action and reports whether it was still there.
func (tx *Tx) takeAction(a Action) (bool, error) {
	result := tx.db.Where("id = ? AND failed_at = 0", a.ID).Delete(&Action{})
	return result.RowsAffected > 0, failed("take action", result.Error)
}

// later returns the actions that still wait behind one on the same message.
func (tx *Tx) later(a Action) (as []Action, err error) {
	err = tx.db.Where("message_id = ? AND failed_at = 0 AND id > ?", a.MessageID, a.ID).Order("id").Find(&as).Error
	return as, failed("read later actions", err)
}

func (tx *Tx) wakeForNext(a Action) error {
	as, err := tx.later(a)
	if len(as) > 0 {
		tx.wake(mailboxTopic(a.MailboxID))
	}
	return err
}

// finishMove tells the new place to whoever needs it: the actions that wait behind, up to the next move,
// or the message itself when it is to stay there.
func (tx *Tx) finishMove(b *box, a Action, uid, validity uint32) error {
	later, err := tx.later(a)
	if err != nil {
		return err
	}
	moves, err := tx.rebase(later, a.ToFolder, uid)
	if err != nil || moves || uid == 0 || validity == 0 {
		return err
	}
	return tx.settle(b, a.MessageID, a.ToFolder, uid, validity)
}

// rebase tells waiting actions where their message is, up to and including the next move, and reports
// whether there is one.
func (tx *Tx) rebase(later []Action, folder int64, uid uint32) (moves bool, err error) {
	for _, l := range later {
		l.FolderID, l.UID = folder, uid
		err := tx.db.Model(&Action{}).Where("id = ?", l.ID).Select("FolderID", "UID").Updates(&l).Error
		if err != nil {
			return false, failed("place waiting action", err)
		}
		if l.Kind == Move {
			return true, nil
		}
	}
	return false, nil
}

// settle gives a message its place, unless it has found one by itself. Whatever else stands there was
// seen by the worker before it knew that it is this message, and leaves.
func (tx *Tx) settle(b *box, id, folder int64, uid, validity uint32) error {
	all, err := tx.standings(tx.db.Where("id = ?", id))
	if err != nil || len(all) == 0 || !all[0].adrift() {
		return err
	}
	other, err := tx.standings(tx.db.Where("folder_id = ? AND uid_validity = ? AND uid <> 0 AND uid = ?", folder, validity, uid))
	if err != nil {
		return err
	}
	if err := tx.leave(b, other); err != nil {
		return err
	}
	to := all[0]
	to.FolderID, to.UIDValidity, to.UID, to.MovedAt = folder, validity, uid, 0
	return tx.restate(b, []turn{{all[0], to}})
}

// finishDelete removes the message, unless it has turned up somewhere since.
func (tx *Tx) finishDelete(a Action) error {
	_, err := tx.removeSome(tx.db.Model(&Message{}).Where("id = ? AND gone_at <> 0", a.MessageID))
	return err
}

// removeMessages deletes messages that are gone, at most a batch, with all that belongs to them. Large
// sources are upkeep's.
func (tx *Tx) removeMessages(ids []int64) error {
	if err := tx.s.db.words.remove(tx.db, ids); err != nil {
		return err
	}
	if err := removeBodies(tx.db, ids); err != nil {
		return err
	}
	if err := tx.db.Where("message_id IN ?", ids).Delete(&Action{}).Error; err != nil {
		return failed("delete actions", err)
	}
	return failed("delete messages", tx.db.Where("id IN ?", ids).Delete(&Message{}).Error)
}

// RefuseAction is for an action that the server will never do: it is undone here, kept with its problem
// until the user has read of it, and noted in the feed.
func (tx *Tx) RefuseAction(a Action, p *problem.Problem) error {
	b, err := tx.box(a.MailboxID)
	if err != nil {
		return err
	}
	a.Attempts, a.Problem, a.FailedAt = a.Attempts+1, p, tx.s.Now()
	result := tx.db.Model(&Action{}).Where("id = ? AND failed_at = 0", a.ID).Select("Attempts", "Problem", "FailedAt").Updates(&a)
	if result.Error != nil || result.RowsAffected == 0 {
		return failed("refuse action", result.Error)
	}
	if err := tx.undo(b, a); err != nil {
		return fmt.Errorf("undo %s: %w", a.Kind, err)
	}
	tx.note(a.UserID, Change{Kind: ActionFailed, Mailbox: a.MailboxID, IDs: []int64{a.MessageID}, Ref: fmt.Sprint(a.ID)})
	return tx.wakeForNext(a)
}

// undo makes of a refused action's message what it was.
func (tx *Tx) undo(b *box, a Action) error {
	var was undo
	if err := json.Unmarshal([]byte(a.Undo), &was); err != nil {
		return fmt.Errorf("read undo: %w", err)
	}
	all, err := tx.standings(tx.db.Where("id = ?", a.MessageID))
	if err != nil || len(all) == 0 {
		return err // the message is gone for good
	}
	to := all[0]
	switch a.Kind {
	case Move:
		return tx.undoMove(b, a, all[0])
	case Delete:
		to.GoneAt = 0
		if to.adrift() {
			to.MovedAt = tx.s.Now()
		}
	default:
		a.Kind.flag(&to.Flags, was.On)
	}
	return tx.restate(b, []turn{{all[0], to}})
}

// undoMove puts a message back where the server still has it, or, when it has been moved on here since,
// lets the next move begin there.
func (tx *Tx) undoMove(b *box, a Action, from standing) error {
	later, err := tx.later(a)
	if err != nil {
		return err
	}
	moves, err := tx.rebase(later, a.FolderID, a.UID)
	if err != nil || moves || !from.adrift() {
		return err
	}
	var home []Folder
	if err := tx.db.Where("id = ?", a.FolderID).Find(&home).Error; err != nil {
		return failed("read folder", err)
	}
	if len(home) == 0 {
		return tx.leave(b, []standing{from})
	}
	to := from
	to.FolderID, to.GoneAt, to.MovedAt = a.FolderID, 0, tx.s.Now()
	if err := tx.restate(b, []turn{{from, to}}); err != nil || a.UID == 0 {
		return err
	}
	return tx.settle(b, a.MessageID, a.FolderID, a.UID, home[0].UIDValidity)
}
