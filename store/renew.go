package store

import (
	"context"

	"postroom/problem"
)

func tokenTopic(id string) string { return "token:" + id }

// WatchToken is for whoever waits for another process to renew a mailbox's grant: it tells when that
// has ended, well or not.
func (s *Store) WatchToken(mailboxID string) (<-chan struct{}, func()) {
	return s.wakes.watch(tokenTopic(mailboxID))
}

// LeaseRefresh lets owner, one process, renew the grant of this version until the time: nobody else
// may meanwhile. It returns false when somebody else is at it, or the grant is another one by now.
func (tx *Tx) LeaseRefresh(id string, version int64, owner string, until int64) (bool, error) {
	result := tx.db.Model(&Mailbox{}).
		Where("id = ? AND grant_version = ? AND (refresh_until <= ? OR refresh_owner = ?)", id, version, tx.s.Now(), owner).
		Updates(map[string]any{"refresh_owner": owner, "refresh_until": until})
	return result.RowsAffected == 1, failed("lease refresh", result.Error)
}

// EndRefresh gives back a lease that led to nothing. One that has passed to somebody else stays.
func (tx *Tx) EndRefresh(id, owner string) error {
	tx.wake(tokenTopic(id))
	return failed("end refresh", tx.db.Model(&Mailbox{}).Where("id = ? AND refresh_owner = ?", id, owner).
		Updates(map[string]any{"refresh_owner": "", "refresh_until": 0}).Error)
}

// Renewal is a renewed grant with the access token that came along. Both are sealed for Version+1.
type Renewal struct {
	Owner         string // who holds the lease
	Version       int64  // of the grant that was renewed
	Grant         Sealed
	SameGrant     bool // the provider gave no new one: it is no younger than before
	Access        Sealed
	AccessAt      int64
	AccessExpires int64
}

// RenewGrant stores a renewed grant over the one that it was got with, raises the version, ends the
// lease and wakes who waits for it. The mailbox's state is not touched. It is a problem.Conflict when
// the version or the lease has moved: then somebody else holds a newer grant.
func (tx *Tx) RenewGrant(id string, r Renewal) error {
	fields := map[string]any{
		"grant_sealed": r.Grant, "grant_key_id": r.Grant.keyID(), "grant_version": r.Version + 1,
		"access_sealed": r.Access, "access_key_id": r.Access.keyID(), "access_at": r.AccessAt, "access_expires": r.AccessExpires,
		"refresh_owner": "", "refresh_until": 0,
	}
	if !r.SameGrant {
		fields["granted_at"] = tx.s.Now()
	}
	result := tx.db.Model(&Mailbox{}).Where("id = ? AND grant_version = ? AND refresh_owner = ?", id, r.Version, r.Owner).Updates(fields)
	if result.Error != nil {
		return failed("renew grant", result.Error)
	}
	if result.RowsAffected == 0 {
		return problem.New(problem.Conflict, "The grant was renewed in the meantime.")
	}
	tx.wake(tokenTopic(id))
	return nil
}

// IdleGrants returns mailboxes of enabled users, paused ones too, whose grant nobody has used since
// before, the longest idle first. Those that need their owner to sign in are left out.
func (s *Store) IdleGrants(ctx context.Context, before int64, limit int) (ids []string, err error) {
	err = s.db.read.WithContext(ctx).Model(&Mailbox{}).
		Where("granted_at < ? AND access_at < ? AND grant_key_id <> 0 AND state <> ?", before, before, NeedsYou).
		Where("user_id IN (SELECT id FROM users WHERE disabled_at = 0)").
		Order("granted_at, id").Limit(limit).Pluck("id", &ids).Error
	return ids, failed("list idle grants", err)
}
