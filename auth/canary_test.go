package auth

import (
	"encoding/base64"
	"fmt"
	"net/url"
)

// secrets are all that this service gave out or was sent that nobody may see.
func (is *issuer) secrets() []string {
	secrets := []string{clientSecret.Reveal(), "canary-"}
	for _, form := range is.sent() {
		for _, name := range []string{"code", "code_verifier", "refresh_token"} {
			if s := form.Get(name); s != "" {
				secrets = append(secrets, s)
			}
		}
	}
	return secrets
}

// spellings are the ways in which a secret may hide.
func spellings(s string) []string {
	return []string{s, url.QueryEscape(s), url.PathEscape(s), fmt.Sprintf("%x", s), base64.StdEncoding.EncodeToString([]byte(s)), base64.RawURLEncoding.EncodeToString([]byte(s))}
}
