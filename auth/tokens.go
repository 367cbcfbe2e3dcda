package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"postroom/problem"
	"postroom/store"
)

const (
	renewEarly   = 5 * time.Minute  // before a token ends
	renewAgain   = 30 * time.Second // after a renewal that failed while the old token is still good
	leastLeft    = 30 * time.Second // a token with less is not given out any more
	renewTimeout = time.Minute      // one renewal with all its tries
	stopGrace    = 5 * time.Second  // for renewals under way when Run is asked to end
)

// Tokens gives out access tokens for connected mailboxes. What lasts is the grant, the sealed refresh
// token; the access token is stored sealed beside it, so that other replicas and the next start use it
// in place of renewing once more. Providers may let a refresh token work once only: a new one is stored
// before the access token that came with it is used, and one process renews a mailbox at a time, by a
// lease in its row. The old grant stays until the new one is committed.
type Tokens struct {
	Connections
	authorities *authorities
	self        string // names this process in leases
	flight      singleflight.Group

	base   context.Context // of renewals: no caller's, so that one who leaves does not stop the others
	stop   context.CancelFunc
	flying sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	held    map[string]held     // by mailbox
	pauses  map[string]pause    // by mailbox
	unsaved map[string]newToken // by mailbox: renewed, but the database did not take it
}

// held is an access token in use. (Secret keeps silent in exported fields only: fmt does not ask the
// methods of others. Hence the capitals here and in the other structs that hold secrets.)
type held struct {
	Access  Secret
	Expires time.Time
	RenewAt time.Time
	Dropped bool // not to be given out any more
}

// pause is a time for which the sign-in service does not want to be asked, and why.
type pause struct {
	until time.Time
	why   *problem.Problem
}

var errStopping = errors.New("stopping")

// NewTokens returns Tokens. It starts nothing; without Run it works, but nobody waits for it.
func NewTokens(c Connections) *Tokens {
	base, stop := context.WithCancel(context.Background())
	return &Tokens{
		Connections: c,
		authorities: newAuthorities(c.HTTP, c.Store.Now),
		self:        store.NewID(),
		base:        base,
		stop:        stop,
		held:        map[string]held{},
		pauses:      map[string]pause{},
		unsaved:     map[string]newToken{},
	}
}

// Format prints nothing of the tokens held.
func (t *Tokens) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "tokens") }

// Run keeps grants that nobody uses from growing old, until ctx ends, and then waits until the
// renewals under way are stored: a refresh token that was renewed and then lost would cost its owner a
// new sign-in. The store must stay open until it returns.
func (t *Tokens) Run(ctx context.Context) error {
	t.keepIdle(ctx)
	t.mu.Lock()
	t.closed = true
	t.mu.Unlock()
	grace := time.AfterFunc(stopGrace, t.stop)
	defer grace.Stop()
	t.flying.Wait()
	t.stop()
	return nil
}

// Access returns an access token that is good for some minutes yet, and when it ends.
func (t *Tokens) Access(ctx context.Context, mailboxID string) (Secret, time.Time, error) {
	if h, ok := t.fresh(mailboxID); ok {
		return h.Access, h.Expires, nil
	}
	return t.renew(ctx, mailboxID, "", false)
}

// Refresh is Access for somebody whom the token at hand did not serve: it returns another one.
func (t *Tokens) Refresh(ctx context.Context, mailboxID string) (Secret, time.Time, error) {
	t.mu.Lock()
	stale := t.held[mailboxID].Access
	t.mu.Unlock()
	return t.renew(ctx, mailboxID, stale, false)
}

// Drop gives a mailbox's access token up: the mail server says that it has expired. The next one who
// asks gets another.
func (t *Tokens) Drop(mailboxID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h, ok := t.held[mailboxID]; ok {
		h.Dropped = true
		t.held[mailboxID] = h
	}
}

// fresh returns the token at hand while it need not be renewed.
func (t *Tokens) fresh(id string) (held, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.held[id]
	return h, ok && !h.Dropped && t.now().Before(h.RenewAt)
}

