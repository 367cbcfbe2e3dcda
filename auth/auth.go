// Package auth knows who you are and what you let us do.
//
// Who you are: People keeps the users of this Postroom and checks their passwords; Sessions
// remembers a signed-in browser.
//
// What you let us do: Providers are the app registrations that the operator entered. A Connector
// takes a person to a provider's sign-in page and back, and turns the answer, step by step and in view,
// into a mailbox with a grant, the sealed refresh token. Tokens turns a grant into access tokens for as long as it holds,
// and says in words who has to act when it no longer does.
//
// Nothing secret leaves this package unsealed except as a Secret, which does not print. Keys seals;
// the store keeps what is sealed. Every dial to the outside goes through the Dialer that main guards.
package auth

import (
	"context"
	"net"

	"postroom/problem"
	"postroom/store"
)

// Dialer opens connections to the outside. main gives the guarded one, which refuses addresses of
// our own network; the sign-in service, IMAP and SMTP are all reached through it.
type Dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// Probe tries an access token at a provider's mail servers before anything is stored: it signs in with
// each name in turn until one opens a mailbox, and looks at what it can do. It sends nothing.
type Probe func(ctx context.Context, t Trial) (Found, error)

// Trial is what a Probe tries.
type Trial struct {
	Provider   store.Provider
	Logins     []string // names for IMAP, the likeliest first
	SMTPLogins []string // names for SMTP; none: the one that opened the mailbox
	Token      Secret
	Tell       func(store.Step) // hears of each step when it begins and when it ends
}

// Found is what a Probe learned.
type Found struct {
	Login       string           // the user name that opened the mailbox
	SMTPLogin   string           // the one that SMTP took, where Trial named some
	CanSend     bool             // SMTP took the token too
	SendProblem *problem.Problem // why not, when it did not
}
