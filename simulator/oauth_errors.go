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

// outlookApp is the id of Exchange Online as the texts name it.
const outlookApp = "00000002-0000-0ff1-ce00-000000000000"

// failure makes the error with that number, about an app, somebody and a tenant. The texts are
// Microsoft's as far as they are known; a number that is not here is an invalid_grant.
func (s *Simulator) failure(code int, about subject) *oauthError {
	if e, ok := plainErrors[code]; ok {
		e.code = code
		return &e
	}
	now := stamp(s.opts.Now())
	e := &oauthError{code: code, name: "invalid_grant"}
	switch code {
	case 50011:
		e.name, e.page = "invalid_request", true
		e.text = fmt.Sprintf("The redirect URI '%s' specified in the request does not match the redirect URIs configured for the application '%s'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.", about.value, about.appID)
	case 50020:
		e.page = true
		e.text = fmt.Sprintf("User account '%s' from identity provider does not exist in tenant '%s' and cannot access the application '%s'(%s) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.", about.user, about.tenant, about.appID, about.appName)
	case 50034:
		e.text = fmt.Sprintf("The user account %s does not exist in the %s directory. To sign into this application, the account must be added to the directory.", about.user, about.tenant)
	case 50105:
		e.page = true
		e.text = fmt.Sprintf("Your administrator has configured the application %s ('%s') to block users unless they are specifically granted ('assigned') access to the application. The signed in user '%s' is blocked because they are not a direct member of a group with access, nor had access directly assigned by an administrator. Please contact your administrator to assign access to this application.", about.appName, about.appID, about.user)
	case 50173:
		e.suberror = "bad_token"
		e.text = fmt.Sprintf("The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '%s' and the TokensValidFrom date (before which tokens are not valid) for this user is '%s'.", about.issued(now), now)
	case 50194:
		e.name, e.page = "unauthorized_client", true
		e.text = fmt.Sprintf("Application '%s'(%s) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.", about.appID, about.appName)
	case 65001:
		e.suberror = "consent_required"
		e.text = fmt.Sprintf("The user or administrator has not consented to use the application with ID '%s' named '%s'. Send an interactive authorization request for this user and resource.", about.appID, about.appName)
	case 700016:
		e.name, e.page = "unauthorized_client", true
		e.text = fmt.Sprintf("Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", about.appID, about.tenant)
	case 700082:
		e.text = fmt.Sprintf("The refresh token has expired due to inactivity. The token was issued on %s and was inactive for 90.00:00:00.", about.issued(now))
	case 70043:
		e.suberror = "bad_token"
		e.text = fmt.Sprintf("The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on %s and the maximum allowed lifetime for this request is 43200.", about.issued(now))
	case 7000215:
		e.name = "invalid_client"
		e.text = fmt.Sprintf("Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", about.appID)
	case 7000222:
		e.name = "invalid_client"
		e.text = fmt.Sprintf("The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.", about.appID)
	case 70011:
		e.name = "invalid_scope"
		e.text = "The provided value for the input parameter 'scope' is not valid. " + about.value
	case 28002:
		e.name = "invalid_scope"
		e.text = fmt.Sprintf("Provided value for the input parameter scope '%s' is not valid when requesting an access token. Please specify a valid scope.", about.value)
	case 90002:
		e.name, e.page = "invalid_tenant", true
		e.text = fmt.Sprintf("Tenant '%s' not found. This may happen if there are no active subscriptions for the tenant. Check to make sure you have the correct tenant ID. Check with your subscription administrator.", about.tenant)
	case 900144:
		e.name = "invalid_request"
		e.text = fmt.Sprintf("The request body must contain the following parameter: '%s'.", about.value)
	case 70003:
		e.name = "unsupported_grant_type"
		e.text = fmt.Sprintf("The app requested an unsupported grant type '%s'.", about.value)
	case 500112:
		e.text = "The reply address '" + about.value + "' does not match the reply address provided when requesting Authorization code."
	default:
		e.text = "The request was refused, as the simulator was told to."
	}
	return e
}

// plainErrors are those whose text says nothing of the request.
var plainErrors = map[int]oauthError{
	50057:   {name: "invalid_grant", text: "The user account is disabled."},
	50058:   {name: "login_required", text: "A silent sign-in request was sent but no user is signed in."},
	50076:   {name: "interaction_required", suberror: "basic_action", claims: true, text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '" + outlookApp + "'."},
	50079:   {name: "invalid_grant", suberror: "basic_action", claims: true, text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '" + outlookApp + "'."},
	50089:   {name: "invalid_grant", page: true, text: "Authentication failed due to flow token expired. Expected - auth codes, refresh tokens, and sessions expire over time or are revoked by the user or an admin. The app will request a new login from the user."},
	50126:   {name: "invalid_grant", text: "Error validating credentials due to invalid username or password."},
	50196:   {name: "invalid_grant", text: "The server terminated an operation because it encountered a client request loop. Please contact your app vendor."},
	501481:  {name: "invalid_grant", text: "The Code_Verifier does not match the code_challenge supplied in the authorization request."},
	501491:  {name: "invalid_request", text: "Invalid size of Code_Challenge parameter."},
	53003:   {name: "invalid_grant", suberror: "message_only", claims: true, page: true, text: "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance."},
	54005:   {name: "invalid_grant", text: "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token."},
	65004:   {name: "access_denied", text: "User declined to consent to access the app."},
	70000:   {name: "invalid_grant", text: "Provided grant is invalid or malformed."},
	700005:  {name: "invalid_grant", text: "The provided Authorization Code is intended to use against other tenant, thus rejected."},
	70005:   {name: "unsupported_response_type", text: "The response_type is not supported. Use 'code'."},
	70008:   {name: "invalid_grant", text: "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource."},
	700025:  {name: "invalid_client", text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
	7000218: {name: "invalid_client", text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."},
	90033:   {name: "temporarily_unavailable", text: "A transient error has occurred. Please try again."},
	90094:   {name: "access_denied", page: true, text: "The grant requires admin permission. Please ask an admin to grant permission to this app before you can use it."},
	9002313: {name: "invalid_request", text: "Invalid request. Request is malformed or invalid."},
	9002325: {name: "invalid_request", text: "Proof Key for Code Exchange is required for cross-origin authorization code redemption."},
	9002326: {name: "invalid_request", text: "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type."},
	9002327: {name: "invalid_request", text: "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests."},
	9002332: {name: "invalid_request", page: true, text: "The application is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request."},
}

// subject is what an error's text names.
type subject struct {
	appID, appName string
	user           string
	tenant         string
	value          string
	since          time.Time
}

func (a *subject) issued(otherwise string) string {
	if a.since.IsZero() {
		return otherwise
	}
	return stamp(a.since)
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
