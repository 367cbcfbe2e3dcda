package store

import (
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
)

// batch is how many rows one statement touches.
const batch = 500

// standing is what can change about a message: where it is and what flags it has. Every such change
// goes through restate, which alone keeps the folders' counts right.
type standing struct {
	ID          int64
	FolderID    int64
	UIDValidity uint32
	UID         uint32
	GoneAt      int64
	MovedAt     int64
	Flags       `gorm:"embedded"`
}

// TableName makes GORM read standings out of the messages.
func (standing) TableName() string { return "messages" }

func (m Message) standing() standing {
	return standing{
		ID: m.ID, FolderID: m.FolderID, UIDValidity: m.UIDValidity, UID: m.UID, GoneAt: m.GoneAt, MovedAt: m.MovedAt,
		Flags: Flags{Seen: m.Seen, Flagged: m.Flagged, Answered: m.Answered, Forwarded: m.Forwarded, Draft: m.Draft},
	}
}

// stand is the reverse of Message.standing.
func (m *Message) stand(s standing) {
	m.FolderID, m.UIDValidity, m.UID, m.GoneAt, m.MovedAt = s.FolderID, s.UIDValidity, s.UID, s.GoneAt, s.MovedAt
	m.Seen, m.Flagged, m.Answered, m.Forwarded, m.Draft = s.Seen, s.Flagged, s.Answered, s.Forwarded, s.Draft
}

// counted is what a message adds to its folder's counts.
func (s standing) counted() (total, unread int64) {
	switch {
	case s.GoneAt != 0:
		return 0, 0
	case s.Seen:
		return 1, 0
	}
	return 1, 1
}

// adrift says that nobody knows the message's UID on the server, if it is there at all.
func (s standing) adrift() bool { return s.UID == 0 }

// turn is a change of one message's standing.
type turn struct{ from, to standing }

// restate writes turns, counts them and notes them in the feed.
func (tx *Tx) restate(b *box, turns []turn) error {
	alike := map[standing][]int64{}
	for _, t := range turns {
		if t.from == t.to {
			continue
		}
		total, unread := t.from.counted()
		tx.count(b, t.from.FolderID, -total, -unread)
		total, unread = t.to.counted()
		tx.count(b, t.to.FolderID, total, unread)
		for _, folder := range []int64{t.from.FolderID, t.to.FolderID} {
			tx.note(b.UserID, Change{Kind: MessagesChanged, Mailbox: b.ID, Folder: folder, IDs: []int64{t.from.ID}})
		}
		to := t.to
		to.ID = 0
		alike[to] = append(alike[to], t.from.ID)
	}
	for to, ids := range alike {
		err := inChunks(ids, batch, func(ids []int64) error {
			return tx.db.Model(&standing{}).Where("id IN ?", ids).Select("*").Omit("ID").Updates(&to).Error
		})
		if err != nil {
			return fmt.Errorf("change messages: %w", err)
		}
	}
	return nil
}

// leave takes messages out of their folder. They stay as gone, so that they can be adopted where they
// turn up.
func (tx *Tx) leave(b *box, all []standing) error {
	turns := make([]turn, 0, len(all))
	for _, s := range all {
		turns = append(turns, turn{s, s.gone(tx.s.Now())})
	}
	return tx.restate(b, turns)
}

// gone is s after it has left its folder.
func (s standing) gone(now int64) standing {
	if s.GoneAt == 0 {
		s.GoneAt = now
	}
	s.UIDValidity, s.UID, s.MovedAt = 0, 0, 0
	return s
}

func (tx *Tx) standings(q *gorm.DB) (all []standing, err error) {
	return all, failed("read messages", q.Order("id").Find(&all).Error)
}

// standingsAt returns what stands at these UIDs of a folder, gone for good or not.
func (tx *Tx) standingsAt(folder int64, uids []uint32) (all []standing, err error) {
	err = inChunks(uids, batch, func(uids []uint32) error {
		some, err := tx.standings(tx.db.Where("folder_id = ? AND uid <> 0 AND uid IN ?", folder, uids))
		all = append(all, some...)
		return err
	})
	return all, err
}

// heldPlaces are the UIDs of a folder whose message we have moved away here while the server still has
// it there, with the ids of those messages.
func (tx *Tx) heldPlaces(folder int64) (map[uint32]int64, error) {
	var as []Action
	err := tx.db.Select("uid", "message_id").
		Where("folder_id = ? AND uid <> 0 AND failed_at = 0 AND kind = ?", folder, Move).Find(&as).Error
	held := map[uint32]int64{}
	for _, a := range as {
		held[a.UID] = a.MessageID
	}
	return held, failed("read pending moves", err)
}

// standingsHeld returns the messages that pending moves hold at these UIDs of a folder, by UID.
func (tx *Tx) standingsHeld(folder int64, uids []uint32) (map[uint32]standing, error) {
	held, err := tx.heldPlaces(folder)
	if err != nil || len(held) == 0 {
		return nil, err
	}
	asked := make(map[int64]uint32, len(held))
	for _, uid := range uids {
		if id, ok := held[uid]; ok {
			asked[id] = uid
		}
	}
	at := map[uint32]standing{}
	err = inChunks(slices.Collect(maps.Keys(asked)), batch, func(ids []int64) error {
		some, err := tx.standings(tx.db.Where("id IN ?", ids))
		for _, s := range some {
			at[asked[s.ID]] = s
		}
		return err
	})
	return at, err
}
