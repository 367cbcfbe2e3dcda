package simulator

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"sync"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// keyRing holds the keys tokens are signed with, the newest first. They are made when they are
// first needed: most tests never sign.
type keyRing struct {
	mu   sync.Mutex
	keys []*rsa.PrivateKey
}

// publishedKeys is how many keys are published at once.
const publishedKeys = 2

// list returns the published keys.
func (k *keyRing) list() ([]*rsa.PrivateKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for len(k.keys) < publishedKeys {
		if err := k.add(); err != nil {
			return nil, err
		}
	}
	return k.keys, nil
}

// add puts a new key in front.
func (k *keyRing) add() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	k.keys = append([]*rsa.PrivateKey{key}, k.keys...)
	return nil
}

// roll puts a new key to use and withdraws the oldest.
func (k *keyRing) roll() error {
	if _, err := k.list(); err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.add(); err != nil {
		return err
	}
	k.keys = k.keys[:publishedKeys]
	return nil
}

// RollKey signs from now on with a new key, and publishes the oldest no more.
func (s *Simulator) RollKey() error {
	defer s.touch()
	return s.keys.roll()
}

// sign makes a signed token of claims.
func (k *keyRing) sign(claims any) (string, error) {
	keys, err := k.list()
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: keys[0], KeyID: keyID(keys[0])}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(claims).Serialize()
}

// published is the key set as it is served.
func (k *keyRing) published() (jose.JSONWebKeySet, error) {
	keys, err := k.list()
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	var set jose.JSONWebKeySet
	for _, key := range keys {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: &key.PublicKey, KeyID: keyID(key), Use: "sig"})
	}
	return set, nil
}

func keyID(key *rsa.PrivateKey) string {
	sum := sha1.Sum(x509.MarshalPKCS1PublicKey(&key.PublicKey))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
