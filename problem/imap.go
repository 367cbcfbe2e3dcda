package problem

import (
	"slices"
	"strings"
)

// imapRow is one line of what IMAP servers say in a NO, BAD or BYE.
type imapRow struct {
	words string // in lower case
	Entry
}

// imapRows are looked through in order. The words are Exchange's, which gives no codes, unless noted.
var imapRows = []imapRow{
	{"authenticated but not connected", Entry{
		Says: "User is authenticated but not connected.", Code: NotConnected,
		Detail: "Usually another account was chosen at the sign-in than the one that this mailbox belongs to, or IMAP is switched off for it. " +
			"It also happens where the address is an alias, the account has no Exchange licence, the mailbox was only just made or moved, " +
			"the organisation lets only some apps or networks in, or too many programs are connected at once.",
		Action: "Reconnect and choose the right account. If it was the right one, ask your Microsoft 365 administrator to allow IMAP for it. If it worked before, it may pass by itself.",
		Ask:    "check that this account has an Exchange Online licence and that IMAP is allowed for it",
		Where:  "Microsoft 365 admin centre › Users › Active users › the account › Mail › Manage email apps › IMAP",
		Run:    []string{`Get-CASMailbox {mailbox} | Format-List ImapEnabled`, `Set-CASMailbox {mailbox} -ImapEnabled $true`}}},
	{"request is throttled", Entry{
		Says: "Request is throttled. Suggested Backoff Time: 92415 milliseconds", Code: Throttled,
		Detail: "Too much was asked of this mailbox in a short time, by Postroom or by another program."}},
	{"throttl", Entry{Says: "AccountThrottled, [THROTTLED]", Code: Throttled,
		Detail: "Too much was asked of this mailbox in a short time, by Postroom or by another program."}},
	{"backoff time", Entry{Says: "Backoff Time", Code: Throttled}},
	{"accesstokenexpired", Entry{
		Says: "Session invalidated - AccessTokenExpired", Code: MailServerDown,
		Detail: "A sign-in lasts about an hour and this one was over. Postroom signs in again by itself."}},
	{"authenticate failed", Entry{
		Says: "AUTHENTICATE failed.", Code: IMAPRefused,
		Detail: "Microsoft did not take the token. IMAP may be switched off for this mailbox, the permission may be for something else than mail, or Microsoft has a fault."}},
	{"authenticationfailed", Entry{Says: "[AUTHENTICATIONFAILED]", Code: IMAPRefused}}, // RFC 5530
	{"invalid credentials", Entry{Says: "Invalid credentials (Failure)", Code: IMAPRefused, // Gmail
		Detail: "Google did not take the token."}},
	{"login failed", Entry{Says: "LOGIN failed.", Code: IMAPRefused,
		Detail: "The mail server did not take the sign-in. Microsoft says so where a password was used: it takes none over IMAP."}},
	{"logon failure", Entry{Says: "Logon failure", Code: IMAPRefused}},
	{"server unavailable", Entry{
		Says: "Server Unavailable. 15", Code: MailServerDown,
		Detail: "The mailbox's own server is down, or the mailbox is being moved."}},
	{"unavailable", Entry{Says: "[UNAVAILABLE]", Code: MailServerDown}}, // RFC 5530
	{"serverbug", Entry{Says: "[SERVERBUG]", Code: MailServerDown, // RFC 5530
		Detail: "The mail server has a fault."}},
	{"internal server error", Entry{Says: "Internal server error", Code: MailServerDown, Detail: "The mail server has a fault."}},
	{"too many simultaneous connections", Entry{Says: "[ALERT] Too many simultaneous connections.", Code: MailServerDown, // Gmail
		Detail: "Too many programs are connected to this mailbox at once."}},
	{"maximum number of connections", Entry{Says: "Maximum number of connections from user+IP exceeded", Code: MailServerDown, // Dovecot
		Detail: "Too many programs are connected to this mailbox at once."}},
	{"connection closed", Entry{Says: "BYE Connection closed. 14", Code: MailServerDown,
		Detail: "The mail server ended the connection, as it does now and then."}},
	{"connection is closed", Entry{Says: "BYE Connection is closed. 13", Code: MailServerDown,
		Detail: "The mail server ended a connection that was quiet for long."}},
	{"overquota", Entry{Says: "[OVERQUOTA]", Code: MailboxFull}}, // RFC 5530
	{"quota exceeded", Entry{Says: "Quota exceeded", Code: MailboxFull}},
	{"maximum size of appendable message", Entry{
		Says: "Maximum size of appendable message has been exceeded", Code: MailTooLarge,
		Detail: "The mail server would not file a mail of this size."}},
	{"trycreate", Entry{Says: "[TRYCREATE]", Code: FolderGone}},     // RFC 3501
	{"nonexistent", Entry{Says: "[NONEXISTENT]", Code: FolderGone}}, // RFC 5530
	{"doesn't exist", Entry{Says: "… doesn't exist.", Code: FolderGone,
		Detail: "The folder was renamed or deleted in another program."}},
	{"does not exist", Entry{Says: "… does not exist", Code: FolderGone}},
	{"mailbox not found", Entry{Says: "Mailbox not found", Code: FolderGone}},
	{"unknown mailbox", Entry{Says: "Unknown mailbox", Code: FolderGone}},
	{"already exists", Entry{Says: "Mailbox already exists", Code: ServerRefused,
		Detail: "There is a folder of that name already; capitals make no difference.", Action: "Choose another name."}},
	{"folder name is reserved", Entry{Says: "Folder name is reserved", Code: ServerRefused,
		Detail: "The mail server keeps that folder name for itself.", Action: "Choose another name."}},
	{"requested messages no longer exist", Entry{
		Says: "Some of the requested messages no longer exist.", Code: ServerRefused, Who: Wait,
		Detail: "Another program has deleted or moved some of these mails.", Action: "Postroom looks again by itself."}},
	{"badcharset", Entry{Says: "[BADCHARSET (US-ASCII)] The specified charset is not supported.", Code: ServerRefused, Who: Wait,
		Detail: "The mail server cannot search for such letters.", Action: "Postroom searches its own copy instead."}},
	{"command argument error", Entry{Says: "BAD Command Argument Error. 11, 12", Code: ServerRefused,
		Detail: "The mail server did not understand the request, or it was too large for it."}},
	{"command error", Entry{Says: "BAD Command Error. 10, 11, 12", Code: ServerRefused,
		Detail: "The mail server did not understand the request, or it was too large for it."}},
	{"received in invalid state", Entry{Says: "BAD Command received in Invalid state.", Code: ServerRefused,
		Detail: "The mail server had closed the folder meanwhile."}},
	{"", Entry{ID: "imap-other", Says: "any other NO or BAD", Code: ServerRefused}},
}

