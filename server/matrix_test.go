package server

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// estate is one of everything that a person can have.
type estate struct {
	owner                                           *guest
	box                                             box
	mail                                            int64
	upload, outgoing, failed, provider, user, token string
	invitation, passkey, identity, browser, service string
	notice, attempt, link                           string
	sender                                          store.Sender
}

func (h *house) estate() estate {
	t := h.t
	e := estate{owner: h.guest("ada", store.RoleMember)}
	e.box = e.owner.connect("ada@contoso.example")
	e.mail = e.owner.deliver(e.box, lunch)
	up, err := h.store.PutUpload(t.Context(), e.owner.user.ID, "a.txt", "text/plain", strings.NewReader("words"), 100)
	check(t, err)
	e.upload = up.ID
	out := store.Outgoing{ID: store.NewID(), UserID: e.owner.user.ID, MailboxID: e.box.ID, IdempotencyKey: store.NewID(), State: store.Queued, From: e.box.Address, Recipients: []string{"bob@contoso.example"}, Subject: "Hello", Raw: []byte("x"), Size: 1, CreatedAt: 1}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.QueueOutgoing(&out)
		return err
	}))
	e.outgoing = out.ID
	e.failed = number(e.refusedAction())
	provider := store.Provider{ID: store.NewID(), Name: "Other", Kind: store.KindGeneric, Version: 1, Authority: "https://login.example", SMTPTLS: "tls", FilesSent: store.SentByClient, CreatedAt: 1}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.AddProvider(&provider) }))
	e.provider = provider.ID
	attempt := store.Attempt{ID: store.NewID(), UserID: e.owner.user.ID, ProviderID: provider.ID, Wish: store.Wish{Address: "ada@contoso.example"}, State: store.Broken, Steps: []store.Step{{Name: store.StepSignIn, State: store.StepFailed}}, ExpiresAt: 1 << 60}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.AddAttempt(&attempt) }))
	e.attempt = attempt.ID
	link := store.ConnectLink{TokenHash: store.NewID(), ProviderID: provider.ID, Address: "new@contoso.example", UserID: e.owner.user.ID, MadeBy: e.owner.user.ID, State: store.LinkInvited, ExpiresAt: 1 << 60}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.AddLink(&link) }))
	e.link = link.ID
	e.user = h.guest("somebody", store.RoleMember).user.ID
	inviter := h.guest("inviter", store.RoleManager)
	invitation, _, err := h.people.Invite(t.Context(), inviter.user, auth.NewInvitation{Email: strings.ToLower(store.NewID()) + "@example.org", Role: store.RoleMember})
	check(t, err)
	e.invitation = invitation.ID
	e.sender = h.sender()
	notice := store.Notice{Event: "test", Recipient: "bob@contoso.example", Status: store.NoticeSent}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.AddNotice(&notice) }))
	e.notice = notice.ID
	service := store.SignInProvider{ID: store.NewID(), Name: "Elsewhere", Kind: store.KindGeneric, Authority: "https://login.example", ClientID: "c", Version: 1}
	identity := store.Identity{UserID: e.owner.user.ID, ProviderID: service.ID, Issuer: "https://login.example", ObjectID: store.NewID()}
	passkey := store.Passkey{UserID: e.owner.user.ID, CredentialID: store.NewID(), Name: "Key", Data: "{}"}
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error {
		return errors.Join(tx.AddSignInProvider(&service), tx.AddIdentity(&identity), tx.AddPasskey(&passkey))
	}))
	e.service, e.identity, e.passkey = service.ID, identity.ID, passkey.ID
	e.browser = want[[]Browser](t, e.owner.ask("GET", "/api/account/browsers", nil), 200)[0].ID
	e.token = (&tokens{key: []byte("0123456789abcdef0123456789abcdef"), now: h.now}).issue(e.owner.user.ID, e.mail, true)
	return e
}

// sender is how this Postroom sends mail of its own, to nobody who listens.
func (h *house) sender() store.Sender {
	s, ok, err := h.store.Sender(h.t.Context())
	check(h.t, err)
	if !ok {
		s = store.Sender{Kind: store.SenderSMTP, Address: "postroom@example.org", Host: "127.0.0.1", Port: 1, TLS: store.TLSStartTLS, Auth: store.AuthNone, Language: "en"}
		check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error { return tx.PutSender(&s) }))
	}
	return s
}

