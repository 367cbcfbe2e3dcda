package auth

import (
	"context"
	"fmt"
	"strings"
	"time"

	"postroom/problem"
	"postroom/store"
)

// invitationLife is how long somebody may take to accept.
const invitationLife = 7 * 24 * time.Hour

// NewInvitation is somebody to be invited.
type NewInvitation struct {
	Email string
	Name  string // may be empty
	Role  store.Role
}

// Invite invites somebody on behalf of by, and returns the token that belongs into the link: it is
// nowhere else. A manager invites members only; nobody invites somebody who is here already.
func (p *People) Invite(ctx context.Context, by store.User, n NewInvitation) (store.Invitation, Secret, error) {
	email, err := goodEmail(n.Email)
	if err != nil {
		return store.Invitation{}, "", err
	}
	if err := goodRole(n.Role); err != nil {
		return store.Invitation{}, "", err
	}
	if err := mayInvite(by, n.Role); err != nil {
		return store.Invitation{}, "", err
	}
	if err := p.stranger(ctx, email); err != nil {
		return store.Invitation{}, "", err
	}
	name := strings.TrimSpace(n.Name)
	if name != "" {
		if name, err = goodName(name); err != nil {
			return store.Invitation{}, "", err
		}
	}
	token := Secret(randomToken())
	i := store.Invitation{
		ID: store.NewID(), Email: email, Name: name, Role: n.Role, InvitedBy: by.ID,
		TokenHash: digest(token.Reveal()), ExpiresAt: p.store.Now() + invitationLife.Milliseconds(),
	}
	if err := p.store.Tx(ctx, func(tx *store.Tx) error { return tx.AddInvitation(&i) }); err != nil {
		return store.Invitation{}, "", fmt.Errorf("add invitation: %w", err)
	}
	return i, token, nil
}

// mayInvite is what keeps managers from making more managers, or administrators.
func mayInvite(by store.User, role store.Role) error {
	switch {
	case by.Role == store.RoleAdmin, by.Role == store.RoleManager && role == store.RoleMember:
		return nil
	}
	return problem.New(problem.Forbidden, "Managers invite members. Other roles are given by administrators.")
}

// stranger refuses an address that somebody signs in with.
func (p *People) stranger(ctx context.Context, email string) error {
	_, err := p.store.UserByEmail(ctx, email)
	switch {
	case err == nil:
		return problem.New(problem.Conflict, "There is somebody with this e-mail address already.")
	case problem.Is(err, problem.NotFound):
		return nil
	}
	return fmt.Errorf("look up user: %w", err)
}

// InviteAgain gives an invitation that nobody has accepted a new token and another seven days. The
// link before is void.
func (p *People) InviteAgain(ctx context.Context, by store.User, id string) (store.Invitation, Secret, error) {
	token := Secret(randomToken())
	i, err := p.changeInvitation(ctx, by, id, func(i *store.Invitation) {
		i.TokenHash, i.RevokedAt = digest(token.Reveal()), 0
		i.ExpiresAt = p.store.Now() + invitationLife.Milliseconds()
	})
	return i, token, err
}

// Uninvite withdraws an invitation that nobody has accepted.
func (p *People) Uninvite(ctx context.Context, by store.User, id string) (store.Invitation, error) {
	return p.changeInvitation(ctx, by, id, func(i *store.Invitation) { i.RevokedAt = p.store.Now() })
}

func (p *People) changeInvitation(ctx context.Context, by store.User, id string, change func(*store.Invitation)) (i store.Invitation, err error) {
	err = p.store.Tx(ctx, func(tx *store.Tx) error {
		if i, err = tx.LockInvitation(id); err != nil {
			return err
		}
		if err := mayInvite(by, i.Role); err != nil {
			return err
		}
		if i.AcceptedAt != 0 {
			return problem.New(problem.Conflict, "This invitation was accepted already.")
		}
		change(&i)
		return tx.UpdateInvitation(i)
	})
	if err != nil {
		return store.Invitation{}, fmt.Errorf("change invitation: %w", err)
	}
	return i, nil
}

// Invitation returns the invitation that a link's token opens (problem.LinkSpent when it opens none).
func (p *People) Invitation(ctx context.Context, token Secret) (store.Invitation, error) {
	i, err := p.store.InvitationByToken(ctx, digest(token.Reveal()))
	if err != nil {
		return store.Invitation{}, spent(err)
	}
	return i, p.counts(ctx, i)
}

// counts refuses an invitation that was used, withdrawn or is too old, and one whose inviter is not
// here any more or could not invite so any more.
func (p *People) counts(ctx context.Context, i store.Invitation) error {
	if !i.Open(p.store.Now()) {
		return spent(nil)
	}
	by, err := p.store.User(ctx, i.InvitedBy)
	if err != nil {
		return spent(err)
	}
	if by.DisabledAt != 0 || mayInvite(by, i.Role) != nil {
		return spent(nil)
	}
	return nil
}

// Accept makes the invited person a user. It works once.
func (p *People) Accept(ctx context.Context, token Secret, name, password string) (store.User, error) {
	i, err := p.Invitation(ctx, token)
	if err != nil {
		return store.User{}, err // before a password is hashed for a stranger
	}
	user, err := p.user(ctx, NewPerson{Email: i.Email, Name: name, Password: password, Role: i.Role})
	if err != nil {
		return store.User{}, err
	}
	err = p.store.Tx(ctx, func(tx *store.Tx) error { return p.join(ctx, tx, i.ID, i.TokenHash, &user) })
	if err != nil {
		return store.User{}, fmt.Errorf("accept invitation: %w", err)
	}
	return user, nil
}

// join adds user by an invitation, if that still counts under this token.
func (p *People) join(ctx context.Context, tx *store.Tx, id, tokenHash string, user *store.User) error {
	i, err := tx.LockInvitation(id)
	if err != nil {
		return spent(err)
	}
	if !same(i.TokenHash, tokenHash) {
		return spent(nil)
	}
	if err := p.counts(ctx, i); err != nil {
		return err
	}
	i.AcceptedAt, i.UserID = p.store.Now(), user.ID
	if err := tx.UpdateInvitation(i); err != nil {
		return err
	}
	if err := tx.AddUser(user); err != nil {
		return err
	}
	return tx.AddAudit(store.AuditEntry{UserID: user.ID, Action: AccountChanged, Subject: user.ID, Detail: "invitation accepted"})
}