// renew joins the mailbox's renewal or starts one, and returns a token that is not stale.
func (t *Tokens) renew(ctx context.Context, id string, stale Secret, idle bool) (Secret, time.Time, error) {
	for last := false; ; last = true {
		renewal := t.flight.DoChan(id, func() (any, error) { return t.fly(id, stale, idle) })
		select {
		case <-ctx.Done():
			return "", time.Time{}, fmt.Errorf("wait for a token: %w", context.Cause(ctx))
		case r := <-renewal:
			if r.Err != nil {
				return "", time.Time{}, r.Err
			}
			// A renewal that was under way may have been about to return the stale one.
			if h := r.Val.(held); h.Access != stale || stale == "" || last {
				return h.Access, h.Expires, nil
			}
		}
	}
}

// fly is one mailbox's renewal. Only one runs at a time.
func (t *Tokens) fly(id string, stale Secret, idle bool) (held, error) {
	if !t.takeOff() {
		return held{}, fmt.Errorf("renew token: %w", errStopping)
	}
	defer t.flying.Done()
	if h, ok := t.fresh(id); ok && h.Access != stale {
		return h, nil // the renewal before this one brought it
	}
	stale = t.dropped(id, stale)
	if p := t.paused(id); p != nil {
		return t.makeDo(id, stale, p)
	}
	ctx, cancel := context.WithTimeout(t.base, renewTimeout)
	defer cancel()
	token, err := t.refresh(ctx, id, stale, idle)
	if err != nil {
		t.note(id, err)
		return t.makeDo(id, stale, err)
	}
	return t.hold(id, token), nil
}

// dropped is the token that must not be given out again: stale, or the one that was dropped.
func (t *Tokens) dropped(id string, stale Secret) Secret {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h := t.held[id]; stale == "" && h.Dropped {
		return h.Access
	}
	return stale
}

func (t *Tokens) takeOff() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.flying.Add(1)
	return true
}

// hold keeps a new token for those who ask next.
func (t *Tokens) hold(id string, token newToken) held {
	h := held{Access: token.Access, Expires: token.Expires, RenewAt: token.renewAt()}
	t.Log.Debug("token at hand", "mailbox", id, "expires", token.Expires)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held[id] = h
	delete(t.pauses, id)
	return h
}

// fallBackOn has a stored token at hand in case that it cannot be renewed.
func (t *Tokens) fallBackOn(id string, token newToken) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.held[id]; !ok {
		t.held[id] = held{Access: token.Access, Expires: token.Expires, RenewAt: token.renewAt()}
	}
}

// makeDo answers a failed renewal with the token at hand, as long as that is good and the failure
// may pass; otherwise with the failure.
func (t *Tokens) makeDo(id string, stale Secret, err error) (held, error) {
	verdict := Classify(err)
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.held[id]
	now := t.now()
	if ok && h.Access != stale && verdict.State == store.Offline && now.Add(leastLeft).Before(h.Expires) {
		h.RenewAt = now.Add(max(renewAgain, verdict.Retry))
		if last := h.Expires.Add(-leastLeft); h.RenewAt.After(last) {
			h.RenewAt = last
		}
		t.held[id] = h
		return h, nil
	}
	return held{}, err
}

// note logs a failure, and remembers how long the service asked us to stay away.
func (t *Tokens) note(id string, err error) {
	p := problem.Of(err)
	if p == nil {
		t.Log.Error("renew token", "mailbox", id, "err", err)
		return
	}
	t.Log.Warn("token not renewed", "mailbox", id, "problem", string(p.Code), "err", p.Unwrap())
	if after := RetryAfter(err); after > 0 {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.pauses[id] = pause{until: t.now().Add(after), why: p}
	}
}

// paused returns the problem that made the service ask for a pause, while it lasts.
func (t *Tokens) paused(id string) *problem.Problem {
	t.mu.Lock()
	defer t.mu.Unlock()
	ps, ok := t.pauses[id]
	if !ok {
		return nil
	}
	left := ps.until.Sub(t.now())
	if left <= 0 {
		delete(t.pauses, id)
		return nil
	}
	return problem.Wrap(ps.why.Code, ps.why.Detail, &retryError{after: left, err: errors.New("the sign-in service asked for a pause")}).
		WithAction(ps.why.Who, ps.why.Action).WithRaw(ps.why.Raw)
}
