package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"postroom/problem"
	"postroom/store"
)

// The numbers are those of the project's table of threats.

func TestRow19AnswersOfOtherSessionsAreRefused(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	victim, attacker := h.user("victim@postroom.example"), h.user("attacker@postroom.example")
	p := h.provider(is)
	const attackersSession = "session-of-the-attacker"
	theirs := func() url.Values {
		address, err := h.connector.Begin(context.Background(), attacker.ID, attackersSession, p.ID, store.Wish{})
		check(t, err)
		page, err := url.Parse(address)
		check(t, err)
		return is.signIn(page)
	}
	attempts := map[string]func() (store.Mailbox, error){
		"(a) attacker's answer in the victim's browser": func() (store.Mailbox, error) { return h.complete(victim, theirs()) },
		"(b) victim's answer to the attacker's question": func() (store.Mailbox, error) {
			return h.completeIn(victim.ID, attackersSession, theirs())
		},
		"(d) same user, other session": func() (store.Mailbox, error) {
			return h.completeIn(victim.ID, "another-session", is.signIn(h.begin(victim, p, "")))
		},
		"(d) not signed in": func() (store.Mailbox, error) {
			return h.completeIn("", "", is.signIn(h.begin(victim, p, "")))
		},
		"(e) no state": func() (store.Mailbox, error) { return h.complete(victim, url.Values{"code": {"x"}}) },
		"(e) made-up state": func() (store.Mailbox, error) {
			return h.complete(victim, url.Values{"code": {"x"}, "state": {randomToken()}})
		},
		"(e) endless state": func() (store.Mailbox, error) {
			return h.complete(victim, url.Values{"code": {"x"}, "state": {strings.Repeat("x", 1<<20)}})
		},
		"(f) too late": func() (store.Mailbox, error) {
			answer := is.signIn(h.begin(victim, p, ""))
			h.clock.advance(10 * time.Minute)
			return h.complete(victim, answer)
		},
		"(f) for another purpose": func() (store.Mailbox, error) {
			answer := is.signIn(h.begin(victim, p, ""))
			a := store.Authorization{StateHash: digest("login-state"), UserID: victim.ID, SessionHash: session, Purpose: "login", ProviderID: p.ID,
				CreatedAt: h.store.Now(), ExpiresAt: h.store.Now() + 60_000}
			a.Verifier, _ = h.keys.Seal("x", verifierAt(a, p))
			check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.AddAuthorization(a) }))
			answer.Set("state", "login-state")
			return h.complete(victim, answer)
		},
		"neither code nor error": func() (store.Mailbox, error) {
			return h.complete(victim, url.Values{"state": {h.begin(victim, p, "").Query().Get("state")}})
		},
	}
	for name, attempt := range attempts {
		t.Run(name, func(t *testing.T) {
			_, err := attempt()
			if p := wantProblem(t, err, problem.StateInvalid); p.Status() != http.StatusBadRequest {
				t.Errorf("status %d", p.Status())
			}
		})
	}
	if n := is.count("/token"); n != 0 {
		t.Errorf("%d calls of the token endpoint, want 0", n)
	}
	h.noMailbox(victim)
	h.noMailbox(attacker)
}

func TestRow19AnAnswerCountsOnce(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	answer := is.signIn(h.begin(ada, h.provider(is), ""))
	_, err := h.complete(ada, answer)
	check(t, err)
	_, err = h.complete(ada, answer)
	wantProblem(t, err, problem.StateInvalid)
	if n := is.count("/token"); n != 1 {
		t.Errorf("%d calls of the token endpoint, want 1", n)
	}
}

func TestRow19StateIsNotInTheDatabase(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	page := h.begin(h.user("ada@postroom.example"), h.provider(is), "")
	if strings.Contains(string(h.databaseBytes()), page.Query().Get("state")) {
		t.Error("the database holds the state itself")
	}
}

