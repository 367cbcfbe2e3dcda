package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// mostForm is the largest request a token endpoint reads.
const mostForm = 1 << 20

// tokenEndpoint exchanges codes and refresh tokens for tokens.
func (s *Simulator) tokenEndpoint(w http.ResponseWriter, r *http.Request) {
	at, ok := s.endpoint(r)
	if !ok {
		s.refuse(w, s.failure(90002, subject{tenant: at.name}))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		s.refuse(w, s.failure(9002313, subject{}))
		return
	}
	app, failed := s.client(r, at)
	if failed != nil {
		s.refuse(w, failed)
		return
	}
	ask := exchange{at: at, app: app, form: r.PostForm, about: subject{appID: app.ID, appName: app.Name, tenant: at.name}}
	if s.httpFault(w, r, append([]string{strings.ToLower(app.ID)}, s.holder(ask)...)) {
		return
	}
	if ask.form.Get("grant_type") == "client_credentials" {
		s.appToken(w, ask)
		return
	}
	var o order
	switch ask.form.Get("grant_type") {
	case "authorization_code":
		o, failed = s.redeem(ask)
	case "refresh_token":
		o, failed = s.renew(ask)
	default:
		ask.about.value = ask.form.Get("grant_type")
		failed = s.failure(70003, ask.about)
	}
	if failed != nil {
		s.refuse(w, failed)
		return
	}
	answer, err := s.fill(o)
	if err != nil {
		s.log.Error("issue tokens", "err", err)
		http.Error(w, "issue tokens", http.StatusInternalServerError)
		return
	}
	writeJSON(w, http.StatusOK, answer)
}

// exchange is one request for tokens.
type exchange struct {
	at    endpoint
	app   *App
	form  url.Values
	about subject
}

// client finds out which app asks, and that it is the app.
func (s *Simulator) client(r *http.Request, at endpoint) (*App, *oauthError) {
	id, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok { // both are form-encoded first (RFC 6749, 2.3.1)
		id, _ = url.QueryUnescape(user)
		secret, _ = url.QueryUnescape(password)
	}
	s.mu.Lock()
	app := s.apps[id]
	s.mu.Unlock()
	about := subject{appID: id, tenant: at.name}
	if app == nil {
		return nil, s.failure(700016, about)
	}
	about.appName = app.Name
	if value, on := s.faults.value(ClientError, strings.ToLower(app.ID), "*"); on {
		return nil, s.failure(aadsts(value), about)
	}
	crossOrigin := r.Header.Get("Origin") != ""
	switch {
	case app.Kind == SinglePageApp && !crossOrigin:
		return nil, s.failure(9002327, about)
	case app.Kind != SinglePageApp && crossOrigin:
		return nil, s.failure(9002326, about)
	case app.Kind != WebApp && secret != "":
		return nil, s.failure(700025, about)
	case app.Kind == WebApp && secret == "":
		return nil, s.failure(7000218, about)
	case app.Kind != WebApp:
		return app, nil
	}
	if wrong := app.wrongSecret(secret); wrong != 0 {
		return nil, s.failure(wrong, about)
	}
	return app, nil
}

// redeem checks an authorization code.
func (s *Simulator) redeem(ask exchange) (order, *oauthError) {
	value := ask.form.Get("code")
	if value == "" {
		ask.about.value = "code"
		return order{}, s.failure(900144, ask.about)
	}
	s.mu.Lock()
	c := s.grants.codes[hash(value)]
	again := c != nil && c.redeemed
	if c != nil {
		c.redeemed = true
	}
	s.mu.Unlock()
	switch {
	case c == nil || c.flow.app.ID != ask.app.ID:
		return order{}, s.failure(70000, ask.about)
	case again:
		return order{}, s.failure(54005, ask.about)
	case s.opts.Now().Sub(c.issued) > codeLife:
		return order{}, s.failure(70008, ask.about)
	case !ask.at.admits(c.user):
		return order{}, s.failure(700005, ask.about)
	case ask.form.Get("redirect_uri") != c.flow.redirect:
		ask.about.value = ask.form.Get("redirect_uri")
		return order{}, s.failure(500112, ask.about)
	case c.flow.secret != "" && !matchesChallenge(c.flow.secret, c.flow.method, ask.form.Get("code_verifier")):
		return order{}, s.failure(501481, ask.about)
	}
	ask.about.user = c.user.login()
	if value, on := s.faults.value(RedeemError, c.user.scopes()...); on {
		return order{}, s.failure(aadsts(value), ask.about)
	}
	scope := c.flow.scope
	if asked := ask.form.Get("scope"); asked != "" {
		scope = parseScopes(asked)
		if len(scope.resources) > 1 {
			ask.about.value = asked
			return order{}, s.failure(28002, ask.about)
		}
	}
	return s.orderFor(c.user, ask.app, scope, c.flow.nonce, true), nil
}

