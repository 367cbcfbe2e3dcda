package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

// connected is a house with one connected mailbox.
func connected(t *testing.T) (*house, *issuer, store.Mailbox) {
	h := newHouse(t)
	is, box := h.connected()
	return h, is, box
}

func (h *house) connected() (*issuer, store.Mailbox) {
	is := newIssuer(h.t, h.clock)
	box := h.connect(is, h.user("ada@postroom.example"), h.provider(is))
	return is, box
}

func (h *house) access(box store.Mailbox) Secret {
	h.t.Helper()
	token, _, err := h.tokens.Access(context.Background(), box.ID)
	check(h.t, err)
	return token
}

// refreshes is how many times the token endpoint was asked to renew.
func (is *issuer) refreshes() int {
	n := 0
	for _, form := range is.sent() {
		if form.Get("grant_type") == "refresh_token" {
			n++
		}
	}
	return n
}

// failNext makes the token endpoint answer with this until stop is called.
func (is *issuer) answering(f func(w http.ResponseWriter, r *http.Request)) (stop func()) {
	is.set(func(is *issuer) {
		is.token = func(w http.ResponseWriter, r *http.Request) bool { f(w, r); return true }
	})
	return func() { is.set(func(is *issuer) { is.token = nil }) }
}

func TestFiftyCallersMakeOneCallPerExpiry(t *testing.T) {
	h, is, box := connected(t)
	const expiries, callers = 20, 50
	for range expiries {
		var group sync.WaitGroup
		var mu sync.Mutex
		seen := map[Secret]bool{}
		for range callers {
			group.Go(func() {
				token, expires, err := h.tokens.Access(context.Background(), box.ID)
				if err != nil {
					t.Error(err)
					return
				}
				if left := expires.Sub(h.clock.Now()); left != time.Hour {
					t.Errorf("%v left", left)
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
		h.clock.advance(55 * time.Minute) // renewed five minutes early
	}
	if n := is.refreshes(); n != expiries {
		t.Errorf("%.2f calls per expiry, want 1.00", float64(n)/expiries)
	}
	after, err := h.store.WorkerMailbox(context.Background(), box.ID)
	check(t, err)
	if after.GrantVersion != 1+expiries || after.State != box.State {
		t.Errorf("version %d, state %s", after.GrantVersion, after.State)
	}
}

func TestWhoComesJustAfterARenewalGetsItsToken(t *testing.T) {
	h, is, box := connected(t)
	token := h.access(box)
	// As if it had looked just before the renewal ended, and came to renew just after.
	again, _, err := h.tokens.renew(context.Background(), box.ID, "", false)
	check(t, err)
	if again != token || is.refreshes() != 1 {
		t.Errorf("%d calls, want 1", is.refreshes())
	}
}

func TestFiftyForcedRefreshesMakeOneCall(t *testing.T) {
	h, is, box := connected(t)
	first := h.access(box)
	var group sync.WaitGroup
	release := make(chan struct{})
	arrived := make(chan struct{}, 1)
	stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-release
		is.mu.Lock()
		defer is.mu.Unlock()
		is.renew(w, r.PostForm)
	})
	defer stop()
	for range 50 {
		group.Go(func() {
			token, _, err := h.tokens.Refresh(context.Background(), box.ID)
			if err != nil || token == first {
				t.Errorf("refreshed to the stale token: %v, %v", token == first, err)
			}
		})
	}
	<-arrived
	close(release)
	group.Wait()
	if n := is.refreshes(); n < 2 || n > 3 { // who comes after the call ended has seen another token
		t.Errorf("%d calls, want 2", n)
	}
}

func TestATokenIsKeptUntilFiveMinutesBeforeItsEnd(t *testing.T) {
	h, is, box := connected(t)
	first := h.access(box)
	h.clock.advance(55*time.Minute - time.Second)
	if h.access(box) != first || is.refreshes() != 1 {
		t.Error("renewed too early")
	}
	h.clock.advance(time.Second)
	if h.access(box) == first {
		t.Error("not renewed in time")
	}
	h.tokens.Drop(box.ID)
	second := h.access(box)
	if is.refreshes() != 3 {
		t.Errorf("%d calls after Drop, want 3", is.refreshes())
	}
	h.tokens.Drop("unknown")
	if h.access(box) != second {
		t.Error("another mailbox's Drop counted")
	}
}

func TestShortLivedTokensAreUsedForMostOfTheirLife(t *testing.T) {
	h, is, box := connected(t)
	is.set(func(is *issuer) { is.life = 8 })
	first := h.access(box)
	h.clock.advance(5 * time.Second)
	if h.access(box) != first {
		t.Error("renewed after five of eight seconds")
	}
	h.clock.advance(time.Second)
	if h.access(box) == first {
		t.Error("not renewed after six of eight seconds")
	}
}

func TestTheRotatedGrantIsStoredBeforeTheTokenIsUsed(t *testing.T) {
	h, _, box := connected(t)
	token := h.access(box)
	after, err := h.store.WorkerMailbox(context.Background(), box.ID)
	check(t, err)
	grant, err := h.keys.Open(after.Grant, grantAt(after, 2))
	check(t, err)
	if token == "" || !strings.HasPrefix(grant.Reveal(), "canary-refresh-") {
		t.Error("nothing stored")
	}
	if _, err := h.keys.Open(box.Grant, grantAt(after, 2)); err == nil {
		t.Error("the old grant opens as the new one")
	}
}

func TestAnAnswerWithoutRefreshTokenKeepsTheOldOne(t *testing.T) {
	h, is, box := connected(t)
	is.set(func(is *issuer) { is.noRefresh = true })
	for range 3 {
		h.access(box)
		h.clock.advance(time.Hour)
	}
	after, err := h.store.WorkerMailbox(context.Background(), box.ID)
	check(t, err)
	grant, err := h.tokens.openGrant(after)
	check(t, err)
	first, err := h.tokens.openGrant(box)
	check(t, err)
	if grant != first || after.GrantedAt != box.GrantedAt || is.refreshes() != 3 {
		t.Errorf("the same grant: %v, its age kept: %v, after %d calls", grant == first, after.GrantedAt == box.GrantedAt, is.refreshes())
	}
}

func TestACallerWhoLeavesDoesNotStopTheOthers(t *testing.T) {
	h, is, box := connected(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		is.mu.Lock()
		defer is.mu.Unlock()
		is.renew(w, r.PostForm)
	})
	defer stop()
	ctx, leave := context.WithCancel(context.Background())
	left, stayed := make(chan error, 1), make(chan error, 1)
	go func() { _, _, err := h.tokens.Access(ctx, box.ID); left <- err }()
	<-arrived
	go func() { _, _, err := h.tokens.Access(context.Background(), box.ID); stayed <- err }()
	leave()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	check(t, <-stayed)
	if n := is.refreshes(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

func TestARefusedGrantThatWasReplacedMeanwhileIsForgiven(t *testing.T) {
	h, is, box := connected(t)
	once := sync.OnceFunc(func() { // the person reconnects while the worker renews
		is.set(func(is *issuer) { is.token = nil })
		h.connect(is, store.User{ID: box.UserID}, store.Provider{ID: box.ProviderID})
	})
	stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
		once()
		refuse(w, http.StatusBadRequest, "invalid_grant", 50173, "revoked")
	})
	defer stop()
	if h.access(box) == "" {
		t.Error("no token")
	}
}

func TestARevokedGrantNeedsThePerson(t *testing.T) {
	h, is, box := connected(t)
	is.revoke()
	_, _, err := h.tokens.Access(context.Background(), box.ID)
	p := wantProblem(t, err, problem.Reconnect)
	if v := Classify(err); v.State != store.NeedsYou || v.Problem != p {
		t.Errorf("verdict %+v", v)
	}
	if !strings.Contains(p.Raw, "AADSTS50173") || !strings.Contains(p.Raw, "0f0f") {
		t.Errorf("raw %q", p.Raw)
	}
	if n := is.refreshes(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error { return tx.SetMailboxState(box.ID, store.NeedsYou, p, 0) }))
	h.connect(is, store.User{ID: box.UserID}, store.Provider{ID: box.ProviderID})
	h.access(box)
}

