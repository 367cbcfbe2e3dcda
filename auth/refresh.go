package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// usualLife is how long an access token is taken to live when its answer does not say.
const usualLife = time.Hour

// newToken is what the token endpoint gave for a grant.
type newToken struct {
	Access  Secret
	Expires time.Time
	Refresh Secret // the grant from now on
	Version int64  // of the grant it was got with
}

// refresh renews a mailbox's token. When somebody else (another replica, the person reconnecting)
// stored a newer grant meanwhile, that one is used: a refusal of an old grant proves nothing.
func (t *Tokens) refresh(ctx context.Context, id string) (newToken, error) {
	const tries = 3
	for range tries {
		box, err := t.Store.WorkerMailbox(ctx, id)
		if err != nil {
			return newToken{}, fmt.Errorf("read mailbox: %w", err)
		}
		if err := t.ownerMay(ctx, box); err != nil {
			return newToken{}, err
		}
		token, err := t.refreshWith(ctx, box)
		if err == nil {
			return token, nil
		}
		moved, merr := t.grantMoved(ctx, box)
		if merr != nil {
			return newToken{}, merr
		}
		if !moved {
			return newToken{}, err
		}
	}
	return newToken{}, problem.New(problem.ProviderDown, "The grant is being renewed by somebody else.")
}

// ownerMay refuses a disabled user's mailboxes their tokens.
func (t *Tokens) ownerMay(ctx context.Context, box store.Mailbox) error {
	user, err := t.Store.User(ctx, box.UserID)
	if err != nil {
		return fmt.Errorf("read owner: %w", err)
	}
	if user.DisabledAt != 0 {
		return problem.New(problem.Forbidden, "The owner of this mailbox is disabled.")
	}
	return nil
}

func (t *Tokens) grantMoved(ctx context.Context, box store.Mailbox) (bool, error) {
	now, err := t.Store.WorkerMailbox(ctx, box.ID)
	if err != nil {
		return false, fmt.Errorf("read mailbox again: %w", err)
	}
	return now.GrantVersion != box.GrantVersion, nil
}

// refreshWith renews with the grant in box, and stores the new one when there is a new one.
func (t *Tokens) refreshWith(ctx context.Context, box store.Mailbox) (newToken, error) {
	if token, ok := t.unsavedFor(box); ok {
		return t.saveLate(ctx, box, token)
	}
	grant, err := t.openGrant(box)
	if err != nil {
		return newToken{}, err
	}
	token, err := t.ask(ctx, box, grant)
	if err != nil {
		return newToken{}, err
	}
	if token.Refresh == grant {
		return token, nil
	}
	return token, t.save(ctx, box, token)
}

func (t *Tokens) openGrant(box store.Mailbox) (Secret, error) {
	if len(box.Grant) == 0 {
		return "", problem.New(problem.Reconnect, "")
	}
	grant, err := t.Keys.Open(box.Grant, grantAt(box, box.GrantVersion))
	if err != nil {
		return "", fmt.Errorf("open grant: %w", err)
	}
	return grant, nil
}

// ask sends the grant to the provider's token endpoint.
func (t *Tokens) ask(ctx context.Context, box store.Mailbox, grant Secret) (newToken, error) {
	provider, err := t.Store.Provider(ctx, box.ProviderID)
	if err != nil {
		return newToken{}, fmt.Errorf("read provider: %w", err)
	}
	authority, err := t.authorities.of(ctx, provider)
	if err != nil {
		return newToken{}, err
	}
	asked := t.now()
	var answer *oauth2.Token
	err = t.withSecret(ctx, provider, func(secret Secret) (err error) {
		config := authority.config(provider, secret, "")
		answer, err = config.TokenSource(authority.context(ctx), &oauth2.Token{RefreshToken: grant.Reveal()}).Token()
		if err != nil {
			return tokenProblem(err, atRefresh, grant, secret)
		}
		return nil
	})
	if err != nil {
		return newToken{}, err
	}
	return newToken{
		Access:  Secret(answer.AccessToken),
		Expires: asked.Add(life(answer)),
		Refresh: Secret(answer.RefreshToken), // x/oauth2 puts the old one here when none came
		Version: box.GrantVersion,
	}, nil
}

// life is how long a token lives from when it was asked for.
func life(answer *oauth2.Token) time.Duration {
	switch {
	case answer.ExpiresIn > 0:
		return time.Duration(answer.ExpiresIn) * time.Second
	case !answer.Expiry.IsZero():
		return time.Until(answer.Expiry)
	}
	return usualLife
}

// save stores a renewed grant over the one it was got with. When the database does not take it, the
// new grant is kept in memory for the next try: the old one may be worth nothing any more.
func (t *Tokens) save(ctx context.Context, box store.Mailbox, token newToken) error {
	sealed, err := t.Keys.Seal(token.Refresh, grantAt(box, box.GrantVersion+1))
	if err != nil {
		return err
	}
	now, err := t.Store.WorkerMailbox(ctx, box.ID) // for its state, which this does not change
	if err == nil {
		err = t.Store.Tx(ctx, func(tx *store.Tx) error {
			return tx.ReplaceGrant(box.ID, box.GrantVersion, sealed, now.State)
		})
	}
	lost := err != nil && !problem.Is(err, problem.Conflict) && !problem.Is(err, problem.NotFound)
	t.mu.Lock()
	defer t.mu.Unlock()
	if lost {
		t.unsaved[box.ID] = token
	} else {
		delete(t.unsaved, box.ID)
	}
	if err != nil {
		return fmt.Errorf("store renewed grant: %w", err)
	}
	return nil
}

var errAged = errors.New("the token ran out while the database was away")

// saveLate stores a grant that the database did not take before. It moves the grant's version: a
// token that has run out meanwhile makes refresh go round once more, with the grant just stored.
func (t *Tokens) saveLate(ctx context.Context, box store.Mailbox, token newToken) (newToken, error) {
	if err := t.save(ctx, box, token); err != nil {
		return newToken{}, err
	}
	if t.now().Add(leastLeft).After(token.Expires) {
		return newToken{}, errAged
	}
	return token, nil
}

// unsavedFor returns the token that was got with the grant in box and could not be stored.
func (t *Tokens) unsavedFor(box store.Mailbox) (newToken, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	token, ok := t.unsaved[box.ID]
	return token, ok && token.Version == box.GrantVersion
}
