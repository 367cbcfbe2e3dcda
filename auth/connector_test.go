package auth

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

func TestConnectingStoresAMailboxWithASealedGrant(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)

	page := h.begin(ada, p, "")
	q := page.Query()
	for name, want := range map[string]string{
		"client_id": clientID, "response_type": "code", "redirect_uri": public + "/oauth/callback", "response_mode": "query",
		"scope": MicrosoftScopes, "prompt": "select_account", "code_challenge_method": "S256", "login_hint": "",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	if len(q.Get("state")) < 26 || len(q.Get("code_challenge")) != 43 || q.Get("nonce") == "" || q.Has("client_secret") {
		t.Errorf("question %v", q)
	}

	box, err := h.complete(ada, is.signIn(page))
	check(t, err)
	if box.Address != "ada@contoso.example" || box.Login != "ada@contoso.example" || box.DisplayName != "Ada" ||
		box.State != store.Connecting || !box.CanSend || box.Problem != nil || box.UserID != ada.ID || box.ProviderID != p.ID {
		t.Errorf("mailbox %+v", box)
	}
	if box.Issuer != is.server.URL+"/"+contosoID+"/v2.0" || box.TenantID != contosoID || box.ObjectID != "oid-ada" {
		t.Errorf("identity %q %q %q", box.Issuer, box.TenantID, box.ObjectID)
	}
	grant, err := h.keys.Open(box.Grant, grantAt(box, 1))
	check(t, err)
	if !strings.HasPrefix(grant.Reveal(), "canary-refresh-") {
		t.Error("the stored grant is not the refresh token")
	}
	form := is.sent()[0]
	if form.Get("client_secret") != clientSecret.Reveal() || len(form.Get("code_verifier")) < 43 || form.Get("redirect_uri") != public+"/oauth/callback" {
		t.Error("token request lacks secret, verifier or redirect URI")
	}
}

func TestConnectingAgainReconnectsInPlace(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	first := h.connect(is, ada, p)
	check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.SetMailboxState(first.ID, store.NeedsYou, problem.New(problem.Reconnect, ""), 0)
	}))
	again := h.connect(is, ada, p)
	if again.ID != first.ID || again.State != store.Connecting || again.Problem != nil || again.GrantVersion != 2 {
		t.Errorf("connected again: %+v", again)
	}
	if _, err := h.keys.Open(again.Grant, grantAt(again, 2)); err != nil {
		t.Error(err)
	}
	boxes, err := h.store.Mailboxes(context.Background(), ada.ID)
	check(t, err)
	if len(boxes) != 1 {
		t.Errorf("%d mailboxes, want 1", len(boxes))
	}
}

func TestTwoUsersMayConnectTheSameAccount(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	p := h.provider(is)
	one := h.connect(is, h.user("ada@postroom.example"), p)
	two := h.connect(is, h.user("bob@postroom.example"), p)
	if one.ID == two.ID || one.UserID == two.UserID {
		t.Error("two users share a mailbox")
	}
}

func TestReconnectHintsAtTheLoginAndCarriesTheClaims(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	box := h.connect(is, ada, p)
	const challenge = `{"access_token":{"capolids":{"essential":true,"values":["x"]}}}`
	refused := refusal{Code: "interaction_required", Numbers: []int{50076}, Claims: challenge, Description: "AADSTS50076: second factor"}
	check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.SetMailboxState(box.ID, store.NeedsYou, refused.problem(atRefresh), 0)
	}))
	page := h.begin(ada, store.Provider{}, box.ID)
	q := page.Query()
	if q.Get("login_hint") != box.Login || q.Get("claims") != challenge || q.Has("prompt") {
		t.Errorf("question %v", q)
	}
	again, err := h.complete(ada, is.signIn(page))
	check(t, err)
	if again.ID != box.ID || again.GrantVersion != 2 {
		t.Errorf("reconnected %+v", again)
	}
}

func TestReconnectWithAnotherAccountChangesNothing(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	box := h.connect(is, ada, h.provider(is))
	is.set(func(is *issuer) {
		is.account = map[string]any{"tid": contosoID, "oid": "oid-bob", "sub": "sub-bob", "preferred_username": "bob@contoso.example"}
	})
	_, err := h.complete(ada, is.signIn(h.begin(ada, store.Provider{}, box.ID)))
	p := wantProblem(t, err, problem.WrongAccount)
	if !strings.Contains(p.Detail, "ada@contoso.example") || !strings.Contains(p.Detail, "bob@contoso.example") {
		t.Errorf("detail %q does not name both", p.Detail)
	}
	after, err := h.store.Mailbox(context.Background(), ada.ID, box.ID)
	check(t, err)
	if after.GrantVersion != box.GrantVersion {
		t.Error("the grant was replaced")
	}
	if strings.Contains(h.journal.String(), "contoso.example") {
		t.Error("the log names addresses")
	}
}

