package auth

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"postroom/problem"
	"postroom/store"
)

// consentLife is how long a link may lie in an administrator's mail.
const consentLife = 30 * 24 * time.Hour

// consentMark begins the state of such a link and tells its answer from those of people connecting.
const consentMark = "consent."

// Consent is what became of a link to an administrator of Microsoft 365.
type Consent struct {
	Provider store.Provider
	Tenant   string // the organisation that approved, as its id; not verified, for showing only
}

// ConsentLink returns the page where an administrator of a Microsoft 365 organisation approves
// Postroom for all of its people. Whoever has the link may open it, in any browser; it is good for
// 30 days, and for nothing but to bring its opener back here with the outcome.
func (s *Providers) ConsentLink(ctx context.Context, id string) (string, error) {
	p, err := s.Store.Provider(ctx, id)
	if err != nil {
		return "", fmt.Errorf("read provider: %w", err)
	}
	tenant := p.Tenant
	switch {
	case p.Kind != store.KindMicrosoft:
		return "", problem.New(problem.Invalid, "Only Microsoft 365 has an approval by administrators.")
	case tenant == "consumers":
		return "", problem.New(problem.Invalid, "Personal accounts have no administrator who could approve.")
	case tenant == "common":
		tenant = "organizations" // Microsoft takes no admin consent at common
	}
	ends := strconv.FormatInt(s.Store.Now()+consentLife.Milliseconds(), 10)
	sealed, err := s.Keys.Seal(Secret(p.ID+"|"+ends), consentStateAt())
	if err != nil {
		return "", err
	}
	return p.Authority + "/" + url.PathEscape(tenant) + "/v2.0/adminconsent?" + url.Values{
		"client_id":    {p.ClientID},
		"scope":        {p.Scopes},
		"redirect_uri": {s.RedirectURI()},
		"state":        {consentMark + base64.RawURLEncoding.EncodeToString(sealed)},
	}.Encode(), nil
}

// IsConsentAnswer reports whether an answer at the redirect URI is one to a ConsentLink.
func IsConsentAnswer(answer url.Values) bool {
	return strings.HasPrefix(answer.Get("state"), consentMark)
}

// ConsentAnswer reads the answer to a ConsentLink. It changes nothing: whether people may connect is
// the sign-in service's to say.
func (s *Providers) ConsentAnswer(ctx context.Context, answer url.Values) (Consent, error) {
	id, err := s.consentState(answer.Get("state"))
	if err != nil {
		return Consent{}, problem.Wrap(problem.StateInvalid, "This link was not made by this Postroom, or is older than 30 days.", err).
			WithAction(problem.Operator, "Make a new link under Settings → Providers.")
	}
	p, err := s.Store.Provider(ctx, id)
	if err != nil {
		return Consent{}, fmt.Errorf("read provider: %w", err)
	}
	c := Consent{Provider: withoutSecret(p)}
	if tenant := answer.Get("tenant"); guid.MatchString(tenant) {
		c.Tenant = tenant
	}
	if r := refusalOnRedirect(answer); r.Code != "" {
		refused := r.problem(atSignIn)
		if refused.Code == problem.Reconnect || refused.Code == problem.ConsentDeclined {
			refused = problem.Wrap(problem.ConsentDeclined, "Postroom was not approved.", r.cause()).WithRaw(r.raw()).
				WithAction(problem.Admin, "Open the link again with an account that may approve applications (Cloud Application Administrator or Global Administrator), and accept.")
		}
		return c, refused
	}
	if !strings.EqualFold(answer.Get("admin_consent"), "true") {
		return c, problem.Wrap(problem.StateInvalid, "", errors.New("neither a consent nor an error"))
	}
	s.Log.InfoContext(ctx, "an organisation's administrator approved", "provider", p.ID, "tenant", c.Tenant)
	return c, nil
}

// consentState returns the provider that a state was made for.
func (s *Providers) consentState(state string) (string, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(state, consentMark))
	if err != nil || len(sealed) > 500 {
		return "", errors.New("state of another form")
	}
	opened, err := s.Keys.Open(sealed, consentStateAt())
	if err != nil {
		return "", errors.New("state does not open")
	}
	id, ends, _ := strings.Cut(opened.Reveal(), "|")
	if until, err := strconv.ParseInt(ends, 10, 64); err != nil || until <= s.Store.Now() {
		return "", errors.New("state has expired")
	}
	return id, nil
}

// consentStateAt is no column: the value travels with the link.
func consentStateAt() Where { return Where{Table: "links", Column: "admin_consent"} }
