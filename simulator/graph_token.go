package simulator

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// mailSendRole is the application permission that sendMail needs.
const mailSendRole = "Mail.Send"

// appAccess is an access token of an app that signed in as itself.
type appAccess struct {
	app      *App
	tenant   *Tenant
	audience string
	roles    []string
	expires  time.Time
}

// GraphURL is the base URL of Microsoft Graph, which lives beside the sign-in service.
func (s *Simulator) GraphURL() string { return s.Authority() }

// appToken gives an app a token of its own (RFC 6749, 4.4). Only a tenant's own endpoint does, for one
// resource, whose permissions are those that its administrator has consented to.
func (s *Simulator) appToken(w http.ResponseWriter, ask exchange) {
	if ask.at.tenant == nil || ask.at.tenant.Consumer {
		s.refuse(w, s.failure(9001023, ask.about))
		return
	}
	if only := ask.app.Tenant; only != "" && only != "organizations" && s.tenant(only) != ask.at.tenant {
		s.refuse(w, s.failure(700016, ask.about))
		return
	}
	scope := ask.form.Get("scope")
	resource, ok := strings.CutSuffix(scope, "/.default")
	if !ok || strings.ContainsAny(scope, " ") || resource == "" {
		ask.about.value = scope
		s.refuse(w, s.failure(1002012, ask.about))
		return
	}
	scopes := appScopes(ask.app, ask.at.tenant)
	t := &appAccess{app: ask.app, tenant: ask.at.tenant, audience: resource, roles: s.rolesOf(ask.app, scopes)}
	if value, on := s.faults.value(TokenAudience, scopes...); on {
		t.audience = value
	}
	life := s.appTokenLife(scopes)
	now := s.opts.Now()
	t.expires = now.Add(life)
	claims := map[string]any{
		"aud": t.audience, "iss": "https://sts.simulated.invalid/" + t.tenant.ID + "/",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": t.expires.Unix(),
		"appid": t.app.ID, "app_displayname": t.app.Name, "appidacr": "1", "idtyp": "app",
		"oid": guidOf("service principal " + t.app.ID + t.tenant.ID), "tid": t.tenant.ID, "ver": "1.0", "uti": opaque("", 22),
		"rh": opaque("1.", 400),
	}
	if len(t.roles) > 0 {
		claims["roles"] = t.roles
	}
	token, err := lookalike(claims)
	if err != nil {
		s.log.Error("make app token", "err", err)
		http.Error(w, "issue tokens", http.StatusInternalServerError)
		return
	}
	s.mu.Lock()
	s.issued(token)
	s.grants.apps[hash(token)] = t
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{
		"token_type": "Bearer", "expires_in": int(life.Seconds()), "ext_expires_in": int(life.Seconds()), "access_token": token,
	})
}

func (s *Simulator) appTokenLife(scopes []string) time.Duration {
	if value, on := s.faults.value(TokenLife, scopes...); on {
		if life, err := time.ParseDuration(value); err == nil {
			return life
		}
	}
	if s.opts.TokenLife > 0 {
		return s.opts.TokenLife
	}
	return time.Hour - time.Second
}

// rolesOf are the application permissions that a token of the app names.
func (s *Simulator) rolesOf(app *App, scopes []string) []string {
	roles := slices.Clone(app.Roles)
	switch value, on := s.faults.value(GraphMailSend, scopes...); {
	case on && value == "off":
		roles = slices.DeleteFunc(roles, func(role string) bool { return role == mailSendRole })
	case on && !slices.Contains(roles, mailSendRole):
		roles = append(roles, mailSendRole)
	}
	return roles
}

// appScopes are the fault scopes that an app's own doings fall under.
func appScopes(app *App, t *Tenant) []string {
	return []string{strings.ToLower(app.ID), t.Domain, t.ID, "*"}
}

// appAccess finds an app's token; expired tells that it was good once.
func (s *Simulator) appAccess(token string) (t appAccess, known, expired bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.grants.apps[hash(token)]
	if found == nil {
		return appAccess{}, false, false
	}
	return *found, true, s.opts.Now().After(found.expires)
}
