package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
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
	return &throttle{
		wait:    min(max(wait, leastThrottle), mostThrottle),
		problem: problem.New(problem.Throttled, "").WithRaw(text),
	}
}

// imapTexts are what IMAP servers say, in the order in which they are looked for. The words are
// Exchange's, which gives no codes, unless noted.
var imapTexts = []struct {
	words string // in lower case
	code  problem.Code
}{
	{"authenticated but not connected", problem.NotConnected},
	{"authenticate failed", problem.IMAPRefused},
	{"authenticationfailed", problem.IMAPRefused}, // RFC 5530
	{"invalid credentials", problem.IMAPRefused},  // Gmail
	{"login failed", problem.IMAPRefused},
	{"logon failure", problem.IMAPRefused},
	{"server unavailable", problem.MailServerDown},
	{"unavailable", problem.MailServerDown}, // RFC 5530
	{"serverbug", problem.MailServerDown},   // RFC 5530
	{"internal server error", problem.MailServerDown},
	{"too many simultaneous connections", problem.MailServerDown}, // Gmail
	{"maximum number of connections", problem.MailServerDown},     // Dovecot
	{"connection closed", problem.MailServerDown},
	{"connection is closed", problem.MailServerDown},
	{"overquota", problem.MailboxFull}, // RFC 5530
	{"quota exceeded", problem.MailboxFull},
	{"maximum size of appendable message", problem.MailTooLarge},
	{"trycreate", problem.FolderGone},   // RFC 3501
	{"nonexistent", problem.FolderGone}, // RFC 5530
	{"doesn't exist", problem.FolderGone},
	{"does not exist", problem.FolderGone},
	{"mailbox not found", problem.FolderGone},
	{"unknown mailbox", problem.FolderGone},
}

// imapProblem names what an IMAP server said in a NO, BAD or BYE. A refusal that nothing here
// knows is ServerRefused.
func imapProblem(text string) *problem.Problem {
	lower := strings.ToLower(text)
	for _, t := range imapTexts {
		if strings.Contains(lower, t.words) {
			return problem.New(t.code, "").WithRaw(text)
		}
	}
	return problem.New(problem.ServerRefused, "").WithRaw(text)
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
		return refusal{fmt.Errorf("%w", imapProblem(text))}
	}
	if bye != "" {
		if t := throttled(bye); t != nil {
			return t
		}
		if strings.Contains(strings.ToLower(bye), "accesstokenexpired") {
			return errTokenExpired
		}
		p := imapProblem(bye)
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

// smtpRule is one line of the table of what SMTP servers say. Empty fields match anything.
type smtpRule struct {
	code     int
	enhanced string
	words    string // in lower case
	problem  problem.Code
}

// smtpRules are looked through in order. The words are Exchange's unless the codes suffice.
var smtpRules = []smtpRule{
	{words: "smtpclientauthentication is disabled", problem: problem.SMTPDisabled},
	{words: "account is locked", problem: problem.AccountDisabled},
	{words: "did not meet the criteria", problem: problem.SignInBlocked},
	{words: "basic authentication", problem: problem.SMTPRefused},
	{enhanced: "5.7.139", problem: problem.SMTPDisabled},
	{code: 535, problem: problem.SMTPRefused},
	{code: 530, problem: problem.SMTPRefused}, // 5.7.57: MAIL before AUTH
	{code: 534, problem: problem.SMTPRefused},
	{words: "sendasdenied", problem: problem.SenderRefused},
	{enhanced: "5.2.252", problem: problem.SenderRefused},
	{enhanced: "5.7.60", problem: problem.SenderRefused},
	{words: "not owned by user", problem: problem.SenderRefused}, // Postfix, reject_sender_login_mismatch
	{words: "submissionquotaexceeded", problem: problem.SendLimit},
	{words: "thread limit exceeded", problem: problem.SendLimit},
	{words: "concurrent connections limit exceeded", problem: problem.SendLimit},
	{words: "too many recipients", problem: problem.SendLimit},
	{words: "throttl", problem: problem.SendLimit},
	{words: "quotaexceeded", problem: problem.MailboxFull},
	{words: "mailbox full", problem: problem.MailboxFull},
	{enhanced: "5.2.2", problem: problem.MailboxFull},
	{enhanced: "5.7.708", problem: problem.SignInBlocked},
	{words: "bad outbound sender", problem: problem.AccountDisabled},
	{enhanced: "5.3.4", problem: problem.MailTooLarge},
	{code: 552, problem: problem.MailTooLarge},
	{enhanced: "5.1.3", problem: problem.RecipientRefused},
	{enhanced: "5.1.10", problem: problem.RecipientRefused},
	{enhanced: "5.1.1", problem: problem.RecipientRefused},
}

// smtpProblem names what an SMTP server said.
func smtpProblem(said *smtp.SMTPError) *problem.Problem {
	enhanced := fmt.Sprintf("%d.%d.%d", said.EnhancedCode[0], said.EnhancedCode[1], said.EnhancedCode[2])
	lower := strings.ToLower(said.Message)
	code := problem.MailRefused
	if said.Code/100 == 4 {
		code = problem.MailServerDown
	}
	for _, r := range smtpRules {
		if (r.code == 0 || r.code == said.Code) && (r.enhanced == "" || r.enhanced == enhanced) && strings.Contains(lower, r.words) {
			code = r.problem
			break
		}
	}
	raw := strconv.Itoa(said.Code) + " "
	if said.EnhancedCode != (smtp.EnhancedCode{}) {
		raw += enhanced + " "
	}
	p := problem.Wrap(code, "", said).WithRaw(raw + said.Message)
	if code == problem.SMTPDisabled && strings.Contains(lower, "for the tenant") {
		p.WithAction(problem.Admin, "Ask your Microsoft 365 administrator to allow authenticated SMTP for the organisation: Set-TransportConfig -SmtpClientAuthenticationDisabled $false")
	}
	return p
}
