package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postroom/problem"
	"postroom/store"
)

// linkLife is how long a connect link may wait for whoever it was made for.
const linkLife = 7 * 24 * time.Hour

// MakeLink makes a connect link for an address at a provider: whoever has the token, and is the user
// when one is named, connects that address with it, once.
func (c *Connector) MakeLink(ctx context.Context, by store.User, providerID, address, userID string) (store.ConnectLink, Secret, error) {
	provider, err := c.Store.Provider(ctx, providerID)
	if err != nil {
		return store.ConnectLink{}, "", fmt.Errorf("read provider: %w", err)
	}
	address = tidyAddress(address)
	if plausibleAddress(address) != nil {
		return store.ConnectLink{}, "", problem.New(problem.Invalid, "That is no e-mail address: "+plainText(address, 100))
	}
	if _, err := allowedNames(provider, []string{address}); err != nil {
		return store.ConnectLink{}, "", err
	}
	if userID != "" {
		if _, err := c.Store.User(ctx, userID); err != nil {
			return store.ConnectLink{}, "", fmt.Errorf("read user: %w", err)
		}
	}
	token := Secret(randomToken())
	link := store.ConnectLink{
		TokenHash: digest(token.Reveal()), ProviderID: provider.ID, Address: address, UserID: userID, MadeBy: by.ID,
		State: store.LinkInvited, ExpiresAt: c.Store.Now() + linkLife.Milliseconds(),
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddLink(&link) }); err != nil {
		return store.ConnectLink{}, "", fmt.Errorf("store connect link: %w", err)
	}
	return link, token, nil
}

// RenewLink gives a connect link a new token and another seven days. The link before is void.
func (c *Connector) RenewLink(ctx context.Context, id string) (store.ConnectLink, Secret, error) {
	token := Secret(randomToken())
	err := c.Store.Tx(ctx, func(tx *store.Tx) error {
		return tx.RenewLink(id, digest(token.Reveal()), c.Store.Now()+linkLife.Milliseconds(), 0)
	})
	if err != nil {
		return store.ConnectLink{}, "", fmt.Errorf("renew connect link: %w", err)
	}
	link, err := c.Store.Link(ctx, id)
	return link, token, err
}

// OpenLink returns the connect link that a token opens for a user, and notes that it was opened.
// Whatever does not open is problem.LinkSpent.
func (c *Connector) OpenLink(ctx context.Context, userID string, token Secret) (store.ConnectLink, error) {
	link, err := c.Store.LinkByToken(ctx, digest(token.Reveal()))
	if err != nil && !problem.Is(err, problem.NotFound) {
		return store.ConnectLink{}, fmt.Errorf("look for connect link: %w", err)
	}
	if err == nil {
		err = c.counts(link, userID)
	}
	if err != nil {
		return store.ConnectLink{}, problem.Wrap(problem.LinkSpent, "", err)
	}
	if link.State != store.LinkInvited {
		return link, nil
	}
	return link, c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.MoveLink(link.ID, store.LinkOpened, nil, "") })
}

// counts reports why a connect link is good for a user no more.
func (c *Connector) counts(link store.ConnectLink, userID string) error {
	switch {
	case link.ExpiresAt <= c.Store.Now():
		return errors.New("the connect link has expired")
	case link.State == store.LinkConnected:
		return errors.New("the connect link was used")
	case link.UserID != "" && link.UserID != userID:
		return errors.New("the connect link is another user's")
	}
	return nil
}

// FollowLink is Begin with what a connect link is made for. From then on the link is this user's.
func (c *Connector) FollowLink(ctx context.Context, userID, sessionHash string, token Secret) (string, error) {
	link, err := c.OpenLink(ctx, userID, token)
	if err != nil {
		return "", err
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.ClaimLink(link.ID, userID) }); err != nil {
		return "", fmt.Errorf("claim connect link: %w", err)
	}
	return c.Begin(ctx, userID, sessionHash, link.ProviderID, store.Wish{Address: link.Address, Link: link.ID})
}
