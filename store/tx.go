package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Tx is one transaction. It belongs to the function that it was given to.
//
// Whoever writes to a mailbox's mail takes its row first (Tx.box), so that two writers of one mailbox
// follow one another; users' rows come last, when the feed's numbers are taken.
type Tx struct {
	s      *Store
	db     *gorm.DB
	boxes  map[string]*box
	counts map[int64]*count
	feed   feed
	topics map[string]struct{}
}

// Tx runs f in one transaction and wakes whoever watches what it changed, after the commit. f must
// not start another one: SQLite has a single writer.
func (s *Store) Tx(ctx context.Context, f func(*Tx) error) error {
	tx := &Tx{s: s, boxes: map[string]*box{}, counts: map[int64]*count{}, topics: map[string]struct{}{}}
	err := s.db.write.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		tx.db = db
		if err := f(tx); err != nil {
			return err
		}
		if err := tx.writeCounts(); err != nil {
			return err
		}
		return tx.writeFeed()
	})
	if err != nil {
		return err
	}
	topics := slices.Collect(maps.Keys(tx.topics))
	s.wakes.wake(topics...)
	if s.db.replicas != nil {
		s.db.replicas.tell(topics)
	}
	return nil
}

// wake wakes a topic's watchers if the transaction commits.
func (tx *Tx) wake(topic string) { tx.topics[topic] = struct{}{} }

// box is the part of a mailbox that every write to its mail needs.
type box struct {
	ID          string
	Number      int64
	UserID      string
	NextMessage int64
	LastMailAt  int64
	SilentSince int64
}

// box returns a mailbox and keeps others from writing to its mail until the transaction ends. Rows that
// refer to the mailbox, such as a mail to be sent, can be added meanwhile.
func (tx *Tx) box(id string) (*box, error) {
	if b := tx.boxes[id]; b != nil {
		return b, nil
	}
	b := &box{}
	err := tx.db.Model(&Mailbox{}).Clauses(clause.Locking{Strength: "NO KEY UPDATE"}).Where("id = ?", id).Take(b).Error
	if err != nil {
		return nil, failed("lock mailbox", err)
	}
	tx.boxes[id] = b
	return b, nil
}

// count is by how much a folder's counts have changed in this transaction.
type count struct {
	box           *box
	total, unread int64
}

func (tx *Tx) count(b *box, folder, total, unread int64) {
	c := tx.counts[folder]
	if c == nil {
		c = &count{box: b}
		tx.counts[folder] = c
	}
	c.total += total
	c.unread += unread
}

func (tx *Tx) writeCounts() error {
	for _, id := range slices.Sorted(maps.Keys(tx.counts)) {
		c := tx.counts[id]
		if c.total == 0 && c.unread == 0 {
			continue
		}
		err := tx.db.Exec("UPDATE folders SET total = total + ?, unread = unread + ? WHERE id = ?", c.total, c.unread, id).Error
		if err != nil {
			return fmt.Errorf("count folder %d: %w", id, err)
		}
		tx.note(c.box.UserID, Change{Kind: FoldersChanged, Mailbox: c.box.ID})
	}
	return nil
}

// inChunks calls f with at most n of items at a time: databases limit the parameters of a statement.
func inChunks[T any](items []T, n int, f func([]T) error) error {
	for chunk := range slices.Chunk(items, n) {
		if err := f(chunk); err != nil {
			return err
		}
	}
	return nil
}
