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

// leaseTime is for how long one process may renew a grant before another may try. It is more than a
// renewal takes, so that two never ask at once; who waits for one that was killed waits so long.
const leaseTime = renewTimeout + 15*time.Second

// newToken is what the token endpoint gave for a grant.
type newToken struct {
	Access  Secret
	At      time.Time // when it was asked for
	Expires time.Time
	Refresh Secret // the grant from now on; empty in a token that another process got
	Same    bool   // and it is the one before
	Version int64  // of the grant it was got with
}

// renewAt is when a new one is to be got: five minutes early, or in the last quarter of a short life.
func (n newToken) renewAt() time.Time {
	return n.Expires.Add(-min(renewEarly, n.Expires.Sub(n.At)/4))
}

// refresh returns a token that is not stale: the one that is stored beside the grant, when another
// process got it, or a new one. One process renews a grant at a time, by a lease in its row; the others
// wait and take its token. When somebody else (the person reconnecting) stored a newer grant meanwhile,
// that one is used: a refusal of an old grant proves nothing.
func (t *Tokens) refresh(ctx context.Context, id string, stale Secret, idle bool) (newToken, error) {
	woken, unwatch := t.Store.WatchToken(id)
	defer unwatch()
	const tries = 3
	for tried := 0; tried < tries; {
		box, err := t.Store.WorkerMailbox(ctx, id)
		if err != nil {
			return newToken{}, fmt.Errorf("read mailbox: %w", err)
		}
		if err := t.mayRenew(ctx, box, idle); err != nil {
			return newToken{}, err
		}
		if token, ok := t.shared(box, stale); ok {
			if t.now().Before(token.renewAt()) {
				return token, nil
			}
			t.fallBackOn(id, token)
		}
		leased, err := t.lease(ctx, box)
		if err != nil {
			return newToken{}, err
		}
		if !leased {
			if err := t.await(ctx, box, woken); err != nil {
				return newToken{}, err
			}
			continue
		}
		tried++
		token, err := t.refreshWith(ctx, box)
		if err == nil {
			return token, nil
		}
		t.endLease(ctx, box)
		moved, merr := t.grantMoved(ctx, box)
		if merr != nil {
			return newToken{}, merr
		}
		if !moved {
			return newToken{}, err
		}
	}
	return newToken{}, errBusy()
}

func errBusy() error {
	return problem.New(problem.ProviderDown, "The grant is being renewed by somebody else.")
}

// mayRenew refuses a disabled user's mailboxes their tokens, and a paused one's, whose grant is only
// kept from growing old.
func (t *Tokens) mayRenew(ctx context.Context, box store.Mailbox, idle bool) error {
	user, err := t.Store.User(ctx, box.UserID)
	if err != nil {
		return fmt.Errorf("read owner: %w", err)
	}
	if user.DisabledAt != 0 {
		return problem.New(problem.Forbidden, "The owner of this mailbox is disabled.")
	}
	if box.State == store.Paused && !idle {
		return problem.New(problem.Conflict, "This mailbox is paused.").WithAction(problem.Wait, "Resume it to fetch and send mail.")
	}
	return nil
}

// shared returns the token that is stored beside the grant, while it is good.
func (t *Tokens) shared(box store.Mailbox, stale Secret) (newToken, bool) {
	token := newToken{At: time.UnixMilli(box.AccessAt), Expires: time.UnixMilli(box.AccessExpires), Version: box.GrantVersion - 1}
	if len(box.Access) == 0 || t.now().Add(leastLeft).After(token.Expires) && !t.now().Before(token.renewAt()) {
		return newToken{}, false
	}
	access, err := t.Keys.Open(box.Access, accessAt(box, box.GrantVersion))
	if err != nil { // worth a new one, and no more
		t.Log.Warn("stored access token does not open", "mailbox", box.ID, "err", err)
		return newToken{}, false
	}
	token.Access = access
	return token, access != stale
}

// lease asks for the right to renew box's grant.
func (t *Tokens) lease(ctx context.Context, box store.Mailbox) (leased bool, err error) {
	if box.RefreshUntil > t.Store.Now() && box.RefreshOwner != t.self {
		return false, nil
	}
	err = t.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		leased, err = tx.LeaseRefresh(box.ID, box.GrantVersion, t.self, t.Store.Now()+leaseTime.Milliseconds())
		return err
	})
	return leased, err
}

// endLease lets others try after a renewal that failed. When the database is away, its time ends it.
func (t *Tokens) endLease(ctx context.Context, box store.Mailbox) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
	defer cancel()
	if err := t.Store.Tx(ctx, func(tx *store.Tx) error { return tx.EndRefresh(box.ID, t.self) }); err != nil {
		t.Log.Debug("refresh lease not given back", "mailbox", box.ID, "err", err)
	}
}

// await waits until the process that holds box's lease is done or its time is over. A wake-up from
// another machine may get lost; hence the look every second.
func (t *Tokens) await(ctx context.Context, box store.Mailbox, woken <-chan struct{}) error {
	left := time.Duration(box.RefreshUntil-t.Store.Now()) * time.Millisecond
	timer := time.NewTimer(max(10*time.Millisecond, min(left, time.Second)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return fmt.Errorf("wait for another renewal: %w", errors.Join(errBusy(), context.Cause(ctx)))
	case <-woken:
	case <-timer.C:
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

// refreshWith renews with the grant in box, whose lease we hold, and stores what that gave before
// anybody uses it.
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
	return token, t.save(ctx, box, token)
}

// openGrant opens a mailbox's grant. One that is damaged, or whose key was given up, needs the person:
// a new sign-in mends it. One whose key is not in our file needs whoever runs this Postroom.
func (t *Tokens) openGrant(box store.Mailbox) (Secret, error) {
	if len(box.Grant) == 0 {
		return "", lostGrant()
	}
	grant, err := t.Keys.Open(box.Grant, grantAt(box, box.GrantVersion))
	switch {
	case errors.Is(err, errNoKey):
		return "", fmt.Errorf("open grant: %w", err)
	case err != nil:
		p := lostGrant()
		return "", problem.Wrap(p.Code, p.Detail, err).WithAction(p.Who, p.Action)
	}
	return grant, nil
}

// lostGrant is the problem of a mailbox whose grant cannot be opened by anybody.
func lostGrant() *problem.Problem {
	return problem.New(problem.SecretUnreadable, "What this mailbox's sign-in left here cannot be opened.").
		WithAction(problem.You, "Press Reconnect. Your mail here stays as it is.")
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
		At:      asked,
		Expires: asked.Add(life(answer)),
		Refresh: Secret(answer.RefreshToken), // x/oauth2 puts the old one here when none came
		Same:    Secret(answer.RefreshToken) == grant,
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

// save stores a renewed grant with its access token over the one it was got with. When the database
// does not take it, it is kept in memory for the next try: the old one may be worth nothing any more.
func (t *Tokens) save(ctx context.Context, box store.Mailbox, token newToken) error {
	renewal := store.Renewal{
		Owner: t.self, Version: box.GrantVersion, SameGrant: token.Same,
		AccessAt: token.At.UnixMilli(), AccessExpires: token.Expires.UnixMilli(),
	}
	var err error
	if renewal.Grant, err = t.Keys.Seal(token.Refresh, grantAt(box, box.GrantVersion+1)); err != nil {
		return err
	}
	if renewal.Access, err = t.Keys.Seal(token.Access, accessAt(box, box.GrantVersion+1)); err != nil {
		return err
	}
	err = t.Store.Tx(ctx, func(tx *store.Tx) error { return tx.RenewGrant(box.ID, renewal) })
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
