package server

import (
	"context"
	"fmt"
	"net/url"

	"postroom/auth"
	"postroom/courier"
	"postroom/store"
)

// post makes links that hold a token, and mails them where mail can be sent.
type post struct {
	courier *courier.Courier
	origin  string
}

// link is the address of a page that takes a token.
func (p *post) link(page string, token auth.Secret) auth.Secret {
	return auth.Secret(p.origin + page + "?" + url.Values{"token": {token.Reveal()}}.Encode())
}

// send hands a notice to the courier and reports whether it will go out.
func (p *post) send(ctx context.Context, n courier.Notice) (bool, error) {
	ready, err := p.courier.Ready(ctx)
	if err != nil {
		return false, fmt.Errorf("ask whether mail can be sent: %w", err)
	}
	if !ready {
		return false, nil
	}
	if err := p.courier.Post(ctx, n); err != nil {
		return false, fmt.Errorf("post %s: %w", n.Event, err)
	}
	return true, nil
}

// resetLink is the notice for somebody who is to make a new password.
func resetLink(user store.User, by string, link auth.Secret) courier.Notice {
	return courier.Notice{Event: courier.PasswordReset, To: user.Email, ToName: user.Name, By: by, Link: link}
}
