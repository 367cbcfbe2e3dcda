package server

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"

	"postroom/store"
)

// visit is one request as the log knows it: its number and, once a rule let it in, who it is for.
type visit struct {
	id   string
	ip   string
	user store.User // zero: nobody is signed in

	subject, detail string // for the audit log, where the route's own words do not say enough
}

// note tells the audit log to what, or to whom, the request does what it does. detail is a few words
// of our own: never what somebody typed, but for names.
func note(ctx context.Context, subject, detail string) {
	v := visitOf(ctx)
	v.subject, v.detail = subject, detail
}

type visitKey struct{}

// visitOf is the visit that ctx belongs to. Outside of a request it is an empty one.
func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// logged numbers each request and writes a line about it: the route's pattern rather than the
// address, which may hold a token or what somebody searches for.
func (s *Server) logged(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		v, began := &visit{id: rand.Text()[:12], ip: c.RealIP()}, time.Now()
		r := c.Request()
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), visitKey{}, v)))
		c.Response().Header().Set("X-Request-Id", v.id)
		err := next(c)
		level := slog.LevelInfo
		if path := c.Path(); path == "/*" || path == "/healthz" {
			level = slog.LevelDebug
		}
		s.log.LogAttrs(r.Context(), level, "request",
			slog.String("request", v.id),
			slog.String("method", r.Method),
			slog.String("route", c.Path()),
			slog.Int("status", c.Response().Status),
			slog.Int64("bytes", c.Response().Size),
			slog.Duration("took", time.Since(began)),
			slog.String("user", v.user.ID))
		return err
	}
}

// recovered makes a panic an error of this one request.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch caught := recover(); caught {
			case nil:
			case http.ErrAbortHandler: // an answer that must be seen to have broken off
				panic(caught)
			default:
				err = fmt.Errorf("panic: %v\n%s", caught, debug.Stack())
			}
		}()
		return next(c)
	}
}

// answered writes the errors of handlers inside of everything that wraps the response.
func (s *Server) answered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			s.fail(err, c)
		}
		return nil
	}
}
