package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postroom/problem"
	"postroom/store"
)

const (
	resetLife    = time.Hour
	mostResets   = 5 // asked for within resetsWindow, for one account or from one address
	resetsWindow = time.Hour

	// forgotTime is how long Forgot takes, whether anybody is known by the address or not.
	forgotTime = 400 * time.Millisecond
)

// Forgot makes a reset link's token for whoever signs in with email and calls send with it. The caller
// learns nothing: the answer and its time are the same when nobody does, or when they are shut out.
// Too many for one account or from one address are refused (problem.TooMany).
func (p *People) Forgot(ctx context.Context, email, ip string, send func(store.User, Secret) error) error {
	email = strings.ToLower(strings.TrimSpace(email))
	now, from := time.UnixMilli(p.store.Now()), networkOf(ip)
	if from != "" && !p.resets.take("from "+from, now) || !p.resets.take("for "+digest(email), now) {
		return problem.New(problem.TooMany, "")
	}
	over := time.NewTimer(forgotTime)
	defer over.Stop()
	err := p.sendReset(ctx, email, send)
	select {
	case <-over.C:
	case <-ctx.Done():
	}
	return err
}

func (p *People) sendReset(ctx context.Context, email string, send func(store.User, Secret) error) error {
	user, err := p.store.UserByEmail(ctx, email)
	if problem.Is(err, problem.NotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look up user: %w", err)
	}
	if user.DisabledAt != 0 {
		return nil
	}
	_, token, err := p.NewReset(ctx, user.ID)
	if err != nil {
		return err
	}
	return send(user, token)
}

// NewReset makes a link that sets the user's password anew, once and within the hour; the one before
// is void. The token is for the link alone. Somebody disabled gets none (problem.Conflict).
func (p *People) NewReset(ctx context.Context, userID string) (store.Reset, Secret, error) {
	user, err := p.store.User(ctx, userID)
	if err != nil {
		return store.Reset{}, "", fmt.Errorf("read user: %w", err)
	}
	if user.DisabledAt != 0 {
		return store.Reset{}, "", problem.New(problem.Conflict, "This person is disabled.").
			WithAction(problem.You, "Enable them first.")
	}
	token := Secret(randomToken())
	r := store.Reset{TokenHash: digest(token.Reveal()), UserID: userID, ExpiresAt: p.store.Now() + resetLife.Milliseconds()}
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddReset(r) }); err != nil {
		return store.Reset{}, "", fmt.Errorf("add reset: %w", err)
	}
	return r, token, nil
}

// ResetFor returns whose password a link's token sets (problem.LinkSpent when it sets none).
func (p *People) ResetFor(ctx context.Context, token Secret) (store.User, error) {
	r, err := p.store.Reset(ctx, digest(token.Reveal()))
	if err != nil {
		return store.User{}, spent(err)
	}
	return p.resetUser(ctx, r)
}

func (p *People) resetUser(ctx context.Context, r store.Reset) (store.User, error) {
	if r.ExpiresAt <= p.store.Now() {
		return store.User{}, spent(nil)
	}
	user, err := p.store.User(ctx, r.UserID)
	if err != nil || user.DisabledAt != 0 {
		return store.User{}, spent(err)
	}
	return user, nil
}

// ResetPassword sets the password of whom the token is for. It works once, and signs them out everywhere.
func (p *People) ResetPassword(ctx context.Context, token Secret, password, ip string) (store.User, error) {
	user, err := p.ResetFor(ctx, token)
	if err != nil {
		return store.User{}, err // before a password is hashed for a stranger
	}
	hash, err := p.newHash(ctx, &password, user.Email)
	if err != nil {
		return store.User{}, err
	}
	err = p.store.Tx(ctx, func(tx *store.Tx) error {
		r, err := tx.TakeReset(digest(token.Reveal()))
		if err != nil {
			return spent(err)
		}
		if user, err = p.resetUser(ctx, r); err != nil {
			return err
		}
		user.PasswordHash = hash
		if err := tx.UpdateUser(user); err != nil {
			return fmt.Errorf("update user: %w", err)
		}
		if err := tx.AddAudit(store.AuditEntry{Action: PasswordReset, Subject: user.ID, IP: ip}); err != nil {
			return err
		}
		return tx.DeleteUserSessions(user.ID)
	})
	if err != nil {
		return store.User{}, fmt.Errorf("reset password: %w", err)
	}
	p.byAccount.forget(digest(user.Email))
	return user, nil
}
