package simulator

import (
	"crypto/rand"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// flow is one sign-in under way, from the app's request to its answer. Only the request that holds
// its id works on it.
type flow struct {
	id       string
	at       endpoint
	app      *App
	redirect string
	mode     string
	state    string
	nonce    string
	asked    string // scope as it came
	scope    scopes
	method   string
	secret   string // code_challenge
	prompt   string
	hint     string
	claims   string
	started  time.Time
	user     *account // once chosen
}

// flowLife is how long somebody may sit on a sign-in page.
const flowLife = 30 * time.Minute

// errorPage is a refusal that the app never hears of.
type errorPage struct {
	Code                   int
	Text                   string
	Trace, Correlation, At string
}

// authorize begins a sign-in.
func (h *signIn) authorize(w http.ResponseWriter, r *http.Request) {
	at, ok := h.sim.endpoint(r)
	if !ok {
		h.refusePage(w, h.sim.failure(90002, subject{tenant: at.name}), "")
		return
	}
	f, failed := h.sim.newFlow(r, at)
	if failed == nil {
		failed = h.sim.checkFlow(f)
	}
	if failed != nil {
		h.refuse(w, r, f, failed)
		return
	}
	switch remembered := h.remembered(r, f); {
	case f.prompt == "none" && remembered == nil:
		h.refuse(w, r, f, h.sim.failure(50058, f.about()))
	case remembered != nil:
		f.user = remembered
		h.signedIn(w, r, f)
	default:
		h.sim.keep(f)
		h.showPicker(w, f, "")
	}
}

// newFlow reads a request. What is wrong with the app or its redirect URI must not be told to that
// URI: those errors have a page.
func (s *Simulator) newFlow(r *http.Request, at endpoint) (*flow, *oauthError) {
	q := r.FormValue
	s.mu.Lock()
	app := s.apps[q("client_id")]
	s.mu.Unlock()
	if app == nil {
		return nil, s.failure(700016, subject{appID: q("client_id"), tenant: at.name})
	}
	f := &flow{
		id: rand.Text(), at: at, app: app, redirect: q("redirect_uri"), mode: q("response_mode"), state: q("state"),
		nonce: q("nonce"), asked: q("scope"), scope: parseScopes(q("scope")), method: q("code_challenge_method"),
		secret: q("code_challenge"), prompt: q("prompt"), hint: q("login_hint"), claims: q("claims"), started: s.opts.Now(),
	}
	about := f.about()
	own := s.tenant(app.Tenant)
	switch {
	case own != nil && (at.tenant == nil || at.name == "consumers"):
		return nil, s.failure(50194, about)
	case own != nil && at.tenant.ID != own.ID:
		return nil, s.failure(700016, about)
	case app.Tenant == "organizations" && at.name == "consumers":
		return nil, s.failure(9002332, about)
	}
	if f.redirect == "" && len(app.RedirectURIs) == 1 {
		f.redirect = app.RedirectURIs[0]
	}
	if !slices.ContainsFunc(app.RedirectURIs, func(known string) bool { return sameRedirect(known, f.redirect) }) {
		about.value = f.redirect
		return nil, s.failure(50011, about)
	}
	if response := q("response_type"); response != "code" {
		return f, s.failure(70005, about)
	}
	return f, nil
}

// checkFlow finds what is wrong with a request whose redirect URI can be trusted.
func (s *Simulator) checkFlow(f *flow) *oauthError {
	about := f.about()
	if len(f.scope.all()) == 0 {
		about.value = "scope"
		return s.failure(900144, about)
	}
	if len(f.scope.resources) > 1 && f.at.name == "consumers" {
		about.value = incompatible(f.asked)
		return s.failure(70011, about)
	}
	if unknown := unknownPermission(f.scope); unknown != "" {
		about.value = "The scope '" + f.asked + "' is not valid."
		return s.failure(70011, about)
	}
	if f.secret != "" && (len(f.secret) < 43 || len(f.secret) > 128) {
		return s.failure(501491, about)
	}
	if f.app.Kind == SinglePageApp && f.secret == "" {
		return s.failure(9002325, about)
	}
	for _, fault := range []Fault{ClientError, AuthorizeError} {
		if value, on := s.faults.value(fault, strings.ToLower(f.app.ID)); on {
			return s.failure(aadsts(value), about)
		}
	}
	return nil
}

// unknownPermission is a permission that Outlook does not have; "" when all are known.
func unknownPermission(s scopes) string {
	for _, scope := range s.granted[outlookResource] {
		switch strings.TrimPrefix(scope, outlookResource+"/") {
		case scopeIMAP, scopeSMTP, "POP.AccessAsUser.All", "Mail.Read", "Mail.ReadWrite", "Mail.Send", "User.Read", ".default":
		default:
			return scope
		}
	}
	return ""
}

// about names what the errors of this sign-in speak of.
func (f *flow) about() subject {
	about := subject{appID: f.app.ID, appName: f.app.Name, tenant: f.at.name}
	if f.user != nil {
		about.user = f.user.login()
	}
	return about
}

// keep remembers a sign-in between its pages, and forgets those nobody finished.
func (s *Simulator) keep(f *flow) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, old := range s.flows {
		if s.opts.Now().Sub(old.started) > flowLife {
			delete(s.flows, id)
		}
	}
	s.flows[f.id] = f
}

