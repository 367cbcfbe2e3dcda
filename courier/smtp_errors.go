package courier

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/emersion/go-smtp"

	"postroom/problem"
)

// smtpRule is one line of the table of what SMTP servers say. Empty fields match anything.
type smtpRule struct {
	code     int
	enhanced string
	words    string // in lower case
	problem  problem.Code
}

// smtpRules are looked through in order.
var smtpRules = []smtpRule{
	{words: "smtpclientauthentication is disabled", problem: problem.SMTPDisabled},
	{enhanced: "5.7.139", problem: problem.SMTPDisabled},
	{code: 535, problem: problem.SenderSignIn},
	{code: 534, problem: problem.SenderSignIn},
	{code: 530, problem: problem.SenderSignIn},
	{words: "sendasdenied", problem: problem.SenderRefused},
	{enhanced: "5.7.60", problem: problem.SenderRefused},
	{words: "not owned by user", problem: problem.SenderRefused}, // Postfix, reject_sender_login_mismatch
	{words: "quotaexceeded", problem: problem.SendLimit},
	{words: "throttl", problem: problem.SendLimit},
	{enhanced: "5.3.4", problem: problem.MailTooLarge},
	{code: 552, problem: problem.MailTooLarge},
	{enhanced: "5.1.1", problem: problem.RecipientRefused},
	{enhanced: "5.1.3", problem: problem.RecipientRefused},
	{enhanced: "5.1.10", problem: problem.RecipientRefused},
}

// smtpProblem names what an SMTP server said.
func smtpProblem(said *smtp.SMTPError) *problem.Problem {
	enhanced := enhancedOf(said)
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
	return problem.Wrap(code, "", said).WithRaw(smtpRaw(said))
}

func enhancedOf(said *smtp.SMTPError) string {
	if said.EnhancedCode == (smtp.EnhancedCode{}) {
		return ""
	}
	return fmt.Sprintf("%d.%d.%d", said.EnhancedCode[0], said.EnhancedCode[1], said.EnhancedCode[2])
}

// smtpRaw is the server's answer as it came.
func smtpRaw(said *smtp.SMTPError) string {
	return strings.Join(strings.Fields(strconv.Itoa(said.Code)+" "+enhancedOf(said)+" "+plain(said.Message)), " ")
}

// smtpError names what went wrong in a dialogue, unless it has a name already.
func smtpError(err error) error {
	var (
		said     *smtp.SMTPError
		unknown  x509.UnknownAuthorityError
		invalid  x509.CertificateInvalidError
		hostname x509.HostnameError
		verify   *tls.CertificateVerificationError
		header   tls.RecordHeaderError
		alert    tls.AlertError
		slow     net.Error
	)
	switch {
	case err == nil, problem.Of(err) != nil:
		return err
	case errors.As(err, &said):
		return smtpProblem(said)
	case errors.As(err, &unknown), errors.As(err, &invalid), errors.As(err, &hostname), errors.As(err, &verify), errors.As(err, &header), errors.As(err, &alert):
		return problem.Wrap(problem.MailServerTLS, "", err).WithRaw(err.Error())
	case errors.As(err, &slow) && slow.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return problem.Wrap(problem.MailServerDown, "It did not answer in time.", err)
	}
	return problem.Wrap(problem.MailServerDown, "", err).WithRaw(err.Error())
}