func TestWhatPassesNeverAsksForANewSignIn(t *testing.T) {
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){
		"503":                         func(w http.ResponseWriter, _ *http.Request) { refuse(w, 503, "temporarily_unavailable", 90033, "") },
		"500 that says invalid_grant": func(w http.ResponseWriter, _ *http.Request) { refuse(w, 500, "invalid_grant", 50173, "") },
		"429":                         func(w http.ResponseWriter, _ *http.Request) { refuse(w, 429, "invalid_grant", 90055, "") },
		"loop guard":                  func(w http.ResponseWriter, _ *http.Request) { refuse(w, 400, "invalid_grant", 50196, "") },
		"HTML 502":                    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusBadGateway) },
		"HTML 200":                    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"HTML 403":                    func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusForbidden) },
		"cut off":                     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			h, is, box := connected(t)
			stop := is.answering(answer)
			_, _, err := h.tokens.Access(context.Background(), box.ID)
			wantProblem(t, err, problem.ProviderDown)
			if v := Classify(err); v.State != store.Offline {
				t.Errorf("verdict %+v", v)
			}
			stop()
			h.access(box)
		})
	}
}

func TestAHangingServiceIsGivenUp(t *testing.T) {
	h, is, box := connected(t)
	client, err := h.clients.For("")
	check(t, err)
	client.Timeout = 50 * time.Millisecond
	release := make(chan struct{})
	stop := is.answering(func(http.ResponseWriter, *http.Request) { <-release })
	defer stop()
	defer close(release)
	_, _, err = h.tokens.Access(context.Background(), box.ID)
	wantProblem(t, err, problem.ProviderDown)
	if v := Classify(err); v.State != store.Offline {
		t.Errorf("verdict %+v", v)
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	h, is, box := connected(t)
	stop := is.answering(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		refuse(w, http.StatusTooManyRequests, "temporarily_unavailable", 90055, "")
	})
	for i := range 5 {
		_, _, err := h.tokens.Access(context.Background(), box.ID)
		wantProblem(t, err, problem.ProviderDown)
		want := 120*time.Second - time.Duration(i)*20*time.Second
		if got := Classify(err).Retry; got != want {
			t.Errorf("retry after %v, want %v", got, want)
		}
		h.clock.advance(20 * time.Second)
	}
	if n := is.refreshes(); n != 1 {
		t.Errorf("%d calls during the pause, want 1", n)
	}
	stop()
	h.clock.advance(20 * time.Second)
	h.access(box)
}

