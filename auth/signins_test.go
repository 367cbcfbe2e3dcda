package auth

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"postroom/problem"
	"postroom/store"
)

// service enters is as a service that people may sign in with.
func (h *house) service(is *issuer, change ...func(*store.SignInProvider)) store.SignInProvider {
	h.t.Helper()
	of := is.provider()
	p := store.SignInProvider{Name: "Elsewhere", Kind: of.Kind, Authority: of.Authority, Tenant: of.Tenant, ClientID: of.ClientID}
	for _, c := range change {
		c(&p)
	}
	p, err := h.signIns.Save(context.Background(), p, clientSecret)
	check(h.t, err)
	return p
}

// leave goes to the service's page.
func (h *house) leave(d Departure) *url.URL {
	h.t.Helper()
	if d.SessionHash == "" {
		d.SessionHash = session
	}
	address, err := h.signIns.Begin(context.Background(), d)
	check(h.t, err)
	page, err := url.Parse(address)
	check(h.t, err)
	return page
}

func (h *house) arrive(userID string, answer url.Values) (Arrival, error) {
	return h.signIns.Complete(context.Background(), userID, session, answer)
}

// linked lets the account that is has sign u in.
func (h *house) linked(is *issuer, p store.SignInProvider, u store.User) {
	h.t.Helper()
	_, err := h.arrive(u.ID, is.signIn(h.leave(Departure{Provider: p.ID, UserID: u.ID})))
	check(h.t, err)
}

func TestALinkedAccountSignsItsUserIn(t *testing.T) {
	for _, kind := range []store.ProviderKind{store.KindMicrosoft, store.KindGeneric} {
		h := newHouse(t)
		is := newIssuer(t, h.clock)
		is.kind = kind
		if kind == store.KindGeneric {
			is.idClaims = map[string]any{"iss": is.server.URL}
		}
		ada, p := h.user("ada@postroom.example"), h.service(is)
		page := h.leave(Departure{Provider: p.ID})
		if q := page.Query(); q.Get("scope") != "openid profile email" || q.Get("redirect_uri") != public+"/auth/callback" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || len(q.Get("state")) < 26 {
			t.Errorf("asked %s", page)
		}
		_, err := h.arrive("", is.signIn(page))
		wantProblem(t, err, problem.NoAccount)
		h.linked(is, p, ada)
		back, err := h.arrive("", is.signIn(h.leave(Departure{Provider: p.ID, Next: "/mail/inbox?show=unread"})))
		check(t, err)
		if back.User.ID != ada.ID || back.Next != "/mail/inbox?show=unread" || back.With != "Elsewhere" {
			t.Errorf("%+v", back)
		}
		list, err := h.store.Identities(context.Background(), ada.ID)
		check(t, err)
		if len(list) != 1 || list[0].UsedAt == 0 || list[0].Name != "ada@contoso.example" {
			t.Errorf("%+v", list)
		}
	}
}

func TestRow19StatesOfSignInAndConnectAreNotExchangeable(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada, p, s := h.user("ada@postroom.example"), h.provider(is), h.service(is)
	calls := is.count("/token")
	answer := is.signIn(h.leave(Departure{Provider: s.ID}))
	_, err := h.complete(ada, answer)
	wantProblem(t, err, problem.StateInvalid)
	_, err = h.arrive("", is.signIn(h.begin(ada, p, "")))
	wantProblem(t, err, problem.StateInvalid)
	if is.count("/token") != calls {
		t.Error("a code was sent to the service")
	}
	h.noMailbox(ada)
	_, err = h.arrive("", answer) // and where it belongs, it still counts
	wantProblem(t, err, problem.NoAccount)
}

