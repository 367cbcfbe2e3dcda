package problem

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// smtpRow is one line of what SMTP servers say. Empty fields match anything.
type smtpRow struct {
	code     int
	enhanced string
	words    string // in lower case
	Entry
}

const (
	// sendAs lets one account send as another address.
	sendAs = `Add-RecipientPermission <From address> -Trustee {mailbox} -AccessRights SendAs`

	allowForAll = "Ask your Microsoft 365 administrator to allow authenticated SMTP for this mailbox or for the organisation."
	allowForOne = "Ask your Microsoft 365 administrator to allow authenticated SMTP for this mailbox."
	receives    = " Receiving works; sending lights up by itself once it is allowed."
)

// smtpRows are looked through in order. The words are Exchange's unless the codes suffice.
var smtpRows = []smtpRow{
	{words: "smtpclientauthentication is disabled for the tenant", Entry: Entry{
		ID: "smtp-disabled-tenant", Says: "535 5.7.139 … SmtpClientAuthentication is disabled for the Tenant.", Code: SMTPDisabled,
		Detail: "The organisation does not allow programs to send over SMTP." + receives, Action: allowForAll,
		Ask:   "allow authenticated SMTP, for this mailbox alone or for the whole organisation (Postroom signs in with OAuth; no password is involved)",
		Where: "Microsoft 365 admin centre › Users › Active users › the account › Mail › Manage email apps › Authenticated SMTP",
		Run: []string{`Set-CASMailbox {mailbox} -SmtpClientAuthenticationDisabled $false     # this mailbox alone`,
			`Set-TransportConfig -SmtpClientAuthenticationDisabled $false     # or the whole organisation`}}},
	{words: "smtpclientauthentication is disabled", Entry: Entry{
		ID: "smtp-disabled-mailbox", Says: "535 5.7.139 … SmtpClientAuthentication is disabled for the Mailbox.", Code: SMTPDisabled,
		Detail: "This mailbox may not send over SMTP." + receives, Action: allowForOne,
		Ask:   "allow authenticated SMTP for this mailbox (Postroom signs in with OAuth; no password is involved)",
		Where: "Microsoft 365 admin centre › Users › Active users › the account › Mail › Manage email apps › Authenticated SMTP",
		Run:   []string{`Set-CASMailbox {mailbox} -SmtpClientAuthenticationDisabled $false`}}},
	{words: "account is locked", Entry: Entry{
		ID: "smtp-locked", Says: "535 5.7.139 … account is locked", Code: AccountDisabled,
		Detail: "Microsoft has locked the account.", Ask: "unlock this account",
		Where: "Microsoft Entra admin centre › Users › the account › Sign-in logs"}},
	{words: "did not meet the criteria", Entry: Entry{
		ID: "smtp-criteria", Says: "535 5.7.139 … the request did not meet the criteria to be authenticated successfully.", Code: SignInBlocked,
		Detail: "A security policy of the organisation does not let programs send over SMTP.",
		Action: "Ask your Microsoft 365 administrator to let Postroom through its security defaults or Conditional Access.",
		Ask:    "let Postroom's SMTP sign-in through the organisation's Conditional Access or security defaults (it uses OAuth, not a password)",
		Where:  "Microsoft Entra admin centre › Users › the account › Sign-in logs: the failed sign-in names the policy"}},
	{words: "basic authentication is disabled", Entry: Entry{
		ID: "smtp-basic-disabled", Says: "535 5.7.139 … basic authentication is disabled.", Code: SMTPRefused, Who: Operator,
		Detail: "A password was used where only OAuth is taken.", Action: "Choose the sign-in XOAUTH2 for this provider."}},
	{words: "basic authentication is not supported", Entry: Entry{
		ID: "smtp-basic-gone", Says: "550 5.7.30 Basic authentication is not supported for Client Submission.", Code: SMTPRefused, Who: Operator,
		Detail: "A password was used where only OAuth is taken.", Action: "Choose the sign-in XOAUTH2 for this provider."}},
	{enhanced: "5.7.30", Entry: Entry{
		ID: "smtp-5-7-30", Says: "550 5.7.30", Code: SMTPRefused, Who: Operator,
		Detail: "A password was used where only OAuth is taken.", Action: "Choose the sign-in XOAUTH2 for this provider."}},
	{enhanced: "5.7.139", Entry: Entry{
		ID: "smtp-5-7-139", Says: "535 5.7.139, in other words", Code: SMTPDisabled,
		Detail: "The organisation does not let this mailbox sign in to SMTP." + receives, Action: allowForOne,
		Ask: "allow authenticated SMTP for this mailbox",
		Run: []string{`Set-CASMailbox {mailbox} -SmtpClientAuthenticationDisabled $false`}}},
	{code: 530, enhanced: "5.7.57", Entry: Entry{
		ID: "smtp-5-7-57", Says: "530 5.7.57 Client not authenticated to send mail.", Code: SMTPRefused, Who: Operator,
		Detail: "The mail server wants a sign-in first, and none took place.", Action: "Check the provider's SMTP server, port and sign-in."}},
	{words: "username and password not accepted", Entry: Entry{
		ID: "smtp-5-7-8", Says: "535 5.7.8 Username and Password not accepted.", Code: SMTPRefused, // Gmail
		Detail: "Google did not take the token."}},
	{code: 535, Entry: Entry{
		ID: "smtp-5-7-3", Says: "535 5.7.3 Authentication unsuccessful", Code: SMTPRefused,
		Detail: "The mail server did not take the token, although it was a new one."}},
	{code: 530, Entry: Entry{
		ID: "smtp-530", Says: "530", Code: SMTPRefused}},
	{code: 534, Entry: Entry{
		ID: "smtp-534", Says: "534", Code: SMTPRefused}},
	{words: "sendasdenied", Entry: Entry{
		ID: "smtp-sendasdenied", Says: "554 5.2.252 SendAsDenied; user@a not allowed to send as other@b", Code: SenderRefused,
		Detail: "The account may send as itself only.", Ask: "give this account the Send As permission for the From address", Run: []string{sendAs},
		Where: "Microsoft 365 admin centre › Users › Active users › the other address › Mail › Send as permissions"}},
	{enhanced: "5.2.252", Entry: Entry{
		ID: "smtp-5-2-252", Says: "554 5.2.252", Code: SenderRefused,
		Detail: "The account may send as itself only.", Ask: "give this account the Send As permission for the From address", Run: []string{sendAs}}},
	{enhanced: "5.7.60", Entry: Entry{
		ID: "smtp-5-7-60", Says: "550 5.7.60 SMTP; Client does not have permissions to send as this sender", Code: SenderRefused,
		Detail: "The account may send as itself only.", Ask: "give this account the Send As permission for the From address", Run: []string{sendAs}}},
	{words: "not owned by user", Entry: Entry{ // Postfix, reject_sender_login_mismatch
		ID: "smtp-not-owned", Says: "553 5.7.1 Sender address rejected: not owned by user", Code: SenderRefused,
		Ask: "let this account send as the From address"}},
	{words: "submissionquotaexceeded", Entry: Entry{
		ID: "smtp-submission-quota", Says: "554 5.2.0 … SubmissionQuotaExceededException", Code: SendLimit, Who: You,
		Detail: "The mailbox has written to as many recipients as Microsoft allows in 24 hours.", Action: "Send it again tomorrow."}},
	{words: "thread limit exceeded", Entry: Entry{
		ID: "smtp-thread-limit", Says: "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", Code: SendLimit,
		Detail: "More than three mails were being sent from this mailbox at once."}},
	{words: "concurrent connections limit exceeded", Entry: Entry{
		ID: "smtp-connection-limit", Says: "432 4.3.2 Concurrent connections limit exceeded.", Code: SendLimit,
		Detail: "More than three programs were sending from this mailbox at once."}},
	{words: "too many recipients", Entry: Entry{
		ID: "smtp-recipients", Says: "452 4.5.3 Too many recipients", Code: SendLimit, Who: You,
		Detail: "The mail has more recipients than the mail server takes.", Action: "Send it in several parts."}},
	{words: "throttl", Entry: Entry{
		ID: "smtp-throttled", Says: "4xx … throttled", Code: SendLimit}},
	{words: "quotaexceeded", Entry: Entry{
		ID: "smtp-mailbox-full", Says: "554 5.2.2 mailbox full; … QuotaExceededException", Code: MailboxFull,
		Detail: "A full mailbox cannot send."}},
	{words: "mailbox full", Entry: Entry{ID: "smtp-full", Says: "mailbox full", Code: MailboxFull}},
	{enhanced: "5.2.2", Entry: Entry{ID: "smtp-5-2-2", Says: "554 5.2.2", Code: MailboxFull}},
	{enhanced: "5.7.708", Entry: Entry{
		ID: "smtp-5-7-708", Says: "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", Code: SignInBlocked,
		Detail: "Microsoft takes no mail from this organisation yet, as happens to new and trial organisations.",
		Action: "Ask your Microsoft 365 administrator to have Microsoft lift the restriction.",
		Ask:    "have Microsoft support lift the sending restriction of our organisation (error 5.7.708)",
		Where:  "Microsoft 365 admin centre › Support › Help & support"}},
	{words: "bad outbound sender", Entry: blocked("smtp-5-1-8", "550 5.1.8 Access denied, bad outbound sender")},
	{enhanced: "5.1.8", Entry: blocked("smtp-bad-sender", "550 5.1.8")},
	{enhanced: "5.7.501", Entry: blocked("smtp-5-7-501", "550 5.7.501")},
	{enhanced: "5.7.502", Entry: blocked("smtp-5-7-502", "550 5.7.502")},
	{enhanced: "5.7.503", Entry: blocked("smtp-5-7-503", "550 5.7.503")},
	{enhanced: "5.3.4", Entry: Entry{
		ID: "smtp-5-3-4", Says: "552 5.3.4 Message size exceeds fixed maximum message size", Code: MailTooLarge}},
	{code: 552, Entry: Entry{ID: "smtp-552", Says: "552", Code: MailTooLarge}},
	{enhanced: "5.1.3", Entry: Entry{
		ID: "smtp-5-1-3", Says: "501 5.1.3 Invalid address", Code: RecipientRefused,
		Detail: "An address is not written as addresses are."}},
	{enhanced: "5.1.10", Entry: Entry{
		ID: "smtp-5-1-10", Says: "550 5.1.10 RESOLVER.ADR.RecipientNotFound", Code: RecipientRefused,
		Detail: "The organisation has no such address."}},
	{enhanced: "5.1.1", Entry: Entry{
		ID: "smtp-5-1-1", Says: "550 5.1.1 User unknown", Code: RecipientRefused,
		Detail: "There is no such address."}},
	{code: 451, enhanced: "4.7.0", Entry: Entry{
		ID: "smtp-4-7-0", Says: "451 4.7.0 Temporary server error. Please try again later. PRX4, PRX5", Code: MailServerDown,
		Detail: "The mail server has a passing fault."}},
	{code: 421, Entry: Entry{
		ID: "smtp-421", Says: "421 4.3.2 Service not available", Code: MailServerDown,
		Detail: "The mail server is closing or too busy."}},
	{code: 4, Entry: Entry{ID: "smtp-4xx", Says: "any other answer from 400 to 499", Code: MailServerDown}},
	{Entry: Entry{ID: "smtp-other", Says: "any other refusal", Code: MailRefused}},
}

