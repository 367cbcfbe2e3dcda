package server

import (
	"crypto/rand"
	"html/template"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"postroom/auth"
	"postroom/problem"
	"postroom/store"
)

// consentAnswer takes the answers to links for administrators of Microsoft 365 out of what comes to
// the redirect URI; everything else is next's. Whoever opened the link need not be known here.
func (h *providers) consentAnswer(next func(echo.Context, store.User) error) func(echo.Context, store.User) error {
	return func(c echo.Context, user store.User) error {
		answer := c.QueryParams()
		if !auth.IsConsentAnswer(answer) {
			return next(c, user)
		}
		consent, err := h.providers.ConsentAnswer(c.Request().Context(), answer)
		if err == nil && user.Role == store.RoleAdmin {
			return c.Redirect(http.StatusFound, "/settings/providers?"+url.Values{"approved": {consent.Provider.ID}}.Encode())
		}
		return showConsent(c, err)
	}
}

// consentPage is the whole page that a stranger sees.
type consentPage struct {
	Title, Words, Action, Raw, Nonce string
}

func showConsent(c echo.Context, err error) error {
	page, status := consentPage{
		Title: "Postroom is approved.",
		Words: "Everyone in your organisation can connect their mailbox now.",
		Nonce: rand.Text(),
	}, http.StatusOK
	if err != nil {
		p := problemOf(err)
		page.Title, page.Words, page.Action, page.Raw, status = p.Title, p.Detail, p.Action, p.Raw, p.Status()
		if p.Code == problem.ConsentDeclined {
			page.Title = "Postroom was not approved."
			page.Words = "Nothing was changed."
		}
	}
	h := c.Response().Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+page.Nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	c.Response().WriteHeader(status)
	return consentHTML.Execute(c.Response(), page)
}

// The page stands alone: the app's own files are for those who sign in.
var consentHTML = template.Must(template.New("consent").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title>
<style nonce="{{.Nonce}}">
:root { color-scheme: light dark; font: 16px/1.6 system-ui, sans-serif }
body { max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem }
h1 { font-size: 1.5rem; line-height: 1.3 }
pre { padding: .75rem 1rem; border: 1px solid light-dark(#d0d4da, #444); border-radius: 8px; font-size: .8rem; white-space: pre-wrap; overflow-wrap: anywhere }
</style></head>
<body><main><h1>{{.Title}}</h1>
{{with .Words}}<p>{{.}}</p>{{end}}{{with .Action}}<p>{{.}}</p>{{end}}{{with .Raw}}<pre>{{.}}</pre>{{end}}
<p>You can close this page.</p></main></body></html>
`))
