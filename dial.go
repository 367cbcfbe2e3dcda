package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"time"

	"code.dny.dev/ssrf"

	"postroom/problem"
)

type dialer = func(ctx context.Context, network, addr string) (net.Conn, error)

// guardedDial returns the one way in which Postroom connects to anything outside. Hosts come from
// forms and from mail, so that the address is checked after the name was resolved, at the moment of
// connecting: public addresses only, and the networks that the operator allows.
func guardedDial(allow []netip.Prefix) dialer {
	var v4, v6 []netip.Prefix
	for _, p := range allow {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	d := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 60 * time.Second, Control: guard.Safe}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := d.DialContext(ctx, network, addr)
		if errors.Is(err, ssrf.ErrProhibitedIP) || errors.Is(err, ssrf.ErrProhibitedNetwork) || errors.Is(err, ssrf.ErrProhibitedPort) {
			return nil, problem.Wrap(problem.AddressBlocked, "", err)
		}
		return c, err
	}
}

// imageClient fetches the remote images of mails. What may come back, and how much of it, is the
// server's to decide.
func imageClient(dial dialer) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext: dial, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 2, IdleConnTimeout: 30 * time.Second, DisableCompression: true,
	}}
}
