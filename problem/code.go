package problem

import (
	"maps"
	"net/http"
	"slices"
)

// Code is a problem's stable name: the browser, the tests and the documentation match on it.
type Code string

const (
	NotFound     Code = "not_found"
	Conflict     Code = "conflict"
	Invalid      Code = "invalid"
	Forbidden    Code = "forbidden"
	SignInNeeded Code = "sign_in_needed"
	SignInFailed Code = "sign_in_failed"
	TooMany      Code = "too_many_attempts"
	TooLarge     Code = "too_large"
	Internal     Code = "internal"
	SetupClosed  Code = "setup_closed"
	LinkSpent    Code = "link_spent"    // an invitation or a reset link that was used, withdrawn or is too old
	SecondFactor Code = "second_factor" // the password was right, and a second step is to come
	CodeWrong    Code = "code_wrong"    // the six digits or the recovery code
	ProveAgain   Code = "prove_again"   // signed in too long ago for what was asked
	NoAccount    Code = "no_account"    // a sign-in elsewhere that nobody here is known by

	ConsentDeclined  Code = "consent_declined"  // the person pressed Cancel or No
	ConsentPartial   Code = "consent_partial"   // some permission that mail needs was not granted
	AdminConsent     Code = "admin_consent"     // only an administrator may consent
	StateInvalid     Code = "state_invalid"     // the answer does not belong to a question of this browser
	CodeExpired      Code = "code_expired"      // the authorization code was too old or used before
	WrongAccount     Code = "wrong_account"     // another account than the one to be reconnected
	Interrupted      Code = "interrupted"       // connecting a mailbox ended with the process that did it
	NotAllowed       Code = "not_allowed"       // this Postroom does not let that account or address be connected
	TokenInvalid     Code = "token_invalid"     // the id_token does not prove what it should
	SignInBlocked    Code = "sign_in_blocked"   // a policy of the organisation refuses the sign-in
	AccountDisabled  Code = "account_disabled"  // the account is disabled, locked or unknown
	Reconnect        Code = "reconnect"         // the grant is gone: sign in at the provider again
	ProviderDown     Code = "provider_down"     // the sign-in service does not answer, or says try later
	ProviderSecret   Code = "provider_secret"   // client secret wrong, expired or missing
	ProviderConfig   Code = "provider_config"   // client id, tenant, redirect URI, platform or scopes are wrong
	SecretUnreadable Code = "secret_unreadable" // a sealed value does not open with our keys
	MailServerDown   Code = "mail_server_down"  // IMAP or SMTP host refuses, times out or closes
	MailServerTLS    Code = "mail_server_tls"   // the mail server's certificate or TLS is not acceptable
	AddressBlocked   Code = "address_blocked"   // our own guard refuses to dial that address
	IMAPRefused      Code = "imap_refused"      // IMAP does not take the token
	NotConnected     Code = "not_connected"     // Exchange: "User is authenticated but not connected"
	Throttled        Code = "throttled"         // the server asked us to wait
	FolderGone       Code = "folder_gone"       // a folder that is not there any more
	ServerRefused    Code = "server_refused"    // the mail server refused a change
	MailUnreadable   Code = "mail_unreadable"   // a mail that cannot be parsed or fetched; its source stays
	SMTPRefused      Code = "smtp_refused"      // SMTP does not take the token
	SMTPDisabled     Code = "smtp_disabled"     // SMTP AUTH is switched off for tenant or mailbox
	SenderRefused    Code = "sender_refused"    // not allowed to send as this address
	RecipientRefused Code = "recipient_refused" // the server refuses a recipient
	SendLimit        Code = "send_limit"        // a sending limit is reached
	MailTooLarge     Code = "mail_too_large"    // larger than the server takes
	MailRefused      Code = "mail_refused"      // the server refused the mail for another reason
	SendUncertain    Code = "send_uncertain"    // the answer was lost: it may or may not have been sent
	MailboxFull      Code = "mailbox_full"

	SenderSettings Code = "sender_settings"  // system mail: the account that sends is not entered right
	SenderNoAccess Code = "sender_no_access" // system mail: the application may not send as the sender
	SenderUnknown  Code = "sender_unknown"   // system mail: the sender has no mailbox
	SenderMissing  Code = "sender_missing"   // Postroom has no way to send mail of its own
	SenderSignIn   Code = "sender_sign_in"   // the mail server does not take user name and password
)

type entry struct {
	title  string
	who    Who
	action string
	status int
}

// Status is the HTTP status for this code; 500 for a code that the catalogue lacks.
func (c Code) Status() int {
	if e, ok := catalogue[c]; ok && e.status != 0 {
		return e.status
	}
	return http.StatusInternalServerError
}

// Codes lists every code of the catalogue, sorted.
func Codes() []Code { return slices.Sorted(maps.Keys(catalogue)) }
