package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// randomToken returns 130 random bits in letters and digits, fit for URLs.
func randomToken() string { return rand.Text() }

// digest is how a token is stored that only has to be recognised: SHA-256, hex. Our tokens are
// random, so nothing slower is needed.
func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
