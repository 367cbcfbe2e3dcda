package auth

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// The numbers are those of the list of what Microsoft 365 does. Each test switches the behaviour on,
// looks at what the person is shown, and mends it.

const everybody = "*"

// face is what a person sees of a problem.
type face struct {
	code  problem.Code
	who   problem.Who
	words string // in the detail, or in the title
	raw   string
}

// sees fails unless err shows this face: a sentence, what to do and, where somebody else must act,
// a message for them.
func (f face) sees(t *testing.T, err error) *problem.Problem {
	t.Helper()
	p := wantProblem(t, err, f.code)
	if p.Who != f.who || !strings.Contains(p.Title+" "+p.Detail, f.words) || !strings.Contains(p.Raw, f.raw) {
		t.Errorf("shown: %+v, want %+v", p, f)
	}
	if p.Action == "" {
		t.Errorf("%s: nobody is told what to do", p.Raw)
	}
	if message := p.Message("ada@contoso.example"); (p.Who == problem.Admin || p.Who == problem.Operator) && !strings.Contains(message, p.Title) {
		t.Errorf("message %q", message)
	}
	return p
}

// anew forgets who is signed in at Microsoft.
func (s *tenant) anew() {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	check(s.t, err)
	s.browser.Jar = jar
}

// tries signs in as Ada and returns what came of it.
func (s *tenant) tries(u store.User) error {
	s.t.Helper()
	s.anew()
	_, err := s.complete(u, s.walk(s.begin(u, s.provider, ""), "ada@contoso.example", "accept"))
	return err
}

// begins asks for the sign-in page and returns why there is none.
func (s *tenant) begins(u store.User) error {
	_, err := s.connector.Begin(context.Background(), u.ID, session, s.provider.ID, store.Wish{})
	return err
}

// recovers fails unless a mailbox is connected now, by the same person at the same provider.
func (s *tenant) recovers(u store.User) {
	s.t.Helper()
	check(s.t, s.tries(u))
}

// change saves the provider changed.
func (s *tenant) change(f func(p *store.Provider)) {
	s.t.Helper()
	p, err := s.store.Provider(context.Background(), s.provider.ID)
	check(s.t, err)
	f(&p)
	secret := Secret("")
	if app, ok := s.sim.App("Postroom"); ok {
		secret = Secret(app.Secret)
	}
	p, err = s.providers.Save(context.Background(), p, secret)
	check(s.t, err)
	s.provider = p
}

// app changes Postroom's registration at Microsoft.
func (s *tenant) app(f func(a *simulator.App)) {
	s.t.Helper()
	a, ok := s.sim.App("Postroom")
	if !ok {
		s.t.Fatal("no registration")
	}
	f(&a)
	_, err := s.sim.AddApp(a)
	check(s.t, err)
}

func TestBehaviour01DiscoveryKeysAndIssuer(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	contoso, err := s.sim.AddTenant(simulator.Tenant{Domain: "contoso.example"})
	check(t, err)
	for _, name := range []string{"common", "organizations", "contoso.example", contoso.ID} {
		s.change(func(p *store.Provider) { p.Tenant = name })
		s.recovers(ada)
	}
	check(t, s.sim.RollKey())
	s.clock.advance(2 * time.Minute)
	s.recovers(ada)

	s.change(func(p *store.Provider) { p.Tenant = "contosso.example" })
	face{problem.ProviderConfig, problem.Operator, "There is no such tenant.", "AADSTS90002"}.sees(t, s.begins(ada))
	s.change(func(p *store.Provider) { p.Tenant = "contoso.example" })
	s.recovers(ada)
}

