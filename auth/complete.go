package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"postroom/problem"
	"postroom/store"
)

// Complete turns the answer that the provider sent with the browser (the callback's parameters) into
// a mailbox: a new one, or the reconnected one. Nothing is stored before the account is known, all
// permissions are granted and the mail servers took the token. Every error is a problem.
func (c *Connector) Complete(ctx context.Context, userID, sessionHash string, answer url.Values) (store.Mailbox, error) {
	box, err := c.complete(ctx, userID, sessionHash, answer)
	if err == nil {
		c.Log.InfoContext(ctx, "mailbox connected", "user", userID, "mailbox", box.ID, "provider", box.ProviderID)
		return box, nil
	}
	p := problem.Of(err)
	if p == nil {
		p = problem.Wrap(problem.Internal, "", err)
	}
	// The cause alone: a problem's words may name addresses.
	c.Log.WarnContext(ctx, "connecting failed", "user", userID, "problem", string(p.Code), "err", p.Unwrap())
	return store.Mailbox{}, p
}

func (c *Connector) complete(ctx context.Context, userID, sessionHash string, answer url.Values) (store.Mailbox, error) {
	a, err := c.take(ctx, userID, sessionHash, answer.Get("state"))
	if err != nil {
		return store.Mailbox{}, err
	}
	provider, err := c.Store.Provider(ctx, a.ProviderID)
	if err != nil {
		return store.Mailbox{}, fmt.Errorf("read provider: %w", err)
	}
	grant, err := c.redeem(ctx, a, provider, answer)
	if err != nil {
		return store.Mailbox{}, err
	}
	known, err := c.known(ctx, a, grant)
	if err != nil {
		return store.Mailbox{}, err
	}
	found, err := c.probe(ctx, provider, known, grant)
	if err != nil {
		return store.Mailbox{}, err
	}
	if known.ID != "" {
		return c.reconnect(ctx, known, grant, found)
	}
	return c.connect(ctx, a, grant, found)
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

// known returns the user's mailbox for the account that signed in, if there is one; connecting it
// once more reconnects it. To reconnect one mailbox it must be that one's account.
func (c *Connector) known(ctx context.Context, a store.Authorization, g newGrant) (store.Mailbox, error) {
	if a.MailboxID != "" {
		box, err := c.Store.Mailbox(ctx, a.UserID, a.MailboxID)
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("read mailbox: %w", err)
		}
		if identityOf(box) != g.identity {
			return store.Mailbox{}, problem.New(problem.WrongAccount,
				"This mailbox is "+box.Address+"; you signed in as "+g.claims.called()+".")
		}
		return box, nil
	}
	box, err := c.Store.MailboxByIdentity(ctx, a.UserID, g.identity.issuer, g.identity.tenant, g.identity.object, "")
	if problem.Is(err, problem.NotFound) {
		return store.Mailbox{}, nil
	}
	if err != nil {
		return store.Mailbox{}, fmt.Errorf("look for the account: %w", err)
	}
	if box.ProviderID != a.ProviderID {
		return store.Mailbox{}, problem.New(problem.Conflict, "This account is connected already, through another provider: "+box.Address+".").
			WithAction(problem.You, "Reconnect that mailbox, or remove it first.")
	}
	return box, nil
}

func (c *Connector) probe(ctx context.Context, p store.Provider, known store.Mailbox, g newGrant) (Found, error) {
	logins := g.claims.logins(known.Login)
	if len(logins) == 0 {
		return Found{}, problem.New(problem.TokenInvalid, "The sign-in service did not say what the account is called.").
			WithAction(problem.Operator, "Add profile and email to this provider's scopes.")
	}
	found, err := c.Probe(ctx, p, logins, g.Access)
	if err != nil {
		return Found{}, fmt.Errorf("try the mail servers: %w", err)
	}
	return found, nil
}

// connect stores a new mailbox with its grant.
func (c *Connector) connect(ctx context.Context, a store.Authorization, g newGrant, found Found) (store.Mailbox, error) {
	now := c.Store.Now()
	box := store.Mailbox{
		ID:           store.NewID(),
		UserID:       a.UserID,
		ProviderID:   a.ProviderID,
		Address:      g.claims.address(g.provider.Kind, found.Login),
		DisplayName:  plainText(g.claims.Name, 200),
		Login:        found.Login,
		Issuer:       g.identity.issuer,
		TenantID:     g.identity.tenant,
		ObjectID:     g.identity.object,
		State:        store.Connecting,
		Problem:      found.SendProblem,
		CanSend:      found.CanSend,
		GrantVersion: 1,
		GrantedAt:    now,
		CreatedAt:    now,
	}
	sealed, err := c.Keys.Seal(g.Refresh, grantAt(box, box.GrantVersion))
	if err != nil {
		return store.Mailbox{}, err
	}
	box.Grant = sealed
	err = c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddMailbox(&box) })
	if problem.Is(err, problem.Conflict) { // another tab connected the same account just now
		known, err := c.Store.MailboxByIdentity(ctx, a.UserID, box.Issuer, box.TenantID, box.ObjectID, "")
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("look for the account: %w", err)
		}
		return c.reconnect(ctx, known, g, found)
	}
	if err != nil {
		return store.Mailbox{}, fmt.Errorf("store mailbox: %w", err)
	}
	return box, nil
}

// reconnect gives a mailbox its new grant. A refresh that was under way may raise the version in
// between; the person's own sign-in is the newer word.
func (c *Connector) reconnect(ctx context.Context, box store.Mailbox, g newGrant, found Found) (store.Mailbox, error) {
	const tries = 5
	for range tries {
		fresh, err := c.Store.Mailbox(ctx, box.UserID, box.ID)
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("read mailbox: %w", err)
		}
		err = c.replaceGrant(ctx, fresh, g, found)
		if problem.Is(err, problem.Conflict) {
			continue
		}
		if err != nil {
			return store.Mailbox{}, fmt.Errorf("store grant: %w", err)
		}
		return c.Store.Mailbox(ctx, box.UserID, box.ID)
	}
	return store.Mailbox{}, problem.New(problem.Conflict, "")
}

func (c *Connector) replaceGrant(ctx context.Context, box store.Mailbox, g newGrant, found Found) error {
	sealed, err := c.Keys.Seal(g.Refresh, grantAt(box, box.GrantVersion+1))
	if err != nil {
		return err
	}
	return c.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.ReplaceGrant(box.ID, box.GrantVersion, sealed, store.Connecting); err != nil {
			return err
		}
		if err := tx.SetMailbox(box.ID, store.MailboxUpdate{CanSend: &found.CanSend}); err != nil {
			return err
		}
		return tx.SetMailboxState(box.ID, store.Connecting, found.SendProblem, 0)
	})
}
