package auth

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"postroom/problem"
	"postroom/store"
)

const (
	manyHands    = 16              // attempts carried out at once
	mostWaiting  = 1000            // attempts that wait for a hand
	heartbeat    = 5 * time.Second // how often it is said that they are
	lostAfter    = 4 * heartbeat   // whoever is silent for so long is gone
	answersAtAll = 8               // to an attempt's questions
)

// hands are what carries attempts out: those that wait, and those under way.
type hands struct {
	waiting chan string

	mu   sync.Mutex
	full map[string]bool // attempts that wait or are under way here
}

func newHands() hands {
	return hands{waiting: make(chan string, mostWaiting), full: map[string]bool{}}
}

// take has an attempt carried out as soon as there is a hand for it.
func (h *hands) take(id string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case h.waiting <- id:
		h.full[id] = true
		return nil
	default:
		return problem.New(problem.TooMany, "Too many mailboxes are being connected at this moment.")
	}
}

func (h *hands) release(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.full, id)
}

func (h *hands) holding() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.full))
}

// Run carries attempts out until ctx ends, and returns once none is under way here. Attempts of
// processes that have died are failed.
func (c *Connector) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	for range manyHands {
		all.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case id := <-c.hands.waiting:
					c.carry(ctx, id)
					c.hands.release(id)
				}
			}
		})
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		if err := c.beat(ctx); err != nil && ctx.Err() == nil {
			c.Log.ErrorContext(ctx, "look after attempts", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-beat.C:
		}
	}
}

// beat says that the attempts in hand are alive, and fails those that nobody says so of.
func (c *Connector) beat(ctx context.Context) error {
	return c.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.TouchAttempts(c.hands.holding()); err != nil {
			return fmt.Errorf("say what is in hand: %w", err)
		}
		return tx.FailLostAttempts(c.Store.Now()-lostAfter.Milliseconds(), problem.New(problem.Interrupted, ""))
	})
}
