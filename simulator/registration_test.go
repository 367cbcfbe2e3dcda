package simulator

import (
	"net/url"
	"strings"
	"testing"
)

func TestAnAdministratorConsentsForEveryone(t *testing.T) {
	sim, app := start(t, Options{})
	b := newBrowser(t, sim)
	scope := "openid offline_access https://outlook.office.com/IMAP.AccessAsUser.All"
	open := func(tenant string) screen {
		q := url.Values{"client_id": {app.ID}, "redirect_uri": {app.RedirectURIs[0]}, "scope": {scope}, "state": {"st&te="}}
		resp, err := b.http.Get(sim.Authority() + "/" + tenant + "/v2.0/adminconsent?" + q.Encode())
		check(t, err)
		return b.see(resp)
	}
	if s := open("common"); s.status != 400 || s.location != nil {
		t.Errorf("at common: %d %v", s.status, s.location)
	}
	no := b.submit(open("organizations"), "/organizations/adminconsent", "username", ada, "action", "cancel")
	equal(t, "declined", no.location.Get("error"), "consent_required")
	if !strings.HasPrefix(no.location.Get("error_description"), "AADSTS65004") || no.location.Get("state") != "st&te=" {
		t.Error(no.location)
	}
	if sim.consented(sim.account(grace), app.ID, strings.Fields(scope)) {
		t.Fatal("a refusal consents")
	}
	yes := b.submit(open("contoso.example"), "/contoso.example/adminconsent", "username", ada, "action", "accept")
	equal(t, "accepted", yes.location.Get("admin_consent")+yes.location.Get("state"), "Truest&te=")
	equal(t, "tenant", yes.location.Get("tenant"), sim.tenant("contoso.example").ID)
	s := b.submit(b.open("common", app, map[string]string{"scope": scope}), "/common/login", "username", grace)
	if s.location.Get("code") == "" {
		t.Errorf("a colleague is asked again: %s", s.text)
	}
}

func TestAnAppHasSeveralSecretsAndTheyExpire(t *testing.T) {
	sim, app := start(t, Options{})
	second, err := sim.AddSecret(app.Name)
	check(t, err)
	ask := func(secret string) []int {
		return token(t, sim, "common", url.Values{"grant_type": {"authorization_code"}, "client_id": {app.ID}, "client_secret": {secret}, "code": {"none"}}).ErrorCodes
	}
	for _, c := range []struct {
		expire string
		want   map[string]int
	}{
		{"", map[string]int{app.Secret: 70000, second: 70000, "wrong": 7000215}},
		{app.Secret, map[string]int{app.Secret: 7000222, second: 70000}},
		{second, map[string]int{app.Secret: 7000222, second: 7000222}},
	} {
		if c.expire != "" {
			check(t, sim.ExpireSecrets(app.ID, c.expire))
		}
		for secret, want := range c.want {
			if got := ask(secret); len(got) != 1 || got[0] != want {
				t.Errorf("codes %v, want %d", got, want)
			}
		}
	}
	if err := sim.ExpireSecrets("nobody", ""); err == nil {
		t.Error("an unknown app has secrets")
	}
}
