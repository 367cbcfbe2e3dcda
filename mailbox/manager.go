package mailbox

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"postroom/auth"
	"postroom/store"
)

// Tokens gives the access token of a mailbox, and renews it.
type Tokens interface {
	Access(ctx context.Context, mailboxID string) (auth.Secret, time.Time, error)
	Refresh(ctx context.Context, mailboxID string) (auth.Secret, time.Time, error)
}

// Config is what the manager and its workers need.
type Config struct {
	Store  *store.Store
	Tokens Tokens
	Dial   auth.Dialer
	Now    func() time.Time // nil: time.Now
	Log    *slog.Logger     // nil: none
	Timing Timing
}

// signInRate bounds how many sign-ins all mailboxes together make in a second: after a restart
// thousands of them would come at once.
const signInRate = 25

// Manager runs one worker per connected mailbox.
type Manager struct {
	Config
	signIns *rate.Limiter

	ended chan struct{} // a token: a worker has ended

	mu      sync.Mutex
	workers map[string]*running
}

// running is a worker and what ends it.
type running struct {
	*worker
	stop context.CancelFunc
	done chan struct{}
	told bool // to stop
}

// NewManager returns a manager that runs nothing yet.
func NewManager(c Config) *Manager {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Timing = c.Timing.orDefault()
	return &Manager{Config: c, signIns: rate.NewLimiter(signInRate, signInRate), ended: make(chan struct{}, 1), workers: map[string]*running{}}
}

// Run keeps a worker running for every mailbox of an enabled user until ctx ends, and returns once
// all have stopped.
func (m *Manager) Run(ctx context.Context) error {
	woken, unwatch := m.Store.WatchMailboxes()
	defer unwatch()
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	again := time.NewTicker(m.Timing.Reconcile)
	defer again.Stop()
	for {
		if err := m.reconcile(ctx, &all); err != nil && ctx.Err() == nil {
			m.Log.Error("list mailboxes", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-woken:
		case <-m.ended:
		case <-again.C:
		}
	}
}

// reconcile starts the workers that are missing and stops those whose mailbox is gone or paused, or
// whose user is disabled. A worker that was told to stop may still be at its last mail: until it has
// ended there is no other one for its mailbox.
func (m *Manager) reconcile(ctx context.Context, all *sync.WaitGroup) error {
	boxes, err := m.Store.AllMailboxes(ctx)
	if err != nil {
		return fmt.Errorf("all mailboxes: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	wanted := map[string]bool{}
	for _, box := range boxes {
		wanted[box.ID] = box.State != store.Paused
	}
	for id, r := range m.workers {
		if r.over() {
			delete(m.workers, id)
		} else if !wanted[id] {
			r.told = true
			r.stop()
		}
	}
	for id, run := range wanted {
		if run && m.workers[id] == nil {
			m.start(ctx, all, id)
		}
	}
	return nil
}

func (m *Manager) start(ctx context.Context, all *sync.WaitGroup, id string) {
	ctx, stop := context.WithCancel(ctx)
	r := &running{worker: newWorker(m.Config, id, m.signIns), stop: stop, done: make(chan struct{})}
	m.workers[id] = r
	all.Go(func() {
		defer m.note(r)
		defer stop()
		defer func() {
			if p := recover(); p != nil { // it is started again by the next look
				r.log.Error("worker panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
		}()
		r.run(ctx)
	})
}

// note notes that a worker has ended. Who was told to stop may be wanted again by now; one that ended by
// itself is started by the next look, not at once, or it could end and start without a pause.
func (m *Manager) note(r *running) {
	close(r.done)
	m.mu.Lock()
	defer m.mu.Unlock()
	if !r.told {
		return
	}
	select {
	case m.ended <- struct{}{}:
	default: // a token is already waiting
	}
}

func (r *running) over() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// SyncNow has the worker of a mailbox look at everything at once, unless the server wants to be left
// alone. It does not wait for that.
func (m *Manager) SyncNow(mailboxID string) {
	m.mu.Lock()
	r, ok := m.workers[mailboxID]
	m.mu.Unlock()
	if !ok {
		return
	}
	select {
	case r.nudge <- struct{}{}:
	default: // a token is already waiting
	}
}