func TestBehaviour02AuthorizeRules(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	for number, c := range map[string]struct{ spoil, mend func(*simulator.App) }{
		"50011": {func(a *simulator.App) { a.RedirectURIs = []string{public + "/OAuth/callback"} }, func(a *simulator.App) { a.RedirectURIs = []string{RedirectURI(public)} }},
		"50194": {func(a *simulator.App) { a.Tenant = "contoso.example" }, func(a *simulator.App) { a.Tenant = "" }},
	} {
		s.change(func(p *store.Provider) { p.Tenant = "common" })
		s.app(c.spoil)
		s.anew()
		resp, err := s.browser.Get(s.begin(ada, s.provider, "").String())
		check(t, err)
		page, err := io.ReadAll(resp.Body)
		check(t, err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("Location") != "" || !strings.Contains(string(page), "AADSTS"+number) {
			t.Errorf("%s: %d %s", number, resp.StatusCode, page)
		}
		// The page is Microsoft's: our dictionary knows its number.
		if e, ok := problem.EntryOf("aadsts" + number); !ok || e.Mender() != problem.Operator || e.Where == "" {
			t.Errorf("%s: %+v", number, e)
		}
		s.app(c.mend)
	}
	for _, action := range []string{"cancel", "decline"} {
		s.anew()
		_, err := s.complete(ada, s.walk(s.begin(ada, s.provider, ""), "ada@contoso.example", action))
		face{problem.ConsentDeclined, problem.You, "cancelled", ""}.sees(t, err)
		s.noMailbox(ada)
	}
	s.recovers(ada)
}

func TestBehaviour03Codes(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	for number, want := range map[string]face{
		"54005":  {problem.CodeExpired, problem.You, "used already", "AADSTS70002: Error validating credentials. AADSTS54005"},
		"70008":  {problem.CodeExpired, problem.You, "too old", "AADSTS70008"},
		"501481": {problem.StateInvalid, problem.Operator, "does not fit the question", "AADSTS501481"},
		"700005": {problem.ProviderConfig, problem.Operator, "another tenant", "AADSTS700005"},
		"500112": {problem.ProviderConfig, problem.Operator, "redirect URI", "AADSTS500112"},
	} {
		s.sim.SetTimes(everybody, simulator.RedeemError, number, 1)
		want.sees(t, s.tries(ada))
		s.noMailbox(ada)
	}
	answer := s.walk(s.begin(ada, s.provider, ""), "ada@contoso.example", "accept")
	s.clock.advance(11 * time.Minute)
	_, err := s.complete(ada, answer)
	face{problem.StateInvalid, problem.You, "too late", ""}.sees(t, err)
	s.recovers(ada)
}

func TestBehaviour04Scopes(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	const outlook = " https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
	s.change(func(p *store.Provider) { p.Scopes = MicrosoftScopes + " https://outlook.office.com/Made.Up" })
	face{problem.ProviderConfig, problem.Operator, "The scopes are not right.", "AADSTS70011"}.sees(t, s.tries(ada))
	s.noMailbox(ada)
	// What would get no refresh token, or one for another resource, cannot be saved.
	for _, scopes := range []string{
		"openid profile email" + outlook, "offline_access" + outlook, "openid offline_access https://outlook.office.com/SMTP.Send",
		"openid offline_access IMAP.AccessAsUser.All SMTP.Send", "openid offline_access User.Read" + outlook, "openid offline_access https://graph.microsoft.com/User.Read" + outlook,
	} {
		p := s.provider
		p.Scopes = scopes
		_, err := s.providers.Save(context.Background(), p, "")
		wantProblem(t, err, problem.Invalid)
	}
	s.change(func(p *store.Provider) { p.Scopes = MicrosoftScopes })
	s.recovers(ada)
	// What an answer lists beyond that does no harm; what it lacks is named.
	s.sim.Set(everybody, simulator.ScopeExtra, "https://outlook.office.com/POP.AccessAsUser.All")
	s.recovers(ada)
	s.sim.Set(everybody, simulator.ScopeLess, "https://outlook.office.com/IMAP.AccessAsUser.All")
	face{problem.ConsentPartial, problem.You, "IMAP.AccessAsUser.All", ""}.sees(t, s.tries(ada))
	s.sim.Clear(everybody, "")
	s.recovers(ada)
}

// asks has Postroom ask for a new token, and tells the state that the mailbox gets from the refusal.
func (s *tenant) asks(box store.Mailbox) (store.MailboxState, error) {
	s.t.Helper()
	s.tokens.Drop(box.ID)
	s.clock.advance(2 * time.Hour)
	_, _, err := s.tokens.Access(context.Background(), box.ID)
	if err == nil {
		return store.Connected, nil
	}
	v := Classify(err)
	check(s.t, s.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.SetMailboxState(box.ID, v.State, v.Problem, 0) }))
	return v.State, err
}

// reconnects presses the button, and fails unless the mailbox has a token afterwards.
func (s *tenant) reconnects(u store.User, box store.Mailbox) {
	s.t.Helper()
	s.anew()
	again, err := s.complete(u, s.walk(s.begin(u, s.provider, box.ID), box.Address, "accept"))
	check(s.t, err)
	if again.ID != box.ID {
		s.t.Error("another mailbox")
	}
	s.works(box)
}

func (s *tenant) works(box store.Mailbox) {
	s.t.Helper()
	if state, err := s.asks(box); err != nil {
		s.t.Errorf("%s: %v", state, err)
	}
}

