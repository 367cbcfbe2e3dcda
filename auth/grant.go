package auth

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// newGrant is what a sign-in yielded, verified and complete. It lives as long as Complete runs.
type newGrant struct {
	provider store.Provider
	claims   claims
	identity identity
	Access   Secret
	Refresh  Secret
}

// redeem turns the answer into a grant, or says why there is none.
func (c *Connector) redeem(ctx context.Context, a store.Authorization, p store.Provider, answer url.Values) (newGrant, error) {
	if r := refusalOnRedirect(answer); r.Code != "" {
		return newGrant{}, r.problem(atSignIn)
	}
	authority, err := c.authorities.of(ctx, p)
	if err != nil {
		return newGrant{}, err
	}
	if err := rightIssuer(authority, answer.Get("iss")); err != nil {
		return newGrant{}, err
	}
	token, err := c.exchange(ctx, authority, a, p, Secret(answer.Get("code")))
	if err != nil {
		return newGrant{}, err
	}
	idToken, _ := token.Extra("id_token").(string)
	who, err := authority.verify(ctx, p, idToken, a.Nonce, c.now())
	if err != nil {
		return newGrant{}, err
	}
	if iss := answer.Get("iss"); iss != "" && iss != who.Issuer {
		return newGrant{}, problem.Wrap(problem.TokenInvalid, "", errors.New("answer and id_token name two issuers"))
	}
	if err := enough(p, token); err != nil {
		return newGrant{}, err
	}
	return newGrant{
		provider: p,
		claims:   who,
		identity: who.identity(p.Kind),
		Access:   Secret(token.AccessToken),
		Refresh:  Secret(token.RefreshToken),
	}, nil
}

// rightIssuer refuses an answer that names another service than the one that was asked, before its
// code is sent anywhere (mix-up, RFC 9207).
func rightIssuer(a *authority, iss string) error {
	if iss == "" && !a.namesItself || iss != "" && a.isIssuer(iss, "") {
		return nil
	}
	return problem.Wrap(problem.TokenInvalid, "", errors.New("the answer comes from another issuer than was asked"))
}

// exchange redeems the code.
func (c *Connector) exchange(ctx context.Context, authority *authority, a store.Authorization, p store.Provider, code Secret) (*oauth2.Token, error) {
	if code == "" {
		return nil, problem.Wrap(problem.StateInvalid, "", errors.New("answer without code or error"))
	}
	verifier, err := c.Keys.Open(a.Verifier, verifierAt(a, p))
	if err != nil {
		return nil, problem.Wrap(problem.StateInvalid, "The provider's settings were changed in the meantime.", errors.New("verifier does not open"))
	}
	var token *oauth2.Token
	err = c.withSecret(ctx, p, func(secret Secret) (err error) {
		config := authority.config(p, secret, RedirectURI(c.PublicURL))
		token, err = config.Exchange(authority.context(ctx), code.Reveal(), oauth2.VerifierOption(verifier.Reveal()))
		if err != nil {
			return tokenProblem(err, atExchange, code, verifier, secret)
		}
		return nil
	})
	return token, err
}

// enough checks that the token can do what mail needs, and go on doing it.
func enough(p store.Provider, token *oauth2.Token) error {
	granted, _ := token.Extra("scope").(string)
	if missing := missingScopes(p, granted); len(missing) > 0 {
		return problem.New(problem.ConsentPartial, "Not granted: "+strings.Join(missing, ", ")+".")
	}
	if token.RefreshToken == "" {
		return problem.New(problem.ProviderConfig, "The sign-in service gave no refresh token, so the connection would end within the hour.").
			WithAction(problem.Operator, "Add offline_access to this provider's scopes and to the registration's permissions.")
	}
	return nil
}
