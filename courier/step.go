package courier

import (
	"slices"

	"postroom/problem"
)

// StepName is a step of a connection test.
type StepName string

// Steps, in the order in which they are tried.
const (
	StepFields   StepName = "fields"
	StepConnect  StepName = "connect"
	StepTLS      StepName = "tls"
	StepSignIn   StepName = "sign_in"
	StepToken    StepName = "token"
	StepAudience StepName = "audience"
	StepRole     StepName = "role"
	StepMailbox  StepName = "mailbox"
)

// StepResult is how a step went.
type StepResult string

// Results of a step.
const (
	StepOK      StepResult = "ok"
	StepWarning StepResult = "warning" // it may go wrong
	StepFailed  StepResult = "failed"
	StepSkipped StepResult = "skipped" // not needed, or an earlier one failed
)

// Step is one step of a connection test.
type Step struct {
	Name    StepName
	Result  StepResult
	Detail  string
	Problem *problem.Problem // why it failed
}

type steps []Step

// newSteps are steps that have not been tried.
func newSteps(names ...StepName) steps {
	var all steps
	for _, name := range names {
		all = append(all, Step{Name: name, Result: StepSkipped})
	}
	return all
}

// note writes down how a step went, and reports whether it went well.
func (s steps) note(name StepName, detail string, err error) bool {
	if err == nil {
		s.set(Step{Name: name, Result: StepOK, Detail: detail})
		return true
	}
	p := problem.Of(err)
	if p == nil {
		p = problem.Wrap(problem.Internal, "", err)
	}
	s.set(Step{Name: name, Result: StepFailed, Problem: p})
	return false
}

func (s steps) warn(name StepName, detail string) {
	s.set(Step{Name: name, Result: StepWarning, Detail: detail})
}

func (s steps) skip(name StepName, detail string) {
	s.set(Step{Name: name, Result: StepSkipped, Detail: detail})
}

func (s steps) set(step Step) {
	s[slices.IndexFunc(s, func(other Step) bool { return other.Name == step.Name })] = step
}
