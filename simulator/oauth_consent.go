package simulator

import (
	"net/http"
	"strings"
)

// permission is a scope in words.
type permission struct{ Title, Detail string }

// permissions are the words of the consent page, by the scope's name.
var permissions = map[string]permission{
	"openid":               {"Sign you in", "The app learns who you are when you sign in."},
	"profile":              {"View your basic profile", "The app can see your name and user name."},
	"email":                {"View your email address", "The app can see your primary email address."},
	"offline_access":       {"Maintain access to data you have given it access to", "The app keeps its access while you are not using it."},
	scopeIMAP:              {"Read and write access to your mail via IMAP", "The app can read, update, create and delete email in your mailbox."},
	scopeSMTP:              {"Send email from your mailbox using SMTP", "The app can send mail as you."},
	"POP.AccessAsUser.All": {"Read access to your mail via POP", "The app can read and delete email in your inbox."},
	"Mail.Read":            {"Read your mail", "The app can read email in your mailbox."},
	"Mail.ReadWrite":       {"Read and write access to your mail", "The app can read, update, create and delete email in your mailbox."},
	"Mail.Send":            {"Send mail as you", "The app can send mail as you."},
	"User.Read":            {"Sign you in and read your profile", "The app can see your profile and your organisation’s name."},
}

// inWords lists scopes as people should read them.
func inWords(s scopes) []permission {
	var words []permission
	for _, scope := range s.all() {
		name := scope
		if _, after, ok := cutLast(scope, "/"); ok {
			name = after
		}
		p, known := permissions[name]
		if !known {
			p = permission{Title: scope, Detail: "The simulator has no words for this permission."}
		}
		words = append(words, p)
	}
	return words
}

// showConsent asks whether the app may have what it wants.
func (h *signIn) showConsent(w http.ResponseWriter, f *flow) {
	h.show(w, http.StatusOK, "consent.html", f.redirect, page{Title: "Permissions requested", Tenant: f.at.name, Flow: f.id,
		AppName: f.app.Name, Account: f.user.User, Can: inWords(f.scope)})
}

// consent takes the answer.
func (h *signIn) consent(w http.ResponseWriter, r *http.Request) {
	f := h.sim.resume(r)
	if f == nil || f.user == nil {
		h.refusePage(w, h.sim.failure(50089, subject{}), "")
		return
	}
	if !strings.EqualFold(r.PostFormValue("action"), "accept") {
		h.refuse(w, r, f, h.sim.failure(65004, f.about()))
		return
	}
	h.sim.consent(f.user, f.app.ID, f.scope.all())
	h.finish(w, r, f)
}
