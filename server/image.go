package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"postroom/problem"
	"postroom/store"
)

const (
	mostImage    = 10 << 20
	mostFetches  = 32 // at once, for everyone together
	imageTime    = 10 * time.Second
	mostRedirect = 3
)

// images fetches images from servers for people who want to see them, so that the servers learn
// neither who reads a mail nor from where. Each URL is signed together with the token of the mail
// that has it: nobody else's page can use us to fetch things.
type images struct {
	client *http.Client
	tokens *tokens
	busy   *semaphore.Weighted
}

// newImages takes the dialer of client, and no more of it: no cookies, our own redirects.
func newImages(client *http.Client, t *tokens) *images {
	return &images{
		client: &http.Client{Transport: client.Transport, CheckRedirect: redirected, Timeout: imageTime},
		tokens: t,
		busy:   semaphore.NewWeighted(mostFetches),
	}
}

// imageURL is where the image ref of the mail that token is for can be had.
func imageURL(t *tokens, token, ref string) string {
	return "/m/" + token + "/image?" + url.Values{"u": {ref}, "s": {t.sign("image", token, ref)}}.Encode()
}

// one fetches an image.
func (h *images) one(c echo.Context, _ store.User) error {
	ctx := c.Request().Context()
	token, ref := c.Param("token"), c.QueryParam("u")
	pass, err := h.tokens.admit(ctx, token)
	if err != nil {
		return err
	}
	if !pass.images || !h.tokens.signed(c.QueryParam("s"), "image", token, ref) {
		return problem.New(problem.NotFound, "")
	}
	if err := h.busy.Acquire(ctx, 1); err != nil {
		return fmt.Errorf("wait for a turn: %w", err)
	}
	defer h.busy.Release(1)
	resp, err := h.fetch(ctx, ref)
	if err != nil {
		return problem.Wrap(problem.NotFound, "The image cannot be had.", err)
	}
	defer resp.Body.Close()
	return relay(c, resp)
}

// fetch asks for ref and tells nothing about who wants it.
func (h *images) fetch(ctx context.Context, ref string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, ref, nil)
	if err != nil {
		return nil, fmt.Errorf("read URL: %w", err)
	}
	if err := fetchable(req.URL); err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "image/png, image/jpeg, image/gif, image/webp")
	req.Header.Set("User-Agent", "Postroom image proxy")
	resp, err := h.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	if resp.StatusCode != http.StatusOK || resp.ContentLength > mostImage {
		resp.Body.Close()
		return nil, fmt.Errorf("fetch: status %d, %d bytes", resp.StatusCode, resp.ContentLength)
	}
	return resp, nil
}

// relay passes an image on: what its first bytes prove to be one, whatever the server calls it. An
// SVG can do things and is none. There is no Cross-Origin-Resource-Policy, which would keep the
// image from a frame without an origin.
func relay(c echo.Context, resp *http.Response) error {
	body := bufio.NewReader(io.LimitReader(resp.Body, mostImage+1))
	typ, ok := sniff(body)
	if !ok || !strings.HasPrefix(typ, "image/") {
		return problem.New(problem.NotFound, "This is no image that can be shown.")
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set(echo.HeaderContentType, typ)
	n, err := io.Copy(c.Response(), body)
	if err != nil || n > mostImage {
		panic(http.ErrAbortHandler) // half an image must not look like a whole one
	}
	return nil
}

func redirected(req *http.Request, via []*http.Request) error {
	if len(via) > mostRedirect {
		return errors.New("too many redirects")
	}
	req.Header.Del("Referer")
	return fetchable(req.URL)
}

// fetchable refuses what is not the web. Which addresses may be reached is the dialer's to say.
func fetchable(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return errors.New("not an address of the web")
	}
	return nil
}
