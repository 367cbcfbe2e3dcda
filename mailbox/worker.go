package mailbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// worker looks after one mailbox: its connections, its mail, what is to be done and to be sent.
type worker struct {
	Config
	id      string
	log     *slog.Logger
	signIns *rate.Limiter // shared by all workers

	nudge  chan struct{} // a token: look at everything now
	behind chan struct{} // a token: there is something to haul
	asks   chan ask      // what sending wants done on the line

	diary *diary

	lively atomic.Int64 // when mail was stored last, unix nanoseconds

	cursorMu sync.Mutex // held while a cursor moves: line and haul both do
	cursors  map[int64]store.FolderCursor

	mu       sync.Mutex
	box      store.Mailbox
	provider store.Provider
	folders  []store.Folder // as listed last; their counts and cursors are old
	poison   poison
	compared map[int64]comparison
	synced   synced
	left     bool      // mail has vanished from a folder
	listened time.Time // when the rhythm of arrivals was looked at
	expiry   time.Time // of the access token used last
}

func newWorker(c Config, id string, signIns *rate.Limiter) *worker {
	return &worker{
		Config: c, id: id, signIns: signIns, log: c.Log.With("mailbox", id),
		nudge: make(chan struct{}, 1), behind: make(chan struct{}, 1), asks: make(chan ask), diary: newDiary(),
		cursors: map[int64]store.FolderCursor{}, compared: map[int64]comparison{},
		poison: poison{strikes: map[place]int{}, odd: map[place]bool{}},
	}
}

// errRenew ends a connection whose token will expire soon. That is routine.
var errRenew = errors.New("token is about to expire")

// tokenError is a sign-in that failed for want of a token. Only such an error can make a mailbox
// need its owner.
type tokenError struct{ error }

func (e tokenError) Unwrap() error { return e.error }

// run looks after the mailbox until ctx ends or the mailbox is gone.
func (w *worker) run(ctx context.Context) {
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	if _, err := w.load(ctx); err != nil {
		return // gone, or the database is; the manager starts another one
	}
	beside.Go(func() { w.sending(ctx) })
	beside.Go(func() { w.writeDiary(ctx) })

	wake, unwatch := w.Store.WatchMailbox(w.id)
	defer unwatch()
	back := backoff{least: w.Timing.LeastWait, most: w.Timing.MostWait}
	for ctx.Err() == nil {
		box, err := w.load(ctx)
		if problem.Is(err, problem.NotFound) {
			return
		}
		if err == nil && (box.State == store.NeedsYou || box.State == store.Paused) {
			w.pause(ctx, wake, time.Hour)
			continue
		}
		began := time.Now()
		if err == nil {
			err = survive(func() error { return w.connected(ctx) })
		}
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > w.Timing.Stable || w.lively.Load() > began.UnixNano() {
			back.reset()
		}
		wait := w.judge(ctx, err, &back)
		if throttleOf(err) != nil {
			sleep(ctx, wait)
			continue
		}
		w.pause(ctx, wake, wait)
	}
}

// load reads what a connection needs to know.
func (w *worker) load(ctx context.Context) (store.Mailbox, error) {
	box, err := w.Store.WorkerMailbox(ctx, w.id)
	if err != nil {
		return box, err
	}
	provider, err := w.Store.Provider(ctx, box.ProviderID)
	if err != nil {
		return box, fmt.Errorf("read provider: %w", err)
	}
	w.mu.Lock()
	w.box, w.provider = box, provider
	w.mu.Unlock()
	return box, nil
}

// mailbox returns the mailbox and its provider as load read them last.
func (w *worker) mailbox() (store.Mailbox, store.Provider) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.box, w.provider
}

// pause waits, but not beyond a nudge, a new grant or a provider whose settings were changed.
func (w *worker) pause(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	was, by := w.mailbox()
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-w.nudge:
			return
		case <-wake:
			box, err := w.Store.WorkerMailbox(ctx, w.id)
			if err != nil || box.GrantVersion != was.GrantVersion {
				return
			}
			if now, err := w.Store.Provider(ctx, box.ProviderID); err != nil || now.Version != by.Version {
				return
			}
		}
	}
}

