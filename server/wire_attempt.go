package server

import (
	"slices"

	"postroom/auth"
	"postroom/store"
)

// ConnectForm is where a mailbox is to be connected, and what is wished for beside.
type ConnectForm struct {
	Provider string `json:"provider" maxLength:"100"`
	Since    int64  `json:"since,omitempty" doc:"Mail older than this stays on the server, unix ms; 0: all comes"`
	Address  string `json:"address,omitempty" maxLength:"254" doc:"The account is to be this one's"`
	Shared   string `json:"shared,omitempty" maxLength:"254" doc:"The shared mailbox to open with the account, in place of its own"`
}

func wishOf(f ConnectForm) store.Wish {
	return store.Wish{Since: f.Since, Address: f.Address, Shared: f.Shared}
}

// Attempt is a sign-in on its way to become a mailbox.
type Attempt struct {
	ID        string             `json:"id"`
	Provider  ProviderChoice     `json:"provider"`
	Mailbox   string             `json:"mailbox,omitempty" doc:"The mailbox that is being reconnected"`
	State     store.AttemptState `json:"state" enum:"running,asking,done,failed"`
	Asks      store.Question     `json:"asks,omitempty" enum:"address,sending,account,shared"`
	Steps     []Step             `json:"steps" doc:"In their order; those to come are not among them"`
	Problem   *Problem           `json:"problem,omitempty" doc:"Why it asks, or why it failed"`
	Connected string             `json:"connected,omitempty" doc:"The mailbox that it became"`
	ExpiresAt int64              `json:"expiresAt"`
}

// Step is one thing that an attempt tries.
type Step struct {
	Name    store.StepName  `json:"name" enum:"sign_in,token,scopes,account,imap,inbox,smtp,sent,store"`
	State   store.StepState `json:"state" enum:"running,ok,warning,failed"`
	Detail  string          `json:"detail,omitempty" doc:"An address, a folder"`
	Problem *Problem        `json:"problem,omitempty"`
	Millis  int64           `json:"ms"`
}

func wireAttempt(a store.Attempt, p store.Provider) Attempt {
	return Attempt{
		ID: a.ID, Provider: wireChoice(p), Mailbox: a.MailboxID, State: a.State, Asks: a.Asks, Problem: wireProblemOf(a.Problem, addressOf(a)),
		Steps: each(a.Steps, wireStep), Connected: a.ConnectedID, ExpiresAt: a.ExpiresAt,
	}
}

// addressOf is the mailbox that an attempt is about, as far as that is known; it may be empty.
func addressOf(a store.Attempt) string {
	if a.Wish.Shared != "" {
		return a.Wish.Shared
	}
	i := slices.IndexFunc(a.Steps, func(s store.Step) bool { return s.Name == store.StepAccount })
	if i < 0 {
		return a.Wish.Address
	}
	return a.Steps[i].Detail
}

func wireStep(s store.Step) Step {
	return Step{Name: s.Name, State: s.State, Detail: s.Detail, Problem: wireProblem(s.Problem), Millis: s.Millis}
}

// AnswerForm is what somebody answers to an attempt.
type AnswerForm struct {
	Reply   auth.Reply `json:"reply" enum:"retry,address,receive_only,separate,shared"`
	Address string     `json:"address,omitempty" maxLength:"320" doc:"With the reply address: the name that the mailbox goes by"`
}
