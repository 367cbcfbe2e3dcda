package mailbox

import (
	"context"
	"errors"
	"time"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// probeTime bounds a whole probe: somebody waits for it in a browser.
const probeTime = 45 * time.Second

// NewProbe returns the check that a connection passes before it is stored: sign-in to IMAP with each
// name in turn, until one opens an INBOX, and sign-in to SMTP without sending. A mailbox that cannot
// send is connected all the same, and says why.
func NewProbe(dial auth.Dialer) auth.Probe {
	return func(ctx context.Context, p store.Provider, logins []string, token auth.Secret) (auth.Found, error) {
		ctx, cancel := context.WithTimeout(ctx, probeTime)
		defer cancel()
		var refusal error
		for _, login := range logins {
			err := tryIMAP(ctx, dial, p, login, token)
			if err == nil {
				return trySMTP(ctx, dial, p, login, token), nil
			}
			if !problem.Is(err, problem.NotConnected) && !problem.Is(err, problem.IMAPRefused) {
				return auth.Found{}, err
			}
			// "Not connected" means that the account is good and this name is not that of its
			// mailbox: it says more than a refusal does.
			if refusal == nil || problem.Is(err, problem.NotConnected) {
				refusal = err
			}
		}
		if refusal == nil {
			refusal = errors.New("probe: no login to try")
		}
		return auth.Found{}, refusal
	}
}

func tryIMAP(ctx context.Context, dial auth.Dialer, p store.Provider, login string, token auth.Secret) error {
	s, err := signIn(ctx, dial, p, login, token, probeTime)
	if err != nil {
		return err
	}
	defer s.close()
	_, err = s.open(ctx, "INBOX")
	return err
}

func trySMTP(ctx context.Context, dial auth.Dialer, p store.Provider, login string, token auth.Secret) auth.Found {
	sub, err := dialSMTP(ctx, dial, p, login, token, probeTime)
	if err == nil {
		sub.close()
		return auth.Found{Login: login, CanSend: true}
	}
	why := problem.Of(err)
	if why == nil {
		why = problem.Wrap(problem.MailServerDown, "", err)
	}
	return auth.Found{Login: login, SendProblem: why}
}
