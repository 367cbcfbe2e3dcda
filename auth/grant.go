package auth

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// rightIssuer refuses an answer that names another service than the one that was asked, before its
// code is sent anywhere (mix-up, RFC 9207).
func rightIssuer(a *authority, iss string) error {
	if iss == "" && !a.namesItself || iss != "" && a.isIssuer(iss, "") {
		return nil
	}
	return problem.Wrap(problem.TokenInvalid, "", errors.New("the answer comes from another issuer than was asked"))
}

// exchange redeems the code that h holds.
func (c *Connector) exchange(ctx context.Context, authority *authority, p store.Provider, h pending) (*oauth2.Token, error) {
	var token *oauth2.Token
	err := c.withSecret(ctx, p, func(secret Secret) (err error) {
		config := authority.config(p, secret, RedirectURI(c.PublicURL))
		token, err = config.Exchange(authority.context(ctx), h.Code.Reveal(), oauth2.VerifierOption(h.Verifier.Reveal()))
		if err != nil {
			return tokenProblem(err, atExchange, h.Code, h.Verifier, secret)
		}
		return nil
	})
	return token, err
}

// who reads from the token's answer whose account it is. Where a service proves nobody's identity, it
// is whoever the person says: IMAP will take the token for that name or refuse it.
func (c *Connector) who(ctx context.Context, authority *authority, p store.Provider, h pending, address string, token *oauth2.Token) (claims, error) {
	if NeedsAddress(p) {
		return claims{Issuer: cmp.Or(p.TokenURL, p.Authority), Subject: address, PreferredUsername: address}, nil
	}
	idToken, _ := token.Extra("id_token").(string)
	who, err := authority.verify(ctx, p, idToken, h.Nonce, c.now())
	if err != nil {
		return claims{}, err
	}
	if h.Iss != "" && h.Iss != who.Issuer {
		return claims{}, problem.Wrap(problem.TokenInvalid, "", errors.New("answer and id_token name two issuers"))
	}
	return who, nil
}

// NeedsAddress reports whether a provider's sign-in does not tell who signed in, so that the person has
// to type the mailbox's address: there is no id_token without the scope openid, nor without metadata
// to check it by.
func NeedsAddress(p store.Provider) bool {
	return p.TokenURL != "" || !slices.Contains(strings.Fields(strings.ToLower(p.Scopes)), "openid")
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
