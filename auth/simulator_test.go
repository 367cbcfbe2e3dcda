package auth

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// tenant is a simulated Microsoft 365 with Postroom registered in it, and a browser before it.
type tenant struct {
	*house
	sim      *simulator.Simulator
	provider store.Provider
	browser  *http.Client
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	h := newHouse(t)
	sim, err := simulator.New(simulator.Options{Now: h.clock.Now})
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = sim.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })

	_, err = sim.AddTenant(simulator.Tenant{Domain: "contoso.example", Name: "Contoso"})
	check(t, err)
	for _, user := range []simulator.User{{Address: "ada@contoso.example", Name: "Ada"}, {Address: "bob@contoso.example", Name: "Bob"}} {
		_, err = sim.AddUser(user)
		check(t, err)
	}
	app, err := sim.AddApp(simulator.App{Name: "Postroom", RedirectURIs: []string{RedirectURI(public)}})
	check(t, err)

	p := Preset(store.KindMicrosoft)
	p.Authority, p.ClientID, p.IMAPHost, p.SMTPHost, p.CAPEM = sim.Authority(), app.ID, sim.IMAPAddr(), sim.SMTPAddr(), sim.CAPEM()
	p, err = h.providers.Save(context.Background(), p, Secret(app.Secret))
	check(t, err)
	jar, err := cookiejar.New(nil)
	check(t, err)
	browser := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(browser.CloseIdleConnections)
	return &tenant{h, sim, p, browser}
}

// secretOf is the client secret that Postroom was registered with.
func (s *tenant) secretOf() string {
	app, ok := s.sim.App("Postroom")
	if !ok {
		s.t.Fatal("no registration")
	}
	return app.Secret
}

var formFields = regexp.MustCompile(`action="([^"]+)">\s*<input type="hidden" name="flow" value="([^"]+)"`)

// walk goes through the sign-in pages as address, pressing action on the consent page, until the
// browser is sent back.
func (s *tenant) walk(page *url.URL, address, action string) url.Values {
	s.t.Helper()
	resp, err := s.browser.Get(page.String())
	for range 5 {
		check(s.t, err)
		body, rerr := io.ReadAll(resp.Body)
		check(s.t, rerr)
		resp.Body.Close()
		if to := resp.Header.Get("Location"); strings.HasPrefix(to, public) {
			back, err := url.Parse(to)
			check(s.t, err)
			return back.Query()
		}
		form := formFields.FindSubmatch(body)
		if form == nil {
			s.t.Fatalf("no form on the page: %s", body)
		}
		path, answer := html.UnescapeString(string(form[1])), url.Values{"flow": {string(form[2])}}
		if strings.HasSuffix(path, "/consent") {
			answer.Set("action", action)
		} else {
			answer.Set("username", address)
		}
		resp, err = s.browser.PostForm(s.sim.Authority()+path, answer)
	}
	s.t.Fatal("the sign-in does not end")
	return nil
}

func (s *tenant) connectAs(u store.User, address string) store.Mailbox {
	s.t.Helper()
	box, err := s.complete(u, s.walk(s.begin(u, s.provider, ""), address, "accept"))
	check(s.t, err)
	return box
}

func TestAtMicrosoftAMailboxIsConnectedAndStaysSo(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	if box.Address != "ada@contoso.example" || box.DisplayName != "Ada" || box.TenantID == "" || !strings.HasSuffix(box.Issuer, "/"+box.TenantID+"/v2.0") {
		t.Errorf("mailbox %+v", box)
	}
	last := Secret("")
	for range 50 {
		token := s.access(box)
		if token == last {
			t.Fatal("the token was not renewed")
		}
		last = token
		s.clock.advance(24 * time.Hour)
	}
}

func TestAtMicrosoftReconnectInsistsOnTheAccount(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	jar, err := cookiejar.New(nil)
	check(t, err)
	s.browser.Jar = jar
	_, err = s.complete(ada, s.walk(s.begin(ada, s.provider, box.ID), "bob@contoso.example", "accept"))
	wantProblem(t, err, problem.WrongAccount)
	again, err := s.complete(ada, s.walk(s.begin(ada, s.provider, box.ID), "ada@contoso.example", "accept"))
	check(t, err)
	if again.ID != box.ID {
		t.Error("another mailbox")
	}
}

func TestAtMicrosoftDecliningStoresNothing(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	_, err := s.complete(ada, s.walk(s.begin(ada, s.provider, ""), "ada@contoso.example", "cancel"))
	wantProblem(t, err, problem.ConsentDeclined)
	s.noMailbox(ada)
}

