package message

import (
	"bytes"
	"html"
	"strings"
	"time"

	"golang.org/x/net/html/charset"
)

// A body is text to be read: as plain text, as HTML, or the same words as both.
type body struct{ plain, html string }

// A reader walks a mail's tree and tells what is to be read from what is attached.
type reader struct {
	split    *splitter
	hint     string // the charset to try for bare 8-bit headers
	nesting  int    // the mails that this one is within
	seen     bool   // a body was found: a text with a file name after it is an attachment
	plain    int    // bytes of text still allowed
	html     int    // bytes of HTML still allowed
	attached []*entity
}

// collect returns the bodies in e and notes its attachments, both in order.
func (r *reader) collect(e *entity) []body {
	switch {
	case e.mediaType == "multipart/alternative" && len(e.children) > 0:
		return r.alternative(e)
	case e.mediaType == "multipart/digest" && len(e.children) > 0:
		return r.digest(e)
	case len(e.children) > 0:
		var all []body
		for _, child := range e.children {
			all = append(all, r.collect(child)...)
		}
		return all
	case time.Now().After(r.split.deadline):
		r.split.tooComplex("reading it takes too long")
		return nil
	case r.isBody(e):
		r.seen = true
		return []body{r.read(e)}
	}
	r.attached = append(r.attached, e)
	return nil
}

// alternative merges children that say the same: the last HTML and the last plain text, as RFC 2046
// has them in increasing order of worth.
func (r *reader) alternative(e *entity) []body {
	var best body
	for _, child := range e.children {
		if child.mediaType == "text/x-amp-html" || child.mediaType == "text/watch-html" {
			continue // further ways to show the same
		}
		found := join(r.collect(child))
		if found.html != "" {
			best.html = found.html
		}
		isPlain := found.html == "" && child.mediaType == "text/plain"
		if strings.TrimSpace(found.plain) != "" && (isPlain || best.plain == "") {
			best.plain = found.plain
		}
	}
	if best == (body{}) {
		return nil
	}
	return []body{best}
}

// digest shows the mails of a digest one after the other; each is attached too.
func (r *reader) digest(e *entity) []body {
	var all []body
	for _, child := range e.children {
		if !isNested(child.mediaType) {
			all = append(all, r.collect(child)...)
			continue
		}
		r.attached = append(r.attached, child)
		if p := r.nested(child); p.Subject != "" || p.Text != "" {
			all = append(all, body{plain: ForwardText(p)})
		}
	}
	return all
}

// isBody reports whether a leaf is there to be read.
func (r *reader) isBody(e *entity) bool {
	if e.disposition == "attachment" || e.fileName() != "" && r.seen {
		return false
	}
	switch e.mediaType {
	case "":
		return e.fileName() == "" && looksLikeText(e)
	case "text/calendar", "text/csv", "text/css", "text/vcard", "text/x-vcard", "text/directory", "text/rtf",
		"text/xml", "text/javascript", "text/rfc822-headers", "text/x-amp-html", "text/watch-html":
		return false
	}
	return strings.HasPrefix(e.mediaType, "text/")
}

// looksLikeText is for parts that do not say what they are.
func looksLikeText(e *entity) bool {
	start := readUpTo(decode(e.encoding(), e.body), 1000)
	return bytes.Count(start, []byte{0}) <= 1+len(start)/10
}

// read decodes a leaf that is there to be read.
func (r *reader) read(e *entity) body {
	if e.mediaType == "text/html" || e.mediaType == "" && looksLikeHTML(e.body) {
		s := r.decode(e, &r.html)
		return body{html: s}
	}
	s := r.decode(e, &r.plain)
	switch {
	case e.mediaType == "text/enriched", e.mediaType == "text/richtext":
		s = stripEnriched(s)
	case strings.EqualFold(e.params["format"], "flowed"):
		s = unflow(s, strings.EqualFold(e.params["delsp"], "yes"))
	}
	return body{plain: s}
}

// decode returns the text of a leaf with plain line ends, as far as *left allows.
func (r *reader) decode(e *entity, left *int) string {
	b := readUpTo(decode(e.encoding(), e.body), *left+1)
	if len(b) > *left {
		r.split.tooComplex("the text is larger than 2 MB")
		b = b[:*left]
	}
	*left -= len(b)
	label := e.params["charset"]
	if label == "" && e.mediaType == "text/html" {
		if _, name, certain := charset.DetermineEncoding(b[:min(len(b), 1024)], ""); certain {
			label = name
		}
	}
	return plainLines(decodeCharset(label, b))
}

// plainLines makes every line end a single "\n" and takes out what no text holds.
func plainLines(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return '\n'
		case c < ' ' && c != '\n' && c != '\t', c == 0x7f:
			return -1
		}
		return c
	}, s)
}

// join puts bodies that follow one another into one.
func join(list []body) body {
	if len(list) == 1 {
		return list[0]
	}
	var plain, rich []string
	isRich := false
	for _, b := range list {
		isRich = isRich || b.html != ""
	}
	for _, b := range list {
		if b.plain == "" && b.html != "" {
			b.plain = textOf(b.html, false)
		}
		if isRich && b.html == "" && b.plain != "" {
			b.html = `<div style="white-space:pre-wrap">` + html.EscapeString(b.plain) + "</div>"
		}
		if strings.TrimSpace(b.plain) != "" {
			plain = append(plain, strings.Trim(b.plain, "\n"))
		}
		rich = append(rich, b.html)
	}
	joined := body{plain: strings.Join(plain, "\n\n")}
	if isRich {
		joined.html = strings.Join(rich, "\n")
	}
	return joined
}

// looksLikeHTML is for mails that do not say what they are.
func looksLikeHTML(b []byte) bool {
	start := strings.ToLower(strings.TrimSpace(string(b[:min(len(b), 200)])))
	return strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<!doctype html")
}

// stripEnriched takes the markup out of text/enriched (RFC 1896).
func stripEnriched(s string) string {
	var out strings.Builder
	for {
		text, rest, ok := strings.Cut(s, "<")
		out.WriteString(text)
		if !ok {
			return out.String()
		}
		if strings.HasPrefix(rest, "<") { // a literal one
			out.WriteByte('<')
			s = rest[1:]
			continue
		}
		if strings.HasPrefix(strings.ToLower(rest), "param>") {
			_, rest, _ = strings.Cut(rest, "</")
		}
		if _, s, ok = strings.Cut(rest, ">"); !ok {
			return out.String()
		}
	}
}