// refusedAction is something that the mail server would not do.
func (e estate) refusedAction() int64 {
	t, st := e.owner.t, e.owner.house.store
	mail := e.owner.deliver(e.box, strings.Replace(lunch, "<lunch@", "<other@", 1))
	check(t, st.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Act(e.owner.user.ID, []int64{mail}, store.Star, 0)
		return err
	}))
	due, err := st.DueActions(t.Context(), e.box.ID, 1<<60)
	check(t, err)
	check(t, st.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.RefuseAction(due[0], problem.New(problem.ServerRefused, "No."))
	}))
	failed, err := st.FailedActions(t.Context(), e.owner.user.ID)
	check(t, err)
	return failed[0].ID
}

// asked is how a route is asked for something of e's: the path's parameters and the body.
func (e estate) asked(r route) (path string, body any) {
	id := map[string]string{
		"/api/users/":                       e.user,
		"/api/invitations/":                 e.invitation,
		"/api/account/passkeys/":            e.passkey,
		"/api/account/identities/":          e.identity,
		"/api/account/browsers/":            e.browser,
		"/api/admin/sign-in-providers/{id}": e.service,
		"/api/admin/providers":              e.provider,
		"/api/admin/email/":                 e.notice,
		"/api/mailboxes/":                   e.box.ID,
		"/api/admin/mailboxes":              e.box.ID,
		"/api/connect/":                     e.attempt,
		"/api/links/":                       e.link,
		"/api/folders/":                     number(e.box.inbox.ID),
		"/api/messages/":                    number(e.mail),
		"/api/threads/":                     number(e.mail),
		"/api/actions/":                     e.failed,
		"/api/uploads/":                     e.upload,
		"/api/outgoing/":                    e.outgoing,
	}
	path = r.path
	for prefix, id := range id {
		if strings.HasPrefix(path, prefix) {
			path = strings.Replace(path, "{id}", id, 1)
		}
	}
	path = strings.NewReplacer("{index}", "0", "{event}", "test", "{language}", "de", "{token}", e.token, "*", "").Replace(path)
	switch r.method + " " + r.path {
	case "POST /api/setup":
		body = SetupForm{Token: "x", Email: "x@example.org", Name: "X", Password: "correct horse battery"}
	case "POST /api/session":
		body = SignInForm{Email: e.owner.user.Email, Password: "wrong"}
	case "POST /api/invitation", "POST /api/reset/link":
		body = TokenForm{Token: "x"}
	case "POST /api/invitation/accept":
		body = AcceptForm{Token: "x", Name: "X", Password: "correct horse battery"}
	case "POST /api/reset":
		body = ForgotForm{Email: e.owner.user.Email}
	case "POST /api/reset/password":
		body = NewPasswordForm{Token: "x", Password: "correct horse battery"}
	case "POST /api/session/second", "POST /api/account/authenticator/confirm":
		body = CodeForm{Code: "123456"}
	case "POST /api/session/passkey":
		body = PasskeyAnswer{Credential: []byte("{}")}
	case "POST /api/session/elsewhere":
		body = ElsewhereForm{Service: e.service}
	case "PATCH /api/account", "PATCH /api/account/passkeys/{id}":
		body = AccountPatch{Name: "Changed"}
	case "POST /api/account/proof", "POST /api/account/password":
		body = ProofForm{Password: password}
	case "POST /api/account/passkeys":
		body = PasskeyForm{Name: "Key", Credential: []byte("{}")}
	case "POST /api/account/identities":
		body = LinkForm{Service: e.service}
	case "POST /api/admin/sign-in-providers", "PUT /api/admin/sign-in-providers/{id}":
		body = SignInProviderForm{Name: "Elsewhere", Kind: store.KindGeneric, Authority: "https://login.example", ClientID: "postroom", ClientSecret: "a-long-enough-secret", Version: 1}
	case "POST /api/invitations":
		body = InvitationForm{Email: strings.ToLower(store.NewID()) + "@example.org", Role: store.RoleMember}
	case "POST /api/users":
		body = UserForm{Email: strings.ToLower(store.NewID()) + "@example.org", Name: "New", Password: "correct horse battery", Role: store.RoleMember}
	case "PATCH /api/users/{id}":
		name := "Changed"
		body = UserPatch{Name: &name}
	case "POST /api/admin/providers", "PUT /api/admin/providers/{id}":
		body = labForm()
	case "POST /api/admin/providers/test":
		body = TrialForm{ProviderForm: labForm()}
	case "PUT /api/admin/email", "POST /api/admin/email/test":
		body = EmailForm{EmailSender: *wireSender(e.sender)}
	case "POST /api/admin/email/send-test":
		body = EmailTest{To: "bob@contoso.example"}
	case "PUT /api/admin/email/templates/{event}/{language}":
		body = WordingForm{EmailWording{"Test", "{{name}}", "<p>{{name}}</p>"}, true}
	case "PATCH /api/mailboxes/{id}":
		since := int64(1)
		body = MailboxPatch{Since: &since}
	case "POST /api/links":
		body = LinksForm{Provider: e.provider, Addresses: []string{"new@contoso.example"}}
	case "POST /api/links/open", "POST /api/links/follow":
		body = LinkToken{"unknown"}
	case "POST /api/links/{id}/renew":
		body = map[string]bool{"mail": false}
	case "POST /api/mailboxes/{id}/disconnect":
		body = map[string]bool{"keep": true}
	case "POST /api/connect/attempts/{id}/answer":
		body = AnswerForm{Reply: auth.TryAgain}
	case "POST /api/mailboxes/connect":
		body = ConnectForm{Provider: e.box.ProviderID, Address: e.box.Address}
	case "POST /api/messages/act":
		body = ActForm{IDs: []string{number(e.mail)}, Kind: "archive"}
	case "POST /api/outgoing":
		body = OutgoingForm{Mailbox: e.box.ID, To: []Addr{{Addr: "bob@contoso.example"}}, Subject: "Hi", Text: "Hi", InReplyTo: number(e.mail)}
	case "POST /api/uploads":
		path, body = path+"?name=a.txt", []byte("words")
	case "GET /api/search":
		path += "?q=lunch&mailbox=" + e.box.ID
	}
	return path, body
}

