package auth

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
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

// Connector takes a person to a provider's sign-in page (Begin), takes the answer that the browser
// brings back (Receive), and makes it a mailbox (Run), asking the person where it must (Answer).
type Connector struct {
	Connections
	authorities *authorities
	hands       hands
}

// NewConnector returns a Connector. It starts nothing.
func NewConnector(c Connections) *Connector {
	return &Connector{Connections: c, authorities: newAuthorities(c.HTTP, c.Store.Now), hands: newHands()}
}

// Begin returns the address of the provider's sign-in page for connecting a mailbox at a provider. The
// answer is good for this user in this browser session, once and within ten minutes.
func (c *Connector) Begin(ctx context.Context, userID, sessionHash, providerID string, wish store.Wish) (string, error) {
	provider, err := c.Store.Provider(ctx, providerID)
	if err != nil {
		return "", fmt.Errorf("read provider: %w", err)
	}
	if provider.Disabled {
		return "", problem.New(problem.NotFound, "This provider is switched off.")
	}
	if wish, err = c.valid(provider, wish); err != nil {
		return "", err
	}
	return c.leave(ctx, userID, sessionHash, provider, store.Mailbox{}, wish)
}

// Reconnect is Begin for a mailbox that the user has: it gets a new grant and keeps all else.
func (c *Connector) Reconnect(ctx context.Context, userID, sessionHash, mailboxID string) (string, error) {
	box, err := c.Store.Mailbox(ctx, userID, mailboxID)
	if err != nil {
		return "", fmt.Errorf("read mailbox: %w", err)
	}
	provider, err := c.Store.Provider(ctx, box.ProviderID)
	if err != nil {
		return "", fmt.Errorf("read provider: %w", err)
	}
	wish := store.Wish{Shared: box.Shared}
	if NeedsAddress(provider) {
		wish.Address = box.ObjectID
	}
	return c.leave(ctx, userID, sessionHash, provider, box, wish)
}

// valid tidies what somebody wishes.
func (c *Connector) valid(p store.Provider, w store.Wish) (store.Wish, error) {
	w.Address, w.Shared = tidyAddress(w.Address), tidyAddress(w.Shared)
	for _, address := range []string{w.Address, w.Shared} {
		if address != "" && plausibleAddress(address) != nil {
			return w, problem.New(problem.Invalid, "That is no e-mail address: "+plainText(address, 100))
		}
	}
	switch {
	case NeedsAddress(p) && w.Address == "":
		return w, problem.New(problem.Invalid, "Type the mailbox's address first: this service does not tell it.")
	case w.Since < 0 || w.Since > c.Store.Now():
		return w, problem.New(problem.Invalid, "The day from which on mail is fetched lies in the future.")
	}
	return w, nil
}

func tidyAddress(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// leave notes a trip to the provider's sign-in page and returns the page's address.
func (c *Connector) leave(ctx context.Context, userID, sessionHash string, p store.Provider, box store.Mailbox, wish store.Wish) (string, error) {
	if userID == "" || sessionHash == "" {
		return "", problem.New(problem.SignInNeeded, "")
	}
	authority, err := c.authorities.of(ctx, p)
	if err != nil {
		return "", err
	}
	state, a, verifier, err := c.authorization(userID, sessionHash, p, box.ID)
	if err != nil {
		return "", err
	}
	a.Wish = wish
	if err := c.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddAuthorization(a) }); err != nil {
		return "", fmt.Errorf("store authorization: %w", err)
	}
	config := authority.config(p, "", RedirectURI(c.PublicURL))
	return config.AuthCodeURL(state, question(p, box, wish, a.Nonce, verifier)...), nil
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
func question(p store.Provider, box store.Mailbox, wish store.Wish, nonce string, verifier Secret) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("nonce", nonce),
		oauth2.SetAuthURLParam("response_mode", "query"),
		oauth2.S256ChallengeOption(verifier.Reveal()),
	}
	prompt := ""
	if box.ID == "" {
		prompt = "select_account" // not silently the account of another tab
	}
	// A shared mailbox has no sign-in of its own.
	if hint := cmp.Or(box.SMTPLogin, box.Login, wish.Address); hint != "" {
		options = append(options, oauth2.SetAuthURLParam("login_hint", hint))
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
