package auth

import (
	"strings"

	"postroom/store"
)

// mailScopes are those of a provider's scopes that open mail; the others are OpenID's own, which a
// token's answer need not repeat.
func mailScopes(p store.Provider) []string {
	var mail []string
	for _, s := range strings.Fields(p.Scopes) {
		switch strings.ToLower(s) {
		case "openid", "profile", "email", "address", "phone", "offline_access":
		default:
			mail = append(mail, s)
		}
	}
	return mail
}

// missingScopes are the mail scopes that were asked for and not granted. A provider that does not
// say what it granted, granted what was asked for (RFC 6749, 5.1).
func missingScopes(p store.Provider, granted string) []string {
	have := strings.Fields(granted)
	if len(have) == 0 {
		return nil
	}
	var missing []string
	for _, s := range mailScopes(p) {
		if !hasScope(have, s) {
			missing = append(missing, scopeName(s))
		}
	}
	return missing
}

// hasScope compares by name: Microsoft may answer with another of a resource's prefixes, or in
// other case.
func hasScope(scopes []string, want string) bool {
	for _, s := range scopes {
		if strings.EqualFold(scopeName(s), scopeName(want)) {
			return true
		}
	}
	return false
}

// scopeName is a scope without its resource.
func scopeName(scope string) string {
	scope = strings.TrimRight(scope, "/")
	return scope[strings.LastIndex(scope, "/")+1:]
}
