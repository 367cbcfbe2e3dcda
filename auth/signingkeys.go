package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keysAge   = 24 * time.Hour
	keysPause = time.Minute // between two fetches, however many unknown keys are named
)

// signingKeys are the public keys that a sign-in service signs with. They roll without notice, so an
// unknown key is looked up; a flood of made-up ones is not.
type signingKeys struct {
	url    string
	client *http.Client
	now    func() int64

	mu        sync.Mutex // held while fetching: who needs the keys waits for them
	keys      []jose.JSONWebKey
	fetchedAt int64 // 0 before the first time
}

// VerifySignature implements oidc.KeySet.
func (k *signingKeys) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, errors.New("not a token signed with RS256")
	}
	key, err := k.key(ctx, signed.Signatures[0].Header.KeyID)
	if err != nil {
		return nil, err
	}
	payload, err := signed.Verify(key)
	if err != nil {
		return nil, errors.New("the signature does not fit")
	}
	return payload, nil
}

// ready makes sure, as far as it can be, that the key which token names is here. Its error is a
// problem, which go-oidc would flatten.
func (k *signingKeys) ready(ctx context.Context, token string) error {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil // the verifier will say so
	}
	_, err = k.key(ctx, signed.Signatures[0].Header.KeyID)
	if errors.Is(err, errUnknownKey) {
		return nil
	}
	return err
}

var errUnknownKey = errors.New("signed with a key that the service does not publish")

// key returns the key of this id. Known ones are looked up again once a day; when that fails, the
// service still signs with what it signed with yesterday.
func (k *signingKeys) key(ctx context.Context, id string) (jose.JSONWebKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	key, known := k.find(id)
	age := time.Duration(k.now()-k.fetchedAt) * time.Millisecond
	switch {
	case known && age < keysAge:
		return key, nil
	case k.fetchedAt != 0 && age < keysPause:
		return jose.JSONWebKey{}, errUnknownKey
	}
	// Not for this caller alone: his leaving must not stop it. The client's timeout does.
	if err := k.fetch(context.WithoutCancel(ctx)); err != nil {
		if known {
			return key, nil
		}
		return jose.JSONWebKey{}, fmt.Errorf("fetch signing keys: %w", err)
	}
	k.fetchedAt = k.now()
	if key, known = k.find(id); !known {
		return jose.JSONWebKey{}, errUnknownKey
	}
	return key, nil
}

func (k *signingKeys) find(id string) (jose.JSONWebKey, bool) {
	for _, key := range k.keys {
		if key.KeyID == id && (key.Use == "" || key.Use == "sig") {
			return key, true
		}
	}
	return jose.JSONWebKey{}, false
}

func (k *signingKeys) fetch(ctx context.Context) error {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := getJSON(ctx, k.client, k.url, &set); err != nil {
		return err
	}
	var keys []jose.JSONWebKey
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if json.Unmarshal(raw, &key) == nil && key.IsPublic() { // of a kind we do not know: not ours to use
			keys = append(keys, key)
		}
	}
	k.keys = keys
	return nil
}
