package auth

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

const (
	// signInScopes say who somebody is, and open nothing.
	signInScopes = "openid profile email"

	mostTrips   = 100 // begun from one address within tripsWindow: an office has one address
	tripsWindow = 10 * time.Minute
)

// SignIns takes people to a service that they sign in to Postroom with, and back: OpenID Connect's code
// flow with PKCE. It shares nothing with Connector but how services are spoken to: a state of one is
// unknown to the other.
type SignIns struct {
	Connections
	people      *People
	authorities *authorities
	begun       *limit
}

// NewSignIns returns a SignIns for these people. It starts nothing.
func NewSignIns(c Connections, people *People) *SignIns {
	return &SignIns{
		Connections: c, people: people, authorities: newAuthorities(c.HTTP, c.Store.Now),
		begun: newLimit(mostTrips, tripsWindow, namesCounted),
	}
}

// RedirectURI is where the services send people back to; it is registered there, to the letter.
func (s *SignIns) RedirectURI() string { return SignInRedirectURI(s.PublicURL) }

// SignInRedirectURI is the RedirectURI of a Postroom at publicURL.
func SignInRedirectURI(publicURL string) string {
	return strings.TrimRight(publicURL, "/") + "/auth/callback"
}

// Departure is what somebody leaves for a service with.
type Departure struct {
	Provider    string // id
	SessionHash string // of the browser, which need not be signed in
	UserID      string // who is signed in and wants to link an account; else empty
	Invitation  Secret // token of an invitation to be accepted; else empty
	Next        string // where to go on; what is no path of our own is forgotten
	IP          string
}

// Begin returns the address of the service's page. The answer is good for this browser, once and
// within ten minutes.
func (s *SignIns) Begin(ctx context.Context, d Departure) (string, error) {
	if d.SessionHash == "" {
		return "", problem.New(problem.StateInvalid, "")
	}
	if !s.begun.take(networkOf(d.IP), s.now()) {
		return "", problem.New(problem.TooMany, "")
	}
	provider, err := s.open(ctx, d.Provider)
	if err != nil {
		return "", err
	}
	authority, err := s.authorities.of(ctx, asProvider(provider))
	if err != nil {
		return "", err
	}
	trip, err := s.trip(ctx, d)
	if err != nil {
		return "", err
	}
	state, verifier := randomToken(), Secret(oauth2.GenerateVerifier())
	trip.StateHash = digest(state)
	if trip.Verifier, err = s.Keys.Seal(verifier, tripAt(trip, provider.Version)); err != nil {
		return "", err
	}
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.AddTrip(trip) }); err != nil {
		return "", fmt.Errorf("store trip: %w", err)
	}
	config := authority.config(asProvider(provider), "", s.RedirectURI())
	return config.AuthCodeURL(state, signInQuestion(trip, verifier)...), nil
}

// open returns a provider that people may sign in with.
func (s *SignIns) open(ctx context.Context, id string) (store.SignInProvider, error) {
	provider, err := s.Store.SignInProvider(ctx, id)
	if err != nil {
		return store.SignInProvider{}, fmt.Errorf("read sign-in provider: %w", err)
	}
	if provider.Disabled {
		return store.SignInProvider{}, problem.New(problem.NotFound, "This way to sign in is switched off.")
	}
	return provider, nil
}

func (s *SignIns) trip(ctx context.Context, d Departure) (store.SignInTrip, error) {
	t := store.SignInTrip{
		SessionHash: d.SessionHash, Purpose: store.LoginTrip, ProviderID: d.Provider, Next: OwnPath(d.Next),
		Nonce: randomToken(), ExpiresAt: s.Store.Now() + authorizationLife.Milliseconds(),
	}
	switch {
	case d.UserID != "":
		t.Purpose, t.UserID = store.LinkTrip, d.UserID
	case d.Invitation != "":
		i, err := s.people.Invitation(ctx, d.Invitation)
		if err != nil {
			return store.SignInTrip{}, err
		}
		t.Purpose, t.InvitationID = store.InvitationTrip, i.ID
	}
	return t, nil
}

// signInQuestion is what the page is asked beyond the usual. Whoever links an account chooses which.
func signInQuestion(t store.SignInTrip, verifier Secret) []oauth2.AuthCodeOption {
	options := []oauth2.AuthCodeOption{
		oauth2.SetAuthURLParam("nonce", t.Nonce),
		oauth2.SetAuthURLParam("response_mode", "query"),
		oauth2.S256ChallengeOption(verifier.Reveal()),
	}
	if t.Purpose != store.LoginTrip {
		options = append(options, oauth2.SetAuthURLParam("prompt", "select_account"))
	}
	return options
}

// asProvider is p as far as its service is concerned.
func asProvider(p store.SignInProvider) store.Provider {
	return store.Provider{
		ID: p.ID, Name: p.Name, Kind: p.Kind, Authority: p.Authority, Tenant: p.Tenant, ClientID: p.ClientID,
		Version: p.Version, Scopes: signInScopes, CAPEM: p.CAPEM,
	}
}

// OwnPath returns next when it is a path of this Postroom, and "/" for everything else: nothing that a
// link carries along may lead people to another site.
func OwnPath(next string) string {
	u, err := url.Parse(next)
	switch {
	case err != nil, u.Scheme != "", u.Host != "", u.User != nil, u.Opaque != "":
		return "/"
	case len(next) > 2000, !strings.HasPrefix(next, "/"), strings.ContainsFunc(next, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return "/"
	case strings.HasPrefix(u.Path, "//"), strings.Contains(u.Path, `\`), strings.Contains(u.Path, "/../"), strings.Contains(u.Path, "/./"):
		return "/"
	}
	return next
}
