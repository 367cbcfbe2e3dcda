package store

import "context"

// AuditEntry is one line of what people did to this Postroom: sign-ins and what administrators change.
// It never says what a mail says, nor any secret.
type AuditEntry struct {
	ID      int64  `gorm:"primaryKey;autoIncrement"`
	At      int64  // unix ms; filled by AddAudit
	UserID  string // who did it; empty: nobody was signed in
	Action  string // noun.verb, such as "provider.change"
	Subject string // id of what it was done to; may be empty
	Detail  string // a few words for people
	IP      string // where the request came from; may be empty
}

// AddAudit writes an entry down with the transaction whose doing it tells of.
func (tx *Tx) AddAudit(e AuditEntry) error {
	e.At = tx.s.Now()
	return failed("write audit entry", tx.db.Create(&e).Error)
}

// Audit returns up to limit entries below the id before, newest first; before 0 begins at the newest.
func (s *Store) Audit(ctx context.Context, before int64, limit int) (es []AuditEntry, err error) {
	q := s.db.read.WithContext(ctx).Order("id DESC").Limit(limit)
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	return es, failed("read audit", q.Find(&es).Error)
}
