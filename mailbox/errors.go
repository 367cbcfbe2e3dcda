package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"postroom/problem"
)

// errTokenExpired is a connection that the server ended because its token did. That is routine:
// the mailbox is connected again at once, with a new token.
var errTokenExpired = errors.New("access token expired")

// throttle is the server's wish that this mailbox be left alone for a while.
type throttle struct {
	wait    time.Duration
	problem *problem.Problem
}

func (t *throttle) Error() string { return fmt.Sprintf("throttled for %v", t.wait) }
func (t *throttle) Unwrap() error { return t.problem }

const (
	leastThrottle = time.Second
	someThrottle  = time.Minute     // where the server does not say how long
	mostThrottle  = 5 * time.Minute // Exchange has asked for up to 299,961 ms
)

var backoffTime = regexp.MustCompile(`(?i)back-?off time:? *([0-9]+) *(milliseconds|ms|seconds|s)?`)

// throttled reads a server's request to wait; nil when text is none.
//
//	BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds
func throttled(text string) *throttle {
	lower := strings.ToLower(text)
	if !strings.Contains(lower, "throttl") && !strings.Contains(lower, "backoff time") {
		return nil
	}
	wait := someThrottle
	if m := backoffTime.FindStringSubmatch(text); m != nil {
		wait = mostThrottle
		if n, err := strconv.ParseInt(m[1], 10, 32); err == nil {
			wait = time.Duration(n) * time.Millisecond
			if strings.HasPrefix(strings.ToLower(m[2]), "s") {
				wait = time.Duration(n) * time.Second
			}
		}
	}
	wait = min(max(wait, leastThrottle), mostThrottle)
	p := problem.IMAP(text)
	p.Detail += fmt.Sprintf(" It is left alone for %d seconds.", int(math.Ceil(wait.Seconds())))
	return &throttle{wait, p}
}

// imapError turns what a command of the IMAP library returned, and what the guard saw, into an
// error that says what happened: a throttle, errTokenExpired, or a problem.
func imapError(err error, bye string, guard error) error {
	if err == nil {
		return nil
	}
	var said *imap.Error
	if errors.As(err, &said) {
		text := said.Text
		if said.Code != "" {
			text = "[" + string(said.Code) + "] " + text
		}
		if t := throttled(text); t != nil {
			return t
		}
		return refusal{fmt.Errorf("%w", problem.IMAP(text))}
	}
	if bye != "" {
		if t := throttled(bye); t != nil {
			return t
		}
		if strings.Contains(strings.ToLower(bye), "accesstokenexpired") {
			return errTokenExpired
		}
		p := problem.IMAP(bye)
		if p.Code == problem.ServerRefused {
			p = problem.New(problem.MailServerDown, "").WithRaw(bye)
		}
		return p
	}
	if guard != nil && !isNetwork(guard) {
		return problem.Wrap(problem.MailServerDown, "It sent what it must not.", guard)
	}
	if guard != nil {
		return networkError(guard)
	}
	return networkError(err)
}

// refusal is a NO or BAD: the connection lives, and the same command would be refused again.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

// refused reports whether err is the server's answer, rather than the loss of the connection.
func refused(err error) bool {
	var r refusal
	return errors.As(err, &r)
}

func isNetwork(err error) bool {
	var n net.Error
	return errors.As(err, &n) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "EOF")
}

// networkError names why a connection could not be made or was lost.
func networkError(err error) error {
	var (
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		verify   *tls.CertificateVerificationError
		header   tls.RecordHeaderError
		alert    tls.AlertError
		slow     net.Error
	)
	switch {
	case problem.Of(err) != nil, errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &hostname), errors.As(err, &verify), errors.As(err, &header), errors.As(err, &alert):
		return problem.Wrap(problem.MailServerTLS, "", err).WithRaw(err.Error())
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return problem.Wrap(problem.MailServerDown, "It did not answer in time.", err)
	}
	return problem.Wrap(problem.MailServerDown, "", err)
}

// smtpProblem names what an SMTP server said.
func smtpProblem(said *smtp.SMTPError) *problem.Problem {
	return problem.SMTP(said.Code, said.EnhancedCode, said.Message).Because(said)
}
