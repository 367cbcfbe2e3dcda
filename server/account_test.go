package server

import (
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"postroom/store"
)

func code(t *testing.T, secret string, at time.Time) string {
	t.Helper()
	code, err := totp.GenerateCode(secret, at)
	check(t, err)
	return code
}

func TestNobodyIsSignedInBeforeTheSecondStep(t *testing.T) {
	h := startHouse(t)
	bob, root := h.guest("bob", store.RoleMember), h.guest("root", store.RoleAdmin)
	e := want[Enrolment](t, bob.ask("POST", "/api/account/authenticator", nil), 200)
	if !strings.HasPrefix(e.Image, "data:image/png;base64,") {
		t.Errorf("image %.40q", e.Image)
	}
	wantProblem(t, bob.ask("POST", "/api/account/authenticator/confirm", CodeForm{"000000"}), 422, "invalid")
	now := time.Now()
	codes := want[RecoveryCodes](t, bob.ask("POST", "/api/account/authenticator/confirm", CodeForm{code(t, e.Secret, now)}), 200).Codes
	if a := want[Account](t, bob.ask("GET", "/api/account", nil), 200); a.AuthenticatorSince == 0 || a.RecoveryCodes != int64(len(codes)) {
		t.Errorf("%+v", a)
	}
	if list := want[[]User](t, root.ask("GET", "/api/users", nil), 200); !list[0].SecondFactor && !list[1].SecondFactor {
		t.Errorf("%+v", list)
	}

	g := h.nobody()
	wantProblem(t, g.ask("POST", "/api/session/second", CodeForm{codes[0]}), 401, "sign_in_failed")
	wantProblem(t, g.ask("POST", "/api/session", SignInForm{bob.user.Email, password}), 401, "second_factor")
	wantProblem(t, g.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	wantProblem(t, g.ask("GET", "/api/mailboxes", nil), 401, "sign_in_needed")
	if w := want[Ways](t, g.ask("GET", "/api/session/ways", nil), 200); !w.SecondStep {
		t.Errorf("%+v", w)
	}
	half := g.cookie
	wantProblem(t, g.ask("POST", "/api/session/second", CodeForm{"000000"}), 401, "code_wrong")
	want[User](t, g.ask("POST", "/api/session/second", CodeForm{codes[0]}), 200)
	if g.cookie == half {
		t.Error("the second step kept the token of the first")
	}
	want[Session](t, g.ask("GET", "/api/session", nil), 200)
	wantProblem(t, h.nobody().ask("POST", "/api/session/second", CodeForm{codes[1]}), 401, "sign_in_failed")

	page := want[AuditPage](t, root.ask("GET", "/api/audit?action=session.open", nil), 200)
	if len(page.Entries) != 1 || !strings.HasPrefix(page.Entries[0].Detail, "password and code, ") {
		t.Errorf("%+v", page.Entries)
	}
	want[struct{}](t, root.ask("DELETE", "/api/users/"+bob.user.ID+"/factors", nil), 204)
	wantProblem(t, g.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	want[Session](t, g.ask("POST", "/api/session", SignInForm{bob.user.Email, password}), 200)
}

func TestRow26TheSecondStepIsNoWayBackForSomebodyDisabled(t *testing.T) {
	h := startHouse(t)
	bob, root := h.guest("bob", store.RoleMember), h.guest("root", store.RoleAdmin)
	e := want[Enrolment](t, bob.ask("POST", "/api/account/authenticator", nil), 200)
	codes := want[RecoveryCodes](t, bob.ask("POST", "/api/account/authenticator/confirm", CodeForm{code(t, e.Secret, time.Now())}), 200).Codes
	g := h.nobody()
	wantProblem(t, g.ask("POST", "/api/session", SignInForm{bob.user.Email, password}), 401, "second_factor")
	yes := true
	want[User](t, root.ask("PATCH", "/api/users/"+bob.user.ID, UserPatch{Disabled: &yes}), 200)
	wantProblem(t, g.ask("POST", "/api/session/second", CodeForm{codes[0]}), 401, "sign_in_failed")
}

func TestRow30NobodyRaisesTheirOwnRole(t *testing.T) {
	h := startHouse(t)
	for _, role := range []store.Role{store.RoleMember, store.RoleManager} {
		g := h.guest("somebody", role)
		for _, body := range []map[string]any{
			{"name": "Eve", "role": "admin"}, {"name": "Eve", "Role": "admin"}, {"name": "Eve", "user": map[string]any{"role": "admin"}},
		} {
			wantProblem(t, g.ask("PATCH", "/api/account", body), 422, "invalid")
		}
		if u := want[User](t, g.ask("PATCH", "/api/account", AccountPatch{"Eve"}), 200); u.Role != role || u.Name != "Eve" {
			t.Errorf("%+v", u)
		}
	}
}

func TestAnOldSignInChangesNoWayToSignIn(t *testing.T) {
	clock := &shifted{}
	h := startHouseAt(t, clock.now)
	bob := h.guest("bob", store.RoleMember)
	clock.shift(16 * time.Minute)
	for _, at := range []string{
		"POST /api/account/password", "POST /api/account/authenticator", "POST /api/account/authenticator/confirm", "DELETE /api/account/authenticator",
		"POST /api/account/recovery", "POST /api/account/passkeys/begin", "POST /api/account/passkeys", "DELETE /api/account/passkeys/x",
		"POST /api/account/identities", "DELETE /api/account/identities/x",
	} {
		method, path, _ := strings.Cut(at, " ")
		var body any
		switch path {
		case "/api/account/password":
			body = ProofForm{"another good password"}
		case "/api/account/authenticator/confirm":
			body = CodeForm{"123456"}
		case "/api/account/passkeys":
			body = PasskeyForm{Name: "x", Credential: []byte("{}")}
		case "/api/account/identities":
			body = LinkForm{Service: "x"}
		}
		if method == "DELETE" || strings.HasSuffix(path, "begin") || strings.HasSuffix(path, "recovery") || path == "/api/account/authenticator" {
			body = nil
		}
		wantProblem(t, bob.ask(method, path, body), 403, "prove_again")
	}
	wantProblem(t, bob.ask("POST", "/api/account/proof", ProofForm{"wrong"}), 422, "invalid")
	want[struct{}](t, bob.ask("POST", "/api/account/proof", ProofForm{password}), 204)
	other := *bob
	other.signIn()
	want[struct{}](t, bob.ask("POST", "/api/account/password", ProofForm{"another good password"}), 204)
	want[Session](t, bob.ask("GET", "/api/session", nil), 200)
	wantProblem(t, other.ask("GET", "/api/session", nil), 401, "sign_in_needed")
}

func TestRow31SomebodySeesAndEndsTheirOwnSessions(t *testing.T) {
	h := startHouse(t)
	bob, eve := h.guest("bob", store.RoleMember), h.guest("eve", store.RoleMember)
	phone, tablet := h.nobody(), h.nobody()
	const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1"
	want[Session](t, phone.ask("POST", "/api/session", SignInForm{bob.user.Email, password}, "User-Agent", iphone), 200)
	want[Session](t, tablet.ask("POST", "/api/session", SignInForm{bob.user.Email, password}), 200)
	list := want[[]Browser](t, bob.ask("GET", "/api/account/browsers", nil), 200)
	if len(list) != 3 {
		t.Fatalf("%+v", list)
	}
	current, theirs := 0, ""
	for _, b := range list {
		if b.Current {
			current++
		}
		if b.Browser == "Safari" && b.System == "iPhone" && b.Since > 0 && b.Seen >= b.Since {
			theirs = b.ID
		}
		if strings.Contains(bob.cookie+phone.cookie+tablet.cookie, b.ID) {
			t.Error("an id is part of a cookie")
		}
	}
	if current != 1 || theirs == "" {
		t.Fatalf("%+v", list)
	}
	wantProblem(t, eve.ask("DELETE", "/api/account/browsers/"+theirs, nil), 404, "not_found")
	want[struct{}](t, bob.ask("DELETE", "/api/account/browsers/"+theirs, nil), 204)
	wantProblem(t, phone.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	want[Session](t, tablet.ask("GET", "/api/session", nil), 200)
	want[struct{}](t, bob.ask("DELETE", "/api/account/browsers", nil), 204)
	wantProblem(t, tablet.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	want[Session](t, bob.ask("GET", "/api/session", nil), 200)
	want[Session](t, eve.ask("GET", "/api/session", nil), 200)
}

func TestSignInServicesAreChangedInPlace(t *testing.T) {
	h := startHouse(t)
	root := h.guest("root", store.RoleAdmin)
	form := SignInProviderForm{Name: "Elsewhere", Kind: store.KindGeneric, Authority: "https://login.example", ClientID: "c", ClientSecret: "a-long-enough-secret-wxyz"}
	p := want[SignInProvider](t, root.ask("POST", "/api/admin/sign-in-providers", form), 200)
	form.Name, form.ClientSecret, form.Version, form.Disabled = "Renamed", "", p.Version, true
	want[SignInProvider](t, root.ask("PUT", "/api/admin/sign-in-providers/"+p.ID, form), 200)
	wantProblem(t, root.ask("PUT", "/api/admin/sign-in-providers/"+p.ID, form), 409, "conflict")
	raw := root.ask("GET", "/api/admin/sign-in-providers", nil)
	all := want[SignInProviders](t, raw, 200)
	if len(all.Providers) != 1 || all.Providers[0].Name != "Renamed" || all.Providers[0].SecretHint != "wxyz" || all.RedirectURI != h.url+"/auth/callback" || strings.Contains(string(raw.body), "a-long") {
		t.Errorf("%s", raw.body)
	}
	if w := want[Ways](t, h.nobody().ask("GET", "/api/session/ways", nil), 200); len(w.Services) != 0 {
		t.Errorf("%+v", w)
	}
	wantProblem(t, h.nobody().ask("POST", "/api/session/elsewhere", ElsewhereForm{Service: p.ID}), 404, "not_found")
}

func TestAFailedSignInElsewhereIsToldOnce(t *testing.T) {
	h := startHouse(t)
	g := h.nobody()
	r := g.ask("GET", "/auth/callback?state=made-up&code=x", nil)
	if r.status != 302 || r.header.Get("Location") != "/?problem=1" {
		t.Fatalf("%d %q", r.status, r.header.Get("Location"))
	}
	if p := want[Problem](t, g.ask("GET", "/api/session/problem", nil), 200); p.Code != "state_invalid" {
		t.Errorf("%+v", p)
	}
	if r := g.ask("GET", "/api/session/problem", nil); string(r.body) != "null\n" {
		t.Errorf("%s", r.body)
	}
}
