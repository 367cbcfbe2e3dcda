package store

import "gorm.io/gorm/clause"

// AddAuthorization notes a trip to a provider's sign-in page. Whoever has too many under way loses the
// oldest.
func (tx *Tx) AddAuthorization(a Authorization) error {
	if a.CreatedAt == 0 {
		a.CreatedAt = tx.s.Now()
	}
	a.VerifierKeyID = a.Verifier.keyID()
	if err := tx.db.Create(&a).Error; err != nil {
		return failed("add authorization", err)
	}
	return failed("drop old authorizations", dropOldest(tx.db, &Authorization{}, "state_hash", a.UserID, a.StateHash))
}

// TakeAuthorization removes an authorization and returns it, so that its answer counts once. The
// caller looks at ExpiresAt, and whether it belongs to this session.
func (tx *Tx) TakeAuthorization(stateHash string) (Authorization, error) {
	var a []Authorization
	result := tx.db.Clauses(clause.Returning{}).Where("state_hash = ?", stateHash).Delete(&a)
	if err := touched("take authorization", result); err != nil {
		return Authorization{}, err
	}
	return a[0], nil
}
