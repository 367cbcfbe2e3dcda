package message

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// ImageKind says where an image of a mail comes from.
type ImageKind int

const (
	ImageCID    ImageKind = iota // a part of the same mail; ref is its Content-ID
	ImageRemote                  // a server; ref is an absolute http or https URL
	ImageData                    // the HTML itself; ref is a data: URL of a raster type
)

// image returns a clean <img>. Without a source it keeps its place, its size and its alternative text.
func (c *cleaner) image(n *html.Node) *html.Node {
	clean := &html.Node{Type: html.ElementNode, Data: "img", DataAtom: atom.Img}
	if src := c.source(n); src != "" {
		clean.Attr = append(clean.Attr, html.Attribute{Key: "src", Val: src})
	}
	clean.Attr = append(clean.Attr, c.attributes(n)...)
	return clean
}

// source returns where the browser gets an image from, "" for nowhere.
func (c *cleaner) source(n *html.Node) string {
	raw := attr(n.Attr, "src")
	if c.shown[raw] {
		return raw
	}
	kind, ref, ok := imageRef(raw)
	if !ok {
		return ""
	}
	if kind == ImageRemote {
		c.clean.Remote++
		c.noteTracker(n, ref)
	}
	var shown string
	switch {
	case c.images != nil:
		shown = c.images(kind, ref)
	case kind == ImageData:
		shown = ref
	}
	if shown != "" {
		if c.shown == nil {
			c.shown = map[string]bool{}
		}
		c.shown[shown] = true
	}
	return shown
}

// imageRef reads the source of an image.
func imageRef(raw string) (kind ImageKind, ref string, ok bool) {
	if id, found := cutPrefixFold(strings.TrimSpace(raw), "cid:"); found {
		if plain, err := url.PathUnescape(id); err == nil {
			id = plain
		}
		return ImageCID, strings.Trim(id, "<>"), id != ""
	}
	if data, found := cutPrefixFold(strings.TrimSpace(raw), "data:image/"); found {
		return ImageData, "data:image/" + data, isRaster(data)
	}
	link := cleanLink(raw)
	u, err := url.Parse(link)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return 0, "", false
	}
	return ImageRemote, link, true
}

// isRaster accepts "png;base64,…" and its kin. SVG is a document that can run and load things.
func isRaster(data string) bool {
	sub, content, ok := strings.Cut(data, ";base64,")
	if !ok || !slices.Contains([]string{"png", "jpeg", "jpg", "gif", "webp", "bmp"}, strings.ToLower(sub)) {
		return false
	}
	for i := 0; i < len(content); i++ {
		if !isBase64(content[i]) && content[i] != '=' {
			return false
		}
	}
	return true
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// noteTracker remembers the host of an image that nobody is meant to see.
func (c *cleaner) noteTracker(n *html.Node, ref string) {
	u, err := url.Parse(ref)
	if err != nil || !isTiny(n) && !isHidden(n) && !knownTracker(u) {
		return
	}
	if host := strings.ToLower(u.Hostname()); !slices.Contains(c.clean.Trackers, host) && len(c.clean.Trackers) < 100 {
		c.clean.Trackers = append(c.clean.Trackers, host)
	}
}

// isTiny reports whether an image is a pixel or two, by its attributes or its style.
func isTiny(n *html.Node) bool {
	small := 0
	for _, key := range []string{"width", "height"} {
		v := strings.TrimSuffix(strings.TrimSpace(attr(n.Attr, key)), "px")
		if v == "" {
			v = styleLength(attr(n.Attr, "style"), key)
		}
		if px, err := strconv.Atoi(v); err == nil && px <= 2 {
			small++
		}
	}
	return small == 2
}

func isHidden(n *html.Node) bool {
	style := strings.ReplaceAll(strings.ToLower(attr(n.Attr, "style")), " ", "")
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// styleLength finds "width:1px" in a style.
func styleLength(style, key string) string {
	for decl := range strings.SplitSeq(strings.ToLower(style), ";") {
		name, value, _ := strings.Cut(decl, ":")
		if strings.TrimSpace(name) == key {
			value, _, _ = strings.Cut(value, "!")
			return strings.TrimSuffix(strings.TrimSpace(value), "px")
		}
	}
	return ""
}

// knownTracker knows the addresses under which the large senders of mail count who opens it.
func knownTracker(u *url.URL) bool {
	host, path := strings.ToLower(u.Hostname()), strings.ToLower(u.Path)
	for _, known := range [][2]string{ // the end of a host, the beginning of a path
		{"list-manage.com", "/track/open"}, {"mandrillapp.com", "/track/open"}, {"sendgrid.net", "/wf/open"},
		{"sparkpostmail.com", "/q/"}, {"awstrack.me", "/"}, {"mailtrack.io", "/"}, {"mixmax.com", "/api/track"},
		{"hubspotemail.net", "/"}, {"hubspotlinks.com", "/"}, {"exct.net", "/open.aspx"}, {"google-analytics.com", "/"},
		{"doubleclick.net", "/"}, {"pixel.wp.com", "/"}, {"facebook.com", "/tr"}, {"litmus.com", "/"}, {"emltrk.com", "/"},
		{"klaviyomail.com", "/"}, {"customeriomail.com", "/e/o"}, {"intercom-mail.com", "/via/o"}, {"yesware.com", "/"},
		{"streak.com", "/"}, {"superhuman.com", "/"}, {"createsend.com", "/t/"}, {"cmail19.com", "/t/"}, {"cmail20.com", "/t/"},
	} {
		if (host == known[0] || strings.HasSuffix(host, "."+known[0])) && strings.HasPrefix(path, known[1]) {
			return true
		}
	}
	return strings.HasSuffix(path, "/wf/open") || strings.HasSuffix(path, "/track/open.php")
}
