package auth

import (
	"context"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/store"
)

// try goes through a trial and returns its steps by name; their order is checked.
func (h *house) try(p store.Provider, e Entered) map[string]TrialStep {
	h.t.Helper()
	h.providers.Knock = Knock{
		IMAP: func(context.Context, store.Provider) (string, error) { return "AUTH=XOAUTH2", nil },
		SMTP: func(context.Context, store.Provider) (string, error) {
			return "", problem.New(problem.MailServerDown, "")
		},
	}
	var names []string
	steps := map[string]TrialStep{}
	h.providers.Trial(context.Background(), p, e, func(s TrialStep) {
		names = append(names, s.Name)
		steps[s.Name] = s
	})
	if got, want := strings.Join(names, " "), strings.Join(TrialNames(), " "); got != want {
		h.t.Errorf("steps %s, want %s", got, want)
	}
	return steps
}

func outcomes(steps map[string]TrialStep) string {
	var all []string
	for _, name := range TrialNames() {
		all = append(all, string(steps[name].Outcome))
	}
	return strings.Join(all, " ")
}

func TestATrialNamesTheStepThatFails(t *testing.T) {
	s := newTenant(t)
	blank := store.Provider{}
	good := s.stored()
	good.ID, good.Version = "", 0
	secret := Secret(s.secretOf())
	for name, c := range map[string]struct {
		change func(p *store.Provider, e *Entered)
		want   string
		code   problem.Code // of the first step that fails
		raw    string
	}{
		"all right":      {func(*store.Provider, *Entered) {}, "ok ok ok ok skipped ok failed", problem.MailServerDown, ""},
		"empty form":     {func(p *store.Provider, _ *Entered) { *p = blank }, "failed skipped skipped skipped skipped skipped skipped", problem.Invalid, ""},
		"no secret":      {func(_ *store.Provider, e *Entered) { e.First = "" }, "ok ok ok failed skipped ok failed", problem.Invalid, ""},
		"wrong secret":   {func(_ *store.Provider, e *Entered) { e.First = "a~wrong.secret-value_0123456789" }, "ok ok ok failed skipped ok failed", problem.ProviderSecret, "AADSTS7000215"},
		"wrong second":   {func(_ *store.Provider, e *Entered) { e.Second = "a~wrong.secret-value_0123456789" }, "ok ok ok ok failed ok failed", problem.ProviderSecret, "AADSTS7000215"},
		"wrong client":   {func(p *store.Provider, _ *Entered) { p.ClientID = contosoID }, "ok ok ok failed skipped ok failed", problem.ProviderConfig, "AADSTS700016"},
		"unknown tenant": {func(p *store.Provider, _ *Entered) { p.Tenant = fabrikamID }, "ok ok failed skipped skipped ok failed", problem.ProviderConfig, "AADSTS90002"},
		"nobody there":   {func(p *store.Provider, _ *Entered) { p.Authority = "http://127.0.0.1:1" }, "ok failed skipped skipped skipped ok failed", problem.ProviderDown, "127.0.0.1:1"},
		"no TLS":         {func(p *store.Provider, _ *Entered) { p.Authority = strings.Replace(p.Authority, "http:", "https:", 1) }, "ok failed skipped skipped skipped ok failed", problem.ProviderDown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, e := good, Entered{First: secret}
			c.change(&p, &e)
			steps := s.try(p, e)
			if got := outcomes(steps); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, name := range TrialNames() {
				step := steps[name]
				if step.Outcome != TrialFailed {
					if step.Words == "" && name != "imap" {
						t.Errorf("%s says nothing", name)
					}
					continue
				}
				if step.Problem.Code != c.code || !strings.Contains(step.Problem.Raw, c.raw) || step.Problem.Title == "" || step.Problem.Action == "" {
					t.Errorf("%s: %+v", name, step.Problem)
				}
				break
			}
		})
	}
	if must(s.store.Providers(context.Background()))[0].Version != s.provider.Version {
		t.Error("a trial changes what is stored")
	}
}