// resume takes a sign-in that a form belongs to. It is put back when another page follows.
func (s *Simulator) resume(r *http.Request) *flow {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.flows[r.PostFormValue("flow")]
	if f == nil || s.opts.Now().Sub(f.started) > flowLife {
		return nil
	}
	delete(s.flows, f.id)
	return f
}

// refuse ends a sign-in with an error: on a page, or at the app.
func (h *signIn) refuse(w http.ResponseWriter, r *http.Request, f *flow, e *oauthError) {
	if f == nil || e.page {
		h.refusePage(w, e, "")
		return
	}
	text, _, _, _ := h.sim.description(e)
	h.answer(w, r, f, url.Values{
		"error":             {e.name},
		"error_description": {text},
		"error_uri":         {fmt.Sprintf("%s/error?code=%d", h.sim.Authority(), e.code)},
	})
}

// refusePage shows an error that the app never hears of.
func (h *signIn) refusePage(w http.ResponseWriter, e *oauthError, appName string) {
	_, trace, correlation, at := h.sim.description(e)
	h.show(w, http.StatusBadRequest, "error.html", "", page{Title: "Sorry, but we’re having trouble signing you in", AppName: appName,
		Error: &errorPage{Code: e.code, Text: e.Error(), Trace: trace, Correlation: correlation, At: at}})
}

// answer sends the browser back to the app.
func (h *signIn) answer(w http.ResponseWriter, r *http.Request, f *flow, values url.Values) {
	if f.state != "" {
		values.Set("state", f.state)
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	if f.mode == "form_post" {
		h.showFormPost(w, f, values)
		return
	}
	to := f.redirect
	switch {
	case f.mode == "fragment":
		to += "#" + values.Encode()
	case strings.Contains(to, "?"):
		to += "&" + values.Encode()
	default:
		to += "?" + values.Encode()
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// showFormPost is response_mode=form_post with a button: no script runs on these pages.
func (h *signIn) showFormPost(w http.ResponseWriter, f *flow, values url.Values) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action "+origin(f.redirect))
	err := h.pages.ExecuteTemplate(w, "formpost.html", struct {
		Title  string
		To     template.URL
		Values url.Values
	}{"Continue", template.URL(f.redirect), values})
	if err != nil {
		h.sim.log.Error("render page", "page", "formpost.html", "err", err)
	}
}

// sameRedirect compares redirect URIs exactly, but for the port of localhost (RFC 8252, 7.3).
func sameRedirect(known, given string) bool {
	if known == given {
		return given != ""
	}
	a, errA := url.Parse(known)
	b, errB := url.Parse(given)
	return errA == nil && errB == nil && a.Scheme == "http" && b.Scheme == "http" &&
		a.Hostname() == "localhost" && b.Hostname() == "localhost" && a.RequestURI() == b.RequestURI() && b.Fragment == ""
}

// origin is the scheme, host and port of a URL; "" when it has none.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