func TestRow20SwappedCodesAreRefused(t *testing.T) {
	for _, noPKCE := range []bool{false, true} {
		t.Run(fmt.Sprintf("service without PKCE %v", noPKCE), func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.noPKCE = noPKCE
			victim, attacker := h.user("victim@postroom.example"), h.user("attacker@postroom.example")
			p := h.provider(is)
			mine, theirs := is.signIn(h.begin(attacker, p, "")), is.signIn(h.begin(victim, p, ""))
			mine.Set("code", theirs.Get("code"))
			_, err := h.complete(attacker, mine)
			if noPKCE { // the nonce is the second line
				wantProblem(t, err, problem.TokenInvalid)
			} else {
				wantProblem(t, err, problem.StateInvalid)
			}
			h.noMailbox(attacker)
			if verifier := is.sent()[0].Get("code_verifier"); len(verifier) < 43 {
				t.Errorf("verifier of %d characters was sent", len(verifier))
			}
		})
	}
}

func TestRow21AnswersOfAnotherIssuerAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		promised bool
		iss      func(is *issuer) string
		fine     bool
		calls    int // of the token endpoint
	}{
		"wrong iss":               {false, func(*issuer) string { return "https://evil.example/" + contosoID + "/v2.0" }, false, 0},
		"no iss, though promised": {true, func(*issuer) string { return "" }, false, 0},
		"placeholder as iss":      {true, func(is *issuer) string { return is.server.URL + "/{tenantid}/v2.0" }, false, 0},
		"another tenant's iss":    {true, func(is *issuer) string { return is.server.URL + "/" + fabrikamID + "/v2.0" }, false, 1},
		"right iss":               {true, func(is *issuer) string { return is.server.URL + "/" + contosoID + "/v2.0" }, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.metadata = map[string]any{"authorization_response_iss_parameter_supported": c.promised}
			ada := h.user("ada@postroom.example")
			answer := is.signIn(h.begin(ada, h.provider(is), ""))
			if iss := c.iss(is); iss != "" {
				answer.Set("iss", iss)
			}
			_, err := h.complete(ada, answer)
			if c.fine {
				check(t, err)
			} else {
				wantProblem(t, err, problem.TokenInvalid)
				h.noMailbox(ada)
			}
			if n := is.count("/token"); n != c.calls {
				t.Errorf("%d calls of the token endpoint, want %d", n, c.calls)
			}
		})
	}
}

func TestRow21AProviderChangedMeanwhileGetsNoCode(t *testing.T) {
	h := newHouse(t)
	is, other := newIssuer(t, h.clock), newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	answer := is.signIn(h.begin(ada, p, ""))
	p.Authority = other.server.URL
	_, err := h.providers.Save(context.Background(), p, clientSecret)
	check(t, err)
	_, err = h.complete(ada, answer)
	wantProblem(t, err, problem.StateInvalid)
	if is.count("/token")+other.count("/token") != 0 {
		t.Error("the code was sent")
	}
}

func TestRow21MetadataThatDoesNotFitIsRefused(t *testing.T) {
	for name, metadata := range map[string]map[string]any{
		"issuer of nobody":         {"issuer": "https://evil.example"},
		"issuer of another form":   {"issuer": "https://evil.example/x/v2.0"},
		"token endpoint in clear":  {"token_endpoint": "http://evil.example/token"},
		"keys from a file":         {"jwks_uri": "file:///etc/passwd"},
		"sign-in page is a script": {"authorization_endpoint": "javascript:alert(1)"},
		"no token endpoint":        {"token_endpoint": ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.metadata = metadata
			_, err := h.connector.Begin(context.Background(), h.user("ada@postroom.example").ID, session, h.provider(is).ID, store.Wish{})
			wantProblem(t, err, problem.ProviderConfig)
		})
	}
}

