// Package auth knows who you are and what you let us do.
//
// Who you are: People keeps the users of this Postroom and checks their passwords; Sessions
// remembers a signed-in browser.
//
// What you let us do: Providers are the app registrations that the operator entered. A Connector
// takes a person to a provider's sign-in page and back, and turns the answer into a mailbox with a
// grant, the sealed refresh token. Tokens turns a grant into access tokens for as long as it holds,
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

// Probe tries an access token at a provider's mail servers before anything is stored: it signs in
// with each login in turn and says which one opened the mailbox.
type Probe func(ctx context.Context, p store.Provider, logins []string, token Secret) (Found, error)

// Found is what a Probe learned.
type Found struct {
	Login       string           // the user name that opened the mailbox
	CanSend     bool             // SMTP took the token too
	SendProblem *problem.Problem // why not, when it did not
}
