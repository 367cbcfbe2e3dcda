package auth

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"postroom/problem"
	"postroom/store"
)

// replica is another process on the same database.
func (h *house) replica() *Tokens { return NewTokens(h.tokens.Connections) }

func (h *house) reread(box store.Mailbox) store.Mailbox {
	h.t.Helper()
	box, err := h.store.WorkerMailbox(context.Background(), box.ID)
	check(h.t, err)
	return box
}

// The sign-in service of these tests is strict: a refresh token works once.
func TestOneOfEightReplicasRenewsAndTheOthersTakeItsToken(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		is, box := h.connected()
		var replicas []*Tokens
		for range 8 {
			replicas = append(replicas, h.replica())
		}
		const expiries = 5
		for range expiries {
			var group sync.WaitGroup
			var mu sync.Mutex
			seen := map[Secret]bool{}
			for _, tokens := range replicas {
				group.Go(func() {
					token, _, err := tokens.Access(context.Background(), box.ID)
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					seen[token] = true
				})
			}
			group.Wait()
			if len(seen) != 1 {
				t.Fatalf("%d tokens for one expiry", len(seen))
			}
			h.clock.advance(55 * time.Minute)
		}
		if n := is.refreshes(); n != expiries {
			t.Errorf("%.2f calls per expiry, want 1.00", float64(n)/expiries)
		}
		after := h.reread(box)
		if after.State != box.State || after.Problem != nil || after.RefreshOwner != "" {
			t.Errorf("state %s, problem %v, lease of %q", after.State, after.Problem, after.RefreshOwner)
		}
	})
}

func TestTheNextStartUsesTheTokenThatIsThere(t *testing.T) {
	h, is, box := connected(t)
	token := h.access(box)
	h.clock.advance(54 * time.Minute)
	again, _, err := h.replica().Access(context.Background(), box.ID)
	check(t, err)
	if again != token || is.refreshes() != 1 {
		t.Errorf("the same token: %v, %d calls", again == token, is.refreshes())
	}
	// Even one that should be renewed, as long as that cannot be done.
	h.clock.advance(4 * time.Minute)
	stop := is.answering(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) })
	defer stop()
	again, _, err = h.replica().Access(context.Background(), box.ID)
	check(t, err)
	if again != token {
		t.Error("another token")
	}
	if _, _, err = h.replica().Refresh(context.Background(), box.ID); err != nil {
		t.Errorf("without a token that was refused: %v", err)
	}
}

func TestAStoredTokenThatDoesNotOpenIsRenewed(t *testing.T) {
	h, is, box := connected(t)
	h.access(box)
	eve := h.connect(is, h.user("eve@postroom.example"), store.Provider{ID: box.ProviderID})
	h.access(eve)
	for _, c := range store.SealedColumns() {
		if c.Name != "access" {
			continue
		}
		rows, err := h.store.SealedRows(context.Background(), c, 0, 0, "", 2)
		check(t, err)
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error {
			_, err := tx.Reseal(c, rows[0], rows[1].Value)
			return err
		}))
	}
	for _, box := range []store.Mailbox{box, eve} {
		_, _, err := h.replica().Access(context.Background(), box.ID)
		check(t, err)
	}
	if n := is.refreshes(); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

func TestWhoFindsTheLeaseTakenWaitsForTheWinner(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		is, box := h.connected()
		arrived, release := make(chan struct{}), make(chan struct{})
		stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-release
			is.mu.Lock()
			defer is.mu.Unlock()
			is.renew(w, r.PostForm)
		})
		defer stop()
		type answer struct {
			token Secret
			err   error
		}
		answers := make(chan answer, 2)
		ask := func(tokens *Tokens) {
			token, _, err := tokens.Access(context.Background(), box.ID)
			answers <- answer{token, err}
		}
		go ask(h.tokens)
		<-arrived
		go ask(h.replica())
		close(release)
		one, two := <-answers, <-answers
		check(t, errors.Join(one.err, two.err))
		if one.token != two.token || is.refreshes() != 1 {
			t.Errorf("one token: %v, %d calls", one.token == two.token, is.refreshes())
		}
	})
}

