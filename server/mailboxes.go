package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/store"
)

// mailboxes are the connected addresses of whoever asks.
type mailboxes struct {
	store     *store.Store
	connector *auth.Connector
	sessions  *auth.Sessions
	wake      func(mailboxID string)
}

// byID is a request for one thing of the person's own.
type byID struct {
	ID string `path:"id" maxLength:"40"`
}

func (h *mailboxes) list(ctx context.Context, user store.User, _ *struct{}) ([]Mailbox, error) {
	boxes, err := h.store.Mailboxes(ctx, user.ID)
	if err != nil {
		return nil, fmt.Errorf("list mailboxes: %w", err)
	}
	out := make([]Mailbox, 0, len(boxes))
	for _, box := range boxes {
		folders, err := h.store.Folders(ctx, user.ID, box.ID)
		if err != nil {
			return nil, fmt.Errorf("list folders: %w", err)
		}
		out = append(out, wireMailbox(box, folders))
	}
	return out, nil
}

func (h *mailboxes) sync(ctx context.Context, user store.User, in *byID) error {
	box, err := h.store.Mailbox(ctx, user.ID, in.ID)
	if err != nil {
		return fmt.Errorf("find mailbox: %w", err)
	}
	h.wake(box.ID)
	return nil
}

func (h *mailboxes) pause(ctx context.Context, user store.User, in *byID) error {
	return h.store.Tx(ctx, func(tx *store.Tx) error { return tx.PauseMailbox(user.ID, in.ID) })
}

func (h *mailboxes) resume(ctx context.Context, user store.User, in *byID) error {
	return h.store.Tx(ctx, func(tx *store.Tx) error { return tx.ResumeMailbox(user.ID, in.ID) })
}

func (h *mailboxes) checkSending(ctx context.Context, user store.User, in *byID) error {
	return h.store.Tx(ctx, func(tx *store.Tx) error { return tx.AskToCheckSending(user.ID, in.ID) })
}

type mailboxChange struct {
	ID   string `path:"id" maxLength:"40"`
	Body MailboxPatch
}

// change writes what the owner wants of a mailbox.
func (h *mailboxes) change(ctx context.Context, user store.User, in *mailboxChange) (Mailbox, error) {
	if since := in.Body.Since; since != nil {
		err := h.store.Tx(ctx, func(tx *store.Tx) error { return tx.SetSince(user.ID, in.ID, min(*since, h.store.Now())) })
		if err != nil {
			return Mailbox{}, err
		}
	}
	box, err := h.store.Mailbox(ctx, user.ID, in.ID)
	if err != nil {
		return Mailbox{}, fmt.Errorf("find mailbox: %w", err)
	}
	folders, err := h.store.Folders(ctx, user.ID, in.ID)
	if err != nil {
		return Mailbox{}, fmt.Errorf("list folders: %w", err)
	}
	return wireMailbox(box, folders), nil
}

func (h *mailboxes) reconnect(ctx context.Context, user store.User, in *byID) (Away, error) {
	url, err := h.connector.Reconnect(ctx, user.ID, h.sessions.Hash(ctx), in.ID)
	if err != nil {
		return Away{}, fmt.Errorf("begin to reconnect: %w", err)
	}
	return Away{URL: url}, nil
}

type departure struct {
	ID   string `path:"id" maxLength:"40"`
	Body struct {
		Keep bool `json:"keep" doc:"The mail that is here stays readable"`
	}
}

func (h *mailboxes) disconnect(ctx context.Context, user store.User, in *departure) (Parting, error) {
	p, err := h.connector.Disconnect(ctx, user.ID, in.ID, in.Body.Keep)
	if err != nil {
		return Parting{}, err
	}
	return Parting{Revoked: p.Revoked, Problem: wireProblem(p.Problem), ByHand: p.ByHand}, nil
}
