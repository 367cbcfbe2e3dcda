package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// connect takes people to a provider's sign-in page and back, and shows them what becomes of it.
type connect struct {
	server    *Server
	store     *store.Store
	connector *auth.Connector
	sessions  *auth.Sessions
}

func (h *connect) begin(ctx context.Context, user store.User, in *struct{ Body ConnectForm }) (Away, error) {
	url, err := h.connector.Begin(ctx, user.ID, h.sessions.Hash(ctx), in.Body.Provider, wishOf(in.Body))
	if err != nil {
		return Away{}, fmt.Errorf("begin to connect: %w", err)
	}
	return Away{URL: url}, nil
}

// callback is where the provider sends the browser. It ends in a plain redirect to the page that shows
// the attempt; where to is never taken from the request. What belongs to no attempt is told on the page
// of mailboxes.
func (h *connect) callback(c echo.Context, user store.User) error {
	ctx := c.Request().Context()
	if user.ID == "" {
		return back(c, problem.SignInNeeded)
	}
	attempt, err := h.connector.Receive(ctx, user.ID, h.sessions.Hash(ctx), c.QueryParams())
	if err != nil {
		h.server.refusal(ctx, err) // for the log
		p := problemOf(err)
		if err := h.sessions.KeepProblem(ctx, p); err != nil {
			return err
		}
		return back(c, p.Code)
	}
	if err := h.sessions.KeepProblem(ctx, nil); err != nil {
		return err
	}
	return c.Redirect(http.StatusFound, "/connect/"+url.PathEscape(attempt.ID))
}

// back ends a trip that led to no attempt.
func back(c echo.Context, code problem.Code) error {
	return c.Redirect(http.StatusFound, "/settings/mailboxes?"+url.Values{"problem": {string(code)}}.Encode())
}

// problem is why the last trip led to no attempt, once.
func (h *connect) problem(ctx context.Context, _ store.User, _ *struct{}) (*Problem, error) {
	p := wireProblem(h.sessions.Problem(ctx))
	if p == nil {
		return nil, nil
	}
	return p, h.sessions.KeepProblem(ctx, nil)
}

// attempt is how far a sign-in is on its way to become a mailbox.
func (h *connect) attempt(ctx context.Context, user store.User, in *byID) (Attempt, error) {
	row, err := h.store.Attempt(ctx, user.ID, in.ID)
	if err != nil {
		return Attempt{}, fmt.Errorf("find attempt: %w", err)
	}
	provider, err := h.store.Provider(ctx, row.ProviderID)
	if err != nil {
		return Attempt{}, fmt.Errorf("find provider: %w", err)
	}
	return wireAttempt(row, provider), nil
}

type attemptAnswer struct {
	ID   string `path:"id" maxLength:"40"`
	Body AnswerForm
}

func (h *connect) answer(ctx context.Context, user store.User, in *attemptAnswer) error {
	return h.connector.Answer(ctx, user.ID, in.ID, in.Body.Reply, in.Body.Address)
}

func (h *connect) again(ctx context.Context, user store.User, in *byID) (Away, error) {
	url, err := h.connector.Again(ctx, user.ID, h.sessions.Hash(ctx), in.ID)
	if err != nil {
		return Away{}, fmt.Errorf("begin again: %w", err)
	}
	return Away{URL: url}, nil
}
