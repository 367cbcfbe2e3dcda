package problem

import "slices"

// oauthRows are OAuth's own errors (RFC 6749, OpenID Connect Core, and Microsoft's). They decide what
// is done; the numbers of entraRows choose better words.
var oauthRows = []Entry{
	{Says: "invalid_grant", Code: Reconnect, Detail: "The permission that this mailbox was connected with is not valid any more."},
	{Says: "interaction_required", Code: Reconnect, Detail: "The sign-in service wants to see you in person."},
	{Says: "consent_required", Code: Reconnect, Detail: "The sign-in service wants your consent again."},
	{Says: "login_required", Code: Reconnect, Detail: "The sign-in service wants you to sign in."},
	{Says: "account_selection_required", Code: Reconnect, Detail: "The sign-in service wants to know which account you mean."},
	{Says: "access_denied", Code: ConsentDeclined},
	{Says: "invalid_client", Code: ProviderSecret},
	{Says: "unauthorized_client", Code: ProviderConfig, Detail: "This application may not do that here."},
	{Says: "invalid_scope", Code: ProviderConfig, Detail: "The scopes are not right."},
	{Says: "invalid_resource", Code: ProviderConfig, Detail: "The scopes name a service that is not known here."},
	{Says: "invalid_target", Code: ProviderConfig, Detail: "The scopes name a service that is not known here."},
	{Says: "invalid_request", Code: ProviderConfig, Detail: "The sign-in service could not read the request."},
	{Says: "unsupported_grant_type", Code: ProviderConfig, Detail: "The sign-in service does not do this kind of sign-in."},
	{Says: "unsupported_response_type", Code: ProviderConfig, Detail: "The sign-in service does not do this kind of sign-in."},
	{Says: "invalid_tenant", Code: ProviderConfig, Detail: "There is no such tenant."},
	{Says: "temporarily_unavailable", Code: ProviderDown, Detail: "The sign-in service is busy."},
	{Says: "server_error", Code: ProviderDown, Detail: "The sign-in service has a fault."},
	{Says: "slow_down", Code: ProviderDown, Detail: "The sign-in service was asked too often."},
	{Says: "authorization_pending", Code: ProviderDown, Detail: "The sign-in is not finished yet."},
}

// OAuth looks up an OAuth error by its name.
func OAuth(name string) (Entry, bool) {
	i := slices.IndexFunc(oauthRows, func(e Entry) bool { return e.Says == name })
	if i < 0 {
		return Entry{}, false
	}
	return oauthEntry(oauthRows[i]), true
}

func oauthEntry(e Entry) Entry {
	e.ID = slug("oauth " + e.Says)
	return e
}
