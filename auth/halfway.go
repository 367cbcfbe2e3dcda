package auth

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"postroom/problem"
	"postroom/store"
)

const (
	halfwayLife = 10 * time.Minute
	provenLife  = 15 * time.Minute
)

// Begin makes sure that this browser has a session before anybody is signed in, so that something can be
// bound to it, and returns its Hash.
func (s *Sessions) Begin(ctx context.Context) (string, error) {
	if s.scs.Token(ctx) == "" {
		if err := s.scs.RenewToken(ctx); err != nil {
			return "", fmt.Errorf("begin session: %w", err)
		}
	}
	return s.Hash(ctx), nil
}

// AwaitSecond notes that user proved the first step, with what, and that the second is to come. Nobody
// is signed in yet.
func (s *Sessions) AwaitSecond(ctx context.Context, user store.User, with string) error {
	if err := s.anew(ctx); err != nil {
		return err
	}
	s.scs.Put(ctx, keyHalf, user.ID)
	s.scs.Put(ctx, keyHalfWith, with)
	s.scs.Put(ctx, keyHalfAt, strconv.FormatInt(s.store.Now(), 10))
	s.scs.Put(ctx, keyPassword, passwordMark(user))
	s.visitor(ctx).user = store.User{}
	return nil
}

// Awaited returns who is to prove the second step in this browser, and what was the first. It is a
// problem.SignInFailed when nobody is, any more: ten minutes have passed, or the person was disabled or
// got another password.
func (s *Sessions) Awaited(ctx context.Context) (user store.User, with string, err error) {
	id := s.scs.GetString(ctx, keyHalf)
	at, _ := strconv.ParseInt(s.scs.GetString(ctx, keyHalfAt), 10, 64)
	if id == "" || s.store.Now()-at >= halfwayLife.Milliseconds() {
		return store.User{}, "", tooLate()
	}
	user, err = s.store.User(ctx, id)
	if err != nil && !problem.Is(err, problem.NotFound) {
		return store.User{}, "", fmt.Errorf("read user: %w", err)
	}
	if err != nil || user.DisabledAt != 0 || !same(passwordMark(user), s.scs.GetString(ctx, keyPassword)) {
		return store.User{}, "", tooLate()
	}
	return user, s.scs.GetString(ctx, keyHalfWith), nil
}

// Prove notes that the person has just proved again who they are.
func (s *Sessions) Prove(ctx context.Context) {
	s.scs.Put(ctx, keyProven, strconv.FormatInt(s.store.Now(), 10))
}

// Proven refuses what needs a person who proved who they are within fifteen minutes (problem.ProveAgain):
// an open browser somewhere must not be enough to change how its owner signs in.
func (s *Sessions) Proven(ctx context.Context) error {
	at, _ := strconv.ParseInt(s.scs.GetString(ctx, keyProven), 10, 64)
	if s.store.Now()-at >= provenLife.Milliseconds() {
		return problem.New(problem.ProveAgain, "")
	}
	return nil
}

// KeepCeremony remembers a passkey's ceremony until it is taken.
func (s *Sessions) KeepCeremony(ctx context.Context, kept string) { s.scs.Put(ctx, keyCeremony, kept) }

// TakeCeremony returns what KeepCeremony remembered, once.
func (s *Sessions) TakeCeremony(ctx context.Context) string { return s.scs.PopString(ctx, keyCeremony) }

func tooLate() error {
	return problem.New(problem.SignInFailed, "The first step is too long ago.").
		WithAction(problem.You, "Begin again with your password.")
}
