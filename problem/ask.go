package problem

// asks is what to ask of an administrator for problems that no row of another machine's words names,
// and where the operator finds what is to be changed.
var asks = map[Code]Entry{
	AdminConsent: {Ask: "grant admin consent for Postroom", Where: enterprise + "Permissions › Grant admin consent"},
	SignInBlocked: {Ask: "let Postroom through the policy that blocked this sign-in",
		Where: signInLogs + " › the failed sign-in"},
	AccountDisabled: {Ask: "see why this account cannot sign in, and enable it", Where: signInLogs},
	NotConnected: {Ask: "check that this account has a mailbox and that IMAP is allowed for it",
		Run: []string{`Set-CASMailbox {mailbox} -ImapEnabled $true`}},
	SMTPDisabled: {Ask: "allow authenticated SMTP for this mailbox (Postroom signs in with OAuth; no password is involved)",
		Run: []string{`Set-CASMailbox {mailbox} -SmtpClientAuthenticationDisabled $false`}},
	SenderRefused:  {Ask: "give this account the Send As permission for the From address", Run: []string{sendAs}},
	SenderNoAccess: {Ask: "let Postroom's application send as this mailbox"},

	Forbidden:      {Ask: "let me do this, or do it for me"},
	Internal:       {Ask: "see what the log says about it"},
	ProviderSecret: {Where: secrets},
	ProviderConfig: {Where: overview},
	SenderSettings: {Where: overview},
}

// codeEntry is the catalogue's line for a code.
func codeEntry(c Code) Entry {
	e := asks[c]
	e.ID, e.Says, e.Code = string(c), string(c), c
	return e
}
