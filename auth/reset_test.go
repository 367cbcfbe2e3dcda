package auth

import (
	"bytes"
	"context"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

// absent fails when any of words is in the database or the log.
func (h *house) absent(words ...string) {
	h.t.Helper()
	all := append(h.databaseBytes(), h.journal.String()...)
	for _, word := range words {
		if word == "" || bytes.Contains(all, []byte(word)) {
			h.t.Errorf("%q is in the database or the log", word)
		}
	}
}

func TestAResetCountsOnceAndForAnHour(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.person("ada@postroom.example", store.RoleAdmin)
	_, void, err := h.people.NewReset(ctx, ada.ID)
	check(t, err)
	_, token, err := h.people.NewReset(ctx, ada.ID)
	check(t, err)
	_, err = h.people.ResetPassword(ctx, void, "another good password", "")
	wantProblem(t, err, problem.LinkSpent)
	check(t, h.store.Tx(ctx, func(tx *store.Tx) error {
		return tx.PutSession(store.Session{Token: "s", UserID: ada.ID, Data: []byte("{}"), ExpiresAt: h.store.Now() + 1000})
	}))
	_, err = h.people.ResetPassword(ctx, token, "short", "")
	wantProblem(t, err, problem.Invalid)
	_, err = h.people.ResetPassword(ctx, token, "another good password", "")
	check(t, err)
	if _, open, err := h.store.Session(ctx, "s"); err != nil || open {
		t.Error("a session outlived the reset", err)
	}
	_, err = h.people.Check(ctx, ada.Email, goodWords, "")
	wantProblem(t, err, problem.SignInFailed)
	_, err = h.people.Check(ctx, ada.Email, "another good password", "")
	check(t, err)
	_, err = h.people.ResetPassword(ctx, token, "a third good password", "")
	wantProblem(t, err, problem.LinkSpent)

	_, late, err := h.people.NewReset(ctx, ada.ID)
	check(t, err)
	h.clock.advance(time.Hour)
	_, err = h.people.ResetFor(ctx, late)
	wantProblem(t, err, problem.LinkSpent)
	_, err = h.people.ResetPassword(ctx, late, "a third good password", "")
	wantProblem(t, err, problem.LinkSpent)
}

func TestRow26NoResetBringsADisabledPersonBack(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	h.person("root@postroom.example", store.RoleAdmin)
	eve := h.person("eve@postroom.example", store.RoleMember)
	_, before, err := h.people.NewReset(ctx, eve.ID)
	check(t, err)
	yes := true
	_, err = h.people.Change(ctx, eve.ID, PersonChange{Disabled: &yes})
	check(t, err)
	_, err = h.people.ResetPassword(ctx, before, "another good password", "")
	wantProblem(t, err, problem.LinkSpent)
	_, _, err = h.people.NewReset(ctx, eve.ID)
	wantProblem(t, err, problem.Conflict)
	check(t, h.people.Forgot(ctx, eve.Email, "", func(store.User, Secret) error {
		t.Error("a link went out")
		return nil
	}))
	now, err := h.store.User(ctx, eve.ID)
	check(t, err)
	if now.DisabledAt == 0 || now.PasswordHash != eve.PasswordHash {
		t.Error("something of the person changed")
	}
}

func TestRow33ForgottenPasswordsTellNothing(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	ada := h.person("ada@postroom.example", store.RoleAdmin)
	sent := 0
	ask := func(email string) time.Duration {
		began := time.Now()
		check(t, h.people.Forgot(ctx, email, "", func(u store.User, token Secret) error {
			sent++
			if u.ID != ada.ID || token == "" {
				t.Errorf("sent to %s", u.Email)
			}
			return nil
		}))
		return time.Since(began)
	}
	for range 2 {
		known, unknown := ask(" ADA@postroom.example"), ask("nobody@postroom.example")
		if known < forgotTime || unknown < forgotTime {
			t.Errorf("known %v, unknown %v, want no less than %v", known, unknown, forgotTime)
		}
	}
	if sent != 2 {
		t.Errorf("%d links sent, want 2", sent)
	}
}

func TestRow33ResetLinksAreAskedForFiveTimesAnHour(t *testing.T) {
	h := newHouse(t)
	ctx, over := context.WithCancel(context.Background())
	over() // the asker does not wait for the answer
	ask := func(email, ip string) error {
		return h.people.Forgot(ctx, email, ip, func(store.User, Secret) error { return nil })
	}
	for i := range 8 {
		err := ask("ada@postroom.example", "")
		if limited := problem.Is(err, problem.TooMany); limited != (i >= mostResets) {
			t.Errorf("request %d for one account: %v", i+1, err)
		}
	}
	for i := range 8 {
		err := ask(randomToken()+"@postroom.example", "192.0.2.7")
		if limited := problem.Is(err, problem.TooMany); limited != (i >= mostResets) {
			t.Errorf("request %d from one address: %v", i+1, err)
		}
	}
}
