package auth

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"postroom/problem"
)

func TestRecordedRefusals(t *testing.T) {
	const trace = ` Trace ID: 4c1e3d5a-0000 Correlation ID: 9d1f2c3b-0000 Timestamp: 2026-08-01 10:00:00Z`
	for name, c := range map[string]struct {
		status int
		body   string
		at     moment
		code   problem.Code
		who    problem.Who
		detail string
	}{
		"inactive 90 days": {400, `{"error":"invalid_grant","error_description":"AADSTS700082: The refresh token has expired due to inactivity. The token was issued on 2026-04-20T14:30:28.0990908Z and was inactive for 90.00:00:00.` + trace + `","error_codes":[700082],"timestamp":"2026-08-01 10:00:00Z","trace_id":"4c1e3d5a-0000","correlation_id":"9d1f2c3b-0000","error_uri":"https://login.microsoftonline.com/error?code=700082"}`,
			atRefresh, problem.Reconnect, problem.You, "90 days"},
		"revoked": {400, `{"error":"invalid_grant","error_description":"AADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.` + trace + `","error_codes":[50173]}`,
			atRefresh, problem.Reconnect, problem.You, "withdrawn"},
		"wrong secret": {401, `{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'x'.` + trace + `","error_codes":[7000215]}`,
			atRefresh, problem.ProviderSecret, problem.Operator, "wrong"},
		"secret expired": {401, `{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys for app 'x' are expired.","error_codes":[7000222]}`,
			atRefresh, problem.ProviderSecret, problem.Operator, "expired"},
		"no consent": {400, `{"error":"invalid_grant","error_description":"AADSTS65001: The user or administrator has not consented to use the application with ID 'x' named 'Postroom'.","error_codes":[65001],"suberror":"consent_required"}`,
			atRefresh, problem.Reconnect, problem.You, "permission"},
		"unknown application": {400, `{"error":"unauthorized_client","error_description":"AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.","error_codes":[700016]}`,
			atRefresh, problem.ProviderConfig, problem.Operator, "not known"},
		"account disabled": {400, `{"error":"invalid_grant","error_description":"AADSTS50057: The user account is disabled.","error_codes":[50057]}`,
			atRefresh, problem.AccountDisabled, problem.Admin, "disabled"},
		"second factor, with claims": {400, `{"error":"interaction_required","error_description":"AADSTS50076: Due to a configuration change made by your administrator…","error_codes":[50076],"suberror":"basic_action","claims":"{\"access_token\":{\"capolids\":{\"essential\":true,\"values\":[\"a\"]}}}"}`,
			atRefresh, problem.Reconnect, problem.You, "second factor"},
		"conditional access": {400, `{"error":"invalid_grant","error_description":"AADSTS53003: Access has been blocked by Conditional Access policies.","error_codes":[53003],"suberror":"message_only"}`,
			atRefresh, problem.SignInBlocked, problem.Admin, "Conditional Access"},
		"code used twice": {400, `{"error":"invalid_grant","error_description":"AADSTS70002: Error validating credentials. AADSTS54005: OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.","error_codes":[70002,54005]}`,
			atExchange, problem.CodeExpired, problem.You, "used already"},
		"code too old": {400, `{"error":"invalid_grant","error_description":"AADSTS70008: The provided authorization code or refresh token has expired due to inactivity.","error_codes":[70008]}`,
			atExchange, problem.CodeExpired, problem.You, "too old"},
		"grant too old, same number": {400, `{"error":"invalid_grant","error_description":"AADSTS70008: …","error_codes":[70008]}`,
			atRefresh, problem.Reconnect, problem.You, "too old"},
		"single-page application": {400, `{"error":"invalid_request","error_description":"AADSTS9002327: Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.","error_codes":[9002327]}`,
			atExchange, problem.ProviderConfig, problem.Operator, "single-page"},
		"numbers in the text alone": {400, `{"error":"invalid_grant","error_description":"AADSTS50173: …"}`,
			atRefresh, problem.Reconnect, problem.You, "withdrawn"},
		"Google": {400, `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`,
			atRefresh, problem.Reconnect, problem.You, ""},
		"an unknown number": {400, `{"error":"invalid_grant","error_description":"AADSTS999999: New.","error_codes":[999999]}`,
			atRefresh, problem.Reconnect, problem.You, ""},
		"a number against the error": {401, `{"error":"invalid_client","error_description":"AADSTS50173: odd","error_codes":[50173]}`,
			atRefresh, problem.ProviderSecret, problem.Operator, ""},
		"a number against the status": {503, `{"error":"invalid_grant","error_description":"AADSTS50173: odd","error_codes":[50173]}`,
			atRefresh, problem.ProviderDown, problem.Wait, ""},
		"MSA server error": {400, `{"error":"invalid_grant","error_description":"AADSTS70012: A server error occurred","error_codes":[70012]}`,
			atRefresh, problem.ProviderDown, problem.Wait, ""},
		"a list of odd types": {400, `{"error":"invalid_grant","error_codes":["50173"],"error_description":"AADSTS50173: …","trace_id":7}`,
			atRefresh, problem.Reconnect, problem.You, "withdrawn"},
		"no tenant": {400, `{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'x' not found. This may happen if there are no active subscriptions for the tenant.","error_codes":[90002]}`,
			atSignIn, problem.ProviderConfig, problem.Operator, "no such tenant"},
	} {
		t.Run(name, func(t *testing.T) {
			resp := &http.Response{StatusCode: c.status, Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}}}
			p := refusalIn(resp, []byte(c.body)).problem(c.at)
			if p.Code != c.code || p.Who != c.who || !strings.Contains(p.Detail, c.detail) {
				t.Errorf("got %s, %s, %q", p.Code, p.Who, p.Detail)
			}
			if p.Who != problem.Wait && p.Action == "" {
				t.Error("nobody is told what to do")
			}
			if strings.Contains(p.Error(), "AADSTS7") {
				t.Error("the log gets the description")
			}
		})
	}
}

