package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gocloud.dev/gcerrors"
	"gorm.io/gorm"
)

const (
	upkeepTopic = "upkeep"
	upkeepEvery = 15 * time.Minute

	keepChanges = 7 * 24 * time.Hour
	keepGone    = 24 * time.Hour      // a message that has left its folder may turn up elsewhere
	keepLinks   = 90 * 24 * time.Hour // after they have expired
	keepUploads = 48 * time.Hour
	keepAudit   = 400 * 24 * time.Hour
	keepNotices = 400 * 24 * time.Hour
	keepBlobs   = 48 * time.Hour // no transaction that will name a blob is that old
)

// upkeepLock is PostgreSQL's advisory lock that lets one replica at a time do a step of upkeep.
const upkeepLock = 0x506f7374726f6f6d

// runUpkeep deletes what is no longer needed, now and then and when a mailbox was removed, until ctx
// ends. What fails is tried again next time.
func (s *Store) runUpkeep(ctx context.Context) error {
	wake, stop := s.wakes.watch(upkeepTopic)
	defer stop()
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	for {
		if err := s.upkeep(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("upkeep not finished", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-wake:
		}
	}
}

// upkeep does every kind of upkeep once. Each is made of short transactions, between which others write.
func (s *Store) upkeep(ctx context.Context) error {
	steps := []func(*Tx) (more bool, err error){
		s.forgetExpired, s.forgetRemoved, s.loseMoved, s.forgetGone, s.forgetStates,
	}
	var errs []error
	for _, step := range steps {
		errs = append(errs, s.repeat(ctx, step))
	}
	// Files have the machine's times, not those of our clock.
	return errors.Join(append(errs, s.forgetBlobs(ctx), s.blobs.sweep(time.Now().Add(-keepBlobs)))...)
}

// repeat runs a step in transactions of its own until there is no more to do.
func (s *Store) repeat(ctx context.Context, step func(*Tx) (bool, error)) error {
	for more := true; more; {
		err := s.Tx(ctx, func(tx *Tx) (err error) {
			if mine, err := tx.upkeepTurn(); err != nil || !mine {
				more = false
				return err
			}
			more, err = step(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// upkeepTurn reports whether no other replica is doing upkeep; none begins until the transaction ends.
func (tx *Tx) upkeepTurn() (mine bool, err error) {
	if tx.s.db.replicas == nil {
		return true, nil
	}
	err = tx.db.Raw("SELECT pg_try_advisory_xact_lock(?)", int64(upkeepLock)).Scan(&mine).Error
	return mine, failed("take turn at upkeep", err)
}

func (s *Store) before(d time.Duration) int64 { return s.Now() - d.Milliseconds() }

func (s *Store) forgetExpired(tx *Tx) (bool, error) {
	err := errors.Join(
		tx.db.Where("expires_at <= ?", s.Now()).Delete(&Session{}).Error,
		tx.db.Where("expires_at <= ?", s.Now()).Delete(&Authorization{}).Error,
		tx.db.Where("expires_at <= ?", s.Now()).Delete(&Attempt{}).Error,
		tx.db.Where("expires_at < ?", s.before(keepLinks)).Delete(&ConnectLink{}).Error,
		tx.db.Where("created_at < ?", s.before(keepUploads)).Delete(&Upload{}).Error,
		tx.db.Where("expires_at <= ?", s.Now()).Delete(&Reset{}).Error,
		tx.db.Where("expires_at <= ?", s.Now()).Delete(&SignInTrip{}).Error,
		tx.db.Where("accepted_at = 0 AND expires_at < ?", s.before(keepLinks)).Delete(&Invitation{}).Error,
		tx.db.Where("at < ?", s.before(keepAudit)).Delete(&AuditEntry{}).Error,
		tx.db.Where("created_at < ? AND status NOT IN ?", s.before(keepNotices), []NoticeStatus{NoticeQueued, NoticeSending}).Delete(&Notice{}).Error,
		forgetChanges(tx.db, s.before(keepChanges)),
	)
	return false, failed("forget what has expired", err)
}

// loseMoved gives up on messages that the server was to have moved long ago and that never appeared in
// their new folder.
func (s *Store) loseMoved(tx *Tx) (bool, error) {
	var lost []Message
	err := tx.db.Where("moved_at <> 0 AND moved_at < ?", s.before(keepGone)).
		Where("NOT EXISTS (SELECT 1 FROM actions WHERE message_id = messages.id AND failed_at = 0)").
		Order("mailbox_id, id").Limit(batch).Find(&lost).Error
	if err != nil {
		return false, failed("look for lost messages", err)
	}
	for _, m := range lost {
		b, err := tx.box(m.MailboxID)
		if err == nil {
			err = tx.leave(b, []standing{m.standing()})
		}
		if err != nil {
			return false, fmt.Errorf("give up message %d: %w", m.ID, err)
		}
	}
	return len(lost) == batch, nil
}

// forgetGone deletes messages that have been gone for long.
func (s *Store) forgetGone(tx *Tx) (bool, error) {
	gone := tx.db.Model(&Message{}).Where("gone_at <> 0 AND gone_at < ?", s.before(keepGone)).
		Where("NOT EXISTS (SELECT 1 FROM actions WHERE message_id = messages.id AND failed_at = 0)")
	return tx.removeSome(gone)
}

// removeSome deletes a batch of messages and reports whether it was a full one.
func (tx *Tx) removeSome(which *gorm.DB) (more bool, err error) {
	var ids []int64
	if err := which.Order("id").Limit(batch).Pluck("id", &ids).Error; err != nil {
		return false, failed("look for messages to delete", err)
	}
	if len(ids) == 0 {
		return false, nil
	}
	return len(ids) == batch, tx.removeMessages(ids)
}

// forgetRemoved deletes the mail of removed mailboxes.
func (s *Store) forgetRemoved(tx *Tx) (bool, error) {
	var boxes []removedMailbox
	if err := tx.db.Order("number").Limit(1).Find(&boxes).Error; err != nil || len(boxes) == 0 {
		return false, failed("look for removed mailboxes", err)
	}
	n := boxes[0].Number
	more, err := tx.removeSome(tx.db.Model(&Message{}).Where("id BETWEEN ? AND ?", n<<32, n<<32|0xFFFFFFFF))
	if err != nil || more {
		return more, err
	}
	err = errors.Join(
		tx.db.Where("number = ?", n).Delete(&threadRef{}).Error,
		tx.db.Delete(&boxes[0]).Error,
	)
	return true, failed("forget removed mailbox", err)
}

// forgetBlobs deletes the objects that nothing names. A row is doomed first: whoever wants to keep the
// same content meanwhile takes another key.
func (s *Store) forgetBlobs(ctx context.Context) error {
	var doomed []blobRow
	err := s.repeat(ctx, func(tx *Tx) (bool, error) {
		err := tx.db.Exec(`UPDATE blobs SET doomed = ? WHERE kept_at < ?
			AND NOT EXISTS (SELECT 1 FROM messages WHERE body_key = blobs.blob_key AND body_key <> '')
			AND NOT EXISTS (SELECT 1 FROM uploads WHERE blob_key = blobs.blob_key)`, true, s.before(keepBlobs)).Error
		if err != nil {
			return false, failed("look for unused blobs", err)
		}
		return false, failed("list unused blobs", tx.db.Where("doomed").Find(&doomed).Error)
	})
	if err != nil {
		return err
	}
	for _, b := range doomed {
		if err := s.blobs.Delete(ctx, b.BlobKey); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
			return fmt.Errorf("delete blob: %w", err)
		}
		err := s.Tx(ctx, func(tx *Tx) error { return tx.db.Where("doomed").Delete(&b).Error })
		if err != nil {
			return fmt.Errorf("forget blob: %w", err)
		}
	}
	return nil
}