func TestRow19SignInsOfOtherBrowsersAreRefused(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	is := newIssuer(t, h.clock)
	ada, eve, s := h.user("ada@postroom.example"), h.user("eve@postroom.example"), h.service(is)
	calls := is.count("/token")
	for name, attempt := range map[string]func() (Arrival, error){
		"another browser": func() (Arrival, error) {
			return h.signIns.Complete(ctx, "", "another", is.signIn(h.leave(Departure{Provider: s.ID})))
		},
		"no session": func() (Arrival, error) {
			return h.signIns.Complete(ctx, "", "", is.signIn(h.leave(Departure{Provider: s.ID})))
		},
		"no state":      func() (Arrival, error) { return h.arrive("", url.Values{"code": {"x"}}) },
		"made-up state": func() (Arrival, error) { return h.arrive("", url.Values{"code": {"x"}, "state": {"y"}}) },
		"too late": func() (Arrival, error) {
			answer := is.signIn(h.leave(Departure{Provider: s.ID}))
			h.clock.advance(10 * time.Minute)
			return h.arrive("", answer)
		},
		"linking into another's account": func() (Arrival, error) {
			return h.arrive(ada.ID, is.signIn(h.leave(Departure{Provider: s.ID, UserID: eve.ID})))
		},
		"linking, signed out meanwhile": func() (Arrival, error) {
			return h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID, UserID: eve.ID})))
		},
	} {
		_, err := attempt()
		t.Log(name)
		wantProblem(t, err, problem.StateInvalid)
	}
	if is.count("/token") != calls {
		t.Error("a code was sent to the service")
	}
	answer := is.signIn(h.leave(Departure{Provider: s.ID, UserID: ada.ID}))
	_, err := h.arrive(ada.ID, answer)
	check(t, err)
	_, err = h.arrive(ada.ID, answer)
	wantProblem(t, err, problem.StateInvalid)
}

func TestRow22OnlyPathsOfOurOwnAreGoneTo(t *testing.T) {
	for _, next := range []string{
		"//evil.example", `/\evil.example`, "/%5cevil.example", "https:evil.example", "https://evil.example", "/a/..//evil.example", "javascript:alert(1)",
		"\\\\evil.example", "/\t/evil.example", " /x", "evil.example", "", "/x\r\nSet-Cookie: a=b", "http:/evil.example", "/..//evil.example", "/%2f/evil.example", "///evil.example", "/" + strings.Repeat("x", 3000),
	} {
		if got := OwnPath(next); got != "/" {
			t.Errorf("%q leads to %q", next, got)
		}
	}
	for _, next := range []string{"/", "/mail/inbox", "/settings/account?x=1", "/search?q=a%20b", "/mail/x#y"} {
		if got := OwnPath(next); got != next {
			t.Errorf("%q became %q", next, got)
		}
	}
}

// nOAuth: another tenant issues a token with the victim's address in every claim.
func TestRow23AnAddressIsNobodysIdentityAtSignIn(t *testing.T) {
	for _, linkedBefore := range []bool{false, true} {
		for _, admits := range []bool{false, true} {
			h, ctx := newHouse(t), context.Background()
			is := newIssuer(t, h.clock)
			victim := h.user("ada@contoso.example")
			s := h.service(is, func(p *store.SignInProvider) {
				p.Admits, p.AllowedTenants = admits, contosoID+" "+fabrikamID
			})
			if linkedBefore {
				h.linked(is, s, victim)
			}
			is.set(func(is *issuer) {
				is.account = map[string]any{"tid": fabrikamID, "oid": "oid-eve", "sub": "sub-ada", "name": "Ada", "preferred_username": "ada@contoso.example",
					"email": "ada@contoso.example", "upn": "ada@contoso.example", "email_verified": "true", "xms_edov": "1"}
			})
			_, err := h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
			wantProblem(t, err, problem.NoAccount)
			users, err := h.store.Users(ctx)
			check(t, err)
			if len(users) != 1 {
				t.Errorf("%d users", len(users))
			}
		}
	}
}

