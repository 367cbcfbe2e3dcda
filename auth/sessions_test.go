package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

// site is a small web site behind the sessions' middleware.
type site struct {
	*house
	sessions *Sessions
	handler  http.Handler
	inside   func(ctx context.Context) // runs within GET /slow
}

func newSite(t *testing.T, publicURL string) *site {
	s := &site{house: newHouse(t)}
	s.sessions = NewSessions(s.store, publicURL, slog.New(slog.NewTextHandler(s.journal, nil)))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /in/{user}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.sessions.SignIn(r.Context(), r.PathValue("user")); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	})
	mux.HandleFunc("POST /out", func(w http.ResponseWriter, r *http.Request) { check(t, s.sessions.SignOut(r.Context())) })
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, r *http.Request) {
		user, _ := s.sessions.User(r.Context())
		if user.ID != s.sessions.UserID(r.Context()) {
			t.Error("User and UserID differ")
		}
		_, _ = io.WriteString(w, user.ID)
	})
	mux.HandleFunc("GET /hash", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, s.sessions.Hash(r.Context())) })
	mux.HandleFunc("POST /problem", func(w http.ResponseWriter, r *http.Request) {
		check(t, s.sessions.KeepProblem(r.Context(), problem.New(problem.ConsentDeclined, "kept")))
	})
	mux.HandleFunc("GET /problem", func(w http.ResponseWriter, r *http.Request) {
		if p := s.sessions.Problem(r.Context()); p != nil {
			_, _ = io.WriteString(w, p.Detail)
		}
	})
	mux.HandleFunc("POST /slow", func(w http.ResponseWriter, r *http.Request) {
		s.inside(r.Context())
		check(t, s.sessions.KeepProblem(r.Context(), problem.New(problem.ConsentDeclined, "late")))
	})
	s.handler = s.sessions.Middleware(mux)
	return s
}

// ask makes one request with this cookie and returns the answer and the cookie that came back.
func (s *site) ask(method, path, cookie string) (body string, set *http.Cookie) {
	s.t.Helper()
	r := httptest.NewRequest(method, public+path, nil)
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: s.sessions.CookieName(), Value: cookie})
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		set = c
	}
	return w.Body.String(), set
}

func (s *site) signIn(u store.User, cookie string) string {
	s.t.Helper()
	_, set := s.ask("POST", "/in/"+u.ID, cookie)
	if set == nil {
		s.t.Fatal("signing in set no cookie")
	}
	return set.Value
}

func (s *site) who(cookie string) string {
	body, _ := s.ask("GET", "/who", cookie)
	return body
}

func TestRow31CookieRules(t *testing.T) {
	for publicURL, want := range map[string]struct {
		name   string
		secure bool
	}{
		"https://mail.example.org": {"__Host-postroom", true},
		"http://127.0.0.1:8080":    {"postroom", false},
	} {
		s := newSite(t, publicURL)
		_, set := s.ask("POST", "/in/"+s.user("ada@postroom.example").ID, "")
		if set == nil || set.Name != want.name || set.Secure != want.secure || !set.HttpOnly || set.SameSite != http.SameSiteLaxMode || set.Path != "/" || set.Domain != "" {
			t.Errorf("%s: cookie %+v", publicURL, set)
		}
		if len(set.Value) < 40 {
			t.Errorf("token of %d characters", len(set.Value))
		}
	}
}

func TestRow31SignInGivesANewToken(t *testing.T) {
	s := newSite(t, public)
	ada, bob := s.user("ada@postroom.example"), s.user("bob@postroom.example")
	_, planted := s.ask("POST", "/problem", "")
	first := s.signIn(ada, planted.Value)
	if first == planted.Value || s.who(planted.Value) != "" || s.who(first) != ada.ID {
		t.Error("the token from before the sign-in still counts")
	}
	if body, _ := s.ask("GET", "/problem", first); body != "" {
		t.Error("the session from before the sign-in was taken along")
	}
	second := s.signIn(bob, first)
	if s.who(first) != "" || s.who(second) != bob.ID {
		t.Error("the first user's token still counts")
	}
	if s.who(strings.ToUpper(second)) != "" || s.who("made-up") != "" {
		t.Error("a made-up token counts")
	}
}

func TestRow31SignOutEndsTheSession(t *testing.T) {
	s := newSite(t, public)
	cookie := s.signIn(s.user("ada@postroom.example"), "")
	_, set := s.ask("POST", "/out", cookie)
	if set == nil || set.MaxAge >= 0 {
		t.Errorf("cookie after sign-out: %+v", set)
	}
	if s.who(cookie) != "" {
		t.Error("signed out, and still signed in")
	}
}

func TestRow31ASlowRequestDoesNotBringBackWhatSignOutEnded(t *testing.T) {
	s := newSite(t, public)
	cookie := s.signIn(s.user("ada@postroom.example"), "")
	s.inside = func(context.Context) { s.ask("POST", "/out", cookie) }
	s.ask("POST", "/slow", cookie)
	if s.who(cookie) != "" {
		t.Error("the slow request brought the session back")
	}
}

