package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	mostRedirects  = 3
	mostBody       = 4 << 20
	requestTimeout = 30 * time.Second
)

// HTTPClient returns a client for talking to sign-in services. It dials through dial alone (no
// proxy), follows at most three redirects and none of a POST, which would carry the client secret
// to another place, stays on https once it is there, and reads at most 4 MB in at most 30 seconds.
// caPEM holds further trust roots and may be empty.
func HTTPClient(dial Dialer, caPEM string) (*http.Client, error) {
	if dial == nil {
		return nil, errors.New("HTTP client: no dialer given")
	}
	roots, err := trustRoots(caPEM)
	if err != nil {
		return nil, err
	}
	return &http.Client{
		Transport: cappedTransport{&http.Transport{
			Proxy:                  nil,
			DialContext:            dial,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
			TLSHandshakeTimeout:    10 * time.Second,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: 256 << 10,
		}},
		CheckRedirect: followWarily,
		Timeout:       requestTimeout,
	}, nil
}

// trustRoots are the system's roots and those of caPEM; nil, which means the system's, when caPEM
// is empty.
func trustRoots(caPEM string) (*x509.CertPool, error) {
	if caPEM == "" {
		return nil, nil
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if !roots.AppendCertsFromPEM([]byte(caPEM)) {
		return nil, errors.New("the CA certificate is not PEM, or holds no certificate")
	}
	return roots, nil
}

func followWarily(req *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case first.Method != http.MethodGet && first.Method != http.MethodHead:
		return http.ErrUseLastResponse
	case len(via) > mostRedirects:
		return fmt.Errorf("more than %d redirects", mostRedirects)
	case req.URL.Scheme == "https":
		return nil
	case first.URL.Scheme == "http" && req.URL.Scheme == "http":
		return nil
	}
	return fmt.Errorf("redirect from %s to %s", first.URL.Scheme, req.URL.Scheme)
}

// cappedTransport ends a response body that grows past mostBody.
type cappedTransport struct{ *http.Transport }

func (t cappedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.Transport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = http.MaxBytesReader(nil, resp.Body, mostBody)
	return resp, nil
}

// HTTPClients keeps one client for each set of trust roots, so that connections are reused.
type HTTPClients struct {
	dial    Dialer
	timeout time.Duration // shorter in tests

	mu   sync.Mutex
	byCA map[string]*http.Client
}

// NewHTTPClients returns clients that dial through dial.
func NewHTTPClients(dial Dialer) *HTTPClients {
	return &HTTPClients{dial: dial, timeout: requestTimeout, byCA: map[string]*http.Client{}}
}

// For returns the client that trusts caPEM beside the system's roots.
func (h *HTTPClients) For(caPEM string) (*http.Client, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c, ok := h.byCA[caPEM]; ok {
		return c, nil
	}
	c, err := HTTPClient(h.dial, caPEM)
	if err != nil {
		return nil, err
	}
	c.Timeout = h.timeout
	h.byCA[caPEM] = c
	return c, nil
}

// reach connects to the host of u as the clients do, looks at its certificate where it has one, and
// returns the address that answered.
func (h *HTTPClients) reach(ctx context.Context, u *url.URL, caPEM string) (string, error) {
	roots, err := trustRoots(caPEM)
	if err != nil {
		return "", err
	}
	port := u.Port()
	if port == "" {
		port = u.Scheme // a name for a port, as https is
	}
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	conn, err := h.dial(ctx, "tcp", net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if u.Scheme != "https" {
		return conn.RemoteAddr().String(), nil
	}
	return conn.RemoteAddr().String(), tls.Client(conn, &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12, RootCAs: roots}).HandshakeContext(ctx)
}

// Close closes connections that wait for another request.
func (h *HTTPClients) Close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.byCA {
		c.CloseIdleConnections()
	}
}