// labForm is a provider as somebody would type it whose sign-in service cannot be reached.
func labForm() ProviderForm {
	return ProviderForm{
		ProviderSettings: ProviderSettings{Name: "Lab", Kind: store.KindGeneric, Authority: "https://login.example", ClientID: "postroom", IMAPHost: "imap.example:993", SMTPHost: "smtp.example:587"},
		ClientSecret:     "a-long-enough-secret", Unproved: true, Version: 1,
	}
}

// theirs tells the routes that answer about what is whose: another's must be as if it were not there.
func theirs(r route) bool {
	switch r.method + " " + r.path {
	case "POST /api/messages/act", "POST /api/outgoing", "GET /api/search":
		return true
	}
	return r.rule == Member && strings.Contains(r.path, "{id}")
}

// namesAll tells the one route that names everybody's mailboxes, to those who look after them: a mailbox
// that needs somebody has to be found by whoever is asked for help. It leads to no mail: every route that
// does is for the owner, and theirs holds managers and administrators to that.
func namesAll(r route, who string) bool {
	return r.rule == Manager && r.path == "/api/admin/mailboxes" && (who == "manager" || who == "admin")
}

// Each route, asked by each kind of visitor, about what is their own and what is another's.
func TestEveryRouteKeepsItsRule(t *testing.T) {
	h := startHouse(t, func(c *Config) { c.Dist = builtApp(t) })
	nobody, bob, root := h.nobody(), h.guest("bob", store.RoleMember), h.guest("root", store.RoleAdmin)
	max := h.guest("max", store.RoleManager)
	eve := h.guest("eve", store.RoleAdmin)
	eve.user.DisabledAt = 1
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error { return tx.UpdateUser(eve.user) }))
	fresh := func(g *guest) *guest { // one answer may end a session
		copied := *g
		if g != nobody && g != eve {
			copied.signIn()
		}
		return &copied
	}
	asked := 0
	for _, r := range h.server.table {
		at := r.method + " " + r.path
		ask := func(who string, g *guest, e estate) reply {
			path, body := e.asked(r)
			asked++
			headers := []string{"Idempotency-Key", "key-of-" + who, "Accept", "application/json"}
			if r.path == "/api/events" { // it would not end
				headers = append(headers, "Last-Event-ID", "nonsense")
			}
			return fresh(g).ask(r.method, path, body, headers...)
		}
		e := h.estate()
		visitors := map[string]*guest{"nobody": nobody, "disabled": eve, "other member": bob, "manager": max, "admin": root, "owner": e.owner}
		for _, who := range []string{"nobody", "disabled", "other member", "manager", "admin", "owner"} {
			got := ask(who, visitors[who], e)
			var code problem.Code
			if got.status >= http.StatusBadRequest {
				code = want[Problem](t, got, got.status).Code
			}
			if who != "owner" && r.rule != Capability && !namesAll(r, who) && strings.Contains(string(got.body), e.box.ID) {
				t.Errorf("%s tells %s of a mailbox that is not theirs: %s", at, who, got.body)
			}
			signedIn, admin := who != "nobody" && who != "disabled", who == "admin"
			switch {
			case r.rule == Open || r.rule == Public || r.rule == Capability:
				if got.status == http.StatusForbidden && at != "POST /api/setup" && at != "POST /api/reset" || code == problem.SignInNeeded {
					t.Errorf("%s by %s: %d %s", at, who, got.status, got.body)
				}
			case !signedIn:
				if got.status != http.StatusUnauthorized || code != problem.SignInNeeded {
					t.Errorf("%s by %s: %d %s", at, who, got.status, got.body)
				}
			case r.rule == Admin && !admin, r.rule == Manager && !admin && who != "manager":
				if got.status != http.StatusForbidden {
					t.Errorf("%s by %s: %d %s", at, who, got.status, got.body)
				}
			case theirs(r) && who != "owner":
				if got.status != http.StatusNotFound || code != problem.NotFound {
					t.Errorf("%s by %s: %d %s", at, who, got.status, got.body)
				}
			default:
				if !allowed(r, got.status) {
					t.Errorf("%s by %s: %d %s", at, who, got.status, got.body)
				}
			}
		}
	}
	t.Logf("%d routes, %d requests", len(h.server.table), asked)
}

