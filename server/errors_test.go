package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"postroom/problem"
	"postroom/store"
)

// canary is what must not be seen outside: SQL, paths, secrets.
const canary = `canary: pq: relation "users" dsn=postgres://postroom:hunter2@db/postroom`

// broken adds routes that fail in every way.
func broken(t *testing.T, h *house) {
	t.Helper()
	type nothing struct{}
	for _, r := range []route{
		answers(Public, "GET /api/broken/plain", "", func(context.Context, store.User, *nothing) (User, error) { return User{}, errors.New(canary) }),
		answers(Public, "GET /api/broken/panic", "", func(context.Context, store.User, *nothing) (User, error) { panic(canary) }),
		does(Public, "GET /api/broken/cause", "", func(context.Context, store.User, *nothing) error {
			return fmt.Errorf("connect: %w", problem.Wrap(problem.ProviderDown, "", errors.New(canary)))
		}),
		raw(Public, "GET /api/broken/raw", "", "", func(echo.Context, store.User) error { return errors.New(canary) }),
		raw(Public, "GET /api/broken/rawpanic", "", "", func(echo.Context, store.User) error { panic(errors.New(canary)) }),
		raw(Public, "GET /api/broken/http", "", "", func(echo.Context, store.User) error {
			return echo.NewHTTPError(http.StatusTeapot, canary)
		}),
	} {
		check(t, h.server.mount(r))
	}
}

func TestErrorPagesTellNothingOfTheInside(t *testing.T) {
	h := startHouse(t)
	broken(t, h)
	for path, status := range map[string]int{"plain": 500, "panic": 500, "raw": 500, "rawpanic": 500, "cause": 502, "http": 418} {
		r := h.nobody().ask("GET", "/api/broken/"+path, nil)
		p := want[Problem](t, r, status)
		if strings.Contains(string(r.body), "canary") || strings.Contains(string(r.body), "goroutine") || p.ID == "" || p.Title == "" || p.Status != status {
			t.Errorf("%s: %s", path, r.body)
		}
		if r.header.Get("Content-Type") != "application/problem+json" || r.header.Get("X-Request-Id") != p.ID {
			t.Errorf("%s: %v", path, r.header)
		}
		if status < 500 {
			continue
		}
		told := 0
		for line := range strings.Lines(h.log.String()) {
			if strings.Contains(line, "request="+p.ID) && strings.Contains(line, "canary") {
				told++
			}
		}
		if told != 1 {
			t.Errorf("%s: the log tells it %d times", path, told)
		}
	}
}

func TestWhatIsNotThereHasTheShapeOfAProblem(t *testing.T) {
	h := startHouse(t)
	g := h.guest("ada", store.RoleMember)
	wantProblem(t, g.ask("GET", "/api/nothing", nil), 404, "not_found")
	wantProblem(t, g.ask("GET", "/m/x", nil), 404, "not_found")
	wantProblem(t, g.ask("PUT", "/api/session", nil), 405, "invalid")
	wantProblem(t, g.ask("POST", "/anything", nil), 405, "invalid")
}

func TestBadRequestsSayWhichFieldIsWrongAndRepeatNothing(t *testing.T) {
	h := startHouse(t)
	g := h.guest("root", store.RoleAdmin)
	for _, c := range []struct {
		body    string
		typ     string
		status  int
		mention string
	}{
		{`{"email":"a@example.org","name":"A","password":"canary","role":"king"}`, "application/json", 422, "role: "},
		{`{"email":5,"name":"A","password":"canary","role":"admin"}`, "application/json", 422, "email: "},
		{`{"name":"A"}`, "application/json", 422, "email"},
		{`{"email":"a","name":"b","password":"canary","role":"member","id":"me"}`, "application/json", 422, "id: unexpected"},
		{`{"canary`, "application/json", 400, ""},
		{``, "application/json", 400, ""},
		{`canary`, "text/plain", 415, ""},
		{`null`, "application/json", 422, ""},
	} {
		r := g.ask("POST", "/api/users", []byte(c.body), "Content-Type", c.typ)
		p := wantProblem(t, r, c.status, "invalid")
		if !strings.Contains(p.Detail, c.mention) || strings.Contains(string(r.body), "canary") || strings.Contains(p.Detail, "Go ") {
			t.Errorf("%s: %s", c.body, r.body)
		}
	}
}

func TestAClosedDatabaseIsAProblemWithANumber(t *testing.T) {
	h := startHouse(t)
	g := h.guest("ada", store.RoleMember)
	check(t, h.store.Close())
	for _, path := range []string{"/api/mailboxes", "/healthz"} {
		r := g.ask("GET", path, nil)
		if r.status != 500 || !strings.Contains(r.header.Get("Content-Type"), "problem+json") || strings.Contains(string(r.body), "sql") {
			t.Errorf("%s: %d %s", path, r.status, r.body)
		}
	}
}

// What a sign-in page says about a refusal reaches nobody as a page.
func TestAFailedConnectionIsToldOnceAndNeverAsSuccess(t *testing.T) {
	h := startHouse(t)
	ada := h.guest("ada", store.RoleMember)
	const script = `<script>alert(1)</script>`
	for _, query := range []url.Values{
		{"error": {"access_denied"}, "error_description": {script}, "state": {"nonsense"}},
		{"code": {"x"}, "state": {"nonsense"}},
		{"code": {"x"}},
		{},
		{"code": {"x"}, "state": {"a"}, "next": {"https://evil.example"}, "redirect_uri": {"//evil.example"}},
	} {
		r := ada.ask("GET", "/oauth/callback?"+query.Encode(), nil)
		if r.status != http.StatusFound || !strings.HasPrefix(r.header.Get("Location"), "/settings/mailboxes?problem=") || strings.Contains(r.header.Get("Location"), "evil") {
			t.Errorf("%v: %d %v", query, r.status, r.header)
		}
		code, _ := strings.CutPrefix(r.header.Get("Location"), "/settings/mailboxes?problem=")
		if p := want[*Problem](t, ada.ask("GET", "/api/mailboxes/connect/problem", nil), 200); p == nil || string(p.Code) != code || p.Title == "" {
			t.Errorf("%v: %+v", query, p)
		}
		if again := ada.ask("GET", "/api/mailboxes/connect/problem", nil); strings.TrimSpace(string(again.body)) != "null" {
			t.Errorf("told twice: %s", again.body)
		}
	}
	if boxes := want[[]Mailbox](t, ada.ask("GET", "/api/mailboxes", nil), 200); len(boxes) != 0 {
		t.Errorf("%+v", boxes)
	}
	r := h.nobody().ask("GET", "/oauth/callback?code=x&state=y", nil)
	if r.status != http.StatusFound || r.header.Get("Location") != "/settings/mailboxes?problem=sign_in_needed" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if log := h.log.String(); strings.Contains(log, script) || strings.Contains(log, "nonsense") || strings.Contains(log, "evil.example") {
		t.Error("the log holds what the query said")
	}
}
