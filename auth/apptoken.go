package auth

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// AppGrant is what an application signs in with as itself, with nobody in front of a screen.
type AppGrant struct {
	TokenURL string
	ClientID string
	Secret   Secret
	Scope    string
}

// Token asks for an access token by client credentials (RFC 6749, 4.4). Every failure is a problem.
func (g AppGrant) Token(ctx context.Context, client *http.Client) (Secret, time.Time, error) {
	asked := clientcredentials.Config{
		ClientID: g.ClientID, ClientSecret: g.Secret.Reveal(), TokenURL: g.TokenURL,
		Scopes: []string{g.Scope}, AuthStyle: oauth2.AuthStyleInParams,
	}
	token, err := asked.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return "", time.Time{}, tokenProblem(err, atRefresh, g.Secret)
	}
	return Secret(token.AccessToken), token.Expiry, nil
}

// Hint is the end of a secret that is long enough to spare it, for people to tell two apart; else "".
func (s Secret) Hint() string { return hintOf(s) }
