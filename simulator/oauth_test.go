package simulator

import (
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	verifier   = "a-verifier-that-is-long-enough-for-rfc-7636-0123456789"
	mailScopes = "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
)

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// browser is a person at the sign-in pages. It follows no redirect: the app's address leads nowhere.
type browser struct {
	t    *testing.T
	sim  *Simulator
	http *http.Client
}

func newBrowser(t *testing.T, sim *Simulator) *browser {
	jar, err := cookiejar.New(nil)
	check(t, err)
	return &browser{t, sim, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// screen is what the browser shows: a page, or where it was sent.
type screen struct {
	status   int
	header   http.Header
	text     string
	location url.Values // of the app's address
}

func (b *browser) open(tenant string, app App, change map[string]string) screen {
	b.t.Helper()
	q := url.Values{
		"client_id": {app.ID}, "response_type": {"code"}, "redirect_uri": {redirectURI}, "scope": {mailScopes},
		"state": {"st&te="}, "nonce": {"n-1"}, "code_challenge": {challenge()}, "code_challenge_method": {"S256"},
	}
	for name, value := range change {
		q.Set(name, value)
	}
	resp, err := b.http.Get(b.sim.Authority() + "/" + tenant + "/oauth2/v2.0/authorize?" + q.Encode())
	check(b.t, err)
	return b.see(resp)
}

var flowField = regexp.MustCompile(`name="flow" value="([^"]+)"`)

func (b *browser) submit(on screen, form string, values ...string) screen {
	b.t.Helper()
	found := flowField.FindStringSubmatch(on.text)
	if found == nil {
		b.t.Fatalf("no form on the page:\n%s", on.text)
	}
	v := url.Values{"flow": {found[1]}}
	for i := 0; i < len(values); i += 2 {
		v.Set(values[i], values[i+1])
	}
	resp, err := b.http.PostForm(b.sim.Authority()+form, v)
	check(b.t, err)
	return b.see(resp)
}

func (b *browser) see(resp *http.Response) screen {
	b.t.Helper()
	s := screen{status: resp.StatusCode, header: resp.Header, text: html.UnescapeString(body(b.t, resp))}
	if to := resp.Header.Get("Location"); to != "" {
		u, err := url.Parse(to)
		check(b.t, err)
		s.location = u.Query()
		if u.Fragment != "" {
			s.location, err = url.ParseQuery(u.Fragment)
			check(b.t, err)
		}
	}
	return s
}

// code signs in as address with consent and returns the code.
func (b *browser) code(app App, address string, change map[string]string) string {
	b.t.Helper()
	s := b.open("common", app, change)
	s = b.submit(s, "/common/login", "username", address)
	if s.location == nil {
		s = b.submit(s, "/common/consent", "action", "accept")
	}
	equal(b.t, "state", s.location.Get("state"), "st&te=")
	if s.location.Get("code") == "" {
		b.t.Fatalf("no code: %v", s.location)
	}
	return s.location.Get("code")
}

// reply is any answer of the token endpoint.
type reply struct {
	status           int
	header           http.Header
	TokenType        string `json:"token_type"`
	Scope            string `json:"scope"`
	ExpiresIn        int    `json:"expires_in"`
	ExtExpiresIn     int    `json:"ext_expires_in"`
	AccessToken      string `json:"access_token"`
	RefreshToken     string `json:"refresh_token"`
	IDToken          string `json:"id_token"`
	Error            string `json:"error"`
	ErrorDescription string `json:"error_description"`
	ErrorCodes       []int  `json:"error_codes"`
	Suberror         string `json:"suberror"`
	Claims           string `json:"claims"`
	TraceID          string `json:"trace_id"`
	CorrelationID    string `json:"correlation_id"`
	Timestamp        string `json:"timestamp"`
	ErrorURI         string `json:"error_uri"`
}

func token(t *testing.T, sim *Simulator, tenant string, form url.Values, headers ...string) reply {
	t.Helper()
	req, err := http.NewRequest("POST", sim.Authority()+"/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	check(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	check(t, err)
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode, header: resp.Header}
	raw, err := io.ReadAll(resp.Body)
	check(t, err)
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		check(t, json.Unmarshal(raw, &r))
	}
	return r
}

func redemption(app App, code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "client_id": {app.ID}, "client_secret": {app.Secret},
		"code": {code}, "redirect_uri": {redirectURI}, "code_verifier": {verifier}}
}