func TestTraceIDsReachLogAndScreen(t *testing.T) {
	r := refusal{Code: "invalid_grant", Description: "AADSTS50173: short", TraceID: "trace-1", Correlation: "corr-2", Timestamp: "2026-08-01 10:00:00Z"}
	p := r.complete().problem(atRefresh)
	for _, id := range []string{"trace-1", "corr-2", "2026-08-01 10:00:00Z"} {
		if !strings.Contains(p.Raw, id) || !strings.Contains(p.Error(), id) {
			t.Errorf("%s is lost: %q, %q", id, p.Raw, p.Error())
		}
	}
}

func TestClaimsTravelInTheStoredProblem(t *testing.T) {
	const claims = `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`
	p := refusal{Code: "interaction_required", Description: strings.Repeat("long ", 1000), Claims: claims}.problem(atRefresh)
	raw, err := json.Marshal(p)
	check(t, err)
	var stored problem.Problem
	check(t, json.Unmarshal(raw, &stored))
	if got := claimsOf(&stored); got != claims {
		t.Errorf("claims %q", got)
	}
	for _, odd := range []string{"{", `{"a":1}` + "\nclaims: {}", strings.Repeat("x", 4000)} {
		if got := claimsOf(refusal{Code: "invalid_grant", Claims: odd}.problem(atRefresh)); got != "" {
			t.Errorf("odd claims %q came through", got)
		}
	}
	if claimsOf(nil) != "" {
		t.Error("claims of nothing")
	}
}

func TestRetryAfterHasTwoForms(t *testing.T) {
	const date = "Sat, 01 Aug 2026 10:00:00 GMT"
	for in, want := range map[string]time.Duration{
		"120": 2 * time.Minute, "0": 0, "-5": 0, "": 0, "soon": 0, "9999999": mostRetryAfter,
		"Sat, 01 Aug 2026 10:05:00 GMT": 5 * time.Minute, "Sat, 01 Aug 2026 09:00:00 GMT": 0,
	} {
		if got := retryAfter(in, date); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
	if got := retryAfter("Sat, 01 Aug 2026 10:05:00 GMT", ""); got != 0 {
		t.Errorf("a date without a date: %v", got)
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add(400, "application/json", `{"error":"invalid_grant","error_codes":[50173]}`)
	f.Add(200, "text/html", "<html>")
	f.Add(401, "application/x-www-form-urlencoded", "error=invalid_client&error_description=AADSTS7000215")
	f.Fuzz(func(t *testing.T, status int, typ, body string) {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {typ}}}
		for _, at := range []moment{atSignIn, atExchange, atRefresh} {
			p := refusalIn(resp, []byte(body)).problem(at)
			if p.Title == "" || p.Who == "" || !slices.Contains(problem.Codes(), p.Code) {
				t.Errorf("%+v", p)
			}
			if strings.ContainsAny(p.Error(), "\r\n<>") || len(p.Raw) > 2100 {
				t.Errorf("%q", p.Error())
			}
		}
	})
}
