package auth

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"postroom/problem"
)

var entraNumber = regexp.MustCompile(`AADSTS(\d{5,8})`)

// complete finds the numbers in the description where the answer does not list them, or not as numbers.
func (r refusal) complete() refusal {
	r.Numbers = slices.DeleteFunc(r.Numbers, func(n int) bool { return n <= 0 })
	if len(r.Numbers) == 0 {
		for _, m := range entraNumber.FindAllStringSubmatch(r.Description, 8) {
			if n, err := strconv.Atoi(m[1]); err == nil {
				r.Numbers = append(r.Numbers, n)
			}
		}
	}
	r.Numbers = r.Numbers[:min(len(r.Numbers), 8)]
	return r
}

// refusalOnRedirect reads the error parameters of a redirect; Code is "" when there are none.
func refusalOnRedirect(answer url.Values) refusal {
	return refusal{
		Code:        answer.Get("error"),
		Description: answer.Get("error_description"),
		Suberror:    answer.Get("error_subcode"),
		Claims:      answer.Get("claims"),
		TraceID:     answer.Get("trace_id"),
		Correlation: answer.Get("correlation_id"),
		Timestamp:   answer.Get("timestamp"),
	}.complete()
}

// refusalIn reads an HTTP answer that is no success.
func refusalIn(resp *http.Response, body []byte) refusal {
	var r refusal
	content, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if content == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(body))
		r = refusalOnRedirect(form)
	} else if err := json.Unmarshal(body, &r); err != nil && r.Code == "" {
		// A field of an unexpected type leaves the others readable; what is no JSON leaves nothing.
		r = refusal{}
	}
	r.status = resp.StatusCode
	r.retryAfter = retryAfter(resp.Header.Get("Retry-After"), resp.Header.Get("Date"))
	return r.complete()
}

const mostRetryAfter = 24 * time.Hour

// retryAfter reads the header in its two forms. A date counts from the server's own clock.
func retryAfter(value, date string) time.Duration {
	if seconds, err := strconv.ParseInt(value, 10, 32); err == nil {
		return min(max(0, time.Duration(seconds)*time.Second), mostRetryAfter)
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	from, err := http.ParseTime(date)
	if err != nil {
		return 0
	}
	return min(max(0, until.Sub(from)), mostRetryAfter)
}

// tokenProblem says why the token endpoint gave no token. The secrets that it was sent are taken
// out of its words.
func tokenProblem(err error, at moment, secrets ...Secret) *problem.Problem {
	refused := (*oauth2.RetrieveError)(nil)
	if !errors.As(err, &refused) {
		return outsideProblem(err)
	}
	r := refusalIn(refused.Response, refused.Body)
	for _, field := range []*string{&r.Code, &r.Description, &r.Suberror, &r.Claims, &r.TraceID, &r.Correlation, &r.Timestamp} {
		*field = scrub(*field, secrets...)
	}
	return r.problem(at)
}