func renewal(app App, refresh string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {app.ID}, "client_secret": {app.Secret}, "refresh_token": {refresh}}
}

// refused checks an error in its complete shape.
func (r reply) refused(t *testing.T, status int, name, text string) {
	t.Helper()
	equal(t, "status", r.status, status)
	equal(t, "error", r.Error, name)
	want := text + " Trace ID: " + r.TraceID + " Correlation ID: " + r.CorrelationID + " Timestamp: " + r.Timestamp
	equal(t, "description", r.ErrorDescription, want)
	if len(r.ErrorCodes) != 1 || !strings.Contains(text, "AADSTS"+strconv.Itoa(r.ErrorCodes[0])) {
		t.Errorf("error_codes %v do not go with %q", r.ErrorCodes, text)
	}
	if !strings.HasSuffix(r.ErrorURI, "/error?code="+strconv.Itoa(r.ErrorCodes[0])) || len(r.TraceID) != 36 || len(r.CorrelationID) != 36 {
		t.Errorf("incomplete error: %+v", r)
	}
}

// clock is a clock that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) Now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) pass(d time.Duration) { c.ahead.Add(int64(d)) }

func TestAPersonSignsInConsentsAndTheAppGetsTokens(t *testing.T) {
	sim, app := start(t, Options{})
	b := newBrowser(t, sim)

	picker := b.open("common", app, map[string]string{"prompt": "select_account"})
	equal(t, "status", picker.status, 200)
	for _, want := range []string{"SIMULATED", "Pick an account", "Postroom", ada, grace, "Use another account"} {
		if !strings.Contains(picker.text, want) {
			t.Errorf("the account picker lacks %q", want)
		}
	}
	csp := picker.header.Get("Content-Security-Policy")
	equal(t, "policy", csp, "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' http://127.0.0.1:9")

	consent := b.submit(picker, "/common/login", "username", ada)
	for _, want := range []string{"Permissions requested", "Read and write access to your mail via IMAP", "Send email from your mailbox using SMTP", "Maintain access", "Accept", "Cancel"} {
		if !strings.Contains(consent.text, want) {
			t.Errorf("the consent page lacks %q", want)
		}
	}
	done := b.submit(consent, "/common/consent", "action", "accept")
	equal(t, "status", done.status, 302)
	equal(t, "state", done.location.Get("state"), "st&te=")

	got := token(t, sim, "common", redemption(app, done.location.Get("code")))
	equal(t, "status", got.status, 200)
	equal(t, "type", got.TokenType, "Bearer")
	equal(t, "scope", got.Scope, "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send")
	if got.ExpiresIn < 3600 || got.ExpiresIn > 5400 || got.ExtExpiresIn != got.ExpiresIn {
		t.Errorf("expires_in %d, ext_expires_in %d", got.ExpiresIn, got.ExtExpiresIn)
	}
	if n := len(got.AccessToken); n < 1500 || n > 3072 || strings.Count(got.AccessToken, ".") != 2 {
		t.Errorf("an access token of %d characters", n)
	}
	if len(got.RefreshToken) < 1000 {
		t.Errorf("a refresh token of %d characters", len(got.RefreshToken))
	}
	equal(t, "cache", got.header.Get("Cache-Control"), "no-store, no-cache")

	var again reply
	for range 2 { // consent is remembered, and so is the browser's one account
		s := b.open("common", app, nil)
		again = token(t, sim, "common", redemption(app, s.location.Get("code")))
	}
	equal(t, "status without a page", again.status, 200)
}

