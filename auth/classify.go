package auth

import (
	"errors"
	"time"

	"postroom/problem"
	"postroom/store"
)

// slowRetry is how long a mailbox waits that somebody else must mend: often enough to notice that
// it was mended, seldom enough to bother nobody.
const slowRetry = 15 * time.Minute

// Verdict is what an error means for a mailbox.
type Verdict struct {
	State   store.MailboxState // NeedsYou, NeedsAdmin, NeedsOperator or Offline
	Problem *problem.Problem
	Retry   time.Duration // wait at least so long; 0: the caller's own back-off. Unused for NeedsYou
}

// Classify says who has to act on err: the person (NeedsYou: stop until they reconnect), the
// administrator of their organisation (NeedsAdmin) or whoever runs this Postroom (NeedsOperator: try
// again slowly, both), or nobody (Offline: it passes). What is no problem is our own fault and passes
// too; it never makes anybody sign in again.
func Classify(err error) Verdict {
	p := problem.Of(err)
	if p == nil {
		p = problem.Wrap(problem.Internal, "", err).WithAction(problem.Wait, "Postroom tries again by itself.")
	}
	switch p.Who {
	case problem.You:
		return Verdict{State: store.NeedsYou, Problem: p}
	case problem.Admin:
		return Verdict{State: store.NeedsAdmin, Problem: p, Retry: max(slowRetry, RetryAfter(err))}
	case problem.Operator:
		return Verdict{State: store.NeedsOperator, Problem: p, Retry: max(slowRetry, RetryAfter(err))}
	default:
		return Verdict{State: store.Offline, Problem: p, Retry: RetryAfter(err)}
	}
}

// RetryAfter is how long the other side asked us to wait, or 0.
func RetryAfter(err error) time.Duration {
	if r := (*retryError)(nil); errors.As(err, &r) {
		return r.after
	}
	return 0
}

// retryError is a refusal that came with a time to wait (Retry-After).
type retryError struct {
	after time.Duration
	err   error
}

func (e *retryError) Error() string { return e.err.Error() + ", retry after " + e.after.String() }
func (e *retryError) Unwrap() error { return e.err }