func TestNobodyReconnectsAnothersMailbox(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	box := h.connect(is, h.user("ada@postroom.example"), h.provider(is))
	eve := h.user("eve@postroom.example")
	_, err := h.connector.Reconnect(context.Background(), eve.ID, session, box.ID)
	wantProblem(t, err, problem.NotFound)
}

func TestLoginsAreTriedInOrder(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.account = map[string]any{
		"tid": contosoID, "oid": "oid-ada", "sub": "sub", "preferred_username": "ada.l@contoso.onmicrosoft.example", "email": "ada@contoso.example",
		"upn": "ADA@contoso.example", "verified_primary_email": []string{"primary@contoso.example"}, "unique_name": "bad\x01name",
	}
	h.probe.opens = []string{"primary@contoso.example"}
	ada := h.user("ada@postroom.example")
	box := h.connect(is, ada, h.provider(is))
	if box.Login != "primary@contoso.example" || box.Address != "ada@contoso.example" {
		t.Errorf("login %q, address %q", box.Login, box.Address)
	}
	h.connect(is, ada, store.Provider{ID: box.ProviderID})
	want := [][]string{
		{"ada.l@contoso.onmicrosoft.example", "ada@contoso.example", "primary@contoso.example"},
		{"primary@contoso.example", "ada.l@contoso.onmicrosoft.example", "ada@contoso.example"},
	}
	if got := h.probe.asked(); !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("tried %q, want %q", got, want)
	}
}

func TestSMTPSwitchedOffConnectsForReadingOnlyWhenThatIsWanted(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.found = Found{SendProblem: problem.New(problem.SMTPDisabled, "")}
	ada := h.user("ada@postroom.example")
	row := h.attempt(ada, is.signIn(h.begin(ada, h.provider(is), "")))
	if row.State != store.Asking || row.Asks != store.AskSending || row.Problem.Code != problem.SMTPDisabled {
		t.Fatalf("attempt %+v", row)
	}
	h.noMailbox(ada)
	if row = h.reply(row, TryAgain, ""); row.Asks != store.AskSending {
		t.Fatalf("attempt %+v", row)
	}
	box, err := h.outcome(h.reply(row, ReceiveOnly, ""))
	check(t, err)
	if box.CanSend || box.Problem != nil || box.SendProblem == nil || box.SendProblem.Code != problem.SMTPDisabled {
		t.Errorf("mailbox %+v", box)
	}
}

func TestARefusedMailboxStoresNothing(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	h.probe.err = problem.New(problem.NotConnected, "")
	_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
	wantProblem(t, err, problem.NotConnected)
	h.noMailbox(ada)
}

func TestPartialConsentNamesWhatIsMissing(t *testing.T) {
	for name, c := range map[string]struct{ scope, missing string }{
		"no SMTP":      {"openid https://outlook.office.com/imap.accessasuser.all", "SMTP.Send"},
		"no IMAP":      {"https://outlook.office365.com/SMTP.Send https://outlook.office365.com/Mail.Read", "IMAP.AccessAsUser.All"},
		"both granted": {"https://outlook.office365.com/IMAP.AccessAsUser.All https://outlook.office365.com/smtp.send More", ""},
		"not said":     {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.scope = &c.scope
			ada := h.user("ada@postroom.example")
			_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
			if c.missing == "" {
				check(t, err)
				return
			}
			p := wantProblem(t, err, problem.ConsentPartial)
			if p.Detail != "Not granted: "+c.missing+"." {
				t.Errorf("detail %q", p.Detail)
			}
			h.noMailbox(ada)
		})
	}
}

func TestNoRefreshTokenIsSaidClearly(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.noRefresh = true
	ada := h.user("ada@postroom.example")
	_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
	p := wantProblem(t, err, problem.ProviderConfig)
	if !strings.Contains(p.Action, "offline_access") {
		t.Errorf("action %q", p.Action)
	}
	h.noMailbox(ada)
}

