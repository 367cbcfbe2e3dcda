// Package server is the web side of Postroom: the JSON API, the feed of changes, the documents
// that mails are shown in, and the web app.
//
// It writes what people want (an Outgoing, an Action) into the store and reads from there what
// became of it; it never talks to a mail server. What can be asked stands in one table, routes.go:
// each line names its rule, and nothing can be asked that is not there. A handler gets the person
// whom the rule let in, and names that person in all that it asks of the store.
//
// Every refusal is a problem in RFC 9457's shape. An error that is no problem is our own mistake:
// the browser gets a number, the log gets the rest under that number.
package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"postroom/auth"
	"postroom/courier"
	"postroom/store"
)

// Config is what a Server is made of.
type Config struct {
	Store     *store.Store
	People    *auth.People
	Sessions  *auth.Sessions
	Factors   *auth.Factors
	Passkeys  *auth.Passkeys
	SignIns   *auth.SignIns
	Connector *auth.Connector
	Providers *auth.Providers
	Courier   *courier.Courier
	Keys      *auth.Keys

	Sync        func(mailboxID string) // wakes the mailbox's worker
	FrameKey    []byte                 // signs the addresses of mail documents; at least 32 bytes, the same after a restart
	ImageClient *http.Client           // fetches remote images; its dialer refuses addresses of our own network
	PublicURL   string                 // where people open this Postroom: "https://mail.example.org"
	Version     string
	Now         func() time.Time // nil: time.Now
	Log         *slog.Logger

	Dist    fs.FS // frontend.Dist: the built app in dist/
	FrameFS fs.FS // frontend.Frame: frame/frame.js and frame/frame.css

	// Shorter in tests; 0 outside of them: the constants of their names.
	pulse       time.Duration
	readTimeout time.Duration
}

// Server answers HTTP.
type Server struct {
	echo     *echo.Echo
	api      huma.API
	log      *slog.Logger
	store    *store.Store
	sessions *auth.Sessions
	public   *url.URL
	table    []route
	mounted  map[string]route // by method and echo's pattern

	readTimeout time.Duration

	closing  chan struct{} // closed when streams are to end
	closeAll sync.Once
}

const (
	drain       = 7 * time.Second // for open requests to end at shutdown
	readTimeout = 5 * time.Minute // for a request to arrive: 35 MB at 1 Mbit/s
)

// New makes a server of c. It starts nothing.
func New(c Config) (*Server, error) {
	public, err := c.complete()
	if err != nil {
		return nil, err
	}
	s := &Server{
		echo: echo.New(), log: c.Log, store: c.Store, sessions: c.Sessions, public: public,
		mounted: map[string]route{}, readTimeout: c.readTimeout, closing: make(chan struct{}),
	}
	s.echo.HideBanner, s.echo.HidePort = true, true
	s.echo.HTTPErrorHandler = s.fail
	s.echo.IPExtractor = echo.ExtractIPFromXFFHeader() // believed from private addresses only
	s.api = newAPI(s.echo, c.Version)
	if s.table, err = s.routes(c); err != nil {
		return nil, err
	}
	for _, r := range s.table {
		if err := s.mount(r); err != nil {
			return nil, err
		}
	}
	if err := s.mountSpecification(); err != nil {
		return nil, err
	}
	sameOrigin, err := s.sameOrigin()
	if err != nil {
		return nil, err
	}
	s.echo.Use(s.logged, s.secured, s.canonical, sameOrigin, s.remembered, s.compressed, s.answered, recovered)
	return s, nil
}

// complete checks c, fills in what may be left out and returns the public origin.
func (c *Config) complete() (*url.URL, error) {
	public, err := url.Parse(c.PublicURL)
	if err != nil || public.Host == "" || (public.Scheme != "http" && public.Scheme != "https") {
		return nil, fmt.Errorf("public URL %q: want http(s)://host", c.PublicURL)
	}
	if len(c.FrameKey) < 32 {
		return nil, errors.New("frame key: want at least 32 bytes")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.pulse == 0 {
		c.pulse = pulse
	}
	if c.readTimeout == 0 {
		c.readTimeout = readTimeout
	}
	return &url.URL{Scheme: public.Scheme, Host: strings.ToLower(public.Host)}, nil
}

// Handler is the server without a listener, for tests and for embedding.
func (s *Server) Handler() http.Handler { return s.echo }

// Run serves on ln until ctx ends. Then streams end, open requests have some seconds to finish,
// and what is left is cut off.
func (s *Server) Run(ctx context.Context, ln net.Listener) error {
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	hs := &http.Server{
		Handler:           s.echo,
		BaseContext:       func(net.Listener) context.Context { return requests },
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       s.readTimeout,
		WriteTimeout:      10 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- hs.Serve(ln) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.closeAll.Do(func() { close(s.closing) })
	patience, done := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer done()
	err := hs.Shutdown(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		s.log.Warn("requests cut off at shutdown")
		cutOff()
		err = hs.Close()
	}
	<-served
	if err != nil {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}
