package store

import "context"

// AuditEntry is one line of what people did to this Postroom: sign-ins and what administrators change.
// It never says what a mail says, nor any secret.
type AuditEntry struct {
	ID      int64  `gorm:"primaryKey;autoIncrement"`
	At      int64  // unix ms; filled by AddAudit
	UserID  string // who did it; empty: nobody was signed in
	Action  string // "session.open" and the like, or the operation of the API: "put-admin-providers-id"
	Subject string // id of what it was done to; may be empty
	Detail  string // a few words for people
	IP      string // where the request came from; may be empty
}

// AddAudit writes an entry down with the transaction whose doing it tells of.
func (tx *Tx) AddAudit(e AuditEntry) error {
	e.At = tx.s.Now()
	return failed("write audit entry", tx.db.Create(&e).Error)
}

// AuditQuery says which entries Audit returns. Empty fields exclude nothing.
type AuditQuery struct {
	Person string // id of a user: what they did, and what was done to them
	Action string
	Before int64 // id: entries older than this one; 0 begins at the newest
	Limit  int
}

// Audit returns entries, newest first.
func (s *Store) Audit(ctx context.Context, q AuditQuery) (es []AuditEntry, err error) {
	db := s.db.read.WithContext(ctx).Order("id DESC").Limit(pageSize(q.Limit))
	if q.Before > 0 {
		db = db.Where("id < ?", q.Before)
	}
	if q.Person != "" {
		db = db.Where("user_id = ? OR subject = ?", q.Person, q.Person)
	}
	if q.Action != "" {
		db = db.Where("action = ?", q.Action)
	}
	return es, failed("read audit", db.Find(&es).Error)
}

// AuditActions returns the names of all actions that stand in the log.
func (s *Store) AuditActions(ctx context.Context) (names []string, err error) {
	err = s.db.read.WithContext(ctx).Model(&AuditEntry{}).Distinct("action").Order("action").Pluck("action", &names).Error
	return names, failed("list audit actions", err)
}

// LastAudit returns the newest entries of one action by one user, newest first.
func (s *Store) LastAudit(ctx context.Context, userID, action string, limit int) (es []AuditEntry, err error) {
	err = s.db.read.WithContext(ctx).Where("user_id = ? AND action = ?", userID, action).Order("id DESC").Limit(limit).Find(&es).Error
	return es, failed("read audit", err)
}
