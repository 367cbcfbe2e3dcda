package problem

import "testing"

func TestWhatGraphAnswersHasAName(t *testing.T) {
	for _, c := range []struct {
		status        int
		code, message string
		want          Code
		who           Who
	}{
		{400, "ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.", MailRefused, Operator},
		{400, "ErrorInvalidRecipients", "At least one recipient is not valid., Recipient 'x' is not resolved. All recipients must be resolved before a message can be submitted.", RecipientRefused, You},
		{400, "ErrorMessageSizeExceeded", "The message exceeds the maximum supported size.", MailTooLarge, You},
		{401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.", SenderSettings, Operator},
		{401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.", SenderSettings, Operator},
		{403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.", SenderNoAccess, Admin},
		{403, "ErrorAccessDenied", "Access to OData is disabled.", SenderNoAccess, Admin},
		{403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings.", SenderNoAccess, Admin},
		{403, "ErrorSendAsDenied", "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account. Cannot submit message.", SenderRefused, Admin},
		{403, "ErrorQuotaExceeded", "The mailbox is over its quota.", MailboxFull, Admin},
		{404, "ErrorInvalidUser", "The requested user 'x' is invalid.", SenderUnknown, Operator},
		{404, "MailboxNotEnabledForRESTAPI", "The mailbox is either inactive, soft-deleted, or is hosted on-premise.", SenderUnknown, Admin},
		{404, "MailboxNotEnabledForRESTAPI", "REST API is not yet supported for this mailbox.", SenderUnknown, Admin},
		{413, "RequestEntityTooLarge", "The maximum request length supported is 4MB.", MailTooLarge, You},
		{429, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.", Throttled, Wait},
		{429, "ApplicationThrottled", "Too many requests.", Throttled, Wait},
		{503, "ErrorServerBusy", "The server is busy.", MailServerDown, Wait},
		{502, "", "", MailServerDown, Wait},
		{418, "ErrorNew", "Something nobody has seen.", MailRefused, Operator},
	} {
		p := Graph(c.status, c.code, c.message)
		if p.Code != c.want || p.Who != c.who || p.Title == "" || p.Raw == "" || p.Entry == "" {
			t.Errorf("%d %s %s: %+v", c.status, c.code, c.message, p)
		}
		if p.Action == "" && p.Who != Wait {
			t.Errorf("%d %s: nobody is told what to do", c.status, c.code)
		}
	}
}
