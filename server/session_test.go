package server

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"postroom/store"
)

const password = "correct horse battery staple"

func TestSetUpMakesOneAdministratorAndCloses(t *testing.T) {
	h := startHouse(t)
	token, open, err := h.people.SetupToken(t.Context())
	check(t, err)
	if state := want[SetupState](t, h.nobody().ask("GET", "/api/setup", nil), 200); !open || !state.Open {
		t.Fatal("set-up is closed before anybody is there")
	}
	wantProblem(t, h.nobody().ask("POST", "/api/setup", SetupForm{Token: "guess", Email: "m@example.org", Name: "M", Password: password}), 403, "forbidden")
	form := SetupForm{Token: token, Email: "Ada@Example.org", Name: "Ada", Password: password}
	results := make(chan reply, 8)
	guests := make([]*guest, cap(results))
	for i := range guests {
		guests[i] = h.nobody()
	}
	var all sync.WaitGroup
	for _, g := range guests {
		all.Go(func() { results <- g.ask("POST", "/api/setup", form) })
	}
	all.Wait()
	made := 0
	for range guests {
		if r := <-results; r.status == 200 {
			made++
			if u := want[User](t, r, 200); u.Role != store.RoleAdmin || u.Email != "ada@example.org" {
				t.Errorf("%+v", u)
			}
		} else {
			wantProblem(t, r, 409, "setup_closed")
		}
	}
	if users, err := h.store.CountUsers(t.Context()); err != nil || users != 1 || made != 1 {
		t.Fatalf("%d made, %d users, %v", made, users, err)
	}
	if state := want[SetupState](t, h.nobody().ask("GET", "/api/setup", nil), 200); state.Open {
		t.Error("set-up is still open")
	}
	signedIn := 0
	for _, g := range guests {
		if g.ask("GET", "/api/session", nil).status == 200 {
			signedIn++
		}
	}
	if signedIn != 1 {
		t.Errorf("%d browsers are signed in", signedIn)
	}
}

func TestSignInAndOut(t *testing.T) {
	h := startHouse(t)
	root := h.guest("root", store.RoleAdmin)
	added := want[User](t, root.ask("POST", "/api/users", UserForm{Email: "bob@example.org", Name: "Bob", Password: password, Role: store.RoleMember}), 200)
	wantProblem(t, root.ask("POST", "/api/users", UserForm{Email: "BOB@example.org", Name: "Bob", Password: password, Role: store.RoleMember}), 409, "conflict")

	g := h.nobody()
	wantProblem(t, g.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	wantProblem(t, g.ask("POST", "/api/session", SignInForm{"bob@example.org", "wrong"}), 401, "sign_in_failed")
	wantProblem(t, g.ask("POST", "/api/session", SignInForm{"nobody@example.org", password}), 401, "sign_in_failed")
	before := g.cookie
	r := g.ask("POST", "/api/session", SignInForm{" Bob@Example.org", password})
	session := want[Session](t, r, 200)
	if session.User != added || session.PublicURL != h.url || session.RedirectURI != h.url+"/oauth/callback" || session.Version != "test" {
		t.Errorf("%+v", session)
	}
	cookie := r.header.Get("Set-Cookie")
	if g.cookie == before || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || !strings.Contains(cookie, "Path=/") {
		t.Errorf("cookie %q", cookie)
	}
	want[Session](t, g.ask("GET", "/api/session", nil), 200)
	first := *g
	want[Session](t, g.ask("POST", "/api/session", SignInForm{"bob@example.org", password}), 200)
	if first.cookie == g.cookie {
		t.Error("the second sign-in kept the token of the first")
	}
	old := *g
	want[struct{}](t, g.ask("DELETE", "/api/session", nil), 204)
	wantProblem(t, old.ask("GET", "/api/session", nil), 401, "sign_in_needed")

	want[Session](t, g.ask("POST", "/api/session", SignInForm{"bob@example.org", password}), 200)
	yes := true
	want[User](t, root.ask("PATCH", "/api/users/"+added.ID, UserPatch{Disabled: &yes}), 200)
	wantProblem(t, g.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	wantProblem(t, g.ask("POST", "/api/session", SignInForm{"bob@example.org", password}), 401, "sign_in_failed")
}

func TestMembersCannotMakeThemselvesMore(t *testing.T) {
	h := startHouse(t)
	root, bob := h.guest("root", store.RoleAdmin), h.guest("bob", store.RoleMember)
	admin := store.RoleAdmin
	wantProblem(t, bob.ask("PATCH", "/api/users/"+bob.user.ID, UserPatch{Role: &admin}), 403, "forbidden")
	wantProblem(t, root.ask("PATCH", "/api/users/"+bob.user.ID, map[string]any{"id": "x", "passwordHash": "y"}), 422, "invalid")
	member, yes := store.RoleMember, true
	wantProblem(t, root.ask("PATCH", "/api/users/"+root.user.ID, UserPatch{Role: &member}), 409, "conflict")
	wantProblem(t, root.ask("PATCH", "/api/users/"+root.user.ID, UserPatch{Disabled: &yes}), 409, "conflict")
}

// What another site makes a browser send is refused on every route that changes something, before
// anything is looked at.
func TestRow32OtherSitesCanChangeNothing(t *testing.T) {
	h := startHouse(t)
	e := h.estate()
	unsafe := 0
	for _, r := range h.server.table {
		if r.method == http.MethodGet || r.method == http.MethodHead {
			continue
		}
		unsafe++
		path, body := e.asked(r)
		for _, header := range [][]string{
			{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"},
		} {
			got := e.owner.ask(r.method, path, body, append(header, "Idempotency-Key", "12345678")...)
			if p := want[Problem](t, got, 403); p.Code != "forbidden" {
				t.Errorf("%s %s with %v: %s", r.method, r.path, header, got.body)
			}
		}
	}
	if unsafe < 15 {
		t.Errorf("only %d routes that change something", unsafe)
	}
	want[struct{}](t, e.owner.ask("DELETE", "/api/uploads/"+e.upload, nil, "Sec-Fetch-Site", "same-origin", "Origin", h.url), 204)
}
