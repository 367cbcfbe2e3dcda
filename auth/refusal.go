package auth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"postroom/problem"
)

// moment is when a refusal came: the same words mean something else at each.
type moment int

const (
	atSignIn   moment = iota // on the redirect back from the sign-in page
	atExchange               // when the code was redeemed
	atRefresh                // when a grant was used, with nobody in front of the screen
)

// refusal is OAuth's error answer with Microsoft's additions (providers send it as JSON, as a form,
// or on the redirect).
type refusal struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
	Numbers     []int  `json:"error_codes"`
	Suberror    string `json:"suberror"`
	Claims      string `json:"claims"` // to be sent along at the next sign-in
	TraceID     string `json:"trace_id"`
	Correlation string `json:"correlation_id"`
	Timestamp   string `json:"timestamp"`

	status     int // HTTP; 0 on the redirect
	retryAfter time.Duration
}

// class is who can do something about an OAuth error, by the error alone.
type class int

const (
	unknown  class = iota
	user           // signing in again
	operator       // the provider's settings
	passing        // time
)

func (r refusal) class() class {
	if r.status >= 500 || r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout {
		return passing
	}
	if r.Code == "" {
		return passing // no OAuth at all: a proxy's page, a maintenance notice
	}
	e, _ := problem.OAuth(r.Code)
	switch e.Mender() {
	case problem.You:
		return user
	case problem.Operator:
		return operator
	case problem.Wait:
		return passing
	}
	return unknown
}

// problem says what a refusal means at this moment, in words.
func (r refusal) problem(at moment) *problem.Problem {
	p := r.named(at)
	if e, ok := problem.Entra(r.Numbers); ok {
		p = r.advised(p, e, at)
	}
	return p.WithRaw(r.raw())
}

// named is the problem by OAuth's error alone.
func (r refusal) named(at moment) *problem.Problem {
	e, known := problem.OAuth(r.Code)
	switch {
	case r.class() == passing && e.Code != problem.ProviderDown:
		return problem.Wrap(problem.ProviderDown, "", r.cause()) // whatever it says, its status says try later
	case !known:
		return problem.Wrap(problem.ProviderConfig, "", r.cause())
	case r.Code == "access_denied" && at == atRefresh:
		return problem.Wrap(problem.Reconnect, "", r.cause())
	case r.Code == "invalid_grant" && at == atExchange:
		return problem.Wrap(problem.CodeExpired, "", r.cause())
	}
	return e.Problem(r.cause())
}

// advised puts the number's advice in place of p's words, as far as it does not contradict the error:
// what passes stays passing, and what the operator must mend does not become the person's task.
func (r refusal) advised(p *problem.Problem, e problem.Entry, at moment) *problem.Problem {
	if c := r.class(); c == passing || c == operator && e.Mender() == problem.You {
		p.Detail, p.Entry = e.Detail, e.ID
		return p
	}
	if e.Code == problem.CodeExpired && at == atRefresh {
		e.Code, e.Action = problem.Reconnect, "Reconnect and sign in."
	}
	return e.Problem(r.cause())
}

// cause is for the log: no description, which may name people, but what Microsoft's support asks for.
func (r refusal) cause() error {
	err := fmt.Errorf("sign-in service refused: status %d, error %q, numbers %v, suberror %q, trace %q, correlation %q, at %q",
		r.status, word(r.Code), r.Numbers, word(r.Suberror), word(r.TraceID), word(r.Correlation), word(r.Timestamp))
	if r.retryAfter > 0 {
		return &retryError{after: r.retryAfter, err: err}
	}
	return err
}

const claimsLine = "claims: "

// raw keeps the service's words for whoever looks closer, and its claims, which the next sign-in
// carries back (claimsOf).
func (r refusal) raw() string {
	lines := []string{plainText(r.Description, 1000)}
	if lines[0] == "" {
		lines[0] = word(r.Code)
	}
	if r.TraceID != "" && !strings.Contains(r.Description, r.TraceID) {
		lines = append(lines, "Trace ID: "+word(r.TraceID)+" Correlation ID: "+word(r.Correlation)+" Timestamp: "+word(r.Timestamp))
	}
	if json.Valid([]byte(r.Claims)) && len(r.Claims) < 700 && !strings.ContainsAny(r.Claims, "\r\n") {
		lines = append(lines, claimsLine+r.Claims)
	}
	return strings.Join(lines, "\n")
}

// claimsOf returns the claims that a stored problem carries, or "".
func claimsOf(p *problem.Problem) string {
	if p == nil {
		return ""
	}
	for line := range strings.Lines(p.Raw) {
		if claims, ok := strings.CutPrefix(strings.TrimSpace(line), claimsLine); ok && json.Valid([]byte(claims)) {
			return claims
		}
	}
	return ""
}
