package auth

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"postroom/problem"
	"postroom/store"
)

// keep stores the mailbox, new or reconnected, and with it the attempt's good end.
func (w *attempt) keep(ctx context.Context, known store.Mailbox, found Found) (detail string, err error) {
	owner, err := w.Store.User(ctx, w.row.UserID)
	if err != nil {
		return "", fmt.Errorf("read user: %w", err)
	}
	if owner.DisabledAt != 0 {
		return "", problem.New(problem.Forbidden, "")
	}
	var box store.Mailbox
	if known.ID == "" {
		box, known, err = w.connect(ctx, found)
	}
	if err == nil && known.ID != "" {
		box, err = w.reconnect(ctx, known, found)
	}
	return box.Address, err
}

// connect stores a new mailbox with its grant. When another tab connected the same account just now,
// that mailbox is known, and nothing is stored.
func (w *attempt) connect(ctx context.Context, found Found) (box, known store.Mailbox, err error) {
	now, id, wish := w.Store.Now(), w.identity(), w.row.Wish
	box = store.Mailbox{
		ID:           store.NewID(),
		UserID:       w.row.UserID,
		ProviderID:   w.provider.ID,
		Address:      w.address(found),
		DisplayName:  plainText(w.held.Who.Name, 200),
		Login:        found.Login,
		SMTPLogin:    found.SMTPLogin,
		Shared:       wish.Shared,
		Since:        wish.Since,
		Issuer:       id.issuer,
		TenantID:     id.tenant,
		ObjectID:     id.object,
		State:        store.Connecting,
		CanSend:      found.CanSend,
		SendProblem:  found.SendProblem,
		GrantVersion: 1,
		GrantedAt:    now,
		CreatedAt:    now,
	}
	if box.Shared != "" {
		box.DisplayName = ""
	}
	if box.Grant, err = w.Keys.Seal(w.held.Refresh, grantAt(box, box.GrantVersion)); err != nil {
		return store.Mailbox{}, store.Mailbox{}, err
	}
	err = w.finish(ctx, box.ID, func(tx *store.Tx) error {
		has, err := tx.CountMailboxes(box.UserID, box.ProviderID)
		if err != nil {
			return err
		}
		if err := w.roomFor(has); err != nil {
			return err
		}
		return tx.AddMailbox(&box)
	})
	if problem.Is(err, problem.Conflict) {
		known, err := w.Store.MailboxByIdentity(ctx, w.row.UserID, box.Issuer, box.TenantID, box.ObjectID, box.Shared)
		if err != nil {
			return store.Mailbox{}, store.Mailbox{}, fmt.Errorf("look for the account: %w", err)
		}
		return store.Mailbox{}, known, nil
	}
	if err != nil {
		return store.Mailbox{}, store.Mailbox{}, fmt.Errorf("store mailbox: %w", err)
	}
	return box, store.Mailbox{}, nil
}

// address is what to write in From.
func (w *attempt) address(found Found) string {
	return cmp.Or(w.row.Wish.Shared, w.row.Wish.Address, w.held.Who.address(w.provider.Kind, found.Login))
}

// finish writes with the transaction that stores the mailbox that the attempt has come to its end, so
// that neither is ever without the other.
func (w *attempt) finish(ctx context.Context, mailboxID string, storeBox func(*store.Tx) error) error {
	row := w.row
	row.State, row.Asks, row.Problem, row.ConnectedID = store.Done, "", nil, mailboxID
	row.Steps = putStep(append([]store.Step{}, row.Steps...), store.Step{Name: store.StepStore, State: store.StepOK, At: w.Store.Now()})
	err := w.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := storeBox(tx); err != nil {
			return err
		}
		if err := tx.UpdateAttempt(&row); err != nil {
			return errors.Join(errDropped, err)
		}
		return moveLink(tx, row)
	})
	if errors.Is(err, errDropped) {
		w.drop(errDropped)
		return errDropped
	}
	if err == nil {
		w.row = row
	}
	return err
}

// reconnect gives a mailbox its new grant. A refresh that was under way may raise the version in
// between; the person's own sign-in is the newer word.
func (w *attempt) reconnect(ctx context.Context, box store.Mailbox, found Found) (store.Mailbox, error) {
	const tries = 5
	for range tries {
		fresh, err := w.Store.Mailbox(ctx, box.UserID, box.ID)
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("read mailbox: %w", err)
		}
		err = w.replaceGrant(ctx, fresh, found)
		if problem.Is(err, problem.Conflict) {
			continue
		}
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("store grant: %w", err)
		}
		return fresh, nil
	}
	return store.Mailbox{}, problem.New(problem.Conflict, "")
}

func (w *attempt) replaceGrant(ctx context.Context, box store.Mailbox, found Found) error {
	sealed, err := w.Keys.Seal(w.held.Refresh, grantAt(box, box.GrantVersion+1))
	if err != nil {
		return err
	}
	update := store.MailboxUpdate{
		CanSend: &found.CanSend, SendProblem: found.SendProblem,
		Login: &found.Login, SMTPLogin: &found.SMTPLogin, ProviderID: &w.provider.ID,
	}
	if address := w.address(found); box.Shared == "" && !strings.EqualFold(found.Login, box.Login) {
		update.Address = &address // the account was renamed
	}
	return w.finish(ctx, box.ID, func(tx *store.Tx) error {
		if err := tx.ReplaceGrant(box.ID, box.GrantVersion, sealed, store.Connecting); err != nil {
			return err
		}
		if err := tx.SetMailbox(box.ID, update); err != nil {
			return err
		}
		return tx.SetMailboxState(box.ID, store.Connecting, nil, 0)
	})
}

// moveLink takes the connect link that led to an attempt as far as the attempt has come.
func moveLink(tx *store.Tx, row store.Attempt) error {
	if row.Wish.Link == "" {
		return nil
	}
	to := store.LinkOpened
	switch {
	case row.State == store.Done:
		to = store.LinkConnected
	case row.State == store.Broken && row.Problem.Code == problem.AdminConsent:
		to = store.LinkWaits
	case row.State == store.Broken:
		to = store.LinkFailed
	}
	err := tx.MoveLink(row.Wish.Link, to, row.Problem, row.ConnectedID)
	if problem.Is(err, problem.NotFound) {
		return nil // taken back in the meantime
	}
	return err
}
