package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// session is one IMAP connection, from sign-in to loss. One goroutine at a time uses it.
type session struct {
	client  *imapclient.Client
	guard   *guard
	caps    imap.CapSet
	news    chan struct{} // a token: the server said something about the selected folder
	command time.Duration // its time for a command
	opened  string        // path of the selected folder; empty: none, or not sure
}

// signIn connects to a provider's IMAP server and signs in. Whoever gets a session closes it.
func signIn(ctx context.Context, dial auth.Dialer, p store.Provider, login string, token auth.Secret, command time.Duration) (*session, error) {
	conn, err := dialTLS(ctx, dial, p.IMAPHost, p.CAPEM)
	if err != nil {
		return nil, err
	}
	s := &session{guard: guarded(conn), news: make(chan struct{}, 1), command: command}
	s.guard.expect(command) // a silent server must not hold us before the first command
	s.client = imapclient.New(s.guard, &imapclient.Options{UnilateralDataHandler: s.hear()})
	if err := s.start(ctx, overIMAP(p, login, token)); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// hear turns what the server says unasked into a token. The client may not be called from here.
func (s *session) hear() *imapclient.UnilateralDataHandler {
	return &imapclient.UnilateralDataHandler{
		Expunge: func(uint32) { s.ring() },
		Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				s.ring()
			}
		},
		Fetch: func(m *imapclient.FetchMessageData) {
			for m.Next() != nil { // to its end, or the client's reader waits for us
			}
			s.ring()
		},
	}
}

func (s *session) ring() {
	select {
	case s.news <- struct{}{}:
	default: // a token is already waiting
	}
}

// start greets, signs in and makes sure that a mailbox is behind the account: Exchange takes the
// token of somebody who has none, or who may not use IMAP, and then refuses every command.
func (s *session) start(ctx context.Context, mech *bearer) error {
	if err := s.do(ctx, "greeting", s.client.WaitGreeting); err != nil {
		return err
	}
	if s.client.State() != imap.ConnStateNotAuthenticated {
		return problem.New(problem.MailServerDown, "The server takes us for somebody already.")
	}
	err := s.do(ctx, "authenticate", func() error { return s.client.Authenticate(mech) })
	if refused(err) && problem.Of(err) != nil && throttleOf(err) == nil {
		p := problem.Of(err)
		if p.Code == problem.ServerRefused {
			p = problem.New(problem.IMAPRefused, "").WithRaw(p.Raw) // any other NO to a token
		}
		if reason := mech.reason(); p.Code == problem.IMAPRefused && reason != "" {
			p.Detail = reason
		}
		return refusal{p}
	}
	if err != nil {
		return err
	}
	return s.do(ctx, "namespace", func() error {
		s.caps = s.client.Caps() // asked for again after the sign-in; Exchange does not say unasked
		if s.caps != nil && !s.caps.Has(imap.CapNamespace) {
			return s.client.List("", "", nil).Close()
		}
		_, err := s.client.Namespace().Wait()
		return err
	})
}

// do runs one command, or some in a row. The library knows neither contexts nor the end of its
// patience: here the end of ctx, or a server that keeps us waiting, ends the connection, and so the
// command. What is wrong comes back with a name; see imapError.
func (s *session) do(ctx context.Context, what string, command func() error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	defer context.AfterFunc(ctx, s.cut)()
	s.guard.expect(s.command)
	err := command()
	s.guard.rest()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	bye, gave := s.guard.ended()
	err = imapError(err, bye, gave)
	if !refused(err) {
		s.cut()
	}
	return fmt.Errorf("%s: %w", what, err)
}

// cut ends the connection; commands under way fail.
func (s *session) cut() { _ = s.guard.Conn.Close() }

// close ends the connection and waits for the library to let go of it.
func (s *session) close() {
	s.cut()
	_ = s.client.Close()
}

// throttleOf finds a server's wish to be left alone in err.
func throttleOf(err error) *throttle {
	var t *throttle
	if errors.As(err, &t) {
		return t
	}
	return nil
}

// view is a folder as the server describes it. Zero fields are not known.
type view struct {
	validity, next uint32
	exists         int64
	modSeq         uint64
}

// open selects a folder. A folder that is open already is not selected again; then only the number
// of its messages is known.
func (s *session) open(ctx context.Context, path string) (v view, err error) {
	if s.opened == path && path != "" {
		if box := s.client.Mailbox(); box != nil {
			return view{exists: int64(box.NumMessages)}, nil
		}
	}
	s.opened = ""
	err = s.do(ctx, "select", func() error {
		d, err := s.client.Select(path, &imap.SelectOptions{CondStore: s.caps.Has(imap.CapCondStore)}).Wait()
		if err == nil {
			v = view{d.UIDValidity, uint32(d.UIDNext), int64(d.NumMessages), d.HighestModSeq}
		}
		return err
	})
	if err == nil {
		s.opened = path
	}
	return v, err
}

// status asks about many folders in one round trip. Those that the server refuses are left out.
func (s *session) status(ctx context.Context, paths []string) (map[string]*imap.StatusData, error) {
	want := &imap.StatusOptions{NumMessages: true, UIDNext: true, UIDValidity: true, NumUnseen: true, HighestModSeq: s.caps.Has(imap.CapCondStore)}
	found := map[string]*imap.StatusData{}
	err := s.do(ctx, "status", func() error {
		const atOnce = 50
		for len(paths) > 0 {
			some := paths[:min(atOnce, len(paths))]
			paths = paths[len(some):]
			commands := make([]*imapclient.StatusCommand, len(some))
			for i, path := range some {
				commands[i] = s.client.Status(path, want)
			}
			for i, path := range some {
				d, err := commands[i].Wait()
				var no *imap.Error
				if err != nil && (!errors.As(err, &no) || throttled(no.Text) != nil) {
					return err
				}
				if err == nil && d.NumMessages != nil {
					found[path] = d
				}
			}
		}
		return nil
	})
	return found, err
}