// personalIMAP is NotConnected or IMAPRefused for a personal Microsoft account.
var personalIMAP = Entry{
	ID: "imap-personal", Says: "User is authenticated but not connected. (at a personal Outlook.com account)", Code: NotConnected, Who: You,
	Detail: "New Outlook.com accounts have IMAP switched off at first. It may also be another account than the one whose mailbox you want.",
	Action: "Open Outlook.com › Settings › Mail › Forwarding and IMAP and switch on “Let devices and apps use IMAP”. Then connect again; a mailbox that is connected already goes on by itself."}

// Personal returns p in the words for a personal Microsoft account, which its owner sets up alone.
func (p *Problem) Personal() *Problem {
	if p == nil || p.Code != NotConnected && p.Code != IMAPRefused {
		return p
	}
	e := personalIMAP
	e.Code = p.Code
	return e.Problem(p.cause).WithRaw(p.Raw)
}

// IMAP names what an IMAP server said. A refusal that nothing here knows is ServerRefused.
func IMAP(text string) *Problem {
	lower := strings.ToLower(text)
	row := slices.IndexFunc(imapRows, func(r imapRow) bool { return strings.Contains(lower, r.words) }) // the last matches anything
	return imapRows[row].entry().Problem(nil).WithRaw(text)
}

func (r imapRow) entry() Entry {
	e := r.Entry
	if e.ID == "" {
		e.ID = slug("imap " + r.words)
	}
	return e
}