func TestRow22TheWayBackIsConfiguredAlone(t *testing.T) {
	for in, want := range map[string]string{
		"https://mail.example.org":       "https://mail.example.org/oauth/callback",
		"https://mail.example.org/":      "https://mail.example.org/oauth/callback",
		"http://127.0.0.1:8080":          "http://127.0.0.1:8080/oauth/callback",
		"https://example.org/postroom//": "https://example.org/postroom/oauth/callback",
	} {
		if got := RedirectURI(in); got != want {
			t.Errorf("RedirectURI(%q) = %q, want %q", in, got, want)
		}
	}
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	answer := is.signIn(h.begin(ada, h.provider(is), ""))
	for _, name := range []string{"redirect_uri", "next", "return"} {
		answer.Set(name, "//evil.example")
	}
	_, err := h.complete(ada, answer)
	check(t, err)
	if got := is.sent()[0].Get("redirect_uri"); got != public+"/oauth/callback" {
		t.Errorf("redirect_uri %q", got)
	}
}

func TestRow23AnotherTenantsTokenWithTheVictimsAddressIsAnotherAccount(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	victims := h.connect(is, ada, p)
	is.set(func(is *issuer) {
		is.account = map[string]any{"tid": fabrikamID, "oid": "oid-eve", "sub": "sub-eve", "name": "Ada", "preferred_username": "ada@contoso.example",
			"email": "ada@contoso.example", "upn": "ada@contoso.example", "email_verified": "true", "xms_edov": "1"}
	})
	_, err := h.complete(ada, is.signIn(h.begin(ada, store.Provider{}, victims.ID)))
	wantProblem(t, err, problem.WrongAccount)
	theirs := h.connect(is, ada, p)
	if theirs.ID == victims.ID || theirs.TenantID != fabrikamID || theirs.ObjectID != "oid-eve" {
		t.Errorf("the attacker's account became %+v", theirs)
	}
	if after, err := h.store.Mailbox(context.Background(), ada.ID, victims.ID); err != nil || after.GrantVersion != 1 {
		t.Errorf("the victim's mailbox changed: %v %v", after.GrantVersion, err)
	}
}

func TestRow23IssuerAndTenantMustBelongTogether(t *testing.T) {
	for name, c := range map[string]struct {
		tenant string // of the provider
		issuer string // in its metadata
		claims map[string]any
		fine   bool
	}{
		"tid of another tenant":          {"organizations", "", map[string]any{"tid": fabrikamID, "iss": "%s/" + contosoID + "/v2.0"}, false},
		"iss of another service":         {"organizations", "", map[string]any{"iss": "https://evil.example/" + contosoID + "/v2.0"}, false},
		"placeholder as tenant":          {"organizations", "", map[string]any{"tid": "{tenantid}", "iss": "%s/{tenantid}/v2.0"}, false},
		"no tid":                         {"organizations", "", map[string]any{"tid": ""}, false},
		"path as tid":                    {"organizations", "", map[string]any{"tid": "x/../y", "iss": "%s/x/../y/v2.0"}, false},
		"personal among organisations":   {"organizations", "", map[string]any{"tid": consumerTenant, "iss": "%s/" + consumerTenant + "/v2.0"}, false},
		"organisation among personal":    {"consumers", "", nil, false},
		"personal account":               {"consumers", "", map[string]any{"tid": consumerTenant, "iss": "%s/" + consumerTenant + "/v2.0"}, true},
		"own tenant":                     {contosoID, "%s/" + contosoID + "/v2.0", nil, true},
		"other tenant than the provider": {contosoID, "", map[string]any{"tid": fabrikamID, "iss": "%s/" + fabrikamID + "/v2.0"}, false},
		"any tenant":                     {"common", "", map[string]any{"tid": fabrikamID, "iss": "%s/" + fabrikamID + "/v2.0"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			fill := func(s string) string { return strings.Replace(s, "%s", is.server.URL, 1) }
			is.tenant, is.issuerName, is.idClaims = c.tenant, fill(c.issuer), c.claims
			if iss, ok := c.claims["iss"].(string); ok {
				c.claims["iss"] = fill(iss)
			}
			ada := h.user("ada@postroom.example")
			_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
			if c.fine {
				check(t, err)
				return
			}
			wantProblem(t, err, problem.TokenInvalid)
			h.noMailbox(ada)
		})
	}
}

