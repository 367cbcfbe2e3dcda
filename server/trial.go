package server

import (
	"context"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// TrialForm are a provider's settings to be tried, saved or not.
type TrialForm struct {
	ProviderForm
	ID string `json:"id,omitempty" maxLength:"40" doc:"A stored provider, whose secrets stand in for blank ones as long as no place changed"`
}

// TrialStep is one step of a provider's test, as it ends.
type TrialStep struct {
	Name    string            `json:"name" enum:"settings,reach,discovery,secret,second,imap,smtp"`
	Outcome auth.TrialOutcome `json:"outcome" enum:"ok,failed,skipped"`
	Words   string            `json:"words,omitempty" doc:"What was found, or why it was skipped"`
	Problem *Problem          `json:"problem,omitempty" doc:"What was wrong; its action is the hint"`
	Millis  int64             `json:"ms"`
}

func wireTrialStep(s auth.TrialStep) TrialStep {
	return TrialStep{Name: s.Name, Outcome: s.Outcome, Words: s.Words, Problem: wireProblem(s.Problem), Millis: s.Took.Milliseconds()}
}

// try goes through a provider's test and tells of each step when it ends.
func (h *providers) try(ctx context.Context, _ store.User, in *struct{ Body TrialForm }, tell func(TrialStep)) {
	p := providerOf(in.Body.ProviderForm)
	p.ID = in.Body.ID
	h.providers.Trial(ctx, p, enteredIn(in.Body.ProviderForm), func(s auth.TrialStep) { tell(wireTrialStep(s)) })
}

// consent makes the link that an organisation's administrator approves Postroom by.
func (h *providers) consent(ctx context.Context, _ store.User, in *byID) (Away, error) {
	if in.ID == "" {
		return Away{}, problem.New(problem.NotFound, "")
	}
	link, err := h.providers.ConsentLink(ctx, in.ID)
	return Away{URL: link}, err
}