func TestRow31ACopyOfTheDatabaseOpensNothing(t *testing.T) {
	s := newSite(t, public)
	ada := s.user("ada@postroom.example")
	cookie := s.signIn(ada, "")
	raw := string(s.databaseBytes())
	if strings.Contains(raw, cookie) {
		t.Error("the database holds the token itself")
	}
	hash, _ := s.ask("GET", "/hash", cookie)
	if len(hash) != 64 || strings.Contains(raw, hash) {
		t.Errorf("session hash %q", hash)
	}
	if other, _ := s.ask("GET", "/hash", s.signIn(ada, "")); other == hash {
		t.Error("two sessions share a hash")
	}
	if none, _ := s.ask("GET", "/hash", ""); none != "" {
		t.Error("no session has a hash")
	}
}

func TestRow31SessionsEndWhenIdleAndWhenOld(t *testing.T) {
	s := newSite(t, public)
	ada := s.user("ada@postroom.example")
	idle := s.signIn(ada, "")
	s.clock.advance(8*time.Hour - time.Minute)
	if s.who(idle) != ada.ID {
		t.Error("ended before eight hours")
	}
	s.clock.advance(8 * time.Hour)
	if s.who(idle) != "" {
		t.Error("alive after eight idle hours")
	}
	busy := s.signIn(ada, "")
	for range 7*24 - 1 {
		s.clock.advance(time.Hour)
		if s.who(busy) != ada.ID {
			t.Fatal("a busy session ended early")
		}
	}
	s.clock.advance(time.Hour)
	if s.who(busy) != "" {
		t.Error("alive after seven days")
	}
}

func TestReadingDoesNotWriteTheSessionEachTime(t *testing.T) {
	s := newSite(t, public)
	cookie := s.signIn(s.user("ada@postroom.example"), "")
	for range 10 {
		s.clock.advance(20 * time.Second)
		if _, set := s.ask("GET", "/who", cookie); set != nil {
			t.Error("reading set a cookie")
		}
	}
	if _, set := s.ask("GET", "/who", ""); set != nil {
		t.Error("a stranger got a session")
	}
}

func TestRow26DisabledUsersAreSignedOutWithTheNextRequest(t *testing.T) {
	s := newSite(t, public)
	ctx := context.Background()
	ada := s.user("ada@postroom.example")
	cookie := s.signIn(ada, "")
	yes, no := true, false
	_, err := s.people.Change(ctx, ada.ID, PersonChange{Disabled: &yes})
	check(t, err)
	if s.who(cookie) != "" {
		t.Error("disabled, and still signed in")
	}
	if body, set := s.ask("POST", "/in/"+ada.ID, ""); set != nil || !strings.Contains(body, string(problem.SignInFailed)) {
		t.Errorf("disabled, and signed in: %s", body)
	}
	_, err = s.people.Change(ctx, ada.ID, PersonChange{Disabled: &no})
	check(t, err)
	if s.who(cookie) != "" {
		t.Error("enabling brought the old session back")
	}
}

// restore puts a session's row back, as a request that raced with its deletion might.
func (s *site) restore(cookie string) (back func()) {
	s.t.Helper()
	sum := sha256.Sum256([]byte(cookie))
	row, found, err := s.store.Session(context.Background(), base64.RawURLEncoding.EncodeToString(sum[:]))
	check(s.t, err)
	if !found {
		s.t.Fatal("no row of this session")
	}
	return func() {
		check(s.t, s.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.PutSession(row) }))
	}
}

func TestRow26ASessionLeftBehindDoesNotCount(t *testing.T) {
	s := newSite(t, public)
	ctx := context.Background()
	ada, bob := s.user("ada@postroom.example"), s.user("bob@postroom.example")
	adas, bobs := s.signIn(ada, ""), s.signIn(bob, "")
	restoreAdas, restoreBobs := s.restore(adas), s.restore(bobs)
	yes, password := true, "another good one"
	_, err := s.people.Change(ctx, ada.ID, PersonChange{Disabled: &yes})
	check(t, err)
	_, err = s.people.Change(ctx, bob.ID, PersonChange{Password: &password})
	check(t, err)
	restoreAdas()
	restoreBobs()
	if s.who(adas) != "" {
		t.Error("disabled, and still signed in")
	}
	if s.who(bobs) != "" {
		t.Error("signed in by the old password")
	}
}

func TestANewPasswordEndsAllSessions(t *testing.T) {
	s := newSite(t, public)
	ada := s.user("ada@postroom.example")
	one, two := s.signIn(ada, ""), s.signIn(ada, "")
	password := "another good one"
	_, err := s.people.Change(context.Background(), ada.ID, PersonChange{Password: &password})
	check(t, err)
	if s.who(one)+s.who(two) != "" {
		t.Error("the old password's sessions live on")
	}
	_, err = s.people.Check(context.Background(), ada.Email, password, "")
	check(t, err)
}

func TestAProblemIsKeptForTheBrowser(t *testing.T) {
	s := newSite(t, public)
	cookie := s.signIn(s.user("ada@postroom.example"), "")
	s.ask("POST", "/problem", cookie)
	if body, _ := s.ask("GET", "/problem", cookie); body != "kept" {
		t.Errorf("kept %q", body)
	}
}

func TestRow25ParallelSignInsDoNotMixUp(t *testing.T) {
	s := newSite(t, public)
	var users []store.User
	for _, name := range []string{"ada", "bob", "eve", "dan"} {
		users = append(users, s.user(name+"@postroom.example"))
	}
	var group sync.WaitGroup
	for i := range 100 {
		group.Go(func() {
			u := users[i%len(users)]
			if got := s.who(s.signIn(u, "")); got != u.ID {
				t.Errorf("signed in as %s, am %s", u.ID, got)
			}
		})
	}
	group.Wait()
}