// A process that is killed between the answer and the commit leaves its lease behind.
func TestTheLeaseOfAProcessThatWasKilledEnds(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		is, box := h.connected()
		dead := h.replica()
		if leased, err := dead.lease(context.Background(), box); !leased || err != nil {
			t.Fatalf("leased %v, %v", leased, err)
		}
		soon, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		defer cancel()
		if _, _, err := h.tokens.Access(soon, box.ID); !errors.Is(err, context.DeadlineExceeded) || is.refreshes() != 0 {
			t.Fatalf("did not wait: %v, %d calls", err, is.refreshes())
		}
		h.clock.advance(leaseTime)
		h.access(box)
		if n := is.refreshes(); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
		// And if it was only asleep, what it got comes too late.
		err := dead.save(context.Background(), box, newToken{Access: "late", Refresh: "late", At: h.clock.Now(), Expires: h.clock.Now().Add(time.Hour)})
		wantProblem(t, err, problem.Conflict)
		h.tokens.Drop(box.ID)
		h.access(box)
	})
}

func TestARefreshDoesNotWriteTheState(t *testing.T) {
	h, is, box := connected(t)
	said := problem.New(problem.Throttled, "")
	stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.SetMailboxState(box.ID, store.Throttled, said, 7) }))
		is.mu.Lock()
		defer is.mu.Unlock()
		is.renew(w, r.PostForm)
	})
	defer stop()
	h.access(box)
	if after := h.reread(box); after.State != store.Throttled || after.Problem == nil || after.RetryAt != 7 || after.GrantVersion != 2 {
		t.Errorf("state %s, problem %v, version %d", after.State, after.Problem, after.GrantVersion)
	}
}

func TestAPausedMailboxGetsNoTokenButItsGrantIsKeptAlive(t *testing.T) {
	inBoth(t, func(t *testing.T, h *house) {
		is, box := h.connected()
		check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.PauseMailbox(box.UserID, box.ID) }))
		_, _, err := h.tokens.Access(context.Background(), box.ID)
		if wantProblem(t, err, problem.Conflict); Classify(err).State != store.Offline || is.refreshes() != 0 {
			t.Errorf("verdict %+v after %d calls", Classify(err), is.refreshes())
		}
		failed := map[string]int64{}
		look := func() { h.tokens.useIdle(context.Background(), rate.NewLimiter(rate.Inf, 1), failed) }
		for range 13 { // weeks, after which Microsoft would have ended it
			h.clock.advance(7 * 24 * time.Hour)
			look()
			look()
		}
		if n := is.refreshes(); n != 13 {
			t.Errorf("%d calls in 13 weeks, want 13", n)
		}
		if after := h.reread(box); after.State != store.Paused || after.GrantedAt != h.clock.Now().UnixMilli() {
			t.Errorf("state %s, granted at %d", after.State, after.GrantedAt)
		}
	})
}

func TestIdleGrantsThatFailAreLeftAloneForHours(t *testing.T) {
	h, is, box := connected(t)
	is.revoke()
	h.clock.advance(7 * 24 * time.Hour)
	failed := map[string]int64{}
	look := func() { h.tokens.useIdle(context.Background(), rate.NewLimiter(rate.Inf, 1), failed) }
	look()
	look()
	if n := is.refreshes(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	h.clock.advance(idleAgain)
	look()
	if n := is.refreshes(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	if after := h.reread(box); after.State != box.State {
		t.Errorf("state %s", after.State)
	}
}

func TestRow26ADisabledOwnersGrantIsNotKeptAlive(t *testing.T) {
	h, is, box := connected(t)
	h.user("other@postroom.example")
	yes := true
	_, err := h.people.Change(context.Background(), box.UserID, PersonChange{Disabled: &yes})
	check(t, err)
	h.clock.advance(7 * 24 * time.Hour)
	h.tokens.useIdle(context.Background(), rate.NewLimiter(rate.Inf, 1), map[string]int64{})
	if is.refreshes() != 0 {
		t.Error("the token endpoint was asked")
	}
}

func TestGoodUntilIsMicrosofts90Days(t *testing.T) {
	box := store.Mailbox{GrantedAt: 1000, Grant: store.Sealed{1}}
	if got := GoodUntil(store.Provider{Kind: store.KindMicrosoft}, box); got != 1000+90*86400_000 {
		t.Errorf("%d", got)
	}
	if got := GoodUntil(store.Provider{Kind: store.KindGeneric}, box); got != 0 {
		t.Errorf("generic: %d", got)
	}
	if got := GoodUntil(store.Provider{Kind: store.KindMicrosoft}, store.Mailbox{GrantedAt: 1000}); got != 0 {
		t.Errorf("without a grant: %d", got)
	}
}
