package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/time/rate"

	"postroom/auth"
	"postroom/store"
)

// rotateSize is how large a rotation bench is.
type rotateSize struct {
	Mailboxes, Rate, Kills int
}

// renewed is what became of a refresher's work.
type renewed struct {
	Calls, Failed int
	Seconds       float64
	Words         string
}

// benchRotate rotates while tokens are refreshed, kills the process that rotates again and again, and
// then asks the provider whether any refresh token was lost.
func benchRotate(ctx context.Context, out io.Writer, server string, size rotateSize) (err error) {
	const life = 3600
	w, err := newWorld(ctx, server, size.Mailboxes, life)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	o := w.order
	o.Rate = size.Rate
	refresher, err := start(ctx, "refresher", o)
	if err != nil {
		return err
	}
	defer refresher.kill()
	began := time.Now()
	if err := w.rotateUnderFire(ctx, size); err != nil {
		return err
	}
	took := time.Since(began)
	var r renewed
	if err := errors.Join(refresher.say("stop"), refresher.hear(&r)); err != nil {
		return errors.Join(fmt.Errorf("refresher: %w", err), refresher.end())
	}
	rotated, err := w.underPrimary(ctx)
	if err != nil {
		return err
	}
	lost, err := w.lost(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "mailboxes: %d\nkills: %d\nrefreshes_meanwhile: %d\nrefreshes_per_s: %.0f\nrefreshes_failed: %d\nrotated: %d\nrotation_lost: %d\nrotation_s: %.1f\n",
		size.Mailboxes, size.Kills, r.Calls, float64(r.Calls)/r.Seconds, r.Failed, rotated, lost, took.Seconds())
	if rotated != size.Mailboxes || lost != 0 || r.Failed != 0 {
		return fmt.Errorf("tokens were lost, or left under an old key: %s", r.Words)
	}
	return nil
}

// rotateUnderFire rotates to a new key, kills the rotating process at size.Kills points, and lets the
// last one finish. When a rotation is through before, another key follows.
func (w *world) rotateUnderFire(ctx context.Context, size rotateSize) error {
	if _, err := w.keys.Add(ctx, true); err != nil {
		return err
	}
	apart := max(1, 2*size.Mailboxes/100/max(size.Kills, 1)) // steps of a hundred, of grants and of tokens
	for kills := 0; kills < size.Kills; {
		p, err := start(ctx, "rotator", w.order)
		if err != nil {
			return err
		}
		ended := false
		for range 1 + rand.IntN(2*apart) {
			var r auth.Rotation
			if err := p.hear(&r); err != nil {
				ended = true
				break
			}
		}
		if ended {
			if err := p.end(); err != nil {
				return fmt.Errorf("rotate: %w", err)
			}
			if _, err := w.keys.Add(ctx, true); err != nil {
				return err
			}
			continue
		}
		time.Sleep(rand.N(20 * time.Millisecond)) // somewhere in the middle of the next step
		p.kill()
		kills++
	}
	p, err := start(ctx, "rotator", w.order)
	if err != nil {
		return err
	}
	return p.end()
}

// underPrimary counts the grants that the primary key seals.
func (w *world) underPrimary(ctx context.Context) (n int, err error) {
	status, err := w.keys.Status(ctx, false)
	if err != nil {
		return 0, err
	}
	for _, key := range status.Keys {
		for _, kind := range key.Kinds {
			if key.Primary && kind.What == "mailboxes" {
				n = int(kind.N)
			}
		}
	}
	return n, nil
}

// lost counts the mailboxes whose grant does not open or is refused: each is refreshed once more.
func (w *world) lost(ctx context.Context) (int, error) {
	t, stop := tokens(ctx, w.store, w.keys)
	defer stop()
	boxes, err := w.store.AllMailboxes(ctx)
	if err != nil {
		return 0, err
	}
	var lost atomic.Int64
	var group errgroup.Group
	group.SetLimit(16)
	for _, box := range boxes {
		group.Go(func() error {
			if err := renewOnce(ctx, t, box.ID); err != nil {
				lost.Add(1)
			}
			return ctx.Err()
		})
	}
	err = group.Wait()
	return int(lost.Load()), err
}

// renewOnce makes a call to the provider, even if there is a token that is good.
func renewOnce(ctx context.Context, t *auth.Tokens, id string) error {
	if _, _, err := t.Access(ctx, id); err != nil {
		return err
	}
	_, _, err := t.Refresh(ctx, id)
	return err
}

// playRefresher refreshes mailboxes at random, at a rate, until it is told to stop.
func playRefresher(ctx context.Context, o order, words *bufio.Scanner, answers *json.Encoder) error {
	st, keys, err := o.open(ctx, false)
	if err != nil {
		return err
	}
	boxes, err := st.AllMailboxes(ctx)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	t, stop := tokens(ctx, st, keys)
	pulling, rest := context.WithCancel(ctx)
	go func() { words.Scan(); rest() }()
	began := time.Now()
	r := refreshAtRandom(ctx, pulling, t, boxes, o.Rate)
	r.Seconds = time.Since(began).Seconds()
	stop()
	return errors.Join(answers.Encode(r), st.Close())
}

func refreshAtRandom(ctx, until context.Context, t *auth.Tokens, boxes []store.Mailbox, perSecond int) renewed {
	var calls, failed atomic.Int64
	var words atomic.Value
	var group errgroup.Group
	group.SetLimit(16)
	pace := rate.NewLimiter(rate.Limit(perSecond), 1)
	seen := map[string]bool{}
	for pace.Wait(until) == nil {
		id := boxes[rand.IntN(len(boxes))].ID
		renew := t.Access // the first time there is no token yet
		if seen[id] {
			renew = t.Refresh
		}
		seen[id] = true
		group.Go(func() error {
			calls.Add(1)
			if _, _, err := renew(ctx, id); err != nil {
				failed.Add(1)
				words.Store(err.Error())
			}
			return nil
		})
	}
	_ = group.Wait()
	last, _ := words.Load().(string)
	return renewed{Calls: int(calls.Load()), Failed: int(failed.Load()), Words: last}
}

// playRotator is `postroom secrets rotate`, with a line for each step.
func playRotator(ctx context.Context, o order, answers *json.Encoder) error {
	st, keys, err := o.open(ctx, true)
	if err != nil {
		return err
	}
	r, err := keys.Rotate(ctx, func(r auth.Rotation) { _ = answers.Encode(r) })
	if err == nil && r.Done != r.Total {
		err = fmt.Errorf("%d of %d under the primary key", r.Done, r.Total)
	}
	return errors.Join(err, st.Close())
}