func TestDiscoveryKeysAndIDToken(t *testing.T) {
	sim, app := start(t, Options{})
	get := func(path string, into any) int {
		resp, err := http.Get(sim.Authority() + path)
		check(t, err)
		defer resp.Body.Close()
		check(t, json.NewDecoder(resp.Body).Decode(into))
		return resp.StatusCode
	}
	tenant := sim.tenant("contoso.example").ID
	for name, issuer := range map[string]string{
		"common":          sim.Authority() + "/{tenantid}/v2.0",
		"organizations":   sim.Authority() + "/{tenantid}/v2.0",
		"consumers":       sim.Authority() + "/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
		"contoso.example": sim.Authority() + "/" + tenant + "/v2.0",
		tenant:            sim.Authority() + "/" + tenant + "/v2.0",
	} {
		var meta map[string]any
		equal(t, name, get("/"+name+"/v2.0/.well-known/openid-configuration", &meta), 200)
		equal(t, "issuer of "+name, meta["issuer"].(string), issuer)
		equal(t, "token endpoint of "+name, meta["token_endpoint"].(string), sim.Authority()+"/"+name+"/oauth2/v2.0/token")
	}
	var wrong reply
	equal(t, "unknown tenant", get("/nowhere.example/v2.0/.well-known/openid-configuration", &wrong), 400)
	wrong.status = 400
	wrong.refused(t, 400, "invalid_tenant", "AADSTS90002: Tenant 'nowhere.example' not found. This may happen if there are no active subscriptions for the tenant. Check to make sure you have the correct tenant ID. Check with your subscription administrator.")

	var keys, rolled jose.JSONWebKeySet
	get("/common/discovery/v2.0/keys", &keys)
	equal(t, "keys", len(keys.Keys), 2)

	got := token(t, sim, "common", redemption(app, newBrowser(t, sim).code(app, ada, nil)))
	parsed, err := jwt.ParseSigned(got.IDToken, []jose.SignatureAlgorithm{jose.RS256})
	check(t, err)
	var claims map[string]any
	check(t, parsed.Claims(keys.Key(parsed.Headers[0].KeyID)[0].Key.(*rsa.PublicKey), &claims))
	for name, want := range map[string]any{
		"iss": sim.Authority() + "/" + tenant + "/v2.0", "aud": app.ID, "tid": tenant, "oid": guidOf("user " + ada), "preferred_username": ada,
		"email": ada, "name": "Ada Lovelace", "nonce": "n-1", "ver": "2.0",
	} {
		if claims[name] != want {
			t.Errorf("claim %s is %v, want %v", name, claims[name], want)
		}
	}
	check(t, sim.RollKey())
	get("/common/discovery/v2.0/keys", &rolled)
	equal(t, "keys after the roll", len(rolled.Keys), 2)
	equal(t, "older key", rolled.Keys[1].KeyID, keys.Keys[0].KeyID)
	if rolled.Keys[0].KeyID == keys.Keys[0].KeyID {
		t.Error("the roll made no new key")
	}
}

func TestWhatTheAppNeverHearsOfIsAPage(t *testing.T) {
	sim, app := start(t, Options{})
	single, err := sim.AddApp(App{Name: "Single", Tenant: "contoso.example", RedirectURIs: []string{redirectURI}})
	check(t, err)
	b := newBrowser(t, sim)
	for _, c := range []struct {
		name   string
		tenant string
		app    App
		change map[string]string
		want   string
	}{
		{"unknown app", "common", App{ID: "no-such-app"}, nil, "AADSTS700016: Application with identifier 'no-such-app' was not found in the directory 'common'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."},
		{"redirect", "common", app, map[string]string{"redirect_uri": "http://127.0.0.1:9/OAuth/callback"}, "AADSTS50011: The redirect URI 'http://127.0.0.1:9/OAuth/callback' specified in the request does not match the redirect URIs configured for the application '" + app.ID + "'."},
		{"single tenant", "common", single, nil, "AADSTS50194: Application '" + single.ID + "'(Single) is not configured as a multi-tenant application."},
		{"tenant", "nowhere.example", app, nil, "AADSTS90002: Tenant 'nowhere.example' not found."},
	} {
		s := b.open(c.tenant, c.app, c.change)
		if s.status != 400 || s.location != nil || !strings.Contains(s.text, c.want) {
			t.Errorf("%s: status %d, sent to %v\n%s", c.name, s.status, s.location, s.text)
		}
	}
}

