package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/store"
)

// session opens and ends what a browser is signed in with.
type session struct {
	people   *auth.People
	sessions *auth.Sessions
	doors    *doors
	frame    Session // all but the user
}

func (h *session) open(ctx context.Context, _ store.User, in *struct{ Body SignInForm }) (Session, error) {
	user, err := h.people.Check(ctx, in.Body.Email, in.Body.Password, visitOf(ctx).ip)
	if err != nil {
		return Session{}, err
	}
	if err := h.doors.enterByFirst(ctx, user, "password"); err != nil {
		return Session{}, err
	}
	return h.of(user), nil
}

func (h *session) show(_ context.Context, user store.User, _ *struct{}) (Session, error) {
	return h.of(user), nil
}

func (h *session) close(ctx context.Context, user store.User, _ *struct{}) error {
	if err := h.sessions.SignOut(ctx); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	if user.ID == "" {
		return nil
	}
	return h.people.Note(ctx, store.AuditEntry{UserID: user.ID, Action: auth.SignedOut, Subject: user.ID, IP: visitOf(ctx).ip})
}

func (h *session) of(user store.User) Session {
	s := h.frame
	s.User = wireUser(user)
	return s
}
