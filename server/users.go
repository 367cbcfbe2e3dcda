package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/store"
)

// users is who may sign in, for administrators.
type users struct {
	store  *store.Store
	people *auth.People
}

func (h *users) list(ctx context.Context, _ store.User, _ *struct{}) ([]User, error) {
	all, err := h.store.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return each(all, wireUser), nil
}

func (h *users) add(ctx context.Context, _ store.User, in *struct{ Body UserForm }) (User, error) {
	f := in.Body
	user, err := h.people.Add(ctx, auth.NewPerson{Email: f.Email, Name: f.Name, Password: f.Password, Role: f.Role})
	if err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}

type userChange struct {
	ID   string `path:"id"`
	Body UserPatch
}

func (h *users) change(ctx context.Context, _ store.User, in *userChange) (User, error) {
	f := in.Body
	user, err := h.people.Change(ctx, in.ID, auth.PersonChange{Name: f.Name, Role: f.Role, Disabled: f.Disabled, Password: f.Password})
	if err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}
