package problem

import (
	"strings"
	"testing"
)

func TestWhatSMTPServersSayHasAName(t *testing.T) {
	for _, c := range []struct {
		code     int
		enhanced [3]int
		text     string
		want     Code
		who      Who
		entry    string
	}{
		{535, [3]int{5, 7, 3}, "Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]", SMTPRefused, You, "smtp-5-7-3"},
		{535, [3]int{5, 7, 139}, "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.", SMTPDisabled, Admin, "smtp-disabled-tenant"},
		{535, [3]int{5, 7, 139}, "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", SMTPDisabled, Admin, "smtp-disabled-mailbox"},
		{535, [3]int{5, 7, 139}, "Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.", SignInBlocked, Admin, "smtp-criteria"},
		{535, [3]int{5, 7, 139}, "Authentication unsuccessful, the user credentials were incorrect. The account is locked.", AccountDisabled, Admin, "smtp-locked"},
		{535, [3]int{5, 7, 139}, "Authentication unsuccessful, basic authentication is disabled.", SMTPRefused, Operator, "smtp-basic-disabled"},
		{535, [3]int{5, 7, 139}, "Authentication unsuccessful, for a new reason.", SMTPDisabled, Admin, "smtp-5-7-139"},
		{535, [3]int{5, 7, 8}, "Username and Password not accepted.", SMTPRefused, You, "smtp-5-7-8"},
		{530, [3]int{5, 7, 57}, "Client not authenticated to send mail.", SMTPRefused, Operator, "smtp-5-7-57"},
		{530, [3]int{}, "Authentication required", SMTPRefused, You, "smtp-530"},
		{534, [3]int{5, 7, 9}, "Mechanism too weak", SMTPRefused, You, "smtp-534"},
		{550, [3]int{5, 7, 30}, "Basic authentication is not supported for Client Submission.", SMTPRefused, Operator, "smtp-basic-gone"},
		{554, [3]int{5, 2, 252}, "SendAsDenied; user@a not allowed to send as other@b; STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied", SenderRefused, Admin, "smtp-sendasdenied"},
		{550, [3]int{5, 7, 60}, "SMTP; Client does not have permissions to send as this sender", SenderRefused, Admin, "smtp-5-7-60"},
		{553, [3]int{5, 7, 1}, "Sender address rejected: not owned by user a@b", SenderRefused, Admin, "smtp-not-owned"},
		{432, [3]int{4, 3, 2}, "STOREDRV.ClientSubmit; sender thread limit exceeded", SendLimit, Wait, "smtp-thread-limit"},
		{432, [3]int{4, 3, 2}, "Concurrent connections limit exceeded", SendLimit, Wait, "smtp-connection-limit"},
		{452, [3]int{4, 5, 3}, "Too many recipients", SendLimit, You, "smtp-recipients"},
		{554, [3]int{5, 2, 0}, "STOREDRV.Submission.Exception:SubmissionQuotaExceededException", SendLimit, You, "smtp-submission-quota"},
		{554, [3]int{5, 2, 2}, "mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded", MailboxFull, You, "smtp-mailbox-full"},
		{550, [3]int{5, 7, 708}, "Service unavailable. Access denied, traffic not accepted from this IP", SignInBlocked, Admin, "smtp-5-7-708"},
		{550, [3]int{5, 1, 8}, "Access denied, bad outbound sender", AccountDisabled, Admin, "smtp-5-1-8"},
		{550, [3]int{5, 7, 501}, "Access denied, spam abuse detected", AccountDisabled, Admin, "smtp-5-7-501"},
		{550, [3]int{5, 7, 502}, "Access denied, banned sender", AccountDisabled, Admin, "smtp-5-7-502"},
		{550, [3]int{5, 7, 503}, "Access denied, banned sender", AccountDisabled, Admin, "smtp-5-7-503"},
		{451, [3]int{4, 7, 0}, "Temporary server error. Please try again later. PRX4", MailServerDown, Wait, "smtp-4-7-0"},
		{451, [3]int{4, 7, 0}, "Temporary server error. Please try again later. PRX5", MailServerDown, Wait, "smtp-4-7-0"},
		{421, [3]int{4, 3, 2}, "Service not active", MailServerDown, Wait, "smtp-421"},
		{450, [3]int{4, 2, 1}, "Greylisted", MailServerDown, Wait, "smtp-4xx"},
		{552, [3]int{5, 3, 4}, "Message size exceeds fixed maximum message size", MailTooLarge, You, "smtp-5-3-4"},
		{501, [3]int{5, 1, 3}, "Invalid address", RecipientRefused, You, "smtp-5-1-3"},
		{550, [3]int{5, 1, 10}, "RESOLVER.ADR.RecipientNotFound", RecipientRefused, You, "smtp-5-1-10"},
		{550, [3]int{5, 1, 1}, "User unknown", RecipientRefused, You, "smtp-5-1-1"},
		{550, [3]int{5, 6, 0}, "Malformed", MailRefused, You, "smtp-other"},
	} {
		p := SMTP(c.code, c.enhanced, c.text)
		if p.Code != c.want || p.Who != c.who || p.Entry != c.entry {
			t.Errorf("%d %v %s: %s for %s by %s, want %s for %s by %s", c.code, c.enhanced, c.text, p.Code, p.Who, p.Entry, c.want, c.who, c.entry)
		}
		if !strings.HasSuffix(p.Raw, c.text) {
			t.Errorf("raw %q", p.Raw)
		}
	}
	if raw := SMTP(535, [3]int{5, 7, 3}, "Authentication unsuccessful").Raw; raw != "535 5.7.3 Authentication unsuccessful" {
		t.Errorf("raw %q", raw)
	}
}
