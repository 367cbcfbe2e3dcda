package mailbox

import (
	"strings"
	"testing"

	"postroom/auth"
	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// RFC 7628, 4.1, and Google's description of XOAUTH2.
func TestATokenIsWrittenAsItsMechanismWantsIt(t *testing.T) {
	p := store.Provider{IMAPHost: "imap.example.org:993", SMTPHost: "smtp.example.org:465", SASL: store.OAUTHBearer}
	for _, c := range []struct {
		client     *bearer
		mech, want string
		end        string
	}{
		{overIMAP(p, "o=ne,two@example.org", "tok"), "OAUTHBEARER", "n,a=o=3Dne=2Ctwo@example.org,\x01host=imap.example.org\x01port=993\x01auth=Bearer tok\x01\x01", "\x01"},
		{overSMTP(p, "ada@example.org", "tok"), "OAUTHBEARER", "n,a=ada@example.org,\x01host=smtp.example.org\x01port=465\x01auth=Bearer tok\x01\x01", "\x01"},
		{overSMTP(store.Provider{}, "ada@example.org", "tok"), "XOAUTH2", "user=ada@example.org\x01auth=Bearer tok\x01\x01", ""},
	} {
		mech, ir, err := c.client.Start()
		check(t, err)
		end, err := c.client.Next([]byte(`{"status":"invalid_token","scope":"mail"}`))
		check(t, err)
		if mech != c.mech || string(ir) != c.want || string(end) != c.end || end == nil {
			t.Errorf("%s %q, ended by %q", mech, ir, end)
		}
		if got := c.client.reason(); got != "status invalid_token, scope mail" {
			t.Errorf("reason %q", got)
		}
	}
}

func TestAMailboxIsOpenedByOAUTHBEARER(t *testing.T) {
	w := newWorld(t)
	w.sim.Set("*", simulator.OAuthBearer, "only")
	probe := NewProbe(w.dial)
	token, _, err := w.tokens.Access(t.Context(), "")
	check(t, err)
	if _, err := probe(t.Context(), auth.Trial{Provider: w.provider, Logins: []string{ada}, Token: token}); !problem.Is(err, problem.IMAPRefused) {
		t.Errorf("by XOAUTH2: %v", err)
	}
	p := w.provider
	p.SASL = store.OAUTHBearer
	found, err := probe(t.Context(), auth.Trial{Provider: p, Logins: []string{ada}, Token: token})
	check(t, err)
	if !found.CanSend || found.Login != ada {
		t.Errorf("%+v", found)
	}
	_, err = probe(t.Context(), auth.Trial{Provider: p, Logins: []string{ada}, Token: auth.Secret("garbage")})
	if got := problem.Of(err); got == nil || got.Code != problem.IMAPRefused || !strings.Contains(got.Detail, "invalid_token") {
		t.Errorf("garbage: %v", err)
	}
	if sub, err := dialSMTP(t.Context(), w.dial, p, ada, "garbage", probeTime); err == nil {
		sub.close()
		t.Error("SMTP took garbage")
	} else if !problem.Is(err, problem.SMTPRefused) {
		t.Errorf("SMTP: %v", err)
	}
}

func TestAKnockLooksAtTheMailServersFromOutside(t *testing.T) {
	w := newWorld(t)
	knock := NewKnock(w.dial)
	caps, err := knock.IMAP(t.Context(), w.provider)
	check(t, err)
	said, err := knock.SMTP(t.Context(), w.provider)
	check(t, err)
	if !strings.Contains(caps, "AUTH=XOAUTH2") || said != "AUTH LOGIN XOAUTH2" {
		t.Errorf("IMAP %q, SMTP %q", caps, said)
	}
	for name, c := range map[string]struct {
		change func(*store.Provider)
		code   problem.Code
	}{
		"another mechanism": {func(p *store.Provider) { p.SASL = store.OAUTHBearer }, problem.ProviderConfig},
		"unknown CA":        {func(p *store.Provider) { p.CAPEM = "" }, problem.MailServerTLS},
		"TLS at once":       {func(p *store.Provider) { p.SMTPTLS, p.IMAPHost = "tls", p.SMTPHost }, problem.MailServerTLS},
		"nobody there":      {func(p *store.Provider) { p.IMAPHost, p.SMTPHost = "127.0.0.1:1", "127.0.0.1:1" }, problem.MailServerDown},
	} {
		t.Run(name, func(t *testing.T) {
			p := w.provider
			c.change(&p)
			for protocol, ask := range map[string]func() (string, error){
				"IMAP": func() (string, error) { return knock.IMAP(t.Context(), p) },
				"SMTP": func() (string, error) { return knock.SMTP(t.Context(), p) },
			} {
				_, err := ask()
				got := problem.Of(err)
				if got == nil || got.Code != c.code || got.Title == "" {
					t.Errorf("%s: %v", protocol, err)
				}
			}
		})
	}
	w.sim.Set("*", simulator.ConnectionDrop, "")
	if _, err := knock.IMAP(t.Context(), w.provider); !problem.Is(err, problem.MailServerDown) {
		t.Errorf("dropped: %v", err)
	}
}