func TestRow24OnlyAValidTokenProvesAnything(t *testing.T) {
	h := newHouse(t)
	now := h.clock.Now()
	hmac := func(payload []byte) string {
		public, _ := json.Marshal(jose.JSONWebKey{Key: signingKey().Public()})
		return signed(jose.HS256, public, "k1", payload)
	}
	none := func(payload []byte) string {
		return base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","kid":"k1"}`)) + "." + base64.RawURLEncoding.EncodeToString(payload) + "."
	}
	for name, c := range map[string]struct {
		claims map[string]any
		sign   func([]byte) string
	}{
		"alg none":     {nil, none},
		"alg HS256":    {nil, hmac},
		"alg RS512":    {nil, func(b []byte) string { return signed(jose.RS512, signingKey(), "k1", b) }},
		"unknown key":  {nil, func(b []byte) string { return signed(jose.RS256, signingKey(), "k2", b) }},
		"no key named": {nil, func(b []byte) string { return signed(jose.RS256, signingKey(), "", b) }},
		"tampered": {nil, func(b []byte) string {
			s := signed(jose.RS256, signingKey(), "k1", b)
			return s[:len(s)-8] + "AAAAAAAA"
		}},
		"no token":             {nil, func([]byte) string { return "" }},
		"no JWT":               {nil, func([]byte) string { return "EwB8A8l6BAAU" }},
		"wrong aud":            {map[string]any{"aud": "another-client"}, nil},
		"several aud":          {map[string]any{"aud": []string{clientID, "another-client"}}, nil},
		"azp of another":       {map[string]any{"azp": "another-client"}, nil},
		"expired a second ago": {map[string]any{"exp": now.Unix() - 1}, nil},
		"not yet valid":        {map[string]any{"nbf": now.Add(time.Hour).Unix()}, nil},
		"wrong nonce":          {map[string]any{"nonce": "another"}, nil},
		"no nonce":             {map[string]any{"nonce": ""}, nil},
		"no subject":           {map[string]any{"sub": ""}, nil},
		"claims of odd types":  {map[string]any{"preferred_username": 7}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.idClaims, is.sign = c.claims, c.sign
			ada := h.user("ada@postroom.example")
			_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
			wantProblem(t, err, problem.TokenInvalid)
			h.noMailbox(ada)
		})
	}
}

func TestRow24AFloodOfUnknownKeysFetchesOncePerMinute(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	h.connect(is, ada, p)
	is.set(func(is *issuer) {
		is.sign = func(b []byte) string { return signed(jose.RS256, signingKey(), randomToken(), b) }
	})
	before := is.count("/keys")
	const minutes, perMinute = 3, 20
	for range minutes {
		h.clock.advance(time.Minute)
		for range perMinute {
			_, err := h.complete(ada, is.signIn(h.begin(ada, p, "")))
			wantProblem(t, err, problem.TokenInvalid)
		}
	}
	if n := is.count("/keys") - before; n > minutes {
		t.Errorf("%d fetches in %d minutes", n, minutes)
	}
}

func TestKeysThatCannotBeFetchedAreAskedForAgain(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.metadata = map[string]any{"jwks_uri": is.server.URL + "/gone"}
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	for range 2 {
		_, err := h.complete(ada, is.signIn(h.begin(ada, p, "")))
		wantProblem(t, err, problem.ProviderConfig)
	}
	if n := is.count("/gone"); n != 2 {
		t.Errorf("asked %d times, want 2", n)
	}
	h.noMailbox(ada)
}

func TestYesterdaysKeysServeWhileTheServiceHidesThem(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	h.connect(is, ada, p)
	is.set(func(is *issuer) { is.hideKeys = true })
	h.clock.advance(25 * time.Hour)
	h.connect(is, ada, p)
	is.set(func(is *issuer) { is.sign = func(b []byte) string { return signed(jose.RS256, signingKey(), "k2", b) } })
	_, err := h.complete(ada, is.signIn(h.begin(ada, p, "")))
	wantProblem(t, err, problem.ProviderDown)
}

