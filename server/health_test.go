package server

import (
	"net/http"
	"strings"
	"testing"

	"postroom/problem"
	"postroom/store"
)

func TestSegmentsHaveNoGaps(t *testing.T) {
	const minute = 60_000
	wait := problem.New(problem.Throttled, "")
	got := segments([]store.StateEntry{
		{At: 10, State: store.Connecting}, {At: 100 * minute, State: store.Connected},
		{At: 200 * minute, State: store.Throttled, Problem: wait}, {At: 205 * minute, State: store.Connected},
	}, 50*minute, 300*minute)
	want := []Segment{
		{store.Connecting, 50 * minute, 100 * minute, "", ""}, {store.Connected, 100 * minute, 200 * minute, "", ""},
		{store.Throttled, 200 * minute, 205 * minute, wait.Title, problem.Wait}, {store.Connected, 205 * minute, 300 * minute, "", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if none := segments(nil, 0, 1); none == nil || len(none) != 0 {
		t.Errorf("%v", none)
	}
}

func TestAMailboxThatNeverRestsHasABarAllTheSame(t *testing.T) {
	var states []store.StateEntry
	for i := range int64(20_000) {
		state := store.Connected
		if i%2 == 1 {
			state = store.Offline
		}
		states = append(states, store.StateEntry{At: i * 100_000, State: state})
	}
	to := int64(20_000 * 100_000)
	got := segments(states, 0, to)
	if len(got) > mostSegments || got[0].From != 0 || got[len(got)-1].To != to {
		t.Fatalf("%d segments, %d to %d", len(got), got[0].From, got[len(got)-1].To)
	}
	for i := 1; i < len(got); i++ {
		if got[i].From != got[i-1].To {
			t.Fatalf("a gap before %d", i)
		}
	}
}

// A mailbox with a past, and its owner.
func (h *house) troubled() (*guest, box) {
	owner := h.guest("ada", store.RoleMember)
	b := owner.connect("ada@contoso.example")
	check(h.t, h.store.Tx(h.t.Context(), func(tx *store.Tx) error {
		err := tx.SetMailboxState(b.ID, store.NeedsYou, problem.New(problem.Reconnect, "Secret detail.").WithRaw("raw words of bob@fabrikam.example"), 0)
		if err != nil {
			return err
		}
		return tx.AddEvents(b.ID, []store.Event{{At: 5, Side: store.SideToken, What: "renew", Outcome: store.WentBad, Words: "AADSTS50173", Times: 2}})
	}))
	return owner, b
}

func TestHealthIsToldToTheOwnerAndCanBeKept(t *testing.T) {
	h := startHouse(t)
	owner, b := h.troubled()
	got := want[Health](t, owner.ask("GET", "/api/mailboxes/"+b.ID+"/health", nil), http.StatusOK)
	last := got.Segments[len(got.Segments)-1]
	if last.State != store.NeedsYou || last.Title == "" || last.Who != problem.You || last.To != got.To {
		t.Errorf("last segment %+v", last)
	}
	if len(got.Events) != 1 || got.Events[0].Words != "AADSTS50173" || got.Events[0].Times != 2 {
		t.Errorf("events %+v", got.Events)
	}
	kept := owner.ask("GET", "/api/mailboxes/"+b.ID+"/health.txt", nil)
	text := string(kept.body)
	if kept.status != http.StatusOK || !strings.HasPrefix(kept.header.Get("Content-Disposition"), "attachment") || !strings.Contains(text, "AADSTS50173 (2 times)") || !strings.Contains(text, "ada@contoso.example") {
		t.Errorf("%d %s\n%s", kept.status, kept.header.Get("Content-Disposition"), text)
	}
	if strings.Contains(text, "fabrikam") || strings.Contains(text, "Secret detail") {
		t.Errorf("the report tells too much:\n%s", text)
	}
}

func TestManagersSeeHowAllMailboxesFareAndNothingElse(t *testing.T) {
	var woken []string
	h := startHouse(t, func(c *Config) { c.Sync = func(id string) { woken = append(woken, id) } })
	owner, b := h.troubled()
	owner.deliver(b, lunch)
	manager := h.guest("max", store.RoleManager)
	got := manager.ask("GET", "/api/admin/mailboxes", nil)
	list := want[[]MailboxOverview](t, got, http.StatusOK)
	if len(list) != 1 || list[0].ID != b.ID || list[0].Owner != owner.user.ID || list[0].State != store.NeedsYou || list[0].Who != problem.You || list[0].Messages != 1 {
		t.Fatalf("%+v", list)
	}
	for _, secret := range []string{"Lunch", "fabrikam", "Secret detail", "grant"} {
		if strings.Contains(string(got.body), secret) {
			t.Errorf("the list tells %q", secret)
		}
	}
	if r := manager.ask("POST", "/api/admin/mailboxes/"+b.ID+"/sync", nil); r.status != http.StatusNoContent || len(woken) != 1 || woken[0] != b.ID {
		t.Errorf("%d, woken %v", r.status, woken)
	}
	if r := manager.ask("GET", "/api/mailboxes/"+b.ID+"/health", nil); r.status != http.StatusNotFound {
		t.Errorf("a manager reads the events of another's mailbox: %d", r.status)
	}
}

func TestOwnersWishesReachTheStore(t *testing.T) {
	h := startHouse(t)
	owner := h.guest("ada", store.RoleMember)
	b := owner.connect("ada@contoso.example")
	at := "/api/mailboxes/" + b.ID
	if r := owner.ask("POST", at+"/pause", nil); r.status != http.StatusNoContent {
		t.Fatalf("%d %s", r.status, r.body)
	}
	since := h.store.Now() - 1000
	if got := want[Mailbox](t, owner.ask("PATCH", at, MailboxPatch{Since: &since}), http.StatusOK); got.State != store.Paused || got.Since != since {
		t.Errorf("%s since %d", got.State, got.Since)
	}
	no, yet := false, problem.New(problem.SMTPDisabled, "")
	check(t, h.store.Tx(t.Context(), func(tx *store.Tx) error {
		return tx.SetMailbox(b.ID, store.MailboxUpdate{CanSend: &no, SendProblem: yet})
	}))
	if r := owner.ask("POST", at+"/check-sending", nil); r.status != http.StatusConflict {
		t.Errorf("asked a paused mailbox: %d", r.status)
	}
	if r := owner.ask("POST", at+"/resume", nil); r.status != http.StatusNoContent {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := owner.ask("POST", at+"/check-sending", nil); r.status != http.StatusNoContent {
		t.Errorf("%d %s", r.status, r.body)
	}
	list := want[[]Mailbox](t, owner.ask("GET", "/api/mailboxes", nil), http.StatusOK)
	if list[0].SendProblem == nil || list[0].SendProblem.Code != problem.SMTPDisabled || list[0].State != store.Connecting {
		t.Errorf("%+v", list[0])
	}
}
