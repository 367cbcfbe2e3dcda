package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/courier"
	"postroom/store"
)

// session opens and ends what a browser is signed in with.
type session struct {
	people   *auth.People
	sessions *auth.Sessions
	courier  *courier.Courier
	frame    Session // all but the user
}

func (h *session) open(ctx context.Context, _ store.User, in *struct{ Body SignInForm }) (Session, error) {
	user, err := h.people.Check(ctx, in.Body.Email, in.Body.Password, visitOf(ctx).ip)
	if err != nil {
		return Session{}, err
	}
	if err := enterAs(ctx, h.people, h.sessions, user, "password"); err != nil {
		return Session{}, err
	}
	return h.of(user), nil
}

// enterAs signs this browser in as user and notes it; with says what proved who it is.
func enterAs(ctx context.Context, people *auth.People, sessions *auth.Sessions, user store.User, with string) error {
	if err := sessions.SignIn(ctx, user.ID); err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	return people.NoteSignIn(ctx, user.ID, with, sessions.Agent(ctx), visitOf(ctx).ip)
}

// ways is what the page for signing in offers.
func (h *session) ways(ctx context.Context, _ store.User, _ *struct{}) (Ways, error) {
	mail, err := h.courier.Ready(ctx)
	if err != nil {
		return Ways{}, fmt.Errorf("ask whether mail can be sent: %w", err)
	}
	return Ways{ResetByMail: mail}, nil
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
