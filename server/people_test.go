package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"postroom/store"
)

// tokenOf takes the token out of a link that an answer showed.
func tokenOf(t *testing.T, link, page string) string {
	t.Helper()
	u, err := url.Parse(link)
	check(t, err)
	if u.Path != page || u.Query().Get("token") == "" {
		t.Fatalf("link %q", link)
	}
	return u.Query().Get("token")
}

func TestRow30AnInvitationMakesOnePersonOfItsRole(t *testing.T) {
	h := startHouse(t)
	max, bob := h.guest("max", store.RoleManager), h.guest("bob", store.RoleMember)
	wantProblem(t, bob.ask("POST", "/api/invitations", InvitationForm{Email: "eve@example.org", Role: store.RoleMember}), 403, "forbidden")
	wantProblem(t, max.ask("POST", "/api/invitations", InvitationForm{Email: "eve@example.org", Role: store.RoleAdmin}), 403, "forbidden")
	link := want[InvitationLink](t, max.ask("POST", "/api/invitations", InvitationForm{Email: "Eve@example.org", Name: "Eve", Role: store.RoleMember}), 200)
	if link.Invitation.State != "open" || link.Mailed || !strings.HasPrefix(link.URL, h.url+"/invite?") {
		t.Errorf("%+v", link)
	}
	token := tokenOf(t, link.URL, "/invite")
	eve := h.nobody()
	invited := want[Invited](t, eve.ask("POST", "/api/invitation", TokenForm{token}), 200)
	if invited.Email != "eve@example.org" || invited.By != "max" || invited.Role != store.RoleMember {
		t.Errorf("%+v", invited)
	}
	wantProblem(t, eve.ask("POST", "/api/invitation/accept", map[string]any{"token": token, "name": "Eve", "password": password, "role": "admin"}), 422, "invalid")
	user := want[User](t, eve.ask("POST", "/api/invitation/accept", AcceptForm{token, "Eve", password}), 200)
	if me := want[Session](t, eve.ask("GET", "/api/session", nil), 200); me.User != user || user.Role != store.RoleMember {
		t.Errorf("%+v", me)
	}
	wantProblem(t, h.nobody().ask("POST", "/api/invitation/accept", AcceptForm{token, "Eve", password}), 410, "link_spent")
	wantProblem(t, h.nobody().ask("POST", "/api/invitation", TokenForm{token}), 410, "link_spent")
	if list := want[[]Invitation](t, max.ask("GET", "/api/invitations", nil), 200); len(list) != 1 || list[0].State != "accepted" || list[0].By != "max" {
		t.Errorf("%+v", list)
	}
	if strings.Contains(h.log.String(), token) {
		t.Error("the log has the token")
	}
}

func TestInvitationsAreSentAnewAndWithdrawn(t *testing.T) {
	h := startHouse(t)
	root := h.guest("root", store.RoleAdmin)
	first := want[InvitationLink](t, root.ask("POST", "/api/invitations", InvitationForm{Email: "eve@example.org", Role: store.RoleManager}), 200)
	again := want[InvitationLink](t, root.ask("POST", "/api/invitations/"+first.Invitation.ID+"/again", nil), 200)
	wantProblem(t, root.ask("POST", "/api/invitation", TokenForm{tokenOf(t, first.URL, "/invite")}), 410, "link_spent")
	want[Invited](t, root.ask("POST", "/api/invitation", TokenForm{tokenOf(t, again.URL, "/invite")}), 200)
	want[struct{}](t, root.ask("DELETE", "/api/invitations/"+first.Invitation.ID, nil), 204)
	wantProblem(t, root.ask("POST", "/api/invitation", TokenForm{tokenOf(t, again.URL, "/invite")}), 410, "link_spent")
	if list := want[[]Invitation](t, root.ask("GET", "/api/invitations", nil), 200); list[0].State != "revoked" {
		t.Errorf("%+v", list)
	}
}

func TestRow30ManagersSeePeopleAndChangeNobody(t *testing.T) {
	h := startHouse(t)
	max, bob := h.guest("max", store.RoleManager), h.guest("bob", store.RoleMember)
	if list := want[[]User](t, max.ask("GET", "/api/users", nil), 200); len(list) != 2 {
		t.Errorf("%+v", list)
	}
	admin, manager := store.RoleAdmin, store.RoleManager
	for _, id := range []string{max.user.ID, bob.user.ID} {
		for _, role := range []*store.Role{&admin, &manager} {
			wantProblem(t, max.ask("PATCH", "/api/users/"+id, UserPatch{Role: role}), 403, "forbidden")
		}
		wantProblem(t, max.ask("DELETE", "/api/users/"+id, nil), 403, "forbidden")
		wantProblem(t, max.ask("POST", "/api/users/"+id+"/reset", nil), 403, "forbidden")
	}
	wantProblem(t, max.ask("POST", "/api/users", UserForm{Email: "x@example.org", Name: "X", Password: password, Role: admin}), 403, "forbidden")
	wantProblem(t, max.ask("GET", "/api/audit", nil), 403, "forbidden")
}

