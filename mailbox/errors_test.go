package mailbox

import (
	"crypto/x509"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"postroom/problem"
)

func TestWhatIMAPServersSayHasAName(t *testing.T) {
	for text, want := range map[string]problem.Code{
		"User is authenticated but not connected.":             problem.NotConnected,
		"AUTHENTICATE failed.":                                 problem.IMAPRefused,
		"[AUTHENTICATIONFAILED] Invalid credentials (Failure)": problem.IMAPRefused,
		"LOGIN failed.":                                        problem.IMAPRefused,
		"Server Unavailable. 15":                               problem.MailServerDown,
		"[UNAVAILABLE] Temporary System Error":                 problem.MailServerDown,
		"[SERVERBUG] Internal server error":                    problem.MailServerDown,
		"Sent doesn't exist.":                                  problem.FolderGone,
		"[TRYCREATE] No such mailbox":                          problem.FolderGone,
		"Maximum size of appendable message has been exceeded": problem.MailTooLarge,
		"[OVERQUOTA] Quota exceeded":                           problem.MailboxFull,
		"Folder name is reserved":                              problem.ServerRefused,
		"Command Argument Error. 11":                           problem.ServerRefused,
		"[BADCHARSET] The specified charset is not supported.": problem.ServerRefused,
		"Some of the requested messages no longer exist.":      problem.ServerRefused,
		"[ALERT] Too many simultaneous connections. (Failure)": problem.MailServerDown,
	} {
		err := imapError(&imap.Error{Type: imap.StatusResponseTypeNo, Text: text}, "", nil)
		if got := problem.Of(err); got == nil || got.Code != want || got.Raw != text {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
		if !refused(err) {
			t.Errorf("%q: a NO is no loss of the connection", text)
		}
	}
}

func TestThrottlesSayHowLong(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"Request is throttled. Suggested Backoff Time: 92415 milliseconds":                92415 * time.Millisecond,
		"Request is throttled. Suggested Backoff Time: 5 milliseconds":                    leastThrottle,
		"Request is throttled. Suggested Backoff Time: 299961 milliseconds":               299961 * time.Millisecond,
		"Request is throttled. Suggested Backoff Time: 99999999999999999999 milliseconds": mostThrottle,
		"[THROTTLED] try later": someThrottle,
		"AccountThrottled":      someThrottle,
	} {
		var got *throttle
		for _, err := range []error{
			imapError(&imap.Error{Text: text}, "", nil),
			imapError(io.ErrUnexpectedEOF, text, errBye),
		} {
			if !errors.As(err, &got) || got.wait != want || !problem.Is(err, problem.Throttled) {
				t.Errorf("%q: %v, want %v", text, err, want)
			}
		}
	}
	if throttled("Server Unavailable. 15") != nil {
		t.Error("that is no throttle")
	}
}

func TestLostConnectionsHaveAName(t *testing.T) {
	if err := imapError(io.ErrUnexpectedEOF, "Session invalidated - AccessTokenExpired", errBye); !errors.Is(err, errTokenExpired) {
		t.Errorf("token expiry: %v", err)
	}
	if err := imapError(io.ErrUnexpectedEOF, "Connection closed. 14", errBye); !problem.Is(err, problem.MailServerDown) {
		t.Errorf("BYE: %v", err)
	}
	if err := imapError(io.ErrUnexpectedEOF, "", io.EOF); !problem.Is(err, problem.MailServerDown) || refused(err) {
		t.Errorf("EOF: %v", err)
	}
	if err := networkError(x509.UnknownAuthorityError{}); !problem.Is(err, problem.MailServerTLS) {
		t.Errorf("unknown authority: %v", err)
	}
}

func TestWhatSMTPServersSayKeepsItsCause(t *testing.T) {
	said := &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 139}, Message: "SmtpClientAuthentication is disabled for the Mailbox."}
	p := smtpProblem(said)
	if p.Code != problem.SMTPDisabled || p.Raw != "535 5.7.139 "+said.Message || !errors.Is(p, said) {
		t.Errorf("%+v", p)
	}
	if passing(p) || !passing(smtpProblem(&smtp.SMTPError{Code: 432, Message: "sender thread limit exceeded"})) {
		t.Error("what passes is told by the code")
	}
}
