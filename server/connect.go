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

// connect takes people to a provider's sign-in page and back.
type connect struct {
	server    *Server
	connector *auth.Connector
	sessions  *auth.Sessions
}

func (h *connect) begin(ctx context.Context, user store.User, in *struct{ Body ConnectForm }) (Away, error) {
	url, err := h.connector.Begin(ctx, user.ID, h.sessions.Hash(ctx), in.Body.Provider, "")
	if err != nil {
		return Away{}, fmt.Errorf("begin to connect: %w", err)
	}
	return Away{URL: url}, nil
}

// callback is where the provider sends the browser. It ends in a plain redirect to the page of
// mailboxes, which tells apart what became of it; where to is never taken from the request.
func (h *connect) callback(c echo.Context, user store.User) error {
	ctx := c.Request().Context()
	if user.ID == "" {
		return back(c, "problem", string(problem.SignInNeeded))
	}
	box, err := h.connector.Complete(ctx, user.ID, h.sessions.Hash(ctx), c.QueryParams())
	if err != nil {
		h.server.refusal(ctx, err) // for the log
		p := problemOf(err)
		if err := h.sessions.KeepProblem(ctx, p); err != nil {
			return err
		}
		return back(c, "problem", string(p.Code))
	}
	if err := h.sessions.KeepProblem(ctx, nil); err != nil {
		return err
	}
	return back(c, "connected", box.ID)
}

// problem is why the last connection failed, once.
func (h *connect) problem(ctx context.Context, _ store.User, _ *struct{}) (*Problem, error) {
	p := wireProblem(h.sessions.Problem(ctx))
	if p == nil {
		return nil, nil
	}
	return p, h.sessions.KeepProblem(ctx, nil)
}

// back ends the trip: key and value say how.
func back(c echo.Context, key, value string) error {
	return c.Redirect(http.StatusFound, "/settings/mailboxes?"+url.Values{key: {value}}.Encode())
}
