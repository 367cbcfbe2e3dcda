package store

import (
	"context"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postroom/problem"
)

// mostNotices is how many notices are sent in a row before the queue is read again.
const mostNotices = 20

// WatchNotices returns a channel that gets a token when there may be a notice to send, and a function
// that ends the watch.
func (s *Store) WatchNotices() (<-chan struct{}, func()) { return s.wakes.watch(noticesTopic) }

// AddNotice adds a notice and fills ID and CreatedAt. A caller who seals its link makes the ID before.
func (tx *Tx) AddNotice(n *Notice) error {
	if n.ID == "" {
		n.ID = NewID()
	}
	n.CreatedAt, n.LinkKeyID = tx.s.Now(), n.Link.keyID()
	tx.wake(noticesTopic)
	return failed("add notice", tx.db.Create(n).Error)
}

// DueNotices returns the first notices to be sent now, and those whose sending should have ended.
func (s *Store) DueNotices(ctx context.Context, now int64) (ns []Notice, err error) {
	err = s.db.read.WithContext(ctx).Where("status IN ? AND next_at <= ?", []NoticeStatus{NoticeQueued, NoticeSending}, now).
		Order("next_at, id").Limit(mostNotices).Find(&ns).Error
	return ns, failed("list due notices", err)
}

// NextNotice returns when the next notice is due, in unix ms; 0 when none is.
func (s *Store) NextNotice(ctx context.Context) (at int64, err error) {
	err = s.db.read.WithContext(ctx).Model(&Notice{}).Where("status IN ?", []NoticeStatus{NoticeQueued, NoticeSending}).
		Select("COALESCE(MIN(next_at), 0)").Scan(&at).Error
	return at, failed("look for the next notice", err)
}

// MoveNotice takes a notice from one state to another and writes what change does to it. It is a
// problem.Conflict when the notice is not in that state any more, or was moved since n was read. Once
// it is neither queued nor being sent its link is forgotten.
func (tx *Tx) MoveNotice(n *Notice, to NoticeStatus, change func(*Notice)) error {
	next := *n
	next.Status = to
	if change != nil {
		change(&next)
	}
	fields := []string{"Status", "Sender", "Attempts", "NextAt", "Problem", "SentAt"}
	if to != NoticeQueued && to != NoticeSending {
		next.Link, next.LinkKeyID = nil, 0
		fields = append(fields, "Link", "LinkKeyID") // not otherwise: its key may be being replaced
	}
	result := tx.db.Model(&Notice{}).Where("id = ? AND status = ? AND attempts = ?", n.ID, n.Status, n.Attempts).
		Select(fields).Updates(&next)
	if result.Error != nil {
		return failed("move notice", result.Error)
	}
	if result.RowsAffected == 0 {
		return problem.New(problem.Conflict, "The notice was moved in the meantime.")
	}
	*n = next
	return nil
}

// NoticeQuery chooses lines of the log. Empty fields choose everything.
type NoticeQuery struct {
	Event         string
	Status        NoticeStatus
	Text          string // in recipient or subject
	After, Before int64  // made in [After, Before), unix ms
	Offset, Limit int
}

// NoticePage is a stretch of the log, newest first.
type NoticePage struct {
	Total   int64 // of all that was chosen
	Notices []Notice
}

// Notices returns the lines of the log that q chooses, without their sealed links.
func (s *Store) Notices(ctx context.Context, q NoticeQuery) (page NoticePage, err error) {
	db := s.db.read.WithContext(ctx).Model(&Notice{}).Scopes(q.choose).Session(&gorm.Session{})
	if err := db.Count(&page.Total).Error; err != nil {
		return page, failed("count notices", err)
	}
	err = db.Omit("Link").Order("id DESC").Offset(q.Offset).Limit(min(max(q.Limit, 1), mostPage)).Find(&page.Notices).Error
	return page, failed("list notices", err)
}

func (q NoticeQuery) choose(db *gorm.DB) *gorm.DB {
	if q.Event != "" {
		db = db.Where("event = ?", q.Event)
	}
	if q.Status != "" {
		db = db.Where("status = ?", q.Status)
	}
	if q.After > 0 {
		db = db.Where("created_at >= ?", q.After)
	}
	if q.Before > 0 {
		db = db.Where("created_at < ?", q.Before)
	}
	if text := strings.ToLower(strings.TrimSpace(q.Text)); text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
		db = db.Where(`(LOWER(recipient) LIKE ? ESCAPE '\' OR LOWER(subject) LIKE ? ESCAPE '\')`, like, like)
	}
	return db
}

// Notice returns one notice.
func (s *Store) Notice(ctx context.Context, id string) (n Notice, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&n).Error
	return n, failed("read notice", err)
}

// Wordings returns the administrators' own texts.
func (s *Store) Wordings(ctx context.Context) (ws []Wording, err error) {
	err = s.db.read.WithContext(ctx).Order("event, language").Find(&ws).Error
	return ws, failed("list wordings", err)
}

// PutWording keeps a text of an administrator's own.
func (tx *Tx) PutWording(w Wording) error {
	w.UpdatedAt = tx.s.Now()
	return failed("keep wording", tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&w).Error)
}

// RemoveWording goes back to the original text.
func (tx *Tx) RemoveWording(event, language string) error {
	return failed("remove wording", tx.db.Where("event = ? AND language = ?", event, language).Delete(&Wording{}).Error)
}
