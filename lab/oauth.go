package lab

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Consent walks a person's way through the lab's sign-in and consent pages: from the address that
// Postroom gave to the one at which Postroom expects the answer, which it returns as path and query.
func (c *Client) Consent(authURL, user string) string {
	c.t.Helper()
	at, err := url.Parse(authURL)
	if err != nil {
		c.t.Fatal(err)
	}
	next := c.follow(http.MethodGet, at, nil)
	for _, prompt := range []string{"login", "consent"} {
		if strings.HasPrefix(next.String(), c.base) {
			break
		}
		next = c.follow(http.MethodPost, next, url.Values{"prompt": {prompt}, "login": {user}, "password": {"x"}})
		next = c.follow(http.MethodGet, next, nil)
	}
	if !strings.HasPrefix(next.String(), c.base) {
		c.t.Fatalf("the sign-in pages ended at %s", next)
	}
	return next.RequestURI()
}

// follow asks once and returns where the answer points.
func (c *Client) follow(method string, at *url.URL, form url.Values) *url.URL {
	c.t.Helper()
	var body *strings.Reader = strings.NewReader(form.Encode())
	req, err := http.NewRequest(method, at.String(), body)
	if err != nil {
		c.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		c.t.Fatalf("%s %s: %s, no redirect", method, at.Path, resp.Status)
	}
	return to
}

// Connect connects user's mailbox at the provider, as the button does, and returns its id.
func (c *Client) Connect(provider, user string) string {
	c.t.Helper()
	var begun struct{ URL string }
	c.Must("POST", "/api/mailboxes/connect", map[string]string{"provider": provider}, &begun)
	_, status, err := c.do(http.MethodGet, c.Consent(begun.URL, user), nil)
	if err != nil || status != http.StatusFound {
		c.t.Fatalf("callback: %d %v", status, err)
	}
	for _, m := range c.Mailboxes() {
		if m.Address == user {
			return m.ID
		}
	}
	var why Problem
	_ = c.Call("GET", "/api/mailboxes/connect/problem", nil, &why)
	c.t.Fatal(fmt.Errorf("%s was not connected: %w", user, &why))
	return ""
}