func TestBehaviour05RefreshTokens(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	for range 3 { // each answer brings a new one
		s.works(box)
	}
	s.sim.SetTimes(everybody, simulator.RefreshNone, "", 1) // the old one goes on working
	s.works(box)
	s.works(box)
	for what, c := range map[string]struct {
		spoil func()
		face  face
	}{
		"90 days unused":    {func() { s.clock.advance(91 * 24 * time.Hour) }, face{problem.Reconnect, problem.You, "not used for 90 days", "AADSTS700082"}},
		"revoked":           {func() { check(t, s.sim.Revoke("ada@contoso.example")) }, face{problem.Reconnect, problem.You, "withdrawn", "AADSTS50173"}},
		"sign-in frequency": {func() { s.sim.SetTimes(everybody, simulator.RefreshError, "70043", 1) }, face{problem.Reconnect, problem.You, "from time to time", "AADSTS70043"}},
	} {
		c.spoil()
		state, err := s.asks(box)
		if state != store.NeedsYou {
			t.Errorf("%s: state %s", what, state)
		}
		c.face.sees(t, err)
		s.reconnects(ada, box)
	}
}

func TestBehaviour06ClientFaults(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	registered, _ := s.sim.App("Postroom")
	for what, c := range map[string]struct {
		spoil, mend func(*simulator.App)
		face        face
	}{
		"wrong secret": {func(a *simulator.App) { a.Secret = "rotated-by-somebody-else" }, func(a *simulator.App) { a.Secret = registered.Secret },
			face{problem.ProviderSecret, problem.Operator, "The client secret is wrong.", "AADSTS7000215"}},
		"single-page application": {func(a *simulator.App) { a.Kind = simulator.SinglePageApp }, func(a *simulator.App) { a.Kind = simulator.WebApp },
			face{problem.ProviderConfig, problem.Operator, "single-page application", "AADSTS9002327"}},
		"public client": {func(a *simulator.App) { a.Kind = simulator.PublicApp }, func(a *simulator.App) { a.Kind = simulator.WebApp },
			face{problem.ProviderConfig, problem.Operator, "public client", "AADSTS700025"}},
	} {
		s.app(c.spoil)
		state, err := s.asks(box)
		if state != store.NeedsOperator {
			t.Errorf("%s: state %s", what, state)
		}
		c.face.sees(t, err)
		s.app(c.mend)
		s.works(box) // by itself: nobody has to sign in again
	}
	for number, want := range map[string]face{
		"7000222": {problem.ProviderSecret, problem.Operator, "expired", "AADSTS7000222"},
		"7000218": {problem.ProviderSecret, problem.Operator, "needed", "AADSTS7000218"},
		"700016":  {problem.ProviderConfig, problem.Operator, "not known in this organisation", "AADSTS700016"},
	} {
		s.sim.Set(everybody, simulator.ClientError, number)
		state, err := s.asks(box)
		if state != store.NeedsOperator {
			t.Errorf("%s: state %s", number, state)
		}
		p := want.sees(t, err)
		for _, support := range []string{"Trace ID: ", "Correlation ID: ", "Timestamp: "} {
			if !strings.Contains(p.Raw, support) {
				t.Errorf("%s: raw lacks %s: %s", number, support, p.Raw)
			}
		}
		s.sim.Clear(everybody, simulator.ClientError)
		s.works(box)
	}
}

