package store

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"
)

// mostRefs is how many of a mail's references count: the newest ones. Nobody answers that many times,
// but some mailing programs repeat an endless list.
const mostRefs = 50

// threadRef says which thread a Message-ID belongs to, in one mailbox. Mails name ids that have not
// come yet; noting those too lets a late mail find its thread, or join two.
type threadRef struct {
	Number   int64 `gorm:"primaryKey;autoIncrement:false"` // of the mailbox
	Hash     int64 `gorm:"primaryKey;autoIncrement:false"` // of the Message-ID
	ThreadID int64
}

// threading finds the threads of one batch of mails. Threads that a mail joins become one, under the
// smaller id.
type threading struct {
	number int64
	known  map[int64]int64 // hash → thread
	joined map[int64]int64 // thread → the thread that it became part of
	fresh  []int64         // hashes that were not known
}

// thread gives new mails, which are in the order of their ids, their ThreadID, with a few statements for
// any number of them.
func (tx *Tx) thread(b *box, mails []*Message) error {
	t := threading{number: b.Number, known: map[int64]int64{}, joined: map[int64]int64{}}
	hashes := make([][]int64, len(mails))
	var all []int64
	for i, m := range mails {
		hashes[i] = refHashes(m)
		all = append(all, hashes[i]...)
	}
	if err := tx.knownRefs(&t, all); err != nil {
		return err
	}
	for i, m := range mails {
		m.ThreadID = t.join(m.ID, hashes[i])
	}
	for _, m := range mails {
		m.ThreadID = t.root(m.ThreadID)
	}
	if err := tx.writeRefs(&t); err != nil {
		return err
	}
	return tx.mergeThreads(b, &t, mails[0].ID)
}

func (tx *Tx) knownRefs(t *threading, hashes []int64) error {
	slices.Sort(hashes)
	return inChunks(slices.Compact(hashes), 10*batch, func(hashes []int64) error {
		var refs []threadRef
		err := tx.db.Where("number = ? AND hash IN ?", t.number, hashes).Find(&refs).Error
		for _, r := range refs {
			t.known[r.Hash] = r.ThreadID
		}
		return failed("look up threads", err)
	})
}

// join returns the thread of a mail with these hashes: the one they are known in, or a new one.
func (t *threading) join(id int64, hashes []int64) int64 {
	thread := int64(0)
	for _, h := range hashes {
		other, ok := t.known[h]
		if !ok {
			continue
		}
		other = t.root(other)
		if thread == 0 {
			thread = other
		}
		small, large := min(thread, other), max(thread, other)
		if small != large {
			t.joined[large] = small
		}
		thread = small
	}
	if thread == 0 {
		thread = id
	}
	for _, h := range hashes {
		if _, ok := t.known[h]; !ok {
			t.known[h] = thread
			t.fresh = append(t.fresh, h)
		}
	}
	return thread
}

func (t *threading) root(thread int64) int64 {
	for {
		up, ok := t.joined[thread]
		if !ok {
			return thread
		}
		thread = up
	}
}

func (tx *Tx) writeRefs(t *threading) error {
	refs := make([]threadRef, 0, len(t.fresh))
	for _, h := range t.fresh {
		refs = append(refs, threadRef{Number: t.number, Hash: h, ThreadID: t.root(t.known[h])})
	}
	return inChunks(refs, 4*batch, func(refs []threadRef) error {
		return failed("note threads", tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&refs).Error)
	})
}

// mergeThreads moves the mails of joined threads under their new id.
func (tx *Tx) mergeThreads(b *box, t *threading, firstNew int64) error {
	for old := range t.joined {
		if old >= firstNew {
			continue // its mails are not written yet
		}
		to := t.root(old)
		var moved []Message
		err := tx.db.Select("id", "folder_id").Where("thread_id = ?", old).Find(&moved).Error
		if err != nil {
			return fmt.Errorf("read thread %d: %w", old, err)
		}
		if err := tx.db.Model(&Message{}).Where("thread_id = ?", old).Update("thread_id", to).Error; err != nil {
			return fmt.Errorf("merge thread %d: %w", old, err)
		}
		if err := tx.db.Model(&threadRef{}).Where("number = ? AND thread_id = ?", b.Number, old).Update("thread_id", to).Error; err != nil {
			return fmt.Errorf("merge references of thread %d: %w", old, err)
		}
		for _, m := range moved {
			tx.note(b.UserID, Change{Kind: MessagesChanged, Mailbox: b.ID, Folder: m.FolderID, IDs: []int64{m.ID}})
		}
	}
	return nil
}

// refHashes returns a hash for each Message-ID that a mail has or names, without doubles.
func refHashes(m *Message) []int64 {
	ids := strings.Fields(m.References)
	ids = ids[max(0, len(ids)-mostRefs):]
	ids = append(ids, strings.Fields(m.InReplyTo)...)
	if m.RFCMessageID != "" {
		ids = append(ids, m.RFCMessageID)
	}
	hashes := make([]int64, 0, len(ids))
	for _, id := range ids {
		sum := sha256.Sum256([]byte(strings.Trim(id, "<>")))
		hashes = append(hashes, int64(binary.BigEndian.Uint64(sum[:8])))
	}
	slices.Sort(hashes)
	return slices.Compact(hashes)
}
