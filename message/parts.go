package message

import (
	"errors"
	"io"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrNoPart is returned for an index that the mail does not have.
var ErrNoPart = errors.New("the mail has no such part")

// OpenPart returns one part of a mail as Parse described it, and its decoded content as a stream that
// holds no more than a line in memory.
func OpenPart(raw []byte, index int) (Part, io.Reader, error) {
	root, _ := split(plainEnds(raw))
	e := root.leaf(index)
	if e == nil {
		return Part{}, nil, ErrNoPart
	}
	p := e.part(nil)
	p.Inline = p.ContentID != "" && e.disposition != "attachment"
	return p, decode(e.encoding(), e.body), nil
}

// leaf finds the leaf of that index in e.
func (e *entity) leaf(index int) *entity {
	if len(e.children) == 0 {
		if e.index == index {
			return e
		}
		return nil
	}
	for _, child := range e.children {
		if found := child.leaf(index); found != nil {
			return found
		}
	}
	return nil
}

// part describes a leaf. shown holds the Content-IDs that the HTML shows.
func (e *entity) part(shown map[string]bool) Part {
	p := Part{
		Index:     e.index,
		Name:      cleanName(e.fileName()),
		Type:      e.mediaType,
		ContentID: e.contentID(),
		Size:      sizeOf(decode(e.encoding(), e.body)),
	}
	if p.Type == "" {
		p.Type = "application/octet-stream"
	}
	if p.Name == "" {
		p.Name = e.defaultName()
	}
	p.Inline = shown[p.ContentID] && p.ContentID != ""
	return p
}

// fileName returns the name that the mail gives a leaf, as it stands there.
func (e *entity) fileName() string {
	if name := e.dispParams["filename"]; name != "" {
		return name
	}
	return e.params["name"]
}

func (e *entity) contentID() string {
	return strings.Trim(tidy(decodeGuess(e.head.raw("content-id"), "")), "<> ")
}

// defaultName makes a name for a leaf that has none.
func (e *entity) defaultName() string {
	switch e.mediaType {
	case "message/rfc822":
		if name := cleanName(nestedSubject(e)); name != "" {
			return name + ".eml"
		}
		return "message.eml"
	case "text/calendar":
		return "invite.ics"
	case "application/ms-tnef":
		return "winmail.dat"
	case "application/pgp-signature":
		return "signature.asc"
	}
	return "part-" + strconv.Itoa(e.index+1) + extension(e.mediaType)
}

// nestedSubject reads the subject of an attached mail.
func nestedSubject(e *entity) string {
	start := readUpTo(decode(e.encoding(), e.body), 64<<10)
	r := headerReader{b: start, most: len(start), isRoot: true, stop: func([]byte) bool { return false }}
	r.read()
	return r.fields.text("subject", "")
}

func extension(mediaType string) string {
	switch mediaType {
	case "text/plain":
		return ".txt"
	case "image/jpeg", "image/pjpeg":
		return ".jpg"
	case "message/delivery-status", "text/rfc822-headers":
		return ".txt"
	}
	kind, sub, _ := strings.Cut(mediaType, "/")
	switch sub {
	case "html", "csv", "png", "gif", "webp", "pdf", "zip", "rtf", "mpeg", "xml", "json", "bmp", "tiff":
		return "." + sub
	}
	if kind == "message" {
		return ".eml"
	}
	return ".bin"
}

// cleanName makes a file name safe to show and to save: no folder, no control or direction
// characters, no name that means a device, not too long.
func cleanName(name string) string {
	name = path.Base("/" + strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError, r == '\u2028', r == '\u2029', r == '/':
			return -1
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	stem, ext := name, ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 12 {
		stem, ext = name[:i], name[i:]
	}
	if isDevice(stem) {
		stem = "_" + stem
	}
	return cut(stem, 200) + ext
}

// isDevice knows the names that Windows does not let files have.
func isDevice(stem string) bool {
	switch up := strings.ToUpper(stem); {
	case up == "CON", up == "PRN", up == "AUX", up == "NUL":
		return true
	case len(up) == 4 && (strings.HasPrefix(up, "COM") || strings.HasPrefix(up, "LPT")):
		return up[3] >= '0' && up[3] <= '9'
	}
	return false
}

// cut returns at most n bytes of s, without cutting a character in two.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// shownIDs returns the Content-IDs that HTML asks for with cid: URLs.
func shownIDs(html string) map[string]bool {
	ids := map[string]bool{}
	for len(html) > 0 {
		i := indexFold(html, "cid:")
		if i < 0 {
			break
		}
		html = html[i+len("cid:"):]
		end := strings.IndexAny(html, "\"'> )\n\t")
		if end < 0 {
			end = len(html)
		}
		id := strings.ReplaceAll(html[:min(end, 500)], "&amp;", "&")
		ids[id] = true
		if plain, err := url.PathUnescape(id); err == nil {
			ids[plain] = true
		}
		html = html[min(end, 500):]
	}
	return ids
}

// indexFold is strings.Index for a lower-case ASCII needle in either case.
func indexFold(s, needle string) int {
	for i := 0; i+len(needle) <= len(s); i++ {
		if s[i]|0x20 == needle[0] && strings.EqualFold(s[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}
