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

func TestWhatSMTPServersSayHasAName(t *testing.T) {
	for _, c := range []struct {
		code     int
		enhanced smtp.EnhancedCode
		text     string
		want     problem.Code
	}{
		{535, smtp.EnhancedCode{5, 7, 3}, "Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]", problem.SMTPRefused},
		{535, smtp.EnhancedCode{5, 7, 139}, "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.", problem.SMTPDisabled},
		{535, smtp.EnhancedCode{5, 7, 139}, "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", problem.SMTPDisabled},
		{535, smtp.EnhancedCode{5, 7, 139}, "Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.", problem.SignInBlocked},
		{535, smtp.EnhancedCode{5, 7, 139}, "Authentication unsuccessful, your account is locked", problem.AccountDisabled},
		{535, smtp.EnhancedCode{5, 7, 139}, "Authentication unsuccessful, basic authentication is disabled.", problem.SMTPRefused},
		{530, smtp.EnhancedCode{5, 7, 57}, "Client not authenticated to send mail.", problem.SMTPRefused},
		{550, smtp.EnhancedCode{5, 7, 30}, "Basic authentication is not supported for Client Submission.", problem.SMTPRefused},
		{554, smtp.EnhancedCode{5, 2, 252}, "SendAsDenied; user@a not allowed to send as other@b", problem.SenderRefused},
		{550, smtp.EnhancedCode{5, 7, 60}, "SMTP; Client does not have permissions to send as this sender", problem.SenderRefused},
		{432, smtp.EnhancedCode{4, 3, 2}, "STOREDRV.ClientSubmit; sender thread limit exceeded", problem.SendLimit},
		{554, smtp.EnhancedCode{5, 2, 0}, "STOREDRV.Submission.Exception:SubmissionQuotaExceededException", problem.SendLimit},
		{554, smtp.EnhancedCode{5, 2, 2}, "mailbox full; STOREDRV.Submission.Exception:QuotaExceededException", problem.MailboxFull},
		{550, smtp.EnhancedCode{5, 7, 708}, "Service unavailable. Access denied, traffic not accepted from this IP", problem.SignInBlocked},
		{550, smtp.EnhancedCode{5, 1, 8}, "Access denied, bad outbound sender", problem.AccountDisabled},
		{451, smtp.EnhancedCode{4, 7, 0}, "Temporary server error. Please try again later. PRX4", problem.MailServerDown},
		{552, smtp.EnhancedCode{5, 3, 4}, "Message size exceeds fixed maximum message size", problem.MailTooLarge},
		{501, smtp.EnhancedCode{5, 1, 3}, "Invalid address", problem.RecipientRefused},
		{550, smtp.EnhancedCode{5, 1, 10}, "RESOLVER.ADR.RecipientNotFound", problem.RecipientRefused},
		{550, smtp.EnhancedCode{5, 6, 0}, "Malformed", problem.MailRefused},
		{421, smtp.EnhancedCode{4, 3, 2}, "Service not active", problem.MailServerDown},
	} {
		if got := smtpProblem(&smtp.SMTPError{Code: c.code, EnhancedCode: c.enhanced, Message: c.text}); got.Code != c.want {
			t.Errorf("%d %v %s: %s, want %s", c.code, c.enhanced, c.text, got.Code, c.want)
		}
	}
}
