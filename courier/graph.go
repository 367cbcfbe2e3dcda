package courier

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// graphWay hands mail to Microsoft Graph as an application: nobody is signed in, and the app's own
// permission Mail.Send is what lets it.
type graphWay struct {
	*Courier
	sender store.Sender
	secret auth.Secret
}

// send posts the mail as base64 of its MIME. 202 means that Exchange has taken it; the copy in Sent
// Items is its own doing. A token that is not taken is renewed once.
func (w *graphWay) send(ctx context.Context, mail letter) error {
	token, err := w.tokens.of(ctx, w)
	if err != nil {
		return err
	}
	status, err := w.post(ctx, token, mail)
	if status == http.StatusUnauthorized {
		w.tokens.forget(w.sender.Version)
		if token, err = w.tokens.of(ctx, w); err != nil {
			return err
		}
		_, err = w.post(ctx, token, mail)
	}
	return err
}

func (w *graphWay) post(ctx context.Context, token auth.Secret, mail letter) (status int, err error) {
	client, err := w.HTTP.For(w.sender.CAPEM)
	if err != nil {
		return 0, problem.Wrap(problem.SenderSettings, "The CA certificate is not in PEM form.", err)
	}
	var left atomic.Bool // the request, at least in part
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { left.Store(true) }})
	at := w.sender.Graph + "/v1.0/users/" + url.PathEscape(mail.from) + "/sendMail"
	body := base64.StdEncoding.EncodeToString(mail.raw)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, strings.NewReader(body))
	if err != nil {
		return 0, problem.Wrap(problem.SenderSettings, "", err)
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	req.Header.Set("Content-Type", "text/plain")
	req.Header.Set("client-request-id", mail.id)
	resp, err := client.Do(req)
	switch {
	case err != nil && left.Load():
		return 0, fmt.Errorf("%w: %w", errUnanswered, err)
	case err != nil:
		return 0, graphUnreachable(err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusAccepted, http.StatusOK, http.StatusNoContent:
		return resp.StatusCode, nil
	case http.StatusGatewayTimeout: // what is behind the gateway may have taken it
		return resp.StatusCode, fmt.Errorf("%w: gateway timeout", errUnanswered)
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, graphError(resp, said)
}

// check asks for a token and looks into it. Whether the sender's mailbox lets the app send shows only
// when something is sent: with Mail.Send alone there is nothing that could be read.
func (w *graphWay) check(ctx context.Context) []Step {
	steps := newSteps(StepToken, StepAudience, StepRole)
	token, _, err := w.fresh(ctx)
	if !steps.note(StepToken, w.tenantWords(), err) {
		return steps
	}
	claims, readable := claimsIn(token)
	if !readable {
		steps.skip(StepAudience, "The token cannot be looked into.")
		steps.skip(StepRole, "The token cannot be looked into.")
		return steps
	}
	if aud := strings.TrimRight(claims.Audience, "/"); aud != w.sender.Graph && !slices.Contains(graphAudiences, aud) {
		err = problem.New(problem.SenderSettings, "The token is not for Microsoft Graph.").
			WithAction(problem.Operator, "Check the cloud: sign-in service and Graph must belong to the same one.").WithRaw("aud: " + plain(aud))
	}
	if !steps.note(StepAudience, w.sender.Graph, err) {
		return steps
	}
	if slices.Contains(claims.Roles, "Mail.Send") {
		steps.note(StepRole, "Mail.Send", nil)
		return steps
	}
	steps.warn(StepRole, "The token does not name the permission Mail.Send. That is right when it is given by RBAC for Applications; else it lacks admin consent. Send a test mail to find out.")
	return steps
}

func (w *graphWay) tenantWords() string { return w.sender.Tenant }

// claims are what a token says of itself. Microsoft calls its access tokens opaque: what stands here is
// a hint and decides nothing.
type claims struct {
	Audience string   `json:"aud"`
	Roles    []string `json:"roles"`
}

func claimsIn(token auth.Secret) (c claims, ok bool) {
	parts := strings.Split(token.Reveal(), ".")
	if len(parts) != 3 {
		return c, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	return c, err == nil && json.Unmarshal(raw, &c) == nil
}

// graphAudiences are names of Graph that tokens carry beside its address.
var graphAudiences = []string{"00000003-0000-0000-c000-000000000000"}