// allowed are the answers to somebody who may ask. Some routes cannot do more for what the estate has.
func allowed(r route, status int) bool {
	switch r.method + " " + r.path {
	case "POST /api/outgoing/{id}/retry", "POST /api/outgoing/{id}/resolve":
		return status == http.StatusConflict // it is queued
	case "POST /api/mailboxes/connect", "POST /api/mailboxes/{id}/reconnect", "POST /api/connect/attempts/{id}/again":
		return status == http.StatusBadGateway || status == http.StatusOK // login.example does not answer
	case "POST /api/admin/providers/{id}/consent":
		return status == http.StatusUnprocessableEntity // it is not Microsoft's
	case "DELETE /api/links/{id}":
		return status == http.StatusNoContent || status == http.StatusNotFound // somebody took it back before
	case "POST /api/links/open", "POST /api/links/follow":
		return status == http.StatusGone // nobody knows this token
	case "POST /api/connect/attempts/{id}/answer":
		return status == http.StatusConflict // it has failed
	case "POST /api/account/identities", "POST /api/session/elsewhere":
		return status == http.StatusBadGateway // login.example does not answer
	case "POST /api/account/passkeys/begin", "POST /api/account/passkeys", "POST /api/account/recovery":
		return status == http.StatusConflict // none at a bare address; no authenticator app
	case "POST /api/account/authenticator/confirm":
		return status == http.StatusUnprocessableEntity || status == http.StatusNotFound
	case "GET /api/events":
		return status == http.StatusUnprocessableEntity
	}
	return status == http.StatusOK || status == http.StatusNoContent
}

func TestRouteWithoutARuleIsRefused(t *testing.T) {
	s := bare(t)
	for _, rule := range []Rule{"", "members", "ADMIN"} {
		if err := s.mount(raw(rule, "GET /api/new", "", "", s.health)); err == nil {
			t.Errorf("rule %q was taken", rule)
		}
	}
	if err := s.mount(raw(Open, "GET /healthz", "", "", s.health)); err == nil {
		t.Error("a route was taken twice")
	}
	check(t, s.mount(raw(Member, "GET /api/new", "", "", s.health)))
}

// Everything that the router answers stands in the table.
func TestNothingIsAnsweredBesideTheTable(t *testing.T) {
	s := bare(t)
	for _, r := range s.echo.Routes() {
		if _, ok := s.mounted[r.Method+" "+r.Path]; !ok {
			t.Errorf("%s %s has no line", r.Method, r.Path)
		}
	}
	if got, lines := len(s.echo.Routes()), len(s.table)+1; got != lines {
		t.Errorf("%d routes, %d lines", got, lines)
	}
}
