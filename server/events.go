package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

const (
	pulse      = 20 * time.Second // between comments that keep the connection open
	eventsPage = 200
)

// events is the feed of changes as server-sent events. The id of each is its number in the feed, so
// that a browser that comes back misses nothing, on any replica.
type events struct {
	store    *store.Store
	sessions *auth.Sessions
	closing  <-chan struct{}
	pulse    time.Duration
}

// stream sends hello, what happened after Last-Event-ID, and then each change as it happens, until
// the browser goes, the session ends or the server stops.
func (h *events) stream(c echo.Context, user store.User) error {
	ctx, r := c.Request().Context(), c.Request()
	woken, stop := h.store.WatchUser(user.ID) // before the first look, so that nothing falls between
	defer stop()
	after, err := h.start(ctx, r, user.ID)
	if err != nil {
		return err
	}
	out := openStream(c)
	if err := out.event("hello", after, Position{after}); err != nil {
		return nil // gone already
	}
	ping := time.NewTicker(h.pulse)
	defer ping.Stop()
	for {
		if after, err = h.catchUp(ctx, out, user.ID, after); err != nil {
			return h.ended(ctx, err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-h.closing:
			return nil
		case <-woken:
		case <-ping.C:
			if err := out.comment("ping"); err != nil {
				return nil
			}
		}
		if !h.signedIn(r.Header["Cookie"]) {
			return nil
		}
	}
}

// start is the number after which the browser wants to hear: that of what it saw last, or of now.
func (h *events) start(ctx context.Context, r *http.Request, userID string) (int64, error) {
	seen := r.Header.Get("Last-Event-ID")
	if seen == "" {
		seen = r.URL.Query().Get("after")
	}
	latest, err := h.latest(ctx, userID)
	if err != nil || seen == "" {
		return latest, err
	}
	after, err := strconv.ParseInt(seen, 10, 64)
	if err != nil || after < 0 {
		return 0, problem.New(problem.Invalid, "after: want the number of an event.")
	}
	if after > latest {
		return 0, nil // it saw what a restored backup does not have: let it hear everything
	}
	return after, nil
}

// latest is the number of the user's newest change.
func (h *events) latest(ctx context.Context, userID string) (int64, error) {
	user, err := h.store.User(ctx, userID)
	if err != nil {
		return 0, fmt.Errorf("read feed's end: %w", err)
	}
	return user.ChangeSeq, nil
}

// catchUp sends all changes after the one with that number and returns the number of the last. When
// they are not kept any more it says so: the browser loads everything anew.
func (h *events) catchUp(ctx context.Context, out *stream, userID string, after int64) (int64, error) {
	for {
		changes, reset, err := h.store.Changes(ctx, userID, after, eventsPage)
		if err != nil {
			return after, fmt.Errorf("read changes: %w", err)
		}
		if reset {
			if after, err = h.latest(ctx, userID); err != nil {
				return after, err
			}
			if err := out.event("reset", after, Position{after}); err != nil {
				return after, err
			}
			continue
		}
		for _, change := range changes {
			if err := out.event("", change.Seq, wireChange(change)); err != nil {
				return after, err
			}
			after = change.Seq
		}
		if len(changes) < eventsPage {
			return after, nil
		}
	}
}

// ended tells a stream that broke off because nobody listens from one that broke for a reason.
func (h *events) ended(ctx context.Context, err error) error {
	var nobody gone
	if ctx.Err() != nil || errors.As(err, &nobody) {
		return nil
	}
	return err
}

// signedIn asks the sessions again whether the one of these cookies still lasts. They keep what they
// found in a request's context, so that it takes a fresh request to ask.
func (h *events) signedIn(cookies []string) (yes bool) {
	ctx, done := context.WithTimeout(context.Background(), stuck)
	defer done()
	again := (&http.Request{Method: http.MethodGet, Header: http.Header{"Cookie": cookies}}).WithContext(ctx)
	h.sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, yes = h.sessions.User(r.Context())
	})).ServeHTTP(nowhere{}, again)
	return yes
}

// nowhere takes an answer that nobody gets.
type nowhere http.Header

func (n nowhere) Header() http.Header         { return http.Header(n) }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
