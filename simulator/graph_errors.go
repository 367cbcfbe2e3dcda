package simulator

import (
	"net/http"
	"strings"
)

// graphError is a refusal as Microsoft Graph words it.
type graphError struct {
	status        int
	code, message string
	retry         string // Retry-After, seconds
}

// graphErrors are the refusals of sendMail, by the words that switch them on. The texts are Microsoft's
// as far as they are known.
var graphErrors = map[string]graphError{
	"base64":      {400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.", ""},
	"recipients":  {400, "ErrorInvalidRecipients", "At least one recipient is not valid., Recipient '{user}' is not resolved. All recipients must be resolved before a message can be submitted.", ""},
	"size":        {400, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.", ""},
	"expired":     {401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", ""},
	"audience":    {401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.", ""},
	"denied":      {403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.", ""},
	"odata":       {403, "ErrorAccessDenied", "Access to OData is disabled.", ""},
	"raop":        {403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.", ""},
	"sendas":      {403, "ErrorSendAsDenied", "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account. Cannot submit message.", ""},
	"quota":       {403, "ErrorQuotaExceeded", "The mailbox is over its quota.", ""},
	"unknown":     {404, "ErrorInvalidUser", "The requested user '{user}' is invalid.", ""},
	"nomailbox":   {404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.", ""},
	"norest":      {404, "MailboxNotEnabledForRESTAPI", "REST API is not yet supported for this mailbox.", ""},
	"length":      {413, "RequestEntityTooLarge", "The maximum request length supported is 4MB.", ""},
	"throttled":   {429, "ApplicationThrottled", "Application is over its request limit.", "10"},
	"concurrency": {429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", "1"},
	"busy":        {503, "ErrorServerBusy", "The server cannot service this request right now. Try again later.", "5"},
}

// refuseGraph answers with the refusal of that name; user is whom its text names.
func (s *Simulator) refuseGraph(w http.ResponseWriter, r *http.Request, name, user string) {
	name, retry, _ := strings.Cut(name, ":")
	e, known := graphErrors[name]
	if !known {
		e = graphErrors["denied"]
	}
	if retry != "" {
		e.retry = retry
	}
	if e.retry != "" {
		w.Header().Set("Retry-After", e.retry)
	}
	if e.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="", authorization_uri="`+s.Authority()+`/common/oauth2/authorize"`)
	}
	id := traceID()
	inner := map[string]string{"date": s.opts.Now().UTC().Format("2006-01-02T15:04:05"), "request-id": id, "client-request-id": id}
	if client := r.Header.Get("client-request-id"); client != "" {
		inner["client-request-id"] = client
	}
	w.Header().Set("request-id", id)
	writeJSON(w, e.status, map[string]any{"error": map[string]any{
		"code": e.code, "message": strings.ReplaceAll(e.message, "{user}", user), "innerError": inner,
	}})
}
