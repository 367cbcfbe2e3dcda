package simulator

import (
	"embed"
	"html/template"
	"net/http"
	"strings"
	"unicode/utf8"
)

//go:embed pages
var pageFiles embed.FS

// oauthHandler is the sign-in service.
func (s *Simulator) oauthHandler() http.Handler {
	pages := template.Must(template.New("").Funcs(template.FuncMap{"initial": initial}).ParseFS(pageFiles, "pages/*.html"))
	h := &signIn{sim: s, pages: pages}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{tenant}/v2.0/.well-known/openid-configuration", s.discovery)
	mux.HandleFunc("GET /{tenant}/discovery/v2.0/keys", s.publishKeys)
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", h.authorize)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/authorize", h.authorize)
	mux.HandleFunc("POST /{tenant}/login", h.login)
	mux.HandleFunc("POST /{tenant}/consent", h.consent)
	mux.HandleFunc("POST /{tenant}/oauth2/v2.0/token", s.tokenEndpoint)
	mux.HandleFunc("GET /{tenant}/v2.0/adminconsent", h.adminConsent)
	mux.HandleFunc("POST /{tenant}/adminconsent", h.answerAdminConsent)
	mux.HandleFunc("GET /{tenant}/oauth2/v2.0/logout", h.logout)
	mux.HandleFunc("POST /v1.0/users/{user}/sendMail", s.graphSendMail)
	mux.HandleFunc("GET /error", h.lookUp)
	mux.HandleFunc("GET /signin.css", h.stylesheet)
	mux.HandleFunc("GET /{$}", h.start)
	return mux
}

// initial is the letter that stands for somebody without a picture.
func initial(name string) string {
	r, _ := utf8.DecodeRuneInString(name)
	return strings.ToUpper(string(r))
}

// signIn serves the pages a person sees.
type signIn struct {
	sim   *Simulator
	pages *template.Template
}

// page is what the templates show.
type page struct {
	Title    string
	Tenant   string // path segment of the forms
	Flow     string
	AppName  string
	Accounts []User
	Account  User
	Username string
	Wrong    string // what was wrong with what was typed
	Can      []permission
	Error    *errorPage
}

// show renders a page. back is where its form may lead: the browser holds a form to its policy even
// through redirects.
func (h *signIn) show(w http.ResponseWriter, status int, name, back string, p page) {
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", strings.TrimSpace("default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self' "+origin(back)))
	w.WriteHeader(status)
	if err := h.pages.ExecuteTemplate(w, name, p); err != nil {
		h.sim.log.Error("render page", "page", name, "err", err)
	}
}

func (h *signIn) stylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	http.ServeFileFS(w, r, pageFiles, "pages/signin.css")
}

// start tells somebody who found the address what this is.
func (h *signIn) start(w http.ResponseWriter, _ *http.Request) {
	h.show(w, http.StatusOK, "start.html", "", page{Title: "Simulated Microsoft 365"})
}

// lookUp is where error_uri leads.
func (h *signIn) lookUp(w http.ResponseWriter, r *http.Request) {
	code := aadsts(r.FormValue("code"))
	e := h.sim.failure(code, subject{appID: "{appId}", appName: "{appName}", user: "{user}", tenant: "{tenant}", value: "{value}"})
	h.show(w, http.StatusOK, "error.html", "", page{Title: "Error", Error: &errorPage{Code: code, Text: e.Error()}})
}
