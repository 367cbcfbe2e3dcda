package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5"
)

const (
	notifyChannel = "postroom"
	mostNotified  = 7900 // PostgreSQL refuses a payload of 8,000 bytes
)

// replicas carries wake-ups between the processes that share a PostgreSQL database.
//
// NOTIFY takes a lock over the whole server at commit, so it does not go out with the writing
// transaction, but after it and for many of them at once.
type replicas struct {
	self   string // so that this process does not hear itself
	config *pgx.ConnConfig
	pool   *sql.DB
	log    *slog.Logger

	mu     sync.Mutex
	unsent map[string]struct{}
	more   chan struct{} // there is something unsent
}

func newReplicas(config *pgx.ConnConfig, pool *sql.DB, log *slog.Logger) *replicas {
	return &replicas{self: NewID(), config: config, pool: pool, log: log, unsent: map[string]struct{}{}, more: make(chan struct{}, 1)}
}

// tell has the other replicas woken soon.
func (r *replicas) tell(topics []string) {
	if len(topics) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range topics {
		r.unsent[t] = struct{}{}
	}
	poke(r.more)
}

// send sends what tell gathers until ctx ends. What cannot be sent is not tried again: a database that
// is away takes the listeners' connections with it, and they wake everyone when they are back.
func (r *replicas) send(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.more:
			if err := r.flush(ctx); err != nil && ctx.Err() == nil {
				r.log.Warn("wake-ups not sent to other replicas", "err", err)
			}
		}
	}
}

func (r *replicas) flush(ctx context.Context) error {
	r.mu.Lock()
	topics := slices.Sorted(maps.Keys(r.unsent))
	clear(r.unsent)
	r.mu.Unlock()
	for _, payload := range payloads(r.self, topics) {
		if _, err := r.pool.ExecContext(ctx, "SELECT pg_notify($1, $2)", notifyChannel, payload); err != nil {
			return fmt.Errorf("notify: %w", err)
		}
	}
	return nil
}

// payloads packs topics into as few notifications as possible, each beginning with the sender.
func payloads(self string, topics []string) []string {
	var all []string
	var b strings.Builder
	for _, t := range topics {
		if b.Len() > 0 && b.Len()+1+len(t) > mostNotified {
			all = append(all, b.String())
			b.Reset()
		}
		if b.Len() == 0 {
			b.WriteString(self)
		}
		b.WriteString("\n" + t)
	}
	if b.Len() > 0 {
		all = append(all, b.String())
	}
	return all
}

// listen wakes this process's watchers with what other replicas send, over a connection of its own
// that it opens again whenever it is lost.
func (r *replicas) listen(ctx context.Context, w *wakes) error {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = 200*time.Millisecond, 15*time.Second
	for {
		err := r.hear(ctx, w, pause.Reset)
		if ctx.Err() != nil {
			return nil
		}
		wait := pause.NextBackOff()
		r.log.Warn("not hearing other replicas", "err", err, "retry", wait)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// hear listens on one connection until it is lost. Whatever was sent while there was none is unknown,
// so everyone is woken at the beginning.
func (r *replicas) hear(ctx context.Context, w *wakes, heard func()) error {
	conn, err := pgx.ConnectConfig(ctx, r.config)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	if _, err := conn.Exec(ctx, "LISTEN "+notifyChannel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	heard()
	w.wakeAll()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait: %w", err)
		}
		topics := strings.Split(n.Payload, "\n")
		if topics[0] != r.self {
			w.wake(topics[1:]...)
		}
	}
}
