package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// resets are links that set a new password.
type resets struct {
	people *auth.People
	post   *post
}

// ask sends a link to whoever signs in with an address, and says the same whether anybody does.
func (h *resets) ask(ctx context.Context, _ store.User, in *struct{ Body ForgotForm }) error {
	ready, err := h.post.courier.Ready(ctx)
	if err != nil {
		return fmt.Errorf("ask whether mail can be sent: %w", err)
	}
	if !ready {
		return problem.New(problem.Forbidden, "This Postroom sends no mail.").
			WithAction(problem.Operator, "Ask an administrator for a link that sets a new password.")
	}
	return h.people.Forgot(ctx, in.Body.Email, visitOf(ctx).ip, func(user store.User, token auth.Secret) error {
		_, err := h.post.send(ctx, resetLink(user, "", h.post.link("/reset", token)))
		return err
	})
}

// issue makes a link for somebody on behalf of an administrator, mails it where mail can be sent and
// shows it, this once.
func (h *resets) issue(ctx context.Context, admin store.User, in *byID) (ResetLink, error) {
	r, token, err := h.people.NewReset(ctx, in.ID)
	if err != nil {
		return ResetLink{}, err
	}
	user, err := h.people.ResetFor(ctx, token)
	if err != nil {
		return ResetLink{}, err
	}
	link := h.post.link("/reset", token)
	mailed, err := h.post.send(ctx, resetLink(user, admin.ID, link))
	if err != nil {
		return ResetLink{}, err
	}
	return ResetLink{URL: link.Reveal(), ExpiresAt: r.ExpiresAt, Mailed: mailed}, nil
}

func (h *resets) show(ctx context.Context, _ store.User, in *struct{ Body TokenForm }) (ResetFor, error) {
	user, err := h.people.ResetFor(ctx, auth.Secret(in.Body.Token))
	if err != nil {
		return ResetFor{}, err
	}
	return ResetFor{Email: user.Email, Name: user.Name}, nil
}

func (h *resets) finish(ctx context.Context, _ store.User, in *struct{ Body NewPasswordForm }) error {
	_, err := h.people.ResetPassword(ctx, auth.Secret(in.Body.Token), in.Body.Password, visitOf(ctx).ip)
	return err
}