func TestRefusalsOnTheRedirect(t *testing.T) {
	for name, c := range map[string]struct {
		answer url.Values
		want   problem.Code
	}{
		"cancelled":        {url.Values{"error": {"access_denied"}, "error_subcode": {"cancel"}}, problem.ConsentDeclined},
		"declined":         {url.Values{"error": {"access_denied"}, "error_description": {"AADSTS65004: User declined to consent"}}, problem.ConsentDeclined},
		"admin consent":    {url.Values{"error": {"access_denied"}, "error_description": {"AADSTS90094: The grant requires admin permission."}}, problem.AdminConsent},
		"consent required": {url.Values{"error": {"consent_required"}, "error_description": {"AADSTS65001: …"}}, problem.Reconnect},
		"interaction":      {url.Values{"error": {"interaction_required"}, "error_description": {"AADSTS50079: …"}}, problem.Reconnect},
		"login":            {url.Values{"error": {"login_required"}}, problem.Reconnect},
		"bad request":      {url.Values{"error": {"invalid_request"}, "error_description": {"AADSTS90014: …"}}, problem.ProviderConfig},
		"unauthorized":     {url.Values{"error": {"unauthorized_client"}}, problem.ProviderConfig},
		"response type":    {url.Values{"error": {"unsupported_response_type"}}, problem.ProviderConfig},
		"resource":         {url.Values{"error": {"invalid_resource"}}, problem.ProviderConfig},
		"scope":            {url.Values{"error": {"invalid_scope"}, "error_description": {"AADSTS70011: …"}}, problem.ProviderConfig},
		"server":           {url.Values{"error": {"server_error"}}, problem.ProviderDown},
		"later":            {url.Values{"error": {"temporarily_unavailable"}}, problem.ProviderDown},
		"nobody knows":     {url.Values{"error": {"something_new"}}, problem.ProviderConfig},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			ada := h.user("ada@postroom.example")
			c.answer.Set("state", h.begin(ada, h.provider(is), "").Query().Get("state"))
			_, err := h.complete(ada, c.answer)
			wantProblem(t, err, c.want)
			if is.count("/token") != 0 {
				t.Error("a refused answer reached the token endpoint")
			}
			h.noMailbox(ada)
		})
	}
}

func TestTheExchangeRefused(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	answer := is.signIn(h.begin(ada, p, ""))
	is.set(func(is *issuer) { clear(is.codes) })
	_, err := h.complete(ada, answer)
	wantProblem(t, err, problem.CodeExpired)
	h.noMailbox(ada)
}

func TestConnectingOneAccountInManyTabsMakesOneMailbox(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	const tabs = 8
	var answers []url.Values
	for range tabs {
		answers = append(answers, is.signIn(h.begin(ada, p, "")))
	}
	var group sync.WaitGroup
	for _, answer := range answers {
		group.Go(func() {
			if _, err := h.complete(ada, answer); err != nil && !problem.Is(err, problem.Conflict) {
				t.Error(err)
			}
		})
	}
	group.Wait()
	boxes, err := h.store.Mailboxes(context.Background(), ada.ID)
	check(t, err)
	if len(boxes) != 1 {
		t.Fatalf("%d mailboxes, want 1", len(boxes))
	}
	if _, err := h.keys.Open(boxes[0].Grant, grantAt(boxes[0], boxes[0].GrantVersion)); err != nil {
		t.Error(err)
	}
}

func TestGenericProviderIsKnownByItsSubject(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.kind = store.KindGeneric
	is.account = map[string]any{"sub": "248289761001", "email": "jane@mail.example", "email_verified": true, "tid": "ignored", "oid": "ignored"}
	jane := h.user("jane@postroom.example")
	p := h.provider(is)
	page := h.begin(jane, p, "")
	if page.Query().Get("access_type") != "offline" || page.Query().Get("prompt") != "consent" {
		t.Errorf("question %v", page.Query())
	}
	box, err := h.complete(jane, is.signIn(page))
	check(t, err)
	if box.Issuer != is.server.URL || box.TenantID != "" || box.ObjectID != "248289761001" || box.Address != "jane@mail.example" {
		t.Errorf("mailbox %+v", box)
	}
}

func TestASignInServiceInTroubleIsNobodysFault(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	is.server.Close()
	_, err := h.connector.Begin(context.Background(), ada.ID, session, p.ID, store.Wish{})
	wantProblem(t, err, problem.ProviderDown)
}

func TestAnUnknownTenantIsTheOperatorsTask(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	p := is.provider()
	p.Tenant = "nowhere.example"
	p, err := h.providers.Save(context.Background(), p, clientSecret)
	check(t, err)
	_, err = h.connector.Begin(context.Background(), h.user("ada@postroom.example").ID, session, p.ID, store.Wish{})
	wantProblem(t, err, problem.ProviderConfig)
}

func TestMetadataIsFetchedOnceADayAndOutlivesAnOutage(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	const metadata = "/organizations/v2.0/.well-known/openid-configuration"
	for range 5 {
		h.begin(ada, p, "")
	}
	h.clock.advance(25 * time.Hour)
	h.begin(ada, p, "")
	if n := is.count(metadata); n != 2 {
		t.Errorf("metadata fetched %d times, want 2", n)
	}
	h.clock.advance(25 * time.Hour)
	is.server.Close()
	h.begin(ada, p, "")
}
