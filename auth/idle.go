package auth

import (
	"context"
	"time"

	"golang.org/x/time/rate"

	"postroom/store"
)

// A grant that nobody uses ends: Microsoft's after 90 days. Every one is used once a week.
const (
	idleAfter   = 6 * 24 * time.Hour
	idleLook    = time.Hour
	idleAgain   = 6 * time.Hour // after a renewal that failed
	idleRate    = 1             // renewals a second, at most
	idleAtOnce  = 1000          // of one look
	refreshLife = 90 * 24 * time.Hour
)

// GoodUntil is until when a mailbox stays connected if nothing uses its grant, in unix milliseconds;
// 0 where that is not known. Microsoft lets a refresh token rest for 90 days.
func GoodUntil(p store.Provider, box store.Mailbox) int64 {
	if p.Kind != store.KindMicrosoft || box.GrantedAt == 0 || len(box.Grant) == 0 {
		return 0
	}
	return box.GrantedAt + refreshLife.Milliseconds()
}

// keepIdle uses the grants that nobody used for long, now and then, until ctx ends.
func (t *Tokens) keepIdle(ctx context.Context) {
	tick := time.NewTicker(idleLook)
	defer tick.Stop()
	failed := map[string]int64{} // when one may be tried again
	for {
		t.useIdle(ctx, rate.NewLimiter(idleRate, 1), failed)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// useIdle renews every grant that has rested for long, paused mailboxes' too, at the limiter's pace. Of
// several replicas one does each: the others find its token. A failure says nothing to the owner: the
// mailbox's own worker finds the same and says it, or is paused.
func (t *Tokens) useIdle(ctx context.Context, pace *rate.Limiter, failed map[string]int64) {
	ids, err := t.Store.IdleGrants(ctx, t.Store.Now()-idleAfter.Milliseconds(), idleAtOnce)
	if err != nil {
		if ctx.Err() == nil {
			t.Log.Error("list idle grants", "err", err)
		}
		return
	}
	for _, id := range ids {
		if failed[id] > t.Store.Now() {
			continue
		}
		if pace.Wait(ctx) != nil {
			return
		}
		delete(failed, id)
		if _, _, err := t.renew(ctx, id, "", true); err != nil {
			failed[id] = t.Store.Now() + idleAgain.Milliseconds()
		}
	}
}
