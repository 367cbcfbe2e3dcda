package store

import (
	"context"

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
// problem.Conflict when somebody else was quicker. Its mailboxes' workers are woken.
func (tx *Tx) UpdateProvider(p *Provider) error {
	old := p.Version
	p.Version, p.SecretKeyID, p.SecondKeyID = old+1, p.ClientSecret.keyID(), p.SecondSecret.keyID()
	result := tx.db.Model(&Provider{}).Where("id = ? AND version = ?", p.ID, old).
		Select("*").Omit("ID", "CreatedAt").Updates(p)
	if result.Error != nil {
		return failed("update provider", result.Error)
	}
	if result.RowsAffected == 0 {
		p.Version = old
		return problem.New(problem.Conflict, "The provider was changed or removed in the meantime.")
	}
	return tx.wakeMailboxesOf(p.ID)
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
