package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"postroom/auth"
	"postroom/problem"
)

// dialTime bounds how long a connection and its TLS handshake may take.
const dialTime = 30 * time.Second

// dialTLS connects to host:port with TLS from the first byte.
func dialTLS(ctx context.Context, dial auth.Dialer, addr, caPEM string) (net.Conn, error) {
	conf, err := tlsFor(addr, caPEM)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	raw, err := dial(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, networkError(err))
	}
	conn := tls.Client(raw, conf)
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, fmt.Errorf("TLS with %s: %w", addr, networkError(err))
	}
	return conn, nil
}

// tlsFor is the TLS configuration for a mail server: its name is checked, and the operator's CA is
// trusted beside the system's.
func tlsFor(addr, caPEM string) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, problem.Wrap(problem.ProviderConfig, "A mail server is named host:port.", err)
	}
	conf := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if caPEM == "" {
		return conf, nil
	}
	if conf.RootCAs, err = x509.SystemCertPool(); err != nil {
		conf.RootCAs = x509.NewCertPool()
	}
	if !conf.RootCAs.AppendCertsFromPEM([]byte(caPEM)) {
		return nil, problem.Wrap(problem.ProviderConfig, "The CA certificate of the provider cannot be read.", errors.New("no certificate in PEM"))
	}
	return conf, nil
}