func TestRow24KeysAreRemembered(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	for range 5 {
		h.connect(is, ada, p)
	}
	if n := is.count("/keys"); n != 1 {
		t.Errorf("keys fetched %d times, want once", n)
	}
}

func TestRow35WordsOfTheSignInServiceStayWords(t *testing.T) {
	const evil = "<script>alert(1)</script>\r\nSet-Cookie: x=1\u202e"
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	pr := h.provider(is)
	onRedirect := func() error {
		_, err := h.complete(ada, url.Values{"state": {h.begin(ada, pr, "").Query().Get("state")}, "error": {evil}, "error_description": {evil}, "error_uri": {evil}})
		return err
	}
	atToken := func() error {
		is.set(func(is *issuer) {
			is.token = func(w http.ResponseWriter, _ *http.Request) bool {
				writeJSON(w, http.StatusBadRequest, map[string]any{"error": evil, "error_description": evil, "trace_id": evil, "correlation_id": evil, "suberror": evil, "claims": evil})
				return true
			}
		})
		_, err := h.complete(ada, is.signIn(h.begin(ada, pr, "")))
		return err
	}
	inTheClaims := func() error {
		is.set(func(is *issuer) {
			is.token, is.account = nil, map[string]any{"tid": contosoID, "oid": "evil", "sub": "evil", "preferred_username": evil}
		})
		_, err := h.complete(ada, is.signIn(h.begin(ada, pr, "")))
		return err
	}
	for name, attempt := range map[string]func() error{"redirect": onRedirect, "token endpoint": atToken, "claims": inTheClaims} {
		t.Run(name, func(t *testing.T) {
			p := problem.Of(attempt())
			if p == nil {
				t.Fatal("no problem")
			}
			for _, ours := range []string{p.Title, p.Detail, p.Action, p.Error()} {
				if strings.Contains(ours, "script>") {
					t.Errorf("our own words hold theirs: %q", ours)
				}
			}
			if strings.ContainsAny(p.Raw, "\r\u202e") || strings.Contains(p.Raw, "\nSet-Cookie") {
				t.Errorf("raw %q", p.Raw)
			}
			body, err := json.Marshal(p)
			check(t, err)
			if strings.Contains(string(body), "<script>") {
				t.Errorf("JSON %s", body)
			}
		})
	}
	if strings.Contains(h.journal.String(), "script>") {
		t.Error("the log holds their words")
	}
	h.noMailbox(ada)
}

func TestRow35PagesInsteadOfAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		typ    string
		body   string
	}{
		"bad gateway page":   {http.StatusBadGateway, "text/html", "<html>secret stack trace</html>"},
		"maintenance, 200":   {http.StatusOK, "text/html", "<html>secret stack trace</html>"},
		"proxy, 403":         {http.StatusForbidden, "text/html", "<html>secret stack trace</html>"},
		"empty, 200":         {http.StatusOK, "application/json", ""},
		"no token, 200":      {http.StatusOK, "application/json", "{}"},
		"redirected":         {http.StatusFound, "text/html", ""},
		"too much, 200":      {http.StatusOK, "application/json", strings.Repeat(" ", mostBody+1)},
		"throttled, no JSON": {http.StatusTooManyRequests, "text/plain", "slow down"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { t.Error("followed to another place") }))
			defer elsewhere.Close()
			is.token = func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Content-Type", c.typ)
				w.Header().Set("Location", elsewhere.URL)
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
				return true
			}
			ada := h.user("ada@postroom.example")
			_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
			p := wantProblem(t, err, problem.ProviderDown)
			if body, _ := json.Marshal(p); strings.Contains(string(body)+p.Error(), "stack trace") {
				t.Error("the page's words came through")
			}
			h.noMailbox(ada)
		})
	}
}
