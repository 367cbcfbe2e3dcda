package auth

import (
	"context"
	"fmt"

	"postroom/problem"
	"postroom/store"
)

// arrive does what the trip was for, and returns whom the account stands for here.
func (s *SignIns) arrive(ctx context.Context, t store.SignInTrip, p store.SignInProvider, who claims) (store.User, error) {
	id := who.identity(p.Kind)
	known, err := s.Store.IdentityOf(ctx, id.issuer, id.tenant, id.object)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return store.User{}, fmt.Errorf("look for identity: %w", err)
	}
	found := err == nil
	fresh := store.Identity{ProviderID: p.ID, Issuer: id.issuer, TenantID: id.tenant, ObjectID: id.object, Name: who.called()}
	switch {
	case t.Purpose == store.LinkTrip:
		return s.link(ctx, t.UserID, known, fresh)
	case found && t.Purpose == store.LoginTrip:
		return s.recognise(ctx, known, fresh.Name)
	case found:
		return store.User{}, problem.New(problem.Conflict, "That account signs in somebody here already.")
	case t.Purpose == store.InvitationTrip:
		return s.accept(ctx, t.InvitationID, who, fresh)
	case p.Admits:
		return s.admit(ctx, p, who, fresh)
	}
	return store.User{}, problem.New(problem.NoAccount, "")
}

// recognise returns whom a known identity stands for. Somebody disabled is not brought back by it.
func (s *SignIns) recognise(ctx context.Context, known store.Identity, name string) (store.User, error) {
	user, err := s.Store.User(ctx, known.UserID)
	if err != nil {
		return store.User{}, fmt.Errorf("read user: %w", err)
	}
	if user.DisabledAt != 0 {
		return store.User{}, problem.New(problem.NoAccount, "")
	}
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.UseIdentity(known.ID, name) }); err != nil {
		return store.User{}, fmt.Errorf("note sign-in: %w", err)
	}
	return user, nil
}

// link adds an account to those that sign a user in.
func (s *SignIns) link(ctx context.Context, userID string, known, fresh store.Identity) (store.User, error) {
	user, err := s.Store.User(ctx, userID)
	if err != nil {
		return store.User{}, fmt.Errorf("read user: %w", err)
	}
	if known.UserID == userID {
		return user, nil
	}
	fresh.UserID = userID
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.AddIdentity(&fresh); err != nil {
			return err
		}
		return tx.AddAudit(store.AuditEntry{UserID: userID, Action: AccountChanged, Subject: userID, Detail: "sign-in linked"})
	})
	if problem.Is(err, problem.Conflict) {
		return store.User{}, problem.Wrap(problem.Conflict, "That account signs in somebody else here.", err).
			WithAction(problem.You, "Choose another account.")
	}
	if err != nil {
		return store.User{}, fmt.Errorf("link account: %w", err)
	}
	return user, nil
}

// accept makes the invited person a user who signs in with this account. Name and role are the
// invitation's, and so is the address.
func (s *SignIns) accept(ctx context.Context, invitationID string, who claims, fresh store.Identity) (store.User, error) {
	i, err := s.Store.Invitation(ctx, invitationID)
	if err != nil {
		return store.User{}, spent(err)
	}
	user := store.User{ID: store.NewID(), Email: i.Email, Name: i.Name, Role: i.Role}
	if user.Name == "" {
		user.Name = nameOf(who, i.Email)
	}
	fresh.UserID = user.ID
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := s.people.join(ctx, tx, i.ID, i.TokenHash, &user); err != nil {
			return err
		}
		return tx.AddIdentity(&fresh)
	})
	if err != nil {
		return store.User{}, fmt.Errorf("accept invitation: %w", err)
	}
	return user, nil
}

// admit makes an unknown person a member, where the provider lets everybody in. The address must be one
// that the service vouches for, and nobody's here: an account is never taken over by its address.
func (s *SignIns) admit(ctx context.Context, p store.SignInProvider, who claims, fresh store.Identity) (store.User, error) {
	email, err := goodEmail(who.address(p.Kind, who.PreferredUsername))
	if err != nil || p.Kind != store.KindMicrosoft && !bool(who.EmailVerified) {
		return store.User{}, problem.New(problem.NoAccount, "The service vouches for no e-mail address of that account.")
	}
	user := store.User{ID: store.NewID(), Email: email, Name: nameOf(who, email), Role: store.RoleMember}
	fresh.UserID = user.ID
	err = s.Store.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.AddUser(&user); err != nil {
			return err
		}
		if err := tx.AddIdentity(&fresh); err != nil {
			return err
		}
		return tx.AddAudit(store.AuditEntry{UserID: user.ID, Action: AccountChanged, Subject: user.ID, Detail: "came in by sign-in"})
	})
	if problem.Is(err, problem.Conflict) {
		return store.User{}, problem.Wrap(problem.NoAccount, "Somebody else signs in with that e-mail address here.", err)
	}
	if err != nil {
		return store.User{}, fmt.Errorf("admit: %w", err)
	}
	return user, nil
}

func nameOf(who claims, otherwise string) string {
	if name, err := goodName(plainText(who.Name, 100)); err == nil {
		return name
	}
	return otherwise
}

// Unlink takes a way to sign in away from a user, unless it is the only one.
func (s *SignIns) Unlink(ctx context.Context, user store.User, id string) error {
	identities, err := s.Store.Identities(ctx, user.ID)
	if err != nil {
		return fmt.Errorf("list identities: %w", err)
	}
	passkeys, err := s.Store.Passkeys(ctx, user.ID)
	if err != nil {
		return fmt.Errorf("list passkeys: %w", err)
	}
	if user.PasswordHash == "" && len(passkeys) == 0 && len(identities) == 1 && identities[0].ID == id {
		return onlyWay()
	}
	if err := s.Store.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteIdentity(user.ID, id) }); err != nil {
		return fmt.Errorf("unlink account: %w", err)
	}
	return nil
}

func onlyWay() error {
	return problem.New(problem.Conflict, "This is your only way to sign in.").
		WithAction(problem.You, "Set a password or add another way first.")
}
