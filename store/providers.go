package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"postroom/problem"
)

// Providers returns every provider, disabled ones too, oldest first.
func (s *Store) Providers(ctx context.Context) (ps []Provider, err error) {
	err = s.db.read.WithContext(ctx).Order("created_at, id").Find(&ps).Error
	return ps, failed("list providers", err)
}

// Provider returns one provider.
func (s *Store) Provider(ctx context.Context, id string) (p Provider, err error) {
	err = s.db.read.WithContext(ctx).Where("id = ?", id).Take(&p).Error
	return p, failed("read provider", err)
}

// AddProvider adds a provider and fills ID, SecretKeyID and CreatedAt. A caller who seals its secret
// makes the ID before.
func (tx *Tx) AddProvider(p *Provider) error {
	if p.ID == "" {
		p.ID = NewID()
	}
	if p.CreatedAt == 0 {
		p.CreatedAt = tx.s.Now()
	}
	p.SecretKeyID, p.SecondKeyID = p.ClientSecret.keyID(), p.SecondSecret.keyID()
	return failed("add provider", tx.db.Create(p).Error)
}

// UpdateProvider writes p over the version that it was read with, and raises Version. It is a
// problem.Conflict when somebody else was quicker. Its mailboxes' workers are woken. What changes
// without a version has calls of its own: PreferSecret, SetProviderProblem.
func (tx *Tx) UpdateProvider(p *Provider) error {
	old := p.Version
	p.Version, p.SecretKeyID, p.SecondKeyID = old+1, p.ClientSecret.keyID(), p.SecondSecret.keyID()
	result := tx.db.Model(&Provider{}).Where("id = ? AND version = ?", p.ID, old).
		Select("*").Omit("ID", "CreatedAt", "SecondFirst", "Problem", "ProblemAt").Updates(p)
	if result.Error != nil {
		return failed("update provider", result.Error)
	}
	if result.RowsAffected == 0 {
		p.Version = old
		return problem.New(problem.Conflict, "The provider was changed or removed in the meantime.")
	}
	return tx.wakeMailboxesOf(p.ID)
}

// PreferSecret notes which of a provider's client secrets is to be tried first. version is the one
// that the secrets were read with; when it has moved, others are there now and nothing is noted.
func (tx *Tx) PreferSecret(id string, version int64, second bool) (changed bool, err error) {
	result := tx.db.Model(&Provider{}).Where("id = ? AND version = ? AND second_first <> ?", id, version, second).
		Select("SecondFirst").Updates(Provider{SecondFirst: second})
	return result.RowsAffected > 0, failed("prefer client secret", result.Error)
}

// SetProviderProblem notes what keeps all of a provider's mailboxes from working, or with nil that
// nothing does any more, which wakes its mailboxes' workers. It writes only when the problem is
// another one. version is the one that the problem was met with; when it has moved, nothing is noted.
func (tx *Tx) SetProviderProblem(id string, version int64, p *problem.Problem) (changed bool, err error) {
	var old Provider
	err = tx.db.Where("id = ? AND version = ?", id, version).Take(&old).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return false, nil
	}
	if err != nil {
		return false, failed("read provider", err)
	}
	if sameTrouble(old.Problem, p) {
		return false, nil
	}
	next := Provider{Problem: p}
	if p != nil {
		next.ProblemAt = tx.s.Now()
	}
	if err := tx.db.Model(&old).Select("Problem", "ProblemAt").Updates(&next).Error; err != nil {
		return false, failed("set problem of provider", err)
	}
	if p != nil {
		return true, nil
	}
	return true, tx.wakeMailboxesOf(id)
}

// sameTrouble compares what people would read. Raw holds numbers that differ from answer to answer.
func sameTrouble(a, b *problem.Problem) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Code == b.Code && a.Detail == b.Detail
}

// CountMailboxes returns how many mailboxes each provider has; those without any are left out.
func (s *Store) CountMailboxes(ctx context.Context) (map[string]int64, error) {
	var rows []struct {
		ProviderID string
		N          int64
	}
	err := s.db.read.WithContext(ctx).Model(&Mailbox{}).Select("provider_id, count(*) AS n").Group("provider_id").Scan(&rows).Error
	counts := map[string]int64{}
	for _, r := range rows {
		counts[r.ProviderID] = r.N
	}
	return counts, failed("count mailboxes of providers", err)
}

func (tx *Tx) wakeMailboxesOf(providerID string) error {
	var ids []string
	if err := tx.db.Model(&Mailbox{}).Where("provider_id = ?", providerID).Pluck("id", &ids).Error; err != nil {
		return failed("list mailboxes of provider", err)
	}
	for _, id := range ids {
		tx.wake(mailboxTopic(id))
	}
	tx.wake(mailboxesTopic)
	return nil
}

// DeleteProvider removes a provider that no mailbox uses.
func (tx *Tx) DeleteProvider(id string) error {
	var used int64
	if err := tx.db.Model(&Mailbox{}).Where("provider_id = ?", id).Count(&used).Error; err != nil {
		return failed("count mailboxes of provider", err)
	}
	if used > 0 {
		return problem.New(problem.Conflict, "Mailboxes are connected through this provider.").
			WithAction(problem.You, "Disable it, or remove those mailboxes first.")
	}
	return touched("delete provider", tx.db.Where("id = ?", id).Delete(&Provider{}))
}
