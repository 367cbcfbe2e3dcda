package server

import (
	"context"
	"fmt"
	"slices"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// users is who may sign in: managers see them, administrators change them.
type users struct {
	store   *store.Store
	people  *auth.People
	factors *auth.Factors
}

func (h *users) list(ctx context.Context, _ store.User, _ *struct{}) ([]User, error) {
	all, err := h.store.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	with, err := h.store.SecondFactors(ctx)
	if err != nil {
		return nil, fmt.Errorf("list second factors: %w", err)
	}
	return each(all, func(u store.User) User {
		w := wireUser(u)
		w.SecondFactor = slices.Contains(with, u.ID)
		return w
	}), nil
}

func (h *users) add(ctx context.Context, _ store.User, in *struct{ Body UserForm }) (User, error) {
	f := in.Body
	user, err := h.people.Add(ctx, auth.NewPerson{Email: f.Email, Name: f.Name, Password: f.Password, Role: f.Role})
	if err != nil {
		return User{}, err
	}
	note(ctx, user.ID, string(user.Role))
	return wireUser(user), nil
}

type userChange struct {
	ID   string `path:"id"`
	Body UserPatch
}

func (h *users) change(ctx context.Context, _ store.User, in *userChange) (User, error) {
	f := in.Body
	note(ctx, in.ID, f.words())
	user, err := h.people.Change(ctx, in.ID, auth.PersonChange{Name: f.Name, Role: f.Role, Disabled: f.Disabled, Password: f.Password})
	if err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}

// remove takes somebody away for good. Nobody does that to themselves.
func (h *users) remove(ctx context.Context, user store.User, in *byID) error {
	if in.ID == user.ID {
		return problem.New(problem.Conflict, "You cannot remove yourself.").
			WithAction(problem.You, "Ask another administrator.")
	}
	gone, err := h.people.Remove(ctx, in.ID)
	if err != nil {
		return err
	}
	note(ctx, in.ID, gone.Name+" <"+gone.Email+">")
	return nil
}

// resetFactors helps somebody who lost the device that they sign in with.
func (h *users) resetFactors(ctx context.Context, _ store.User, in *byID) error {
	if _, err := h.store.User(ctx, in.ID); err != nil {
		return fmt.Errorf("read user: %w", err)
	}
	return h.factors.Reset(ctx, in.ID)
}