// connected runs line and haul on connections of their own until one of them ends for both.
func (w *worker) connected(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var haul sync.WaitGroup
	defer haul.Wait()
	haul.Go(func() {
		if err := survive(func() error { return w.haul(ctx) }); err != nil {
			stop(err)
		}
	})
	err := w.line(ctx)
	for errors.Is(err, errRenew) { // the haul need not notice
		w.tell(store.SideIMAP, "end", store.WentWell, "")
		err = w.line(ctx)
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	stop(err)
	return err
}

// connect signs in. A token that is refused is renewed once: a refusal may mean that it was stale,
// garbled or for another resource, and does not prove that the grant is gone.
func (w *worker) connect(ctx context.Context) (s *session, renew time.Time, err error) {
	if err := w.signIns.Wait(ctx); err != nil {
		return nil, renew, err
	}
	box, provider := w.mailbox()
	token, expiry, err := w.access(ctx, w.Tokens.Access)
	if err != nil {
		return nil, renew, err
	}
	s, err = signIn(ctx, w.Dial, provider, box.Login, token, w.Timing.Command)
	w.tellEnd(store.SideIMAP, "sign_in", err)
	if problem.Is(err, problem.IMAPRefused) {
		if token, expiry, err = w.access(ctx, w.Tokens.Refresh); err != nil {
			return nil, renew, err
		}
		s, err = signIn(ctx, w.Dial, provider, box.Login, token, w.Timing.Command)
		w.tellEnd(store.SideIMAP, "sign_in", err)
	}
	left := expiry.Sub(w.Now())
	return s, time.Now().Add(max(time.Second, left-min(2*time.Minute, left/5))), err
}

// access gets a token from Tokens.Access or Tokens.Refresh. What it returns as an error is a tokenError.
func (w *worker) access(ctx context.Context, from func(context.Context, string) (auth.Secret, time.Time, error)) (auth.Secret, time.Time, error) {
	token, expiry, err := from(ctx, w.id)
	if err != nil {
		if ctx.Err() == nil {
			w.tellEnd(store.SideToken, "renew", err)
		}
		return "", expiry, tokenError{fmt.Errorf("access token: %w", err)}
	}
	w.mu.Lock()
	renewed := !expiry.Equal(w.expiry)
	w.expiry = expiry
	w.mu.Unlock()
	if renewed {
		w.tell(store.SideToken, "renew", store.WentWell, "")
	}
	return token, expiry, nil
}

// Times before a mailbox that would not open is said to need somebody, and between looks at one.
const (
	hopeless = 6 * time.Hour
	rarely   = 5 * time.Minute
)

// judge decides what the end of a connection means for the mailbox, says so, and how long to wait. Only
// the sign-in service can make a mailbox need its owner: what a mail server says, or does not say,
// proves nothing about the grant.
func (w *worker) judge(ctx context.Context, err error, back *backoff) time.Duration {
	var token tokenError
	t := throttleOf(err)
	if !errors.As(err, &token) { // that is told already
		w.tellEnd(store.SideIMAP, "end", err)
	}
	switch {
	case errors.Is(err, errTokenExpired):
		if _, _, err := w.Tokens.Refresh(ctx, w.id); err == nil && !back.spared {
			back.spared = true
			return 0
		}
		return back.next()
	case t != nil:
		w.log.Info("throttled", "wait", t.wait)
		w.say(ctx, store.Throttled, t.problem, t.wait)
		return t.wait
	case errors.As(err, &token):
		v := auth.Classify(err)
		wait := max(v.Retry, back.next())
		w.log.Warn("no access token", "state", v.State, "err", err)
		w.say(ctx, v.State, v.Problem, wait)
		return wait
	}
	p := problem.Of(err)
	if p == nil {
		w.log.Error("mailbox worker", "err", err)
		p = problem.Wrap(problem.Internal, "", err).WithAction(problem.Wait, "Postroom tries again by itself.")
	}
	box, _ := w.mailbox()
	if auth.Personal(box.TenantID) {
		p = p.Personal()
	}
	first := back.fails == 0
	state, least := w.stateFor(p, box)
	wait := max(back.next(), least)
	if first && state == store.Offline && least == 0 && box.State != store.Connecting {
		w.log.Info("connection ended", "err", err, "retry", wait)
		return wait // connections end every day; only the second failure in a row is worth a word
	}
	w.log.Warn("connection failed", "err", err, "retry", wait)
	w.say(ctx, state, p, wait)
	return wait
}

// stateFor is what a mail server's problem makes of a mailbox, and how long to leave it alone at least.
// A sign-in that is refused may be an outage on their side; only when it has been so for long does it
// need somebody.
func (w *worker) stateFor(p *problem.Problem, box store.Mailbox) (store.MailboxState, time.Duration) {
	switch {
	case p.Code == problem.NotConnected && w.longAgo(box.LastSyncAt):
		return store.NeedsAdmin, rarely
	case p.Code == problem.NotConnected:
		return store.Offline, rarely
	case p.Code == problem.IMAPRefused && w.longAgo(max(box.LastSyncAt, box.CreatedAt)):
		return store.NeedsAdmin, rarely
	case p.Code == problem.IMAPRefused:
		return store.Offline, 0
	case p.Who == problem.Operator:
		return store.NeedsOperator, time.Minute
	case p.Who == problem.Admin:
		return store.NeedsAdmin, time.Minute
	}
	return store.Offline, 0
}

func (w *worker) longAgo(at int64) bool { return w.Now().UnixMilli()-at > hopeless.Milliseconds() }

// say writes the mailbox's state down.
func (w *worker) say(ctx context.Context, state store.MailboxState, p *problem.Problem, wait time.Duration) {
	var retryAt int64
	if wait > 0 && state != store.NeedsYou {
		retryAt = w.Now().Add(wait).UnixMilli()
	}
	err := w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.SetMailboxState(w.id, state, p, retryAt) })
	if err != nil && ctx.Err() == nil && !problem.Is(err, problem.NotFound) {
		w.log.Error("write mailbox state", "err", err)
		return
	}
	w.mu.Lock()
	w.box.State = state
	w.mu.Unlock()
}

// survive makes of a panic an error: one bad mailbox must not take the others down.
func survive(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}