func TestRow28ATrialUsesTheStoredSecretForTheSamePlaceAlone(t *testing.T) {
	h := newHouse(t)
	is, evil := newIssuer(t, h.clock), newIssuer(t, h.clock)
	is.refuses(400, `{"error":"invalid_grant"}`)
	evil.refuses(400, `{"error":"invalid_grant"}`)
	p := h.provider(is)
	p.Name = "Renamed"
	if got := h.try(p, Entered{})["secret"]; got.Outcome != TrialOK {
		t.Fatalf("%+v", got.Problem)
	}
	if forms := is.sent(); forms[len(forms)-1].Get("client_secret") != clientSecret.Reveal() {
		t.Error("another secret was asked about")
	}
	for name, change := range map[string]func(*store.Provider){
		"authority":   func(p *store.Provider) { p.Authority = evil.server.URL },
		"client ID":   func(p *store.Provider) { p.ClientID = "another" },
		"IMAP server": func(p *store.Provider) { p.IMAPHost = "imap.evil.example:993" },
		"SMTP server": func(p *store.Provider) { p.SMTPHost = "smtp.evil.example:587" },
	} {
		changed := p
		change(&changed)
		asked := len(is.sent()) + len(evil.sent())
		got := h.try(changed, Entered{})["secret"]
		if got.Outcome != TrialFailed || !strings.Contains(got.Problem.Detail, name) || !strings.Contains(got.Problem.Detail, "again") {
			t.Errorf("%s: %+v", name, got)
		}
		if len(is.sent())+len(evil.sent()) != asked {
			t.Errorf("%s: the secret was sent", name)
		}
	}
	if got := h.try(store.Provider{ID: "unknown", Kind: p.Kind, Name: p.Name, Authority: p.Authority, Tenant: p.Tenant, ClientID: p.ClientID, Scopes: p.Scopes, IMAPHost: p.IMAPHost, SMTPHost: p.SMTPHost, SMTPTLS: p.SMTPTLS, FilesSent: p.FilesSent}, Entered{})["settings"]; got.Outcome != TrialFailed || got.Problem.Code != problem.NotFound {
		t.Errorf("unknown provider: %+v", got)
	}
}

func TestEndpointsByHandNeedNoMetadata(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.refuses(400, `{"error":"invalid_grant"}`)
	p, _ := PresetOf(PresetFastmail, "")
	p.ClientID, p.AuthorizeURL, p.TokenURL = clientID, is.server.URL+"/authorize", is.server.URL+"/token"
	p.IMAPHost, p.SMTPHost = "127.0.0.1:993", "127.0.0.1:587"
	if got := outcomes(h.try(p, Entered{})); got != "ok ok skipped ok skipped ok failed" {
		t.Errorf("steps %s", got)
	}
	saved, err := h.providers.Save(context.Background(), p, "")
	check(t, err)
	page := h.wish(h.user("ada@postroom.example"), saved, store.Wish{Address: "ada@fastmail.example"})
	if page.Path != "/authorize" || page.Query().Get("code_challenge_method") != "S256" || page.Query().Get("scope") != p.Scopes {
		t.Errorf("sign-in page %s", page)
	}
	if is.count("/.well-known/openid-configuration") != 0 {
		t.Error("the service was asked about itself")
	}
}

func TestPresetsAreGoodOnceARegistrationIsEntered(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Presets() {
		name := p.Preset + " " + p.Cloud
		if seen[name] {
			t.Errorf("%s stands there twice", name)
		}
		seen[name] = true
		p.ClientID = clientID
		if p.Preset == PresetGeneric {
			p.Name, p.Authority, p.IMAPHost, p.SMTPHost = "Ours", "https://sso.example.org", "imap.example.org:993", "smtp.example.org:587"
		}
		check(t, validProvider(tidy(p), "a~client.secret-value_0123456789"))
	}
	china, _ := PresetOf(PresetMicrosoft, CloudChina)
	if china.Authority != "https://login.partner.microsoftonline.cn" || !strings.Contains(china.Scopes, "https://partner.outlook.cn/IMAP.AccessAsUser.All") || china.IMAPHost != "partner.outlook.cn:993" {
		t.Errorf("China %+v", china)
	}
}
