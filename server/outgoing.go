package server

import (
	"context"
	"fmt"

	"golang.org/x/sync/singleflight"

	"postroom/problem"
	"postroom/store"
)

// outgoing is mail on its way.
type outgoing struct {
	composer *composer
	store    *store.Store
	sends    singleflight.Group // by user and key: one composition for a form that was sent twice
}

type sending struct {
	Key  string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"200" doc:"One per compose window: the same key is the same mail"`
	Body OutgoingForm
}

// send queues a mail. The same key again, at once or later, is answered with the mail that it
// queued first: a double click, a reload or a proxy's retry sends nothing twice.
func (h *outgoing) send(ctx context.Context, user store.User, in *sending) (Outgoing, error) {
	sent, err, _ := h.sends.Do(user.ID+" "+in.Key, func() (any, error) {
		// Whoever came second must get an answer when the first has gone away.
		return h.queue(context.WithoutCancel(ctx), user, in.Key, in.Body)
	})
	if err != nil {
		return Outgoing{}, err
	}
	return wireOutgoing(sent.(store.Outgoing)), nil
}

func (h *outgoing) queue(ctx context.Context, user store.User, key string, form OutgoingForm) (store.Outgoing, error) {
	mail, err := h.composer.compose(ctx, user, form)
	if err != nil {
		// The uploads go with the mail that took them. When that mail bore this key, it is the answer.
		if queued, ok := h.queued(ctx, user, key); ok {
			return queued, nil
		}
		return store.Outgoing{}, err
	}
	mail.IdempotencyKey = key
	err = h.store.Tx(ctx, func(tx *store.Tx) error {
		out := mail
		existing, err := tx.QueueOutgoing(&out)
		if err != nil {
			return fmt.Errorf("queue mail: %w", err)
		}
		mail = out
		if existing {
			return nil
		}
		for _, id := range form.Uploads {
			if err := tx.DeleteUpload(user.ID, id); err != nil {
				return fmt.Errorf("take upload: %w", err)
			}
		}
		return nil
	})
	return mail, err
}

// queued finds the mail that was queued with key.
func (h *outgoing) queued(ctx context.Context, user store.User, key string) (store.Outgoing, bool) {
	all, err := h.store.Outgoings(ctx, user.ID)
	if err != nil {
		return store.Outgoing{}, false
	}
	for _, o := range all {
		if o.IdempotencyKey == key {
			return o, true
		}
	}
	return store.Outgoing{}, false
}

func (h *outgoing) list(ctx context.Context, user store.User, _ *struct{}) ([]Outgoing, error) {
	all, err := h.store.Outgoings(ctx, user.ID)
	if err != nil {
		return nil, fmt.Errorf("list outgoing mail: %w", err)
	}
	return each(all, wireOutgoing), nil
}

func (h *outgoing) show(ctx context.Context, user store.User, in *byID) (Outgoing, error) {
	mail, err := h.store.Outgoing(ctx, user.ID, in.ID)
	if err != nil {
		return Outgoing{}, fmt.Errorf("find outgoing mail: %w", err)
	}
	return wireOutgoing(mail), nil
}

// retry queues a failed or unconfirmed mail again.
func (h *outgoing) retry(ctx context.Context, user store.User, in *byID) (Outgoing, error) {
	if err := h.store.Tx(ctx, func(tx *store.Tx) error { return tx.RetryOutgoing(user.ID, in.ID) }); err != nil {
		return Outgoing{}, refused(err, "Only a mail that failed, or whose fate is unknown, can be sent again.")
	}
	return h.show(ctx, user, in)
}

// resolve believes the person that an unconfirmed mail was sent.
func (h *outgoing) resolve(ctx context.Context, user store.User, in *byID) (Outgoing, error) {
	if err := h.store.Tx(ctx, func(tx *store.Tx) error { return tx.ResolveOutgoing(user.ID, in.ID) }); err != nil {
		return Outgoing{}, refused(err, "Only a mail whose fate is unknown can be marked as sent.")
	}
	return h.show(ctx, user, in)
}

// cancel takes a mail back that has not left.
func (h *outgoing) cancel(ctx context.Context, user store.User, in *byID) error {
	if err := h.store.Tx(ctx, func(tx *store.Tx) error { return tx.CancelOutgoing(user.ID, in.ID) }); err != nil {
		return refused(err, "This mail is being sent, or was sent already.")
	}
	return nil
}

// refused tells a conflict in the words of what was tried.
func refused(err error, why string) error {
	if problem.Is(err, problem.Conflict) {
		return problem.Wrap(problem.Conflict, why, err)
	}
	return err
}
