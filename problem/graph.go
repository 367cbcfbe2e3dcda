package problem

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// graphRow is one line of what Microsoft Graph answers to sendMail. Empty fields match anything.
type graphRow struct {
	status int
	code   string
	words  string // of the message, in lower case
	Entry
}

// restrict is how an organisation lets an application send as chosen mailboxes only. Its effect
// takes from 30 minutes to 2 hours.
var restrict = []string{
	`Get-ApplicationAccessPolicy | Format-List`,
	`Add-DistributionGroupMember -Identity "<group of the policy>" -Member {mailbox}`,
	`Test-ApplicationAccessPolicy -Identity {mailbox} -AppId <client ID>`,
}

// graphRows are looked through in order. They are for a sender that signs in as an application, so
// that nobody's own account is at fault.
var graphRows = []graphRow{
	{status: 400, code: "ErrorMimeContentInvalidBase64String", Entry: Entry{
		Says: "Invalid base64 string for MIME content.", Code: MailRefused, Who: Operator,
		Detail: "Postroom handed the mail over in a form that Microsoft could not read.", Action: "This is a fault of Postroom's: report it with the raw text."}},
	{status: 400, code: "ErrorInvalidRecipients", Entry: Entry{
		Says: "At least one recipient is not valid.", Code: RecipientRefused,
		Detail: "Microsoft does not take one of the addresses."}},
	{status: 400, code: "ErrorMessageSizeExceeded", Entry: Entry{
		Says: "The message exceeds the maximum supported size.", Code: MailTooLarge}},
	{status: 401, words: "audience", Entry: Entry{
		ID: "graph-invalid-audience", Says: "Access token validation failure. Invalid audience.", Code: SenderSettings,
		Detail: "The token was made for another service than Microsoft Graph.", Action: "Choose the cloud that the organisation lives in; the scope must be that of Microsoft Graph, ending in /.default."}},
	{status: 401, Entry: Entry{
		ID: "graph-invalidauthenticationtoken", Says: "InvalidAuthenticationToken: Access token has expired or is not yet valid.", Code: SenderSettings,
		Detail: "Microsoft does not take the token.", Action: "Press Test connection. If the test is green, check that this server's clock is right."}},
	{status: 403, words: "access to odata is disabled", Entry: Entry{
		ID: "graph-sender-no-access", Says: "ErrorAccessDenied: Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.", Code: SenderNoAccess,
		Detail: "A policy of the organisation says which mailboxes this application may send as, and the sender is not among them.",
		Ask:    "let Postroom's application send as this mailbox: add the mailbox to the group of the application access policy (it takes effect within two hours)", Run: restrict}},
	{status: 403, words: "blocked by tenant configured", Entry: Entry{
		ID: "graph-sender-blocked", Says: "Blocked by tenant configured AppOnly AccessPolicy settings.", Code: SenderNoAccess,
		Detail: "A policy of the organisation says which mailboxes this application may send as, and the sender is not among them.",
		Ask:    "let Postroom's application send as this mailbox: add the mailbox to the group of the application access policy (it takes effect within two hours)", Run: restrict}},
	{status: 403, code: "ErrorSendAsDenied", Entry: Entry{
		Says: "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account.", Code: SenderRefused,
		Detail: "The From address is not the mailbox's own.", Action: "Make the sender address the address of the mailbox that sends, or let it have the Send As permission.",
		Ask: "let this mailbox send as the From address", Run: []string{sendAs}}},
	{status: 403, code: "ErrorQuotaExceeded", Entry: Entry{
		Says: "ErrorQuotaExceeded", Code: MailboxFull, Who: Admin,
		Detail: "The sender's mailbox is full.", Action: "Empty the sender's mailbox, or ask your Microsoft 365 administrator for more space.",
		Ask: "empty the sender's mailbox or give it more space"}},
	{status: 403, Entry: Entry{
		ID: "graph-erroraccessdenied", Says: "ErrorAccessDenied: Access is denied. Check credentials and try again.", Code: SenderNoAccess,
		Detail: "The application permission Mail.Send is missing, or nobody consented to it.",
		Ask:    "give Postroom's application the application permission Mail.Send of Microsoft Graph and grant admin consent",
		Where:  "Microsoft Entra admin centre › App registrations › Postroom › API permissions › Add a permission › Microsoft Graph › Application permissions › Mail.Send › Grant admin consent"}},
	{status: 404, code: "MailboxNotEnabledForRESTAPI", Entry: Entry{
		Says: "The mailbox is either inactive, soft-deleted, or is hosted on-premise.", Code: SenderUnknown, Who: Admin,
		Detail: "The sender exists, but has no mailbox in Exchange Online.", Action: "Ask your Microsoft 365 administrator for an Exchange licence for the sender, or enter another sender.",
		Ask:   "give this account an Exchange Online licence, or name an account that has a mailbox in the cloud",
		Where: "Microsoft 365 admin centre › Users › Active users › the account › Licences and apps"}},
	{status: 404, words: "rest api is not yet supported", Entry: Entry{
		ID: "graph-rest-not-supported", Says: "REST API is not yet supported for this mailbox.", Code: SenderUnknown, Who: Admin,
		Detail: "The sender exists, but has no mailbox in Exchange Online.", Action: "Ask your Microsoft 365 administrator for an Exchange licence for the sender, or enter another sender.",
		Ask:   "give this account an Exchange Online licence, or name an account that has a mailbox in the cloud",
		Where: "Microsoft 365 admin centre › Users › Active users › the account › Licences and apps"}},
	{status: 404, Entry: Entry{
		ID: "graph-errorinvaliduser", Says: "ErrorInvalidUser: The requested user 'x' is invalid.", Code: SenderUnknown,
		Detail: "The organisation has no such account.", Action: "Check the sender address for a typing error, and the tenant."}},
	{status: 413, Entry: Entry{
		ID: "graph-413", Says: "413 The maximum request length supported is 4MB.", Code: MailTooLarge}},
	{status: 429, words: "concurrency", Entry: Entry{
		ID: "graph-mailboxconcurrency", Says: "429 Application is over its MailboxConcurrency limit.", Code: Throttled,
		Detail: "More than four mails were handed over at once."}},
	{status: 429, Entry: Entry{
		ID: "graph-applicationthrottled", Says: "429 ApplicationThrottled", Code: Throttled}},
	{status: 503, code: "ErrorServerBusy", Entry: Entry{
		Says: "503 ErrorServerBusy", Code: MailServerDown, Detail: "Microsoft is busy."}},
	{status: 500, Entry: Entry{
		ID: "graph-5xx", Says: "500, 502, 503, 504", Code: MailServerDown, Detail: "Microsoft has a passing fault."}},
	{Entry: Entry{
		ID: "graph-other", Says: "anything else", Code: MailRefused, Who: Operator,
		Detail: "Microsoft refused the mail.", Action: "Read Microsoft's own words; press Test connection to see which step fails."}},
}

// Graph names what Microsoft Graph answered: its HTTP status, and code and message of its error.
func Graph(status int, code, message string) *Problem {
	raw := strings.TrimSpace(fmt.Sprintf("%d %s: %s", status, code, message))
	general := status
	if status > http.StatusInternalServerError && code != "ErrorServerBusy" {
		general = http.StatusInternalServerError
	}
	lower := strings.ToLower(message)
	row := slices.IndexFunc(graphRows, func(r graphRow) bool { // the last one matches anything
		return (r.status == 0 || r.status == general) && (r.code == "" || r.code == code) && strings.Contains(lower, r.words)
	})
	return graphRows[row].entry().Problem(nil).WithRaw(raw)
}

func (r graphRow) entry() Entry {
	e := r.Entry
	if e.ID == "" {
		e.ID = slug("graph " + r.code)
	}
	return e
}
