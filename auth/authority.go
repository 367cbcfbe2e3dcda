package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"

	"postroom/problem"
	"postroom/store"
)

const metadataAge = 24 * time.Hour

// authority is what a sign-in service says of itself.
type authority struct {
	issuer      string // Microsoft's may hold the placeholder {tenantid}
	endpoint    oauth2.Endpoint
	keys        *signingKeys
	namesItself bool   // it promised to send iss along with every answer (RFC 9207)
	revoke      string // where a grant is ended (RFC 7009); empty: nowhere
	client      *http.Client
	fetchedAt   int64
}

// place is what an authority depends on; two providers at one place share it.
type place struct {
	kind               store.ProviderKind
	url, tenant, caPEM string
	byHand             oauth2.Endpoint // where the service publishes no metadata
}

func placeOf(p store.Provider) place {
	return place{
		kind: p.Kind, url: p.Authority, tenant: p.Tenant, caPEM: p.CAPEM,
		byHand: oauth2.Endpoint{AuthURL: p.AuthorizeURL, TokenURL: p.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
}

// described reports whether the service is to be asked about itself.
func (p place) described() bool { return p.byHand.TokenURL == "" }

// metadataURL is where the service describes itself.
func (p place) metadataURL() string {
	base := strings.TrimRight(p.url, "/")
	if p.kind == store.KindMicrosoft {
		base += "/" + url.PathEscape(p.tenant) + "/v2.0"
	}
	return base + "/.well-known/openid-configuration"
}

// authorities remembers sign-in services, so that each is asked about itself once a day.
type authorities struct {
	http *HTTPClients
	now  func() int64

	flight singleflight.Group
	mu     sync.Mutex
	known  map[place]*authority
}

func newAuthorities(clients *HTTPClients, now func() int64) *authorities {
	return &authorities{http: clients, now: now, known: map[place]*authority{}}
}

// of returns p's authority. What was learned yesterday serves on when the service does not answer.
func (as *authorities) of(ctx context.Context, p store.Provider) (*authority, error) {
	at := placeOf(p)
	as.mu.Lock()
	known := as.known[at]
	as.mu.Unlock()
	if known != nil && as.now()-known.fetchedAt < metadataAge.Milliseconds() {
		return known, nil
	}
	fresh, err := as.learn(ctx, at)
	switch {
	case err == nil:
		return fresh, nil
	case known != nil:
		return known, nil
	}
	return nil, err
}

// learn fetches the metadata once for all who ask at the same time.
func (as *authorities) learn(ctx context.Context, at place) (*authority, error) {
	learned := as.flight.DoChan(fmt.Sprintf("%#v", at), func() (any, error) {
		a, err := as.fetch(context.WithoutCancel(ctx), at) // bounded by the client's timeout
		if err != nil {
			return nil, err
		}
		as.mu.Lock()
		defer as.mu.Unlock()
		if before := as.known[at]; before != nil && before.keys.url == a.keys.url {
			a.keys = before.keys
		}
		as.known[at] = a
		return a, nil
	})
	select {
	case <-ctx.Done():
		return nil, outsideProblem(context.Cause(ctx))
	case r := <-learned:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*authority), nil
	}
}

type metadata struct {
	Issuer                string   `json:"issuer"`
	AuthorizationEndpoint string   `json:"authorization_endpoint"`
	TokenEndpoint         string   `json:"token_endpoint"`
	JWKSURI               string   `json:"jwks_uri"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	TokenAuthMethods      []string `json:"token_endpoint_auth_methods_supported"`
	SendsIssuer           bool     `json:"authorization_response_iss_parameter_supported"`
}

func (as *authorities) fetch(ctx context.Context, at place) (*authority, error) {
	client, err := as.http.For(at.caPEM)
	if err != nil {
		return nil, problem.Wrap(problem.ProviderConfig, "", err)
	}
	if !at.described() {
		// It signs no id_token that could be checked: there are no keys, and an issuer only if the operator named one.
		return &authority{issuer: at.url, endpoint: at.byHand, keys: &signingKeys{client: client, now: as.now}, client: client, fetchedAt: as.now()}, nil
	}
	var m metadata
	if err := getJSON(ctx, client, at.metadataURL(), &m); err != nil {
		return nil, err
	}
	if err := m.fits(at); err != nil {
		return nil, problem.Wrap(problem.ProviderConfig, "What the sign-in service says of itself does not fit its address.", err)
	}
	return &authority{
		issuer:      m.Issuer,
		endpoint:    oauth2.Endpoint{AuthURL: m.AuthorizationEndpoint, TokenURL: m.TokenEndpoint, AuthStyle: m.authStyle()},
		keys:        &signingKeys{url: m.JWKSURI, client: client, now: as.now},
		namesItself: m.SendsIssuer,
		revoke:      m.RevocationEndpoint,
		client:      client,
		fetchedAt:   as.now(),
	}, nil
}

const tenantPlaceholder = "{tenantid}"

// fits checks the metadata against the address it came from: addresses that secrets go to stay on
// TLS, and an issuer is who it says (OpenID Discovery, 4.3), or of Microsoft's form.
func (m metadata) fits(at place) error {
	base, err := url.Parse(at.url)
	if err != nil {
		return fmt.Errorf("authority: %w", err)
	}
	addresses := []string{m.AuthorizationEndpoint, m.TokenEndpoint, m.JWKSURI}
	if m.RevocationEndpoint != "" {
		addresses = append(addresses, m.RevocationEndpoint)
	}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || !safeEndpoint(u) || base.Scheme == "https" && u.Scheme != "https" {
			return fmt.Errorf("endpoint %q", plainText(address, 200))
		}
	}
	if at.kind == store.KindGeneric {
		if strings.TrimRight(m.Issuer, "/") != strings.TrimRight(at.url, "/") {
			return fmt.Errorf("issuer %q", plainText(m.Issuer, 200))
		}
		return nil
	}
	if _, ok := m.tenantOfIssuer(); !ok {
		return fmt.Errorf("issuer %q", plainText(m.Issuer, 200))
	}
	return nil
}

// tenantOfIssuer takes the tenant, or its placeholder, out of …/{tenant}/v2.0.
func (m metadata) tenantOfIssuer() (string, bool) {
	rest, ok := strings.CutSuffix(m.Issuer, "/v2.0")
	tenant := rest[strings.LastIndex(rest, "/")+1:]
	return tenant, ok && (tenant == tenantPlaceholder || guid.MatchString(tenant))
}

// authStyle sends the client secret in the form, unless the service takes it in a header only.
func (m metadata) authStyle() oauth2.AuthStyle {
	if slices.Contains(m.TokenAuthMethods, "client_secret_basic") && !slices.Contains(m.TokenAuthMethods, "client_secret_post") {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// isIssuer reports whether iss may be this authority; tid is the tenant that a token names, or ""
// while no token is there yet.
func (a *authority) isIssuer(iss, tid string) bool {
	before, after, templated := strings.Cut(a.issuer, tenantPlaceholder)
	if !templated {
		return iss == a.issuer
	}
	tenant, ok := strings.CutPrefix(iss, before)
	if !ok {
		return false
	}
	tenant, ok = strings.CutSuffix(tenant, after)
	return ok && guid.MatchString(tenant) && (tid == "" || tenant == tid)
}

// config is the OAuth client that p is at this authority.
func (a *authority) config(p store.Provider, secret Secret, redirectURI string) *oauth2.Config {
	return &oauth2.Config{
		ClientID:     p.ClientID,
		ClientSecret: secret.Reveal(),
		Endpoint:     a.endpoint,
		RedirectURL:  redirectURI,
		Scopes:       strings.Fields(p.Scopes),
	}
}

// context makes x/oauth2 use the authority's HTTP client.
func (a *authority) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, a.client)
}

// getJSON fetches a small document from a sign-in service.
func getJSON(ctx context.Context, client *http.Client, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return problem.Wrap(problem.ProviderConfig, "", err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return outsideProblem(fmt.Errorf("get %s: %w", address, err))
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return outsideProblem(fmt.Errorf("get %s: %w", address, err))
	}
	if resp.StatusCode != http.StatusOK {
		return noDocument(resp, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return problem.Wrap(problem.ProviderDown, "It answers with something else than expected.", errors.New("get "+address+": no JSON"))
	}
	return nil
}

// noDocument tells a wrong address or tenant from a service in trouble.
func noDocument(resp *http.Response, body []byte) *problem.Problem {
	r := refusalIn(resp, body)
	if r.Code == "" && (resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusBadRequest) {
		return problem.Wrap(problem.ProviderConfig, "There is no sign-in service at the provider's authority and tenant.", r.cause())
	}
	return r.problem(atSignIn)
}