func TestRefusalsTheAppHearsOf(t *testing.T) {
	sim, app := start(t, Options{})
	for _, c := range []struct {
		name   string
		tenant string
		change map[string]string
		error  string
		code   string
	}{
		{"nobody signed in", "common", map[string]string{"prompt": "none"}, "login_required", "AADSTS50058: A silent sign-in request was sent but no user is signed in."},
		{"response type", "common", map[string]string{"response_type": "token"}, "unsupported_response_type", "AADSTS70005"},
		{"no scope", "common", map[string]string{"scope": ""}, "invalid_request", "AADSTS900144"},
		{"short challenge", "common", map[string]string{"code_challenge": "short"}, "invalid_request", "AADSTS501491"},
		{"two resources of a personal account", "consumers", map[string]string{"scope": "https://graph.microsoft.com/User.Read https://outlook.office.com/IMAP.AccessAsUser.All"}, "invalid_scope",
			"AADSTS70011: The provided value for the input parameter 'scope' is not valid. One or more scopes in 'https://graph.microsoft.com/User.Read https://outlook.office.com/IMAP.AccessAsUser.All' are not compatible with each other."},
	} {
		s := newBrowser(t, sim).open(c.tenant, app, c.change)
		equal(t, c.name, s.location.Get("error"), c.error)
		equal(t, c.name, s.location.Get("state"), "st&te=")
		if !strings.HasPrefix(s.location.Get("error_description"), c.code) {
			t.Errorf("%s: %s", c.name, s.location.Get("error_description"))
		}
	}
}

func TestCancellingAndDeclining(t *testing.T) {
	sim, app := start(t, Options{})
	b := newBrowser(t, sim)
	s := b.submit(b.open("common", app, nil), "/common/login", "action", "cancel")
	equal(t, "cancelled", s.location.Encode(), "error=access_denied&error_subcode=cancel&state=st%26te%3D")

	s = b.submit(b.submit(b.open("common", app, nil), "/common/login", "username", ada), "/common/consent", "action", "cancel")
	equal(t, "declined", s.location.Get("error"), "access_denied")
	if !strings.HasPrefix(s.location.Get("error_description"), "AADSTS65004: User declined to consent to access the app.") {
		t.Error(s.location)
	}
}

func TestThePickerHonoursHintAndPrompt(t *testing.T) {
	sim, app := start(t, Options{})
	b := newBrowser(t, sim)
	s := b.open("common", app, map[string]string{"login_hint": ada})
	if !strings.Contains(s.text, ada) || strings.Contains(s.text, grace) {
		t.Error("the hinted account does not stand alone")
	}
	s = b.submit(s, "/common/login", "action", "other")
	s = b.submit(s, "/common/login", "username", "nobody@contoso.example")
	if !strings.Contains(s.text, "We couldn’t find an account with that username.") {
		t.Error(s.text)
	}
	s = b.submit(s, "/common/login", "username", grace) // the wrong account can be picked
	s = b.submit(s, "/common/consent", "action", "accept")
	if s.location.Get("code") == "" {
		t.Error(s.location)
	}
	s = b.open("common", app, map[string]string{"prompt": "select_account"})
	if s.location != nil || !strings.Contains(s.text, "Pick an account") {
		t.Error("prompt=select_account was passed over")
	}
	s = b.open("common", app, map[string]string{"prompt": "login"})
	s = b.submit(s, "/common/login", "username", grace)
	if !strings.Contains(s.text, "Enter password") {
		t.Error("prompt=login did not ask for a password")
	}
	s = b.submit(s, "/common/login", "username", grace, "password", "anything")
	if s.location.Get("code") == "" {
		t.Error("a demo user's password was not taken")
	}
}