func TestBehaviour07Policies(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	for number, c := range map[string]struct {
		state store.MailboxState
		face  face
	}{
		"65001":  {store.NeedsYou, face{problem.Reconnect, problem.You, "missing or was removed", "AADSTS65001"}},
		"50076":  {store.NeedsYou, face{problem.Reconnect, problem.You, "second factor", "AADSTS50076"}},
		"50079":  {store.NeedsYou, face{problem.Reconnect, problem.You, "second factor", "AADSTS50079"}},
		"50034":  {store.NeedsYou, face{problem.AccountDisabled, problem.You, "does not know this account", "AADSTS50034"}},
		"53003":  {store.NeedsAdmin, face{problem.SignInBlocked, problem.Admin, "Conditional Access", "AADSTS53003"}},
		"50105":  {store.NeedsAdmin, face{problem.SignInBlocked, problem.Admin, "not assigned", "AADSTS50105"}},
		"50057":  {store.NeedsAdmin, face{problem.AccountDisabled, problem.Admin, "disabled", "AADSTS50057"}},
		"90094":  {store.NeedsAdmin, face{problem.AdminConsent, problem.Admin, "administrator", "AADSTS90094"}},
		"530032": {store.NeedsAdmin, face{problem.SignInBlocked, problem.Admin, "security policy", "AADSTS530032"}},
	} {
		// At a refresh, with nobody in front of the screen.
		s.sim.Set("ada@contoso.example", simulator.RefreshError, number)
		state, err := s.asks(box)
		if state != c.state {
			t.Errorf("%s: state %s, want %s", number, state, c.state)
		}
		c.face.sees(t, err)
		s.sim.Clear("ada@contoso.example", simulator.RefreshError)
		if c.state == store.NeedsYou {
			s.reconnects(ada, box)
		} else {
			s.works(box) // by itself, once the administrator has mended it
		}
		// At the code's redemption, in front of somebody who connects.
		s.sim.SetTimes("ada@contoso.example", simulator.RedeemError, number, 1)
		if p := problem.Of(s.tries(ada)); p == nil || p.Title == "" || p.Action == "" || !strings.Contains(p.Raw, number) {
			t.Errorf("%s at the sign-in: %+v", number, p)
		}
		s.recovers(ada)
	}

	// A policy that claims satisfy: the reconnect carries them.
	for _, number := range []string{"50076", "50079"} {
		s.sim.Set("ada@contoso.example", simulator.PolicyError, number)
		if state, _ := s.asks(box); state != store.NeedsYou {
			t.Errorf("%s: state %s", number, state)
		}
		if !s.begin(ada, s.provider, box.ID).Query().Has("claims") {
			t.Errorf("%s: the claims are lost", number)
		}
		s.reconnects(ada, box)
	}

	// Consent that was withdrawn at Microsoft.
	check(t, s.sim.WithdrawConsent("ada@contoso.example", s.provider.ClientID))
	state, err := s.asks(box)
	if state != store.NeedsYou {
		t.Errorf("withdrawn: state %s", state)
	}
	face{problem.Reconnect, problem.You, "missing or was removed", "AADSTS65001"}.sees(t, err)
	s.reconnects(ada, box)
}

func TestBehaviour08TokensAndTheTokenEndpoint(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	for _, size := range []string{"1500", "4096"} {
		s.sim.Set(everybody, simulator.TokenSize, size)
		s.works(box)
	}
	s.sim.Clear(everybody, "")
	for value, most := range map[string]time.Duration{"429:30": 30 * time.Second, "503": 0, "504": 0, "html": 0} {
		s.sim.Set(everybody, simulator.TokenHTTP, value)
		state, err := s.asks(box)
		if state != store.Offline || RetryAfter(err) != most {
			t.Errorf("%s: state %s, again after %v", value, state, RetryAfter(err))
		}
		face{problem.ProviderDown, problem.Wait, "The sign-in service does not answer.", ""}.sees(t, err)
		s.sim.Clear(everybody, simulator.TokenHTTP)
		s.works(box)
	}
	for number, words := range map[string]string{"90033": "passing fault", "50033": "passing fault", "90055": "passing fault", "70012": "passing fault"} {
		s.sim.SetTimes(everybody, simulator.RefreshError, number, 1)
		state, err := s.asks(box)
		if state != store.Offline {
			t.Errorf("%s: state %s", number, state)
		}
		face{problem.ProviderDown, problem.Wait, words, "AADSTS" + number}.sees(t, err)
		s.works(box)
	}

	// The same refresh token again and again is a loop.
	s.sim.Set(everybody, simulator.RefreshNone, "")
	s.sim.Set(everybody, simulator.TokenLoop, "3")
	var last error
	for range 3 {
		_, _, last = s.tokens.Refresh(context.Background(), box.ID)
	}
	face{problem.ProviderDown, problem.Wait, "too often", "AADSTS50196"}.sees(t, last)
	if v := Classify(last); v.State != store.Offline {
		t.Errorf("a loop: state %s", v.State)
	}
	s.works(box) // after a pause
}

func TestBehaviour11APersonalAccountIsToldWhereIMAPIsSwitchedOn(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.tenant = "consumers"
	is.account = map[string]any{"tid": consumerTenant, "oid": "oid-ada", "sub": "sub-ada", "preferred_username": "ada@outlook.example", "email": "ada@outlook.example"}
	h.probe.err = problem.New(problem.NotConnected, "").WithRaw("User is authenticated but not connected.")
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	row := h.attempt(ada, is.signIn(h.begin(ada, p, "")))
	if row.State != store.Asking || row.Problem == nil || row.Problem.Who != problem.You || !strings.Contains(row.Problem.Action, "Let devices and apps use IMAP") {
		t.Errorf("%s: %+v", row.State, row.Problem)
	}
	h.probe.err = nil
	if row = h.reply(row, TryAgain, ""); row.State != store.Done {
		t.Errorf("%s: %+v", row.State, row.Problem)
	}
}
