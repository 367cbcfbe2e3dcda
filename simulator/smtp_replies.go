package simulator

import (
	"cmp"
	"fmt"
)

// smtpReplies are answers of Exchange Online by the short names that the SMTP faults take.
var smtpReplies = map[string]string{
	"tenant":     "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.",
	"mailbox":    "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information.",
	"criteria":   "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.",
	"basic":      "535 5.7.139 Authentication unsuccessful, basic authentication is disabled.",
	"locked":     "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect. The account is locked.",
	"busy":       "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
	"concurrent": "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.",
	"quota":      "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException.MapiExceptionSubmissionQuotaExceeded",
	"full":       "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded",
	"reputation": "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
	"outbound":   "550 5.1.8 Access denied, bad outbound sender",
	"prx4":       "451 4.7.0 Temporary server error. Please try again later. PRX4",
	"prx5":       "451 4.7.0 Temporary server error. Please try again later. PRX5",
	"down":       "421 4.3.2 Service not available",
	"size":       "552 5.3.4 Message size exceeds fixed maximum message size",
	"recipients": "452 4.5.3 Too many recipients",
	"address":    "501 5.1.3 Invalid address",
	"notfound":   "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
	"sendas":     "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
}

// faultReply is the answer a fault asks for, by its short name or word for word.
func (c *smtpConn) faultReply(f Fault) (string, bool) {
	value, on := c.sim.faults.value(f, c.named...)
	return cmp.Or(smtpReplies[value], value), on
}

// stamp ends a refusal with the server, time and trace that support asks for.
func (c *smtpConn) stamp(reply string) string {
	at := c.sim.opts.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf("%s [%s %s %s]", reply, smtpHost, at, traceID())
}
