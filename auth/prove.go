package auth

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"postroom/store"
)

// Whether a client secret is right can be learned without a person and without a token: we redeem a
// code that was never given out. A service looks at the client before it looks at the code (RFC 6749,
// 5.2), so that invalid_client means a wrong secret, and invalid_grant that client and secret were
// taken and only the code was not. Microsoft sometimes finds the code malformed before it looks at
// the client (AADSTS9002313); such an answer proves nothing either way.

// proof is what the service's answer says about client and secret.
type proof int

const (
	unclear proof = iota // the service answered, but not about the secret
	proved
)

// malformed is Microsoft's number for a request that it did not read to its end.
const malformed = 9002313

// prove asks the service at a whether it takes p's client with this secret. It fails when it does
// not, and when the service cannot be asked.
func prove(ctx context.Context, a *authority, p store.Provider, secret Secret, redirectURI string) (proof, error) {
	config := a.config(p, secret, redirectURI)
	_, err := config.Exchange(a.context(ctx), "postroom-asks-whether-the-client-is-known", oauth2.VerifierOption(oauth2.GenerateVerifier()))
	refused := (*oauth2.RetrieveError)(nil)
	if !errors.As(err, &refused) {
		if err == nil {
			return unclear, nil // a code that does not exist was redeemed
		}
		return unclear, outsideProblem(err)
	}
	r := refusalIn(refused.Response, refused.Body)
	switch {
	case r.Code == "invalid_grant" && !slices.Contains(r.Numbers, malformed):
		return proved, nil
	case r.Code == "invalid_grant", r.Code == "invalid_request":
		return unclear, nil
	}
	return unclear, tokenProblem(err, atExchange, secret)
}

// proveTime bounds one question to a sign-in service: somebody waits for it before a form.
const proveTime = 20 * time.Second

// proveAll proves what was entered, unless the admin chose to do without.
func (s *Providers) proveAll(ctx context.Context, p store.Provider, e Entered) error {
	if e.Unproved {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, proveTime)
	defer cancel()
	for _, secret := range []Secret{e.First, e.Second} {
		if secret == "" {
			continue
		}
		authority, err := s.authorities.of(ctx, p)
		if err != nil {
			return err
		}
		if _, err := prove(ctx, authority, p, secret, s.RedirectURI()); err != nil {
			return err
		}
	}
	return nil
}