func TestAGoodTokenBridgesAnOutage(t *testing.T) {
	h, is, box := connected(t)
	token := h.access(box)
	stop := is.answering(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "", http.StatusServiceUnavailable) })
	h.clock.advance(56 * time.Minute)
	for range 10 {
		if h.access(box) != token {
			t.Fatal("not the token at hand")
		}
	}
	if n := is.refreshes(); n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
	h.clock.advance(3*time.Minute + 45*time.Second)
	_, _, err := h.tokens.Access(context.Background(), box.ID)
	wantProblem(t, err, problem.ProviderDown)
	stop()
	h.access(box)
}

func TestAnOperatorsMistakeIsNotThePersonsTask(t *testing.T) {
	for number, code := range map[int]string{7000215: "invalid_client", 7000222: "invalid_client", 700016: "unauthorized_client", 70011: "invalid_scope"} {
		h, is, box := connected(t)
		stop := is.answering(func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusUnauthorized, code, number, "") })
		_, _, err := h.tokens.Access(context.Background(), box.ID)
		if v := Classify(err); v.State != store.NeedsOperator || v.Retry < 15*time.Minute || v.Problem.Who != problem.Operator {
			t.Errorf("%d: verdict %+v", number, v)
		}
		stop()
		h.access(box) // heals by itself when it is mended
	}
}

func TestRow26ADisabledOwnersMailboxGetsNoToken(t *testing.T) {
	h, is, box := connected(t)
	yes := true
	h.user("other@postroom.example")
	_, err := h.people.Change(context.Background(), box.UserID, PersonChange{Disabled: &yes})
	check(t, err)
	_, _, err = h.tokens.Access(context.Background(), box.ID)
	wantProblem(t, err, problem.Forbidden)
	if v := Classify(err); v.State != store.NeedsOperator {
		t.Errorf("verdict %+v", v)
	}
	if is.refreshes() != 0 {
		t.Error("the token endpoint was asked")
	}
}

func TestARenewedGrantThatCannotBeStoredIsNotLost(t *testing.T) {
	h, is, box := connected(t)
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	// The database fails between the answer and the commit: the strict service has ended the old grant.
	grant, err := h.tokens.openGrant(box)
	check(t, err)
	leased, err := h.tokens.lease(context.Background(), box)
	check(t, err)
	token, err := h.tokens.ask(context.Background(), box, grant)
	check(t, err)
	if err := h.tokens.save(cancelled, box, token); err == nil {
		t.Fatal("stored without a database")
	}
	if got := h.access(box); !leased || got != token.Access {
		t.Error("the token that came with the unsaved grant was not used")
	}
	if n := is.refreshes(); n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
	h.clock.advance(time.Hour)
	h.access(box)

	// And when the token has run out before the database is back.
	box, err = h.store.WorkerMailbox(context.Background(), box.ID)
	check(t, err)
	grant, err = h.tokens.openGrant(box)
	check(t, err)
	token, err = h.tokens.ask(context.Background(), box, grant)
	check(t, err)
	if err := h.tokens.save(cancelled, box, token); err == nil {
		t.Fatal("stored without a database")
	}
	h.clock.advance(2 * time.Hour)
	if got := h.access(box); got == token.Access {
		t.Error("a token that has run out was given")
	}
}

