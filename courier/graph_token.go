package courier

import (
	"context"
	"sync"
	"time"

	"postroom/auth"
	"postroom/problem"
)

// spareLife is how long before its end a token is not used any more.
const spareLife = 5 * time.Minute

// appTokens keeps the app's access token in memory, for the version of the sender that it was got with.
type appTokens struct {
	mu      sync.Mutex
	version int64
	token   auth.Secret
	expires time.Time
}

// of returns a token that is good for some minutes.
func (t *appTokens) of(ctx context.Context, w *graphWay) (auth.Secret, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.version == w.sender.Version && t.expires.After(w.Now().Add(spareLife)) {
		return t.token, nil
	}
	token, expires, err := w.fresh(ctx)
	if err != nil {
		return "", err
	}
	t.version, t.token, t.expires = w.sender.Version, token, expires
	return token, nil
}

// forget drops the token of a version that Graph did not take.
func (t *appTokens) forget(version int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.version == version {
		t.expires = time.Time{}
	}
}

// fresh asks the sign-in service for a token.
func (w *graphWay) fresh(ctx context.Context) (auth.Secret, time.Time, error) {
	client, err := w.HTTP.For(w.sender.CAPEM)
	if err != nil {
		return "", time.Time{}, problem.Wrap(problem.SenderSettings, "The CA certificate is not in PEM form.", err)
	}
	return auth.AppGrant{
		TokenURL: w.sender.Authority + "/" + w.sender.Tenant + "/oauth2/v2.0/token",
		ClientID: w.sender.ClientID, Secret: w.secret, Scope: w.sender.Graph + "/.default",
	}.Token(ctx, client)
}
