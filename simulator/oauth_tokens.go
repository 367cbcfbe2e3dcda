package simulator

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tokenAnswer is the JSON of a success.
type tokenAnswer struct {
	TokenType    string `json:"token_type"`
	Scope        string `json:"scope"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
}

// order is what a token answer is to hold.
type order struct {
	user     *account
	app      *App
	scope    scopes
	resource string
	nonce    string
	refresh  bool // with a refresh token
}

// fill makes the tokens that were ordered.
func (s *Simulator) fill(o order) (tokenAnswer, error) {
	now := s.opts.Now()
	life := s.tokenLife(o.user)
	audience := o.resource
	if value, on := s.faults.value(TokenAudience, o.user.scopes()...); on {
		audience = value
	}
	granted := s.grantedTo(o)
	token, err := s.accessToken(o, audience, granted, now, life)
	if err != nil {
		return tokenAnswer{}, fmt.Errorf("make access token: %w", err)
	}
	answer := tokenAnswer{
		TokenType:    "Bearer",
		Scope:        strings.Join(granted, " "),
		ExpiresIn:    int(life.Seconds()),
		ExtExpiresIn: int(life.Seconds()),
		AccessToken:  token,
	}
	if extra, on := s.faults.value(ScopeExtra, o.user.scopes()...); on {
		answer.Scope += " " + extra
	}
	s.mu.Lock()
	s.issued(token)
	s.grants.access[hash(token)] = &access{o.user, o.app.ID, audience, granted, now.Add(life)}
	if o.refresh {
		answer.RefreshToken = opaque("1.AX", 1200)
		if o.user.tenant.Consumer {
			answer.RefreshToken = opaque("M.C5", 300)
		}
		s.issued(answer.RefreshToken)
		s.grants.refresh[hash(answer.RefreshToken)] = &refresh{user: o.user, app: o.app.ID, scope: strings.Join(o.scope.all(), " "), issued: now}
	}
	s.mu.Unlock()
	s.touch()
	if o.scope.has("openid") {
		if answer.IDToken, err = s.keys.sign(s.idClaims(o, now)); err != nil {
			return tokenAnswer{}, fmt.Errorf("sign id token: %w", err)
		}
	}
	return answer, nil
}

// grantedTo lists what the user agreed to for the app at the resource, which may be more than was
// asked for now.
func (s *Simulator) grantedTo(o order) []string {
	s.mu.Lock()
	granted := slices.Clone(o.scope.granted[o.resource])
	for scope := range o.user.consents[o.app.ID] {
		if strings.HasPrefix(scope, o.resource+"/") && !slices.Contains(granted, scope) {
			granted = append(granted, scope)
		}
	}
	s.mu.Unlock()
	slices.Sort(granted)
	less, _ := s.faults.value(ScopeLess, o.user.scopes()...)
	return slices.DeleteFunc(granted, func(scope string) bool {
		return slices.ContainsFunc(strings.Fields(less), func(name string) bool { return strings.HasSuffix(scope, name) })
	})
}

// tokenLife is random within an hour and a half for work accounts, so that not all expire at once.
func (s *Simulator) tokenLife(a *account) time.Duration {
	if value, on := s.faults.value(TokenLife, a.scopes()...); on {
		if life, err := time.ParseDuration(value); err == nil {
			return life
		}
	}
	switch {
	case s.opts.TokenLife > 0:
		return s.opts.TokenLife
	case a.tenant.Consumer:
		return time.Hour
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1801))
	if err != nil {
		return time.Hour
	}
	return time.Hour + time.Duration(n.Int64())*time.Second
}

// accessToken makes a token no client should look into: a JWT for work accounts, "EwB…" for
// personal ones, as long as the real ones are.
func (s *Simulator) accessToken(o order, audience string, granted []string, now time.Time, life time.Duration) (string, error) {
	size := 1600
	if value, on := s.faults.value(TokenSize, o.user.scopes()...); on {
		size, _ = strconv.Atoi(value)
	}
	if o.user.tenant.Consumer {
		return opaque("EwB", size), nil
	}
	var names []string
	for _, scope := range granted {
		_, name, _ := cutLast(scope, "/")
		names = append(names, name)
	}
	claims := map[string]any{
		"aud": audience, "iss": "https://sts.simulated.invalid/" + o.user.tenant.ID + "/",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(),
		"appid": o.app.ID, "app_displayname": o.app.Name, "appidacr": "1", "idtyp": "user",
		"oid": o.user.ObjectID, "tid": o.user.tenant.ID, "upn": o.user.login(), "unique_name": o.user.login(), "name": o.user.Name,
		"scp": strings.Join(names, " "), "sub": subjectOf(o.user, o.app), "uti": opaque("", 22), "ver": "1.0",
		"wids": []string{guidOf("role 1"), guidOf("role 2")},
		"rh":   opaque("1.", 700*max(size, 1)/1600),
	}
	token, err := lookalike(claims)
	if missing := size - len(token); err == nil && missing > 0 {
		claims["xms_tdbr"] = opaque("", missing*3/4+1)
		token, err = lookalike(claims)
	}
	return token, err
}

// lookalike writes claims as a JWT whose signature is noise: nobody but the simulator may read an
// access token, and it knows its own.
func lookalike(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	header := `{"typ":"JWT","alg":"RS256","kid":"` + opaque("", 26) + `"}`
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(body) + "." + opaque("", 342), nil
}

// idClaims are the claims of an id_token.
func (s *Simulator) idClaims(o order, now time.Time) map[string]any {
	claims := map[string]any{
		"aud": o.app.ID, "iss": s.issuer(o.user.tenant.ID),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		"sub": subjectOf(o.user, o.app), "ver": "2.0", "uti": opaque("", 22), "tid": o.user.tenant.ID,
	}
	if o.nonce != "" {
		claims["nonce"] = o.nonce
	}
	if o.scope.has("profile") {
		claims["oid"], claims["name"], claims["preferred_username"] = o.user.ObjectID, o.user.Name, cmp.Or(o.user.Called, o.user.login())
	}
	if o.scope.has("email") {
		claims["email"] = cmp.Or(o.user.Called, o.user.Address)
	}
	return claims
}

// issuer names the simulator itself, so that none of its tokens can be taken for Microsoft's.
func (s *Simulator) issuer(tenant string) string { return s.Authority() + "/" + tenant + "/v2.0" }

// subjectOf is pairwise: another app sees another subject.
func subjectOf(a *account, app *App) string {
	sum := sha256.Sum256([]byte(app.ID + " " + a.ObjectID))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// opaque is a random string of at least n characters.
func opaque(prefix string, n int) string {
	raw := make([]byte, n*3/4+1)
	rand.Read(raw)
	return prefix + base64.RawURLEncoding.EncodeToString(raw)
}

// Tokens are what an app gets for a user, for tests that need no sign-in page.
type Tokens struct {
	Access, Refresh, ID string
	ExpiresIn           int
}

// Grant consents on the user's behalf and makes tokens for an app, as a sign-in would. Without
// scopes those of mail are granted, with a refresh token and no id_token.
func (s *Simulator) Grant(address, appID string, scope ...string) (Tokens, error) {
	a := s.account(address)
	s.mu.Lock()
	app := s.apps[appID]
	s.mu.Unlock()
	if a == nil || app == nil {
		return Tokens{}, fmt.Errorf("no user %s or no app %s", address, appID)
	}
	asked := parseScopes(strings.Join(scope, " "))
	if len(scope) == 0 {
		asked = parseScopes("offline_access " + outlookResource + "/" + scopeIMAP + " " + outlookResource + "/" + scopeSMTP)
	}
	if len(asked.resources) == 0 {
		asked.resources = []string{graphResource}
	}
	s.consent(a, app.ID, append(asked.all(), "openid", "profile", "email"))
	answer, err := s.fill(order{user: a, app: app, scope: asked, resource: asked.resources[0], refresh: asked.has("offline_access")})
	if err != nil {
		return Tokens{}, err
	}
	return Tokens{answer.AccessToken, answer.RefreshToken, answer.IDToken, answer.ExpiresIn}, nil
}

// issued tells whoever wants to know of a code or token that is given out.
func (s *Simulator) issued(secret string) {
	if s.opts.Issued != nil {
		s.opts.Issued(secret)
	}
}