func TestRow23TenantsThatAreNotAllowedAreRefused(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	s := h.service(is, func(p *store.SignInProvider) { p.AllowedTenants, p.Admits = contosoID, true })
	is.set(func(is *issuer) { is.account["tid"] = fabrikamID })
	_, err := h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
	wantProblem(t, err, problem.NoAccount)
	is.set(func(is *issuer) { is.account["tid"] = contosoID })
	back, err := h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
	check(t, err)
	if back.User.Role != store.RoleMember || back.User.Email != "ada@contoso.example" || back.User.PasswordHash != "" {
		t.Errorf("%+v", back.User)
	}
	again, err := h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
	check(t, err)
	if again.User.ID != back.User.ID {
		t.Error("the second time made another user")
	}
}

func TestRow24SignInTakesAValidTokenAlone(t *testing.T) {
	for name, spoil := range map[string]func(*issuer){
		"another audience": func(is *issuer) { is.idClaims = map[string]any{"aud": "somebody-else"} },
		"another nonce":    func(is *issuer) { is.idClaims = map[string]any{"nonce": "x"} },
		"another issuer":   func(is *issuer) { is.idClaims = map[string]any{"iss": "https://evil.example/" + contosoID + "/v2.0"} },
		"expired":          func(is *issuer) { is.idClaims = map[string]any{"exp": is.clock.Now().Unix() - 1} },
		"unsigned": func(is *issuer) {
			is.sign = func(payload []byte) string { return signed(jose.HS256, []byte(strings.Repeat("k", 32)), "k1", payload) }
		},
	} {
		h := newHouse(t)
		is := newIssuer(t, h.clock)
		ada, s := h.user("ada@postroom.example"), h.service(is)
		h.linked(is, s, ada)
		is.set(spoil)
		_, err := h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
		t.Log(name)
		wantProblem(t, err, problem.TokenInvalid)
	}
}

func TestRow26SignInElsewhereBringsNobodyBack(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	is := newIssuer(t, h.clock)
	eve := h.user("eve@postroom.example")
	s := h.service(is, func(p *store.SignInProvider) { p.Admits, p.AllowedTenants = true, contosoID })
	h.linked(is, s, eve)
	yes := true
	_, err := h.people.Change(ctx, eve.ID, PersonChange{Disabled: &yes})
	check(t, err)
	_, err = h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
	wantProblem(t, err, problem.NoAccount)
	now, err := h.store.User(ctx, eve.ID)
	check(t, err)
	users, err := h.store.Users(ctx)
	check(t, err)
	if now.DisabledAt == 0 || len(users) != 1 {
		t.Errorf("%+v", users)
	}
}

func TestRow30AnInvitationIsAcceptedWithAnAccountElsewhere(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	is := newIssuer(t, h.clock)
	root, s := h.person("root@postroom.example", store.RoleAdmin), h.service(is)
	i, token, err := h.people.Invite(ctx, root, NewInvitation{Email: "bob@postroom.example", Role: store.RoleManager})
	check(t, err)
	first := is.signIn(h.leave(Departure{Provider: s.ID, Invitation: token}))
	second := is.signIn(h.leave(Departure{Provider: s.ID, Invitation: token}))
	back, err := h.arrive("", first)
	check(t, err)
	if back.User.Email != "bob@postroom.example" || back.User.Role != store.RoleManager || back.User.Name != "Ada" {
		t.Errorf("%+v", back.User)
	}
	_, err = h.arrive("", second)
	wantProblem(t, err, problem.Conflict)
	_, err = h.signIns.Begin(ctx, Departure{Provider: s.ID, SessionHash: session, Invitation: token})
	wantProblem(t, err, problem.LinkSpent)

	is.set(func(is *issuer) { is.account["oid"] = "oid-other" })
	i, token, err = h.people.Invite(ctx, root, NewInvitation{Email: "late@postroom.example", Role: store.RoleMember})
	check(t, err)
	answer := is.signIn(h.leave(Departure{Provider: s.ID, Invitation: token}))
	_, err = h.people.Uninvite(ctx, root, i.ID)
	check(t, err)
	_, err = h.arrive("", answer)
	wantProblem(t, err, problem.LinkSpent)
}

