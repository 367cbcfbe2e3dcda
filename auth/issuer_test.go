package auth

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"postroom/store"
)

const (
	clientID     = "11111111-2222-3333-4444-555555555555"
	clientSecret = Secret("canary~client/secret+with=odd&chars")
	contosoID    = "aaaaaaaa-0000-4000-8000-000000000001"
	fabrikamID   = "bbbbbbbb-0000-4000-8000-000000000002"
)

// signingKey is shared by all issuers of the tests: making one takes long.
var signingKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// issuer is a sign-in service of Microsoft's shape on a real socket. It is strict: a code and a
// refresh token work once, and a refresh token used twice ends its whole family. Its fields change
// how it misbehaves.
type issuer struct {
	t      testing.TB
	clock  *clock
	server *httptest.Server

	mu         sync.Mutex
	kind       store.ProviderKind
	tenant     string         // in the provider's row and the addresses
	issuerName string         // in the metadata; "" is the right one
	metadata   map[string]any // fields to put over
	account    map[string]any // claims of whoever signs in
	idClaims   map[string]any // claims to put over, in the id_token only
	sign       func(payload []byte) string
	scope      *string                                           // in the answer; nil is what was asked for
	noRefresh  bool                                              // answers hold no refresh token
	hideKeys   bool                                              // the keys are not to be had
	noPKCE     bool                                              // does not look at the verifier
	life       int                                               // seconds of an access token
	token      func(w http.ResponseWriter, r *http.Request) bool // true: it has answered
	revocation http.HandlerFunc                                  // what /revoke does
	codes      map[string]url.Values                             // code → the question it answers
	families   map[string]int                                    // refresh token → family
	dead       map[int]bool                                      // families that were ended
	forms      []url.Values                                      // what the token endpoint was sent
	serial     int
	hits       map[string]int // by path
}

func newIssuer(t testing.TB, c *clock) *issuer {
	t.Helper()
	is := &issuer{
		t: t, clock: c, kind: store.KindMicrosoft, tenant: "organizations", life: 3600,
		account: map[string]any{"tid": contosoID, "oid": "oid-ada", "sub": "sub-ada", "name": "Ada", "preferred_username": "ada@contoso.example", "email": "ada@contoso.example"},
		codes:   map[string]url.Values{}, families: map[string]int{}, dead: map[int]bool{}, hits: map[string]int{},
	}
	is.server = httptest.NewServer(http.HandlerFunc(is.serve))
	t.Cleanup(is.server.Close)
	return is
}

func (is *issuer) provider() store.Provider {
	p := Preset(is.kind)
	p.Name, p.Authority, p.Tenant, p.ClientID = "Outlook", is.server.URL, is.tenant, clientID
	p.IMAPHost, p.SMTPHost = "127.0.0.1:993", "127.0.0.1:587"
	if is.kind == store.KindGeneric {
		p.Tenant = ""
	}
	return p
}

func (is *issuer) set(change func(is *issuer)) {
	is.mu.Lock()
	defer is.mu.Unlock()
	change(is)
}

// refuses makes the token endpoint answer everything with this.
func (is *issuer) refuses(status int, body string) {
	is.set(func(is *issuer) {
		is.token = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
			return true
		}
	})
}

func (is *issuer) count(path string) int {
	is.mu.Lock()
	defer is.mu.Unlock()
	return is.hits[path]
}

func (is *issuer) sent() []url.Values {
	is.mu.Lock()
	defer is.mu.Unlock()
	return append([]url.Values(nil), is.forms...)
}

