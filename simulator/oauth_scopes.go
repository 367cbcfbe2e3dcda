package simulator

import (
	"slices"
	"strings"
)

// The resources a token may be for.
const (
	outlookResource = "https://outlook.office.com"
	graphResource   = "https://graph.microsoft.com"
)

// scopes are the parts of a scope parameter.
type scopes struct {
	oidc      []string            // openid, profile, email, offline_access
	resources []string            // in the order of their first mention
	granted   map[string][]string // resource → full names of permissions
}

var oidcScopes = []string{"openid", "profile", "email", "offline_access"}

// parseScopes sorts scopes by resource. A bare name such as User.Read belongs to Graph.
func parseScopes(text string) scopes {
	s := scopes{granted: map[string][]string{}}
	for word := range strings.FieldsSeq(text) {
		if slices.Contains(oidcScopes, strings.ToLower(word)) {
			s.oidc = append(s.oidc, strings.ToLower(word))
			continue
		}
		resource, name, ok := cutLast(word, "/")
		if !ok {
			resource, name = graphResource, word
		}
		if strings.EqualFold(resource, "https://outlook.office365.com") {
			resource = outlookResource
		}
		resource = strings.ToLower(resource)
		if !slices.Contains(s.resources, resource) {
			s.resources = append(s.resources, resource)
		}
		full := resource + "/" + name
		if !slices.Contains(s.granted[resource], full) {
			s.granted[resource] = append(s.granted[resource], full)
		}
	}
	return s
}

func (s scopes) has(oidc string) bool { return slices.Contains(s.oidc, oidc) }

// all lists everything that must be consented to.
func (s scopes) all() []string {
	all := slices.Clone(s.oidc)
	for _, r := range s.resources {
		all = append(all, s.granted[r]...)
	}
	return all
}

// incompatible is the text for scopes of several resources in one.
func incompatible(text string) string {
	return "One or more scopes in '" + text + "' are not compatible with each other."
}
