package mailbox

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// probeTime bounds a whole probe: somebody waits for it in a browser.
const probeTime = 45 * time.Second

// NewProbe returns the check that a connection passes before it is stored: sign-in to IMAP with each
// name in turn until one opens a mailbox, its INBOX, sign-in to SMTP without sending, and the folder for
// sent mail. A mailbox that cannot send is found all the same, and says why.
func NewProbe(dial auth.Dialer) auth.Probe {
	return func(ctx context.Context, t auth.Trial) (found auth.Found, err error) {
		ctx, cancel := context.WithTimeout(ctx, probeTime)
		defer cancel()
		p := probe{t, dial}
		var s *session
		err = p.step(store.StepIMAP, func() (string, error) {
			s, found.Login, err = p.signIn(ctx)
			return found.Login, err
		})
		if err != nil {
			return auth.Found{}, err
		}
		defer s.close()
		err = p.step(store.StepInbox, func() (string, error) {
			_, err := s.open(ctx, "INBOX")
			return "", err
		})
		if err != nil {
			return auth.Found{}, err
		}
		p.trySMTP(ctx, &found)
		return found, p.lookForSent(ctx, s)
	}
}

// probe is one Trial under way.
type probe struct {
	auth.Trial
	dial auth.Dialer
}

// step does one thing and tells of it.
func (p probe) step(name store.StepName, do func() (detail string, err error)) error {
	p.tell(store.Step{Name: name, State: store.StepRuns})
	detail, err := do()
	done := store.Step{Name: name, State: store.StepOK, Detail: detail}
	if err != nil {
		done.State, done.Problem = store.StepFailed, problemOf(err)
	}
	p.tell(done)
	return err
}

func (p probe) tell(s store.Step) {
	if p.Tell != nil {
		p.Tell(s)
	}
}

func problemOf(err error) *problem.Problem {
	if p := problem.Of(err); p != nil {
		return p
	}
	return problem.Wrap(problem.MailServerDown, "", err)
}

// signIn opens the first mailbox that answers to one of the names.
func (p probe) signIn(ctx context.Context) (*session, string, error) {
	var refusal error
	for _, login := range p.Logins {
		s, err := signIn(ctx, p.dial, p.Provider, login, p.Token, probeTime)
		if err == nil {
			return s, login, nil
		}
		if !problem.Is(err, problem.NotConnected) && !problem.Is(err, problem.IMAPRefused) {
			return nil, "", err
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
	return nil, "", refusal
}

// trySMTP signs in for sending, as the name that opened the mailbox or as the first of SMTPLogins that
// is taken.
func (p probe) trySMTP(ctx context.Context, found *auth.Found) {
	names := p.SMTPLogins
	if len(names) == 0 {
		names = []string{found.Login}
	}
	p.tell(store.Step{Name: store.StepSMTP, State: store.StepRuns})
	for _, login := range names {
		sub, err := dialSMTP(ctx, p.dial, p.Provider, login, p.Token, probeTime)
		if err == nil {
			sub.close()
			found.CanSend, found.SendProblem = true, nil
		} else if why := problemOf(err); found.SendProblem == nil || found.SendProblem.Code == problem.SMTPRefused {
			found.SendProblem = why
		}
		if err == nil || found.SendProblem.Code != problem.SMTPRefused {
			if len(p.SMTPLogins) > 0 {
				found.SMTPLogin = login
			}
			break
		}
	}
	done := store.Step{Name: store.StepSMTP, State: store.StepOK, Detail: found.SMTPLogin}
	if !found.CanSend {
		done.State, done.Problem = store.StepWarns, found.SendProblem
	}
	p.tell(done)
}

// lookForSent says where copies of sent mail are. A mailbox without such a folder is a mailbox.
func (p probe) lookForSent(ctx context.Context, s *session) error {
	return p.step(store.StepSent, func() (string, error) {
		list, err := s.folders(ctx)
		if err != nil {
			return "", err
		}
		folders := foldersOf(list)
		i := slices.IndexFunc(folders, func(f store.Folder) bool { return f.Role == store.Sent && !f.Hidden })
		if i < 0 {
			return "", nil
		}
		return strings.TrimSpace(folders[i].Path), nil
	})
}
