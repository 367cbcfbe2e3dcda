package auth

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// authorizationLife is how long somebody may take at the sign-in page.
const authorizationLife = 10 * time.Minute

const (
	purposeConnect   = "connect"
	purposeReconnect = "reconnect"
)

// Connections is what a Connector and Tokens work with. Time is the store's.
type Connections struct {
	Store     *store.Store
	Keys      *Keys
	HTTP      *HTTPClients
	Probe     Probe  // Connector only
	Knock     Knock  // Providers only
	PublicURL string // Connector only
	Log       *slog.Logger
}

func (c Connections) now() time.Time { return time.UnixMilli(c.Store.Now()) }

// Connector takes a person to a provider's sign-in page (Begin) and turns the answer that the
// browser brings back into a mailbox (Complete).
type Connector struct {
	Connections
	authorities *authorities
}

// NewConnector returns a Connector. It starts nothing.
func NewConnector(c Connections) *Connector {
	return &Connector{Connections: c, authorities: newAuthorities(c.HTTP, c.Store.Now)}
}

// Begin returns the address of the provider's sign-in page for connecting a mailbox, or for
// connecting mailboxID again. The answer is good for this user in this browser session, once and
// within ten minutes. For mailboxID the provider is the mailbox's own and providerID is not looked at.
func (c *Connector) Begin(ctx context.Context, userID, sessionHash, providerID, mailboxID string) (string, error) {
	if userID == "" || sessionHash == "" {
		return "", problem.New(problem.SignInNeeded, "")
	}
	box, err := c.mailboxToReconnect(ctx, userID, mailboxID)
	if err != nil {
		return "", err
	}
	if mailboxID != "" {
		providerID = box.ProviderID
	}
	provider, err := c.Store.Provider(ctx, providerID)
	if err != nil {
		return "", fmt.Errorf("read provider: %w", err)
	}
	if provider.Disabled && mailboxID == "" {
		return "", problem.New(problem.NotFound, "This provider is switched off.")
	}
	authority, err := c.authorities.of(ctx, provider)
	if err != nil {
		return "", err
	}
	state, a, verifier, err := c.authorization(userID, sessionHash, provider, mailboxID)
	if err != nil {
		return "", err
	}
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddAuthorization(a) }); err != nil {
		return "", fmt.Errorf("store authorization: %w", err)
	}
	config := authority.config(provider, "", RedirectURI(c.PublicURL))
	return config.AuthCodeURL(state, question(provider, box, a.Nonce, verifier)...), nil
}

func (c *Connector) mailboxToReconnect(ctx context.Context, userID, mailboxID string) (store.Mailbox, error) {
	if mailboxID == "" {
		return store.Mailbox{}, nil
	}
	box, err := c.Store.Mailbox(ctx, userID, mailboxID)
	if err != nil {
		return store.Mailbox{}, fmt.Errorf("read mailbox: %w", err)
	}
	return box, nil
}

// authorization makes a new trip to the sign-in page. Its state goes out with the browser and only
// its digest stays here, beside the sealed PKCE verifier.
func (c *Connector) authorization(userID, sessionHash string, p store.Provider, mailboxID string) (state string, a store.Authorization, verifier Secret, err error) {
	state, verifier = randomToken(), Secret(oauth2.GenerateVerifier())
	now := c.Store.Now()
	a = store.Authorization{
		StateHash:   digest(state),
		UserID:      userID,
		SessionHash: sessionHash,
		Purpose:     purposeConnect,
		ProviderID:  p.ID,
		MailboxID:   mailboxID,
		Nonce:       randomToken(),
		CreatedAt:   now,
		ExpiresAt:   now + authorizationLife.Milliseconds(),
	}
	if mailboxID != "" {
		a.Purpose = purposeReconnect
	}
	a.Verifier, err = c.Keys.Seal(verifier, verifierAt(a, p))
	return state, a, verifier, err
}

// question is what the sign-in page is asked beyond the usual.
func question(p store.Provider, box store.Mailbox, nonce string, verifier Secret) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("nonce", nonce),
		oauth2.SetAuthURLParam("response_mode", "query"),
		oauth2.S256ChallengeOption(verifier.Reveal()),
	}
	prompt := ""
	if box.ID == "" {
		prompt = "select_account" // not silently the account of another tab
	} else {
		options = append(options, oauth2.SetAuthURLParam("login_hint", box.Login))
		if claims := claimsOf(box.Problem); claims != "" {
			options = append(options, oauth2.SetAuthURLParam("claims", claims))
		}
	}
	if p.Kind == store.KindGeneric {
		// A refresh token takes consent at most services (OpenID Connect Core, 11), and at Google
		// offline access, which others ignore.
		options = append(options, oauth2.AccessTypeOffline)
		prompt = "consent"
	}
	if prompt != "" {
		options = append(options, oauth2.SetAuthURLParam("prompt", prompt))
	}
	return options
}
