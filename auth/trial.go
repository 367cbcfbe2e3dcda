package auth

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"postroom/problem"
	"postroom/store"
)

// TrialStep is one step of a Trial. Its name is stable; the words are for people.
type TrialStep struct {
	Name    string           // settings, reach, discovery, secret, second, imap, smtp
	Outcome TrialOutcome     // how it ended
	Words   string           // what was found, when nothing was wrong
	Problem *problem.Problem // what was wrong: its action is the hint
	Took    time.Duration
}

// TrialOutcome is how a step ended.
type TrialOutcome string

// Outcomes of a TrialStep.
const (
	TrialOK      TrialOutcome = "ok"
	TrialFailed  TrialOutcome = "failed"
	TrialSkipped TrialOutcome = "skipped" // nothing to look at, or an earlier step must succeed first
)

// TrialNames are all steps in their order.
func TrialNames() []string {
	return []string{"settings", "reach", "discovery", "secret", "second", "imap", "smtp"}
}

// Knock looks at a provider's mail servers from outside: TLS, greeting, and whether they take a token
// as the provider says. It signs nobody in, and returns what the server said.
type Knock struct {
	IMAP, SMTP func(ctx context.Context, p store.Provider) (said string, err error)
}

// trialTime bounds a whole Trial: somebody waits for it.
const trialTime = 90 * time.Second

// Trial tries settings as they stand in a form, saved or not, and tells of each step as it ends. A
// blank secret stands for the stored one of the provider with p's id, as long as nothing changed of
// where it is sent. Nothing is stored, and nobody signs in.
func (s *Providers) Trial(ctx context.Context, p store.Provider, e Entered, tell func(TrialStep)) {
	ctx, cancel := context.WithTimeout(ctx, trialTime)
	defer cancel()
	t := &trial{Providers: s, p: tidy(p), e: Entered{First: tidySecret(e.First), Second: tidySecret(e.Second), DropSecond: e.DropSecond}, tell: tell}
	if !t.step(ctx, "settings", t.settings) {
		for _, name := range TrialNames()[1:] {
			t.skip(name, "The settings come first.")
		}
		return
	}
	if t.step(ctx, "reach", t.reach) && t.step(ctx, "discovery", t.discover) {
		t.step(ctx, "secret", func(ctx context.Context) (string, error) { return t.secret(ctx, slotsOf(t.old).first, t.e.First) })
		t.second(ctx)
	} else {
		for _, name := range TrialNames()[1:5] {
			t.skip(name, "The sign-in service has to answer first.")
		}
	}
	t.step(ctx, "imap", func(ctx context.Context) (string, error) { return s.Knock.IMAP(ctx, t.p) })
	t.step(ctx, "smtp", func(ctx context.Context) (string, error) { return s.Knock.SMTP(ctx, t.p) })
}

type trial struct {
	*Providers
	p         store.Provider
	e         Entered
	old       store.Provider // as it is stored; empty for a new one
	authority *authority
	told      []string
	tell      func(TrialStep)
}

// errNothing is a step that has nothing to look at; its words say why.
var errNothing = errors.New("nothing to look at")

// step does one step and tells how it ended.
func (t *trial) step(ctx context.Context, name string, do func(context.Context) (string, error)) bool {
	began := time.Now()
	words, err := do(ctx)
	done := TrialStep{Name: name, Outcome: TrialOK, Words: words, Took: time.Since(began)}
	switch {
	case errors.Is(err, errNothing):
		done.Outcome = TrialSkipped
	case err != nil:
		done.Outcome, done.Words = TrialFailed, ""
		if done.Problem = problem.Of(err); done.Problem == nil {
			done.Problem = problem.Wrap(problem.Internal, "", err)
		}
		done.Problem = inItsWords(done.Problem)
		t.Log.InfoContext(ctx, "a provider's test failed", "step", name, "problem", string(done.Problem.Code), "err", done.Problem.Unwrap())
	}
	t.told = append(t.told, name)
	t.tell(done)
	return done.Outcome != TrialFailed
}

// inItsWords adds the machine's words to a problem that has none; not to one of our own guard, which
// would tell what a name inside our network stands for.
func inItsWords(p *problem.Problem) *problem.Problem {
	if p.Raw != "" || p.Unwrap() == nil || p.Code == problem.AddressBlocked || p.Code == problem.Internal {
		return p
	}
	return p.WithRaw(plainText(p.Unwrap().Error(), 500))
}

// skip tells of a step that was not done.
func (t *trial) skip(name, why string) {
	if slices.Contains(t.told, name) {
		return
	}
	t.tell(TrialStep{Name: name, Outcome: TrialSkipped, Words: why})
}

func (t *trial) settings(ctx context.Context) (string, error) {
	if err := validProvider(t.p, t.e.First, t.e.Second); err != nil {
		return "", err
	}
	if t.p.ID != "" {
		old, err := t.Store.Provider(ctx, t.p.ID)
		if err != nil {
			return "", err
		}
		t.old = old
		t.p.Version = old.Version
	}
	return "Everything that is needed is there.", nil
}

// reach resolves the sign-in service's name and looks at its certificate.
func (t *trial) reach(ctx context.Context) (string, error) {
	address := t.p.Authority
	if t.p.TokenURL != "" {
		address = t.p.TokenURL
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", problem.Wrap(problem.Invalid, "", err)
	}
	at, err := t.HTTP.reach(ctx, u, t.p.CAPEM)
	if err != nil {
		return "", outsideProblem(err)
	}
	if u.Scheme == "http" {
		return u.Host + " answers on this machine.", nil
	}
	return u.Host + " answers at " + at + ", and its certificate is good.", nil
}

// discover reads what the service says of itself, past anything remembered.
func (t *trial) discover(ctx context.Context) (string, error) {
	place := placeOf(t.p)
	authority, err := t.authorities.fetch(ctx, place)
	if err != nil {
		return "", err
	}
	t.authority = authority
	if !place.described() {
		return "The addresses were entered by hand: there is nothing to read.", errNothing
	}
	if t.p.Kind == store.KindMicrosoft {
		return "The tenant “" + t.p.Tenant + "” is known there.", nil
	}
	return "It says where to sign in and where tokens come from.", nil
}

// secret asks the service whether it takes the client with this slot's secret.
func (t *trial) secret(ctx context.Context, stored slot, typed Secret) (string, error) {
	secret := typed
	if secret == "" && len(stored.sealed) > 0 {
		var err error
		if secret, err = t.stored(t.old, t.p, stored); err != nil {
			return "", err
		}
	}
	if secret == "" && t.p.Kind == store.KindMicrosoft {
		return "", problem.New(problem.Invalid, "A client secret is needed.")
	}
	known, err := prove(ctx, t.authority, t.p, secret, t.RedirectURI())
	switch {
	case err != nil:
		return "", err
	case known == unclear:
		return "The service answers, but says nothing about the client secret. The first mailbox that is connected will show whether it is right.", errNothing
	case secret == "":
		return "The client ID is known there, and needs no secret.", nil
	}
	return "Client ID and client secret are accepted.", nil
}

// second tries the other slot where it holds something.
func (t *trial) second(ctx context.Context) {
	stored := slotsOf(t.old).second
	if t.e.DropSecond || t.e.Second == "" && len(stored.sealed) == 0 {
		t.skip("second", "There is no second client secret.")
		return
	}
	t.step(ctx, "second", func(ctx context.Context) (string, error) { return t.secret(ctx, stored, t.e.Second) })
}
