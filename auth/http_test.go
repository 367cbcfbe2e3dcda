package auth

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"code.dny.dev/ssrf"

	"postroom/problem"
)

func dialer() Dialer { return (&net.Dialer{}).DialContext }

func newClient(t *testing.T, dial Dialer, ca string) *http.Client {
	c, err := HTTPClient(dial, ca)
	check(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func pemOf(s *httptest.Server) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))
}

// quiet is a TLS server that does not tell the test's output about refused handshakes.
func quiet(t *testing.T, handler http.HandlerFunc, versions ...uint16) *httptest.Server {
	s := httptest.NewUnstartedServer(handler)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	if len(versions) > 0 {
		s.TLS = &tls.Config{MaxVersion: versions[0]}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func get(c *http.Client, address string) (string, error) {
	resp, err := c.Get(address)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func TestRedirectsAreFollowedWarily(t *testing.T) {
	clear := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "in clear") }))
	defer clear.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/hops/{n}", func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscan(r.PathValue("n"), &n)
		if n == 0 {
			fmt.Fprint(w, "arrived")
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/hops/%d", n-1), http.StatusFound)
	})
	mux.HandleFunc("/down", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, clear.URL, http.StatusFound) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/hops/0", http.StatusTemporaryRedirect)
	})
	server := quiet(t, mux.ServeHTTP)
	c := newClient(t, dialer(), pemOf(server))
	if body, err := get(c, server.URL+"/hops/3"); err != nil || body != "arrived" {
		t.Errorf("three redirects: %q, %v", body, err)
	}
	for _, path := range []string{"/hops/4", "/down", "/file"} {
		if body, err := get(c, server.URL+path); err == nil {
			t.Errorf("%s: followed to %q", path, body)
		}
	}
	resp, err := c.PostForm(server.URL+"/moved", url.Values{"client_secret": {"x"}})
	check(t, err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusTemporaryRedirect {
		t.Error("a POST was redirected, with its secret")
	}
}

func TestEveryDialGoesThroughTheGuard(t *testing.T) {
	target := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	defer target.Close()
	guard := ssrf.New(ssrf.WithAnyPort())
	guarded := (&net.Dialer{Control: guard.Safe}).DialContext
	t.Setenv("HTTP_PROXY", target.URL)
	t.Setenv("HTTPS_PROXY", target.URL)
	for _, address := range []string{target.URL, "http://[::ffff:127.0.0.1]:80", "http://169.254.169.254/latest"} {
		_, err := get(newClient(t, guarded, ""), address)
		if p := outsideProblem(err); p.Code != problem.AddressBlocked || strings.Contains(p.Detail, "127") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := HTTPClient(nil, ""); err == nil {
		t.Error("a client without a guard")
	}
}

func TestCertificatesAreVerified(t *testing.T) {
	hello := func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }
	server, old := quiet(t, hello), quiet(t, hello, tls.VersionTLS11)
	if _, err := get(newClient(t, dialer(), ""), server.URL); outsideProblem(err).Code != problem.ProviderConfig {
		t.Errorf("unknown authority: %v", err)
	}
	if body, err := get(newClient(t, dialer(), pemOf(server)), server.URL); err != nil || body != "hello" {
		t.Errorf("with its CA: %v", err)
	}
	if _, err := get(newClient(t, dialer(), pemOf(server)), strings.Replace(server.URL, "127.0.0.1", "localhost", 1)); outsideProblem(err).Code != problem.ProviderConfig {
		t.Errorf("another name: %v", err)
	}
	if _, err := get(newClient(t, dialer(), pemOf(old)), old.URL); err == nil {
		t.Error("TLS 1.1 was spoken")
	}
	if _, err := HTTPClient(dialer(), "no PEM"); err == nil {
		t.Error("a CA that is none was taken")
	}
}

func TestBodiesEndAtFourMegabytes(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 5 {
			_, _ = w.Write(make([]byte, 1<<20))
		}
	}))
	defer server.Close()
	body, err := get(newClient(t, dialer(), ""), server.URL)
	if err == nil || len(body) > mostBody {
		t.Errorf("%d bytes, %v", len(body), err)
	}
}

func TestOneClientForEachSetOfRoots(t *testing.T) {
	clients := NewHTTPClients(dialer())
	defer clients.Close()
	server := quiet(t, func(http.ResponseWriter, *http.Request) {})
	one, err := clients.For("")
	check(t, err)
	two, err := clients.For("")
	check(t, err)
	other, err := clients.For(pemOf(server))
	check(t, err)
	if one != two || one == other {
		t.Error("clients are not shared by their roots")
	}
	if _, err := clients.For("no PEM"); err == nil {
		t.Error("a CA that is none was taken")
	}
}

func TestAClientGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:1", nil)
	check(t, err)
	if _, err := newClient(t, dialer(), "").Do(req); err == nil {
		t.Error("went on")
	}
}
