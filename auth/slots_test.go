package auth

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// stored is the tenant's provider as it is now.
func (s *tenant) stored() store.Provider {
	s.t.Helper()
	return must(s.providers.Get(context.Background(), s.provider.ID))
}

// enter saves the provider with what e says.
func (s *tenant) enter(e Entered) (store.Provider, error) {
	return s.providers.Enter(context.Background(), s.stored(), e)
}

// renew lets the mailbox's token run out and asks for the next.
func (s *tenant) renew(box store.Mailbox) error {
	s.clock.advance(24 * time.Hour)
	_, _, err := s.tokens.Access(context.Background(), box.ID)
	return err
}

func TestWhenASecretExpiresTheOtherOneTakesOver(t *testing.T) {
	s := newTenant(t)
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	old := s.secretOf()
	fresh := must(s.sim.AddSecret("Postroom"))
	p, err := s.enter(Entered{Second: Secret(fresh)})
	check(t, err)
	if !p.SecondFirst || p.SecondHint != fresh[len(fresh)-4:] || p.SecondSetAt == 0 || p.SecretHint != old[len(old)-4:] {
		t.Errorf("a proved secret does not take over: %+v", p)
	}
	check(t, s.sim.ExpireSecrets("Postroom", fresh))
	check(t, s.renew(box))
	if p = s.stored(); p.SecondFirst || p.Problem != nil {
		t.Errorf("the secret that works is not remembered: %+v", p)
	}
	entries := must(s.store.Audit(context.Background(), store.AuditQuery{Limit: 10}))
	if len(entries) == 0 || entries[0].Action != "provider.secret" || entries[0].Subject != p.ID {
		t.Errorf("audit %+v", entries)
	}
	for _, secret := range []string{old, fresh} {
		if strings.Contains(s.journal.String(), secret) {
			t.Error("a secret stands in the log")
		}
	}
}

func TestWhenBothSecretsExpireTheProviderHasTheProblemOnce(t *testing.T) {
	s := newTenant(t)
	ada, bob := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example"), s.connectAs(s.user("bob@postroom.example"), "bob@contoso.example")
	_, err := s.enter(Entered{Second: Secret(must(s.sim.AddSecret("Postroom")))})
	check(t, err)
	check(t, s.sim.ExpireSecrets("Postroom", ""))
	for _, box := range []store.Mailbox{ada, bob, ada} {
		p := wantProblem(t, s.renew(box), problem.ProviderSecret)
		if p.Who != problem.Operator || !strings.Contains(p.Raw, "AADSTS7000222") {
			t.Errorf("problem %+v", p)
		}
		if v := Classify(p); v.State == store.NeedsYou {
			t.Error("the mailbox's owner is asked to act")
		}
	}
	p := s.stored()
	if p.Problem == nil || p.Problem.Code != problem.ProviderSecret || p.ProblemAt == 0 {
		t.Fatalf("provider %+v", p)
	}
	if n := strings.Count(s.journal.String(), "no client secret of this provider works"); n != 1 {
		t.Errorf("logged %d times", n)
	}

	fresh := must(s.sim.AddSecret("Postroom"))
	p, err = s.enter(Entered{First: Secret(fresh)})
	check(t, err)
	if p.Problem != nil || p.SecondFirst {
		t.Errorf("after a new secret: %+v", p)
	}
	check(t, s.renew(bob))
}

func TestAProblemOfTheProviderEndsWithTheFirstSuccess(t *testing.T) {
	s := newTenant(t)
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	s.sim.Set(s.provider.ClientID, simulator.ClientError, "7000222")
	wantProblem(t, s.renew(box), problem.ProviderSecret)
	if s.stored().Problem == nil {
		t.Fatal("no problem noted")
	}
	s.sim.Clear(s.provider.ClientID, simulator.ClientError)
	check(t, s.renew(box))
	if p := s.stored(); p.Problem != nil || p.ProblemAt != 0 {
		t.Errorf("still %+v", p.Problem)
	}
}

func TestTroubleThatPassesBlamesNoSecret(t *testing.T) {
	s := newTenant(t)
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	second := must(s.sim.AddSecret("Postroom"))
	_, err := s.enter(Entered{Second: Secret(second)})
	check(t, err)
	for _, value := range []string{"503", "429:1", "html"} {
		s.sim.Set("*", simulator.TokenHTTP, value)
		if err := s.renew(box); problem.Is(err, problem.ProviderSecret) || err == nil {
			t.Errorf("%s: %v", value, err)
		}
	}
	s.sim.Clear("*", "")
	s.sim.Set("ada@contoso.example", simulator.RefreshError, "50173")
	wantProblem(t, s.renew(box), problem.Reconnect)
	if p := s.stored(); !p.SecondFirst || p.Problem != nil {
		t.Errorf("provider %+v", p)
	}
}

func TestANewSecretIsProvedBeforeItTakesOver(t *testing.T) {
	s := newTenant(t)
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	before := s.stored()
	for name, e := range map[string]Entered{
		"first":  {First: "a~wrong.secret-value_0123456789"},
		"second": {Second: "a~wrong.secret-value_0123456789"},
	} {
		_, err := s.enter(e)
		p := wantProblem(t, err, problem.ProviderSecret)
		if !strings.Contains(p.Raw, "AADSTS7000215") {
			t.Errorf("%s: raw %q", name, p.Raw)
		}
	}
	if after := s.stored(); after.Version != before.Version || after.SecretSetAt != before.SecretSetAt {
		t.Error("a refused secret was stored")
	}
	check(t, s.renew(box))

	s.sim.Set("*", simulator.TokenHTTP, "503")
	fresh := must(s.sim.AddSecret("Postroom"))
	_, err := s.enter(Entered{First: Secret(fresh)})
	wantProblem(t, err, problem.ProviderDown)
	p, err := s.enter(Entered{First: Secret(fresh), Unproved: true})
	check(t, err)
	if p.SecretHint != fresh[len(fresh)-4:] {
		t.Errorf("hint %q", p.SecretHint)
	}
}

