package server

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/klauspost/compress/gzhttp"
	"github.com/labstack/echo/v4"

	"postroom/problem"
)

// secured gives every answer the headers that make browsers careful. What shows a page or a mail
// sets its own policy over this one.
func (s *Server) secured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox")
		h.Set("Cache-Control", "no-store")
		if s.public.Scheme == "https" {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		return next(c)
	}
}

// sameOrigin refuses what another site makes a browser send, for every method that changes things.
func (s *Server) sameOrigin() (echo.MiddlewareFunc, error) {
	protection := http.NewCrossOriginProtection()
	if err := protection.AddTrustedOrigin(origin(s.public)); err != nil {
		return nil, fmt.Errorf("trust public URL: %w", err)
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				s.fail(problem.Wrap(problem.Forbidden, "The request came from another site.", err), c)
				return nil
			}
			return next(c)
		}
	}, nil
}

// remembered loads the session for the routes that look at it, and keeps what they changed.
func (s *Server) remembered(next echo.HandlerFunc) echo.HandlerFunc {
	with := echo.WrapMiddleware(s.sessions.Middleware)(next)
	return func(c echo.Context) error {
		if s.lineOf(c).rule.session() {
			return with(c)
		}
		return next(c)
	}
}

// compressed packs JSON. Streams and files go out as they are.
func (s *Server) compressed(next echo.HandlerFunc) echo.HandlerFunc {
	pack, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{"application/json"}),
		gzhttp.RandomJitter(32, 0, false)) // lengths tell less of what is inside (BREACH)
	if err != nil {
		panic(err) // the options are constants
	}
	with := echo.WrapMiddleware(func(h http.Handler) http.Handler { return pack(h) })(next)
	return func(c echo.Context) error {
		if s.lineOf(c).typed {
			return with(c)
		}
		return next(c)
	}
}

// lineOf is the line of the table that answers c; the zero line when none does.
func (s *Server) lineOf(c echo.Context) route { return s.mounted[c.Request().Method+" "+c.Path()] }

// canonical sends pages that were opened under another loopback name (127.0.0.1 for localhost) to
// the public URL: cookies and the way back from a sign-in page belong to one name.
func (s *Server) canonical(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		asked := hostname(r.Host)
		if c.Path() != "/*" || !strings.Contains(r.Header.Get("Accept"), "text/html") ||
			asked == s.public.Hostname() || !loopback(asked) || !loopback(s.public.Hostname()) {
			return next(c)
		}
		there := url.URL{
			Scheme: s.public.Scheme, Host: s.public.Host,
			Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery,
		}
		return c.Redirect(http.StatusFound, there.String())
	}
}

// origin is u's scheme and host.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// hostname is the host of a Host header, without port and brackets.
func hostname(host string) string {
	u := url.URL{Host: strings.ToLower(host)}
	return u.Hostname()
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
