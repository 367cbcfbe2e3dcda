package server

import (
	"strings"

	"postroom/store"
)

// User is a person who signs in to this Postroom.
type User struct {
	ID       string     `json:"id"`
	Email    string     `json:"email"`
	Name     string     `json:"name"`
	Role     store.Role `json:"role" enum:"admin,manager,member"`
	Disabled bool       `json:"disabled"`

	SecondFactor bool `json:"secondFactor,omitempty" doc:"Signs in with a second step; only in lists of people"`
}

func wireUser(u store.User) User {
	return User{ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role, Disabled: u.DisabledAt != 0}
}

// Session is what the web app needs to know first.
type Session struct {
	User        User   `json:"user"`
	PublicURL   string `json:"publicUrl" doc:"Where people open this Postroom"`
	RedirectURI string `json:"redirectUri" doc:"What to enter at an app registration"`
	Version     string `json:"version"`
}

// SetupState says whether the first administrator is still to be made.
type SetupState struct {
	Open bool `json:"open"`
}

// SetupForm makes the first administrator.
type SetupForm struct {
	Token    string `json:"token" maxLength:"200" doc:"From the link that the first start prints"`
	Email    string `json:"email" maxLength:"254"`
	Name     string `json:"name" maxLength:"200"`
	Password string `json:"password" maxLength:"1024"`
}

// SignInForm opens a session.
type SignInForm struct {
	Email    string `json:"email" maxLength:"254"`
	Password string `json:"password" maxLength:"1024"`
}

// UserForm makes a user.
type UserForm struct {
	Email    string     `json:"email" maxLength:"254"`
	Name     string     `json:"name" maxLength:"200"`
	Password string     `json:"password" maxLength:"1024"`
	Role     store.Role `json:"role" enum:"admin,manager,member"`
}

// UserPatch changes what it names of a user.
type UserPatch struct {
	Name     *string     `json:"name,omitempty" maxLength:"200"`
	Role     *store.Role `json:"role,omitempty" enum:"admin,manager,member"`
	Disabled *bool       `json:"disabled,omitempty"`
	Password *string     `json:"password,omitempty" maxLength:"1024"`
}

// words say what a patch changes, for the audit log.
func (p UserPatch) words() string {
	var words []string
	if p.Name != nil {
		words = append(words, "name")
	}
	if p.Role != nil {
		words = append(words, "role: "+string(*p.Role))
	}
	if p.Disabled != nil && *p.Disabled {
		words = append(words, "disabled")
	}
	if p.Disabled != nil && !*p.Disabled {
		words = append(words, "enabled")
	}
	if p.Password != nil {
		words = append(words, "password")
	}
	return strings.Join(words, ", ")
}