func TestAnAccountSignsOneUserInAndTheLastWayStays(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	is := newIssuer(t, h.clock)
	ada, eve := h.user("ada@postroom.example"), h.user("eve@postroom.example")
	s := h.service(is, func(p *store.SignInProvider) { p.Admits, p.AllowedTenants = true, contosoID+" "+fabrikamID })
	h.linked(is, s, ada)
	h.linked(is, s, ada) // once more changes nothing
	_, err := h.arrive(eve.ID, is.signIn(h.leave(Departure{Provider: s.ID, UserID: eve.ID})))
	wantProblem(t, err, problem.Conflict)
	list, err := h.store.Identities(ctx, ada.ID)
	check(t, err)
	wantProblem(t, h.signIns.Unlink(ctx, eve, list[0].ID), problem.NotFound)
	check(t, h.signIns.Unlink(ctx, ada, list[0].ID))

	is.set(func(is *issuer) { is.account["tid"], is.account["email"] = fabrikamID, "new@fabrikam.example" })
	back, err := h.arrive("", is.signIn(h.leave(Departure{Provider: s.ID})))
	check(t, err)
	list, err = h.store.Identities(ctx, back.User.ID)
	check(t, err)
	wantProblem(t, h.signIns.Unlink(ctx, back.User, list[0].ID), problem.Conflict)
}

func TestRow25SignInsAreBegunAHundredTimesFromOneAddress(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	s := h.service(is)
	for i := range mostTrips + 5 {
		_, err := h.signIns.Begin(context.Background(), Departure{Provider: s.ID, SessionHash: session, IP: "192.0.2.7"})
		if problem.Is(err, problem.TooMany) != (i >= mostTrips) {
			t.Fatalf("trip %d: %v", i+1, err)
		}
	}
}

func TestRow28SecretsOfSignInServicesStayIn(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	is := newIssuer(t, h.clock)
	p := h.service(is)
	if len(p.ClientSecret) != 0 || p.SecretHint == "" {
		t.Errorf("%+v", p)
	}
	p.Name = "Renamed"
	p, err := h.signIns.Save(ctx, p, "")
	check(t, err)
	p.Version--
	_, err = h.signIns.Save(ctx, p, "")
	wantProblem(t, err, problem.Conflict)
	p.Version++
	moved := p
	moved.Authority = "https://evil.example"
	_, err = h.signIns.Save(ctx, moved, "")
	wantProblem(t, err, problem.Invalid)
	ada := h.user("ada@postroom.example")
	h.linked(is, p, ada) // the kept secret still opens
	h.absent(clientSecret.Reveal())
	for _, bad := range []store.SignInProvider{
		{Name: "", Kind: store.KindGeneric, Authority: "https://x.example", ClientID: "c"},
		{Name: "x", Kind: "other", Authority: "https://x.example", ClientID: "c"},
		{Name: "x", Kind: store.KindGeneric, Authority: "http://x.example", ClientID: "c"},
		{Name: "x", Kind: store.KindGeneric, Authority: "https://x.example"},
		{Name: "x", Kind: store.KindMicrosoft, Authority: "https://x.example", ClientID: "c"},
		{Name: "x", Kind: store.KindMicrosoft, Authority: "https://x.example", ClientID: "c", Tenant: "organizations", Admits: true},
		{Name: "x", Kind: store.KindMicrosoft, Authority: "https://x.example", ClientID: "c", Tenant: "organizations", AllowedTenants: "contoso.example"},
	} {
		_, err := h.signIns.Save(ctx, bad, "x")
		wantProblem(t, err, problem.Invalid)
	}
	check(t, h.signIns.Delete(ctx, p.ID))
	if list, err := h.store.Identities(ctx, ada.ID); err != nil || len(list) != 0 {
		t.Error("an identity outlived its service", err)
	}
}
