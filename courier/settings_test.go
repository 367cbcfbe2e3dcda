package courier

import (
	"context"
	"strings"
	"testing"

	"postroom/auth"
	"postroom/problem"
	"postroom/simulator"
	"postroom/store"
)

// results are the steps of a test by name.
func results(t *testing.T, h *house, s store.Sender, secret auth.Secret) map[StepName]Step {
	t.Helper()
	all, err := h.courier.Check(t.Context(), h.ada, s, secret)
	check(t, err)
	by := map[StepName]Step{}
	for _, step := range all {
		by[step.Name] = step
	}
	return by
}

func TestTheConnectionTestNamesTheStepThatFails(t *testing.T) {
	h := newHouse(t, "")
	sim := newCloud(t)
	good := sim.sender()
	for name, c := range map[string]struct {
		change func(*store.Sender)
		secret auth.Secret
		before func()
		step   StepName
		result StepResult
		says   string
	}{
		"all well":      {step: StepRole, result: StepOK, says: "Mail.Send"},
		"common":        {change: func(s *store.Sender) { s.Tenant = "common" }, step: StepFields, result: StepFailed, says: "AADSTS9001023"},
		"organizations": {change: func(s *store.Sender) { s.Tenant = "Organizations" }, step: StepFields, result: StepFailed, says: "AADSTS9001023"},
		"no address":    {change: func(s *store.Sender) { s.Address = "Postroom" }, step: StepFields, result: StepFailed, says: "address"},
		"header":        {change: func(s *store.Sender) { s.Address = "a@contoso.example\r\nBcc: x@y.example" }, step: StepFields, result: StepFailed, says: "address"},
		"secret's id":   {secret: "11111111-2222-3333-4444-555555555555", step: StepFields, result: StepFailed, says: "secret's ID"},
		"tenant":        {change: func(s *store.Sender) { s.Tenant = "fabrikam.example" }, step: StepToken, result: StepFailed, says: "AADSTS90002"},
		"client id":     {change: func(s *store.Sender) { s.ClientID = "11111111-2222-3333-4444-555555555555" }, step: StepToken, result: StepFailed, says: "AADSTS700016"},
		"secret":        {secret: "a-wrong-secret-value", step: StepToken, result: StepFailed, says: "AADSTS7000215"},
		"old secret":    {before: func() { sim.Set("*", simulator.ClientError, "7000222") }, step: StepToken, result: StepFailed, says: "AADSTS7000222"},
		"audience":      {before: func() { sim.Set("*", simulator.TokenAudience, "https://outlook.office.com") }, step: StepAudience, result: StepFailed, says: "not for Microsoft Graph"},
		"no permission": {before: func() { sim.Set("*", simulator.GraphMailSend, "off") }, step: StepRole, result: StepWarning, says: "RBAC"},
		"nobody there":  {change: func(s *store.Sender) { s.Authority = "http://127.0.0.1:1" }, step: StepToken, result: StepFailed, says: "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			s, secret := good, sim.secret()
			if c.change != nil {
				c.change(&s)
			}
			if c.secret != "" {
				secret = c.secret
			}
			if c.before != nil {
				c.before()
			}
			defer sim.Clear("*", "")
			step := results(t, h, s, secret)[c.step]
			said := step.Detail
			if step.Problem != nil {
				said += step.Problem.Title + step.Problem.Detail + step.Problem.Raw
			}
			if step.Result != c.result || !strings.Contains(said, c.says) {
				t.Errorf("%+v %+v", step, step.Problem)
			}
		})
	}
	if _, ok, _ := h.courier.Settings(t.Context()); ok {
		t.Error("a test has saved something")
	}
}