func (r smtpRow) entry() Entry { return r.Entry }

// blocked is an account that Microsoft keeps from sending because of spam.
func blocked(id, says string) Entry {
	return Entry{ID: id, Says: says, Code: AccountDisabled,
		Detail: "Microsoft has stopped this account from sending, because mail that it sent looked like spam.",
		Action: "Ask your Microsoft 365 administrator to look at the account and unblock it.",
		Ask:    "see why this account was blocked from sending, and unblock it",
		Where:  "Microsoft Defender portal › Email & collaboration › Review › Restricted entities",
		Run:    []string{`Remove-BlockedSenderAddress -SenderAddress {mailbox}`}}
}

// SMTP names what an SMTP server answered: its code, the enhanced code (zero when it gave none) and
// its words.
func SMTP(code int, enhanced [3]int, text string) *Problem {
	status, lower := "", strings.ToLower(text)
	if enhanced != [3]int{} {
		status = fmt.Sprintf("%d.%d.%d", enhanced[0], enhanced[1], enhanced[2])
	}
	row := slices.IndexFunc(smtpRows, func(r smtpRow) bool { // the last one matches anything
		return (r.code == 0 || r.code == code || r.code == code/100) && (r.enhanced == "" || r.enhanced == status) && strings.Contains(lower, r.words)
	})
	raw := strings.Join(strings.Fields(strconv.Itoa(code)+" "+status), " ") + " " + text
	return smtpRows[row].Problem(nil).WithRaw(raw)
}