func TestACodeWorksOnceForItsAppItsRedirectAndItsVerifier(t *testing.T) {
	c := &clock{}
	sim, app := start(t, Options{Now: c.Now})
	b := newBrowser(t, sim)
	code := b.code(app, ada, nil)
	equal(t, "first", token(t, sim, "common", redemption(app, code)).status, 200)
	token(t, sim, "common", redemption(app, code)).refused(t, 400, "invalid_grant",
		"AADSTS70002: Error validating credentials. AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.")

	for _, verifier := range []string{"", "some-other-verifier-that-is-long-enough-0123456789"} {
		form := redemption(app, b.code(app, ada, map[string]string{"prompt": "select_account"}))
		form.Set("code_verifier", verifier)
		token(t, sim, "common", form).refused(t, 400, "invalid_grant", "AADSTS501481: The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	}
	form := redemption(app, b.code(app, ada, map[string]string{"prompt": "select_account"}))
	form.Set("redirect_uri", "http://127.0.0.1:9/elsewhere")
	equal(t, "other redirect", token(t, sim, "common", form).ErrorCodes[0], 500112)

	_, err := sim.AddTenant(Tenant{Domain: "fabrikam.example"})
	check(t, err)
	token(t, sim, "fabrikam.example", redemption(app, b.code(app, ada, map[string]string{"prompt": "select_account"}))).refused(t, 400, "invalid_grant",
		"AADSTS700005: The provided Authorization Code is intended to use against other tenant, thus rejected.")

	code = b.code(app, ada, map[string]string{"prompt": "select_account"})
	c.pass(11 * time.Minute)
	token(t, sim, "common", redemption(app, code)).refused(t, 400, "invalid_grant",
		"AADSTS70008: The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.")
}

func TestScopesDecideWhatComesBack(t *testing.T) {
	sim, app := start(t, Options{})
	b := newBrowser(t, sim)
	pick := func(scope string) map[string]string {
		return map[string]string{"prompt": "select_account", "scope": scope}
	}
	got := token(t, sim, "common", redemption(app, b.code(app, grace, pick("https://outlook.office.com/IMAP.AccessAsUser.All"))))
	if got.AccessToken == "" || got.RefreshToken != "" || got.IDToken != "" {
		t.Errorf("without offline_access and openid: refresh %t, id %t", got.RefreshToken != "", got.IDToken != "")
	}
	form := redemption(app, b.code(app, ada, pick(mailScopes+" User.Read")))
	form.Set("scope", mailScopes+" User.Read")
	equal(t, "two resources", token(t, sim, "common", form).ErrorCodes[0], 28002)

	got = token(t, sim, "common", redemption(app, b.code(app, ada, pick("offline_access IMAP.AccessAsUser.All"))))
	claims := claimsOf(t, got.AccessToken)
	equal(t, "audience of a bare scope", claims["aud"].(string), "https://graph.microsoft.com")

	form = renewal(app, got.RefreshToken)
	form.Set("scope", mailScopes+" https://graph.microsoft.com/User.Read")
	got = token(t, sim, "common", form)
	equal(t, "audience of a refresh with two resources", claimsOf(t, got.AccessToken)["aud"].(string), "https://outlook.office.com")

	sim.Set(ada, ScopeLess, "SMTP.Send")
	got = token(t, sim, "common", renewal(app, got.RefreshToken))
	equal(t, "scope without SMTP", got.Scope, "https://outlook.office.com/IMAP.AccessAsUser.All")
}

func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	check(t, err)
	var claims map[string]any
	check(t, json.Unmarshal(raw, &claims))
	return claims
}

func TestRefreshTokensRotateAndTheOldOneStillWorks(t *testing.T) {
	c := &clock{}
	sim, app := start(t, Options{Now: c.Now})
	first, err := sim.Grant(ada, app.ID)
	check(t, err)
	second := token(t, sim, "common", renewal(app, first.Refresh))
	if second.RefreshToken == "" || second.RefreshToken == first.Refresh {
		t.Error("the refresh token did not rotate")
	}
	equal(t, "old token", token(t, sim, "common", renewal(app, first.Refresh)).status, 200)

	sim.Set(ada, RefreshOnce, "")
	equal(t, "old token, one use", token(t, sim, "common", renewal(app, first.Refresh)).Error, "invalid_grant")
	equal(t, "new token, one use", token(t, sim, "common", renewal(app, second.RefreshToken)).status, 200)
	sim.Clear(ada, RefreshOnce)

	sim.Set(ada, RefreshNone, "")
	equal(t, "no new token", token(t, sim, "common", renewal(app, second.RefreshToken)).RefreshToken, "")
	sim.Clear(ada, RefreshNone)

	c.pass(91 * 24 * time.Hour)
	late := token(t, sim, "common", renewal(app, second.RefreshToken))
	equal(t, "after 91 days", late.ErrorCodes[0], 700082)
	if !regexp.MustCompile(`^AADSTS700082: The refresh token has expired due to inactivity\. The token was issued on \S+Z and was inactive for 90\.00:00:00\. Trace ID`).MatchString(late.ErrorDescription) {
		t.Error(late.ErrorDescription)
	}

	fresh, err := sim.Grant(ada, app.ID)
	check(t, err)
	c.pass(time.Second)
	check(t, sim.Revoke(ada))
	revoked := token(t, sim, "common", renewal(app, fresh.Refresh))
	if !regexp.MustCompile(`^AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed\. The user might have changed or reset their password\. The grant was issued on '\S+' and the TokensValidFrom date \(before which tokens are not valid\) for this user is '\S+'\. `).MatchString(revoked.ErrorDescription) {
		t.Error(revoked.ErrorDescription)
	}
}

func TestClientFaults(t *testing.T) {
	sim, app := start(t, Options{})
	granted, err := sim.Grant(ada, app.ID)
	check(t, err)
	form := renewal(app, granted.Refresh)
	form.Set("client_secret", "wrong")
	token(t, sim, "common", form).refused(t, 401, "invalid_client", "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '"+app.ID+"'.")
	form.Del("client_secret")
	token(t, sim, "common", form).refused(t, 401, "invalid_client", "AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'.")
	form.Set("client_id", "unknown")
	equal(t, "unknown app", token(t, sim, "common", form).status, 400)

	sim.Set(app.ID, ClientError, "7000222")
	expired := token(t, sim, "common", renewal(app, granted.Refresh))
	equal(t, "status", expired.status, 401)
	if !strings.HasPrefix(expired.ErrorDescription, "AADSTS7000222: The provided client secret keys for app '"+app.ID+"' are expired. Visit the Azure portal to create new keys for your app") {
		t.Error(expired.ErrorDescription)
	}
	sim.Clear(app.ID, "")

	basic := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {granted.Refresh}}
	header := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(app.ID)+":"+url.QueryEscape(app.Secret)))
	equal(t, "basic", token(t, sim, "common", basic, "Authorization", header).status, 200)

	spa, err := sim.AddApp(App{Name: "SPA", Kind: SinglePageApp, RedirectURIs: []string{redirectURI}})
	check(t, err)
	equal(t, "SPA", token(t, sim, "common", renewal(spa, "x")).ErrorCodes[0], 9002327)
	public, err := sim.AddApp(App{Name: "Desktop", Kind: PublicApp, RedirectURIs: []string{"http://localhost/cb"}})
	check(t, err)
	form = renewal(public, "x")
	form.Set("client_secret", "given")
	equal(t, "public", token(t, sim, "common", form).ErrorCodes[0], 700025)
	s := newBrowser(t, sim).open("common", public, map[string]string{"redirect_uri": "http://localhost:51234/cb"})
	equal(t, "port of localhost", s.status, 200)
}

