package auth

import (
	"context"
	"testing"

	"postroom/problem"
	"postroom/store"
)

func (h *house) audit(q store.AuditQuery) []store.AuditEntry {
	h.t.Helper()
	q.Limit = 100
	entries, err := h.store.Audit(context.Background(), q)
	check(h.t, err)
	return entries
}

func TestRefusedAndLockedSignInsAreNoted(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.person("ada@postroom.example", store.RoleAdmin)
	for range 30 {
		_, err := h.people.Check(ctx, ada.Email, "wrong", "192.0.2.7")
		if !problem.Is(err, problem.SignInFailed) && !problem.Is(err, problem.TooMany) {
			t.Fatal(err)
		}
	}
	if refused := h.audit(store.AuditQuery{Action: SignInRefused, Person: ada.ID}); len(refused) != mostTries || refused[0].IP != "192.0.2.7" || refused[0].UserID != "" {
		t.Errorf("%d refusals noted, first %+v", len(refused), refused[0])
	}
	if locked := h.audit(store.AuditQuery{Action: SignInLocked}); len(locked) != 1 || locked[0].Subject != ada.ID {
		t.Errorf("locked: %+v, want one entry", locked)
	}
}

func TestASignInFromANewPlaceIsNotedAsSuch(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.person("ada@postroom.example", store.RoleAdmin)
	const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	for _, ip := range []string{"192.0.2.7", "192.0.2.7", "2001:db8::1", "2001:db8::2", "198.51.100.1"} {
		check(t, h.people.NoteSignIn(ctx, ada.ID, "password", firefox, ip))
	}
	want := []string{
		"password, Firefox on Linux, new place", "password, Firefox on Linux", "password, Firefox on Linux, new place",
		"password, Firefox on Linux", "password, Firefox on Linux",
	}
	for i, e := range h.audit(store.AuditQuery{Action: SignedIn}) {
		if e.Detail != want[i] {
			t.Errorf("entry %d: %q, want %q", i, e.Detail, want[i])
		}
	}
}

func TestBrowsersAreGuessed(t *testing.T) {
	for agent, want := range map[Agent]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0":            "Edge on Windows",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":            "Safari on macOS",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile Safari/604.1": "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36":                         "Chrome on Android",
		"": "unknown browser",
	} {
		if got := agent.String(); got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}
