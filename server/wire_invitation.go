package server

import "postroom/store"

// Invitation is somebody who was asked to become a user.
type Invitation struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Name      string     `json:"name,omitempty"`
	Role      store.Role `json:"role" enum:"admin,manager,member"`
	State     string     `json:"state" enum:"open,accepted,revoked,expired"`
	By        string     `json:"by,omitempty" doc:"Name of who invited them; empty when they are gone"`
	CreatedAt int64      `json:"createdAt"`
	ExpiresAt int64      `json:"expiresAt"`
}

func wireInvitation(i store.Invitation, by string, now int64) Invitation {
	state := "expired"
	switch {
	case i.AcceptedAt != 0:
		state = "accepted"
	case i.RevokedAt != 0:
		state = "revoked"
	case i.Open(now):
		state = "open"
	}
	return Invitation{ID: i.ID, Email: i.Email, Name: i.Name, Role: i.Role, State: state, By: by, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt}
}

// InvitationForm invites somebody.
type InvitationForm struct {
	Email string     `json:"email" maxLength:"254"`
	Name  string     `json:"name,omitempty" maxLength:"200"`
	Role  store.Role `json:"role" enum:"admin,manager,member"`
}

// InvitationLink is an invitation with its link, which is shown this once.
type InvitationLink struct {
	Invitation Invitation `json:"invitation"`
	URL        string     `json:"url" doc:"For the invited person alone"`
	Mailed     bool       `json:"mailed" doc:"It goes out by mail too"`
}

// Invited is what the page behind an invitation's link says.
type Invited struct {
	Email     string     `json:"email"`
	Name      string     `json:"name,omitempty"`
	Role      store.Role `json:"role" enum:"admin,manager,member"`
	By        string     `json:"by"`
	ExpiresAt int64      `json:"expiresAt"`
}

// TokenForm asks what a link is for.
type TokenForm struct {
	Token string `json:"token" maxLength:"200"`
}

// AcceptForm accepts an invitation.
type AcceptForm struct {
	Token    string `json:"token" maxLength:"200"`
	Name     string `json:"name" maxLength:"200"`
	Password string `json:"password" maxLength:"1024"`
}

// ForgotForm asks for a link that sets a new password.
type ForgotForm struct {
	Email string `json:"email" maxLength:"254"`
}

// ResetLink is a link that sets somebody's password, which is shown this once.
type ResetLink struct {
	URL       string `json:"url" doc:"For that person alone"`
	ExpiresAt int64  `json:"expiresAt"`
	Mailed    bool   `json:"mailed" doc:"It goes out by mail too"`
}

// ResetFor says whose password a link sets.
type ResetFor struct {
	Email string `json:"email"`
	Name  string `json:"name"`
}

// NewPasswordForm sets a new password by a link.
type NewPasswordForm struct {
	Token    string `json:"token" maxLength:"200"`
	Password string `json:"password" maxLength:"1024"`
}

// AuditPage is a stretch of the audit log, newest first.
type AuditPage struct {
	Entries []AuditEntry `json:"entries"`
	More    bool         `json:"more"`
	Actions []string     `json:"actions" doc:"Every action that stands in the log, to choose from"`
}

// AuditEntry is one line of who did what.
type AuditEntry struct {
	ID          int64  `json:"id"`
	At          int64  `json:"at"`
	User        string `json:"user,omitempty" doc:"Id; empty: nobody was signed in"`
	UserName    string `json:"userName,omitempty"`
	Action      string `json:"action" doc:"What happened, or the operation of this API"`
	Subject     string `json:"subject,omitempty" doc:"Id of what it was done to"`
	SubjectName string `json:"subjectName,omitempty"`
	Detail      string `json:"detail,omitempty"`
	IP          string `json:"ip,omitempty"`
}
