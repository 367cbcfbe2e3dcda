package auth

import (
	"context"
	"sync"
	"testing"
	"time"

	"postroom/problem"
	"postroom/store"
)

const goodWords = "correct horse battery"

// person adds somebody of a role.
func (h *house) person(email string, role store.Role) store.User {
	h.t.Helper()
	u, err := h.people.Add(context.Background(), NewPerson{Email: email, Name: email, Password: goodWords, Role: role})
	check(h.t, err)
	return u
}

func TestRow30AnInvitationCountsOnceAndForSevenDays(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	root := h.person("root@postroom.example", store.RoleAdmin)
	i, token, err := h.people.Invite(ctx, root, NewInvitation{Email: " Bob@Postroom.example ", Name: "Bob", Role: store.RoleManager})
	check(t, err)
	if found, err := h.people.Invitation(ctx, token); err != nil || found.Email != "bob@postroom.example" || found.ID != i.ID {
		t.Fatalf("%+v, %v", found, err)
	}
	bob, err := h.people.Accept(ctx, token, "Robert", goodWords)
	check(t, err)
	if bob.Email != "bob@postroom.example" || bob.Name != "Robert" || bob.Role != store.RoleManager {
		t.Errorf("%+v", bob)
	}
	_, err = h.people.Accept(ctx, token, "Robert", goodWords)
	wantProblem(t, err, problem.LinkSpent)

	_, late, err := h.people.Invite(ctx, root, NewInvitation{Email: "late@postroom.example", Role: store.RoleMember})
	check(t, err)
	h.clock.advance(7 * 24 * time.Hour)
	_, err = h.people.Accept(ctx, late, "Late", goodWords)
	wantProblem(t, err, problem.LinkSpent)
	_, err = h.people.Invitation(ctx, late)
	wantProblem(t, err, problem.LinkSpent)
}

func TestRow30InvitationsThatDoNotCount(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	root := h.person("root@postroom.example", store.RoleAdmin)
	other := h.person("other@postroom.example", store.RoleAdmin)
	for name, end := range map[string]func(store.Invitation){
		"withdrawn": func(i store.Invitation) { _, err := h.people.Uninvite(ctx, root, i.ID); check(t, err) },
		"sent anew": func(i store.Invitation) { _, _, err := h.people.InviteAgain(ctx, root, i.ID); check(t, err) },
		"invited twice": func(i store.Invitation) {
			_, _, err := h.people.Invite(ctx, root, NewInvitation{Email: i.Email, Role: store.RoleMember})
			check(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			i, token, err := h.people.Invite(ctx, root, NewInvitation{Email: randomToken() + "@postroom.example", Role: store.RoleAdmin})
			check(t, err)
			end(i)
			_, err = h.people.Accept(ctx, token, "X", goodWords)
			wantProblem(t, err, problem.LinkSpent)
		})
	}
	_, token, err := h.people.Invite(ctx, other, NewInvitation{Email: "friend@postroom.example", Role: store.RoleAdmin})
	check(t, err)
	yes, member := true, store.RoleMember
	_, err = h.people.Change(ctx, other.ID, PersonChange{Role: &member})
	check(t, err)
	_, err = h.people.Accept(ctx, token, "Friend", goodWords)
	wantProblem(t, err, problem.LinkSpent) // the inviter could not invite so any more
	_, err = h.people.Change(ctx, other.ID, PersonChange{Disabled: &yes})
	check(t, err)
	_, err = h.people.Accept(ctx, token, "Friend", goodWords)
	wantProblem(t, err, problem.LinkSpent)
	_, err = h.people.Accept(ctx, "made-up", "X", goodWords)
	wantProblem(t, err, problem.LinkSpent)
}

func TestRow30TwoAcceptAtOnceMakeOneUser(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	root := h.person("root@postroom.example", store.RoleAdmin)
	_, token, err := h.people.Invite(ctx, root, NewInvitation{Email: "bob@postroom.example", Role: store.RoleMember})
	check(t, err)
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() { _, errs[i] = h.people.Accept(ctx, token, "Bob", goodWords) })
	}
	wg.Wait()
	good := 0
	for _, err := range errs {
		if err == nil {
			good++
		} else {
			wantProblem(t, err, problem.LinkSpent)
		}
	}
	if good != 1 {
		t.Errorf("%d accepted, want 1", good)
	}
}

func TestRow30ManagersInviteMembersOnly(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	root, max := h.person("root@postroom.example", store.RoleAdmin), h.person("max@postroom.example", store.RoleManager)
	bob := h.person("bob@postroom.example", store.RoleMember)
	for _, role := range []store.Role{store.RoleAdmin, store.RoleManager} {
		_, _, err := h.people.Invite(ctx, max, NewInvitation{Email: "x@postroom.example", Role: role})
		wantProblem(t, err, problem.Forbidden)
		i, _, err := h.people.Invite(ctx, root, NewInvitation{Email: string(role) + "@postroom.example", Role: role})
		check(t, err)
		_, _, err = h.people.InviteAgain(ctx, max, i.ID)
		wantProblem(t, err, problem.Forbidden)
		_, err = h.people.Uninvite(ctx, max, i.ID)
		wantProblem(t, err, problem.Forbidden)
	}
	_, _, err := h.people.Invite(ctx, max, NewInvitation{Email: "x@postroom.example", Role: store.RoleMember})
	check(t, err)
	_, _, err = h.people.Invite(ctx, bob, NewInvitation{Email: "y@postroom.example", Role: store.RoleMember})
	wantProblem(t, err, problem.Forbidden)
	_, _, err = h.people.Invite(ctx, root, NewInvitation{Email: "BOB@postroom.example", Role: store.RoleMember})
	wantProblem(t, err, problem.Conflict)
	_, _, err = h.people.Invite(ctx, root, NewInvitation{Email: "nobody", Role: store.RoleMember})
	wantProblem(t, err, problem.Invalid)
}

func TestRow27TokensOfLinksAreNotInTheDatabase(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	root := h.person("root@postroom.example", store.RoleAdmin)
	_, invitation, err := h.people.Invite(ctx, root, NewInvitation{Email: "bob@postroom.example", Role: store.RoleMember})
	check(t, err)
	_, reset, err := h.people.NewReset(ctx, root.ID)
	check(t, err)
	h.absent(invitation.Reveal(), reset.Reveal())
}