func (is *issuer) serve(w http.ResponseWriter, r *http.Request) {
	is.mu.Lock()
	is.hits[r.URL.Path]++
	is.mu.Unlock()
	switch r.URL.Path {
	case "/" + is.tenant + "/v2.0/.well-known/openid-configuration", "/.well-known/openid-configuration":
		is.describe(w)
	case "/keys":
		is.publish(w)
	case "/token":
		is.answer(w, r)
	case "/revoke":
		is.revocation(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (is *issuer) describe(w http.ResponseWriter) {
	is.mu.Lock()
	defer is.mu.Unlock()
	name := is.server.URL + "/{tenantid}/v2.0"
	if is.kind == store.KindGeneric {
		name = is.server.URL
	}
	if is.issuerName != "" {
		name = is.issuerName
	}
	m := map[string]any{
		"issuer":                 name,
		"authorization_endpoint": is.server.URL + "/authorize",
		"token_endpoint":         is.server.URL + "/token",
		"jwks_uri":               is.server.URL + "/keys",
	}
	for k, v := range is.metadata {
		m[k] = v
	}
	writeJSON(w, http.StatusOK, m)
}

func (is *issuer) publish(w http.ResponseWriter) {
	is.mu.Lock()
	defer is.mu.Unlock()
	if is.hideKeys {
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"keys": []any{
		jose.JSONWebKey{Key: signingKey().Public(), KeyID: "k1", Use: "sig", Algorithm: "RS256"},
		map[string]any{"kty": "OKP", "crv": "X448", "kid": "odd", "x": "AAAA"}, // not ours to use, not ours to fail on
	}})
}

// signIn is the person at the sign-in page who agrees to everything: it returns the answer that the
// browser brings to the callback.
func (is *issuer) signIn(page *url.URL) url.Values {
	is.mu.Lock()
	defer is.mu.Unlock()
	is.serial++
	code := fmt.Sprintf("canary-code-%d-%s", is.serial, randomToken())
	is.codes[code] = page.Query()
	return url.Values{"code": {code}, "state": {page.Query().Get("state")}, "session_state": {"x"}}
}

func (is *issuer) answer(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	is.mu.Lock()
	is.forms = append(is.forms, r.PostForm)
	hook := is.token
	is.mu.Unlock()
	if hook != nil && hook(w, r) {
		return
	}
	is.mu.Lock()
	defer is.mu.Unlock()
	if r.PostForm.Get("client_id") != clientID || r.PostForm.Get("client_secret") != clientSecret.Reveal() {
		refuse(w, http.StatusUnauthorized, "invalid_client", 7000215, "Invalid client secret provided.")
		return
	}
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		is.redeem(w, r.PostForm)
	case "refresh_token":
		is.renew(w, r.PostForm)
	default:
		refuse(w, http.StatusBadRequest, "unsupported_grant_type", 70003, "")
	}
}

func (is *issuer) redeem(w http.ResponseWriter, form url.Values) {
	question, ok := is.codes[form.Get("code")]
	delete(is.codes, form.Get("code"))
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	switch {
	case !ok:
		refuse(w, http.StatusBadRequest, "invalid_grant", 54005, "OAuth2 Authorization code was already redeemed")
	case form.Get("redirect_uri") != question.Get("redirect_uri"):
		refuse(w, http.StatusBadRequest, "invalid_client", 50011, "redirect")
	case !is.noPKCE && base64.RawURLEncoding.EncodeToString(sum[:]) != question.Get("code_challenge"):
		refuse(w, http.StatusBadRequest, "invalid_grant", 501481, "The Code_Verifier does not match the code_challenge supplied in the authorization request.")
	default:
		is.serial++
		is.grant(w, question, is.serial)
	}
}

func (is *issuer) renew(w http.ResponseWriter, form url.Values) {
	token := form.Get("refresh_token")
	family, ok := is.families[token]
	switch {
	case !ok: // used before, or never ours
		for _, f := range is.families {
			is.dead[f] = true
		}
		refuse(w, http.StatusBadRequest, "invalid_grant", 50173, "The provided grant has expired due to it being revoked")
	case is.dead[family]:
		refuse(w, http.StatusBadRequest, "invalid_grant", 50173, "The provided grant has expired due to it being revoked")
	case is.noRefresh:
		is.grant(w, nil, family)
	default:
		delete(is.families, token)
		is.grant(w, nil, family)
	}
}

// revoke ends every grant.
func (is *issuer) revoke() {
	is.set(func(is *issuer) { clear(is.families) })
}

func (is *issuer) grant(w http.ResponseWriter, question url.Values, family int) {
	answer := map[string]any{
		"token_type":   "Bearer",
		"expires_in":   is.life,
		"access_token": "canary-access-" + randomToken(),
	}
	if !is.noRefresh {
		refresh := "canary-refresh-" + randomToken()
		is.families[refresh] = family
		answer["refresh_token"] = refresh
	}
	if question != nil {
		answer["scope"] = question.Get("scope")
		answer["id_token"] = is.idToken(question.Get("nonce"))
	}
	if is.scope != nil {
		answer["scope"] = *is.scope
	}
	writeJSON(w, http.StatusOK, answer)
}

func (is *issuer) idToken(nonce string) string {
	now := is.clock.Now()
	c := map[string]any{
		"iss": is.server.URL, "aud": clientID, "nonce": nonce,
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(),
	}
	if is.kind == store.KindMicrosoft {
		c["iss"] = fmt.Sprintf("%s/%v/v2.0", is.server.URL, is.account["tid"])
	}
	for _, more := range []map[string]any{is.account, is.idClaims} {
		for k, v := range more {
			c[k] = v
		}
	}
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	if is.sign != nil {
		return is.sign(payload)
	}
	return signed(jose.RS256, signingKey(), "k1", payload)
}

func signed(alg jose.SignatureAlgorithm, key any, kid string, payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil)
	if err != nil {
		panic(err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		panic(err)
	}
	token, err := jws.CompactSerialize()
	if err != nil {
		panic(err)
	}
	return token
}

// refuse answers as Entra does.
func refuse(w http.ResponseWriter, status int, code string, number int, text string) {
	writeJSON(w, status, map[string]any{
		"error":             code,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: 0f0f Correlation ID: 1a1a Timestamp: 2026-08-01 10:00:00Z", number, text),
		"error_codes":       []int{number},
		"timestamp":         "2026-08-01 10:00:00Z",
		"trace_id":          "0f0f",
		"correlation_id":    "1a1a",
		"error_uri":         fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", number),
	})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
