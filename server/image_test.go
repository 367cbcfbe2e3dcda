package server

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"postroom/store"
)

func discard(resp *http.Response) (int64, error) { return io.Copy(io.Discard, resp.Body) }

const dot = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

// imageHost is a server on the web with images that somebody's mail shows.
type imageHost struct {
	*httptest.Server
	asked atomic.Int64
	bad   atomic.Value // what a request told that it should not
}

func newImageHost(t *testing.T) *imageHost {
	t.Helper()
	h := &imageHost{}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked.Add(1)
		for _, name := range []string{"Cookie", "Referer", "Origin", "X-Forwarded-For", "Authorization"} {
			if r.Header.Get(name) != "" {
				h.bad.Store(name)
			}
		}
		switch r.URL.Path {
		case "/dot.png":
			http.SetCookie(w, &http.Cookie{Name: "track", Value: "1", Path: "/"})
			w.Header().Set("Content-Type", "text/html") // a lie
			w.Header().Set("Cross-Origin-Resource-Policy", "same-origin")
			fmt.Fprint(w, dot)
		case "/page.png":
			w.Header().Set("Content-Type", "image/png") // a lie
			fmt.Fprint(w, "<html><script>alert(1)</script>")
		case "/vector.svg":
			w.Header().Set("Content-Type", "image/svg+xml")
			fmt.Fprint(w, `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/missing":
			http.NotFound(w, r)
		case "/huge":
			fmt.Fprint(w, dot)
			for range 11 << 10 {
				if _, err := w.Write(make([]byte, 1024)); err != nil {
					return
				}
			}
		default: // /hops/n
			var n int
			if _, err := fmt.Sscanf(r.URL.Path, "/hops/%d", &n); err == nil && n > 0 {
				http.Redirect(w, r, fmt.Sprintf("/hops/%d", n-1), http.StatusFound)
				return
			}
			http.Redirect(w, r, "/dot.png", http.StatusFound)
		}
	}))
	t.Cleanup(h.Close)
	return h
}

func TestRemoteImagesComeThroughUsAndOnlyWhenAllowed(t *testing.T) {
	h, web := startHouse(t), newImageHost(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	id := number(ada.deliver(b, strings.ReplaceAll(newsletter, "https://shop.example/banner.png", web.URL+"/dot.png")))

	blocked := want[Message](t, ada.ask("GET", "/api/messages/"+id, nil), 200)
	if doc := string(h.nobody().ask("GET", blocked.FrameURL, nil).body); strings.Contains(doc, "/image?") || strings.Contains(doc, web.URL) {
		t.Error(doc)
	}
	allowed := want[Message](t, ada.ask("GET", "/api/messages/"+id+"?images=1", nil), 200)
	doc := string(h.nobody().ask("GET", allowed.FrameURL, nil).body)
	if strings.Contains(doc, `src="http`) {
		t.Error(doc)
	}
	base := strings.TrimSuffix(allowed.FrameURL, "body")
	_, rest, _ := strings.Cut(doc, `"`+base+"image?")
	query, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatal(doc)
	}
	query = strings.ReplaceAll(query, "&amp;", "&")
	r := h.nobody().ask("GET", base+"image?"+query, nil, "Referer", h.url+"/mail/1", "Cookie", ada.cookie)
	if r.status != 200 || string(r.body) != dot || r.header.Get("Content-Type") != "image/png" || r.header.Get("Set-Cookie") != "" || r.header.Get("Cross-Origin-Resource-Policy") != "" || r.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v %q", r.status, r.header, r.body)
	}
	asked := web.asked.Load()
	other := url.Values{"u": {web.URL + "/else.png"}, "s": {mustQuery(t, query).Get("s")}}.Encode()
	for _, path := range []string{
		base + "image?" + other, // signed for another URL
		base + "image?u=" + url.QueryEscape(web.URL+"/dot.png"),
		strings.TrimSuffix(blocked.FrameURL, "body") + "image?" + query, // images are not allowed there
	} {
		if r := h.nobody().ask("GET", path, nil); r.status != 404 {
			t.Errorf("%s: %d", path, r.status)
		}
	}
	if web.asked.Load() != asked {
		t.Error("something was fetched that was not signed")
	}
	if bad := web.bad.Load(); bad != nil {
		t.Errorf("the host was told a %s", bad)
	}
}

func mustQuery(t *testing.T, query string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(query)
	check(t, err)
	return v
}

func TestTheImageProxyFetchesImagesAndNothingElse(t *testing.T) {
	h, web := startHouse(t), newImageHost(t)
	ada := h.guest("ada", store.RoleMember)
	b := ada.connect("ada@contoso.example")
	tk := &tokens{key: []byte("0123456789abcdef0123456789abcdef"), now: h.now}
	token := tk.issue(ada.user.ID, ada.deliver(b, lunch), true)
	for ref, status := range map[string]int{
		web.URL + "/dot.png":    200,
		web.URL + "/hops/2":     200, // three redirects
		web.URL + "/hops/3":     404,
		web.URL + "/page.png":   404,
		web.URL + "/vector.svg": 404,
		web.URL + "/missing":    404,
		web.URL + "/file":       404,
		"file:///etc/passwd":    404,
		"ftp://example.org/x":   404,
		"//example.org/x":       404,
		"javascript:alert(1)":   404,
		strings.Replace(web.URL, "http://", "http://user:pw@", 1) + "/dot.png": 404,
		"http://127.0.0.1:1/refused.png":                                       404,
	} {
		r := h.nobody().ask("GET", imageURL(tk, token, ref), nil)
		if r.status != status || strings.Contains(string(r.body), "127.0.0.1") {
			t.Errorf("%s: %d, want %d: %.200s", ref, r.status, status, r.body)
		}
	}
	resp, err := h.nobody().client.Get(h.url + imageURL(tk, token, web.URL+"/huge"))
	check(t, err)
	defer resp.Body.Close()
	if n, err := discard(resp); err == nil {
		t.Errorf("%d bytes came as if they were all", n)
	}
	if bad := web.bad.Load(); bad != nil {
		t.Errorf("the host was told a %s", bad)
	}
}
