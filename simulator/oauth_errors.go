package simulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// oauthError is a refusal as the sign-in service words it.
type oauthError struct {
	code     int    // AADSTS number
	name     string // the error of RFC 6749
	text     string // after "AADSTSnnn: "
	suberror string
	claims   bool // the answer says by which claims a new sign-in would satisfy the policy
	page     bool // shown on a page of the service's own: the app never hears of it
}

func (e *oauthError) Error() string { return fmt.Sprintf("AADSTS%d: %s", e.code, e.text) }

// status is the HTTP status that goes with the error.
func (e *oauthError) status() int {
	switch e.name {
	case "invalid_client":
		return http.StatusUnauthorized
	case "temporarily_unavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
}

// claimsChallenge is what an app carries back as claims= so that the policy can be satisfied.
const claimsChallenge = `{"access_token":{"capolids":{"essential":true,"values":["c4a2f6c2-7f5e-4c1a-9d3b-2f2f0a1b9c10"]}}}`

// failure makes the error with that number, about an app, somebody and a tenant. A number that is
// not in the table is an invalid_grant.
func (s *Simulator) failure(code int, about subject) *oauthError {
	e, known := aadstsErrors[code]
	if !known {
		e = oauthError{name: "invalid_grant", text: "The request was refused, as the simulator was told to."}
	}
	now := s.opts.Now()
	if about.since.IsZero() {
		about.since = now
	}
	e.code = code
	e.text = strings.NewReplacer("{appId}", about.appID, "{appName}", about.appName, "{user}", about.user,
		"{tenant}", about.tenant, "{value}", about.value, "{issued}", stamp(about.since), "{now}", stamp(now)).Replace(e.text)
	return &e
}

// subject is what an error's text names.
type subject struct {
	appID, appName string
	user           string
	tenant         string
	value          string
	since          time.Time // when the code or token in question was issued; zero is now
}

// stamp writes a time as Microsoft's texts do.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.0000000Z") }

// description is the error's text with what support asks for at its end.
func (s *Simulator) description(e *oauthError) (text, trace, correlation, at string) {
	trace, correlation = traceID(), traceID()
	at = s.opts.Now().UTC().Format("2006-01-02 15:04:05Z")
	head := e.Error()
	if e.code == 54005 {
		head = "AADSTS70002: Error validating credentials. " + head
	}
	return fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", head, trace, correlation, at), trace, correlation, at
}

// refuse answers a request for a token with an error in its complete shape.
func (s *Simulator) refuse(w http.ResponseWriter, e *oauthError) {
	text, trace, correlation, at := s.description(e)
	body := map[string]any{
		"error":             e.name,
		"error_description": text,
		"error_codes":       []int{e.code},
		"timestamp":         at,
		"trace_id":          trace,
		"correlation_id":    correlation,
		"error_uri":         s.Authority() + "/error?code=" + strconv.Itoa(e.code),
	}
	if e.suberror != "" {
		body["suberror"] = e.suberror
	}
	if e.claims {
		body["claims"] = claimsChallenge
	}
	writeJSON(w, e.status(), body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store, no-cache")
	w.Header().Set("Pragma", "no-cache")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// aadsts reads the number that the value of a fault names.
func aadsts(value string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(strings.ToUpper(value), "AADSTS"))
	return n
}

func traceID() string { return uuid.NewString() }