func TestAnAnswerAboutAMalformedCodeProvesNothing(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	p := is.provider()
	a := must(h.providers.authorities.of(context.Background(), p))
	for answer, want := range map[string]proof{
		`{"error":"invalid_grant","error_description":"AADSTS70000: …","error_codes":[70000]}`:                    proved,
		`{"error":"invalid_grant","error_description":"AADSTS9002313: Invalid request.","error_codes":[9002313]}`: unclear,
		`{"error":"invalid_request","error_description":"AADSTS900144: The request body must contain: 'code'."}`:  unclear,
		`{"error":"invalid_grant"}`: proved,
	} {
		is.refuses(400, answer)
		got, err := prove(context.Background(), a, p, clientSecret, public)
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", answer, got, err)
		}
	}
	is.refuses(401, `{"error":"invalid_client"}`)
	_, err := prove(context.Background(), a, p, clientSecret, public)
	wantProblem(t, err, problem.ProviderSecret)
}

func TestTheSecondSlotIsKeptReplacedAndEmptied(t *testing.T) {
	s := newTenant(t)
	fresh := must(s.sim.AddSecret("Postroom"))
	p := s.stored()
	p.SecondExpiresAt, p.SecretExpiresAt = 7, 9
	p, err := s.providers.Enter(context.Background(), p, Entered{Second: Secret(fresh)})
	check(t, err)
	p.Name = "Work mail"
	p, err = s.providers.Enter(context.Background(), p, Entered{})
	check(t, err)
	if p.SecondSetAt == 0 || p.SecondExpiresAt != 7 || p.SecretExpiresAt != 9 || !p.SecondFirst {
		t.Errorf("kept %+v", p)
	}
	opened, err := s.providers.open(must(s.store.Provider(context.Background(), p.ID)), slotsOf(must(s.store.Provider(context.Background(), p.ID))).second)
	check(t, err)
	if opened.Reveal() != fresh {
		t.Error("the second secret does not open after a change")
	}
	moved := p
	moved.SMTPHost = "smtp.evil.example:587"
	_, err = s.providers.Enter(context.Background(), moved, Entered{First: Secret(s.secretOf())})
	if got := wantProblem(t, err, problem.Invalid); !strings.Contains(got.Detail, "second client secret") {
		t.Errorf("detail %q", got.Detail)
	}
	p, err = s.providers.Enter(context.Background(), p, Entered{DropSecond: true})
	check(t, err)
	if p.SecondSetAt != 0 || p.SecondHint != "" || p.SecondExpiresAt != 0 || p.SecondFirst {
		t.Errorf("emptied %+v", p)
	}
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	check(t, s.renew(box))
}

func TestAnOrganisationIsApprovedByALink(t *testing.T) {
	s := newTenant(t)
	ctx := context.Background()
	link, err := s.providers.ConsentLink(ctx, s.provider.ID)
	check(t, err)
	u := must(url.Parse(link))
	q := u.Query()
	if u.Path != "/organizations/v2.0/adminconsent" || q.Get("redirect_uri") != RedirectURI(public) || q.Get("scope") != MicrosoftScopes || !IsConsentAnswer(q) {
		t.Errorf("link %s", link)
	}
	consent, err := s.providers.ConsentAnswer(ctx, url.Values{"admin_consent": {"True"}, "tenant": {contosoID}, "state": {q.Get("state")}})
	check(t, err)
	if consent.Provider.ID != s.provider.ID || consent.Tenant != contosoID {
		t.Errorf("consent %+v", consent)
	}
	refusals := map[string]struct {
		answer url.Values
		code   problem.Code
	}{
		"declined":       {url.Values{"admin_consent": {"True"}, "error": {"consent_required"}, "error_description": {"AADSTS65004: User declined to consent to access the app."}, "state": {q.Get("state")}}, problem.ConsentDeclined},
		"nothing said":   {url.Values{"state": {q.Get("state")}}, problem.StateInvalid},
		"state made up":  {url.Values{"admin_consent": {"True"}, "state": {consentMark + "AAAA"}}, problem.StateInvalid},
		"state cut":      {url.Values{"admin_consent": {"True"}, "state": {q.Get("state")[:60]}}, problem.StateInvalid},
		"state too long": {url.Values{"admin_consent": {"True"}, "state": {consentMark + strings.Repeat("A", 5000)}}, problem.StateInvalid},
	}
	for name, r := range refusals {
		_, err := s.providers.ConsentAnswer(ctx, r.answer)
		if p := problem.Of(err); p == nil || p.Code != r.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.clock.advance(consentLife)
	_, err = s.providers.ConsentAnswer(ctx, url.Values{"admin_consent": {"True"}, "state": {q.Get("state")}})
	wantProblem(t, err, problem.StateInvalid)

	p := s.stored()
	for tenant, want := range map[string]string{"common": "/organizations/", "organizations": "/organizations/", "contoso.example": "/contoso.example/"} {
		p.Tenant = tenant
		p = must(s.providers.Save(ctx, p, Secret(s.secretOf())))
		if link, err = s.providers.ConsentLink(ctx, p.ID); err != nil || !strings.Contains(link, want) {
			t.Errorf("%s: %s, %v", tenant, link, err)
		}
	}
	p.Tenant = "consumers"
	p = must(s.providers.Save(ctx, p, Secret(s.secretOf())))
	_, err = s.providers.ConsentLink(ctx, p.ID)
	wantProblem(t, err, problem.Invalid)
}
