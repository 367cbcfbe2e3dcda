package auth

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// revokeTime bounds the wait for a service that is asked to forget a grant.
const revokeTime = 10 * time.Second

// Parting is what became of a grant at the service that gave it.
type Parting struct {
	Revoked bool             // the service has ended it
	Problem *problem.Problem // it was asked to and did not
	ByHand  string           // page where the person can end it; empty where there is no need or none is known
}

// Disconnect gives a user's mailbox up: its grant is erased here, and its mail too unless keep is set.
// Then the service is asked to end the grant, where it can: that it may not answer changes nothing here.
func (c *Connector) Disconnect(ctx context.Context, userID, mailboxID string, keep bool) (Parting, error) {
	box, err := c.Store.Mailbox(ctx, userID, mailboxID)
	if err != nil {
		return Parting{}, fmt.Errorf("read mailbox: %w", err)
	}
	provider, err := c.Store.Provider(ctx, box.ProviderID)
	if err != nil {
		return Parting{}, fmt.Errorf("read provider: %w", err)
	}
	err = c.Store.Tx(ctx, func(tx *store.Tx) error {
		if keep {
			return tx.Disconnect(userID, mailboxID)
		}
		return tx.RemoveMailbox(userID, mailboxID)
	})
	if err != nil {
		return Parting{}, fmt.Errorf("give mailbox up: %w", err)
	}
	c.Log.InfoContext(ctx, "mailbox disconnected", "user", userID, "mailbox", mailboxID, "kept", keep)
	if len(box.Grant) == 0 {
		return Parting{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, revokeTime)
	defer cancel()
	return c.part(ctx, provider, box), nil
}

// part asks the service to end a grant. Some end all that the account gave us with it: while another
// mailbox here lives on the same account, none is ended.
func (c *Connector) part(ctx context.Context, p store.Provider, box store.Mailbox) Parting {
	if p.Kind == store.KindMicrosoft { // it has no revocation endpoint
		return Parting{ByHand: consentPage(box.TenantID)}
	}
	others, err := c.Store.CountAccount(ctx, box.Issuer, box.TenantID, box.ObjectID)
	if err != nil || others > 0 {
		return Parting{}
	}
	at, err := c.revocation(ctx, p)
	if err != nil || at == "" {
		return Parting{}
	}
	grant, err := c.Keys.Open(box.Grant, grantAt(box, box.GrantVersion))
	if err == nil {
		err = c.revoke(ctx, p, at, grant)
	}
	if err != nil {
		why := asProblem(err)
		c.Log.WarnContext(ctx, "grant not revoked", "mailbox", box.ID, "problem", string(why.Code), "err", why.Unwrap())
		return Parting{Problem: why}
	}
	return Parting{Revoked: true}
}

// consentPage is where Microsoft lists what an account has agreed to.
func consentPage(tenant string) string {
	if tenant == consumerTenant {
		return "https://account.live.com/consent/Manage"
	}
	return "https://myapplications.microsoft.com"
}

// revocation is the service's revocation endpoint (RFC 7009); empty where it has none.
func (c *Connector) revocation(ctx context.Context, p store.Provider) (string, error) {
	if p.RevokeURL != "" {
		return p.RevokeURL, nil
	}
	authority, err := c.authorities.of(ctx, p)
	if err != nil {
		return "", err
	}
	return authority.revoke, nil
}

// revoke asks the service to end a grant. It answers 200 for one that it does not know, too.
func (c *Connector) revoke(ctx context.Context, p store.Provider, at string, grant Secret) error {
	authority, err := c.authorities.of(ctx, p)
	if err != nil {
		return err
	}
	return c.withSecret(ctx, p, func(secret Secret) error {
		form := url.Values{"token": {grant.Reveal()}, "token_type_hint": {"refresh_token"}}
		inHeader := authority.endpoint.AuthStyle == oauth2.AuthStyleInHeader
		if !inHeader {
			form.Set("client_id", p.ClientID)
			if secret != "" {
				form.Set("client_secret", secret.Reveal())
			}
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(form.Encode()))
		if err != nil {
			return problem.Wrap(problem.ProviderConfig, "", err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if inHeader {
			req.SetBasicAuth(url.QueryEscape(p.ClientID), url.QueryEscape(secret.Reveal()))
		}
		return c.said(authority.client.Do(req))
	})
}

// said reads the answer to a revocation.
func (c *Connector) said(resp *http.Response, err error) error {
	if err != nil {
		return outsideProblem(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	body := make([]byte, 4<<10)
	n, _ := resp.Body.Read(body)
	return refusalIn(resp, body[:n]).problem(atRefresh)
}
