package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// mostIDs is how many messages one line of the feed names; more make it mean "many".
const mostIDs = 100

// feed gathers the lines of one transaction. Lines about the same thing become one.
type feed struct {
	lines map[feedKey]*Change
	order []feedKey
}

type feedKey struct {
	user, kind, mailbox, ref string
	folder                   int64
}

// note adds a line to the user's feed, to be written when the transaction ends.
func (tx *Tx) note(user string, c Change) {
	key := feedKey{user: user, kind: c.Kind, mailbox: c.Mailbox, ref: c.Ref, folder: c.Folder}
	line, ok := tx.feed.lines[key]
	if !ok {
		if tx.feed.lines == nil {
			tx.feed.lines = map[feedKey]*Change{}
		}
		c.UserID = user
		c.IDs = slices.Clone(c.IDs)
		tx.feed.lines[key] = &c
		tx.feed.order = append(tx.feed.order, key)
		return
	}
	line.IDs = append(line.IDs, c.IDs...)
}

// writeFeed numbers the lines and writes them. A user's row stays locked from taking the numbers
// until the commit, so that a later number never becomes visible before an earlier one.
func (tx *Tx) writeFeed() error {
	byUser := map[string][]*Change{}
	users := []string{}
	for _, key := range tx.feed.order {
		if byUser[key.user] == nil {
			users = append(users, key.user)
		}
		byUser[key.user] = append(byUser[key.user], tx.feed.lines[key])
	}
	slices.Sort(users) // one order for all, or two transactions could wait for each other
	for _, user := range users {
		if err := tx.writeLines(user, byUser[user]); err != nil {
			return fmt.Errorf("write feed: %w", err)
		}
	}
	return nil
}

func (tx *Tx) writeLines(user string, lines []*Change) error {
	var last int64
	n := int64(len(lines))
	err := tx.db.Raw("UPDATE users SET change_seq = change_seq + ? WHERE id = ? RETURNING change_seq", n, user).Scan(&last).Error
	if err != nil {
		return err
	}
	at := tx.s.Now()
	for i, line := range lines {
		line.Seq, line.At = last-n+int64(i)+1, at
		slices.Sort(line.IDs)
		line.IDs = slices.Compact(line.IDs)
		if len(line.IDs) > mostIDs {
			line.IDs = nil
		}
	}
	tx.wake(userTopic(user))
	return tx.db.Create(lines).Error
}

// Changes returns the lines of a user's feed after a number, oldest first. reset says that lines after
// it are no longer kept, or that the number is not of this feed: the reader must load everything anew.
func (s *Store) Changes(ctx context.Context, userID string, after int64, limit int) (lines []Change, reset bool, err error) {
	// The last number is read before the lines: one that is given out in between is then no gap.
	last, err := s.lastChange(ctx, userID)
	if err != nil {
		return nil, false, err
	}
	err = s.db.read.WithContext(ctx).Where("user_id = ? AND seq > ?", userID, after).Order("seq").Limit(pageSize(limit)).Find(&lines).Error
	if err != nil {
		return nil, false, failed("read feed", err)
	}
	switch {
	case after > last:
		return nil, true, nil
	case len(lines) == 0:
		return nil, after < last, nil
	case lines[0].Seq != after+1:
		return nil, true, nil
	}
	return lines, false, nil
}

func (s *Store) lastChange(ctx context.Context, userID string) (int64, error) {
	var u User
	err := s.db.read.WithContext(ctx).Select("change_seq").Where("id = ?", userID).Take(&u).Error
	return u.ChangeSeq, failed("read feed", err)
}

// forgetChanges deletes lines that were written before a time. Their numbers stay taken: a reader who
// comes from there is told to reset.
func forgetChanges(db *gorm.DB, before int64) error {
	return db.Where("at < ?", before).Delete(&Change{}).Error
}
