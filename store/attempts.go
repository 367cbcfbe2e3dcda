package store

import (
	"context"

	"gorm.io/gorm"

	"postroom/problem"
)

// mostPending is how many trips to a sign-in page, and how many attempts, a user may have under way:
// the oldest make room for a new one.
const mostPending = 20

// Attempt returns an attempt of a user.
func (s *Store) Attempt(ctx context.Context, userID, id string) (a Attempt, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ? AND user_id = ? AND expires_at > ?", id, userID, s.Now()).Take(&a).Error
	return a, failed("read attempt", err)
}

// WorkingAttempt returns an attempt for whoever carries it out.
func (s *Store) WorkingAttempt(ctx context.Context, id string) (a Attempt, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ? AND expires_at > ?", id, s.Now()).Take(&a).Error
	return a, failed("read attempt", err)
}

// AddAttempt adds an attempt and fills HeldKeyID, TouchedAt and CreatedAt. Whoever has too many loses
// the oldest.
func (tx *Tx) AddAttempt(a *Attempt) error {
	now := tx.s.Now()
	a.Version, a.HeldKeyID, a.TouchedAt, a.CreatedAt = 1, a.Held.keyID(), now, now
	if err := tx.db.Create(a).Error; err != nil {
		return failed("add attempt", err)
	}
	return failed("drop old attempts", dropOldest(tx.db, &Attempt{}, "id", a.UserID, a.ID))
}

// dropOldest makes room for a user's new row: of the others the youngest stay.
func dropOldest(db *gorm.DB, model any, key, userID, added string) error {
	others := db.Model(model).Select(key).Where("user_id = ? AND "+key+" <> ?", userID, added).
		Order("created_at DESC, " + key + " DESC").Limit(mostPending - 1)
	return db.Where("user_id = ? AND "+key+" <> ? AND "+key+" NOT IN (?)", userID, added, others).Delete(model).Error
}

// UpdateAttempt writes a over the version that it was read with, and raises Version. It is a
// problem.Conflict when it was changed or dropped in the meantime. An attempt that has ended holds
// nothing any more.
func (tx *Tx) UpdateAttempt(a *Attempt) error {
	if a.State == Done || a.State == Broken {
		a.Held = nil
	}
	old := a.Version
	a.Version, a.HeldKeyID, a.TouchedAt = old+1, a.Held.keyID(), tx.s.Now()
	result := tx.db.Model(&Attempt{}).Where("id = ? AND version = ?", a.ID, old).
		Select("*").Omit("ID", "UserID", "CreatedAt", "ExpiresAt").Updates(a)
	if result.Error != nil {
		return failed("update attempt", result.Error)
	}
	if result.RowsAffected == 0 {
		a.Version = old
		return problem.New(problem.Conflict, "The attempt was changed or ended in the meantime.")
	}
	return nil
}

// TouchAttempts says that these attempts are still being carried out.
func (tx *Tx) TouchAttempts(ids []string) error {
	return failed("touch attempts", tx.db.Model(&Attempt{}).Where("id IN ? AND state = ?", ids, Running).
		Update("touched_at", tx.s.Now()).Error)
}

// FailLostAttempts ends the attempts that nobody has carried on since a time: their process is gone.
func (tx *Tx) FailLostAttempts(before int64, why *problem.Problem) error {
	var lost []Attempt
	if err := tx.db.Where("state = ? AND touched_at < ?", Running, before).Find(&lost).Error; err != nil {
		return failed("look for lost attempts", err)
	}
	for _, a := range lost {
		a.State, a.Problem = Broken, why
		for i := range a.Steps {
			if a.Steps[i].State == StepRuns {
				a.Steps[i].State = StepFailed
			}
		}
		if err := tx.UpdateAttempt(&a); err != nil && !problem.Is(err, problem.Conflict) {
			return err
		}
	}
	return nil
}