func TestPoliciesAreSatisfiedByCarryingTheirClaimsBack(t *testing.T) {
	sim, app := start(t, Options{})
	granted, err := sim.Grant(ada, app.ID)
	check(t, err)
	for _, c := range []struct{ code, error, suberror string }{
		{"50076", "interaction_required", "basic_action"},
		{"50079", "invalid_grant", "basic_action"},
		{"53003", "invalid_grant", "message_only"},
	} {
		sim.Set(ada, PolicyError, c.code)
		refused := token(t, sim, "common", renewal(app, granted.Refresh))
		equal(t, c.code, refused.Error, c.error)
		equal(t, c.code, refused.Suberror, c.suberror)
		if !json.Valid([]byte(refused.Claims)) || refused.Claims == "" {
			t.Errorf("%s: claims %q", c.code, refused.Claims)
		}
		b := newBrowser(t, sim)
		s := b.submit(b.open("common", app, map[string]string{"claims": refused.Claims}), "/common/login", "username", ada)
		if s.location.Get("code") == "" {
			t.Errorf("%s was not satisfied: %v %s", c.code, s.location, s.text)
		}
		equal(t, c.code+" afterwards", token(t, sim, "common", renewal(app, granted.Refresh)).status, 200)
	}
	check(t, sim.WithdrawConsent(ada, app.ID))
	withdrawn := token(t, sim, "common", renewal(app, granted.Refresh))
	withdrawn.refused(t, 400, "invalid_grant", "AADSTS65001: The user or administrator has not consented to use the application with ID '"+app.ID+"' named 'Postroom'. Send an interactive authorization request for this user and resource.")
	equal(t, "suberror", withdrawn.Suberror, "consent_required")
}

