package auth

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

func TestThePresetIsRightForMicrosoft(t *testing.T) {
	h := newHouse(t)
	p := Preset(store.KindMicrosoft)
	p.ClientID = clientID
	saved, err := h.providers.Save(context.Background(), p, "a~client.secret-value_0123456789")
	check(t, err)
	if saved.Authority != "https://login.microsoftonline.com" || saved.IMAPHost != "outlook.office365.com:993" || saved.SMTPHost != "smtp.office365.com:587" ||
		saved.SMTPTLS != "starttls" || saved.FilesSent != store.SentByServer ||
		saved.Scopes != "openid profile email offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send" {
		t.Errorf("%+v", saved)
	}
	if strings.Contains(saved.Scopes, "User.Read") {
		t.Error("a scope of Graph spoils the token")
	}
	if got := h.providers.RedirectURI(); got != public+"/oauth/callback" {
		t.Errorf("redirect URI %q", got)
	}
}

func TestRow28ClientSecretsGoInAndNeverComeOut(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	p := h.provider(newIssuer(t, h.clock))
	list, err := h.providers.List(ctx)
	check(t, err)
	one, err := h.providers.Get(ctx, p.ID)
	check(t, err)
	for _, view := range []store.Provider{p, one, list[0]} {
		if view.ClientSecret != nil {
			t.Error("the sealed secret came out")
		}
		raw, err := json.Marshal(view)
		check(t, err)
		if strings.Contains(string(raw), clientSecret.Reveal()) || view.SecretHint != "hars" || view.SecretSetAt != h.store.Now() {
			t.Errorf("view %s", raw)
		}
	}
	if strings.Contains(string(h.databaseBytes()), clientSecret.Reveal()) {
		t.Error("the database holds the secret itself")
	}
	if hint := hintOf("short-secret"); hint != "" {
		t.Errorf("hint of a short secret: %q", hint)
	}
}

func TestRow28ABlankSecretKeepsTheStoredOneForTheSamePlaceAlone(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	is := newIssuer(t, h.clock)
	p := h.provider(is)
	set := p.SecretSetAt
	h.clock.advance(time.Hour)
	p.Name = "Work mail"
	p, err := h.providers.Save(ctx, p, " \n")
	check(t, err)
	if p.SecretSetAt != set || p.SecretHint != "hars" || p.Name != "Work mail" {
		t.Errorf("saved %+v", p)
	}
	stored := must(h.store.Provider(ctx, p.ID))
	secret, err := h.connector.open(stored, slotsOf(stored).first)
	check(t, err)
	if secret != clientSecret {
		t.Error("the kept secret is another one")
	}
	for name, change := range map[string]func(*store.Provider){
		"authority": func(p *store.Provider) { p.Authority = "https://evil.example" },
		"tenant":    func(p *store.Provider) { p.Tenant = "evil.example" },
		"client id": func(p *store.Provider) { p.ClientID = "another" },
		"kind":      func(p *store.Provider) { p.Kind, p.Preset, p.Cloud, p.Tenant = store.KindGeneric, "", "", "" },
	} {
		t.Run(name, func(t *testing.T) {
			changed, err := h.providers.Get(ctx, p.ID)
			check(t, err)
			change(&changed)
			_, err = h.providers.Save(ctx, changed, "")
			got := wantProblem(t, err, problem.Invalid)
			if !strings.Contains(got.Detail, "again") {
				t.Errorf("detail %q", got.Detail)
			}
		})
	}
}

func TestRow28ConnectedMailboxesKeepTheirSignInService(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	is, moved := newIssuer(t, h.clock), newIssuer(t, h.clock)
	p := h.provider(is)
	box := h.connect(is, h.user("ada@postroom.example"), p)
	evil := p
	evil.Authority = "https://evil.example"
	_, err := h.providers.Save(ctx, evil, clientSecret)
	wantProblem(t, err, problem.Conflict)
	h.access(box)
	p.Authority = moved.server.URL // the same machine, another port
	_, err = h.providers.Save(ctx, p, clientSecret)
	check(t, err)
}

func TestTwoAdminsDoNotOverwriteOneAnother(t *testing.T) {
	h := newHouse(t)
	ctx := context.Background()
	p := h.provider(newIssuer(t, h.clock))
	one, two := p, p
	one.Name, two.Name = "One", "Two"
	saved, err := h.providers.Save(ctx, one, "")
	check(t, err)
	_, err = h.providers.Save(ctx, two, "")
	wantProblem(t, err, problem.Conflict)
	if saved.Version != p.Version+1 {
		t.Errorf("version %d after %d", saved.Version, p.Version)
	}
	saved.Name = "Again"
	_, err = h.providers.Save(ctx, saved, "")
	check(t, err)
}

func TestAUsedProviderIsNotDeleted(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	p := h.provider(is)
	h.connect(is, h.user("ada@postroom.example"), p)
	wantProblem(t, h.providers.Delete(context.Background(), p.ID), problem.Conflict)
	unused := h.provider(is)
	check(t, h.providers.Delete(context.Background(), unused.ID))
	wantProblem(t, h.providers.Delete(context.Background(), unused.ID), problem.NotFound)
}

func TestADisabledProviderIsNotOffered(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	box := h.connect(is, ada, p)
	p.Disabled = true
	p, err := h.providers.Save(context.Background(), p, "")
	check(t, err)
	_, err = h.connector.Begin(context.Background(), ada.ID, session, p.ID, store.Wish{})
	wantProblem(t, err, problem.NotFound)
	h.begin(ada, p, box.ID) // who is connected already may reconnect
	h.access(box)
}

