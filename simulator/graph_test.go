package simulator

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// appToken asks for a token as the app and returns the whole answer.
func askAppToken(t *testing.T, sim *Simulator, app App, tenant, scope string) (int, map[string]any) {
	t.Helper()
	resp, err := http.PostForm(sim.Authority()+"/"+tenant+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "client_id": {app.ID}, "client_secret": {app.Secret}, "scope": {scope},
	})
	check(t, err)
	defer resp.Body.Close()
	var answer map[string]any
	check(t, json.NewDecoder(resp.Body).Decode(&answer))
	return resp.StatusCode, answer
}

func goodAppToken(t *testing.T, sim *Simulator, app App) string {
	t.Helper()
	status, answer := askAppToken(t, sim, app, "contoso.example", sim.GraphURL()+"/.default")
	if status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	return answer["access_token"].(string)
}

type graphReply struct {
	status int
	header http.Header
	body   string
	code   string
	text   string
	inner  map[string]string
}

func sendMail(t *testing.T, sim *Simulator, token, user, contentType, body string) graphReply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, sim.GraphURL()+"/v1.0/users/"+user+"/sendMail", strings.NewReader(body))
	check(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	check(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	check(t, err)
	var said struct {
		Error struct {
			Code, Message string
			InnerError    map[string]string
		}
	}
	if len(raw) > 0 {
		check(t, json.Unmarshal(raw, &said))
	}
	return graphReply{resp.StatusCode, resp.Header, string(raw), said.Error.Code, said.Error.Message, said.Error.InnerError}
}

const mimeMail = "From: Ada Lovelace <ada@contoso.example>\r\nTo: grace@contoso.example\r\nSubject: By MIME\r\nMessage-ID: <one@contoso.example>\r\n\r\nHello\r\n"

const jsonMail = `{"message":{"subject":"By JSON","body":{"contentType":"HTML","content":"<p>Hello</p>"},"toRecipients":[{"emailAddress":{"address":"grace@contoso.example"}}]}}`

func subjects(t *testing.T, sim *Simulator, address, folder string) (all []string) {
	t.Helper()
	box, err := sim.Mailbox(address)
	check(t, err)
	for _, m := range box.Folder(folder).Messages {
		all = append(all, m.Subject)
	}
	return all
}

func TestAppsSignInAsThemselvesAtTheirTenantAlone(t *testing.T) {
	sim, app := start(t, Options{})
	graph := sim.GraphURL() + "/.default"
	for _, c := range []struct{ tenant, scope, want string }{
		{"common", graph, "AADSTS9001023: The grant type is not supported over the /common or /consumers endpoints."},
		{"organizations", graph, "AADSTS9001023"},
		{"consumers", graph, "AADSTS9001023"},
		{"nowhere.example", graph, "AADSTS90002: Tenant 'nowhere.example' not found."},
		{"contoso.example", "https://graph.microsoft.com/Mail.Send", "AADSTS1002012"},
		{"contoso.example", graph + " openid", "AADSTS1002012"},
		{"contoso.example", "", "AADSTS1002012"},
	} {
		status, answer := askAppToken(t, sim, app, c.tenant, c.scope)
		if text, _ := answer["error_description"].(string); status != http.StatusBadRequest || !strings.HasPrefix(text, c.want) {
			t.Errorf("%s %q: %d %v", c.tenant, c.scope, status, answer)
		}
	}
	for _, tenant := range []string{"contoso.example", sim.tenant("contoso.example").ID} {
		if status, answer := askAppToken(t, sim, app, tenant, "https://graph.microsoft.com/.default"); status != http.StatusOK || answer["refresh_token"] != nil || answer["id_token"] != nil {
			t.Errorf("%s: %d %v", tenant, status, answer)
		}
	}
	wrong := app
	wrong.Secret = "wrong"
	if status, answer := askAppToken(t, sim, wrong, "contoso.example", graph); status != http.StatusUnauthorized || answer["error"] != "invalid_client" {
		t.Errorf("%d %v", status, answer)
	}
}

func TestGraphSendsMailAsJSONAndAsMIME(t *testing.T) {
	sim, app := start(t, Options{SentDelay: -1})
	sim.Set(app.ID, GraphMailSend, "on")
	token := goodAppToken(t, sim, app)
	claims, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	check(t, err)
	if !strings.Contains(string(claims), `"roles":["Mail.Send"]`) || !strings.Contains(string(claims), `"aud":"`+sim.GraphURL()+`"`) {
		t.Errorf("%s", claims)
	}
	for kind, body := range map[string]string{"application/json": jsonMail, "text/plain": base64.StdEncoding.EncodeToString([]byte(mimeMail))} {
		if got := sendMail(t, sim, token, ada, kind, body); got.status != http.StatusAccepted || got.body != "" {
			t.Errorf("%s: %+v", kind, got)
		}
	}
	unsaved := strings.TrimSuffix(strings.Replace(jsonMail, "By JSON", "Unsaved", 1), "}") + `,"saveToSentItems":false}`
	if got := sendMail(t, sim, token, ada, "application/json", unsaved); got.status != http.StatusAccepted {
		t.Errorf("%+v", got)
	}
	changed, unwatch, err := sim.Watch(ada)
	check(t, err)
	defer unwatch()
	for len(subjects(t, sim, ada, "sent")) < 2 { // they are filed a moment later
		select {
		case <-changed:
		case <-time.After(5 * time.Second):
			t.Fatal("no copies in Sent Items")
		}
	}
	sent, arrived := subjects(t, sim, ada, "sent"), subjects(t, sim, grace, "inbox")
	slices.Sort(sent)
	slices.Sort(arrived)
	if !slices.Equal(sent, []string{"By JSON", "By MIME"}) || !slices.Equal(arrived, []string{"By JSON", "By MIME", "Unsaved"}) {
		t.Errorf("sent %v, arrived %v", sent, arrived)
	}
}

func TestGraphRefusesAsMicrosoftDoes(t *testing.T) {
	sim, app := start(t, Options{})
	bare := goodAppToken(t, sim, app)
	sim.Set(app.ID, GraphMailSend, "on")
	token := goodAppToken(t, sim, app)
	sim.Set(app.ID, TokenAudience, "https://outlook.office.com")
	elsewhere := goodAppToken(t, sim, app)
	sim.Clear(app.ID, TokenAudience)
	sim.Set(app.ID, TokenLife, "-1s")
	old := goodAppToken(t, sim, app)
	sim.Clear(app.ID, TokenLife)
	delegated, err := sim.Grant(ada, app.ID)
	check(t, err)
	mime := base64.StdEncoding.EncodeToString
	const raop = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
	for name, c := range map[string]struct {
		token, user, kind, body string
		fault                   Fault
		value                   string
		status                  int
		code, text              string
	}{
		"no token":         {token: "x", status: 401, code: "InvalidAuthenticationToken", text: "Access token has expired or is not yet valid."},
		"expired":          {token: old, status: 401, code: "InvalidAuthenticationToken", text: "Access token has expired or is not yet valid."},
		"audience":         {token: elsewhere, status: 401, code: "InvalidAuthenticationToken", text: "Access token validation failure. Invalid audience."},
		"a person's token": {token: delegated.Access, status: 401, code: "InvalidAuthenticationToken", text: "Access token validation failure. Invalid audience."},
		"no permission":    {token: bare, status: 403, code: "ErrorAccessDenied", text: "Access is denied. Check credentials and try again."},
		"policy":           {fault: GraphPolicy, value: grace, status: 403, code: "ErrorAccessDenied", text: raop},
		"odata":            {fault: GraphError, value: "odata", status: 403, code: "ErrorAccessDenied", text: "Access to OData is disabled."},
		"unknown user":     {user: "nobody@contoso.example", status: 404, code: "ErrorInvalidUser", text: "The requested user 'nobody@contoso.example' is invalid."},
		"no mailbox":       {fault: GraphError, value: "nomailbox", status: 404, code: "MailboxNotEnabledForRESTAPI", text: "The mailbox is either inactive, soft-deleted, or is hosted on-premise."},
		"base64":           {kind: "text/plain", body: "not base64!", status: 400, code: "ErrorMimeContentInvalidBase64String", text: "Invalid base64 string for MIME content."},
		"recipients":       {body: strings.Replace(jsonMail, "grace@contoso.example", "grace", 1), status: 400, code: "ErrorInvalidRecipients", text: "At least one recipient is not valid., Recipient 'grace' is not resolved. All recipients must be resolved before a message can be submitted."},
		"send as":          {kind: "text/plain", body: mime([]byte(strings.Replace(mimeMail, "<ada@", "<grace@", 1))), status: 403, code: "ErrorSendAsDenied", text: "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account. Cannot submit message."},
		"too large":        {kind: "text/plain", body: strings.Repeat("A", mostGraph+4), status: 413, code: "RequestEntityTooLarge", text: "The maximum request length supported is 4MB."},
		"throttled":        {fault: GraphError, value: "concurrency:7", status: 429, code: "ApplicationThrottled", text: "Application is over its MailboxConcurrency limit."},
	} {
		t.Run(name, func(t *testing.T) {
			ask := c
			if ask.token == "" {
				ask.token = token
			}
			if ask.user == "" {
				ask.user = ada
			}
			if ask.kind == "" {
				ask.kind = "application/json"
			}
			if ask.body == "" {
				ask.body = jsonMail
			}
			if ask.fault != "" {
				sim.Set(app.ID, ask.fault, ask.value)
				defer sim.Clear(app.ID, ask.fault)
			}
			got := sendMail(t, sim, ask.token, ask.user, ask.kind, ask.body)
			if got.status != c.status || got.code != c.code || got.text != c.text {
				t.Errorf("%+v", got)
			}
			if got.inner["request-id"] == "" || got.inner["date"] == "" || got.inner["client-request-id"] == "" {
				t.Errorf("inner error %v", got.inner)
			}
			if c.status == 429 && got.header.Get("Retry-After") != "7" {
				t.Errorf("%v", got.header)
			}
		})
	}
	if n := len(sim.Submissions("")); n != 0 {
		t.Errorf("%d mails were taken", n)
	}
}
