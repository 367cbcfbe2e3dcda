package auth

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// Arrival is who came back from a service, and what for.
type Arrival struct {
	User    store.User
	Purpose store.TripPurpose
	With    string // the service's name
	Next    string // a path of our own
}

// Complete turns the answer that a service sent with the browser into an Arrival. userID is who is
// signed in here, or empty. Nobody is known by an e-mail address: it takes issuer, tenant and object id
// that were linked before, an invitation, or a provider that lets everybody in. Every error is a problem.
func (s *SignIns) Complete(ctx context.Context, userID, sessionHash string, answer url.Values) (Arrival, error) {
	t, err := s.take(ctx, userID, sessionHash, answer.Get("state"))
	if err != nil {
		return Arrival{}, s.failed(ctx, err)
	}
	arrival := Arrival{Purpose: t.Purpose, Next: t.Next}
	provider, err := s.open(ctx, t.ProviderID)
	if err != nil {
		return arrival, s.failed(ctx, err)
	}
	arrival.With = provider.Name
	who, err := s.redeem(ctx, t, provider, answer)
	if err != nil {
		return arrival, s.failed(ctx, err)
	}
	if arrival.User, err = s.arrive(ctx, t, provider, who); err != nil {
		return arrival, s.failed(ctx, err)
	}
	return arrival, nil
}

// failed makes err a problem and logs its cause alone: a problem's words may name addresses.
func (s *SignIns) failed(ctx context.Context, err error) error {
	p := problem.Of(err)
	if p == nil {
		p = problem.Wrap(problem.Internal, "", err)
	}
	s.Log.WarnContext(ctx, "sign-in elsewhere failed", "problem", string(p.Code), "err", p.Unwrap())
	return p
}

// take ends the trip that state names: it answers once, in this browser session, and to whom it is for.
func (s *SignIns) take(ctx context.Context, userID, sessionHash, state string) (t store.SignInTrip, err error) {
	if state == "" || len(state) > 200 || sessionHash == "" {
		return t, problem.New(problem.StateInvalid, "")
	}
	err = s.Store.Tx(ctx, func(tx *store.Tx) (err error) {
		t, err = tx.TakeTrip(digest(state))
		return err
	})
	switch {
	case problem.Is(err, problem.NotFound):
		err = errors.New("unknown state")
	case err != nil:
		return t, fmt.Errorf("take trip: %w", err)
	case t.ExpiresAt <= s.Store.Now():
		err = errors.New("state has expired")
	case !same(t.SessionHash, sessionHash), t.Purpose == store.LinkTrip && !same(t.UserID, userID):
		err = errors.New("state of another session")
	default:
		return t, nil
	}
	return store.SignInTrip{}, problem.Wrap(problem.StateInvalid, "", err).
		WithAction(problem.You, "Start again from the sign-in page, in one browser and within ten minutes.")
}

// redeem exchanges the answer's code and verifies who it is.
func (s *SignIns) redeem(ctx context.Context, t store.SignInTrip, p store.SignInProvider, answer url.Values) (claims, error) {
	if r := refusalOnRedirect(answer); r.Code != "" {
		return claims{}, r.problem(atSignIn)
	}
	authority, err := s.authorities.of(ctx, asProvider(p))
	if err != nil {
		return claims{}, err
	}
	if err := rightIssuer(authority, answer.Get("iss")); err != nil {
		return claims{}, err
	}
	token, err := s.exchange(ctx, authority, t, p, Secret(answer.Get("code")))
	if err != nil {
		return claims{}, err
	}
	idToken, _ := token.Extra("id_token").(string)
	who, err := authority.verify(ctx, asProvider(p), idToken, t.Nonce, s.now())
	if err != nil {
		return claims{}, err
	}
	if iss := answer.Get("iss"); iss != "" && iss != who.Issuer {
		return claims{}, problem.Wrap(problem.TokenInvalid, "", errors.New("answer and id_token name two issuers"))
	}
	if allowed := strings.Fields(p.AllowedTenants); len(allowed) > 0 &&
		!slices.ContainsFunc(allowed, func(tid string) bool { return strings.EqualFold(tid, who.TenantID) }) {
		return claims{}, problem.New(problem.NoAccount, "That account's organisation may not sign in here.")
	}
	return who, nil
}

func (s *SignIns) exchange(ctx context.Context, authority *authority, t store.SignInTrip, p store.SignInProvider, code Secret) (*oauth2.Token, error) {
	if code == "" {
		return nil, problem.Wrap(problem.StateInvalid, "", errors.New("answer without code or error"))
	}
	verifier, err := s.Keys.Open(t.Verifier, tripAt(t, p.Version))
	if err != nil {
		return nil, problem.Wrap(problem.StateInvalid, "The provider's settings were changed in the meantime.", errors.New("verifier does not open"))
	}
	var secret Secret
	if len(p.ClientSecret) > 0 {
		if secret, err = s.Keys.Open(p.ClientSecret, signInSecretAt(p.ID, p.Version)); err != nil {
			return nil, err
		}
	}
	config := authority.config(asProvider(p), secret, s.RedirectURI())
	token, err := config.Exchange(authority.context(ctx), code.Reveal(), oauth2.VerifierOption(verifier.Reveal()))
	if err != nil {
		return nil, tokenProblem(err, atExchange, code, verifier, secret)
	}
	return token, nil
}
