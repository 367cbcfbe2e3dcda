package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"postroom/problem"
	"postroom/store"
)

// attemptLife bounds an attempt with all that the person is asked.
const attemptLife = 30 * time.Minute

// Receive takes the answer that the provider sent with the browser (the callback's parameters). It
// checks whose it is, once, and returns the attempt that Run makes a mailbox of; a sign-in that the
// provider refused is an attempt that has failed. An error is a problem: then there is no attempt.
func (c *Connector) Receive(ctx context.Context, userID, sessionHash string, answer url.Values) (store.Attempt, error) {
	a, err := c.receive(ctx, userID, sessionHash, answer)
	if err == nil {
		return a, nil
	}
	p := problem.Of(err)
	if p == nil {
		p = problem.Wrap(problem.Internal, "", err)
	}
	c.logFailure(ctx, userID, p)
	return store.Attempt{}, p
}

// logFailure writes the cause alone: a problem's words may name addresses.
func (c *Connector) logFailure(ctx context.Context, userID string, p *problem.Problem) {
	c.Log.WarnContext(ctx, "connecting failed", "user", userID, "problem", string(p.Code), "err", p.Unwrap())
}

func (c *Connector) receive(ctx context.Context, userID, sessionHash string, answer url.Values) (store.Attempt, error) {
	a, err := c.take(ctx, userID, sessionHash, answer.Get("state"))
	if err != nil {
		return store.Attempt{}, err
	}
	provider, err := c.Store.Provider(ctx, a.ProviderID)
	if err != nil {
		return store.Attempt{}, fmt.Errorf("read provider: %w", err)
	}
	now := c.Store.Now()
	row := store.Attempt{
		ID: store.NewID(), UserID: a.UserID, ProviderID: a.ProviderID, MailboxID: a.MailboxID, Wish: a.Wish, State: store.Running,
		ExpiresAt: now + attemptLife.Milliseconds(),
		Steps:     []store.Step{{Name: store.StepSignIn, State: store.StepOK, At: now}},
	}
	if r := refusalOnRedirect(answer); r.Code != "" {
		return c.refused(ctx, row, r.problem(atSignIn))
	}
	h, err := c.answered(ctx, a, provider, answer)
	if err != nil {
		return store.Attempt{}, err
	}
	if row.Held, err = c.seal(row, h); err != nil {
		return store.Attempt{}, err
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddAttempt(&row) }); err != nil {
		return store.Attempt{}, fmt.Errorf("store attempt: %w", err)
	}
	return row, c.hands.take(row.ID)
}

// refused keeps what the sign-in page said, where the person looks for it.
func (c *Connector) refused(ctx context.Context, row store.Attempt, p *problem.Problem) (store.Attempt, error) {
	row.State, row.Problem = store.Broken, p
	row.Steps[0].State, row.Steps[0].Problem = store.StepFailed, p
	err := c.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.AddAttempt(&row); err != nil {
			return err
		}
		return moveLink(tx, row)
	})
	if err != nil {
		return store.Attempt{}, fmt.Errorf("store attempt: %w", err)
	}
	c.logFailure(ctx, row.UserID, p)
	return row, nil
}

// answered checks that the answer comes from the service that was asked, with the settings that the
// question was asked with, and returns what to go on with.
func (c *Connector) answered(ctx context.Context, a store.Authorization, p store.Provider, answer url.Values) (pending, error) {
	authority, err := c.authorities.of(ctx, p)
	if err != nil {
		return pending{}, err
	}
	if err := rightIssuer(authority, answer.Get("iss")); err != nil {
		return pending{}, err
	}
	if answer.Get("code") == "" {
		return pending{}, problem.Wrap(problem.StateInvalid, "", errors.New("answer without code or error"))
	}
	verifier, err := c.Keys.Open(a.Verifier, verifierAt(a, p))
	if err != nil {
		return pending{}, problem.Wrap(problem.StateInvalid, "The provider's settings were changed in the meantime.", errors.New("verifier does not open"))
	}
	return pending{ProviderVersion: p.Version, Code: Secret(answer.Get("code")), Iss: answer.Get("iss"), Nonce: a.Nonce, Verifier: verifier}, nil
}

// take ends the authorization that state names: it answers once. It must be this user's, of this
// browser session, and young enough.
func (c *Connector) take(ctx context.Context, userID, sessionHash, state string) (store.Authorization, error) {
	if state == "" || len(state) > 200 || userID == "" || sessionHash == "" {
		return store.Authorization{}, problem.New(problem.StateInvalid, "")
	}
	var a store.Authorization
	err := c.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.TakeAuthorization(digest(state))
		return err
	})
	if problem.Is(err, problem.NotFound) {
		return store.Authorization{}, problem.Wrap(problem.StateInvalid, "", errors.New("unknown state"))
	}
	if err != nil {
		return store.Authorization{}, fmt.Errorf("take authorization: %w", err)
	}
	switch {
	case a.ExpiresAt <= c.Store.Now():
		err = errors.New("state has expired")
	case !same(a.UserID, userID) || !same(a.SessionHash, sessionHash):
		err = errors.New("state of another session")
	case a.Purpose != purposeConnect && a.Purpose != purposeReconnect:
		err = errors.New("state of another purpose")
	}
	if err != nil {
		return store.Authorization{}, problem.Wrap(problem.StateInvalid, "", err)
	}
	return a, nil
}
