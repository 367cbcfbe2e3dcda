package server

import (
	"context"

	"postroom/problem"
	"postroom/store"
)

// Rule says who may use a route. A route without one cannot be registered.
type Rule string

const (
	// Open routes know nobody: no session is looked at.
	Open Rule = "open"
	// Public routes are for everyone, signed in or not, and may use the session.
	Public Rule = "public"
	// Member routes are for everyone who is signed in, administrators too, each with what is theirs.
	Member Rule = "member"
	// Manager routes are for managers and administrators. They lead to people and to how mailboxes
	// fare, never to mail or to secrets.
	Manager Rule = "manager"
	// Admin routes are for administrators of this Postroom. They lead to settings and people, never to mail.
	Admin Rule = "admin"
	// Capability routes carry their right in the address: a signed token that ends soon.
	Capability Rule = "capability"
)

func (r Rule) known() bool {
	switch r {
	case Open, Public, Member, Manager, Admin, Capability:
		return true
	}
	return false
}

// session reports whether routes of this rule look at the session.
func (r Rule) session() bool { return r == Public || r == Member || r == Manager || r == Admin }

// enter lets the visitor of ctx in where rule says so, and notes who they are. The sessions have
// read the user with this very request, so that whoever is disabled is out with their next one.
func (s *Server) enter(ctx context.Context, rule Rule) error {
	if !rule.session() {
		return nil
	}
	user, signedIn := s.sessions.User(ctx)
	visitOf(ctx).user = user
	switch {
	case rule == Public:
		return nil
	case !signedIn:
		return problem.New(problem.SignInNeeded, "")
	case rule == Admin && user.Role != store.RoleAdmin,
		rule == Manager && user.Role != store.RoleAdmin && user.Role != store.RoleManager:
		return problem.New(problem.Forbidden, "")
	}
	return nil
}
