package lab

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
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
	req, err := http.NewRequest(method, at.String(), strings.NewReader(form.Encode()))
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
	return c.Arrive(c.Consent(begun.URL, user))
}

// Attempt is a sign-in on its way to become a mailbox.
type Attempt struct {
	State, Asks, Connected string
	Problem                *Problem
}

// Arrive brings the sign-in page's answer to Postroom, waits until a mailbox has come of it, and returns
// its id.
func (c *Client) Arrive(callback string) string {
	c.t.Helper()
	at, err := url.Parse(c.base)
	if err != nil {
		c.t.Fatal(err)
	}
	at, err = at.Parse(callback)
	if err != nil {
		c.t.Fatal(err)
	}
	page := c.follow(http.MethodGet, at, nil)
	id, ok := strings.CutPrefix(page.Path, "/connect/")
	if !ok {
		c.t.Fatalf("the callback led to %s", page)
	}
	late := time.After(time.Minute)
	again := time.NewTicker(50 * time.Millisecond) // an attempt is in no feed
	defer again.Stop()
	for {
		var a Attempt
		c.Must("GET", "/api/connect/attempts/"+id, nil, &a)
		switch a.State {
		case "done":
			return a.Connected
		case "running":
		default:
			c.t.Fatalf("the attempt is %s, asks %q: %v", a.State, a.Asks, a.Problem)
		}
		select {
		case <-again.C:
		case <-late:
			c.t.Fatal("the attempt does not end")
		}
	}
}

// PickAndAccept walks a person's way through the simulated Microsoft pages: picks the account and
// accepts. It returns path and query of the address that the pages end at.
func (c *Client) PickAndAccept(authURL, address string) string {
	c.t.Helper()
	at, page := c.page(http.MethodGet, authURL, nil)
	at, page = c.page(http.MethodPost, formAction(at, page), url.Values{"flow": {flowOf(page)}, "username": {address}})
	if strings.Contains(page, `value="accept"`) {
		at, page = c.page(http.MethodPost, formAction(at, page), url.Values{"flow": {flowOf(page)}, "action": {"accept"}})
	}
	if page != "" {
		c.t.Fatalf("the sign-in pages ended at %s", at)
	}
	return at.RequestURI()
}

// page asks, follows redirects within the host, and returns where it arrived and what is there; a
// redirect to another host is not followed and has no page.
func (c *Client) page(method, at string, form url.Values) (*url.URL, string) {
	c.t.Helper()
	for range 10 {
		req, err := http.NewRequest(method, at, strings.NewReader(form.Encode()))
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
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			c.t.Fatal(err)
		}
		to, err := resp.Location()
		if err != nil {
			return req.URL, string(text)
		}
		if to.Host != req.URL.Host {
			return to, ""
		}
		method, at, form = http.MethodGet, to.String(), nil
	}
	c.t.Fatalf("%s: too many redirects", at)
	return nil, ""
}

var (
	hiddenFlow = regexp.MustCompile(`name="flow" value="([^"]+)"`)
	formTarget = regexp.MustCompile(`<form method="post" action="([^"]+)"`)
)

func flowOf(page string) string {
	if m := hiddenFlow.FindStringSubmatch(page); m != nil {
		return m[1]
	}
	return ""
}

func formAction(at *url.URL, page string) string {
	if m := formTarget.FindStringSubmatch(page); m != nil {
		if to, err := at.Parse(m[1]); err == nil {
			return to.String()
		}
	}
	return at.String()
}
