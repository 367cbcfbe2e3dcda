package courier

import (
	"context"
	"fmt"
	"strings"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// Settings returns the sender without its secret; ok is false when none is set up.
func (c *Courier) Settings(ctx context.Context) (s store.Sender, ok bool, err error) {
	s, ok, err = c.Store.Sender(ctx)
	s.Secret = nil
	return s, ok, err
}

// Save sets the sender up, or changes the version of it that s was read with. An empty secret keeps the
// one that is stored, but only while it goes to the same place. by is the administrator who does it: a
// mailbox as sender must be one of theirs.
func (c *Courier) Save(ctx context.Context, by store.User, s store.Sender, secret auth.Secret) (store.Sender, error) {
	s, secret, old, err := c.settle(ctx, by, s, secret)
	if err != nil {
		return store.Sender{}, err
	}
	if old.Version != s.Version {
		return store.Sender{}, problem.New(problem.Conflict, "")
	}
	s.Secret, s.SecretHint = nil, ""
	if secret != "" {
		// The store raises the version, which is part of the seal.
		if s.Secret, err = c.Keys.Seal(secret, auth.SenderSecretAt(s.Version+1)); err != nil {
			return store.Sender{}, err
		}
		s.SecretHint = secret.Hint()
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.PutSender(&s) }); err != nil {
		return store.Sender{}, fmt.Errorf("save sender: %w", err)
	}
	s.Secret = nil
	return s, nil
}

// Forget removes the sender. What still waits is dropped.
func (c *Courier) Forget(ctx context.Context) error {
	return c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.RemoveSender() })
}

// Check looks, without saving or sending anything, whether mail could leave with these settings.
func (c *Courier) Check(ctx context.Context, by store.User, s store.Sender, secret auth.Secret) ([]Step, error) {
	all := newSteps(StepFields)
	s, secret, _, err := c.settle(ctx, by, s, secret)
	if p := problem.Of(err); p != nil && p.Code != problem.Internal {
		all.note(StepFields, "", err)
		return all, nil
	}
	if err != nil {
		return nil, err
	}
	all.note(StepFields, "", nil)
	way, err := c.wayWith(s, secret)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timing.Send)
	defer cancel()
	return append(all, way.check(ctx)...), nil
}

// settle completes and checks what was typed, and finds the secret that goes with it.
func (c *Courier) settle(ctx context.Context, by store.User, s store.Sender, secret auth.Secret) (store.Sender, auth.Secret, store.Sender, error) {
	old, known, err := c.Store.Sender(ctx)
	if err != nil {
		return s, "", old, err
	}
	s = complete(s)
	if s.Kind == store.SenderMailbox {
		box, err := c.Store.Mailbox(ctx, by.ID, s.MailboxID)
		if problem.Is(err, problem.NotFound) {
			return s, "", old, problem.New(problem.Invalid, "Choose one of your own mailboxes.")
		}
		if err != nil {
			return s, "", old, err
		}
		s.UserID, s.Address, s.Name = by.ID, box.Address, box.DisplayName
	}
	secret = auth.Secret(strings.TrimSpace(secret.Reveal()))
	s.SecretSetAt = c.now()
	if secret == "" && needsSecret(s) {
		if !known || len(old.Secret) == 0 || old.Kind != s.Kind {
			return s, "", old, problem.New(problem.Invalid, missingSecret(s))
		}
		if !samePlace(old, s) {
			return s, "", old, problem.New(problem.Invalid, "The secret would go to another place now: enter it again.")
		}
		if secret, err = c.secretOf(old); err != nil {
			return s, "", old, err
		}
		s.SecretSetAt = old.SecretSetAt
	}
	if !needsSecret(s) {
		secret, s.SecretSetAt = "", 0
	}
	if wrong := wrongSender(s, secret); wrong != "" {
		return s, "", old, problem.New(problem.Invalid, wrong)
	}
	return s, secret, old, nil
}

func needsSecret(s store.Sender) bool {
	return s.Kind == store.SenderMicrosoft || s.Kind == store.SenderSMTP && s.Auth == store.AuthBasic
}

func missingSecret(s store.Sender) string {
	if s.Kind == store.SenderMicrosoft {
		return "A client secret is needed."
	}
	return "A password is needed."
}

// samePlace reports whether a secret that was entered for one sender would go to the same service, in
// the same name and no less protected, with the other.
func samePlace(a, b store.Sender) bool {
	return a.Kind == b.Kind && a.Host == b.Host && a.Port == b.Port && a.TLS == b.TLS && a.Username == b.Username && a.CAPEM == b.CAPEM &&
		a.Cloud == b.Cloud && a.Authority == b.Authority && a.Graph == b.Graph && a.Tenant == b.Tenant && a.ClientID == b.ClientID
}
