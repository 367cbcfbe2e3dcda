package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"postroom/problem"
	"postroom/store"
)

// exchangeTime bounds the talk with the sign-in service.
const exchangeTime = time.Minute

// attempt is a store.Attempt in hand.
type attempt struct {
	*Connector
	row      store.Attempt
	provider store.Provider
	held     pending
	began    time.Time // the step that runs
	drop     context.CancelCauseFunc
}

// asking ends an attempt's run with something that the person has to say.
type asking struct {
	question store.Question
	why      *problem.Problem
}

func (a asking) Error() string { return "asks for " + string(a.question) }
func (a asking) Unwrap() error { return a.why }

// errDropped is an attempt that is no longer there, or was ended by somebody else.
var errDropped = errors.New("attempt was dropped")

// carry carries an attempt out, to its end or to a question.
func (c *Connector) carry(ctx context.Context, id string) {
	within, drop := context.WithCancelCause(ctx)
	defer drop(nil)
	w := &attempt{Connector: c, drop: drop}
	err := w.run(within, id)
	if errors.Is(context.Cause(within), errDropped) {
		return
	}
	if ctx.Err() != nil {
		err = problem.Wrap(problem.Interrupted, "", ctx.Err())
	}
	if err := w.end(context.WithoutCancel(ctx), err); err != nil && !problem.Is(err, problem.Conflict) {
		c.Log.ErrorContext(ctx, "end attempt", "attempt", id, "err", err)
	}
}

func (w *attempt) run(ctx context.Context, id string) (err error) {
	if w.row, err = w.Store.WorkingAttempt(ctx, id); err != nil {
		w.drop(errDropped)
		return fmt.Errorf("read attempt: %w", err)
	}
	if w.held, err = w.unseal(w.row); err != nil {
		return err
	}
	if w.provider, err = w.Store.Provider(ctx, w.row.ProviderID); err != nil {
		return fmt.Errorf("read provider: %w", err)
	}
	if w.provider.Version != w.held.ProviderVersion {
		return problem.New(problem.StateInvalid, "The provider's settings were changed in the meantime.")
	}
	if !w.held.granted() {
		if err := w.redeem(ctx); err != nil {
			return err
		}
	}
	known, err := w.account(ctx)
	if err != nil {
		return err
	}
	found, err := w.openMailbox(ctx, known)
	if err != nil {
		return err
	}
	return w.step(ctx, store.StepStore, func() (string, error) { return w.keep(ctx, known, found) })
}

// redeem turns the code into a grant that is verified and complete.
func (w *attempt) redeem(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, exchangeTime)
	defer cancel()
	authority, err := w.authorities.of(ctx, w.provider)
	if err != nil {
		return err
	}
	h := w.held
	w.held.Code, w.held.Verifier = "", "" // they answer once
	var token *oauth2.Token
	err = w.step(ctx, store.StepToken, func() (string, error) {
		token, err = w.exchange(ctx, authority, w.provider, h)
		if err != nil {
			return "", err
		}
		w.held.Who, err = w.who(ctx, authority, w.provider, h, w.row.Wish.Address, token)
		return "", err
	})
	if err != nil {
		return err
	}
	return w.step(ctx, store.StepScopes, func() (string, error) {
		w.held.Access, w.held.Refresh = Secret(token.AccessToken), Secret(token.RefreshToken)
		return "", enough(w.provider, token)
	})
}

// step does one thing in view.
func (w *attempt) step(ctx context.Context, name store.StepName, do func() (detail string, err error)) error {
	w.tell(ctx, store.Step{Name: name, State: store.StepRuns})
	detail, err := do()
	w.tell(ctx, stepDone(name, detail, err))
	return err
}

// stepDone is how a step ended.
func stepDone(name store.StepName, detail string, err error) store.Step {
	s := store.Step{Name: name, State: store.StepOK, Detail: detail}
	if err != nil {
		s.State, s.Problem = store.StepFailed, asProblem(err)
	}
	return s
}

func asProblem(err error) *problem.Problem {
	if p := problem.Of(err); p != nil {
		return p
	}
	return problem.Wrap(problem.Internal, "", err)
}

// tell puts a step into view. What ended is written down with the step that follows, or with the end:
// that comes at once.
func (w *attempt) tell(ctx context.Context, s store.Step) {
	s.At = w.Store.Now()
	if s.State == store.StepRuns {
		w.began = time.Now()
	} else {
		s.Millis = time.Since(w.began).Milliseconds()
	}
	w.row.Steps = putStep(w.row.Steps, s)
	if s.State != store.StepRuns {
		return
	}
	if err := w.write(ctx); err != nil {
		w.drop(errDropped)
	}
}

// putStep replaces the step of the same name, or adds s.
func putStep(steps []store.Step, s store.Step) []store.Step {
	for i := range steps {
		if steps[i].Name == s.Name {
			steps[i] = s
			return steps
		}
	}
	return append(steps, s)
}

func (w *attempt) write(ctx context.Context) error {
	sealed, err := w.seal(w.row, w.held)
	if err != nil {
		return err
	}
	w.row.Held = sealed
	return w.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UpdateAttempt(&w.row) })
}

// end writes down how a run ended. One that stored the mailbox has written its end with it.
func (w *attempt) end(ctx context.Context, err error) error {
	var asks asking
	switch {
	case err == nil:
		w.Log.InfoContext(ctx, "mailbox connected", "user", w.row.UserID, "mailbox", w.row.ConnectedID, "provider", w.row.ProviderID)
		return nil
	case errors.As(err, &asks):
		w.row.State, w.row.Asks, w.row.Problem = store.Asking, asks.question, asks.why
		return w.write(ctx)
	}
	p := asProblem(err)
	w.logFailure(ctx, w.row.UserID, p)
	w.row.State, w.row.Problem = store.Broken, p
	if n := len(w.row.Steps); n > 0 && w.row.Steps[n-1].State == store.StepRuns {
		w.row.Steps[n-1].State = store.StepFailed
	}
	return w.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.UpdateAttempt(&w.row); err != nil {
			return err
		}
		return moveLink(tx, w.row)
	})
}
