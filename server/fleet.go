package server

import (
	"context"
	"fmt"

	"postroom/store"
)

// fleet is all mailboxes of this Postroom, for those who look after them.
type fleet struct {
	store *store.Store
	wake  func(mailboxID string)
}

func (h *fleet) list(ctx context.Context, _ store.User, _ *struct{}) ([]MailboxOverview, error) {
	boxes, err := h.store.Overviews(ctx)
	if err != nil {
		return nil, err
	}
	providers, err := h.store.Providers(ctx)
	if err != nil {
		return nil, fmt.Errorf("list providers: %w", err)
	}
	byID := map[string]store.Provider{}
	for _, p := range providers {
		byID[p.ID] = p
	}
	return each(boxes, func(o store.Overview) MailboxOverview { return wireOverview(o, byID[o.ProviderID]) }), nil
}

// sync looks for new mail. Whoever asks sees nothing of it.
func (h *fleet) sync(ctx context.Context, _ store.User, in *byID) error {
	box, err := h.store.WorkerMailbox(ctx, in.ID)
	if err != nil {
		return fmt.Errorf("find mailbox: %w", err)
	}
	note(ctx, box.ID, box.Address)
	h.wake(box.ID)
	return nil
}
