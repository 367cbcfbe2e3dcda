package mailbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

const (
	answerTime = 5 * time.Minute // for the answer to a mail; servers that scan it are slow
	mostSMTP   = 1 << 20         // bytes that an SMTP server may say to us in one session
)

// errUnanswered is a submission whose outcome nobody knows: the mail was on its way when the
// connection was lost.
var errUnanswered = errors.New("no answer to the mail")

// submission is one SMTP connection, signed in.
type submission struct {
	client *smtp.Client
	conn   net.Conn
}

// dialSMTP connects and signs in. No token leaves before TLS does.
func dialSMTP(ctx context.Context, dial auth.Dialer, p store.Provider, login string, token auth.Secret, command time.Duration) (*submission, error) {
	conf, err := tlsFor(p.SMTPHost, p.CAPEM)
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	raw, err := dial(within, "tcp", p.SMTPHost)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", p.SMTPHost, networkError(err))
	}
	conn := &meteredConn{Conn: raw, left: mostSMTP}
	sub := &submission{conn: conn}
	err = sub.do(ctx, "sign in to SMTP", func() (err error) {
		if sub.client, err = secure(conn, p.SMTPTLS, conf, command); err != nil {
			return err
		}
		mech := overSMTP(p, login, token)
		if !sub.client.SupportsAuth(mech.name()) {
			return problem.New(problem.SMTPRefused, "The server does not offer "+mech.name()+".")
		}
		return sub.client.Auth(mech)
	})
	if err != nil {
		sub.close()
		return nil, err
	}
	return sub, nil
}

// secure brings up TLS, from the first byte or by STARTTLS, which is not optional.
func secure(conn net.Conn, how string, conf *tls.Config, command time.Duration) (*smtp.Client, error) {
	_ = conn.SetDeadline(time.Now().Add(command))
	var client *smtp.Client
	if how == "tls" {
		over := tls.Client(conn, conf)
		if err := over.Handshake(); err != nil {
			return nil, err
		}
		client = smtp.NewClient(over)
	} else {
		var err error
		if client, err = smtp.NewClientStartTLS(conn, conf); err != nil {
			return nil, err
		}
	}
	client.CommandTimeout, client.SubmissionTimeout = command, answerTime
	return client, client.Hello("localhost")
}

// do runs a part of the dialogue. The end of ctx ends the connection, and so the dialogue.
func (s *submission) do(ctx context.Context, what string, talk func() error) error {
	defer context.AfterFunc(ctx, func() { s.conn.Close() })()
	err := talk()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	return fmt.Errorf("%s: %w", what, smtpError(err))
}

// smtpError names what went wrong in an SMTP dialogue, unless it has a name already.
func smtpError(err error) error {
	var said *smtp.SMTPError
	if problem.Of(err) != nil {
		return err
	}
	if errors.As(err, &said) {
		return smtpProblem(said)
	}
	return networkError(err)
}

func (s *submission) close() { _ = s.conn.Close() }

// envelope names sender and recipients. A mail goes to all of its recipients or to none: whoever
// wrote it should not have to find out who got it.
func (s *submission) envelope(ctx context.Context, o store.Outgoing) error {
	return s.do(ctx, "envelope", func() error {
		options := &smtp.MailOptions{Size: o.Size}
		if !ascii(o.From) || !ascii(o.Recipients...) {
			options.UTF8 = true
		}
		if err := s.client.Mail(o.From, options); err != nil {
			return err
		}
		var refusals []string
		var worst *smtp.SMTPError
		for _, to := range o.Recipients {
			err := s.client.Rcpt(to, nil)
			var said *smtp.SMTPError
			if errors.As(err, &said) {
				refusals = append(refusals, to+": "+said.Message)
				if worst == nil || said.Code > worst.Code {
					worst = said
				}
			} else if err != nil {
				return err
			}
		}
		if worst == nil {
			return nil
		}
		p := smtpProblem(worst)
		if worst.Code/100 == 5 && p.Code == problem.MailRefused {
			p = problem.Wrap(problem.RecipientRefused, "", worst).WithRaw(p.Raw)
		}
		p.Detail = strings.Join(refusals, "; ")
		return p
	})
}

// deliver sends the bytes and waits for the answer. An answer, yes or no, is certain; anything else
// is errUnanswered.
func (s *submission) deliver(ctx context.Context, raw []byte) (answer string, err error) {
	defer context.AfterFunc(ctx, func() { s.conn.Close() })()
	data, err := s.client.Data()
	if err == nil {
		_, err = io.Copy(data, bytes.NewReader(raw))
	}
	if err == nil {
		var r *smtp.DataResponse
		if r, err = data.CloseWithResponse(); err == nil {
			return r.StatusText, nil
		}
	}
	var said *smtp.SMTPError
	if errors.As(err, &said) {
		return "", smtpProblem(said)
	}
	return "", fmt.Errorf("%w: %w", errUnanswered, err)
}

// passing reports whether what an SMTP server said may be different next time.
func passing(err error) bool {
	var said *smtp.SMTPError
	if errors.As(err, &said) {
		return said.Code/100 == 4
	}
	p := problem.Of(err)
	return p == nil || p.Who == problem.Wait
}

// serverID reads the Message-ID that a server gave a mail from its answer:
//
//	OK <AM0PR…@AM0PR….eurprd….prod.outlook.com> [Hostname=…]
func serverID(answer string) string {
	_, rest, ok := strings.Cut(answer, "<")
	id, _, closed := strings.Cut(rest, ">")
	if !ok || !closed || !strings.Contains(id, "@") || strings.ContainsAny(id, " \r\n") || len(id) > 500 {
		return ""
	}
	return id
}

func ascii(list ...string) bool {
	for _, s := range list {
		for _, c := range []byte(s) {
			if c > 126 {
				return false
			}
		}
	}
	return true
}

// meteredConn bounds what a server may say in all.
type meteredConn struct {
	net.Conn
	left int
}

func (c *meteredConn) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("smtp: no end of answers")
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
