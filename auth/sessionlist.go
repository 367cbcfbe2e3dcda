package auth

import (
	"context"
	"fmt"
	"strconv"

	"postroom/problem"
	"postroom/store"
)

// SignedInBrowser is one of a user's sessions, for the user to look at.
type SignedInBrowser struct {
	ID      string // names the session and opens nothing
	Agent   Agent
	Since   int64 // unix ms of the sign-in
	Seen    int64 // when it was last used, in steps of some minutes
	Current bool  // the one that asks
}

// List returns where a user is signed in, the browser used last first.
func (s *Sessions) List(ctx context.Context, userID string) ([]SignedInBrowser, error) {
	rows, err := s.store.UserSessions(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	current, browsers := s.row(ctx), []SignedInBrowser{}
	for _, row := range rows {
		values, err := decodeSession(row.Data)
		if err != nil {
			continue // not one of ours: it opens nothing either
		}
		since, _ := strconv.ParseInt(values[keySince], 10, 64)
		browsers = append(browsers, SignedInBrowser{
			ID: sessionID(row.Token), Agent: Agent(values[keyAgent]), Since: since, Seen: max(row.SeenAt, since), Current: row.Token == current,
		})
	}
	return browsers, nil
}

// row is the name of this browser's session in the store.
func (s *Sessions) row(ctx context.Context) string {
	token := s.scs.Token(ctx)
	if token == "" {
		return ""
	}
	return hashOfToken(token)
}

// sessionID names a session to its owner, without being what the store knows it by.
func sessionID(row string) string { return digest("session id|" + row)[:24] }

// End ends one of a user's sessions: its browser is signed out with the next request.
func (s *Sessions) End(ctx context.Context, userID, id string) error {
	return s.endThose(ctx, userID, func(row string) bool { return same(sessionID(row), id) }, true)
}

// EndOthers ends all of a user's sessions but this browser's.
func (s *Sessions) EndOthers(ctx context.Context, userID string) error {
	current := s.row(ctx)
	return s.endThose(ctx, userID, func(row string) bool { return row != current }, false)
}

func (s *Sessions) endThose(ctx context.Context, userID string, those func(row string) bool, must bool) error {
	rows, err := s.store.UserSessions(ctx, userID)
	if err != nil {
		return fmt.Errorf("list sessions: %w", err)
	}
	ended := false
	err = s.store.Tx(ctx, func(tx *store.Tx) error {
		for _, row := range rows {
			if !those(row.Token) {
				continue
			}
			ended = true
			s.rows.markEnded(row.Token)
			if err := tx.DeleteSession(row.Token); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	if must && !ended {
		return problem.New(problem.NotFound, "")
	}
	return nil
}
