package auth

import (
	"context"
	"fmt"

	"postroom/problem"
	"postroom/store"
)

// SetupToken returns a fresh one-time token for making the first user, while there is none. main
// prints it in a link when it starts; only its hash is stored, and the one before it is void.
func (p *People) SetupToken(ctx context.Context) (token string, open bool, err error) {
	users, err := p.store.CountUsers(ctx)
	if err != nil || users > 0 {
		return "", false, err
	}
	token = randomToken()
	err = p.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.SetSetting(settingSetupToken, digest(token))
	})
	if err != nil {
		return "", false, fmt.Errorf("store set-up token: %w", err)
	}
	return token, true, nil
}

// SetupOpen reports whether the first user is still to be made.
func (p *People) SetupOpen(ctx context.Context) (bool, error) {
	users, err := p.store.CountUsers(ctx)
	return users == 0, err
}

// Setup makes the first user, an admin, for whoever holds the token. It works once.
func (p *People) Setup(ctx context.Context, token, email, name, password string) (store.User, error) {
	if err := p.setupAllowed(ctx, token); err != nil {
		return store.User{}, err // before a password is hashed for a stranger
	}
	user, err := p.user(ctx, NewPerson{Email: email, Name: name, Password: password, Role: store.RoleAdmin})
	if err != nil {
		return store.User{}, err
	}
	err = p.store.Tx(ctx, func(tx *store.Tx) error {
		// The write comes first: of two requests with one token, the second waits here for the
		// first to commit, and then reads what the first left.
		if err := tx.SetSetting(settingSetupToken, ""); err != nil {
			return err
		}
		if err := p.setupAllowed(ctx, token); err != nil {
			return err
		}
		return tx.AddUser(&user)
	})
	if err != nil {
		return store.User{}, fmt.Errorf("set up: %w", err)
	}
	return user, nil
}

func (p *People) setupAllowed(ctx context.Context, token string) error {
	open, err := p.SetupOpen(ctx)
	if err != nil {
		return fmt.Errorf("count users: %w", err)
	}
	want, err := p.store.Setting(ctx, settingSetupToken)
	if err != nil {
		return fmt.Errorf("read set-up token: %w", err)
	}
	if !open || want == "" {
		return problem.New(problem.SetupClosed, "")
	}
	if !same(digest(token), want) {
		return problem.New(problem.Forbidden, "This set-up link is not the latest one.").
			WithAction(problem.Operator, "Use the link that Postroom printed when it last started.")
	}
	return nil
}
