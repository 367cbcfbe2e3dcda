package server

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"postroom/store"
)

// The numbers are those of the project's table of threats.

// A page that is shown in another site's frame can be clicked on unseen. Only the document of a mail
// is made to be framed, and by this site alone.
func TestRow32NothingMayBeFramedByOthers(t *testing.T) {
	h := startHouse(t, func(c *Config) { c.Dist = builtApp(t) })
	e := h.estate()
	for _, r := range h.server.table {
		if r.method != http.MethodGet || r.path == "/api/events" {
			continue
		}
		path, _ := e.asked(r)
		got := e.owner.ask(r.method, path, nil)
		policy, frame := got.header.Get("Content-Security-Policy"), got.header.Get("X-Frame-Options")
		if r.rule == Capability {
			if !strings.Contains(policy, "frame-ancestors "+h.url) && !strings.Contains(policy, "frame-ancestors 'self'") && !strings.Contains(policy, "frame-ancestors 'none'") {
				t.Errorf("%s may be framed by anybody: %q", path, policy)
			}
			continue
		}
		if !strings.Contains(policy, "frame-ancestors 'none'") && strings.Contains(policy, "frame-ancestors") || frame != "DENY" {
			t.Errorf("%s may be framed: %q, X-Frame-Options %q", path, policy, frame)
		}
	}
}

// What GET does has no effect, so that a link or an image of another site does no harm: everything
// that a person has is the same after each GET route was asked.
func TestRow32ReadingChangesNothing(t *testing.T) {
	h := startHouse(t, func(c *Config) { c.Dist = builtApp(t) })
	e := h.estate()
	look := func() string {
		var all []any
		for _, path := range []string{"/api/mailboxes", "/api/messages/" + number(e.mail), "/api/actions/failed", "/api/outgoing", "/api/folders/" + number(e.box.inbox.ID) + "/messages"} {
			var v any
			check(t, json.Unmarshal(e.owner.ask("GET", path, nil).body, &v))
			all = append(all, strip(v))
		}
		raw, err := json.Marshal(all)
		check(t, err)
		return string(raw)
	}
	before := look()
	for _, r := range h.server.table {
		if r.method == http.MethodGet && r.path != "/api/events" {
			path, _ := e.asked(r)
			e.owner.ask(r.method, path, nil, "Sec-Fetch-Site", "cross-site")
		}
	}
	if after := look(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// strip takes the addresses of documents out, which are made anew for each answer.
func strip(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if name == "frameUrl" || name == "url" {
				delete(v, name)
				continue
			}
			v[name] = strip(inner)
		}
	case []any:
		for i := range v {
			v[i] = strip(v[i])
		}
	}
	return v
}

// What is read of another site gives no answer that its scripts could see.
func TestRow32OtherSitesReadNothing(t *testing.T) {
	h := startHouse(t)
	e := h.estate()
	for _, path := range []string{"/api/session", "/api/mailboxes", "/api/messages/" + number(e.mail), "/api/problems", "/healthz"} {
		for method, header := range map[string]string{"GET": "X-Nothing", "OPTIONS": "Access-Control-Request-Method"} {
			got := e.owner.ask(method, path, nil, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", header, "POST")
			for name := range got.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s answers another site with %s", method, path, name)
				}
			}
		}
	}
}

// A client secret goes in and never comes out, whoever asks for whatever.
func TestRow28NoAnswerHoldsAClientSecret(t *testing.T) {
	const canary = "canary~8Q~secret-of-the-registration"
	h := startHouse(t, func(c *Config) { c.Dist = builtApp(t) })
	e := h.estate()
	root := h.guest("root", store.RoleAdmin)
	form := labForm()
	form.ClientSecret = canary
	made := want[Provider](t, root.ask("POST", "/api/admin/providers", form), 200)
	e.provider = made.ID
	visitors := []*guest{root, h.guest("max", store.RoleManager), e.owner, h.nobody()}
	asked := 0
	for _, r := range h.server.table {
		if r.path == "/api/events" || !slices.Contains([]string{http.MethodGet, http.MethodPut, http.MethodPatch}, r.method) {
			continue
		}
		for _, g := range visitors {
			path, body := e.asked(r)
			if r.method == http.MethodPut && r.path == "/api/admin/providers/{id}" {
				again := labForm()
				again.ClientSecret, again.Name = "", "Renamed" // blank: the stored one stays
				body = again
			}
			got := g.ask(r.method, path, body)
			asked++
			if strings.Contains(string(got.body), canary) || strings.Contains(got.header.Get("Location"), canary) {
				t.Errorf("%s %s tells the secret: %s", r.method, r.path, got.body)
			}
		}
	}
	if strings.Contains(h.log.String(), canary) {
		t.Error("the log holds the secret")
	}
	for _, p := range want[[]Provider](t, root.ask("GET", "/api/admin/providers", nil), 200) {
		if raw, _ := json.Marshal(p); p.ID == made.ID && !strings.Contains(string(raw), canary[len(canary)-4:]) {
			t.Errorf("its end is not shown either: %s", raw)
		}
	}
	t.Logf("%d answers", asked)
}
