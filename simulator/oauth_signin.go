package simulator

import (
	"crypto/rand"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// sessionCookie remembers who signed in from a browser. Cookies know no ports: the name is ours.
const sessionCookie = "simulated_microsoft365"

// remembered is the account that needs no page: the browser is signed in as it, and the app does
// not ask for a choice.
func (h *signIn) remembered(r *http.Request, f *flow) *account {
	if f.prompt == "select_account" || f.prompt == "login" {
		return nil
	}
	here := h.accountsOf(r, f)
	if f.hint != "" {
		here = slices.DeleteFunc(here, func(a *account) bool { return !a.answersTo(f.hint) })
	}
	if len(here) != 1 {
		return nil
	}
	return here[0]
}

// answersTo tells whether a login_hint means the account.
func (a *account) answersTo(hint string) bool {
	return strings.EqualFold(a.Address, hint) || strings.EqualFold(a.login(), hint)
}

// accountsOf lists who is signed in in the browser and may use the endpoint.
func (h *signIn) accountsOf(r *http.Request, f *flow) []*account {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return nil
	}
	h.sim.mu.Lock()
	defer h.sim.mu.Unlock()
	var list []*account
	for _, address := range h.sim.browsers[cookie.Value] {
		if a := h.sim.accountLocked(address); a != nil && f.at.admits(a) {
			list = append(list, a)
		}
	}
	return list
}

// remember signs the browser in.
func (h *signIn) remember(w http.ResponseWriter, r *http.Request, a *account) {
	id := ""
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		id = cookie.Value
	}
	h.sim.mu.Lock()
	defer h.sim.mu.Unlock()
	if _, known := h.sim.browsers[id]; !known {
		id = rand.Text()
	}
	if !slices.Contains(h.sim.browsers[id], a.Address) {
		h.sim.browsers[id] = append(h.sim.browsers[id], a.Address)
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// showPicker lets somebody choose an account. With a hint, and unless the app asks for a choice,
// the hinted account stands alone.
func (h *signIn) showPicker(w http.ResponseWriter, f *flow, wrong string) {
	var accounts []User
	alone := false
	for _, a := range h.sim.candidates(f.at) {
		switch hinted := f.hint != "" && a.answersTo(f.hint); {
		case hinted && f.prompt != "select_account":
			accounts, alone = []User{a.User}, true
		case hinted:
			accounts = slices.Insert(accounts, 0, a.User)
		case !alone:
			accounts = append(accounts, a.User)
		}
	}
	h.show(w, http.StatusOK, "picker.html", f.redirect, page{Title: "Pick an account", Tenant: f.at.name, Flow: f.id, AppName: f.app.Name, Accounts: accounts, Wrong: wrong})
}

// login takes the forms of the account picker, the "another account" page and the password page.
func (h *signIn) login(w http.ResponseWriter, r *http.Request) {
	f := h.sim.resume(r)
	if f == nil {
		h.refusePage(w, h.sim.failure(50089, subject{}), "")
		return
	}
	p := page{Title: "Sign in", Tenant: f.at.name, Flow: f.id, AppName: f.app.Name}
	switch r.PostFormValue("action") {
	case "cancel":
		h.answer(w, r, f, url.Values{"error": {"access_denied"}, "error_subcode": {"cancel"}})
		return
	case "back":
		h.sim.keep(f)
		h.showPicker(w, f, "")
		return
	case "other":
		h.sim.keep(f)
		h.show(w, http.StatusOK, "username.html", f.redirect, p)
		return
	}
	p.Username = strings.TrimSpace(r.PostFormValue("username"))
	a := h.sim.account(p.Username)
	if a == nil || a.Shared {
		h.sim.keep(f)
		p.Wrong = "We couldn’t find an account with that username."
		h.show(w, http.StatusOK, "username.html", f.redirect, p)
		return
	}
	password, typed := r.PostForm["password"]
	if (a.Password != "" || f.prompt == "login") && (!typed || a.Password != "" && password[0] != a.Password) {
		h.sim.keep(f)
		p.Account = a.User
		if typed {
			p.Wrong = "Your account or password is incorrect."
		}
		h.show(w, http.StatusOK, "password.html", f.redirect, p)
		return
	}
	f.user = a
	if !f.at.admits(a) {
		h.refusePage(w, h.sim.failure(50020, f.about()), f.app.Name)
		return
	}
	h.remember(w, r, a)
	h.signedIn(w, r, f)
}

// signedIn goes on when it is known who signs in: policies, consent, code.
func (h *signIn) signedIn(w http.ResponseWriter, r *http.Request, f *flow) {
	if failed := h.sim.forbidden(f); failed != nil {
		h.refuse(w, r, f, failed)
		return
	}
	if f.prompt == "consent" || !h.sim.consented(f.user, f.app.ID, f.scope.all()) {
		if f.prompt == "none" {
			h.refuse(w, r, f, h.sim.failure(65001, f.about()))
			return
		}
		h.sim.keep(f)
		h.showConsent(w, f)
		return
	}
	h.finish(w, r, f)
}

// forbidden finds what keeps a known user from signing in. Carrying the claims of a policy back
// satisfies it.
func (s *Simulator) forbidden(f *flow) *oauthError {
	about := f.about()
	if value, on := s.faults.value(AuthorizeError, f.user.scopes()...); on {
		return s.failure(aadsts(value), about)
	}
	if len(f.scope.resources) > 1 && f.user.tenant.Consumer {
		about.value = incompatible(f.asked)
		return s.failure(70011, about)
	}
	if value, on := s.faults.value(PolicyError, f.user.scopes()...); on {
		if f.claims == "" {
			return s.failure(aadsts(value), about)
		}
		for _, scope := range f.user.scopes() {
			s.faults.clear(scope, PolicyError)
		}
	}
	return nil
}

// finish gives the app its code.
func (h *signIn) finish(w http.ResponseWriter, r *http.Request, f *flow) {
	value := opaque("1.AX", 700)
	if f.user.tenant.Consumer {
		value = opaque("M.C5", 60)
	}
	h.sim.mu.Lock()
	maps.DeleteFunc(h.sim.grants.codes, func(_ string, c *code) bool { return h.sim.opts.Now().Sub(c.issued) > 24*time.Hour })
	h.sim.issued(value)
	h.sim.grants.codes[hash(value)] = &code{flow: *f, user: f.user, issued: h.sim.opts.Now()}
	h.sim.mu.Unlock()
	h.answer(w, r, f, url.Values{"code": {value}, "session_state": {traceID()}})
}

// logout forgets who signed in from the browser.
func (h *signIn) logout(w http.ResponseWriter, r *http.Request) {
	if cookie, err := r.Cookie(sessionCookie); err == nil {
		h.sim.mu.Lock()
		delete(h.sim.browsers, cookie.Value)
		h.sim.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Path: "/", MaxAge: -1})
	h.show(w, http.StatusOK, "start.html", "", page{Title: "You signed out of your account"})
}