func TestProviderSettingsAreChecked(t *testing.T) {
	h := newHouse(t)
	good := Preset(store.KindMicrosoft)
	good.ClientID = clientID
	const goodSecret = Secret("a~client.secret-value_0123456789")
	refused := map[string]func(p *store.Provider, s *Secret){
		"no name":                         func(p *store.Provider, _ *Secret) { p.Name = "" },
		"odd kind":                        func(p *store.Provider, _ *Secret) { p.Kind = "imap" },
		"authority in clear":              func(p *store.Provider, _ *Secret) { p.Authority = "http://login.example.org" },
		"authority of a metadata service": func(p *store.Provider, _ *Secret) { p.Authority = "http://169.254.169.254" },
		"no address":                      func(p *store.Provider, _ *Secret) { p.Authority = "login.microsoftonline.com" },
		"a file":                          func(p *store.Provider, _ *Secret) { p.Authority = "file:///etc/passwd" },
		"with a password":                 func(p *store.Provider, _ *Secret) { p.Authority = "https://a:b@login.example.org" },
		"with a query":                    func(p *store.Provider, _ *Secret) { p.Authority = "https://login.example.org?x=1" },
		"with its tenant":                 func(p *store.Provider, _ *Secret) { p.Authority = "https://login.microsoftonline.com/common" },
		"localhost look-alike":            func(p *store.Provider, _ *Secret) { p.Authority = "http://localhost.evil.example" },
		"tenant with a path":              func(p *store.Provider, _ *Secret) { p.Tenant = "../evil" },
		"no tenant":                       func(p *store.Provider, _ *Secret) { p.Tenant = "" },
		"tenant of a generic one":         func(p *store.Provider, _ *Secret) { p.Kind = store.KindGeneric },
		"no client id":                    func(p *store.Provider, _ *Secret) { p.ClientID = " " },
		"no secret":                       func(_ *store.Provider, s *Secret) { *s = "" },
		"secret with a break":             func(_ *store.Provider, s *Secret) { *s = "abc\ndef" },
		"the secret's id":                 func(_ *store.Provider, s *Secret) { *s = "3c9b1d5e-0000-4000-8000-2f6a7b8c9d0e" },
		"scopes without openid": func(p *store.Provider, _ *Secret) {
			p.Scopes = "offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
		},
		"scopes without offline": func(p *store.Provider, _ *Secret) {
			p.Scopes = "openid https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"
		},
		"scopes without SMTP": func(p *store.Provider, _ *Secret) {
			p.Scopes = "openid offline_access https://outlook.office.com/IMAP.AccessAsUser.All"
		},
		"scopes of two resources": func(p *store.Provider, _ *Secret) { p.Scopes += " https://graph.microsoft.com/User.Read" },
		"bare scope":              func(p *store.Provider, _ *Secret) { p.Scopes = "openid offline_access IMAP.AccessAsUser.All SMTP.Send" },
		"IMAP without port":       func(p *store.Provider, _ *Secret) { p.IMAPHost = "outlook.office365.com" },
		"IMAP as address":         func(p *store.Provider, _ *Secret) { p.IMAPHost = "https://outlook.office365.com:993" },
		"SMTP port out of range":  func(p *store.Provider, _ *Secret) { p.SMTPHost = "smtp.office365.com:70000" },
		"SMTP port zero":          func(p *store.Provider, _ *Secret) { p.SMTPHost = "smtp.office365.com:0" },
		"SMTP without TLS":        func(p *store.Provider, _ *Secret) { p.SMTPTLS = "none" },
		"odd Sent policy":         func(p *store.Provider, _ *Secret) { p.FilesSent = "nobody" },
		"CA that is none":         func(p *store.Provider, _ *Secret) { p.CAPEM = "hello" },
	}
	for name, spoil := range refused {
		t.Run(name, func(t *testing.T) {
			p, s := good, goodSecret
			spoil(&p, &s)
			_, err := h.providers.Save(context.Background(), p, s)
			if got := wantProblem(t, err, problem.Invalid); got.Detail == "" {
				t.Error("does not say what is wrong")
			}
		})
	}
	accepted := map[string]func(p *store.Provider){
		"as it is": func(*store.Provider) {},
		"copied with spaces": func(p *store.Provider) {
			p.ClientID, p.Authority = " "+clientID+"\n", " https://login.microsoftonline.com/ "
		},
		"domain as tenant":   func(p *store.Provider) { p.Tenant = "contoso.onmicrosoft.com" },
		"GUID as tenant":     func(p *store.Provider) { p.Tenant = contosoID },
		"this machine":       func(p *store.Provider) { p.Authority = "http://127.0.0.1:1234" },
		"this machine, IPv6": func(p *store.Provider) { p.Authority = "http://[::1]:1234" },
		"no scopes":          func(p *store.Provider) { p.Scopes = "" },
		"China": func(p *store.Provider) {
			p.Authority, p.Scopes = "https://login.partner.microsoftonline.cn", "openid offline_access https://partner.outlook.cn/IMAP.AccessAsUser.All https://partner.outlook.cn/SMTP.Send"
		},
		"generic, with a path": func(p *store.Provider) {
			p.Preset, p.Cloud = "", ""
			p.Kind, p.Tenant, p.Authority, p.Scopes = store.KindGeneric, "", "https://sso.example.org/realms/mail", "openid email https://mail.google.com/"
		},
	}
	for name, change := range accepted {
		t.Run(name, func(t *testing.T) {
			p := good
			change(&p)
			_, err := h.providers.Save(context.Background(), p, " "+goodSecret+"\n")
			check(t, err)
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