func TestGrantsOfAnotherRowDoNotOpen(t *testing.T) {
	h, is, box := connected(t)
	stolen := h.connect(is, h.user("eve@postroom.example"), store.Provider{ID: box.ProviderID})
	check(t, h.store.Tx(context.Background(), func(tx *store.Tx) error {
		return tx.ReplaceGrant(stolen.ID, stolen.GrantVersion, box.Grant, stolen.State)
	}))
	_, _, err := h.tokens.Access(context.Background(), stolen.ID)
	wantProblem(t, err, problem.SecretUnreadable)
	if v := Classify(err); v.State != store.NeedsYou {
		t.Errorf("verdict %+v", v)
	}
}

func TestAnUnknownMailboxHasNoToken(t *testing.T) {
	h := newHouse(t)
	_, _, err := h.tokens.Access(context.Background(), "nothing")
	wantProblem(t, err, problem.NotFound)
}

func TestRunWaitsForTheGrantUnderWay(t *testing.T) {
	h, is, box := connected(t)
	arrived, release := make(chan struct{}), make(chan struct{})
	stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-release
		is.mu.Lock()
		defer is.mu.Unlock()
		is.renew(w, r.PostForm)
	})
	defer stop()
	ctx, end := context.WithCancel(context.Background())
	got, ended := make(chan error, 1), make(chan error, 1)
	go func() { _, _, err := h.tokens.Access(context.Background(), box.ID); got <- err }()
	go func() { ended <- h.tokens.Run(ctx) }()
	<-arrived
	end()
	select {
	case <-ended:
		t.Fatal("ended with a grant under way")
	default:
	}
	close(release)
	check(t, <-ended)
	check(t, <-got)
	after, err := h.store.WorkerMailbox(context.Background(), box.ID)
	check(t, err)
	if after.GrantVersion != 2 {
		t.Errorf("version %d: the new grant was lost", after.GrantVersion)
	}
	h.tokens.Drop(box.ID)
	if _, _, err := h.tokens.Access(context.Background(), box.ID); !errors.Is(err, errStopping) {
		t.Errorf("after the end: %v", err)
	}
}

func TestRow27TokensAppearNowhere(t *testing.T) {
	h, is, box := connected(t)
	ada := store.User{ID: box.UserID}
	pr := store.Provider{ID: box.ProviderID}
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	h.access(box)
	// A service that quotes what it was sent, in every field, as it is and encoded.
	stop := is.answering(func(w http.ResponseWriter, r *http.Request) {
		quote := r.PostForm.Encode() + " " + r.PostForm.Get("refresh_token") + " " + r.PostForm.Get("code") + " " + r.PostForm.Get("client_secret") + " " + r.PostForm.Get("code_verifier")
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": "invalid_grant", "error_description": "AADSTS70000: " + quote, "trace_id": quote, "suberror": quote, "claims": `{"x":"` + r.PostForm.Get("refresh_token") + `"}`})
	})
	h.clock.advance(time.Hour)
	_, _, err := h.tokens.Access(context.Background(), box.ID)
	note(err)
	_, err = h.complete(ada, is.signIn(h.begin(ada, pr, "")))
	note(err)
	stop()
	stop = is.answering(func(w http.ResponseWriter, r *http.Request) { // answers a success that cannot be used
		writeJSON(w, http.StatusOK, map[string]any{"access_token": 7, "refresh_token": "canary-refresh-odd", "expires_in": "soon"})
	})
	_, _, err = h.tokens.Access(context.Background(), box.ID)
	note(err)
	stop()
	is.set(func(is *issuer) { is.account["oid"] = "another" })
	_, err = h.complete(ada, is.signIn(h.begin(ada, pr, box.ID)))
	note(err)
	if len(errs) != 4 {
		t.Fatalf("%d errors, want 4: %v", len(errs), errs)
	}

	var seen strings.Builder
	for _, err := range errs {
		p := problem.Of(err)
		raw, jerr := json.Marshal(p)
		check(t, jerr)
		fmt.Fprintf(&seen, "%v\n%+v\n%#v\n%s\n%q\n", err, err, err, raw, p.Raw)
		for e := err; e != nil; e = errors.Unwrap(e) {
			fmt.Fprintf(&seen, "%+v\n%#v\n", e, e)
		}
	}
	fmt.Fprintf(&seen, "%+v\n%#v\n%+v\n", h.tokens, h.tokens, h.connector)
	boxes, err := json.Marshal(box)
	check(t, err)
	seen.Write(boxes)
	places := map[string]string{"errors": seen.String(), "log": h.journal.String(), "database": string(h.databaseBytes())}
	for place, text := range places {
		for _, secret := range is.secrets() {
			for _, form := range spellings(secret) {
				if i := strings.Index(text, form); i >= 0 {
					t.Errorf("%s: a secret is there: …%q", place, text[max(0, i-80):i])
				}
			}
		}
	}
}
