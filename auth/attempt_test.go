package auth

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

// step finds a step of an attempt.
func step(row store.Attempt, name store.StepName) store.Step {
	for _, s := range row.Steps {
		if s.Name == name {
			return s
		}
	}
	return store.Step{}
}

func TestRunCarriesAttemptsOutAndShowsEachStep(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	seen := make(chan store.Attempt, 1)
	var id string
	h.probe.between = func() {
		row, err := h.store.Attempt(context.Background(), ada.ID, id)
		check(t, err)
		seen <- row
	}
	row, err := h.connector.Receive(context.Background(), ada.ID, session, is.signIn(h.begin(ada, h.provider(is), "")))
	check(t, err)
	id = row.ID
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { check(t, h.connector.Run(ctx)) })
	middle := <-seen
	if middle.State != store.Running || step(middle, store.StepToken).State != store.StepOK || step(middle, store.StepAccount).Detail != "ada@contoso.example" {
		t.Errorf("in the middle %+v", middle)
	}
	if strings.Contains(string(h.databaseBytes()), "canary-refresh") {
		t.Error("the database holds the grant in the clear")
	}
	boxes, unwatch := h.store.WatchUser(ada.ID)
	defer unwatch()
	for row.State == store.Running {
		select {
		case <-boxes:
		case <-time.After(20 * time.Millisecond): // an attempt is in no feed
		}
		row, err = h.store.Attempt(context.Background(), ada.ID, id)
		check(t, err)
	}
	stop()
	running.Wait()
	box, err := h.outcome(row)
	check(t, err)
	if len(row.Held) != 0 || step(row, store.StepStore).State != store.StepOK || box.Address != "ada@contoso.example" {
		t.Errorf("at the end %+v", row)
	}
}

func TestAnAttemptOfADeadProcessFails(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	row, err := h.connector.Receive(context.Background(), ada.ID, session, is.signIn(h.begin(ada, h.provider(is), "")))
	check(t, err)
	h.clock.advance(time.Minute)
	check(t, h.connector.beat(context.Background())) // here it still waits for a hand
	if row, _ = h.store.Attempt(context.Background(), ada.ID, row.ID); row.State != store.Running {
		t.Fatalf("attempt %+v", row)
	}
	h.clock.advance(time.Minute)
	next := NewConnector(h.connector.Connections) // after a restart nobody has it in hand
	check(t, next.beat(context.Background()))
	row, err = h.store.Attempt(context.Background(), ada.ID, row.ID)
	check(t, err)
	if row.State != store.Broken || row.Problem.Code != problem.Interrupted || len(row.Held) != 0 {
		t.Errorf("attempt %+v", row)
	}
	h.connector.carry(context.Background(), row.ID) // it was not dead after all, and changes nothing any more
	h.noMailbox(ada)
}

func TestStoppingInTheMiddleSaysSo(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	row, err := h.connector.Receive(context.Background(), ada.ID, session, is.signIn(h.begin(ada, h.provider(is), "")))
	check(t, err)
	ctx, stop := context.WithCancel(context.Background())
	h.probe.between = stop
	h.probe.err = context.Canceled
	h.connector.carry(ctx, row.ID)
	row, err = h.store.Attempt(context.Background(), ada.ID, row.ID)
	check(t, err)
	if row.State != store.Broken || row.Problem.Code != problem.Interrupted {
		t.Errorf("attempt %+v", row)
	}
	h.noMailbox(ada)
}

func TestAnAttemptIsAnsweredByItsOwnerAloneAndInItsOwnTerms(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.err = problem.New(problem.NotConnected, "")
	ada, eve := h.user("ada@postroom.example"), h.user("eve@postroom.example")
	row := h.attempt(ada, is.signIn(h.begin(ada, h.provider(is), "")))
	ctx := context.Background()
	wantProblem(t, h.connector.Answer(ctx, eve.ID, row.ID, TryAgain, ""), problem.NotFound)
	for _, reply := range []Reply{ReceiveOnly, Separate, AsShared, "nonsense"} {
		wantProblem(t, h.connector.Answer(ctx, ada.ID, row.ID, reply, ""), problem.Invalid)
	}
	wantProblem(t, h.connector.Answer(ctx, ada.ID, row.ID, ThisAddress, "a\x01auth=x"), problem.Invalid)
	for range answersAtAll {
		row = h.reply(row, TryAgain, "")
	}
	wantProblem(t, h.connector.Answer(ctx, ada.ID, row.ID, TryAgain, ""), problem.TooMany)
	h.clock.advance(attemptLife)
	wantProblem(t, h.connector.Answer(ctx, ada.ID, row.ID, TryAgain, ""), problem.NotFound)
	if n := is.count("/token"); n != 1 {
		t.Errorf("the code was redeemed %d times", n)
	}
}

func TestRow21AProviderChangedMeanwhileGetsNoTokenEither(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	h.probe.err = problem.New(problem.NotConnected, "")
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	row := h.attempt(ada, is.signIn(h.begin(ada, p, "")))
	p.IMAPHost = "127.0.0.2:993"
	check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.UpdateProvider(&p) }))
	before := len(h.probe.asked())
	if row = h.reply(row, TryAgain, ""); row.State != store.Broken || row.Problem.Code != problem.StateInvalid {
		t.Errorf("attempt %+v", row)
	}
	if len(h.probe.asked()) != before {
		t.Error("the token was tried at the new host")
	}
}

func TestADisabledUserConnectsNothing(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	h.user("root@postroom.example")
	h.probe.between = func() {
		ada.DisabledAt = h.store.Now()
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.UpdateUser(ada) }))
	}
	_, err := h.complete(ada, is.signIn(h.begin(ada, h.provider(is), "")))
	wantProblem(t, err, problem.Forbidden)
	h.noMailbox(ada)
}

func TestRow25ManyStartsLeaveLittle(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	ada := h.user("ada@postroom.example")
	p := h.provider(is)
	first := h.begin(ada, p, "")
	for range 300 {
		h.begin(ada, p, "")
	}
	_, err := h.complete(ada, is.signIn(first))
	wantProblem(t, err, problem.StateInvalid)
	_, err = h.complete(ada, is.signIn(h.begin(ada, p, "")))
	check(t, err)
}

func TestRow25ParallelSignInsGetTheirOwnIdentities(t *testing.T) {
	h := newHouse(t)
	is := newIssuer(t, h.clock)
	p := h.provider(is)
	const people = 40
	type trip struct {
		user store.User
		oid  string
		row  store.Attempt
	}
	trips := make([]trip, people)
	for i := range trips {
		trips[i].user, trips[i].oid = h.user(strings.ToLower(store.NewID())+"@postroom.example"), store.NewID()
		page := h.begin(trips[i].user, p, "")
		is.set(func(is *issuer) {
			is.account = map[string]any{"tid": contosoID, "oid": trips[i].oid, "sub": trips[i].oid, "preferred_username": trips[i].oid + "@contoso.example"}
		})
		trips[i].row = h.attempt(trips[i].user, is.signIn(page))
	}
	for _, trip := range trips {
		box, err := h.outcome(trip.row)
		check(t, err)
		if box.ObjectID != trip.oid || box.UserID != trip.user.ID {
			t.Errorf("%s has the account %s", trip.oid, box.ObjectID)
		}
	}
}
