package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/store"
)

// setup makes the first administrator, once.
type setup struct {
	people *auth.People
	doors  *doors
}

func (h *setup) state(ctx context.Context, _ store.User, _ *struct{}) (SetupState, error) {
	open, err := h.people.SetupOpen(ctx)
	if err != nil {
		return SetupState{}, fmt.Errorf("ask whether set-up is open: %w", err)
	}
	return SetupState{Open: open}, nil
}

func (h *setup) finish(ctx context.Context, _ store.User, in *struct{ Body SetupForm }) (User, error) {
	f := in.Body
	user, err := h.people.Setup(ctx, f.Token, f.Email, f.Name, f.Password)
	if err != nil {
		return User{}, err
	}
	if err := h.doors.enter(ctx, user, "set-up link"); err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}