func TestTheConnectionTestOfAnSMTPServer(t *testing.T) {
	h := newHouse(t, "")
	server := newMailServer(t, store.TLSStartTLS)
	s := server.sender(store.TLSStartTLS, store.AuthBasic)
	good := results(t, h, s, auth.Secret(server.password))
	for _, name := range []StepName{StepConnect, StepTLS, StepSignIn} {
		if good[name].Result != StepOK {
			t.Errorf("%s: %+v", name, good[name])
		}
	}
	if step := results(t, h, s, "wrong")[StepSignIn]; step.Result != StepFailed || step.Problem.Code != problem.SenderSignIn || !strings.Contains(step.Problem.Raw, "535 5.7.8") {
		t.Errorf("%+v", step)
	}
	untrusted := s
	untrusted.CAPEM = ""
	if step := results(t, h, untrusted, auth.Secret(server.password))[StepTLS]; step.Result != StepFailed || step.Problem.Code != problem.MailServerTLS {
		t.Errorf("%+v", step)
	}
	closed := s
	closed.Port = 1
	if step := results(t, h, closed, auth.Secret(server.password))[StepConnect]; step.Result != StepFailed || step.Problem.Code != problem.MailServerDown {
		t.Errorf("%+v", step)
	}
	plain := newMailServer(t, store.TLSNone)
	if step := results(t, h, plain.sender(store.TLSNone, store.AuthNone), "")[StepTLS]; step.Result != StepWarning {
		t.Errorf("%+v", step)
	}
	away := s
	away.Host, away.TLS = "smtp.example.org", store.TLSNone
	if step := results(t, h, away, "x")[StepFields]; step.Result != StepFailed || !strings.Contains(step.Problem.Detail, "without TLS") {
		t.Errorf("%+v", step)
	}
	if len(server.mails()) != 0 {
		t.Error("a test has sent mail")
	}
}

// Abuse row 28: a stored secret is used for a blank one, but never sent to another place.
func TestRow28AStoredSecretIsNotSentToAnotherPlace(t *testing.T) {
	onBoth(t, func(h *house) {
		sim := newCloud(h.t)
		stored := h.save(sim.sender(), sim.secret())
		if stored.Secret != nil || stored.SecretHint == "" || !strings.HasSuffix(sim.app.Secret, stored.SecretHint) {
			h.t.Errorf("%+v", stored)
		}
		same := sim.sender()
		same.Version = stored.Version
		if step := results(h.t, h, same, "")[StepToken]; step.Result != StepOK {
			h.t.Errorf("the stored secret is not used: %+v", step)
		}
		for name, change := range map[string]func(*store.Sender){
			"authority": func(s *store.Sender) { s.Authority = "http://127.0.0.1:9" },
			"graph":     func(s *store.Sender) { s.Graph = "http://127.0.0.1:9" },
			"tenant":    func(s *store.Sender) { s.Tenant = "fabrikam.example" },
			"client id": func(s *store.Sender) { s.ClientID = "11111111-2222-3333-4444-555555555555" },
			"cloud":     func(s *store.Sender) { s.Cloud = "global" },
			"kind": func(s *store.Sender) {
				s.Kind, s.Host, s.Port, s.TLS, s.Auth, s.Username = store.SenderSMTP, "127.0.0.1", 25, store.TLSStartTLS, store.AuthBasic, "x"
			},
		} {
			moved := same
			change(&moved)
			if step := results(h.t, h, moved, "")[StepFields]; step.Result != StepFailed || step.Problem.Code != problem.Invalid {
				h.t.Errorf("%s: %+v", name, step)
			}
			if _, err := h.courier.Save(h.t.Context(), h.ada, moved, ""); !problem.Is(err, problem.Invalid) {
				h.t.Errorf("%s: %v", name, err)
			}
		}
		kept, err := h.courier.Save(h.t.Context(), h.ada, same, "")
		check(h.t, err)
		if kept.SecretHint != stored.SecretHint || kept.SecretSetAt != stored.SecretSetAt {
			h.t.Errorf("%+v", kept)
		}
		n, err := h.courier.SendTest(h.t.Context(), h.ada, grace)
		check(h.t, err)
		if n.Status != store.NoticeSent {
			h.t.Errorf("resealed: %+v", n.Problem)
		}
		if _, err := h.courier.Save(h.t.Context(), h.ada, same, ""); !problem.Is(err, problem.Conflict) {
			h.t.Errorf("an old version: %v", err)
		}
	})
}

func TestRow28AnSMTPPasswordIsNotSentToAnotherServerNorLessProtected(t *testing.T) {
	h := newHouse(t, "")
	server := newMailServer(t, store.TLSStartTLS)
	s := server.sender(store.TLSStartTLS, store.AuthBasic)
	s.Version = h.save(s, auth.Secret(server.password)).Version
	for name, change := range map[string]func(*store.Sender){
		"host": func(s *store.Sender) { s.Host = "localhost" },
		"port": func(s *store.Sender) { s.Port++ },
		"tls":  func(s *store.Sender) { s.TLS = store.TLSNone },
		"ca":   func(s *store.Sender) { s.CAPEM = "" },
		"user": func(s *store.Sender) { s.Username = "somebody" },
	} {
		moved := s
		change(&moved)
		if _, err := h.courier.Save(context.Background(), h.ada, moved, ""); !problem.Is(err, problem.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
