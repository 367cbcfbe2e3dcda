package simulator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options say how a Simulator is built. The zero value serves on free loopback ports and forgets
// everything when it ends.
type Options struct {
	Now func() time.Time // the clock; time.Now when nil
	Dir string           // where the state is kept between runs; "" keeps none
	Log *slog.Logger     // nothing is logged when nil

	OAuthAddr   string // listening addresses; "" means the last one used in Dir, or a free port of 127.0.0.1
	IMAPAddr    string
	SMTPAddr    string
	ControlAddr string

	TokenLife time.Duration       // life of access tokens; 0 means random 60 to 90 minutes, as in a tenant
	Issued    func(secret string) // told every code and token that is given out, so that a test can look for them where they must not be; may be nil
	SentDelay time.Duration       // how late the copy in Sent Items comes; 0 means 200 ms, negative at once
}

// Simulator is one running Microsoft 365. Its methods may be called from any goroutine.
type Simulator struct {
	opts   Options
	log    *slog.Logger
	faults faults
	keys   keyRing
	trust  *trust
	later  later

	oauthAt, imapAt, smtpAt, controlAt net.Listener

	imap connections[*imapConn]
	smtp connections[*smtpConn]

	mu          sync.Mutex // guards everything below
	tenants     []*Tenant
	apps        map[string]*App
	accounts    map[string]*account // by lower-case primary address
	grants      grants
	browsers    map[string][]string // browser session → addresses signed in there
	flows       map[string]*flow    // sign-ins under way
	submissions []Submission

	dirty chan struct{} // one slot: something must be saved
}

// New builds a simulator and opens its listeners, so that its addresses are known; it serves
// nobody before Run. With Options.Dir it goes on where the last one in that folder stopped.
func New(opts Options) (*Simulator, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case opts.SentDelay == 0:
		opts.SentDelay = 200 * time.Millisecond
	case opts.SentDelay < 0:
		opts.SentDelay = 0
	}
	s := &Simulator{
		opts:     opts,
		log:      opts.Log,
		later:    later{wake: make(chan struct{}, 1)},
		apps:     map[string]*App{},
		accounts: map[string]*account{},
		grants:   newGrants(),
		browsers: map[string][]string{},
		flows:    map[string]*flow{},
		dirty:    make(chan struct{}, 1),
	}
	last, err := s.load()
	if err != nil {
		return nil, fmt.Errorf("load simulator state: %w", err)
	}
	if s.trust == nil {
		if s.trust, err = newTrust(s.opts.Now()); err != nil {
			return nil, fmt.Errorf("make certificates: %w", err)
		}
	}
	if err := s.listen(last); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Run serves until ctx ends, then closes every connection, delivers what was still under way and
// saves the state. It returns when all that it started has ended.
func (s *Simulator) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var group sync.WaitGroup
	failed := make(chan error, 6)
	start := func(what string, run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				failed <- fmt.Errorf("%s: %w", what, err)
				stop()
			}
		})
	}
	start("sign-in", func(ctx context.Context) error { return serveHTTP(ctx, s.oauthAt, s.oauthHandler()) })
	start("control", func(ctx context.Context) error { return serveHTTP(ctx, s.controlAt, s.controlHandler()) })
	start("imap", s.serveIMAP)
	start("smtp", s.serveSMTP)
	start("upkeep", s.upkeep)
	start("save", s.saveOnChange)
	group.Wait()

	s.later.finish()
	err := s.save()
	select {
	case first := <-failed:
		return errors.Join(first, err)
	default:
		return err
	}
}

// Close frees the listeners of a simulator that is not run.
func (s *Simulator) Close() error {
	for _, l := range []net.Listener{s.oauthAt, s.imapAt, s.smtpAt, s.controlAt} {
		if l != nil {
			l.Close()
		}
	}
	return nil
}

// Authority is the base URL of the sign-in service, in place of https://login.microsoftonline.com.
func (s *Simulator) Authority() string { return "http://" + s.oauthAt.Addr().String() }

// IMAPAddr is the address of IMAP with implicit TLS.
func (s *Simulator) IMAPAddr() string { return s.imapAt.Addr().String() }

// SMTPAddr is the address of SMTP submission with STARTTLS.
func (s *Simulator) SMTPAddr() string { return s.smtpAt.Addr().String() }

// ControlURL is the base URL of the control API.
func (s *Simulator) ControlURL() string { return "http://" + s.controlAt.Addr().String() }

// CAPEM is the certificate, in PEM, of the authority that signed the IMAP and SMTP certificate.
func (s *Simulator) CAPEM() string { return s.trust.caPEM }

// serveHTTP serves h on l until ctx ends.
func serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	unhook := context.AfterFunc(ctx, func() { srv.Close() })
	defer unhook()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// upkeep runs what is due by the clock: late copies, expired sessions.
func (s *Simulator) upkeep(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.later.wake:
		case <-s.later.due():
		case <-tick.C:
			s.cutExpired()
		}
		s.later.run()
	}
}
