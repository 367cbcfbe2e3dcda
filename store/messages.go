package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

const (
	usualPage = 50
	mostPage  = 500
)

// Messages returns a stretch of a user's folder, newest first.
func (s *Store) Messages(ctx context.Context, userID string, folderID int64, q Query) (Page, error) {
	f, err := s.Folder(ctx, userID, folderID)
	if err != nil {
		return Page{}, err
	}
	db := s.db.read.WithContext(ctx)
	var p Page
	switch {
	case !q.Unread && !q.Flagged:
		p.Total = f.Total
	case q.Unread && !q.Flagged:
		p.Total = f.Unread
	default:
		if err := q.in(db, f.ID).Count(&p.Total).Error; err != nil {
			return Page{}, failed("count messages", err)
		}
	}
	// Ids come out of the index alone, however far down; only what is shown is read.
	ids := q.in(db, f.ID).Select("id").Order("internal_date DESC, id DESC").Offset(max(0, q.Offset)).Limit(pageSize(q.Limit))
	err = db.Where("id IN (?)", ids).Where(ownMailboxes, userID).Order("internal_date DESC, id DESC").Find(&p.Messages).Error
	return p, failed("list messages", err)
}

// in is the query for a folder. Its conditions stand there literally, because that is how SQLite
// recognises a partial index.
func (q Query) in(db *gorm.DB, folder int64) *gorm.DB {
	db = db.Model(&Message{}).Where("folder_id = ? AND gone_at = 0", folder)
	if q.Unread {
		db = db.Where("NOT seen")
	}
	if q.Flagged {
		db = db.Where("flagged")
	}
	return db
}

func pageSize(limit int) int {
	if limit <= 0 {
		return usualPage
	}
	return min(limit, mostPage)
}

// Message returns one message of a user.
func (s *Store) Message(ctx context.Context, userID string, id int64) (m Message, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ? AND gone_at = 0", id).Where(ownMailboxes, userID).Take(&m).Error
	return m, failed("read message", err)
}

// Thread returns a user's thread, oldest first. Of a mail that lies in several folders (sent to oneself,
// say) only one copy is returned, one that is not in the trash if there is such.
func (s *Store) Thread(ctx context.Context, userID string, threadID int64) ([]Message, error) {
	db := s.db.read.WithContext(ctx)
	var all []Message
	err := db.Where("thread_id = ? AND gone_at = 0", threadID).Where(ownMailboxes, userID).Order("date, id").Find(&all).Error
	if err != nil {
		return nil, failed("read thread", err)
	}
	if len(all) == 0 {
		return nil, failed("read thread", gorm.ErrRecordNotFound)
	}
	var trash []int64
	err = db.Model(&Folder{}).Where("mailbox_id = ? AND role = ?", all[0].MailboxID, Trash).Pluck("id", &trash).Error
	if err != nil {
		return nil, failed("read trash folder", err)
	}
	return withoutCopies(all, trash), nil
}

func withoutCopies(all []Message, trash []int64) []Message {
	binned := func(m Message) bool { return len(trash) > 0 && m.FolderID == trash[0] }
	at := map[string]int{}
	var once []Message
	for _, m := range all {
		i, seen := at[m.RFCMessageID]
		switch {
		case m.RFCMessageID == "" || !seen:
			at[m.RFCMessageID] = len(once)
			once = append(once, m)
		case binned(once[i]) && !binned(m):
			once[i] = m
		}
	}
	return once
}

// Search returns a user's messages that q finds, newest first.
func (s *Store) Search(ctx context.Context, userID string, q Search) ([]Message, error) {
	words := parseSearch(q.Text)
	if len(words.with) == 0 {
		return nil, nil
	}
	db := s.db.read.WithContext(ctx)
	numbers, err := searchable(db, userID, q.Mailbox)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	// The words and the dates are in indexes; only what is shown is read from the rows.
	var ids []int64
	err = s.db.words.find(db, numbers, words).Where("messages.gone_at = 0").
		Order("messages.internal_date DESC, messages.id DESC").
		Offset(max(0, q.Offset)).Limit(pageSize(q.Limit)).Pluck("messages.id", &ids).Error
	if err != nil {
		return nil, failed("search", err)
	}
	var found []Message
	err = db.Where("id IN ? AND gone_at = 0", ids).Where(ownMailboxes, userID).Order("internal_date DESC, id DESC").Find(&found).Error
	return found, failed("read what was found", err)
}

// searchable returns the numbers of the mailboxes to search.
func searchable(db *gorm.DB, userID, mailboxID string) (numbers []int64, err error) {
	own := db.Model(&Mailbox{}).Where("user_id = ?", userID)
	if mailboxID != "" {
		own = own.Where("id = ?", mailboxID)
	}
	if err := own.Order("number").Pluck("number", &numbers).Error; err != nil {
		return nil, fmt.Errorf("list mailboxes to search: %w", err)
	}
	if mailboxID != "" && len(numbers) == 0 {
		return nil, failed("search mailbox", gorm.ErrRecordNotFound)
	}
	return numbers, nil
}