// renew checks a refresh token. The old one goes on working, unless RefreshOnce is on.
func (s *Simulator) renew(ask exchange) (order, *oauthError) {
	value := ask.form.Get("refresh_token")
	if value == "" {
		ask.about.value = "refresh_token"
		return order{}, s.failure(900144, ask.about)
	}
	now := s.opts.Now()
	s.mu.Lock()
	t := s.grants.refresh[hash(value)]
	if t == nil || t.app != ask.app.ID {
		s.mu.Unlock()
		return order{}, s.failure(70000, ask.about)
	}
	used, revoked := t.used, !t.issued.After(t.user.revoked)
	t.used = true
	most, _ := s.faults.value(TokenLoop, t.user.scopes()...)
	limit, _ := strconv.Atoi(most)
	loop := t.loops(now, limit)
	s.grants.renewed[keyOf(t.user.Address)]++
	s.mu.Unlock()

	ask.about.user, ask.about.since = t.user.login(), t.issued
	life := refreshLife
	if ask.app.Kind == SinglePageApp {
		life = spaRefreshLife
	}
	asked := t.scope
	if given := ask.form.Get("scope"); given != "" {
		asked = given
	}
	scope := parseScopes(asked)
	policy, policyOn := s.faults.value(PolicyError, t.user.scopes()...)
	refused, refusedOn := s.faults.value(RefreshError, t.user.scopes()...)
	switch {
	case loop:
		return order{}, s.failure(50196, ask.about)
	case revoked:
		return order{}, s.failure(50173, ask.about)
	case now.Sub(t.issued) > life:
		return order{}, s.failure(700082, ask.about)
	case !ask.at.admits(t.user):
		return order{}, s.failure(50020, ask.about)
	case used && s.faults.has(RefreshOnce, t.user.scopes()...):
		return order{}, s.failure(70000, ask.about)
	case policyOn:
		return order{}, s.failure(aadsts(policy), ask.about)
	case refusedOn:
		return order{}, s.failure(aadsts(refused), ask.about)
	case !s.consented(t.user, ask.app.ID, scope.all()):
		return order{}, s.failure(65001, ask.about)
	}
	o := s.orderFor(t.user, ask.app, scope, "", !s.faults.has(RefreshNone, t.user.scopes()...))
	s.touch()
	return o, nil
}

// orderFor orders tokens for the first resource named: a token has only one.
func (s *Simulator) orderFor(a *account, app *App, scope scopes, nonce string, refresh bool) order {
	o := order{user: a, app: app, scope: scope, nonce: nonce, resource: graphResource}
	if len(scope.resources) > 0 {
		o.resource = scope.resources[0]
	}
	o.refresh = refresh && s.consented(a, app.ID, []string{"offline_access"})
	return o
}

// holder is whose code or token a request carries, as fault scopes.
func (s *Simulator) holder(ask exchange) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.grants.codes[hash(ask.form.Get("code"))]; c != nil {
		return c.user.scopes()
	}
	if t := s.grants.refresh[hash(ask.form.Get("refresh_token"))]; t != nil {
		return t.user.scopes()
	}
	return []string{"*"}
}

// httpFault lets the endpoint fail in ways that have nothing to do with OAuth, and tells whether
// it answered.
func (s *Simulator) httpFault(w http.ResponseWriter, r *http.Request, scopes []string) bool {
	value, on := s.faults.value(TokenHTTP, scopes...)
	if !on {
		return false
	}
	kind, wait, _ := strings.Cut(value, ":")
	switch kind {
	case "429":
		if wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		w.WriteHeader(http.StatusTooManyRequests)
	case "503", "500", "502", "504":
		status, _ := strconv.Atoi(kind)
		w.WriteHeader(status)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, "<html><body><h1>Our services aren't available right now</h1></body></html>")
	case "hang":
		<-r.Context().Done()
	default:
		delay, err := time.ParseDuration(value)
		if err != nil {
			return false
		}
		select {
		case <-time.After(delay):
		case <-r.Context().Done():
		}
		return false
	}
	return true
}

// matchesChallenge checks PKCE (RFC 7636, 4.6).
func matchesChallenge(challenge, method, verifier string) bool {
	if method != "S256" {
		return verifier == challenge // "plain", which is also the default
	}
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
}
