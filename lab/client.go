package lab

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"
)

// Client is a signed-in browser without a screen. Everything it was answered is kept in Seen when
// that is set, so that a test can look for what must not be there.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
	Seen io.Writer
}

// NewClient returns a browser without cookies.
func NewClient(t testing.TB, base string) *Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{t: t, base: base, http: &http.Client{Jar: jar, Timeout: 60 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// At points the same browser, with its cookies, at a server that was started anew.
func (c *Client) At(base string) *Client { c.base = base; return c }

// Problem is what the server answers when something is wrong.
type Problem struct {
	Status int    `json:"-"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Who    string `json:"who"`
	Raw    string `json:"raw"`
}

func (p *Problem) Error() string {
	return fmt.Sprintf("%d %s: %s %s", p.Status, p.Code, p.Title, p.Detail)
}

// Call sends in as JSON (nil: no body) and decodes the answer into out (nil: dropped). An answer of
// 400 and above is a *Problem.
func (c *Client) Call(method, path string, in, out any, header ...string) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	b, status, err := c.do(method, path, body, append(header, "Content-Type", "application/json")...)
	if err != nil {
		return err
	}
	if status >= 400 {
		p := &Problem{Status: status}
		if json.Unmarshal(b, p) != nil {
			p.Detail = string(b)
		}
		return p
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s %s: %w in %.200s", method, path, err, b)
	}
	return nil
}

// Must is Call for what has to work.
func (c *Client) Must(method, path string, in, out any, header ...string) {
	c.t.Helper()
	if err := c.Call(method, path, in, out, header...); err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
}

// Bytes gets path as it is.
func (c *Client) Bytes(path string, header ...string) ([]byte, int) {
	c.t.Helper()
	b, status, err := c.do(http.MethodGet, path, nil, header...)
	if err != nil {
		c.t.Fatalf("GET %s: %v", path, err)
	}
	return b, status
}

func (c *Client) do(method, path string, body io.Reader, header ...string) ([]byte, int, error) {
	req, err := http.NewRequestWithContext(context.Background(), method, c.base+path, body)
	if err != nil {
		return nil, 0, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if c.Seen != nil {
		asked, _, _ := strings.Cut(path, "?") // what we asked is no answer
		fmt.Fprintf(c.Seen, "%s %s %d %v\n%s\n", method, asked, resp.StatusCode, resp.Header, b)
	}
	return b, resp.StatusCode, err
}

// Until follows the change stream and asks after each change whether what the test waits for has
// come; it fails the test after most. What is asked must itself be quick.
func (c *Client) Until(what string, most time.Duration, ok func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/events", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	stream := &http.Client{Jar: c.http.Jar}
	resp, err := stream.Do(req)
	if err != nil {
		c.t.Fatalf("waiting until %s: %v", what, err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if c.Seen != nil {
			fmt.Fprintln(c.Seen, lines.Text())
		}
		if (strings.HasPrefix(lines.Text(), "data:") || strings.HasPrefix(lines.Text(), ":")) && ok() {
			return
		}
	}
	c.t.Fatalf("waited %v in vain until %s (stream: %v)", most, what, lines.Err())
}
