package server

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/labstack/echo/v4"

	"postroom/problem"
	"postroom/store"
)

// nonceMark stands in index.html where the nonce of each answer belongs (Vite: html.cspNonce).
const nonceMark = "__CSP_NONCE__"

// app serves the built web app from a map of its files, made once.
type app struct {
	files  map[string]asset
	index  []byte
	origin string
}

// asset is a file in each encoding that the build made of it.
type asset struct {
	typ     string
	bodies  map[string][]byte // by Content-Encoding; "" is the file itself
	etag    string            // without quotes
	forever bool              // its name changes with its content
}

// newApp reads the app in dist/ of files.
func newApp(files fs.FS, public *url.URL) (*app, error) {
	a := &app{files: map[string]asset{}, origin: origin(public)}
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		return nil, fmt.Errorf("open web app: %w", err)
	}
	err = fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") || packed(name) {
			return err
		}
		file, err := readAsset(dist, name)
		if err != nil {
			return err
		}
		if name == "index.html" {
			a.index = file.bodies[""]
			return nil
		}
		a.files["/"+name] = file
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read web app: %w", err)
	}
	return a, nil
}

func packed(name string) bool {
	return strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz")
}

// readAsset reads a file and what the build packed beside it.
func readAsset(dist fs.FS, name string) (asset, error) {
	a := asset{bodies: map[string][]byte{}, forever: strings.HasPrefix(name, "assets/")}
	for encoding, suffix := range map[string]string{"": "", "br": ".br", "gzip": ".gz"} {
		body, err := fs.ReadFile(dist, name+suffix)
		if errors.Is(err, fs.ErrNotExist) && suffix != "" {
			continue
		}
		if err != nil {
			return asset{}, err
		}
		a.bodies[encoding] = body
	}
	a.typ = assetType(name, a.bodies[""])
	a.etag = etagOf(a.bodies[""])
	return a, nil
}

func etagOf(body []byte) string {
	sum := sha256.Sum256(body)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// assetType does not ask the machine, whose tables differ.
func assetType(name string, body []byte) string {
	switch path.Ext(name) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return http.DetectContentType(body)
}

// serve answers with a file of the app, or with the app itself for any path that names a page. A
// missing file is missing: an old page that asks for a script of the last version must hear so.
func (a *app) serve(c echo.Context, _ store.User) error {
	p := path.Clean("/" + c.Request().URL.Path)
	if file, ok := a.files[p]; ok {
		return a.file(c, file)
	}
	for _, ours := range []string{"/api", "/m", "/oauth", "/assets"} {
		if p == ours || strings.HasPrefix(p, ours+"/") {
			return problem.New(problem.NotFound, "")
		}
	}
	if path.Ext(p) != "" && p != "/index.html" {
		return problem.New(problem.NotFound, "")
	}
	return a.page(c)
}

func (a *app) file(c echo.Context, file asset) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	if file.forever {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	etag := file.etag
	if len(file.bodies) > 1 {
		h.Set("Vary", "Accept-Encoding")
	}
	encoding := chooseEncoding(c.Request().Header.Get("Accept-Encoding"), file.bodies)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
		etag += "-" + encoding
	}
	return a.write(c, etag, file.typ, file.bodies[encoding])
}

// page is index.html. Each answer has its own nonce, so that no style that somebody slips in counts.
func (a *app) page(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Cache-Control", "no-cache")
	if a.index == nil {
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		return c.HTML(http.StatusOK, notBuilt)
	}
	body, styles := a.index, "'unsafe-inline'"
	script := "'self'"
	if bytes.Contains(body, []byte(nonceMark)) {
		nonce := rand.Text()
		body = bytes.ReplaceAll(body, []byte(nonceMark), []byte(nonce))
		styles, script = "'nonce-"+nonce+"'", "'self' 'nonce-"+nonce+"'"
	}
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'",
		"script-src " + script,
		"style-src 'self' " + styles,
		"img-src 'self' data: blob:",
		"font-src 'self'",
		"connect-src 'self'",
		"frame-src " + a.origin + "/m/",
		"manifest-src 'self'",
		"worker-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
	}, "; "))
	return a.write(c, etagOf(body), "text/html; charset=utf-8", body)
}

// write sends body unless the browser has it.
func (a *app) write(c echo.Context, etag, typ string, body []byte) error {
	etag = `"` + etag + `"`
	c.Response().Header().Set("ETag", etag)
	for _, had := range strings.Split(c.Request().Header.Get("If-None-Match"), ",") {
		if had = strings.TrimPrefix(strings.TrimSpace(had), "W/"); had == etag || had == "*" {
			return c.NoContent(http.StatusNotModified)
		}
	}
	return c.Blob(http.StatusOK, typ, body)
}

const notBuilt = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Postroom</title></head>
<body><h1>Postroom is running, without its web app</h1>
<p>The UI is not built: run <code>make build</code> (it needs Node), or download a release. The API answers under <code>/api</code>.</p>
</body></html>
`
