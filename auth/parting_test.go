package auth

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/store"
)

func TestAConnectLinkLeadsToItsAddressOnce(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ctx := context.Background()
	p, max, ada, eve := h.provider(is), h.user("max@postroom.example"), h.user("ada@postroom.example"), h.user("eve@postroom.example")
	link, token, err := h.connector.MakeLink(ctx, max, p.ID, "Ada@contoso.example", "")
	check(t, err)
	if strings.Contains(string(h.databaseBytes()), token.Reveal()) {
		t.Error("the database holds the token itself")
	}
	state := func(want store.LinkState) store.ConnectLink {
		t.Helper()
		l, err := h.store.Link(ctx, link.ID)
		check(t, err)
		if l.State != want {
			t.Fatalf("link is %s, want %s", l.State, want)
		}
		return l
	}
	state(store.LinkInvited)
	_, err = h.connector.OpenLink(ctx, ada.ID, token)
	check(t, err)
	state(store.LinkOpened)
	follow := func(u store.User) string {
		t.Helper()
		address, err := h.connector.FollowLink(ctx, u.ID, session, token)
		check(t, err)
		return address
	}
	page := h.parse(follow(ada))
	if page.Query().Get("login_hint") != "ada@contoso.example" {
		t.Errorf("question %v", page.Query())
	}
	_, err = h.connector.FollowLink(ctx, eve.ID, session, token)
	wantProblem(t, err, problem.LinkSpent)
	_, err = h.connector.OpenLink(ctx, ada.ID, "made-up")
	wantProblem(t, err, problem.LinkSpent)

	denied := is.signIn(page)
	denied.Del("code")
	denied.Set("error", "access_denied")
	denied.Set("error_description", "AADSTS90094: The grant requires admin permission.")
	_, err = h.complete(ada, denied)
	wantProblem(t, err, problem.AdminConsent)
	if l := state(store.LinkWaits); l.Problem == nil || l.Problem.Code != problem.AdminConsent {
		t.Errorf("link %+v", l)
	}
	is.set(func(is *issuer) {
		is.account = map[string]any{"tid": contosoID, "oid": "oid-bob", "sub": "sub-bob", "preferred_username": "bob@contoso.example"}
	})
	h.probe.opens = []string{"bob@contoso.example"}
	failed := h.attempt(ada, is.signIn(h.parse(follow(ada))))
	wantProblem(t, failed.Problem, problem.WrongAccount)
	state(store.LinkFailed)

	is.set(func(is *issuer) {
		is.account = map[string]any{"tid": contosoID, "oid": "oid-ada", "sub": "sub-ada", "preferred_username": "ada@contoso.example"}
	})
	h.probe.opens = nil
	again, err := h.connector.Again(ctx, ada.ID, session, failed.ID)
	check(t, err)
	box, err := h.complete(ada, is.signIn(h.parse(again)))
	check(t, err)
	if l := state(store.LinkConnected); l.MailboxID != box.ID || l.Problem != nil || l.UserID != ada.ID {
		t.Errorf("link %+v", l)
	}
	_, err = h.connector.OpenLink(ctx, ada.ID, token)
	wantProblem(t, err, problem.LinkSpent)
	_, err = h.connector.Again(ctx, ada.ID, session, failed.ID)
	wantProblem(t, err, problem.LinkSpent)
	_, _, err = h.connector.RenewLink(ctx, link.ID)
	wantProblem(t, err, problem.NotFound)
}