func TestAResetLinkSetsAPasswordAndEndsSessions(t *testing.T) {
	h := startHouse(t)
	root, bob := h.guest("root", store.RoleAdmin), h.guest("bob", store.RoleMember)
	wantProblem(t, h.nobody().ask("POST", "/api/reset", ForgotForm{bob.user.Email}), 403, "forbidden") // no mail is sent here
	link := want[ResetLink](t, root.ask("POST", "/api/users/"+bob.user.ID+"/reset", nil), 200)
	token := tokenOf(t, link.URL, "/reset")
	g := h.nobody()
	if who := want[ResetFor](t, g.ask("POST", "/api/reset/link", TokenForm{token}), 200); who.Email != bob.user.Email {
		t.Errorf("%+v", who)
	}
	want[struct{}](t, g.ask("POST", "/api/reset/password", NewPasswordForm{token, password}), 204)
	wantProblem(t, bob.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	wantProblem(t, g.ask("GET", "/api/session", nil), 401, "sign_in_needed") // a link is no sign-in
	want[Session](t, g.ask("POST", "/api/session", SignInForm{bob.user.Email, password}), 200)
	wantProblem(t, g.ask("POST", "/api/reset/password", NewPasswordForm{token, password}), 410, "link_spent")
}

func TestSomebodyIsRemovedWithTheirMailboxes(t *testing.T) {
	h := startHouse(t)
	root := h.guest("root", store.RoleAdmin)
	e := h.estate()
	wantProblem(t, root.ask("DELETE", "/api/users/"+root.user.ID, nil), 409, "conflict")
	want[struct{}](t, root.ask("DELETE", "/api/users/"+e.owner.user.ID, nil), 204)
	wantProblem(t, e.owner.ask("GET", "/api/session", nil), 401, "sign_in_needed")
	boxes, err := h.store.AllMailboxes(t.Context())
	check(t, err)
	for _, box := range boxes {
		if box.UserID == e.owner.user.ID {
			t.Error("a mailbox was left")
		}
	}
	wantProblem(t, root.ask("DELETE", "/api/users/"+e.owner.user.ID, nil), 404, "not_found")
}

// Every route by which an administrator or a manager changes something leaves a line, with who, what
// and to what; and nothing of what was sent.
func TestEveryAdministratorsDeedIsInTheAuditLog(t *testing.T) {
	h := startHouse(t)
	deeds := 0
	for _, r := range h.server.table {
		if r.method == http.MethodGet || r.rule != Admin && r.rule != Manager {
			continue
		}
		deeds++
		root, e := h.guest("root", store.RoleAdmin), h.estate()
		path, body := e.asked(r)
		if got := root.ask(r.method, path, body); !allowed(r, got.status) {
			t.Errorf("%s %s: %d %s", r.method, r.path, got.status, got.body)
		} else if got.status >= http.StatusBadRequest {
			continue
		}
		page := want[AuditPage](t, root.ask("GET", "/api/audit?person="+root.user.ID, nil), 200)
		if len(page.Entries) != 1 || page.Entries[0].Action != r.op.OperationID || page.Entries[0].IP == "" || page.Entries[0].UserName != "root" {
			t.Errorf("%s %s left %+v", r.method, r.path, page.Entries)
		} else if page.Entries[0].Subject == "" && strings.Contains(r.path, "{id}") {
			t.Errorf("%s %s: to what?", r.method, r.path)
		}
	}
	raw := string(h.guest("root", store.RoleAdmin).ask("GET", "/api/audit?limit=200", nil).body)
	for _, secret := range []string{"correct horse battery", "a-long-enough-secret", "token="} {
		if strings.Contains(raw, secret) {
			t.Errorf("the audit log has %q", secret)
		}
	}
	t.Logf("%d routes", deeds)
}

func TestTheAuditLogIsReadByPageAndByPerson(t *testing.T) {
	h := startHouse(t)
	root, bob := h.guest("root", store.RoleAdmin), h.guest("bob", store.RoleMember)
	name := "Robert"
	for range 3 {
		want[User](t, root.ask("PATCH", "/api/users/"+bob.user.ID, UserPatch{Name: &name}), 200)
	}
	wantProblem(t, root.ask("PATCH", "/api/users/"+bob.user.ID, UserPatch{Password: &name}), 422, "invalid") // refused: nothing was done
	wantProblem(t, h.nobody().ask("POST", "/api/session", SignInForm{"nobody@example.org", "wrong"}), 401, "sign_in_failed")
	want[struct{}](t, bob.ask("DELETE", "/api/session", nil), 204)
	first := want[AuditPage](t, root.ask("GET", "/api/audit?limit=2", nil), 200)
	if !first.More || len(first.Entries) != 2 || first.Entries[0].Action != "session.close" || first.Entries[1].Action != "session.refuse" {
		t.Fatalf("%+v", first)
	}
	rest := want[AuditPage](t, root.ask("GET", "/api/audit?before="+number(first.Entries[1].ID), nil), 200)
	if rest.More || len(rest.Entries) != 3 || rest.Entries[0].Detail != "name" || rest.Entries[0].SubjectName != "Robert" {
		t.Errorf("%+v", rest)
	}
	if of := want[AuditPage](t, root.ask("GET", "/api/audit?action=patch-users-id&person="+root.user.ID, nil), 200); len(of.Entries) != 3 {
		t.Errorf("%+v", of)
	}
	if all := want[AuditPage](t, root.ask("GET", "/api/audit?person="+bob.user.ID, nil), 200); len(all.Entries) != 4 || len(all.Actions) != 3 {
		t.Errorf("%+v", all)
	}
}
