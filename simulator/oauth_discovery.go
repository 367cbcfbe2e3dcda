package simulator

import (
	"net/http"
	"slices"
)

// endpoint is what the first part of a path stands for.
type endpoint struct {
	name   string  // as it stood in the path
	tenant *Tenant // nil for common and organizations
}

// endpoint reads the first part of a path; ok is false for a tenant that does not exist.
func (s *Simulator) endpoint(r *http.Request) (endpoint, bool) {
	name := r.PathValue("tenant")
	switch name {
	case "common", "organizations":
		return endpoint{name: name}, true
	case "consumers":
		t := s.tenant(consumerTenant)
		if t == nil {
			t = &Tenant{ID: consumerTenant, Consumer: true}
		}
		return endpoint{name: name, tenant: t}, true
	}
	t := s.tenant(name)
	return endpoint{name: name, tenant: t}, t != nil
}

// admits tells whether an account may sign in here.
func (e endpoint) admits(a *account) bool {
	switch e.name {
	case "common":
		return true
	case "organizations":
		return !a.tenant.Consumer
	}
	return e.tenant.ID == a.tenant.ID
}

// discovery serves the metadata. The issuer of common and organizations is a template.
func (s *Simulator) discovery(w http.ResponseWriter, r *http.Request) {
	at, ok := s.endpoint(r)
	if !ok {
		s.refuse(w, s.failure(90002, subject{tenant: at.name}))
		return
	}
	issuer := s.issuer("{tenantid}")
	if at.tenant != nil {
		issuer = s.issuer(at.tenant.ID)
	}
	base := s.Authority() + "/" + at.name
	w.Header().Set("Access-Control-Allow-Origin", "*")
	writeJSON(w, http.StatusOK, map[string]any{
		"token_endpoint":                        base + "/oauth2/v2.0/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_post", "client_secret_basic"},
		"jwks_uri":                              base + "/discovery/v2.0/keys",
		"response_modes_supported":              []string{"query", "fragment", "form_post"},
		"subject_types_supported":               []string{"pairwise"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code"},
		"scopes_supported":                      oidcScopes,
		"issuer":                                issuer,
		"request_uri_parameter_supported":       false,
		"authorization_endpoint":                base + "/oauth2/v2.0/authorize",
		"end_session_endpoint":                  base + "/oauth2/v2.0/logout",
		"code_challenge_methods_supported":      []string{"S256"},
		"claims_supported":                      []string{"sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "oid", "email"},
		"cloud_instance_name":                   "simulated",
	})
}

// publishKeys serves the key set; each key names the issuer it signs for, as Microsoft's do.
func (s *Simulator) publishKeys(w http.ResponseWriter, r *http.Request) {
	if at, ok := s.endpoint(r); !ok {
		s.refuse(w, s.failure(90002, subject{tenant: at.name}))
		return
	}
	set, err := s.keys.published()
	if err != nil {
		s.log.Error("publish keys", "err", err)
		http.Error(w, "keys", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	writeJSON(w, http.StatusOK, set)
}

// candidates are the accounts that may sign in at an endpoint, by address.
func (s *Simulator) candidates(at endpoint) []*account {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []*account
	for _, a := range s.accounts {
		if !a.Shared && at.admits(a) {
			list = append(list, a)
		}
	}
	slices.SortFunc(list, func(a, b *account) int {
		if a.Address < b.Address {
			return -1
		}
		return 1
	})
	return list
}
