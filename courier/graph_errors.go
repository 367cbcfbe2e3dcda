package courier

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"postroom/auth"
	"postroom/problem"
)

// graphAnswer is the body of a refusal.
type graphAnswer struct {
	Error struct {
		Code    string `json:"code"`
		Message string `json:"message"`
		Inner   struct {
			Date      string `json:"date"`
			RequestID string `json:"request-id"`
		} `json:"innerError"`
	} `json:"error"`
}

// graphError says why Graph took no mail, in the dictionary's words. Microsoft's support asks for the
// request's id and date.
func graphError(resp *http.Response, body []byte) error {
	var a graphAnswer
	_ = json.Unmarshal(body, &a) // what is no JSON has only its status
	p := problem.Graph(resp.StatusCode, plain(a.Error.Code), plain(a.Error.Message))
	if a.Error.Inner.RequestID != "" {
		p.WithRaw(p.Raw + "\nrequest-id: " + plain(a.Error.Inner.RequestID) + " date: " + plain(a.Error.Inner.Date))
	}
	seconds, err := strconv.ParseInt(resp.Header.Get("Retry-After"), 10, 32)
	if err != nil || seconds <= 0 {
		return p
	}
	return &waitError{time.Duration(seconds) * time.Second, p}
}

// graphUnreachable says why Graph could not be asked at all.
func graphUnreachable(err error) error {
	if p := problem.Of(err); p != nil {
		return p
	}
	detail := "Microsoft Graph could not be reached."
	if errors.Is(err, context.DeadlineExceeded) {
		detail = "Microsoft Graph took too long to answer."
	}
	return problem.Wrap(problem.ProviderDown, detail, err)
}

// waitError is a refusal that came with a time to wait (Retry-After).
type waitError struct {
	after time.Duration
	err   error
}

func (e *waitError) Error() string { return e.err.Error() + ", retry after " + e.after.String() }
func (e *waitError) Unwrap() error { return e.err }

// waitOf is how long the other side asked us to wait, or 0.
func waitOf(err error) time.Duration {
	var e *waitError
	if errors.As(err, &e) {
		return e.after
	}
	return auth.RetryAfter(err)
}
