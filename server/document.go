package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"postroom/message"
	"postroom/problem"
	"postroom/store"
)

// documents are mails as pages of their own, for a frame of the web app. Such a page has no origin:
// it is sandboxed by its own policy, so that even a sanitiser that missed something would let a
// mail reach nothing. Only frame.js may run in it, by its hash.
type documents struct {
	store  *store.Store
	tokens *tokens
	origin string
	css    []byte
	js     []byte
	jsHash string
}

func newDocuments(st *store.Store, t *tokens, files fs.FS, public *url.URL) (*documents, error) {
	css, err := fs.ReadFile(files, "frame/frame.css")
	if err != nil {
		return nil, fmt.Errorf("read frame style: %w", err)
	}
	js, err := fs.ReadFile(files, "frame/frame.js")
	if err != nil {
		return nil, fmt.Errorf("read frame script: %w", err)
	}
	if bytes.Contains(css, []byte("</")) || bytes.Contains(js, []byte("</")) || bytes.Contains(js, []byte("<!--")) {
		return nil, errors.New("frame style and script are written into a page and may not hold a tag")
	}
	sum := sha256.Sum256(js)
	return &documents{
		store: st, tokens: t, origin: origin(public), css: css, js: js,
		jsHash: base64.StdEncoding.EncodeToString(sum[:]),
	}, nil
}

// body is a mail's text.
func (h *documents) body(c echo.Context, _ store.User) error {
	token := c.Param("token")
	h.secure(c, token)
	// A mail must not be a page of its own: there, a refresh that slipped through could lead the tab away.
	if dest := c.Request().Header.Get("Sec-Fetch-Dest"); dest != "" && dest != "iframe" {
		return problem.New(problem.Forbidden, "A mail opens only inside of Postroom.")
	}
	ctx := c.Request().Context()
	raw, pass, err := h.open(ctx, token)
	if err != nil {
		return err
	}
	parsed := message.Parse(raw)
	c.Response().Header().Set("Cache-Control", "private, max-age=1800")
	if parsed.HTML == "" {
		return h.write(c, `data-colours="none" data-kind="text"`, message.TextDocument(parsed.Text))
	}
	clean := message.Sanitize(parsed.HTML, h.images(token, pass, parsed.Parts))
	return h.write(c, `data-colours="`+colours(clean)+`"`, clean.HTML)
}

// part is an image that the mail brings along and shows.
func (h *documents) part(c echo.Context, _ store.User) error {
	raw, _, err := h.open(c.Request().Context(), c.Param("token"))
	if err != nil {
		return err
	}
	part, body, err := openPart(raw, c.Param("index"))
	if err != nil {
		return err
	}
	typ, ok := sniff(body)
	if !ok || !strings.HasPrefix(typ, "image/") {
		return problem.New(problem.NotFound, "This is no image that can be shown.")
	}
	return sendFile(c, "inline", part, typ, body)
}

// open finds the mail that token is for.
func (h *documents) open(ctx context.Context, token string) ([]byte, pass, error) {
	pass, err := h.tokens.admit(ctx, token)
	if err != nil {
		return nil, pass, err
	}
	raw, err := h.store.Raw(ctx, pass.user, pass.mail)
	if err != nil {
		return nil, pass, fmt.Errorf("read source: %w", err)
	}
	return raw, pass, nil
}

// images says where each image of a mail comes from: its own parts by this token, servers only when
// the person let them and then through our proxy.
func (h *documents) images(token string, p pass, parts []message.Part) func(message.ImageKind, string) string {
	return func(kind message.ImageKind, ref string) string {
		switch kind {
		case message.ImageCID:
			for _, part := range parts {
				if part.ContentID == ref {
					return fmt.Sprintf("/m/%s/part/%d", token, part.Index)
				}
			}
		case message.ImageRemote:
			if p.images {
				return imageURL(h.tokens, token, ref)
			}
		case message.ImageData:
			return ref
		}
		return ""
	}
}

// colours tells frame.css how to show clean in the dark.
func colours(clean message.Clean) string {
	switch {
	case clean.DeclaresDark:
		return "declared"
	case clean.HasOwnColours:
		return "own"
	}
	return "none"
}

// secure sets the policy of a mail's document. The origin is written out, for 'self' means nothing
// to a page without one.
func (h *documents) secure(c echo.Context, token string) {
	if strings.ContainsAny(token, ";, '\"") { // none of ours; it must not write a policy
		token = "none"
	}
	head := c.Response().Header()
	head.Set("Content-Security-Policy", strings.Join([]string{
		"sandbox allow-popups allow-popups-to-escape-sandbox allow-scripts",
		"default-src 'none'",
		"img-src " + h.origin + "/m/" + token + "/ data:",
		"style-src 'unsafe-inline'",
		"script-src 'sha256-" + h.jsHash + "'",
		"form-action 'none'",
		"base-uri 'none'",
		"frame-ancestors " + h.origin,
	}, "; "))
	head.Del("X-Frame-Options") // frame-ancestors says it better
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("X-DNS-Prefetch-Control", "off")
}

// write writes the page. inner is safe HTML and is not touched again.
func (h *documents) write(c echo.Context, attributes, inner string) error {
	var b bytes.Buffer
	b.WriteString(`<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><style>`)
	b.Write(h.css)
	b.WriteString("</style><script>")
	b.Write(h.js)
	b.WriteString("</script></head><body " + attributes + ">" + inner + "</body></html>")
	return c.HTMLBlob(http.StatusOK, b.Bytes())
}
