package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"postroom/auth"
	"postroom/store"
)

// refreshSize is how large a refresh bench is.
type refreshSize struct {
	Processes, Mailboxes, Expiries int
	Life                           int // of an access token, in seconds; three quarters of it must be more than a round takes
}

// asked is what became of one round of a process.
type asked struct {
	Tokens   int
	NeedsYou int
	Failed   int
	Words    string // of the last failure
}

// benchRefresh has all processes ask for all tokens at once, whenever they have run out.
func benchRefresh(ctx context.Context, out io.Writer, server string, size refreshSize) (err error) {
	w, err := newWorld(ctx, server, size.Mailboxes, size.Life)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	var askers []*process
	for range size.Processes {
		p, err := start(ctx, "asker", w.order)
		if err != nil {
			return err
		}
		defer p.kill()
		askers = append(askers, p)
	}
	var total asked
	var longest time.Duration
	for round := range size.Expiries {
		if round > 0 {
			if err := w.untilRunOut(ctx); err != nil {
				return err
			}
		}
		began := time.Now()
		if err := w.round(askers, &total); err != nil {
			return err
		}
		longest = max(longest, time.Since(began))
	}
	calls, err := w.calls(ctx)
	if err != nil {
		return err
	}
	falsely, err := w.needing(ctx)
	if err != nil {
		return err
	}
	falsely += total.NeedsYou
	per := float64(calls) / float64(size.Mailboxes*size.Expiries)
	fmt.Fprintf(out, "processes: %d\nmailboxes: %d\nexpiries: %d\ntokens_given: %d\nslowest_round_s: %.1f\nrefresh_calls: %d\nrefresh_calls_per_expiry: %.2f\nfalse_needs_you: %d\nfailed: %d\n",
		size.Processes, size.Mailboxes, size.Expiries, total.Tokens, longest.Seconds(), calls, per, falsely, total.Failed)
	if calls != size.Mailboxes*size.Expiries || falsely != 0 || total.Failed != 0 {
		return fmt.Errorf("not one call for each expiry, or a mailbox without a token: %s", total.Words)
	}
	return nil
}

// round lets every asker ask once, all at the same time.
func (w *world) round(askers []*process, total *asked) error {
	for _, p := range askers {
		if err := p.say("ask"); err != nil {
			return err
		}
	}
	for _, p := range askers {
		var a asked
		if err := p.hear(&a); err != nil {
			return errors.Join(fmt.Errorf("asker: %w", err), p.end())
		}
		total.Tokens += a.Tokens
		total.NeedsYou += a.NeedsYou
		total.Failed += a.Failed
		if a.Words != "" {
			total.Words = a.Words
		}
	}
	return nil
}

// untilRunOut waits until no mailbox's token is good any more.
func (w *world) untilRunOut(ctx context.Context) error {
	boxes, err := w.store.AllMailboxes(ctx)
	if err != nil {
		return err
	}
	last := int64(0)
	for _, box := range boxes {
		last = max(last, box.AccessExpires)
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Until(time.UnixMilli(last))):
		return nil
	}
}

// needing counts the mailboxes that are said to need their owner.
func (w *world) needing(ctx context.Context) (n int, err error) {
	boxes, err := w.store.AllMailboxes(ctx)
	for _, box := range boxes {
		if box.State == store.NeedsYou {
			n++
		}
	}
	return n, err
}

// playAsker asks for the token of every mailbox at once, whenever it is told.
func playAsker(ctx context.Context, o order, words *bufio.Scanner, answers *json.Encoder) error {
	st, keys, err := o.open(ctx, false)
	if err != nil {
		return err
	}
	t, stop := tokens(ctx, st, keys)
	for words.Scan() {
		a, aerr := askAll(ctx, st, t)
		if err = errors.Join(aerr, answers.Encode(a)); err != nil {
			break
		}
	}
	stop()
	return errors.Join(err, st.Close())
}

func askAll(ctx context.Context, st *store.Store, t *auth.Tokens) (a asked, err error) {
	boxes, err := st.AllMailboxes(ctx)
	if err != nil {
		return a, err
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for _, box := range boxes {
		group.Go(func() {
			_, _, err := t.Access(ctx, box.ID)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				a.Tokens++
				return
			case auth.Classify(err).State == store.NeedsYou:
				a.NeedsYou++
			default:
				a.Failed++
			}
			a.Words = err.Error()
		})
	}
	group.Wait()
	return a, nil
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
