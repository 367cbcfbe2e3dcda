package server

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"postroom/problem"
	"postroom/store"
)

// healthDays is how far back a mailbox's health is told.
const healthDays = 30

// health is how mailboxes have fared, for their owners.
type health struct {
	store *store.Store
	now   func() time.Time
}

func (h *health) show(ctx context.Context, user store.User, in *byID) (Health, error) {
	_, out, err := h.read(ctx, user, in.ID)
	return out, err
}

func (h *health) read(ctx context.Context, user store.User, id string) (box store.Mailbox, out Health, err error) {
	if box, err = h.store.Mailbox(ctx, user.ID, id); err != nil {
		return box, out, fmt.Errorf("find mailbox: %w", err)
	}
	provider, err := h.store.Provider(ctx, box.ProviderID)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return box, out, fmt.Errorf("find provider: %w", err)
	}
	now := h.now()
	from := now.AddDate(0, 0, -healthDays).UnixMilli()
	states, err := h.store.States(ctx, user.ID, id, from)
	if err != nil {
		return box, out, err
	}
	events, err := h.store.Events(ctx, user.ID, id)
	if err != nil {
		return box, out, err
	}
	return box, wireHealth(box, provider, from, now.UnixMilli(), states, events), nil
}

// report is the same as a text to keep or to send to somebody who helps.
func (h *health) report(c echo.Context, user store.User) error {
	box, out, err := h.read(c.Request().Context(), user, c.Param("id"))
	if err != nil {
		return err
	}
	name := "postroom-" + strings.NewReplacer("@", "-at-", "/", "-", "\\", "-").Replace(box.Address) + ".txt"
	c.Response().Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.Blob(http.StatusOK, "text/plain; charset=utf-8", []byte(reportOf(box, out)))
}

// reportOf writes a mailbox's health as text. Times are UTC.
func reportOf(box store.Mailbox, h Health) string {
	at := func(ms int64) string {
		if ms == 0 {
			return "-"
		}
		return time.UnixMilli(ms).UTC().Format(time.RFC3339)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Mailbox       %s\nWritten       %s\nState         %s since %s\n", box.Address, at(h.To), box.Shown(), at(box.StateSince))
	fmt.Fprintf(&b, "In step       %s\nNext try      %s\nLast mail     %s\nUsually       %d mails a day\nGood until    %s\n",
		at(h.CheckedAt), at(h.RetryAt), at(h.LastMailAt), box.UsualPerDay, at(h.GoodUntil))
	fmt.Fprintf(&b, "\nStates since %s\n", at(h.From))
	for _, s := range h.Segments {
		fmt.Fprintf(&b, "%s  %-14s  %-12s  %s\n", at(s.From), s.State, time.Duration(s.To-s.From)*time.Millisecond, s.Title)
	}
	fmt.Fprintf(&b, "\nLast events, newest first\n")
	for _, e := range h.Events {
		times := ""
		if e.Times > 1 {
			times = fmt.Sprintf(" (%d times)", e.Times)
		}
		fmt.Fprintf(&b, "%s  %-5s  %-8s  %-6s  %s%s\n", at(e.At), e.Side, e.What, e.Outcome, e.Words, times)
	}
	return b.String()
}