func TestTheTokenEndpointCanFailInOtherWays(t *testing.T) {
	sim, app := start(t, Options{})
	granted, err := sim.Grant(ada, app.ID)
	check(t, err)
	sim.SetTimes(ada, TokenHTTP, "429:7", 1)
	busy := token(t, sim, "common", renewal(app, granted.Refresh))
	equal(t, "status", busy.status, 429)
	equal(t, "Retry-After", busy.header.Get("Retry-After"), "7")
	sim.SetTimes("*", TokenHTTP, "503", 1)
	equal(t, "status", token(t, sim, "common", renewal(app, granted.Refresh)).status, 503)
	sim.SetTimes(ada, TokenHTTP, "html", 1)
	page := token(t, sim, "common", renewal(app, granted.Refresh))
	equal(t, "html", page.header.Get("Content-Type"), "text/html")
	sim.SetTimes(ada, RefreshError, "70043", 1)
	equal(t, "code", token(t, sim, "common", renewal(app, granted.Refresh)).ErrorCodes[0], 70043)
	equal(t, "afterwards", token(t, sim, "common", renewal(app, granted.Refresh)).status, 200)

	sim.Set(ada, TokenLife, "5s")
	sim.Set(ada, TokenSize, "4000")
	got := token(t, sim, "common", renewal(app, granted.Refresh))
	equal(t, "life", got.ExpiresIn, 5)
	if len(got.AccessToken) < 4000 {
		t.Errorf("a token of %d characters", len(got.AccessToken))
	}
}

func TestAPersonalAccountsTokensAreOpaque(t *testing.T) {
	sim, app := start(t, Options{})
	_, err := sim.AddUser(User{Address: "p@outlook.example", Name: "Pat", Tenant: "consumers"})
	check(t, err)
	tokens, err := sim.Grant("p@outlook.example", app.ID, strings.Fields(mailScopes)...)
	check(t, err)
	if !strings.HasPrefix(tokens.Access, "EwB") || strings.Contains(tokens.Access, ".") {
		t.Error("not an EwB token")
	}
	equal(t, "life", tokens.ExpiresIn, 3600)
	equal(t, "tid", claimsOf(t, tokens.ID)["tid"].(string), "9188040d-6c67-4c5b-b112-36a304b66dad")
}
