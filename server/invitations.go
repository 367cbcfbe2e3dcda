package server

import (
	"context"
	"fmt"

	"postroom/auth"
	"postroom/courier"
	"postroom/store"
)

// invitations ask people to become users.
type invitations struct {
	store  *store.Store
	people *auth.People
	doors  *doors
	post   *post
}

func (h *invitations) list(ctx context.Context, _ store.User, _ *struct{}) ([]Invitation, error) {
	all, err := h.store.Invitations(ctx)
	if err != nil {
		return nil, fmt.Errorf("list invitations: %w", err)
	}
	users, err := h.store.Users(ctx)
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return each(all, func(i store.Invitation) Invitation { return wireInvitation(i, names[i.InvitedBy], h.store.Now()) }), nil
}

func (h *invitations) add(ctx context.Context, user store.User, in *struct{ Body InvitationForm }) (InvitationLink, error) {
	f := in.Body
	i, token, err := h.people.Invite(ctx, user, auth.NewInvitation{Email: f.Email, Name: f.Name, Role: f.Role})
	if err != nil {
		return InvitationLink{}, err
	}
	note(ctx, i.ID, i.Email+", "+string(i.Role))
	return h.link(ctx, user, i, token)
}

func (h *invitations) again(ctx context.Context, user store.User, in *byID) (InvitationLink, error) {
	i, token, err := h.people.InviteAgain(ctx, user, in.ID)
	if err != nil {
		return InvitationLink{}, err
	}
	note(ctx, i.ID, i.Email)
	return h.link(ctx, user, i, token)
}

// link mails the invitation, where mail can be sent, and shows its link to the inviter, this once.
func (h *invitations) link(ctx context.Context, by store.User, i store.Invitation, token auth.Secret) (InvitationLink, error) {
	link := h.post.link("/invite", token)
	mailed, err := h.post.send(ctx, courier.Notice{
		Event: courier.Invitation, To: i.Email, ToName: i.Name, By: by.ID, Link: link,
		Values: map[string]string{"by": by.Name},
	})
	if err != nil {
		return InvitationLink{}, err
	}
	return InvitationLink{Invitation: wireInvitation(i, by.Name, h.store.Now()), URL: link.Reveal(), Mailed: mailed}, nil
}

func (h *invitations) withdraw(ctx context.Context, user store.User, in *byID) error {
	i, err := h.people.Uninvite(ctx, user, in.ID)
	if err != nil {
		return err
	}
	note(ctx, i.ID, i.Email)
	return nil
}

// show is what the page behind the link says. The token comes in the body: addresses are logged on
// their way through proxies.
func (h *invitations) show(ctx context.Context, _ store.User, in *struct{ Body TokenForm }) (Invited, error) {
	i, err := h.people.Invitation(ctx, auth.Secret(in.Body.Token))
	if err != nil {
		return Invited{}, err
	}
	by, err := h.store.User(ctx, i.InvitedBy)
	if err != nil {
		return Invited{}, fmt.Errorf("read inviter: %w", err)
	}
	return Invited{Email: i.Email, Name: i.Name, Role: i.Role, By: by.Name, ExpiresAt: i.ExpiresAt}, nil
}

func (h *invitations) accept(ctx context.Context, _ store.User, in *struct{ Body AcceptForm }) (User, error) {
	f := in.Body
	user, err := h.people.Accept(ctx, auth.Secret(f.Token), f.Name, f.Password)
	if err != nil {
		return User{}, err
	}
	if err := h.doors.enter(ctx, user, "invitation"); err != nil {
		return User{}, err
	}
	return wireUser(user), nil
}
