package auth

import (
	"context"
	"fmt"

	"postroom/problem"
	"postroom/store"
)

// What stands in the audit log beside the operations that administrators and managers call.
const (
	SignedIn       = "session.open"   // Detail: with what
	SignedOut      = "session.close"  //
	SignInRefused  = "session.refuse" // Subject: whose account, where it exists; nobody was signed in
	SignInLocked   = "session.lock"   // too many failures: no more are looked at for a while
	FactorRefused  = "factor.refuse"  // a wrong second step
	PasswordReset  = "account.reset"  // by a link; Subject: whose
	AccountChanged = "account.change" // Detail: what somebody changed of their own account
)

// earlierSignIns is how many of somebody's last sign-ins tell which places are known.
const earlierSignIns = 50

// Note writes one line into the audit log.
func (p *People) Note(ctx context.Context, e store.AuditEntry) error {
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddAudit(e) }); err != nil {
		return fmt.Errorf("note %s: %w", e.Action, err)
	}
	return nil
}

// NoteSignIn notes that user signed in, with what, from which browser; and whether it is the first time
// from there, when there was a time before.
func (p *People) NoteSignIn(ctx context.Context, userID, with, agent, ip string) error {
	before, err := p.store.LastAudit(ctx, userID, SignedIn, earlierSignIns)
	if err != nil {
		return fmt.Errorf("read earlier sign-ins: %w", err)
	}
	fresh := len(before) > 0
	for _, e := range before {
		fresh = fresh && networkOf(e.IP) != networkOf(ip)
	}
	detail := with + ", " + Agent(agent).String()
	if fresh {
		detail += ", new place"
	}
	return p.Note(ctx, store.AuditEntry{UserID: userID, Action: SignedIn, Subject: userID, Detail: detail, IP: ip})
}

// spent is the answer to every link that does not count, whatever the reason.
func spent(err error) error {
	if err == nil || problem.Is(err, problem.NotFound) {
		return problem.New(problem.LinkSpent, "")
	}
	return err
}