func TestAConnectLinkExpiresAndIsRenewed(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ctx := context.Background()
	p, ada := h.provider(is), h.user("ada@postroom.example")
	link, token, err := h.connector.MakeLink(ctx, ada, p.ID, "ada@contoso.example", ada.ID)
	check(t, err)
	_, err = h.connector.OpenLink(ctx, h.user("eve@postroom.example").ID, token)
	wantProblem(t, err, problem.LinkSpent)
	h.clock.advance(linkLife)
	_, err = h.connector.OpenLink(ctx, ada.ID, token)
	wantProblem(t, err, problem.LinkSpent)
	_, next, err := h.connector.RenewLink(ctx, link.ID)
	check(t, err)
	_, err = h.connector.OpenLink(ctx, ada.ID, token)
	wantProblem(t, err, problem.LinkSpent)
	_, err = h.connector.OpenLink(ctx, ada.ID, next)
	check(t, err)
	_, _, err = h.connector.MakeLink(ctx, ada, p.ID, "no address", "")
	wantProblem(t, err, problem.Invalid)
}

func TestDisconnectErasesTheGrantAndAsksTheServiceToEndIt(t *testing.T) {
	for name, c := range map[string]struct {
		kind    store.ProviderKind
		keep    bool
		answer  int
		revoked bool
		byHand  bool
	}{
		"kept":               {store.KindGeneric, true, http.StatusOK, true, false},
		"deleted":            {store.KindGeneric, false, http.StatusOK, true, false},
		"the service is ill": {store.KindGeneric, true, http.StatusServiceUnavailable, false, false},
		"Microsoft":          {store.KindMicrosoft, true, 0, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			is := newIssuer(t, h.clock)
			is.kind = c.kind
			asked := make(chan string, 1)
			is.metadata = map[string]any{"revocation_endpoint": is.server.URL + "/revoke"}
			is.revocation = func(w http.ResponseWriter, r *http.Request) {
				asked <- r.PostFormValue("token") + " " + r.PostFormValue("client_secret")
				w.WriteHeader(c.answer)
			}
			if c.kind == store.KindGeneric {
				is.account = map[string]any{"sub": "1", "email": "ada@contoso.example", "email_verified": true}
			}
			ada := h.user("ada@postroom.example")
			box := h.connect(is, ada, h.provider(is))
			grant, err := h.keys.Open(box.Grant, grantAt(box, 1))
			check(t, err)
			p, err := h.connector.Disconnect(context.Background(), ada.ID, box.ID, c.keep)
			check(t, err)
			if p.Revoked != c.revoked || (p.ByHand != "") != c.byHand || (p.Problem != nil) != (c.answer >= 500) {
				t.Errorf("parting %+v", p)
			}
			if c.answer != 0 {
				if got := <-asked; got != grant.Reveal()+" "+clientSecret.Reveal() {
					t.Error("the service was asked for something else")
				}
			}
			after, err := h.store.Mailbox(context.Background(), ada.ID, box.ID)
			if !c.keep {
				wantProblem(t, err, problem.NotFound)
				return
			}
			check(t, err)
			if after.State != store.Disconnected || len(after.Grant) != 0 {
				t.Errorf("mailbox %+v", after)
			}
			again, err := h.complete(ada, is.signIn(h.begin(ada, store.Provider{}, box.ID)))
			check(t, err)
			if again.ID != box.ID || again.State != store.Connecting || !again.CanSend {
				t.Errorf("reconnected %+v", again)
			}
		})
	}
}

func TestAGrantIsNotEndedWhileAnotherMailboxLivesOnTheAccount(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	is.kind = store.KindGeneric
	is.metadata = map[string]any{"revocation_endpoint": is.server.URL + "/revoke"}
	is.revocation = func(http.ResponseWriter, *http.Request) { t.Error("the service was asked") }
	is.account = map[string]any{"sub": "1", "email": "ada@contoso.example", "email_verified": true}
	p, ada := h.provider(is), h.user("ada@postroom.example")
	box := h.connect(is, ada, p)
	h.connect(is, h.user("bob@postroom.example"), p)
	parting, err := h.connector.Disconnect(context.Background(), ada.ID, box.ID, false)
	check(t, err)
	if parting.Revoked || parting.Problem != nil {
		t.Errorf("parting %+v", parting)
	}
}