func TestAtMicrosoftAPolicyIsSatisfiedByTheClaimsItSent(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	box := s.connectAs(ada, "ada@contoso.example")
	s.sim.Set("ada@contoso.example", simulator.PolicyError, "50076")
	_, _, err := s.tokens.Access(context.Background(), box.ID)
	p := wantProblem(t, err, problem.Reconnect)
	check(t, s.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.SetMailboxState(box.ID, store.NeedsYou, p, 0) }))
	if !s.begin(ada, s.provider, box.ID).Query().Has("claims") {
		t.Fatalf("the claims were lost: %q", p.Raw)
	}
	_, err = s.complete(ada, s.walk(s.begin(ada, s.provider, box.ID), "ada@contoso.example", "accept"))
	check(t, err)
	s.access(box)
}

func TestAtMicrosoftEachRefusalHasItsOwner(t *testing.T) {
	s := newTenant(t)
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	const everybody = "*"
	for name, c := range map[string]struct {
		fault simulator.Fault
		value string
		want  problem.Code
		state store.MailboxState
	}{
		"revoked":            {simulator.RefreshError, "50173", problem.Reconnect, store.NeedsYou},
		"90 days idle":       {simulator.RefreshError, "700082", problem.Reconnect, store.NeedsYou},
		"sign-in frequency":  {simulator.RefreshError, "70043", problem.Reconnect, store.NeedsYou},
		"consent withdrawn":  {simulator.RefreshError, "65001", problem.Reconnect, store.NeedsYou},
		"second factor":      {simulator.RefreshError, "50079", problem.Reconnect, store.NeedsYou},
		"conditional access": {simulator.RefreshError, "53003", problem.SignInBlocked, store.NeedsAdmin},
		"account disabled":   {simulator.RefreshError, "50057", problem.AccountDisabled, store.NeedsAdmin},
		"wrong secret":       {simulator.ClientError, "7000215", problem.ProviderSecret, store.NeedsOperator},
		"expired secret":     {simulator.ClientError, "7000222", problem.ProviderSecret, store.NeedsOperator},
		"no such app":        {simulator.ClientError, "700016", problem.ProviderConfig, store.NeedsOperator},
		"throttled":          {simulator.TokenHTTP, "429:30", problem.ProviderDown, store.Offline},
		"unavailable":        {simulator.TokenHTTP, "503", problem.ProviderDown, store.Offline},
		"a page":             {simulator.TokenHTTP, "html", problem.ProviderDown, store.Offline},
	} {
		t.Run(name, func(t *testing.T) {
			s.tokens.Drop(box.ID)
			s.sim.Set(everybody, c.fault, c.value)
			_, _, err := s.tokens.Access(context.Background(), box.ID)
			p := wantProblem(t, err, c.want)
			if v := Classify(err); v.State != c.state || c.value == "429:30" && v.Retry != 30*time.Second {
				t.Errorf("verdict %+v of %s", v, p.Raw)
			}
			s.sim.Clear(everybody, c.fault)
			s.clock.advance(30 * time.Second)
			s.access(box)
		})
	}
}

func TestAtAStrictServiceTokensAreRenewedOnceEach(t *testing.T) {
	s := newTenant(t)
	s.sim.Set("*", simulator.RefreshOnce, "")
	box := s.connectAs(s.user("ada@postroom.example"), "ada@contoso.example")
	for range 20 {
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				if _, _, err := s.tokens.Access(context.Background(), box.ID); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		s.clock.advance(2 * time.Hour)
	}
}

func TestAtMicrosoftKeysRollOver(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	s.connectAs(ada, "ada@contoso.example")
	check(t, s.sim.RollKey())
	s.clock.advance(2 * time.Minute)
	s.connectAs(ada, "ada@contoso.example")
}

func TestAtMicrosoftLessConsentIsNoticed(t *testing.T) {
	s := newTenant(t)
	ada := s.user("ada@postroom.example")
	s.sim.Set("*", simulator.ScopeLess, "https://outlook.office.com/SMTP.Send")
	_, err := s.complete(ada, s.walk(s.begin(ada, s.provider, ""), "ada@contoso.example", "accept"))
	if p := wantProblem(t, err, problem.ConsentPartial); !strings.Contains(p.Detail, "SMTP.Send") {
		t.Errorf("detail %q", p.Detail)
	}
	s.noMailbox(ada)
}
