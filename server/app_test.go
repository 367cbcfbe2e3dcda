package server

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

const indexPage = `<!doctype html><html><head><meta property="csp-nonce" nonce="__CSP_NONCE__"><script type="module" src="/assets/app-1.js" nonce="__CSP_NONCE__"></script></head></html>`

func builtApp(t *testing.T) fstest.MapFS {
	t.Helper()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write([]byte("console.log(1)"))
	check(t, err)
	check(t, z.Close())
	return fstest.MapFS{
		"dist/.gitkeep":             {},
		"dist/index.html":           {Data: []byte(indexPage)},
		"dist/index.html.gz":        {Data: []byte("stale")},
		"dist/assets/app-1.js":      {Data: []byte("console.log(1)")},
		"dist/assets/app-1.js.gz":   {Data: packed.Bytes()},
		"dist/assets/app-1.js.br":   {Data: []byte("brotli")},
		"dist/manifest.webmanifest": {Data: []byte("{}")},
	}
}

// page asks a server without a store behind it.
func page(s *Server, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func TestAppPageHasAFreshNonceInItsPolicy(t *testing.T) {
	s := bare(t, func(c *Config) { c.Dist = builtApp(t) })
	nonce := regexp.MustCompile(`nonce-([A-Z2-7]{20,})'`)
	seen := map[string]bool{}
	for _, path := range []string{"/", "/settings/mailboxes", "/index.html"} {
		w := page(s, path)
		policy := w.Header().Get("Content-Security-Policy")
		found := nonce.FindStringSubmatch(policy)
		if w.Code != http.StatusOK || found == nil || !strings.Contains(w.Body.String(), `nonce="`+found[1]+`"`) {
			t.Fatalf("%s: %d %q %s", path, w.Code, policy, w.Body)
		}
		if seen[found[1]] {
			t.Error("a nonce was used twice")
		}
		seen[found[1]] = true
		for _, part := range []string{"default-src 'none'", "frame-src http://localhost:8080/m/;", "base-uri 'none'", "frame-ancestors 'none'", "connect-src 'self'"} {
			if !strings.Contains(policy+";", part) {
				t.Errorf("policy lacks %s: %s", part, policy)
			}
		}
		if strings.Contains(policy, "unsafe") || w.Header().Get("Cache-Control") != "no-cache" || !strings.HasPrefix(w.Header().Get("ETag"), `"`) {
			t.Errorf("%v", w.Header())
		}
	}
}

func TestAssetsAreServedInTheBestEncodingAndKeptForEver(t *testing.T) {
	s := bare(t, func(c *Config) { c.Dist = builtApp(t) })
	for accept, want := range map[string]string{
		"":                        "",
		"gzip, deflate, br":       "br",
		"gzip":                    "gzip",
		"br;q=0.5, gzip;q=0.9":    "gzip",
		"br;q=0, gzip;q=0":        "",
		"*":                       "br",
		"*;q=0.1, br;q=0":         "gzip",
		"identity, br;q=0.5":      "",
		"BR":                      "br",
		"br;q=nonsense":           "",
		"zstd;q=1, gzip; q = 0.3": "gzip",
	} {
		w := page(s, "/assets/app-1.js", "Accept-Encoding", accept)
		if got := w.Header().Get("Content-Encoding"); got != want || w.Code != http.StatusOK {
			t.Errorf("Accept-Encoding %q: %d %q, want %q", accept, w.Code, got, want)
		}
		h := w.Header()
		if h.Get("Cache-Control") != "public, max-age=31536000, immutable" || h.Get("Vary") != "Accept-Encoding" || h.Get("Content-Type") != "text/javascript; charset=utf-8" {
			t.Errorf("%v", h)
		}
		again := page(s, "/assets/app-1.js", "Accept-Encoding", accept, "If-None-Match", h.Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 {
			t.Errorf("If-None-Match: %d", again.Code)
		}
	}
	w := page(s, "/assets/app-1.js", "Accept-Encoding", "gzip")
	z, err := gzip.NewReader(w.Body)
	check(t, err)
	plain, err := io.ReadAll(z)
	check(t, err)
	if string(plain) != "console.log(1)" {
		t.Errorf("%s", plain)
	}
	if got := page(s, "/manifest.webmanifest"); got.Header().Get("Cache-Control") != "no-cache" || got.Header().Get("Content-Type") != "application/manifest+json" {
		t.Errorf("%v", got.Header())
	}
}

func TestMissingFilesAreMissingAndNotTheApp(t *testing.T) {
	s := bare(t, func(c *Config) { c.Dist = builtApp(t) })
	for _, path := range []string{"/assets/app-0.js", "/assets/nothing", "/favicon.ico", "/.gitkeep", "/assets/app-1.js.br", "/api", "/api/none", "/m/x", "/m/x/y/z", "/oauth/else", "/../etc/passwd.txt"} {
		if w := page(s, path, "Accept", "text/html"); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

func TestAppThatIsNotBuiltSaysHowToBuildIt(t *testing.T) {
	w := page(bare(t), "/anything")
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "make build") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPagesUnderAnotherLoopbackNameGoToThePublicOne(t *testing.T) {
	s := bare(t, func(c *Config) { c.Dist = builtApp(t) })
	ask := func(host, path, accept string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+path, nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	const html = "text/html,application/xhtml+xml"
	for _, host := range []string{"127.0.0.1:8080", "[::1]:8080", "postroom.localhost:8080"} {
		w := ask(host, "/mail//evil.example?a=b", html)
		if w.Code != http.StatusFound || w.Header().Get("Location") != "http://localhost:8080/mail//evil.example?a=b" {
			t.Errorf("%s: %d %q", host, w.Code, w.Header().Get("Location"))
		}
	}
	for name, w := range map[string]*httptest.ResponseRecorder{
		"public":  ask("localhost:8080", "/", html),
		"upper":   ask("LOCALHOST:8080", "/", html),
		"lan":     ask("192.168.1.5:8080", "/", html),
		"asset":   ask("127.0.0.1:8080", "/assets/app-1.js", "*/*"),
		"openapi": ask("127.0.0.1:8080", "/api/openapi.json", html),
	} {
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := ask("127.0.0.1:8080", "//evil.example/x", html); w.Code == http.StatusFound && !strings.HasPrefix(w.Header().Get("Location"), "http://localhost:8080/") {
		t.Errorf("open redirect to %s", w.Header().Get("Location"))
	}
}
